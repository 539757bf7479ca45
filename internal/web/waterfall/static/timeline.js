// @ts-check
import { asked, remember } from './address.js';
import { byId } from './dom.js';
import { Finder } from './finder.js';
import { Grid } from './grid.js';
import { Handles } from './handles.js';
import { drawMinimap } from './minimap.js';
import { Moves } from './moves.js';
import { Panel } from './panel.js';
import { Pointer } from './pointer.js';
import { Range } from './range.js';
import { drawRuler } from './ruler.js';
import { Tree } from './tree.js';
import { View } from './view.js';

/** @typedef {import('./row.js').Column} Column */

export const columns = ['', 'self', 'onPath', 'drag', 'slack'];

/** The timeline of a trace: its parts, and what is shown of the spans. */
export class Timeline {
  /** @param {import('./tree.js').Columns} rows */
  constructor(rows) {
    this.element = /** @type {HTMLElement} */ (document.querySelector('.waterfall'));
    /** What a frame has to draw. @type {Set<'view' | 'rows'>} */
    this.due = new Set();
    this.size = '';
    this.tree = new Tree(rows);
    this.view = new View(rows.from, rows.to, () => this.shown());
    const zoom = asked.get('zoom')?.match(/^(-?\d+),(-?\d+)$/);
    if (zoom) this.view.show(Number(zoom[1]), Number(zoom[2]));
    this.grid = new Grid(this.element, this.tree, this.view);
    this.moves = new Moves(this.grid, new Panel());
    this.range = new Range(this.grid);
    this.pointer = new Pointer(this.grid, this.range);
    this.finder = new Finder(this.grid, (i) => this.moves.goTo(i, false));
    this.map = byId('minimap');
    this.map.hidden = false;
    this.handles = new Handles(this.map, this.view);
  }

  start() {
    this.showPath(asked.get('path') !== '0');
    this.showColumn(asked.get('column') ?? '');
    this.drawMap();
    this.moves.openFirst();
    if (!this.range.empty) this.range.settle();
    this.finder.start();
    addEventListener('scroll', () => this.later('rows'), { passive: true });
    addEventListener('resize', () => this.resize());
    new ResizeObserver(() => this.resize()).observe(this.element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.drawMap());
    addEventListener('beforeprint', () => this.grid.print(true));
    addEventListener('afterprint', () => this.grid.print(false));
  }

  /** Another part of the time is shown. */
  shown() {
    const { from, to, zoomed } = this.view;
    remember('zoom', zoomed ? `${Math.round(from)},${Math.max(Math.round(to), Math.round(from) + 1)}` : '');
    this.later('view');
  }

  /** Draw it with the next frame. @param {'view' | 'rows'} what */
  later(what) {
    if (!this.due.size) requestAnimationFrame(() => this.draw());
    this.due.add(what);
  }

  draw() {
    if (this.due.has('rows')) this.grid.draw();
    if (this.due.has('view')) this.drawView();
    this.due.clear();
  }

  drawView() {
    const [labels, lines] = ['.axis svg', '.lines'].map((s) => /** @type {Element} */ (this.element.querySelector(s)));
    drawRuler(labels, lines, this.view);
    this.grid.drawBars();
    this.handles.draw();
    this.range.draw();
    byId('whole').hidden = !this.view.zoomed;
  }

  drawMap() {
    const canvas = /** @type {HTMLCanvasElement} */ (this.map.querySelector('canvas'));
    drawMinimap(canvas, this.tree, this.view.start, this.view.end);
  }

  /** Take the sizes anew, if they are others. */
  resize() {
    const head = byId('head');
    const height = getComputedStyle(head).position === 'sticky' ? head.offsetHeight : 0;
    const size = `${height},${this.element.clientWidth},${innerHeight},${this.grid.column}`;
    if (size === this.size) return;
    this.size = size;
    document.documentElement.style.setProperty('--head', `${height}px`);
    this.grid.measure();
    this.grid.draw();
    this.drawView();
  }

  /** @param {boolean} show */
  showPath(show) {
    this.grid.path = show;
    byId('path').ariaPressed = String(show);
    remember('path', show ? '' : 0);
    this.grid.drawBars();
  }

  /** Show another time beside the duration. @param {string} name */
  showColumn(name) {
    const column = columns.includes(name) ? name : '';
    const select = /** @type {HTMLSelectElement} */ (byId('column'));
    const head = byId('column-head');
    select.value = column;
    head.hidden = !column;
    head.textContent = select.selectedOptions[0]?.textContent ?? '';
    this.element.classList.toggle('extra', Boolean(column));
    this.grid.column = /** @type {Column} */ (column);
    remember('column', column);
    this.grid.redraw();
    this.resize();
  }

  /** Zoom to the current row. */
  fit() {
    const i = this.grid.current;
    this.view.fit(this.tree.rows.start[i] ?? NaN, this.tree.end(i));
  }

  /** Measure the current row, or on from the start of what is measured to the row's end. @param {boolean} on */
  measure(on) {
    const i = this.grid.current;
    const from = this.tree.rows.start[i] ?? NaN;
    if (Number.isNaN(from)) return;
    this.range.set(on && !this.range.empty ? this.range.from : from, this.tree.end(i));
    this.range.settle();
  }

  /** From the innermost state outwards, one a press. */
  escape() {
    const { finder, range, moves, view } = this;
    if (moves.panel.focused) moves.close();
    else if (document.activeElement === finder.input && !finder.text) moves.goTo(Math.max(this.grid.current, 0), true); // letters are shortcuts again
    else if (finder.text) finder.clear();
    else if (!range.empty) range.clear();
    else if (moves.panel.open) moves.close();
    else view.reset();
  }
}
