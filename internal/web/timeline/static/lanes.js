// @ts-check
import { asked, remember } from './address.js';
import { Board } from './board.js';
import { byId } from './dom.js';
import { Handles } from './handles.js';
import { Painter } from './paint.js';
import { Period } from './period.js';
import { Pointer } from './pointer.js';
import { Roll } from './roll.js';
import { Seek } from './seek.js';
import { listenTo } from './shortcuts.js';
import { Spot } from './spot.js';
import { columns, Tiles, widthOf } from './tiles.js';
import { followFingers } from './touch.js';
import { View } from './view.js';

/** @typedef {import('./seek.js').Match} Match */

/** The timeline of an execution trace: its parts, and what is shown. */
class Timeline {
  constructor() {
    const { id = '', version = '', by = '', begins = '0', lasts = '1' } = byId('lanes').dataset;
    const address = this.address = `/exec/${encodeURIComponent(id)}`;
    this.due = false;
    this.size = '';
    this.view = new View(Number(begins) / 1000, Number(lasts) / 1000, () => this.shown(), 0.1);
    this.tiles = new Tiles(address, version, Number(lasts), () => this.later(), (error) => { byId('failed').textContent = error; });
    this.roll = new Roll(address, by, () => { this.size = ''; this.resize(); });
    this.board = new Board(this.view, this.roll, this.tiles);
    this.spot = new Spot(address);
    this.map = new Painter(/** @type {HTMLCanvasElement} */ (byId('minimap').querySelector('canvas')));
    this.handles = new Handles(byId('minimap'), this.view);
    this.period = new Period(this.board, (from, to) => this.sumUp(from, to));
    this.seek = new Seek(address, by, (match) => this.visit(match));
    followFingers(this.board); // before the pointer, which leaves fingers to it
    this.pointer = new Pointer(this.board, this.period);
  }

  async start() {
    const zoom = ['from', 'to'].map((name) => Number(asked.get(name) ?? NaN) / 1000);
    this.roll.asked.add(0);
    await this.roll.ask({ first: '0' });
    byId('picture').remove();
    for (const id of ['head', 'board']) byId(id).hidden = false;
    this.resize();
    if (zoom.some(Number.isFinite)) this.view.show(zoom[0] || 0, zoom[1] || this.view.end);
    this.listen();
    await this.openFirst();
  }

  /** Go to the place that the address names. */
  async openFirst() {
    const [lane, at] = [asked.get('lane') ?? '', asked.get('selected')];
    const row = lane[0] === this.board.by[0] ? await this.roll.rowOf(lane) : -1; // or it is one of others
    if (row >= 0) this.board.moveTo(row, false);
    if (row >= 0 && at !== null) await this.select(lane, Number(at));
    else if (row < 0 && this.seek.text) await this.seek.go(1);
    if (!this.period.empty) this.period.settle();
  }

  listen() {
    const { board } = this;
    addEventListener('scroll', () => this.later(), { passive: true });
    addEventListener('resize', () => this.resize());
    new ResizeObserver(() => this.resize()).observe(board.grid);
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', 'print']) matchMedia(query).addEventListener('change', () => this.recolour());
    board.grid.addEventListener('click', (event) => this.click(event));
    board.rows.addEventListener('focusin', (event) => {
      for (const [i, e] of board.made) if (e === event.target && i !== board.current) board.moveTo(i, false);
    });
    this.spot.panel.addEventListener('click', (event) => this.follow(event));
    listenTo(this.letters(), this.rowKeys(), () => this.escape(), this.seek);
  }

  /** @returns {import('./shortcuts.js').Bindings} */
  letters() {
    const { view, pointer, seek } = this;
    return {
      w: () => view.by(1 / 2), s: () => view.by(2), a: () => view.move(-1 / 4), d: () => view.move(1 / 4), 0: () => view.reset(), z: () => this.fit(),
      1: () => pointer.use('select'), 2: () => pointer.use('pan'), 3: () => pointer.use('zoom'), 4: () => pointer.use('measure'),
      '/': () => seek.toInput(), n: () => seek.go(1), N: () => seek.go(-1), j: () => this.step(1), k: () => this.step(-1), m: () => this.measure(), f: () => this.flame(),
    };
  }

  /** @returns {import('./shortcuts.js').Bindings} */
  rowKeys() {
    const { board } = this;
    return {
      ArrowDown: () => this.step(1), ArrowUp: () => this.step(-1), PageDown: () => this.step(board.room), PageUp: () => this.step(-board.room),
      Home: () => this.step(-this.roll.total), End: () => this.step(this.roll.total),
      ArrowRight: () => this.along(1), ArrowLeft: () => this.along(-1), Enter: () => this.enter(),
    };
  }

  /** Another part of the time is shown. */
  shown() {
    const { from, to, zoomed } = this.view;
    remember('from', zoomed ? Math.round(from * 1000) : '');
    remember('to', zoomed ? Math.max(Math.round(to * 1000), Math.round(from * 1000) + 1) : '');
    this.later();
  }

  /** Draw with the next frame. */
  later() {
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.draw();
    });
  }

  draw() {
    this.board.drawRuler();
    this.board.draw();
    this.handles.draw();
    this.period.draw();
    this.drawMap();
    byId('whole').hidden = !this.view.zoomed;
  }

  /** Draw what all processors did over the whole of the time. */
  drawMap() {
    const { map, tiles, view } = this;
    const box = map.canvas.getBoundingClientRect();
    const [begins, lasts] = [view.start * 1000, tiles.lasts];
    const level = tiles.levelFor(lasts - begins, box.width);
    const tile = widthOf(level) * columns;
    map.begin(box.width, box.height);
    this.board.mapWishes = [];
    for (let n = Math.floor(begins / tile); n * tile < lasts; n++) {
      this.board.mapWishes.push({ lane: 'all', level, n });
      for (const one of tiles.best('all', level, n)) map.lane(one, { from: begins, perDot: (lasts - begins) / map.width }, n * tile, (n + 1) * tile, 0, box.height);
    }
    map.end();
  }

  /** Take the sizes anew, if they are others. */
  resize() {
    const head = byId('head');
    const height = getComputedStyle(head).position === 'sticky' ? head.offsetHeight : 0;
    const size = `${height},${this.board.grid.clientWidth},${innerHeight}`;
    if (size !== this.size) {
      this.size = size;
      document.documentElement.style.setProperty('--head', `${height}px`);
      this.board.measure();
    }
    this.later();
  }

  recolour() {
    this.map.colours();
    this.board.painter.colours();
    this.draw();
  }

  /** Show what a lane did at a moment. @param {string} lane @param {number} ns */
  async select(lane, ns) {
    const at = String(Math.min(Math.max(Math.round(ns), 0), this.tiles.lasts));
    remember('lane', lane);
    remember('selected', at);
    const data = await this.spot.show('at', { lane, t: at });
    if (!data?.lane) return;
    const number = (/** @type {string | undefined} */ text) => Number(text || 0);
    const { board } = this;
    board.chosen = { lane, from: number(data.from), to: number(data.to), goroutine: number(data.goroutine), at: number(data.at), row: data.waker ? number(data.row) : -1 };
    board.moveTo(board.current, false); // the panel may cover it now
  }

  /** @param {number} by rows; what is selected follows */
  async step(by) {
    const { board } = this;
    board.moveTo(board.current + by, true);
    const lane = this.roll.lanes[board.current];
    if (lane && board.chosen && this.spot.open) await this.select(lane.id, this.middle(board.chosen));
    board.focus();
  }

  /** The middle of what is in view of a segment. @param {{from: number, to: number}} segment */
  middle({ from, to }) {
    const { view } = this;
    return Math.floor((Math.max(from, Math.min(view.from * 1000, to - 1)) + Math.min(to, Math.max(view.to * 1000, from + 1))) / 2);
  }

  /** Select what the lane did after what is selected, or before. @param {1 | -1} step */
  async along(step) {
    const { board, view } = this;
    const lane = this.roll.lanes[board.current]?.id;
    if (!lane) return;
    const { chosen } = board;
    const from = chosen?.lane === lane ? (step > 0 ? chosen.to : chosen.from - 1) : (view.from + view.to) * 500;
    if (from < 0 || from >= this.tiles.lasts) return;
    await this.select(lane, from);
    if (board.chosen?.lane === lane) this.bring(board.chosen.from, board.chosen.to);
  }

  /** Move the time so that a segment can be seen. @param {number} from @param {number} to in ns */
  bring(from, to) {
    const { view } = this;
    [from, to] = [from / 1000, to / 1000];
    const edge = view.length / 50;
    if (from < view.to - edge && to > view.from + edge) return;
    const at = from + Math.min(to - from, view.length) / 2;
    view.show(at - view.length / 2, at + view.length / 2);
  }

  async enter() {
    const { board, view } = this;
    const lane = this.roll.lanes[board.current]?.id;
    if (!lane) return;
    if (board.chosen?.lane !== lane || !this.spot.open) await this.select(lane, board.chosen?.lane === lane ? this.middle(board.chosen) : (view.from + view.to) * 500);
    this.spot.focus();
  }

  /** @param {MouseEvent} event */
  async click(event) {
    if (event.target === this.board.canvas) {
      const { row, ns } = this.board.under(event);
      if (row < 0) return;
      this.board.moveTo(row, true);
      const lane = this.roll.lanes[row];
      if (lane) await this.select(lane.id, ns);
      return;
    }
    for (const [i, e] of this.board.made) if (e.contains(/** @type {Node} */ (event.target))) this.board.moveTo(i, true);
  }

  /** Go where a link of the panel leads without a load, if it is to a lane of this kind. @param {MouseEvent} event */
  async follow(event) {
    const link = event.target instanceof Element && event.target.closest('a');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { pathname, searchParams } = new URL(link.href);
    if (link.classList.contains('close')) {
      event.preventDefault();
      this.close();
    } else if (pathname === location.pathname && searchParams.get('by') === this.board.by) {
      event.preventDefault();
      await this.goTo(searchParams.get('lane') ?? '', Number(searchParams.get('selected')));
      this.spot.focus();
    }
  }

  /** @param {string} lane @param {number} at in ns */
  async goTo(lane, at) {
    const row = await this.roll.rowOf(lane);
    if (row < 0) return;
    this.board.moveTo(row, false);
    await this.select(lane, at);
    if (this.board.chosen) this.bring(this.board.chosen.from, this.board.chosen.to);
  }

  /** Go to a goroutine that was found: to its lane, or to where it ran first. @param {Match} match */
  async visit(match) {
    const { by } = this.board;
    const place = by === 'goroutine' ? { lane: match.lane, at: match.ran[0]?.at ?? 0 } : match.ran.find((ran) => ran.by === by);
    if (place) await this.goTo(place.lane, place.at);
  }

  /** @param {number} from @param {number} to in ns */
  async sumUp(from, to) {
    const lane = this.roll.lanes[this.board.current]?.id ?? '';
    await this.spot.show('selected', { from: String(from), to: String(to), lane });
  }

  fit() {
    const { chosen } = this.board;
    if (chosen) this.view.fit(chosen.from / 1000, chosen.to / 1000);
  }

  measure() {
    const { chosen } = this.board;
    if (!chosen) return;
    this.period.set(chosen.from / 1000, chosen.to / 1000);
    this.period.settle();
  }

  /** Go to the flame graph of what is marked, or of the time that is shown. */
  flame() {
    const { period, view } = this;
    const [from, to] = (period.empty ? [view.from, view.to] : [period.from, period.to]).map((us) => Math.round(us * 1000));
    location.assign(`${this.address}/flame?from=${from}&to=${Math.max(to, from + 1)}`);
  }

  close() {
    const had = this.spot.focused;
    this.spot.close();
    this.board.chosen = null;
    this.later();
    if (had) this.board.focus();
  }

  /** From the innermost state outwards, one a press. */
  escape() {
    const { seek, period, spot, view, board } = this;
    if (spot.focused) this.close();
    else if (document.activeElement === seek.input && !seek.text) board.focus(); // letters are shortcuts again
    else if (seek.text) seek.clear();
    else if (!period.empty) {
      period.clear();
      this.close();
    } else if (spot.open) this.close();
    else view.reset();
  }
}

document.documentElement.classList.add('js');
new Timeline().start().catch((error) => { byId('failed').textContent = String(error); });
