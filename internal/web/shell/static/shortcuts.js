// @ts-check
import { byId } from './dom.js';

/** @typedef {Record<string, () => void>} Bindings */

/**
 * Have keys and buttons act. Letters do nothing while somebody types, and can be
 * switched off for good by those who dictate or use switches.
 * @param {Bindings} letters wherever the focus is
 * @param {Bindings} rows where it is in the rows
 * @param {() => void} escape @param {{input: HTMLInputElement, go: (step: 1 | -1) => void}} finder
 */
export function listenTo(letters, rows, escape, finder) {
  const help = /** @type {HTMLDialogElement} */ (byId('help'));
  const allowed = /** @type {HTMLInputElement} */ (byId('keys'));
  keepChoice(allowed);
  letters['?'] = () => help.showModal();
  for (const b of document.querySelectorAll('[data-key]')) b.addEventListener('click', () => letters[b.getAttribute('data-key') ?? '']?.());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const typing = target.matches('input:not([type=checkbox]), select, textarea');
    if (typing && !target.closest('main')) return; // into what all pages have
    let action;
    if (event.key === 'Escape') action = escape;
    else if (target === finder.input && event.key === 'Enter') action = () => finder.go(event.shiftKey ? -1 : 1);
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
