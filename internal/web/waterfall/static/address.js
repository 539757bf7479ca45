// @ts-check
// The state of the page is its address, so that a reload, a bookmark and a
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

/** A query of this trace, of the same root, clocks and source. @param {Record<string, string>} more */
function queryOf(more) {
  const query = new URLSearchParams(more);
  for (const name of ['root', 'clocks', 'opened']) if (asked.has(name)) query.set(name, asked.get(name) ?? '');
  return query.size ? `?${query}` : '';
}

/** The address of a part of this trace. @param {string} part @param {Record<string, string>} [more] */
export function partAddress(part, more = {}) {
  return `${location.pathname.replace(/\/$/, '')}/${part}${queryOf(more)}`;
}

/** The address of a span, for who opens it elsewhere. @param {string} key */
export const spanAddress = (key) => queryOf({ span: key });

// The other views, and the page in the other language, show the same part of the trace.
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
