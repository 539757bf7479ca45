// @ts-check
import { asked, remember } from './address.js';
import { byId } from './dom.js';
import { formatDuration } from './duration.js';
import { say } from './words.js';

/** @typedef {import('./board.js').Board} Board */

/** A part of the time that is marked, which is summed up. */
export class Period {
  /** @param {Board} board @param {(from: number, to: number) => void} settled in ns */
  constructor(board, settled) {
    this.board = board;
    this.settled = settled;
    this.mark = byId('range');
    this.label = /** @type {HTMLElement} */ (this.mark.firstElementChild);
    this.output = byId('measured');
    this.from = this.to = NaN; // µs
    const given = asked.get('range')?.match(/^(\d+),(\d+)$/);
    if (given) this.set(Number(given[1]) / 1000, Number(given[2]) / 1000);
  }

  get empty() { return Number.isNaN(this.from); }

  /** @param {number} a @param {number} b the other end */
  set(a, b) {
    const within = (/** @type {number} */ us) => Math.round(Math.min(Math.max(us, this.board.view.start), this.board.view.end) * 1000) / 1000;
    [this.from, this.to] = [within(Math.min(a, b)), within(Math.max(a, b))];
    if (this.to - this.from < 0.001) this.to = this.from + 0.001;
    this.draw();
    this.label.textContent = exactDuration(this.to - this.from);
  }

  /** It is as it shall be: sum it up. */
  settle() {
    const [from, to] = [this.from, this.to].map((us) => Math.round(us * 1000));
    remember('range', `${from},${to}`);
    this.output.textContent = say('%s from %s to %s', ...[this.to - this.from, this.from, this.to].map(exactDuration));
    this.settled(from, to);
  }

  clear() {
    this.from = this.to = NaN;
    this.mark.hidden = true;
    this.output.textContent = '';
    remember('range', '');
  }

  draw() {
    const { view, width, grid } = this.board;
    this.mark.hidden = this.empty || this.to < view.from || this.from > view.to;
    if (this.mark.hidden) return;
    const [x1, x2] = [this.from, this.to].map((us) => Math.min(Math.max(view.x(us, width), 0), width));
    this.mark.style.left = `${grid.clientWidth - width + x1}px`;
    this.mark.style.width = `${x2 - x1}px`;
  }

  /** The nearest begin or end of what the current lane did, if one is near. @param {number} us @param {number} near */
  snap(us, near) {
    const { tiles, roll, current, view, width } = this.board;
    const level = tiles.levelFor(view.length * 1000, width);
    let best = us;
    for (const n of this.board.tilesOf(level)) {
      for (const s of tiles.get(roll.lanes[current]?.id, level, n)?.segments ?? []) {
        for (const edge of [s.from / 1000, s.to / 1000]) {
          if (Math.abs(edge - us) <= near) [best, near] = [edge, Math.abs(edge - us)];
        }
      }
    }
    return best;
  }
}

/** As Duration in internal/display, of what is known to the nanosecond. @param {number} us */
function exactDuration(us) {
  if (us >= 999.5) return formatDuration(us);
  return us < 1 ? `${Math.round(us * 1000)} ns` : `${Number(us.toPrecision(3))} µs`;
}
