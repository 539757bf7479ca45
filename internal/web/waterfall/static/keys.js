// @ts-check
import { byId } from './dom.js';
import { columns } from './timeline.js';

/** @typedef {import('./timeline.js').Timeline} Timeline */
/** @typedef {Record<string, () => void>} Bindings */

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
    '?': () => /** @type {HTMLDialogElement} */ (byId('help')).showModal(),
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

/**
 * Have keys and buttons act. Letters do nothing while somebody types, and can be
 * switched off for good by those who dictate or use switches.
 * @param {Timeline} timeline
 */
export function listen(timeline) {
  const help = /** @type {HTMLDialogElement} */ (byId('help'));
  const [letters, rows] = [lettersOf(timeline), rowKeysOf(timeline)];
  const allowed = /** @type {HTMLInputElement} */ (byId('keys'));
  keepChoice(allowed);
  for (const b of document.querySelectorAll('[data-key]')) b.addEventListener('click', () => letters[b.getAttribute('data-key') ?? '']?.());
  const column = /** @type {HTMLSelectElement} */ (byId('column'));
  column.addEventListener('change', () => timeline.showColumn(column.value));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches('input:not([type=checkbox]), select, textarea');
    if (typing && !target.closest('main')) return; // into what all pages have
    let action;
    if (event.key === 'Escape') action = () => timeline.escape();
    else if (target === timeline.finder.input && event.key === 'Enter') action = () => timeline.finder.go(event.shiftKey ? -1 : 1);
    else if (target.closest('#rows')) action = rows[event.key];
    if (!typing && allowed.checked) action ??= letters[event.key];
    // Enter belongs to whatever has the focus, unless nothing has.
    if (!action && event.key === 'Enter' && target === document.body) action = rows.Enter;
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** @param {HTMLInputElement} allowed */
function keepChoice(allowed) {
  try {
    allowed.checked = localStorage.getItem('shortcuts') !== 'off';
    allowed.addEventListener('change', () => localStorage.setItem('shortcuts', allowed.checked ? 'on' : 'off'));
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}
