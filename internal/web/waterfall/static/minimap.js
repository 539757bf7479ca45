// @ts-check
import { flag } from './tree.js';

/** @typedef {import('./tree.js').Tree} Tree */

const [width, height] = [1000, 48]; // in dots, which the style sheet stretches

/**
 * Draw the whole trace small: a line of dots for every so many rows, in the
 * colours of their services. What a row adds to a line where others are is not
 * looked at twice, so that 50,000 rows take a few milliseconds.
 * @param {HTMLCanvasElement} canvas @param {Tree} tree @param {number} start @param {number} end
 */
export function drawMinimap(canvas, tree, start, end) {
  const context = canvas.getContext('2d');
  if (!context) return;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  const dots = new Uint32Array(image.data.buffer);
  const scale = width / (end - start);
  const colours = coloursOf(tree);
  const perRow = Math.max(Math.min(Math.floor(height / tree.size), 6), 1);
  const step = Math.max(tree.size, height / perRow) / (height / perRow);
  const dot = (/** @type {number} */ us) => Math.min(Math.max(Math.floor((us - start) * scale), 0), width - 1);
  tree.rows.start.forEach((from, i) => {
    if (from === null || tree.rows.flags[i] & flag.noBar) return;
    const line = Math.floor(i / step) * perRow;
    const colour = tree.rows.flags[i] & flag.error ? colours.bad : colours.of[tree.rows.service[i]];
    for (let y = line; y < line + Math.max(perRow - (perRow > 2 ? 1 : 0), 1); y++) {
      dots.fill(colour, y * width + dot(from), y * width + dot(tree.end(i)) + 1);
    }
  });
  context.putImageData(image, 0, 0);
}

/** The colours of the style sheet, which differ by scheme, as dots. @param {Tree} tree */
function coloursOf(tree) {
  const style = getComputedStyle(document.documentElement);
  const dot = (/** @type {string} */ name) => {
    const rgb = parseInt(style.getPropertyValue(name).trim().slice(1), 16);
    return (0xff000000 | (rgb & 255) << 16 | rgb & 0xff00 | rgb >> 16) >>> 0; // as an image has its bytes: ABGR
  };
  return { of: tree.rows.services.map((s) => dot(`--${s.class}`)), bad: dot('--bad') };
}
