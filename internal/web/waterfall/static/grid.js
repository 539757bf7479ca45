// @ts-check
import { barHeight, drawBar } from './bars.js';
import { byId } from './dom.js';
import { makeRow } from './row.js';

/** @typedef {import('./tree.js').Tree} Tree */
/** @typedef {import('./view.js').View} View */

const spare = 6; // rows that are made before they are scrolled to
const mostPrinted = 1000; // rows

/**
 * The rows of a tree on the page. Only those that can be seen are there, and the
 * current one, which may have the focus: it is all the same to the browser whether
 * a trace has 50 spans or 50,000.
 */
export class Grid {
  /** @param {HTMLElement} grid @param {Tree} tree @param {View} view */
  constructor(grid, tree, view) {
    this.grid = grid;
    this.body = byId('rows');
    this.tree = tree;
    this.view = view;
    this.current = -1; // the row that the keys act on
    this.chosen = -1; // the row whose details are shown
    /** @type {Set<number>} */
    this.matches = new Set();
    this.path = true;
    /** @type {import('./row.js').Column} */
    this.column = '';
    /** @type {Map<number, HTMLElement>} */
    this.made = new Map();
    /** What was last written to each of them. @type {WeakMap<HTMLElement, string>} */
    this.written = new WeakMap();
    this.rowHeight = this.width = 0;
    this.measure();
    this.body.classList.add('virtual');
    this.body.replaceChildren();
  }

  /** Take the sizes from what is drawn. */
  measure() {
    this.rowHeight = this.body.firstElementChild?.getBoundingClientRect().height || 28;
    this.width = this.grid.querySelector('.axis .bar')?.getBoundingClientRect().width ?? 0;
  }

  /** Where the rows may be seen: below what stays at the top. */
  top() { return this.grid.querySelector('.axis')?.getBoundingClientRect().bottom ?? 0; }

  bottom() {
    const panel = byId('details');
    return getComputedStyle(panel).position === 'fixed' ? panel.getBoundingClientRect().top || innerHeight : innerHeight;
  }

  /** How many rows there is room for. */
  room() { return Math.max(Math.floor((this.bottom() - this.top()) / this.rowHeight) - 1, 1); }

  /** The rows that are in the window, or the first ones, and the current one, in order. @param {number} most */
  wanted(most) {
    const { list, position } = this.tree;
    const top = this.body.getBoundingClientRect().top;
    const first = most ? 0 : Math.max(Math.floor(-top / this.rowHeight) - spare, 0);
    const last = Math.min(most || Math.ceil((innerHeight - top) / this.rowHeight) + spare, list.length);
    const rows = [...list.subarray(Math.min(first, last), last)];
    const at = this.current < 0 ? -1 : position[this.current];
    if (at >= 0 && at < first) rows.unshift(this.current);
    else if (at >= last && !most) rows.push(this.current);
    return rows;
  }

  /** Bring the page up to date with the tree and the window. @param {number} [most] the first rows instead, to print them */
  draw(most = 0) {
    if (this.current >= 0) this.current = this.tree.shown(this.current);
    const { length } = this.tree.list;
    this.body.style.height = `${Math.min(length, most || length) * this.rowHeight}px`;
    this.grid.ariaRowCount = String(length + 1);
    const rows = this.wanted(most);
    const keep = new Set(rows);
    for (const [i, row] of this.made) {
      if (keep.has(i)) continue;
      row.remove();
      this.made.delete(i);
    }
    // Rows that stay are in order already and are not moved: that would take the focus from them.
    let next = this.body.firstChild;
    for (const i of rows) {
      const row = this.made.get(i) ?? this.make(i);
      if (row === next) next = row.nextSibling;
      else this.body.insertBefore(row, next);
      this.place(i, row);
    }
  }

  /** @param {number} i */
  make(i) {
    const row = makeRow(this.tree, i, this.column);
    this.made.set(i, row);
    this.bar(i, row);
    return row;
  }

  /** Write what a row shows of where the reader is, if it is something else. @param {number} i @param {HTMLElement} row */
  place(i, row) {
    const at = this.tree.position[i];
    const [current, chosen, match] = [i === this.current, i === this.chosen, this.matches.has(i)];
    const first = i === (this.current >= 0 ? this.current : this.tree.list[0]);
    const state = [at, this.tree.folded(i), current, chosen, match, first, this.rowHeight].join();
    if (this.written.get(row) === state) return;
    this.written.set(row, state);
    row.style.top = `${at * this.rowHeight}px`;
    row.ariaRowIndex = String(at + 2); // the heads are the first
    if (this.tree.rows.below[i]) row.ariaExpanded = String(!this.tree.folded(i));
    row.classList.toggle('current', current);
    row.classList.toggle('chosen', chosen);
    row.classList.toggle('match', match);
    row.ariaSelected = chosen ? 'true' : null;
    row.tabIndex = first ? 0 : -1; // one stop for the Tab key
  }

  /** @param {number} i @param {HTMLElement} row */
  bar(i, row) {
    const cell = row.querySelector('.bar');
    if (cell) drawBar(cell, this.tree, i, this.view, this.width, this.path);
  }

  /**
   * Have the first rows on paper, whose width is not known: the bars, which are drawn
   * in pixels of the screen, are stretched to it. Or have those of the screen again.
   * @param {boolean} paper
   */
  print(paper) {
    this.draw(paper ? mostPrinted : 0);
    for (const row of this.made.values()) {
      const svg = row.querySelector('.bar svg');
      if (paper) svg?.setAttribute('viewBox', `0 0 ${this.width} ${barHeight}`);
      else svg?.removeAttribute('viewBox');
      svg?.setAttribute('preserveAspectRatio', 'none'); // of use with a viewBox alone
    }
  }

  /** Draw the bars anew: the window of time, or the width, is another. */
  drawBars() {
    for (const [i, row] of this.made) this.bar(i, row);
  }

  /** Make all rows anew: they show something else. */
  redraw() {
    const had = this.body.contains(document.activeElement);
    this.body.replaceChildren();
    this.made.clear();
    this.draw();
    if (had) this.focus();
  }

  focus() { this.made.get(this.current)?.focus({ preventScroll: true }); }

  /** The row of an element of the page, or -1. @param {Element | null} element */
  indexOf(element) {
    const row = element?.closest('[role=row]');
    for (const [i, made] of this.made) if (made === row) return i;
    return -1;
  }

  /** Make i the current row and bring it into view. @param {number} i @param {boolean} focus */
  moveTo(i, focus) {
    if (i < 0) return;
    this.tree.reveal(i);
    this.current = this.tree.shown(i);
    this.scrollTo(this.tree.position[this.current]);
    this.draw();
    if (focus) this.focus();
  }

  /** @param {number} position */
  scrollTo(position) {
    const y = this.body.getBoundingClientRect().top + position * this.rowHeight;
    const over = this.top() + 4 - y;
    const under = y + this.rowHeight + 4 - this.bottom();
    if (over > 0) scrollBy({ top: -over, behavior: 'instant' });
    else if (under > 0) scrollBy({ top: under, behavior: 'instant' });
  }
}
