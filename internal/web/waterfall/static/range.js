// @ts-check
import { asked, remember } from './address.js';
import { byId } from './dom.js';
import { formatDuration } from './duration.js';
import { flag } from './tree.js';
import { say } from './words.js';

/** @typedef {import('./grid.js').Grid} Grid */

/** A period that was measured: how long it is, and what happened in it. */
export class Range {
  /** @param {Grid} grid */
  constructor(grid) {
    this.grid = grid;
    this.mark = byId('range');
    this.label = /** @type {HTMLElement} */ (this.mark.firstElementChild);
    this.output = byId('measured');
    this.from = this.to = NaN;
    const given = asked.get('range')?.match(/^(-?\d+),(-?\d+)$/);
    if (given) this.set(Number(given[1]), Number(given[2]));
  }

  get empty() { return Number.isNaN(this.from); }

  /** @param {number} a @param {number} b the other end */
  set(a, b) {
    [this.from, this.to] = [Math.round(Math.min(a, b)), Math.round(Math.max(a, b))];
    this.draw();
    this.label.textContent = formatDuration(this.to - this.from);
  }

  /** It is as it shall be: say what is in it. */
  settle() {
    remember('range', `${this.from},${this.to}`);
    const { start, flags } = this.grid.tree.rows;
    let [spans, errors] = [0, 0];
    start.forEach((at, i) => {
      if (at === null || at > this.to || this.grid.tree.end(i) < this.from) return;
      spans++;
      if (flags[i] & flag.error) errors++;
    });
    const ends = [this.to - this.from, this.from, this.to].map(formatDuration);
    this.output.textContent = say('%s from %s to %s: %d spans, %d errors', ...ends, spans, errors);
  }

  clear() {
    this.from = this.to = NaN;
    this.mark.hidden = true;
    this.output.textContent = '';
    remember('range', '');
  }

  draw() {
    const { view, width } = this.grid;
    this.mark.hidden = this.empty || this.to < view.from || this.from > view.to;
    if (this.mark.hidden) return;
    const [x1, x2] = [this.from, this.to].map((us) => Math.min(Math.max(view.x(us, width), 0), width));
    const bars = this.grid.grid.querySelector('.axis .bar');
    const left = (bars?.getBoundingClientRect().left ?? 0) - this.grid.grid.getBoundingClientRect().left;
    this.mark.style.left = `${left + x1}px`;
    this.mark.style.width = `${x2 - x1}px`;
  }

  /** The nearest start or end of a span that is on the page, if one is near. @param {number} us @param {number} near */
  snap(us, near) {
    const { tree, made } = this.grid;
    let best = us;
    for (const i of made.keys()) {
      for (const edge of [tree.rows.start[i] ?? NaN, tree.end(i)]) {
        const off = Math.abs(edge - us);
        if (off <= near) [best, near] = [edge, off];
      }
    }
    return best;
  }
}
