// @ts-check
import { spanAddress } from './parts.js';
import { el } from './dom.js';
import { formatDuration } from './duration.js';
import { flag } from './tree.js';
import { say } from './words.js';

/** @typedef {import('./tree.js').Tree} Tree */

const deepest = 24; // the last level that the style sheet indents
const kinds = ['', 'client', 'server', 'producer', 'consumer'];

/**
 * The row of a span, as the server writes those of the page, but for its bar.
 * @param {Tree} tree @param {number} i @param {Column} column beside the duration, or none
 */
export function makeRow(tree, i, column) {
  const { depth, key } = tree.rows;
  const row = el('div', { className: `row d${Math.min(depth[i], deepest)}`, id: `span-${key[i]}`, ariaLevel: String(depth[i] + 1), tabIndex: -1 });
  row.setAttribute('role', 'row');
  if (tree.rows.service[i] < 0) {
    row.classList.add('missing');
    row.append(missing(key[i]));
  } else row.append(...cells(tree, i, row, column));
  return row;
}

/** @param {string} key */
function missing(key) {
  const id = el('code', {}, key.replace('missing-', ''));
  return cell('n', el('i', { className: 'tw' }), el('em', { className: 'mark' }, say('parent span missing')), ' ', id);
}

/** @param {string} className @param {(Node | string)[]} children */
function cell(className, ...children) {
  const e = el('div', { className }, ...children);
  e.setAttribute('role', 'gridcell');
  return e;
}

/** @param {Tree} tree @param {number} i @param {HTMLElement} row @param {Column} column */
function cells(tree, i, row, column) {
  const { flags, duration, depth, kind } = tree.rows;
  const name = cell('n', el('i', { className: 'tw' }), link(tree, i), ...callee(tree, i));
  const add = (/** @type {string} */ tag, /** @type {string} */ className, /** @type {string} */ text) => name.append(el(tag, { className }, text));
  if (depth[i] > deepest) add('small', '', say('depth %d', depth[i]));
  if (kind[i]) add('small', '', say(kinds[kind[i]]));
  if (flags[i] & flag.explained) add('small', '', say('explained'));
  if (flags[i] & flag.error) {
    row.classList.add('failed');
    add('em', 'err', say('error'));
  }
  for (const mark of tree.rows.marks[i] ?? []) add('em', 'mark', mark);
  const bar = cell('bar');
  bar.classList.toggle('cutleft', Boolean(flags[i] & flag.cutLeft) && !(flags[i] & flag.noBar));
  bar.classList.toggle('cutright', Boolean(flags[i] & flag.cutRight) && !(flags[i] & flag.noBar));
  const time = cell('t', duration[i] ? formatDuration(duration[i]) : '–');
  return column ? [name, cell('t x', valueOf(tree, i, column)), time, bar] : [name, time, bar];
}

/** @param {Tree} tree @param {number} i */
function link(tree, i) {
  const { services, service, names, name, key, flags } = tree.rows;
  const { name: of, class: colour } = services[service[i]];
  const same = flags[i] & flag.same ? ' same' : '';
  const title = `${of} ${names[name[i]]}`;
  return el('a', { href: spanAddress(key[i]), tabIndex: -1, title }, el('b', { className: `sw ${colour}${same}` }, of), ` ${names[name[i]]}`);
}

/** Who was called, where that one reported nothing. @param {Tree} tree @param {number} i */
function callee(tree, i) {
  const called = tree.rows.names[tree.rows.callee[i]];
  if (!called) return [];
  const colour = tree.rows.calleeClass[i];
  return [el('span', { className: 'callee' }, '→ ', el('b', { className: colour ? `sw ${colour}` : '' }, called))];
}

/** @typedef {'' | 'self' | 'onPath' | 'drag' | 'slack'} Column */

/** @param {Tree} tree @param {number} i @param {Column} column */
function valueOf(tree, i, column) {
  const us = column && tree.rows[column]?.[i];
  return typeof us === 'number' && us >= 0 ? formatDuration(us) : '–';
}
