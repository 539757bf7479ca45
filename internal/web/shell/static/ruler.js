// @ts-check
import { roundDuration } from './duration.js';

/** @typedef {import('./view.js').View} View */

/** Draw the labels and lines at round times. @param {Element} labels @param {Element} lines @param {View} view */
export function drawRuler(labels, lines, view) {
  const ticks = ticksOf(view.from, view.to, Math.min(view.least, 1));
  labels.replaceChildren(...ticks.map(({ x, label }) => {
    const text = shape('text', { x: `${x}%`, y: '1em' });
    text.textContent = label;
    return text;
  }));
  lines.replaceChildren(...ticks.map(({ x }) => shape('line', { x1: `${x}%`, x2: `${x}%`, y2: '100%' })));
}

/** @param {number} from @param {number} to @param {number} least the shortest step, in µs */
function ticksOf(from, to, least) {
  const length = to - from;
  const step = Math.max(roundStep(length), least);
  const ticks = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) {
    const x = (k * step - from) / length * 100;
    ticks.push({ x, label: x > 90 ? '' : label(k * step, step) });
  }
  return ticks;
}

/** As many digits as tell one tick from the next. @param {number} us @param {number} step */
function label(us, step) {
  const most = Math.abs(us);
  if (step >= 1 && (most < 1e3 || most >= 6e7 && step >= 1e6)) return roundDuration(us);
  const [unit, name] = most < 1e3 ? [1, 'µs'] : most < 1e6 ? [1e3, 'ms'] : [1e6, 's'];
  return `${us < 0 ? '−' : ''}${Number((most / unit).toFixed(9))} ${name}`;
}

/** 1, 2 or 5 times a power of ten, at most a third of length. @param {number} length */
function roundStep(length) {
  const step = 10 ** Math.floor(Math.log10(length / 3));
  for (const m of [5, 2]) if (step * m <= length / 3) return step * m;
  return step;
}

/** An element of an SVG. @param {string} name @param {Record<string, string | number>} attributes */
export function shape(name, attributes) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, String(v));
  return e;
}
