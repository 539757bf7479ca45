// @ts-check
import { showTimes } from './times.js';

// The live tail: new traces enter the list at the top. live=1 in the address keeps it.

const live = document.getElementById('live');
const control = document.getElementById('live-switch');
const pause = document.getElementById('live-pause');
const says = document.getElementById('live-says');
if (live && control && pause && says) tail(live, control, pause, says);

/** @param {HTMLElement} live @param {HTMLElement} control @param {HTMLElement} pause @param {HTMLElement} says */
function tail(live, control, pause, says) {
  const most = Number(live.dataset.limit);
  const say = (/** @type {string} */ name, n = 0) => (says.dataset[name] ?? '').replace('%d', n.toLocaleString());
  /** @type {EventSource | undefined} */
  let source;
  let again = 0; // the timer of the next try
  let paused = false;
  let arrived = 0;
  let missed = 0; // came and are not in the list
  /** @type {HTMLTableRowElement[]} */
  let waiting = []; // the newest first, while paused

  live.hidden = false;
  control.addEventListener('click', () => source ? stop() : start());
  pause.addEventListener('click', () => {
    paused = !paused;
    pause.ariaPressed = String(paused);
    if (!paused) { insert(waiting); waiting = []; }
    report();
  });
  addEventListener('pagehide', () => { clearTimeout(again); source?.close(); });
  addEventListener('pageshow', (event) => { if (event.persisted && source) connect(); });
  if (new URL(location.href).searchParams.has('live')) start();

  function remember() {
    const url = new URL(location.href);
    source ? url.searchParams.set('live', '1') : url.searchParams.delete('live');
    history.replaceState(null, '', url);
    control.ariaPressed = String(Boolean(source));
    pause.hidden = !source;
    report();
  }

  function start() {
    connect();
    remember();
  }

  function connect() {
    const query = new URL(location.href).searchParams;
    query.delete('live');
    query.set('since', live.dataset.since ?? '0');
    source = new EventSource('/live?' + query);
    source.addEventListener('traces', (event) => {
      const { html, more, attended } = JSON.parse(event.data);
      live.dataset.since = event.lastEventId;
      missed += more;
      arrived += more;
      add(html, attended);
      report();
    });
    source.addEventListener('error', () => {
      says.textContent = say('lost');
      // The browser itself tries again, unless it was refused: too many follow the tail.
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(connect, 10_000);
    });
    source.addEventListener('open', report);
  }

  function stop() {
    clearTimeout(again);
    source?.close();
    source = undefined;
    paused = false;
    pause.ariaPressed = 'false';
    insert(waiting);
    waiting = [];
    remember();
  }

  /** @param {string} html @param {boolean} attended */
  function add(html, attended) {
    const t = document.createElement('template');
    t.innerHTML = html; // of our server, which escapes what is in the traces
    showTimes(t.content);
    const rows = /** @type {HTMLTableRowElement[]} */ ([...t.content.querySelectorAll('tr')]);
    const fresh = rows.filter((row) => {
      const old = document.getElementById(row.id) ?? waiting.find((w) => w.id === row.id);
      if (!old) return true;
      const at = waiting.indexOf(/** @type {HTMLTableRowElement} */ (old));
      if (at >= 0) waiting[at] = row;
      else replace(old, row);
      return false;
    });
    arrived += fresh.length;
    if (attended) document.getElementById('traces')?.classList.add('attended');
    if (!paused) return insert(fresh);
    waiting = [...fresh, ...waiting];
    missed += Math.max(0, waiting.length - most);
    waiting.length = Math.min(waiting.length, most);
  }

  /** A row that is chosen, or has the focus, keeps that. @param {Element} old @param {HTMLTableRowElement} row */
  function replace(old, row) {
    const parts = (/** @type {Element} */ of) => /** @type {HTMLElement[]} */ ([...of.querySelectorAll('a, input')]);
    const focused = parts(old).findIndex((part) => part === document.activeElement);
    const [was, is] = [old, row].map((of) => of.querySelector('input'));
    if (was && is) is.checked = was.checked;
    old.replaceWith(row);
    if (focused >= 0) parts(row)[focused]?.focus({ preventScroll: true });
  }

  /** @param {HTMLTableRowElement[]} rows the newest first */
  function insert(rows) {
    const list = document.getElementById('rows');
    if (!rows.length) return;
    if (!list) { location.reload(); return; } // the page that found nothing has no list
    const chosen = (/** @type {Element | null} */ row) => Boolean(row?.querySelector(':checked, :focus'));
    list.prepend(...rows);
    let last = list.lastElementChild;
    while (last && list.children.length > most) {
      const before = last.previousElementSibling;
      if (!chosen(last)) { last.remove(); missed++; }
      last = before;
    }
  }

  function report() {
    if (!source) { says.textContent = ''; return; }
    const parts = [arrived ? say('new', arrived) : say('waits')];
    if (waiting.length) parts.push(say('paused', waiting.length));
    if (missed) parts.push(say('more', missed));
    says.textContent = parts.join(' · ');
  }
}
