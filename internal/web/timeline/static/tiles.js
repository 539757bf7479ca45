// @ts-check
import { say } from './words.js';

/** @typedef {{from: number, to: number, state: number, goroutine: number, text: string, by: number}} Segment times in ns */
/** What a lane did in a tile: exactly, in columns by state, or the values of a counter. @typedef {{from: number, width: number, segments?: Segment[], columns?: Map<number, Uint8Array>, values?: number[][], regions?: number[], logs?: number[]}} Tile */
/** @typedef {{lane: string, level: number, n: number}} Wish */

export const columns = 256; // of a tile
const finest = 64; // ns of a column of level 0
const most = 2500; // tiles of lanes that are kept
const together = 4; // requests
const lanesAtOnce = 64;
const patience = 3000; // ms until what failed is asked for again

/** @param {Wish} wish */
const keyOf = ({ lane, level, n }) => `${lane}/${level}/${n}`;

/** The width of a column, in ns. @param {number} level */
export const widthOf = (level) => finest * 2 ** level;

/** The data of lanes, in tiles: those that are wanted are fetched, and some hundreds kept. */
export class Tiles {
  /** @param {string} address @param {string} version @param {number} lasts ns @param {() => void} came @param {(error: string) => void} failed */
  constructor(address, version, lasts, came, failed) {
    this.address = address;
    this.version = version;
    this.lasts = lasts;
    this.came = came;
    this.failed = failed;
    this.highest = Math.max(Math.ceil(Math.log2(lasts / finest / columns)), 0);
    /** By lane, level and number; those that were used last are last. @type {Map<string, Tile>} */
    this.kept = new Map();
    /** @type {Map<AbortController, Set<string>>} */
    this.asking = new Map();
    /** When what failed may be asked for again. @type {Map<string, number>} */
    this.broken = new Map();
  }

  /** The level at which a column is some pixels wide. @param {number} ns that are shown @param {number} pixels */
  levelFor(ns, pixels) {
    const column = ns * 1.5 / Math.max(pixels, 1);
    return Math.min(Math.max(Math.ceil(Math.log2(column / finest)), 0), this.highest);
  }

  /** @param {string} lane @param {number} level @param {number} n */
  get(lane, level, n) {
    const key = keyOf({ lane, level, n });
    const tile = this.kept.get(key);
    if (tile) {
      this.kept.delete(key);
      this.kept.set(key, tile);
    }
    return tile;
  }

  /**
   * The best that is there of a tile: itself, a coarser one, or finer ones.
   * @param {string} lane @param {number} level @param {number} n @returns {Tile[]}
   */
  best(lane, level, n) {
    for (let up = 0; level + up <= this.highest; up++) {
      const tile = this.get(lane, level + up, Math.floor(n / 2 ** up));
      if (tile) return [tile];
    }
    return [2 * n, 2 * n + 1].flatMap((half) => (level > 0 && this.get(lane, level - 1, half)) || []);
  }

  /** Fetch what is wanted now, and nothing else. @param {Wish[]} wishes the most important first */
  want(wishes) {
    const missing = wishes.filter((wish) => !this.kept.has(keyOf(wish)));
    const wanted = new Set(missing.map(keyOf));
    for (const [asking, keys] of this.asking) {
      if (![...keys].some((key) => wanted.has(key))) asking.abort();
      for (const key of keys) wanted.delete(key);
    }
    const now = performance.now();
    /** @type {Map<string, Wish[]>} */
    const groups = new Map();
    for (const wish of missing) {
      const key = keyOf(wish);
      if (!wanted.has(key) || (this.broken.get(key) ?? 0) > now) continue;
      const group = `${wish.level}/${wish.n}`;
      groups.set(group, [...groups.get(group) ?? [], wish].slice(0, lanesAtOnce));
    }
    for (const group of groups.values()) {
      if (this.asking.size >= together) return;
      this.fetch(group);
    }
  }

  /** @param {Wish[]} group of one tile */
  async fetch(group) {
    const { level, n } = group[0];
    const keys = new Set(group.map(keyOf));
    const asking = new AbortController();
    this.asking.set(asking, keys);
    try {
      const query = `lanes=${group.map(({ lane }) => lane)}&level=${level}&tile=${n}&v=${this.version}`;
      const answer = await fetch(`${this.address}/tile?${query}`, { signal: asking.signal });
      if (!answer.ok) throw new Error(await answer.text());
      this.keep(await answer.json(), level, n);
      this.failed('');
    } catch (error) {
      if (!asking.signal.aborted) {
        for (const key of keys) this.broken.set(key, performance.now() + patience);
        this.failed(error instanceof TypeError ? say('The server does not answer.') : String(error));
        setTimeout(this.came, patience);
      }
    }
    this.asking.delete(asking);
    this.came();
  }

  /** @param {{from: number, width: number, texts: string[], lanes: any[]}} tile @param {number} level @param {number} n */
  keep(tile, level, n) {
    for (const { lane, segments, columns: shares, values, regions, logs } of tile.lanes) {
      /** @type {Tile} */
      const kept = { from: tile.from, width: tile.width, values, regions, logs };
      if (shares) kept.columns = new Map(Object.entries(shares).map(([state, text]) => [Number(state), bytes(text)]));
      else if (!values) kept.segments = segmentsOf(segments ?? [], tile);
      this.kept.set(keyOf({ lane, level, n }), kept);
    }
    for (const key of this.kept.keys()) {
      if (this.kept.size <= most) break;
      this.kept.delete(key);
    }
  }
}

/** @param {string} base64 */
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** @param {number[]} list six numbers a segment @param {{from: number, texts: string[]}} tile @returns {Segment[]} */
function segmentsOf(list, tile) {
  const all = [];
  let end = tile.from;
  for (let i = 0; i < list.length; i += 6) {
    const from = end + list[i];
    end = from + list[i + 1];
    all.push({ from, to: end, state: list[i + 2], goroutine: list[i + 3], text: tile.texts[list[i + 4]] ?? '', by: list[i + 5] });
  }
  return all;
}
