// @ts-check
// Arrow keys follow the edges: from a service to the first edge that leaves or enters it,
// from an edge to the service at its end, up and down among those beside it.
import './times.js';
import './copy.js';

const graph = document.querySelector('.graph svg');
/** @typedef {SVGAElement} Link */
const links = (/** @type {string} */ selector) => /** @type {Link[]} */ ([...(graph?.querySelectorAll(selector) ?? [])]);
const byId = (/** @type {string | undefined} */ id) => /** @type {Link | null} */ (document.getElementById(id ?? ''));
const left = (/** @type {Link} */ a) => Math.round(a.getBoundingClientRect().left);
const top = (/** @type {Link} */ a) => a.getBoundingClientRect().top;

/** The services in the column of one, or the edges that leave the same service. @param {Link} at */
const beside = (at) => at.dataset.from
  ? links(`.edge[data-from="${at.dataset.from}"]`)
  : links('.service').filter((a) => left(a) === left(at)).sort((a, b) => top(a) - top(b));

/** @param {Link} at @param {string} key @returns {Link | null | undefined} */
function next(at, key) {
  const all = beside(at), i = all.indexOf(at);
  switch (key) {
    case 'ArrowUp': return all[i - 1];
    case 'ArrowDown': return all[i + 1];
    case 'ArrowRight': return at.dataset.to ? byId(at.dataset.to) : links(`.edge[data-from="${at.id}"]`)[0];
    case 'ArrowLeft': return at.dataset.from ? byId(at.dataset.from) : links(`.edge[data-to="${at.id}"]`)[0];
  }
}

graph?.addEventListener('keydown', (event) => {
  if (!(event instanceof KeyboardEvent) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const at = event.target instanceof Element && event.target.closest('.service, .traces, .edge');
  if (!at || !event.key.startsWith('Arrow')) return;
  const from = at.classList.contains('traces') ? at.parentElement?.querySelector('.service') : at;
  event.preventDefault();
  next(/** @type {Link} */ (from), event.key)?.focus();
});
