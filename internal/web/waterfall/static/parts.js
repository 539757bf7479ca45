// @ts-check
import { asked } from './address.js';

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
