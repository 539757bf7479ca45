// @ts-check

/** @typedef {import('./tiles.js').Tile} Tile */

/** The states from the bottom of a lane to its top, as the legend has them. */
export const order = [...document.querySelectorAll('.legend [data-state]')].map((e) => Number(/** @type {SVGElement} */ (e).dataset.state));

/** Red, green and blue. @param {string} colour rgb(…) or #…, as style sheets have them */
function rgbOf(colour) {
  if (colour.startsWith('#')) return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
  return colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
}

/** As an image has its bytes: ABGR. @param {number[]} rgb */
const packed = ([r, g, b]) => (0xff000000 | Math.round(b) << 16 | Math.round(g) << 8 | Math.round(r)) >>> 0;

/** Paints lanes dot by dot: some hundred thousand shares of states in a few milliseconds. */
export class Painter {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.scale = 1;
    this.width = this.height = 0; // in dots
    this.image = new ImageData(1, 1);
    this.dots = new Uint32Array(1);
    /** 64 dots for each state, and for the heap and its goal. @type {Uint32Array[]} */
    this.patterns = [];
    this.text = this.ground = this.link = '';
    this.colours();
  }

  /** Take the colours from the legend. */
  colours() {
    const page = getComputedStyle(document.documentElement);
    [this.text, this.ground, this.link] = ['--text', '--ground', '--link'].map((name) => page.getPropertyValue(name).trim());
    const ground = rgbOf(this.ground);
    for (const [i, name] of ['--edge', '--text'].entries()) this.patterns[12 + i] = new Uint32Array(64).fill(packed(rgbOf(page.getPropertyValue(name).trim())));
    for (const e of document.querySelectorAll('.legend [data-state]')) {
      if (!(e instanceof SVGElement)) continue;
      const ink = rgbOf(getComputedStyle(e).color);
      const hint = packed(ink.map((c, i) => c * 0.18 + ground[i] * 0.82));
      const mask = e.dataset.mask ?? '';
      const dots = new Uint32Array(64).fill(hint);
      for (let i = 0; i < 64; i++) {
        if (parseInt(mask.slice(i >> 3 << 1, (i >> 3 << 1) + 2), 16) & 0x80 >> (i & 7)) dots[i] = packed(ink);
      }
      this.patterns[Number(e.dataset.state)] = dots;
    }
  }

  /** Begin a picture of a size in pixels. @param {number} width @param {number} height */
  begin(width, height) {
    this.scale = devicePixelRatio || 1;
    const [w, h] = [Math.max(Math.round(width * this.scale), 1), Math.max(Math.round(height * this.scale), 1)];
    if (w !== this.width || h !== this.height) {
      Object.assign(this.canvas, { width: w, height: h });
      [this.width, this.height] = [w, h];
      this.image = this.context.createImageData(w, h);
      this.dots = new Uint32Array(this.image.data.buffer);
    } else this.dots.fill(0);
  }

  /** Show it. */
  end() {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.putImageData(this.image, 0, 0);
    this.context.scale(this.scale, this.scale);
  }

  /** A rectangle of a state's pattern, in dots. @param {number} x1 @param {number} x2 @param {number} y1 @param {number} y2 @param {number} state */
  fill(x1, x2, y1, y2, state) {
    const pattern = this.patterns[state];
    if (!pattern) return;
    const { width, dots } = this;
    const shift = this.scale >= 2 ? 1 : 0;
    [x1, x2] = [Math.max(x1, 0), Math.min(x2, width)];
    for (let y = Math.max(y1, 0), end = Math.min(y2, this.height); y < end; y++) {
      const [line, row] = [y * width, (y >> shift & 7) << 3];
      for (let x = x1; x < x2; x++) dots[line + x] = pattern[row | x >> shift & 7];
    }
  }

  /**
   * What a lane did in a part of the time that is shown, as far as a tile has it.
   * @param {Tile} tile @param {{from: number, perDot: number}} shown in ns
   * @param {number} from @param {number} to the part, in ns @param {number} top @param {number} height in pixels
   */
  lane(tile, shown, from, to, top, height) {
    const at = (/** @type {number} */ ns) => Math.round((ns - shown.from) / shown.perDot);
    const [x1, x2] = [Math.max(at(from), 0), Math.min(at(to), this.width)];
    const [y1, y2] = [Math.round(top * this.scale), Math.round((top + height) * this.scale)];
    if (tile.columns) this.columns(tile, tile.columns, shown, x1, x2, y1, y2);
    for (const s of tile.segments ?? []) {
      const [left, right] = [at(s.from), at(s.to)];
      if (right < x1 || left > x2) continue;
      const gap = right - left > 4 * this.scale ? 1 : 0; // tells it from the next
      this.fill(Math.max(left, x1), Math.min(Math.max(right - gap, left + 1), x2), y1, y2, s.state);
    }
    const thick = Math.round(3 * this.scale);
    for (const [list, tall, wide] of /** @type {[number[], number, number][]} */ ([[tile.regions ?? [], thick, 1], [tile.logs ?? [], 2 * thick, thick]])) {
      for (let i = 0; i < list.length; i += 2) {
        const left = at(tile.from + list[i]);
        this.fill(Math.max(left, x1), Math.min(Math.max(at(tile.from + list[i] + list[i + 1]), left + wide), x2), y1, y1 + tall, 13);
      }
    }
  }

  /**
   * The shares of states, above each other.
   * @param {Tile} tile @param {Map<number, Uint8Array>} shares @param {{from: number, perDot: number}} shown
   * @param {number} x1 @param {number} x2 @param {number} y1 @param {number} y2
   */
  columns(tile, shares, shown, x1, x2, y1, y2) {
    const states = order.filter((state) => shares.has(state));
    const height = y2 - y1;
    for (let x = x1; x < x2;) {
      const c = Math.floor((shown.from + (x + 0.5) * shown.perDot - tile.from) / tile.width);
      const next = Math.min(Math.max(Math.ceil((tile.from + (c + 1) * tile.width - shown.from) / shown.perDot - 0.5), x + 1), x2);
      let [sum, bottom] = [0, y2];
      for (const state of states) {
        const share = shares.get(state)?.[c] ?? 0;
        if (!share) continue;
        sum += share;
        const up = Math.max(Math.min(y2 - Math.round(sum / 255 * height), bottom - (state === order[0] || share > 3 ? 1 : 0)), y1);
        this.fill(x, next, up, bottom, state);
        bottom = up;
      }
      x = next;
    }
  }

  /**
   * The values of a counter: its parts above each other, or the second one as a line.
   * @param {Tile} tile @param {number[]} states @param {number} most @param {boolean} lined
   * @param {{from: number, perDot: number}} shown @param {number} from @param {number} to @param {number} top @param {number} height
   */
  counter(tile, states, most, lined, shown, from, to, top, height) {
    const [x1, x2] = [from, to].map((ns) => Math.min(Math.max(Math.round((ns - shown.from) / shown.perDot), 0), this.width));
    const bottom = Math.round((top + height) * this.scale);
    const up = (/** @type {number} */ v) => bottom - Math.round(v / most * height * this.scale);
    for (let x = x1; x < x2; x++) {
      const c = Math.floor((shown.from + (x + 0.5) * shown.perDot - tile.from) / tile.width);
      let below = 0;
      states.forEach((state, part) => {
        const v = tile.values?.[part]?.[c] ?? 0;
        if (lined && part) this.fill(x, x + 1, up(v) - 1, up(v) + 1, state);
        else if (v) this.fill(x, x + 1, Math.min(up(below + v), up(below) - 1), up(below), state);
        below += v;
      });
    }
  }
}
