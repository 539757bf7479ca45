// @ts-check
import { remember } from './address.js';
import { byId, el } from './dom.js';
import { Painter } from './paint.js';
import { drawRuler } from './ruler.js';
import { columns, widthOf } from './tiles.js';

/** @typedef {import('./roll.js').Roll} Roll */
/** @typedef {import('./tiles.js').Tiles} Tiles */
/** @typedef {import('./tiles.js').Segment} Segment */
/** @typedef {import('./view.js').View} View */
/** What is selected: a segment, and who made its goroutine ready. @typedef {{lane: string, from: number, to: number, goroutine: number, at: number, row: number}} Chosen */
/** @typedef {{label: Segment, x1: number, x2: number, y: number}} Label */

const runnable = 4;
const spare = 8; // rows that are fetched before they are scrolled to
const counters = [ // ids, and the states as which their parts are drawn
  { id: 'goroutines', states: [1, 4, 8], lined: false }, { id: 'heap', states: [12, 13], lined: true }, { id: 'threads', states: [1, 3], lined: false },
  { id: 'gc', states: [], lined: false }, { id: 'stw', states: [], lined: false },
];

/** The lanes on the page: names, of which only those are made that can be seen, and a picture beside them. */
export class Board {
  /** @param {View} view @param {Roll} roll @param {Tiles} tiles */
  constructor(view, roll, tiles) {
    this.view = view;
    this.roll = roll;
    this.tiles = tiles;
    this.grid = byId('lanes');
    this.plot = byId('plot');
    this.rows = byId('rows');
    this.canvas = /** @type {HTMLCanvasElement} */ (this.plot.querySelector('canvas'));
    this.painter = new Painter(this.canvas);
    this.kind = this.grid.querySelector('.axis .n')?.textContent ?? '';
    this.current = 0; // the row that the keys act on
    /** @type {Chosen | null} */
    this.chosen = null;
    /** Made options, by row. @type {Map<number, HTMLElement>} */
    this.made = new Map();
    /** Where the counters are: top and height. @type {{top: number, height: number}[]} */
    this.extras = [];
    this.first = this.rowHeight = this.name = this.width = 0;
    this.offset = 0; // of the picture in the plot
    this.focusing = false; // the current row is to have the focus once it is made
    /** What the minimap wants. @type {import('./tiles.js').Wish[]} */
    this.mapWishes = [];
  }

  get by() { return this.roll.by; }

  /** Take the sizes from the style sheet. */
  measure() {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.rowHeight = parseFloat(getComputedStyle(this.grid).getPropertyValue('--row')) * rem;
    this.width = this.grid.querySelector('.axis .bar')?.getBoundingClientRect().width ?? 0;
    this.name = this.width > this.grid.clientWidth - 20 ? 1.2 * rem : 0; // names are above the bars, not beside
    this.extras = [...this.plot.querySelectorAll('.extras li')].filter((e) => e instanceof HTMLElement).map((e) => ({ top: e.offsetTop, height: e.offsetHeight }));
    const last = this.extras[this.extras.length - 1];
    this.first = last.top + last.height;
    this.plot.style.height = `${this.first + this.roll.total * this.rowHeight + 2}px`;
    this.rows.style.top = `${this.first}px`;
  }

  /** Draw what is in view, and have fetched what of it is missing. */
  draw() {
    const top = parseFloat(getComputedStyle(this.canvas).top) || 0;
    const height = Math.min(Math.max(innerHeight - top, 100), this.plot.clientHeight);
    this.canvas.style.height = `${height}px`;
    this.offset = this.canvas.getBoundingClientRect().top - this.plot.getBoundingClientRect().top;
    const first = Math.max(Math.floor((this.offset - this.first) / this.rowHeight), 0);
    const end = Math.min(Math.ceil((this.offset + height - this.first) / this.rowHeight), this.roll.total);
    this.roll.need(Math.max(first - spare, 0), Math.min(end + spare, this.roll.total));
    this.options(first, end);
    this.paint(height, first, end);
  }

  /** Make the names of the rows in view, and of the current one, which may have the focus. @param {number} first @param {number} end */
  options(first, end) {
    const rows = new Set([this.current, ...Array(Math.max(end - first, 0)).keys()].map((i, k) => (k ? first + i : i)));
    for (const [i, e] of this.made) {
      if (rows.has(i) && e.id === `lane-${this.roll.lanes[i]?.id}`) continue;
      if (e.contains(document.activeElement) && rows.has(i)) continue;
      e.remove();
      this.made.delete(i);
    }
    for (const i of [...rows].sort((a, b) => a - b)) {
      const lane = this.roll.lanes[i];
      if (!lane) continue;
      const e = this.made.get(i) ?? this.option(i);
      e.ariaSelected = String(i === this.current);
      e.tabIndex = i === this.current ? 0 : -1;
    }
    if (this.focusing) this.focus();
  }

  /** @param {number} i */
  option(i) {
    const { id, number, name, depth } = this.roll.lanes[i];
    const e = el('div', { id: `lane-${id}`, title: name, ariaLabel: `${this.kind} ${number} ${name}`, ariaSetSize: String(this.roll.total), ariaPosInSet: String(i + 1) }, el('b', {}, String(number)), ` ${name}`);
    e.setAttribute('role', 'option');
    e.style.top = `${i * this.rowHeight}px`;
    if (depth) e.style.paddingLeft = `${0.5 + Math.min(depth, 8) * 0.7}rem`;
    const after = [...this.made].filter(([k]) => k > i).sort(([a], [b]) => a - b)[0]?.[1] ?? null;
    this.rows.insertBefore(e, after);
    this.made.set(i, e);
    return e;
  }

  /** What of the time is shown, in ns, and a dot of it. */
  get shown() {
    const from = this.view.from * 1000;
    return { from, to: this.view.to * 1000, perDot: (this.view.length * 1000) / this.painter.width };
  }

  /** @param {number} height @param {number} first @param {number} end of the rows in view */
  paint(height, first, end) {
    const { painter, roll, tiles } = this;
    painter.begin(this.width, height);
    const level = tiles.levelFor(this.view.length * 1000, this.width);
    const span = this.tilesOf(level);
    /** @type {Label[]} */
    const labels = [];
    const wishes = [];
    counters.forEach(({ id }, i) => {
      const { top, height: tall } = this.extras[i];
      if (top + tall > this.offset && top < this.offset + height) wishes.push(...span.map((n) => ({ lane: id, level, n })));
      for (const n of span) this.counter(i, level, n, top - this.offset, tall);
    });
    for (let i = first; i < end; i++) {
      const lane = roll.lanes[i];
      if (!lane) continue;
      wishes.push(...span.map((n) => ({ lane: lane.id, level, n })));
      this.lane(lane.id, level, span, this.y(i), labels);
    }
    for (const lane of [...roll.lanes.slice(end, end + spare), ...roll.lanes.slice(Math.max(first - spare, 0), first)]) {
      if (lane) wishes.push(...span.map((n) => ({ lane: lane.id, level, n })));
    }
    painter.end();
    this.write(labels);
    this.mark();
    tiles.want([...this.mapWishes, ...wishes]);
  }

  /** The numbers of the tiles that are in view. @param {number} level */
  tilesOf(level) {
    const width = widthOf(level) * columns;
    const { from, to } = this.shown;
    const first = Math.max(Math.floor(from / width), 0);
    const last = Math.floor((Math.min(to, this.tiles.lasts) - 1) / width);
    return Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => first + i);
  }

  /** Where the bar of a row begins, in the picture. @param {number} i */
  y(i) { return this.first + i * this.rowHeight - this.offset + this.name + 2; }

  get barHeight() { return this.rowHeight - this.name - 4; }

  /** @param {number} i @param {number} level @param {number} n @param {number} top @param {number} height */
  counter(i, level, n, top, height) {
    const { id, states, lined } = counters[i];
    const width = widthOf(level) * columns;
    const above = Math.min(this.name, height / 2);
    for (const tile of this.tiles.best(id, level, n)) {
      const most = Math.max(Number(this.grid.dataset[id] ?? 1), 1);
      if (tile.values) this.painter.counter(tile, states, most, lined, this.shown, Math.max(n * width, tile.from), Math.min((n + 1) * width, tile.from + tile.width * columns), top + above + 2, height - above - 4);
      else this.painter.lane(tile, this.shown, n * width, (n + 1) * width, top + above + 2, height - above - 4);
    }
  }

  /** @param {string} id @param {number} level @param {number[]} span @param {number} y @param {Label[]} labels */
  lane(id, level, span, y, labels) {
    const width = widthOf(level) * columns;
    const { from, to } = this.shown;
    let last = -Infinity;
    for (const n of span) {
      for (const tile of this.tiles.best(id, level, n)) {
        this.painter.lane(tile, this.shown, n * width, (n + 1) * width, y, this.barHeight);
        for (const s of tile.segments ?? []) {
          if (s.from <= last || s.to < from || s.from > to || !s.text) continue;
          last = s.from;
          const [x1, x2] = [this.x(Math.max(s.from, from)), this.x(Math.min(s.to, to))];
          if (x2 - x1 > 40) labels.push({ label: s, x1, x2, y });
        }
      }
    }
  }

  /** Where a moment is drawn. @param {number} ns */
  x(ns) { return this.view.x(ns / 1000, this.width); }

  /** Write what segments are where there is room. @param {Label[]} labels */
  write(labels) {
    const { context, ground, text } = this.painter;
    context.font = '11px system-ui, sans-serif';
    context.textBaseline = 'middle';
    for (const { label, x1, x2, y } of labels) {
      const most = Math.floor((x2 - x1 - 10) / 6);
      const said = label.text.length > most ? `${label.text.slice(0, most - 1)}…` : label.text;
      const wide = Math.min(context.measureText(said).width + 6, x2 - x1 - 2);
      context.fillStyle = ground;
      context.fillRect(x1 + 2, y + 2, wide, this.barHeight - 4);
      context.fillStyle = text;
      context.fillText(said, x1 + 5, y + this.barHeight / 2 + 0.5, Math.max(wide - 4, 1));
    }
  }

  /** Mark what is selected, and draw arrows from who made it ready, and to whom it did. */
  mark() {
    const { chosen, roll } = this;
    const row = chosen ? roll.index.get(chosen.lane) ?? -1 : -1;
    if (!chosen || row < 0) return;
    const { context, text, ground } = this.painter;
    const [x1, x2, y] = [Math.max(this.x(chosen.from), -5), Math.min(this.x(chosen.to), this.width + 5), this.y(row)];
    for (const [colour, wide] of /** @type {[string, number][]} */ ([[ground, 5], [text, 2]])) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.strokeRect(x1 - 1, y - 1, Math.max(x2 - x1, 2) + 2, this.barHeight + 2);
    }
    const own = this.by === 'goroutine';
    if (chosen.row >= 0) this.arrow(chosen.at, chosen.row, own ? chosen.at : chosen.from, row);
    if (!own || !chosen.goroutine) return;
    for (const [at, to] of this.wakesOf(chosen)) this.arrow(at, row, at, to);
  }

  /** Whom a goroutine made ready while it was in a segment, of the rows in view: when, and which row. @param {Chosen} by */
  wakesOf(by) {
    const level = this.tiles.levelFor(this.view.length * 1000, this.width);
    /** @type {Map<string, [number, number]>} */
    const wakes = new Map();
    for (const i of this.made.keys()) {
      for (const n of this.tilesOf(level)) {
        for (const s of this.tiles.get(this.roll.lanes[i]?.id, level, n)?.segments ?? []) {
          if (s.state === runnable && s.by === by.goroutine && s.from >= by.from && s.from <= by.to) wakes.set(`${i} ${s.from}`, [s.from, i]);
        }
      }
    }
    return wakes.values();
  }

  /** From a moment of a row to one of another. @param {number} begin @param {number} from @param {number} end @param {number} to */
  arrow(begin, from, end, to) {
    const { context, text, ground } = this.painter;
    const [x1, x] = [this.x(begin), this.x(end)];
    if (from === to || x < -5 || x1 > this.width + 5) return;
    const down = to > from;
    const [y1, y2] = [this.y(from) + (down ? this.barHeight : 0), this.y(to) + (down ? 0 : this.barHeight)];
    const tip = down ? -5 : 5;
    const path = new Path2D(`M${x1} ${y1}L${x} ${y2}M${x - 4} ${y2 + tip}L${x} ${y2}L${x + 4} ${y2 + tip}`);
    for (const [colour, wide] of /** @type {[string, number][]} */ ([[ground, 4], [text, 1.5]])) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.stroke(path);
    }
  }

  /** The row and the moment in ns under the pointer; row -1: none. @param {MouseEvent} event */
  under(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const row = Math.floor((event.clientY - top + this.offset - this.first) / this.rowHeight);
    const ns = Math.floor(this.view.at(Math.min(Math.max((event.clientX - left) / (this.width || 1), 0), 1)) * 1000);
    return { row: row < this.roll.total ? Math.max(row, -1) : -1, ns };
  }

  focus() {
    const e = this.made.get(this.current);
    this.focusing = !e;
    e?.focus({ preventScroll: true });
  }

  /** Make a row the current one and bring it into view. @param {number} i @param {boolean} focus */
  moveTo(i, focus) {
    if (!this.roll.total) return;
    this.current = Math.min(Math.max(i, 0), this.roll.total - 1);
    const box = this.plot.getBoundingClientRect();
    const y = box.top + this.first + this.current * this.rowHeight;
    const top = this.canvas.getBoundingClientRect().top;
    const over = Math.max(top, 0) - y;
    const under = y + this.rowHeight + 8 - this.bottom;
    if (over > 0) scrollBy({ top: -over, behavior: 'instant' });
    else if (under > 0) scrollBy({ top: under, behavior: 'instant' });
    this.draw();
    remember('lane', this.roll.lanes[this.current]?.id ?? '');
    if (focus) this.focus();
  }

  /** Where what can be seen ends: at the panel, if that covers the rest. */
  get bottom() {
    const panel = byId('details');
    return getComputedStyle(panel).position === 'fixed' ? panel.getBoundingClientRect().top || innerHeight : innerHeight;
  }

  /** How many rows there is room for. */
  get room() { return Math.max(Math.floor(innerHeight * 0.7 / this.rowHeight), 1); }

  /** Draw the ruler. */
  drawRuler() {
    const [labels, lines] = ['.axis svg', '.lines'].map((s) => /** @type {Element} */ (this.grid.querySelector(s)));
    drawRuler(labels, lines, this.view);
  }
}
