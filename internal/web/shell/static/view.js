// @ts-check

/** The part of time that is shown, in µs after the start of the whole. */
export class View {
  /** @param {number} start @param {number} end @param {() => void} changed @param {number} [least] the shortest that can be shown, in µs */
  constructor(start, end, changed, least = 1) {
    this.start = start;
    this.least = least;
    this.end = Math.max(end, start + least);
    this.from = this.start;
    this.to = this.end;
    this.changed = changed;
  }

  get length() { return this.to - this.from; }
  get zoomed() { return this.from > this.start + 5e-4 || this.to < this.end - 5e-4; }

  /** @param {number} from @param {number} to */
  show(from, to) {
    const whole = this.end - this.start;
    const length = Math.min(Math.max(to - from, this.least), whole);
    this.from = Math.min(Math.max(from, this.start), this.end - length);
    this.to = this.from + length;
    this.changed();
  }

  /** Zoom about a moment, by default the middle. @param {number} factor below 1 zooms in @param {number} [at] */
  by(factor, at = (this.from + this.to) / 2) {
    const length = Math.min(Math.max(this.length * factor, this.least), this.end - this.start);
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
    const room = Math.max((to - from) / 20, this.least);
    this.show(from - room, to + room);
  }

  reset() { this.show(this.start, this.end); }

  /** Where a moment is drawn. @param {number} us @param {number} width */
  x(us, width) { return (us - this.from) / this.length * width; }

  /** The moment that is drawn at a share of the width. @param {number} share */
  at(share) { return this.from + share * this.length; }
}
