// @ts-check
import { asked, remember } from './address.js';

/**
 * What the server says of all rows, a column each; times are µs after the
 * trace's start.
 * @typedef {{
 *   id: string, spans: number, from: number, to: number, root: string, clocks: string,
 *   services: {name: string, class: string}[], names: string[],
 *   key: string[], depth: number[], below: number[], service: number[], name: number[],
 *   callee: number[], calleeClass: Record<string, string>, kind: number[],
 *   start: (number | null)[], duration: number[], flags: number[], marks: Record<string, string[]>,
 *   self: number[], onPath: number[], drag: number[], slack: number[], sections: number[],
 * }} Columns
 */

/** The bits of flags. */
export const flag = { error: 1, explained: 2, same: 4, cutLeft: 8, cutRight: 16, noBar: 32, onPath: 64 };

/** A level that is below all rows: nothing is folded. */
const all = Infinity;

/**
 * The rows and which of them are to be seen. A row's descendants follow it
 * directly, so a subtree is a range and folding leaves out a range.
 */
export class Tree {
  /** @param {Columns} rows */
  constructor(rows) {
    this.rows = rows;
    this.size = rows.key.length;
    this.parent = parents(rows.depth);
    /** Rows at this depth and deeper are folded, but for those that were toggled. */
    this.level = all;
    /** @type {Set<number>} */
    this.toggled = new Set();
    /** Rows that a filter leaves; null: all. @type {Uint8Array | null} */
    this.kept = null;
    this.list = new Int32Array(0); // the rows to be seen, in order
    this.position = new Int32Array(this.size); // of each in list, or -1
    this.deepest = rows.depth.reduce((most, d, i) => rows.below[i] && d > most ? d : most, -1); // with others below it
    /** The parts of the critical path in each row: from, to, from, to … @type {Map<number, number[]>} */
    this.sections = bySection(rows.sections ?? []);
    this.recall();
    this.refresh();
  }

  /** The row with this key, as people may write it, or -1. @param {string} key */
  find(key) {
    return this.rows.key.indexOf(/^[0-9a-f]+$/i.test(key) ? key.toLowerCase().padStart(16, '0') : key);
  }

  /** Fold what the address says. */
  recall() {
    if (asked.has('level')) this.level = Number(asked.get('level'));
    for (const key of asked.get('fold')?.split(',') ?? []) this.toggled.add(this.find(key));
  }

  remember() {
    const most = 100; // an address has a bound
    remember('level', Number.isFinite(this.level) ? this.level : '');
    remember('fold', [...this.toggled].filter((i) => i >= 0).slice(0, most).map((i) => this.rows.key[i].replace(/^0+(?=.)/, '')).join(','));
  }

  /** @param {number} i */
  folded(i) {
    return this.rows.below[i] > 0 && (this.rows.depth[i] >= this.level) !== this.toggled.has(i);
  }

  /** @param {number} i @param {boolean} fold */
  fold(i, fold) {
    if (this.rows.below[i] && this.folded(i) !== fold) this.toggle(i);
    this.refresh();
  }

  /** @param {number} i */
  toggle(i) {
    if (!this.toggled.delete(i)) this.toggled.add(i);
  }

  /** Fold the rows at a depth and deeper, and unfold the others. @param {number} depth */
  foldFrom(depth) {
    this.level = depth > this.deepest ? all : Math.max(depth, 0);
    this.toggled.clear();
    this.refresh();
  }

  /** Fold or unfold one level more. @param {1 | -1} step */
  foldBy(step) {
    this.foldFrom(Math.min(this.level, this.deepest + 1) + step);
  }

  /** Unfold whatever hides row i. @param {number} i */
  reveal(i) {
    if (this.position[i] >= 0) return;
    for (let p = this.parent[i]; p >= 0; p = this.parent[p]) if (this.folded(p)) this.toggle(p);
    this.refresh();
  }

  /** Show these rows and their ancestors alone. @param {number[] | null} matches null: all rows */
  keep(matches) {
    this.kept = matches && new Uint8Array(this.size);
    for (const i of matches ?? []) {
      for (let p = i; p >= 0 && !this.kept?.[p]; p = this.parent[p]) if (this.kept) this.kept[p] = 1;
    }
    this.refresh();
  }

  refresh() {
    const list = new Int32Array(this.size);
    let n = 0;
    this.position.fill(-1);
    for (let i = 0; i < this.size; i++) {
      if (this.kept && !this.kept[i]) continue;
      this.position[i] = n;
      list[n++] = i;
      if (this.folded(i)) i += this.rows.below[i];
    }
    this.list = list.subarray(0, n);
    this.remember();
  }

  /** The row itself, or the nearest ancestor that is to be seen, or the first row. @param {number} i */
  shown(i) {
    while (i >= 0 && this.position[i] < 0) i = this.parent[i];
    return i >= 0 ? i : this.list[0] ?? -1;
  }

  /** When the span of row i ended. @param {number} i */
  end(i) {
    return (this.rows.start[i] ?? NaN) + this.rows.duration[i];
  }

  /** @param {number} i */
  className(i) {
    return this.rows.services[this.rows.service[i]]?.class ?? '';
  }
}

/** @param {number[]} depth */
function parents(depth) {
  const parent = new Int32Array(depth.length);
  const above = [-1]; // the last row of each depth
  for (let i = 0; i < depth.length; i++) {
    parent[i] = above[depth[i]];
    above[depth[i] + 1] = i;
  }
  return parent;
}

/** @param {number[]} sections */
function bySection(sections) {
  /** @type {Map<number, number[]>} */
  const of = new Map();
  for (let k = 0; k + 2 < sections.length; k += 3) {
    const parts = of.get(sections[k]);
    if (parts) parts.push(sections[k + 1], sections[k + 2]);
    else of.set(sections[k], [sections[k + 1], sections[k + 2]]);
  }
  return of;
}
