// @ts-check
import { byId } from './dom.js';
// What a page says of now is asked for again every two seconds, while somebody looks.
const every = 2000;

const live = byId('live');
const path = live?.dataset.live;
const choice = /** @type {HTMLInputElement | null} */ (document.getElementById('refresh'));
const state = document.getElementById('live-state');
let asking = false;

/** Reading, pressing, choosing and typing are not disturbed. */
function inUse() {
  const text = getSelection();
  const chosen = text && !text.isCollapsed && live.contains(text.anchorNode);
  const typed = [...live.querySelectorAll('input:not([type=hidden])')].some((field) => field instanceof HTMLInputElement && (field.value || field === document.activeElement));
  return chosen || typed || live.matches(':active');
}

/** @param {string} html */
function put(html) {
  const focused = live.contains(document.activeElement) ? document.activeElement?.id : '';
  live.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
}

/** @param {string} text */
function say(text) {
  if (state && state.textContent !== text) state.textContent = text;
}

async function refresh() {
  if (!path || asking || document.hidden || (choice && !choice.checked) || inUse()) return;
  asking = true;
  const token = /** @type {HTMLInputElement | null} */ (document.getElementById('token'))?.value;
  try {
    const answer = await fetch(path, { cache: 'no-store', headers: token ? { Authorization: `Bearer ${token}` } : {} });
    const html = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status}`);
    if (!inUse()) put(html);
    say('');
  } catch (error) {
    say(`✕ ${error instanceof Error ? error.message : error}`);
  } finally {
    asking = false;
  }
}

// State is in the address: a page that was stopped stays so when it is loaded again.
if (choice) {
  const label = choice.closest('label');
  if (label) label.hidden = false;
  choice.checked = new URLSearchParams(location.search).get('refresh') !== 'off';
  choice.addEventListener('change', () => {
    const to = new URL(location.href);
    if (choice.checked) to.searchParams.delete('refresh'); else to.searchParams.set('refresh', 'off');
    history.replaceState(null, '', to);
    refresh();
  });
}
// A token that is typed is sent with each request, and kept nowhere.
document.getElementById('token')?.closest('form')?.addEventListener('submit', (event) => {
  if (!path) return;
  event.preventDefault();
  refresh();
});
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, every);
