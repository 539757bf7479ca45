// @ts-check
// The state of the page is its address, so that a reload, a bookmark and a
// link to somebody else show the same. Steps are many and small: they replace
// the entry in the history, a few times a second at most, as browsers ask.

/** What the address said when the page was opened. */
export const asked = new URLSearchParams(location.search);

/** @type {Map<string, string>} */
const waiting = new Map();
let timer = 0;

/** Have the address say it; empty: the default. @param {string} name @param {string | number} value */
export function remember(name, value) {
  waiting.set(name, String(value));
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

/** What says of which trace, root and clocks the page is. */
const same = ['root', 'clocks', 'opened'].filter((name) => asked.has(name)).map((name) => [name, asked.get(name) ?? '']);
const sameText = new URLSearchParams(same).toString();

/** The address of a span, for a link. @param {string} key of hex digits */
export const spanAddress = (key) => `?${sameText}${sameText && '&'}span=${key}`;

/** The address of a part of this trace, of the same root, clocks and source. @param {string} part @param {Record<string, string>} [more] */
export function partAddress(part, more = {}) {
  const query = new URLSearchParams(more);
  for (const [name, value] of same) query.set(name, value);
  return `${location.pathname.replace(/\/$/, '')}/${part}${query.size ? `?${query}` : ''}`;
}

addEventListener('pagehide', write);
