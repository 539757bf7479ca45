// @ts-check
import { byId } from './dom.js';
import { listenTo } from './shortcuts.js';
import { columns } from './timeline.js';

/** @typedef {import('./timeline.js').Timeline} Timeline */
/** @typedef {import('./shortcuts.js').Bindings} Bindings */

/** The letters and digits, of which some are those of Chrome's trace viewer. @param {Timeline} timeline @returns {Bindings} */
function lettersOf(timeline) {
  const { view, finder, pointer, moves, tree, grid } = timeline;
  const fold = (/** @type {number} */ depth) => moves.folding(() => tree.foldFrom(depth));
  const foldBy = (/** @type {1 | -1} */ step) => moves.folding(() => tree.foldBy(step));
  return {
    j: () => moves.step(1), k: () => moves.step(-1), r: () => grid.current >= 0 && moves.reroot(grid.current), R: () => moves.reroot(-1), y: () => moves.copy(),
    c: () => fold(0), e: () => fold(Infinity), '[': () => foldBy(-1), ']': () => foldBy(1),
    '/': () => finder.toInput(), n: () => finder.go(1), N: () => finder.go(-1), f: () => finder.filter.click(),
    w: () => view.by(1 / 2), s: () => view.by(2), a: () => view.move(-1 / 4), d: () => view.move(1 / 4), z: () => timeline.fit(), 0: () => view.reset(),
    1: () => pointer.use('select'), 2: () => pointer.use('pan'), 3: () => pointer.use('zoom'), 4: () => pointer.use('measure'),
    m: () => timeline.measure(false), M: () => timeline.measure(true), p: () => timeline.showPath(!grid.path),
    o: () => timeline.showColumn(columns[(columns.indexOf(grid.column) + 1) % columns.length]),
  };
}

/** @param {Timeline} timeline @returns {Bindings} */
function rowKeysOf({ moves, grid, tree }) {
  return {
    ArrowDown: () => moves.step(1), ArrowUp: () => moves.step(-1), ArrowRight: () => moves.right(), ArrowLeft: () => moves.left(),
    PageDown: () => moves.step(grid.room()), PageUp: () => moves.step(-grid.room()), Enter: () => moves.enter(),
    Home: () => moves.step(-tree.size), End: () => moves.step(tree.size),
  };
}

/** Have keys and buttons act. @param {Timeline} timeline */
export function listen(timeline) {
  const column = /** @type {HTMLSelectElement} */ (byId('column'));
  column.addEventListener('change', () => timeline.showColumn(column.value));
  listenTo(lettersOf(timeline), rowKeysOf(timeline), () => timeline.escape(), timeline.finder);
}
