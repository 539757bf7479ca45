// @ts-check

/** A lane: its id, its number, the function of its goroutine or the name of its task, when it was there, in ns, and how deep a task is within others. @typedef {{id: string, number: number, name: string, from: number, to: number, depth: number}} Lane */

const block = 200; // lanes that are fetched at once

/** Which lanes there are. They are fetched as they are scrolled to. */
export class Roll {
  /** @param {string} address @param {string} by @param {() => void} came */
  constructor(address, by, came) {
    this.address = address;
    this.by = by;
    this.came = came;
    this.total = 0;
    /** @type {Lane[]} */
    this.lanes = []; // with holes
    /** Indexes by id. @type {Map<string, number>} */
    this.index = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
  }

  /** Fetch those of some rows that are not there. @param {number} first @param {number} end */
  need(first, end) {
    for (let b = Math.floor(first / block); b * block < end; b++) {
      if (this.asked.has(b)) continue;
      this.asked.add(b);
      this.ask({ first: String(b * block), count: String(block) }).catch(() => this.asked.delete(b)).then(this.came);
    }
  }

  /** @param {Record<string, string>} query @returns {Promise<any>} */
  async ask(query) {
    const answer = await fetch(`${this.address}/lanes?${new URLSearchParams({ by: this.by, ...query })}`);
    if (!answer.ok) throw new Error(await answer.text());
    const part = await answer.json();
    part.lanes?.forEach((/** @type {[string, number, string, number, number, number?]} */ [id, number, name, from, to, depth = 0], /** @type {number} */ i) => {
      this.lanes[part.first + i] = { id, number, name, from, to, depth };
      this.index.set(id, part.first + i);
    });
    if ('total' in part) this.total = part.total;
    return part;
  }

  /** The row of a lane, or -1. @param {string} id */
  async rowOf(id) {
    if (!this.index.has(id)) await this.ask({ of: id, count: '20' }).catch(() => {});
    return this.index.get(id) ?? -1;
  }
}
