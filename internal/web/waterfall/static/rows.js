// @ts-check

/**
 * The rows of the waterfall in the order of the page. A row's descendants
 * follow it directly, so a subtree is a range and folding hides a range.
 */
export class Rows {
  /** @param {HTMLElement} grid */
  constructor(grid) {
    /** @type {HTMLElement[]} */
    this.all = [...grid.querySelectorAll('.chunk > .row')].filter((r) => r instanceof HTMLElement);
    this.chunks = [...grid.querySelectorAll('.chunk')].filter((c) => c instanceof HTMLElement);
    this.below = this.all.map((r) => Number(r.dataset.n ?? 0));
    this.levels = this.all.map((r) => Number(r.ariaLevel));
    this.folded = new Uint8Array(this.all.length);
    this.hidden = new Uint8Array(this.all.length);
    this.positions = new Map(this.all.map((r, i) => [r, i]));
    this.current = -1;
    // One stop for the Tab key; the arrow keys go from row to row.
    for (const a of grid.querySelectorAll('.row a')) if (a instanceof HTMLElement) a.tabIndex = -1;
    if (this.all.length) this.all[0].tabIndex = 0;
  }

  /** @param {Element | null} row @returns {number} index or -1 */
  indexOf(row) {
    return this.positions.get(/** @type {HTMLElement} */ (row)) ?? -1;
  }

  /** The nearest row to be seen from i on, in steps of +1 or -1, or -1.
   * @param {number} i @param {number} step */
  visible(i, step) {
    while (i >= 0 && i < this.all.length && this.hidden[i]) i += step;
    return i >= 0 && i < this.all.length ? i : -1;
  }

  /** @param {number} i @returns {number} index of the parent's row or -1 */
  parent(i) {
    for (let p = i - 1; p >= 0; p--) if (this.levels[p] < this.levels[i]) return p;
    return -1;
  }

  /** Fold or unfold one row. @param {number} i @param {boolean} fold */
  fold(i, fold) {
    if (!this.below[i] || Boolean(this.folded[i]) === fold) return;
    this.mark(i, fold);
    this.refresh();
  }

  /** @param {boolean} fold */
  foldAll(fold) {
    for (let i = 0; i < this.all.length; i++) {
      if (this.below[i] && Boolean(this.folded[i]) !== fold) this.mark(i, fold);
    }
    this.refresh();
  }

  /** Unfold whatever hides row i. @param {number} i */
  reveal(i) {
    if (!this.hidden[i]) return;
    for (let p = this.parent(i); p >= 0; p = this.parent(p)) if (this.folded[p]) this.mark(p, false);
    this.refresh();
  }

  /** @param {number} i @param {boolean} fold */
  mark(i, fold) {
    this.folded[i] = fold ? 1 : 0;
    this.all[i].ariaExpanded = String(!fold);
  }

  /** Hide what lies in folded ranges, and set the height of each chunk. */
  refresh() {
    let end = 0; // of the folded range we are in
    const shown = new Array(this.chunks.length).fill(0);
    const perChunk = this.chunks.length > 1 ? this.chunks[0].childElementCount : this.all.length;
    for (let i = 0; i < this.all.length; i++) {
      const hide = i < end;
      if (hide !== Boolean(this.hidden[i])) {
        this.hidden[i] = hide ? 1 : 0;
        this.all[i].hidden = hide;
      }
      if (!hide) {
        shown[Math.floor(i / perChunk)]++;
        if (this.folded[i]) end = i + this.below[i] + 1;
      }
    }
    this.chunks.forEach((chunk, c) => {
      chunk.hidden = shown[c] === 0;
      chunk.style.setProperty('--rows', String(shown[c]));
    });
  }

  /** Make i the current row and bring it into view.
   * @param {number} i @param {boolean} focus */
  moveTo(i, focus) {
    if (i < 0) return;
    this.reveal(i);
    const before = this.all[this.current >= 0 ? this.current : 0];
    before.classList.remove('current');
    before.tabIndex = -1;
    this.current = i;
    const row = this.all[i];
    row.classList.add('current');
    row.tabIndex = 0;
    if (focus) row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  }
}
