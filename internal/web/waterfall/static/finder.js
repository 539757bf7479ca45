// @ts-check
import { asked, remember } from './address.js';
import { byId } from './dom.js';
import { partAddress } from './parts.js';
import { say } from './words.js';

/** @typedef {import('./grid.js').Grid} Grid */

/** Finds rows by text, which the server looks for in all that it knows of each span, and by duration. */
export class Finder {
  /** @param {Grid} grid @param {(i: number) => void} visit called with each match that is gone to */
  constructor(grid, visit) {
    this.grid = grid;
    this.visit = visit;
    this.input = /** @type {HTMLInputElement} */ (byId('find'));
    this.least = /** @type {HTMLInputElement} */ (byId('min'));
    this.filter = /** @type {HTMLInputElement} */ (byId('filter'));
    this.output = /** @type {HTMLOutputElement} */ (byId('found'));
    /** @type {number[]} */
    this.matches = [];
    this.at = -1;
    this.searched = ''; // the text that matches are of
    this.timer = 0;
    this.asking = new AbortController();
    this.searching = Promise.resolve(); // the search that is under way, or was
    this.input.value = asked.get('find') ?? '';
    this.least.value = asked.get('min') ?? '';
    this.filter.checked = asked.get('filter') === '1';
    this.input.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.search(), 120);
    });
    for (const e of [this.least, this.filter]) e.addEventListener('input', () => this.apply());
    this.input.form?.addEventListener('submit', (event) => event.preventDefault());
    for (const [id, step] of /** @type {[string, 1 | -1][]} */ ([['previous', -1], ['next', 1]])) byId(id).addEventListener('click', () => this.go(step));
  }

  /** Find what the address says. */
  start() {
    if (this.text) this.search();
    else this.apply();
  }

  get text() { return this.input.value.trim(); }

  toInput() {
    this.input.focus();
    this.input.select();
  }

  /** Look for the text. */
  search() { return this.searching = this.match(); }

  /** Ask the server for the rows that match. */
  async match() {
    clearTimeout(this.timer);
    this.asking.abort();
    this.asking = new AbortController();
    const text = this.text;
    remember('find', text);
    this.searched = text;
    this.at = -1;
    try {
      this.matches = text ? await this.ask(text, this.asking.signal) : [];
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return; // for a newer text
      this.matches = [];
      this.searched = ''; // it is asked again
      this.output.value = say('The server does not answer.');
      return;
    }
    this.apply();
  }

  /** @param {string} text @param {AbortSignal} signal @returns {Promise<number[]>} */
  async ask(text, signal) {
    const answer = await fetch(partAddress('find', { q: text }), { signal });
    if (!answer.ok) throw new Error(answer.statusText);
    return (await answer.json()).rows;
  }

  /** Mark the matches, and leave out what the filters do not let through. */
  apply() {
    const least = parseDuration(this.least.value);
    this.least.ariaInvalid = Number.isNaN(least) ? 'true' : null;
    remember('filter', this.filter.checked ? '1' : '');
    remember('min', least > 0 ? this.least.value.trim() : '');
    const { tree } = this.grid;
    const long = (/** @type {number} */ i) => tree.rows.duration[i] >= least;
    const byText = this.filter.checked && this.searched ? this.matches : null;
    const rows = byText ?? (least > 0 ? [...tree.rows.key.keys()] : null);
    tree.keep(rows && (least > 0 ? rows.filter(long) : rows));
    this.grid.matches = new Set(this.matches);
    this.grid.draw();
    this.say();
  }

  /** @param {1 | -1} step */
  async go(step) {
    const search = this.text === this.searched ? this.searching : this.search();
    await search;
    if (search !== this.searching) return; // another text is looked for
    const reachable = this.matches.filter((i) => !this.grid.tree.kept || this.grid.tree.kept[i]);
    if (!reachable.length) return;
    // From where the reader is, not from the top.
    const from = this.grid.current;
    const here = this.at >= 0 ? this.matches[this.at] : step > 0 ? from - 1 : from + 1;
    const next = step > 0 ? reachable.find((i) => i > here) ?? reachable[0] : reachable.findLast((i) => i < here) ?? reachable[reachable.length - 1];
    this.at = this.matches.indexOf(next);
    this.visit(next);
    this.say();
  }

  clear() {
    this.input.value = '';
    this.search();
  }

  say() {
    const n = this.matches.length;
    if (!this.searched) this.output.value = '';
    else if (!n) this.output.value = say('no match');
    else this.output.value = this.at < 0 ? say('%d found', n) : say('%d of %d', this.at + 1, n);
  }
}

const units = { '': 1, us: 1, 'µs': 1, ms: 1e3, s: 1e6, m: 6e7 };

/** µs of a text such as 10ms; NaN: it is none; empty is 0. @param {string} text */
function parseDuration(text) {
  const parts = text.trim().toLowerCase().match(/^(\d*\.?\d*)\s*(us|µs|ms|s|m|)$/);
  return parts ? Number(parts[1]) * units[/** @type {keyof typeof units} */ (parts[2])] : NaN;
}
