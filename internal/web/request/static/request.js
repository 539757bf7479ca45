// @ts-check
// Steps through the time of a request. Each step is a link that works without this: here
// it replaces the picture alone, so that the place on the page and the focus stay.
import { byId } from './dom.js';
import { listenTo } from './shortcuts.js';

/** @type {AbortController | undefined} */
let under;

/** Show what a link of the picture leads to. @param {string} href @param {string} focus a selector of what has the focus then */
async function show(href, focus) {
  under?.abort();
  under = new AbortController();
  try {
    const response = await fetch(href, { signal: under.signal });
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const picture = page.getElementById('picture');
    if (!picture) throw new Error('no picture');
    byId('picture').replaceWith(picture);
    const [language, other] = [document.querySelector('.language'), page.querySelector('.language')];
    if (language instanceof HTMLAnchorElement && other instanceof HTMLAnchorElement) language.href = other.getAttribute('href') ?? '';
    history.replaceState(history.state, '', href);
    byId('said').textContent = byId('shown').textContent;
    if (!focus) return;
    const target = document.querySelector(focus) ?? document.querySelector('[data-move="0"], [data-move="s"]');
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) location.assign(href); // the page itself says what is wrong
  }
}

/** A selector for a link of the picture, also of the next one. @param {Element} link */
function sameAs(link) {
  const key = link.getAttribute('data-move');
  if (key) return `[data-move="${key}"]`;
  const span = link.closest('.span');
  return span ? `#${CSS.escape(span.id)} .zoom` : '';
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element && event.target.closest('#picture a[data-move], #picture a.zoom');
  if (link instanceof HTMLAnchorElement && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    show(link.href, sameAs(link));
  }
});

/** Go to a span. @param {1 | -1} by */
function step(by) {
  const spans = [...document.querySelectorAll('#picture .span')];
  const now = spans.findIndex((e) => e.contains(document.activeElement));
  const next = spans[now < 0 ? (by > 0 ? 0 : spans.length - 1) : Math.min(Math.max(now + by, 0), spans.length - 1)];
  const link = next?.querySelector('a');
  link?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

/** @type {Record<string, () => void>} */
const letters = { j: () => step(1), k: () => step(-1) };
for (const key of ['w', 's', 'a', 'd', 'z', '0']) {
  letters[key] = () => {
    const link = document.querySelector(`[data-move="${key}"]`);
    if (link instanceof HTMLAnchorElement) show(link.href, document.activeElement?.closest('#picture') ? sameAs(document.activeElement) : '');
  };
}
listenTo(letters, {}, () => {}, { input: /** @type {any} */ (null), go: () => {} });
