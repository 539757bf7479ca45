// @ts-check
import { asked, remember } from './address.js';
import { byId } from './dom.js';
import { say } from './words.js';

/** A match: its place in the list, and where it ran first. @typedef {{matches: number, nth: number, index: number, lane: string, ran: {by: string, lane: string, at: number}[]}} Match */

/** Finds goroutines by function or number, or tasks by name or number, one after the other. */
export class Seek {
  /** @param {string} address @param {string} by @param {(match: Match) => void} visit */
  constructor(address, by, visit) {
    this.by = by === 'task' ? by : 'goroutine';
    this.address = address;
    this.visit = visit;
    this.input = /** @type {HTMLInputElement} */ (byId('find'));
    this.output = /** @type {HTMLOutputElement} */ (byId('found'));
    this.at = -1; // the last match
    this.asking = new AbortController();
    this.input.value = asked.get('find') ?? '';
    this.input.addEventListener('input', () => this.changed());
    this.input.form?.addEventListener('submit', (event) => event.preventDefault());
    for (const [id, step] of /** @type {[string, 1 | -1][]} */ ([['previous', -1], ['next', 1]])) byId(id).addEventListener('click', () => this.go(step));
  }

  get text() { return this.input.value.trim(); }

  changed() {
    this.at = -1;
    this.output.value = '';
    remember('find', this.text);
  }

  toInput() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.input.value = '';
    this.changed();
  }

  /** @param {1 | -1} step */
  async go(step) {
    if (!this.text) return;
    this.asking.abort();
    const { signal } = this.asking = new AbortController();
    const query = new URLSearchParams({ by: this.by, find: this.text, after: String(this.at), back: step < 0 ? '1' : '0' });
    try {
      const answer = await fetch(`${this.address}/lanes?${query}`, { signal });
      if (!answer.ok) throw new Error(await answer.text());
      /** @type {Match} */
      const match = await answer.json();
      this.output.value = match.matches ? say('%d of %d', match.nth, match.matches) : say('no match');
      if (!match.matches) return;
      this.at = match.index;
      this.visit(match);
    } catch (error) {
      if (!signal.aborted) this.output.value = error instanceof TypeError ? say('The server does not answer.') : String(error);
    }
  }
}
