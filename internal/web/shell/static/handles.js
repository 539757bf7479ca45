// @ts-check
import { formatDuration } from './duration.js';

/** @typedef {import('./view.js').View} View */

/** What of the minimap is shown below it: two handles, which are sliders, and shades outside of them. */
export class Handles {
  /** @param {HTMLElement} map @param {View} view */
  constructor(map, view) {
    this.map = map;
    this.view = view;
    const [from, to] = [...map.querySelectorAll('[role=slider]')].filter((e) => e instanceof HTMLElement);
    this.handles = { from, to };
    this.shades = [...map.querySelectorAll('.shade')].filter((e) => e instanceof HTMLElement);
    from.addEventListener('keydown', (event) => this.key(event, 'from'));
    to.addEventListener('keydown', (event) => this.key(event, 'to'));
    map.addEventListener('pointerdown', (event) => this.drag(event));
    map.addEventListener('dblclick', () => view.reset());
    this.draw();
  }

  get whole() { return this.view.end - this.view.start; }

  draw() {
    const { from, to, start, end } = this.view;
    const share = (/** @type {number} */ us) => `${(us - start) / this.whole * 100}%`;
    this.handles.from.style.left = share(from);
    this.handles.to.style.left = share(to);
    this.shades[0].style.width = share(from);
    this.shades[1].style.left = share(to);
    for (const [name, us] of /** @type {['from' | 'to', number][]} */ ([['from', from], ['to', to]])) {
      Object.assign(this.handles[name], {
        ariaValueMin: String(Math.round(start)), ariaValueMax: String(Math.round(end)),
        ariaValueNow: String(Math.round(us)), ariaValueText: formatDuration(us),
      });
    }
  }

  /** @param {'from' | 'to'} name @param {number} us */
  set(name, us) {
    const { from, to, start, end, least } = this.view;
    if (name === 'from') this.view.show(Math.min(Math.max(us, start), to - least), to);
    else this.view.show(from, Math.max(Math.min(us, end), from + least));
  }

  /** @param {KeyboardEvent} event @param {'from' | 'to'} name */
  key(event, name) {
    const step = this.whole / (event.shiftKey ? 10 : 100);
    const { [name]: at, start, end } = this.view;
    const wanted = { ArrowLeft: at - step, ArrowDown: at - step, ArrowRight: at + step, ArrowUp: at + step, Home: start, End: end }[event.key];
    if (wanted === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.set(name, wanted);
  }

  /** Drag a handle, or from anywhere else a new window. @param {PointerEvent} event */
  drag(event) {
    if (event.button) return;
    event.preventDefault();
    const box = this.map.getBoundingClientRect();
    const at = (/** @type {PointerEvent} */ e) => this.view.start + Math.min(Math.max((e.clientX - box.left) / box.width, 0), 1) * this.whole;
    const name = event.target === this.handles.from ? 'from' : event.target === this.handles.to ? 'to' : '';
    if (name) this.handles[name].focus();
    const first = at(event);
    const move = (/** @type {PointerEvent} */ e) => {
      if (name) this.set(name, at(e));
      else if (Math.abs(e.clientX - event.clientX) > 3) this.view.show(Math.min(first, at(e)), Math.max(first, at(e)));
    };
    this.map.setPointerCapture(event.pointerId);
    follow(move);
  }
}

/**
 * Follow a pointer, wherever it goes, until it is lifted.
 * @param {(event: PointerEvent) => void} move @param {(event: PointerEvent) => void} [lift]
 */
export function follow(move, lift) {
  const ending = new AbortController();
  const { signal } = ending;
  addEventListener('pointermove', move, { signal });
  addEventListener('pointerup', (e) => { ending.abort(); lift?.(e); }, { signal });
  addEventListener('pointercancel', () => ending.abort(), { signal });
}
