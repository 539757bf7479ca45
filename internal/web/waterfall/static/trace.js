// @ts-check
import './copy.js';
import './times.js';
import { drawDetails } from './details.js';
import { byId } from './dom.js';
import { watchOffer } from './explain.js';
import { Find } from './find.js';
import { watchForLateSpans } from './late.js';
import { Rows } from './rows.js';
import { allSpans } from './spans.js';
import { Zoom } from './zoom.js';

const grid = /** @type {HTMLElement} */ (document.querySelector('.waterfall'));
const panel = byId('details');
const help = /** @type {HTMLDialogElement} */ (byId('help'));
const shortcuts = /** @type {HTMLInputElement} */ (byId('keys'));

const rows = new Rows(grid);
const zoom = new Zoom(grid);
const find = new Find(rows, (i) => goTo(i, false));
let chosen = -1; // the row whose details are shown

/** Show the details of row i, and name it in the address.
 * @param {number} i */
function open(i) {
  const span = allSpans()[i];
  if (!span) return;
  close();
  chosen = i;
  rows.all[i].classList.add('chosen');
  rows.all[i].ariaSelected = 'true';
  panel.replaceChildren(...drawDetails(span));
  panel.scrollTop = 0;
  panel.hidden = false;
  rows.moveTo(i, false);
  address(`#span-${span.key}`);
}

function close() {
  if (chosen >= 0) {
    rows.all[chosen].classList.remove('chosen');
    rows.all[chosen].ariaSelected = null;
  }
  chosen = -1;
  panel.hidden = true;
  address('');
}

/** @param {string} hash */
function address(hash) {
  const url = new URL(location.href);
  url.searchParams.delete('span');
  url.hash = hash;
  history.replaceState(null, '', url);
}

/** Go to row i; open details follow. @param {number} i @param {boolean} focus */
function goTo(i, focus) {
  if (i < 0) return;
  if (chosen >= 0 && i !== chosen) open(i);
  rows.moveTo(i, focus);
}

/** @param {1 | -1} step */
function step(step) {
  const next = rows.current < 0 ? rows.visible(0, 1) : rows.visible(rows.current + step, step);
  goTo(next < 0 ? rows.current : next, true); // at either end, at least take the focus
}

function right() {
  const i = rows.current;
  if (i < 0) return;
  if (rows.folded[i]) rows.fold(i, false);
  else if (rows.below[i]) goTo(i + 1, true);
}

function left() {
  const i = rows.current;
  if (i < 0) return;
  if (rows.below[i] && !rows.folded[i]) rows.fold(i, true);
  else goTo(rows.parent(i), true);
}

/** @param {boolean} fold */
function foldAll(fold) {
  rows.foldAll(fold);
  if (rows.current >= 0 && rows.hidden[rows.current]) rows.moveTo(rows.visible(rows.current, -1), false);
}

function enter() {
  if (rows.current < 0) return;
  open(rows.current);
  panel.querySelector('h2')?.focus({ preventScroll: true });
}

// From the innermost state outwards, one a press.
function escape() {
  if (chosen >= 0) {
    const i = chosen;
    close();
    rows.moveTo(i, true);
  } else if (find.input.value) find.clear();
  else if (document.activeElement === find.input) goTo(Math.max(rows.current, 0), true); // letters are shortcuts again
  else zoom.reset();
}

/** @type {Record<string, () => void>} */
const letters = {
  j: () => step(1), k: () => step(-1),
  c: () => foldAll(true), e: () => foldAll(false),
  '/': () => { find.input.focus(); find.input.select(); },
  n: () => find.go(1), N: () => find.go(-1),
  w: () => zoom.by(1 / 2), s: () => zoom.by(2), a: () => zoom.move(-1 / 4), d: () => zoom.move(1 / 4),
  z: () => zoom.fit(rows.all[rows.current]?.querySelector('rect') ?? null),
  '?': () => help.showModal(),
};

/** @type {Record<string, () => void>} */
const inGrid = {
  ArrowDown: () => step(1), ArrowUp: () => step(-1), ArrowRight: right, ArrowLeft: left, Enter: enter,
  Home: () => goTo(rows.visible(0, 1), true), End: () => goTo(rows.visible(rows.all.length - 1, -1), true),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.matches('input, select, textarea');
  let action;
  if (event.key === 'Escape') action = escape;
  else if (target === find.input && event.key === 'Enter') action = () => find.go(event.shiftKey ? -1 : 1);
  else if (!typing && grid.contains(target)) action = inGrid[event.key];
  if (!typing && shortcuts.checked) action ??= letters[event.key];
  // Enter belongs to whatever has the focus, unless nothing has.
  if (!action && event.key === 'Enter' && target === document.body) action = enter;
  if (!action) return;
  event.preventDefault();
  action();
});

grid.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
  const i = rows.indexOf(event.target.closest('.row'));
  if (i < 0) return;
  event.preventDefault();
  if (event.target.closest('.tw')) rows.fold(i, !rows.folded[i]);
  else if (getSelection()?.isCollapsed ?? true) open(i);
  rows.moveTo(i, true);
});

/** Go where a link to a span leads without asking the server. @param {MouseEvent} event */
function follow(event) {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest('a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { pathname, hash } = new URL(link.href);
  const here = hash.startsWith('#span-') || link.classList.contains('close');
  if (pathname !== location.pathname || !here) return; // to other traces and explanations
  event.preventDefault();
  if (link.classList.contains('close')) escape();
  else openFragment(hash);
}
panel.addEventListener('click', follow);
for (const part of document.querySelectorAll('p.why, #explanation')) part.addEventListener('click', (event) => follow(/** @type {MouseEvent} */ (event)));

/** @param {string} hash */
function openFragment(hash) {
  const i = rows.indexOf(document.getElementById(hash.slice(1)));
  if (i >= 0) open(i);
}

byId('previous').addEventListener('click', () => find.go(-1));
byId('next').addEventListener('click', () => find.go(1));
byId('collapse').addEventListener('click', () => foldAll(true));
byId('expand').addEventListener('click', () => foldAll(false));
byId('zoom-in').addEventListener('click', () => zoom.by(1 / 2));
byId('zoom-out').addEventListener('click', () => zoom.by(2));
byId('open-help').addEventListener('click', () => help.showModal());
window.addEventListener('hashchange', () => openFragment(location.hash));

// Those who dictate or use switches can turn the letters off for good.
try {
  shortcuts.checked = localStorage.getItem('shortcuts') !== 'off';
  shortcuts.addEventListener('change', () => localStorage.setItem('shortcuts', shortcuts.checked ? 'on' : 'off'));
} catch {
  // Storage is blocked: the choice lasts as long as the page.
}

document.documentElement.classList.add('js');
for (const tools of document.querySelectorAll('.tools')) if (tools instanceof HTMLElement) tools.hidden = false;
const asked = new URLSearchParams(location.search);
if (asked.has('span')) openFragment(`#span-${asked.get('span')?.toLowerCase()}`);
openFragment(location.hash);
find.input.value = asked.get('find') ?? '';
if (find.input.value) find.search();
watchForLateSpans();
watchOffer();
