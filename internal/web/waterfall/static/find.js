// @ts-check
import { allSpans } from './spans.js';

/** @typedef {import('./rows.js').Rows} Rows */

/** Finds text in names, ids, tags and annotations, and walks over the matches. */
export class Find {
  /** @param {Rows} rows @param {(i: number) => void} visit called with each match that is gone to */
  constructor(rows, visit) {
    this.rows = rows;
    this.visit = visit;
    this.input = /** @type {HTMLInputElement} */ (document.getElementById('find'));
    this.output = /** @type {HTMLOutputElement} */ (document.getElementById('found'));
    /** @type {number[]} */
    this.matches = [];
    this.at = -1;
    this.input.addEventListener('input', () => this.search());
  }

  /** @returns {string[]} what is searched, a text for each row */
  get texts() {
    this.cachedTexts ??= allSpans().map((s) => !s ? '' : [
      `${s.service} ${s.name}`, s.key,
      ...(s.tags ?? []).map(([k, v]) => `${k}=${v}`),
      ...(s.annotations ?? []).map(([, v]) => v),
      ...(s.states ?? []).map(({ state, time }) => `go.${state}=${time}`), s.why ?? '',
    ].join('\n').toLowerCase());
    return this.cachedTexts;
  }

  search() {
    const text = this.input.value.trim().toLowerCase();
    for (const i of this.matches) this.rows.all[i].classList.remove('match');
    this.matches = [];
    this.at = -1;
    if (text) this.texts.forEach((t, i) => { if (t.includes(text)) this.matches.push(i); });
    for (const i of this.matches) this.rows.all[i].classList.add('match');
    const url = new URL(location.href);
    text ? url.searchParams.set('find', this.input.value.trim()) : url.searchParams.delete('find');
    history.replaceState(null, '', url);
    this.say();
  }

  /** @param {1 | -1} step */
  go(step) {
    if (!this.matches.length) return;
    if (this.at < 0) {
      // Start from where the reader is, not from the top.
      const from = Math.max(this.rows.current, 0);
      const next = this.matches.findIndex((i) => i >= from);
      this.at = step > 0 ? Math.max(next, 0) : (next <= 0 ? this.matches.length : next) - 1;
    } else {
      this.at = (this.at + step + this.matches.length) % this.matches.length;
    }
    this.visit(this.matches[this.at]);
    this.say();
  }

  clear() {
    this.input.value = '';
    this.search();
  }

  say() {
    const n = this.matches.length;
    if (!this.input.value.trim()) this.output.value = '';
    else if (!n) this.output.value = 'no match';
    else this.output.value = this.at < 0 ? `${n} found` : `${this.at + 1} of ${n}`;
  }
}
