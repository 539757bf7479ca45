// @ts-check
import { formatDuration } from './duration.js';
import { shape } from './ruler.js';
import { flag } from './tree.js';

/** @typedef {import('./tree.js').Tree} Tree */
/** @typedef {import('./view.js').View} View */

export const barHeight = 14; // of a bar's drawing, in pixels; the line of the critical path is in its lower part

/** A bar that lies far outside is drawn as far as this. */
const beyond = 8;

/**
 * Draw the bar of row i, and in it the critical path, as far as they are in view.
 * @param {Element} cell @param {Tree} tree @param {number} i @param {View} view
 * @param {number} width in pixels @param {boolean} path whether to draw the path
 */
export function drawBar(cell, tree, i, view, width, path) {
  const { start, flags } = tree.rows;
  const from = start[i];
  if (from === null) return;
  if (flags[i] & flag.noBar) {
    cell.replaceChildren(elsewhere(from, from < tree.rows.from));
    return;
  }
  const [x1, x2] = [from, tree.end(i)].map((us) => Math.min(Math.max(view.x(us, width), -beyond), width + beyond));
  const bar = cell.querySelector('rect') ?? cell.appendChild(picture(tree.className(i))).firstElementChild;
  bar?.setAttribute('x', x1.toFixed(2));
  bar?.setAttribute('width', Math.max(x2 - x1, 0.01).toFixed(2));
  const parts = tree.sections.get(i);
  if (!parts) return;
  const d = path ? pathIn(parts, view, width) : '';
  for (const line of cell.querySelectorAll('path')) line.setAttribute('d', d);
}

/** @param {string} className */
function picture(className) {
  const svg = shape('svg', { 'aria-hidden': 'true' });
  svg.append(shape('rect', { class: className, y: 1, height: barHeight - 2 }), shape('path', { class: 'edge' }), shape('path', { class: 'onpath' }));
  return svg;
}

/** The word for a span that lies where the axis does not reach. @param {number} at @param {boolean} before */
function elsewhere(at, before) {
  const word = document.createElement('span');
  word.className = before ? 'beyond' : 'beyond after';
  word.textContent = before ? `◂ ${formatDuration(at)}` : `${formatDuration(at)} ▸`;
  return word;
}

/**
 * The drawing of a row's part of the critical path. Sections that a pixel cannot
 * tell apart are one: a row may have a section between any two of its children.
 * @param {number[]} sections @param {View} view @param {number} width
 */
function pathIn(sections, view, width) {
  let d = '';
  let [open, shut] = [NaN, NaN];
  for (let k = firstIn(sections, view.from); k < sections.length; k += 2) {
    if (sections[k] > view.to) break;
    const x1 = Math.max(view.x(sections[k], width), 0);
    const x2 = Math.min(view.x(sections[k + 1], width), width);
    if (x1 - shut < 1) {
      shut = Math.max(shut, x2);
      continue;
    }
    d += stroke(open, shut);
    [open, shut] = [x1, x2];
  }
  return d + stroke(open, shut);
}

/** @param {number} x1 @param {number} x2 */
function stroke(x1, x2) {
  return x1 <= x2 ? `M${x1.toFixed(1)} ${barHeight - 4}H${Math.max(x2, x1 + 1).toFixed(1)}` : '';
}

/** The first section that ends after a moment. They are in order of time. @param {number[]} sections @param {number} from */
function firstIn(sections, from) {
  let [low, high] = [0, sections.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sections[2 * middle + 1] < from) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}
