// @ts-check
import { roundDuration } from './duration.js';

const svg = 'http://www.w3.org/2000/svg';

/**
 * The part of the time axis that is shown. Two custom properties stretch and
 * shift every bar, so no row is touched; only the ticks are drawn anew.
 */
export class Zoom {
  /** @param {HTMLElement} grid */
  constructor(grid) {
    this.grid = grid;
    this.whole = document.getElementById('whole');
    this.whole?.addEventListener('click', () => this.reset());
    this.start = Number(grid.dataset.from);
    this.end = Number(grid.dataset.to);
    this.from = this.start;
    this.to = this.end;
    const wanted = new URLSearchParams(location.search).get('zoom')?.match(/^(-?\d+),(-?\d+)$/);
    if (wanted) this.show(Number(wanted[1]), Number(wanted[2]));
  }

  get zoomed() { return this.from > this.start || this.to < this.end; }

  /** Show from..to, in µs after the trace's start. @param {number} from @param {number} to */
  show(from, to) {
    const whole = this.end - this.start;
    if (!(whole > 0)) return;
    // Closer than a five-thousandth the browser's own arithmetic shows.
    const length = Math.min(Math.max(to - from, whole / 5000, 1), whole);
    this.from = Math.min(Math.max(from, this.start), this.end - length);
    this.to = this.from + length;
    this.grid.classList.toggle('zoomed', this.zoomed);
    this.grid.style.setProperty('--zoom', String(whole / length));
    this.grid.style.setProperty('--pan', String((this.from - this.start) / whole));
    if (this.whole) this.whole.hidden = !this.zoomed;
    this.drawTicks();
    this.remember();
  }

  /** @param {number} factor below 1 zooms in */
  by(factor) {
    const middle = (this.from + this.to) / 2;
    const half = (this.to - this.from) / 2 * factor;
    this.show(middle - half, middle + half);
  }

  /** @param {number} share of what is shown */
  move(share) {
    const step = (this.to - this.from) * share;
    this.show(this.from + step, this.to + step);
  }

  /** Show a bar with some room around it. @param {SVGRectElement | null} bar */
  fit(bar) {
    if (!bar) return;
    const at = (/** @type {string} */ name) => parseFloat(bar.getAttribute(name) ?? '') / 100 * (this.end - this.start);
    const from = this.start + at('x');
    const room = at('width') / 20;
    this.show(from - room, from + at('width') + room);
  }

  reset() { this.show(this.start, this.end); }

  remember() {
    const url = new URL(location.href);
    if (this.zoomed) url.searchParams.set('zoom', `${Math.round(this.from)},${Math.round(this.to)}`);
    else url.searchParams.delete('zoom');
    history.replaceState(null, '', url);
  }

  drawTicks() {
    const labels = this.grid.querySelector('.axis svg');
    const lines = this.grid.querySelector('.lines');
    if (!labels || !lines) return;
    const ticks = this.ticks();
    labels.replaceChildren(...ticks.map(({ x, label }) => {
      const text = make('text', { x: `${x}%`, y: '1em' });
      text.textContent = label;
      return text;
    }));
    lines.replaceChildren(...ticks.map(({ x }) => make('line', { x1: `${x}%`, x2: `${x}%`, y2: '100%' })));
  }

  ticks() {
    const length = this.to - this.from;
    const step = roundStep(length);
    const ticks = [];
    for (let k = Math.ceil(this.from / step); k * step <= this.to; k++) {
      const x = (k * step - this.from) / length * 100;
      ticks.push({ x, label: x > 90 ? '' : roundDuration(k * step) });
    }
    return ticks;
  }
}

/** 1, 2 or 5 times a power of ten, at most a third of length. @param {number} length */
function roundStep(length) {
  let step = 1;
  while (step * 10 <= length / 3) step *= 10;
  for (const m of [5, 2]) if (step * m <= length / 3) return step * m;
  return step;
}

/** @param {string} name @param {Record<string, string>} attributes */
function make(name, attributes) {
  const e = document.createElementNS(svg, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  return e;
}
