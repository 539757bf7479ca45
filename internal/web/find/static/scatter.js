// @ts-check
// The chart: drag a box to narrow the search to it, arrow keys from point to point.

const chart = document.getElementById('chart');
const plot = chart?.querySelector('svg.plot');
if (chart && plot instanceof SVGSVGElement) brush(chart, plot);

/** @param {HTMLElement} chart @param {SVGSVGElement} plot */
function brush(chart, plot) {
  const hint = chart.querySelector('.by-mouse');
  if (hint instanceof HTMLElement) hint.hidden = false;
  /** @type {{x: number, y: number, box: SVGRectElement} | undefined} */
  let drag;
  let dragged = false;

  const at = (/** @type {PointerEvent} */ e) => {
    const r = plot.getBoundingClientRect();
    const within = (/** @type {number} */ v) => Math.min(Math.max(v, 0), 1);
    return { x: within((e.clientX - r.left) / r.width), y: within((e.clientY - r.top) / r.height) };
  };

  plot.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    e.preventDefault(); // or a link would be dragged
    const box = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    box.classList.add('brush');
    drag = { ...at(e), box };
    dragged = false;
  });
  addEventListener('pointermove', (e) => {
    if (!drag) return;
    const now = at(e);
    const r = plot.getBoundingClientRect();
    if (!dragged && Math.abs(now.x - drag.x) * r.width < 5 && Math.abs(now.y - drag.y) * r.height < 5) return;
    if (!dragged) plot.append(drag.box);
    dragged = true;
    const percent = (/** @type {number} */ v) => `${v * 100}%`;
    drag.box.setAttribute('x', percent(Math.min(now.x, drag.x)));
    drag.box.setAttribute('y', percent(Math.min(now.y, drag.y)));
    drag.box.setAttribute('width', percent(Math.abs(now.x - drag.x)));
    drag.box.setAttribute('height', percent(Math.abs(now.y - drag.y)));
  });
  addEventListener('pointerup', (e) => {
    if (!drag) return;
    const from = drag;
    drag = undefined;
    if (dragged) narrow(from, at(e), plot.getBoundingClientRect());
    from.box.remove();
  });
  addEventListener('pointercancel', () => { drag?.box.remove(); drag = undefined; });
  addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || !drag) return;
    drag.box.remove();
    drag = undefined;
  });
  plot.addEventListener('click', (e) => { if (dragged && e.detail) e.preventDefault(); }, true); // a key's click is of no drag

  /** @param {{x: number, y: number}} a @param {{x: number, y: number}} b @param {DOMRect} r */
  function narrow(a, b, r) {
    const url = new URL(location.href);
    const { from, to, low, high, linear } = chart.dataset;
    const [t0, t1, d0, d1] = [from, to, low, high].map(Number);
    if (Math.abs(a.x - b.x) * r.width >= 5) {
      const time = (/** @type {number} */ part) => Math.round(t0 + part * (t1 - t0));
      url.searchParams.delete('millis');
      url.searchParams.delete('live');
      url.searchParams.set('lookback', 'range');
      url.searchParams.set('startTs', String(time(Math.min(a.x, b.x))));
      url.searchParams.set('endTs', String(time(Math.max(a.x, b.x))));
    }
    if (Math.abs(a.y - b.y) * r.height >= 5) {
      const took = (/** @type {number} */ y) => linear === undefined ? d0 * Math.pow(d1 / d0, 1 - y) : d0 + (1 - y) * (d1 - d0);
      url.searchParams.set('minTrace', `${Math.max(1, Math.floor(took(Math.max(a.y, b.y))))}us`);
      url.searchParams.set('maxTrace', `${Math.max(1, Math.ceil(took(Math.min(a.y, b.y))))}us`);
    }
    location.assign(url);
  }

  plot.addEventListener('keydown', (e) => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return; // the browser's own keys
    const links = [...plot.querySelectorAll('a')];
    const here = links.indexOf(/** @type {SVGAElement} */ (document.activeElement));
    if (here < 0) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -links.length, End: links.length, PageDown: 10, PageUp: -10 }[e.key];
    if (!step) return;
    e.preventDefault();
    const next = links[Math.min(Math.max(here + step, 0), links.length - 1)];
    links[here].setAttribute('tabindex', '-1');
    next.setAttribute('tabindex', '0');
    next.focus();
  });
}
