// @ts-check
import { asked, remember } from './address.js';

/** The part of time that is shown, in µs after the trace's start. */
export class View {
  /** @param {number} start @param {number} end @param {() => void} changed */
  constructor(start, end, changed) {
    this.start = start;
    this.end = Math.max(end, start + 1);
    this.from = this.start;
    this.to = this.end;
    this.changed = changed;
    const wanted = asked.get('zoom')?.match(/^(-?\d+),(-?\d+)$/);
    if (wanted) this.show(Number(wanted[1]), Number(wanted[2]));
  }

  get length() { return this.to - this.from; }
  get zoomed() { return this.from > this.start || this.to < this.end; }

  /** @param {number} from @param {number} to */
  show(from, to) {
    const whole = this.end - this.start;
    const length = Math.min(Math.max(to - from, 1), whole);
    this.from = Math.min(Math.max(from, this.start), this.end - length);
    this.to = this.from + length;
    remember('zoom', this.zoomed ? `${Math.round(this.from)},${Math.max(Math.round(this.to), Math.round(this.from) + 1)}` : '');
    this.changed();
  }

  /** Zoom about a moment, by default the middle. @param {number} factor below 1 zooms in @param {number} [at] */
  by(factor, at = (this.from + this.to) / 2) {
    const length = Math.min(Math.max(this.length * factor, 1), this.end - this.start);
    const from = at - (at - this.from) * length / this.length;
    this.show(from, from + length);
  }

  /** @param {number} share of what is shown */
  move(share) {
    const step = this.length * share;
    this.show(this.from + step, this.to + step);
  }

  /** Show a period with some room around it. @param {number} from @param {number} to */
  fit(from, to) {
    if (!Number.isFinite(from)) return;
    const room = Math.max((to - from) / 20, 1);
    this.show(from - room, to + room);
  }

  reset() { this.show(this.start, this.end); }

  /** Where a moment is drawn. @param {number} us @param {number} width */
  x(us, width) { return (us - this.from) / this.length * width; }

  /** The moment that is drawn at a share of the width. @param {number} share */
  at(share) { return this.from + share * this.length; }
}
