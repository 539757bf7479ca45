// @ts-check

/** @typedef {import('./board.js').Board} Board */

/**
 * One finger moves the time, two zoom; up and down scroll, as the browser does it. What
 * fingers do here is no matter of the pointer's tools, but to measure.
 * @param {Board} board
 */
export function followFingers(board) {
  const { grid, canvas, view } = board;
  /** Where each finger is. @type {Map<number, number>} */
  const fingers = new Map();
  /** The moments under the fingers when they came down. @type {Map<number, number>} */
  let moments = new Map();
  const share = (/** @type {number} */ x) => (x - canvas.getBoundingClientRect().left) / (board.width || 1);
  const hold = () => { moments = new Map([...fingers].map(([id, x]) => [id, view.at(share(x))])); };
  grid.addEventListener('pointerdown', (event) => {
    if (event.pointerType !== 'touch' || event.target !== canvas || grid.dataset.tool === 'measure') return;
    event.stopImmediatePropagation();
    fingers.set(event.pointerId, event.clientX);
    hold();
  });
  addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, event.clientX);
    const [[id, x], other] = fingers;
    const at = moments.get(id) ?? 0;
    if (!other) {
      const from = at - share(x) * view.length;
      view.show(from, from + view.length);
      return;
    }
    const apart = share(other[1]) - share(x);
    if (Math.abs(apart) < 0.02) return;
    const length = Math.abs(((moments.get(other[0]) ?? 0) - at) / apart);
    view.show(at - share(x) * length, at + (1 - share(x)) * length);
  });
  for (const name of ['pointerup', 'pointercancel']) {
    addEventListener(name, (event) => {
      if (event instanceof PointerEvent && fingers.delete(event.pointerId)) hold();
    });
  }
}
