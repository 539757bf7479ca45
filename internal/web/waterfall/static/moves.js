// @ts-check
import { addressWith, asked } from './address.js';
import { byId } from './dom.js';
import { copyLink } from './panel.js';

/** @typedef {import('./grid.js').Grid} Grid */
/** @typedef {import('./panel.js').Panel} Panel */

/** Where the reader is: the current row, the span whose details are shown, what is folded. */
export class Moves {
  /** @param {Grid} grid @param {Panel} panel */
  constructor(grid, panel) {
    this.grid = grid;
    this.tree = grid.tree;
    this.panel = panel;
    grid.grid.addEventListener('click', (event) => this.click(event));
    grid.grid.addEventListener('focusin', (event) => {
      const i = grid.indexOf(/** @type {Element} */ (event.target));
      if (i >= 0) grid.current = i;
    });
    byId('main').addEventListener('click', (event) => this.follow(event));
  }

  /** Show the span that the address names. The server wrote its details, or else the first one's. */
  openFirst() {
    const named = asked.get('span') ?? location.hash.match(/^#span-(.+)/)?.[1];
    const i = this.tree.find(named ?? this.panel.key);
    if (named && i >= 0) this.open(i);
    else if (!named && (asked.get('details') === '0' || matchMedia('(max-width: 60rem)').matches)) this.panel.panel.hidden = true;
    else if (!named) this.grid.chosen = this.grid.current = i;
  }

  /** Show the details of row i. @param {number} i */
  async open(i) {
    const missing = this.tree.rows.service[i] < 0; // its span
    if (!missing) this.grid.chosen = i;
    this.grid.moveTo(i, false);
    if (!missing) await this.panel.show(this.tree.rows.key[i]);
  }

  async enter() {
    if (this.grid.current < 0) return;
    await this.open(this.grid.current);
    this.panel.focus();
  }

  close() {
    const had = this.panel.focused;
    this.panel.close();
    this.grid.chosen = -1;
    if (had) this.grid.moveTo(Math.max(this.grid.current, 0), true);
    else this.grid.draw();
  }

  /** Go to row i; open details follow. @param {number} i @param {boolean} focus */
  goTo(i, focus) {
    if (i < 0) return;
    if (this.grid.chosen >= 0 && i !== this.grid.chosen) this.open(i);
    else this.grid.moveTo(i, focus);
    if (focus) this.grid.focus();
  }

  /** @param {number} by rows */
  step(by) {
    const { list, position } = this.tree;
    const at = this.grid.current < 0 ? -1 : position[this.grid.current];
    this.goTo(list[Math.min(Math.max(at + by, 0), list.length - 1)] ?? -1, true);
  }

  right() {
    const i = this.grid.current;
    if (i < 0) return;
    if (this.tree.folded(i)) this.fold(i, false);
    else if (this.tree.rows.below[i]) this.step(1);
  }

  left() {
    const i = this.grid.current;
    if (i < 0) return;
    if (this.tree.rows.below[i] && !this.tree.folded(i)) this.fold(i, true);
    else this.goTo(this.tree.parent[i], true);
  }

  /** @param {number} i @param {boolean} fold */
  fold(i, fold) { this.folding(() => this.tree.fold(i, fold)); }

  /** Fold, and keep the focus in the rows if it was there. @param {() => void} change */
  folding(change) {
    const had = this.grid.body.contains(document.activeElement);
    change();
    this.grid.draw();
    if (had) this.grid.moveTo(this.grid.current, true);
  }

  /** Show a row and what is below it alone; or the whole trace. @param {number} i */
  reroot(i) {
    if (i >= 0 ? this.tree.rows.service[i] < 0 : !this.tree.rows.root) return;
    // What is shown of the time, and what is folded, is of the old root.
    const root = this.tree.rows.key[i] ?? '';
    location.assign(addressWith({ root, zoom: '', level: '', fold: '', range: '', from: '', span: '' }));
  }

  /** @param {number} [i] the current row, if it is not given */
  async copy(i = Math.max(this.grid.current, 0)) {
    byId('measured').textContent = await copyLink(this.tree.rows.key[i]);
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    const i = this.grid.indexOf(event.target);
    if (i < 0) return;
    event.preventDefault();
    if (event.target.closest('.tw')) this.fold(i, !this.tree.folded(i));
    else if (getSelection()?.isCollapsed ?? true) this.open(i);
    this.grid.focus();
  }

  /** Go where a link to a span leads without a load. @param {MouseEvent} event */
  follow(event) {
    const link = event.target instanceof Element && event.target.closest('a');
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { pathname, searchParams } = new URL(link.href);
    const i = this.tree.find(searchParams.get('span') ?? '');
    const other = (/** @type {string} */ name) => (searchParams.get(name) ?? '') !== (asked.get(name) ?? '');
    const elsewhere = pathname !== location.pathname || other('root') || other('clocks') || searchParams.has('view') && other('view') || searchParams.has('peers');
    if (link.classList.contains('close')) this.close();
    else if (i < 0) return;
    else if (link.classList.contains('permalink')) this.copy(i);
    else if (elsewhere) return;
    else this.open(i);
    event.preventDefault();
  }
}
