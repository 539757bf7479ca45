// @ts-check
// The state of a page is its address, so that a reload, a bookmark and a
// link to somebody else show the same. Steps are many and small: they replace
// the entry in the history, a few times a second at most, as browsers ask.

/** What the address said when the page was opened. */
export const asked = new URLSearchParams(location.search);

/** @type {Map<string, string>} */
const waiting = new Map();
/** The names of all that was remembered. @type {Set<string>} */
const remembered = new Set();
let timer = 0;

/** Have the address say it; empty: the default. @param {string} name @param {string | number} value */
export function remember(name, value) {
  waiting.set(name, String(value));
  remembered.add(name);
  timer ||= setTimeout(write, 150);
}

function write() {
  clearTimeout(timer);
  timer = 0;
  if (!waiting.size) return;
  history.replaceState(history.state, '', addressWith(Object.fromEntries(waiting)));
  waiting.clear();
}

/** This page's address with some of it changed. @param {Record<string, string>} changes */
export function addressWith(changes) {
  const url = new URL(location.href);
  for (const [name, value] of [...waiting, ...Object.entries(changes)]) {
    if (value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  if ('span' in changes && url.hash.startsWith('#span-')) url.hash = '';
  return url.href.replaceAll('%2C', ',');
}

// Other views of the same, and the page in the other language, show the same part.
addEventListener('click', (event) => {
  const link = event.target instanceof Element && event.target.closest('.tabs a, .language');
  if (!(link instanceof HTMLAnchorElement)) return;
  const [now, to] = [new URL(addressWith({})), new URL(link.href)];
  for (const name of remembered) {
    const value = now.searchParams.get(name);
    if (value === null) to.searchParams.delete(name);
    else to.searchParams.set(name, value);
  }
  link.href = to.href;
}, { capture: true });

addEventListener('pagehide', write);
