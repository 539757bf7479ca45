// @ts-check
import { asked, remember } from './address.js';
import { follow } from './handles.js';

/** @typedef {import('./view.js').View} View */
/** What is drawn, as wide as its bars are. @typedef {{grid: HTMLElement, view: View, width: number}} Grid */
/** @typedef {(a: number, b: number) => void} Set */
/** A period that is measured. @typedef {{set: Set, settle: () => void, clear: () => void, snap: (us: number, near: number) => number}} Range */

const tools = ['select', 'pan', 'zoom', 'measure'];
const still = 4; // a pointer that moves by fewer pixels clicks
const snapping = 8; // pixels

/** What the pointer does with the bars, by the tool that is chosen: as in Chrome's trace viewer. */
export class Pointer {
  /** @param {Grid} grid @param {Range} range */
  constructor(grid, range) {
    this.grid = grid;
    this.view = grid.view;
    this.range = range;
    this.dragged = false;
    this.buttons = [...document.querySelectorAll('button[data-tool]')].filter((b) => b instanceof HTMLButtonElement);
    for (const b of this.buttons) b.addEventListener('click', () => this.use(b.dataset.tool ?? ''));
    this.use(asked.get('tool') ?? 'select');
    grid.grid.addEventListener('pointerdown', (event) => this.down(event));
    grid.grid.addEventListener('click', (event) => this.click(event), { capture: true });
    grid.grid.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
  }

  /** @param {string} tool */
  use(tool) {
    this.tool = tools.includes(tool) ? tool : 'select';
    for (const b of this.buttons) b.ariaPressed = String(b.dataset.tool === this.tool);
    this.grid.grid.dataset.tool = this.tool;
    remember('tool', this.tool === 'select' ? '' : this.tool);
  }

  /** Where the bars are. */
  box() {
    return /** @type {Element} */ (this.grid.grid.querySelector('.axis .bar')).getBoundingClientRect();
  }

  /** The moment under the pointer. @param {MouseEvent} event */
  moment(event) {
    const { left, width } = this.box();
    return this.view.at(Math.min(Math.max((event.clientX - left) / width, 0), 1));
  }

  /** As moment, or a span's start or end that is near. @param {MouseEvent} event */
  edge(event) {
    const us = this.moment(event);
    return this.tool === 'measure' ? this.range.snap(us, snapping / (this.grid.width || 1) * this.view.length) : us;
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.dragged = false;
    const { left } = this.box();
    if (event.button || event.clientX < left || !(event.target instanceof Element) || !event.target.closest('.bar')) return;
    const step = this.tool === 'pan' ? this.pan(event) : this.tool === 'zoom' ? this.zoom(event) : this.mark(event);
    const move = (/** @type {PointerEvent} */ e) => {
      if (!this.dragged && Math.hypot(e.clientX - event.clientX, e.clientY - event.clientY) > still) {
        this.dragged = true;
        this.grid.grid.setPointerCapture(e.pointerId); // not before: what has captured it is what it clicks
      }
      if (this.dragged) step(e);
    };
    follow(move, (e) => this.lift(e));
  }

  /** @param {PointerEvent} event */
  mark(event) {
    const first = this.edge(event);
    return (/** @type {PointerEvent} */ e) => this.range.set(first, this.edge(e));
  }

  /** @param {PointerEvent} event */
  pan(event) {
    const { from, to } = this.view;
    const { width } = this.box();
    let y = event.clientY;
    return (/** @type {PointerEvent} */ e) => {
      const by = (event.clientX - e.clientX) / width * (to - from);
      this.view.show(from + by, to + by);
      if (e.pointerType === 'mouse') scrollBy({ top: y - e.clientY, behavior: 'instant' });
      y = e.clientY;
    };
  }

  /** Up zooms in about the place, down zooms out. @param {PointerEvent} event */
  zoom(event) {
    const { from, to } = this.view;
    const at = this.moment(event);
    return (/** @type {PointerEvent} */ e) => {
      const factor = 2 ** ((e.clientY - event.clientY) / 60);
      this.view.show(at - (at - from) * factor, at + (to - at) * factor);
    };
  }

  /** @param {PointerEvent} event */
  lift(event) {
    const { range, tool } = this;
    if (!this.dragged) {
      if (tool === 'zoom') this.view.by(event.shiftKey ? 2 : 1 / 2, this.moment(event));
      else if (tool === 'measure') range.clear();
    } else if (tool === 'select' || tool === 'measure') {
      range.settle();
    }
  }

  /** A drag is no click, nor does a click of the other tools select. @param {MouseEvent} event */
  click(event) {
    const onBar = event.target instanceof Element && event.target.closest('.bar');
    if (!this.dragged && (this.tool === 'select' || !onBar)) return;
    this.dragged = false;
    event.preventDefault();
    event.stopPropagation();
  }

  /** With Ctrl, and by two fingers, zoom about the place; to the side, pan. @param {WheelEvent} event */
  wheel(event) {
    const aside = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (event.ctrlKey || event.metaKey) this.view.by(2 ** (event.deltaY / 200), this.moment(event));
    else if (Math.abs(aside) > Math.abs(event.shiftKey ? 0 : event.deltaY) && this.view.zoomed) this.view.move(aside / (this.grid.width || 1));
    else return;
    event.preventDefault();
  }
}
