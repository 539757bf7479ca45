// @ts-check
import { el } from './dom.js';

/** @typedef {import('./spans.js').Span} Span */

/**
 * Draw one span as the server's "detail" template does. Text only ever enters
 * as text: a tag may hold any markup.
 * @param {Span} span
 * @returns {Node[]}
 */
export function drawDetails(span) {
  const title = el('h2', { tabIndex: -1 }, service(span), ` ${span.name}`);
  const close = el('a', { className: 'close', href: '?', ariaLabel: 'Close span details' }, '✕');
  const nodes = [el('header', {}, title, close)];
  if (span.error) {
    nodes.push(el('p', { className: 'note bad' }, el('span', { className: 'err' }, 'error'), ' This span failed.'));
  }
  for (const note of span.notes ?? []) nodes.push(el('p', { className: 'note' }, note));
  if (span.why || span.states) nodes.push(goroutines(span));
  const facts = el('dl', {}, ...span.facts.flatMap(([label, value]) => [el('dt', {}, label), el('dd', {}, value)]));
  if (span.parent) {
    const href = `?span=${span.parent}#span-${span.parent}`;
    facts.append(el('dt', {}, 'Parent'), el('dd', {}, el('a', { href }, 'show')));
  }
  nodes.push(facts, pairs('Annotations', 'In span', span.annotations), pairs('Tags', 'Key', span.tags, (k, v) => search(span, k, v)));
  return nodes;
}

/** @param {Span} span */
function service(span) {
  return el('b', { className: `sw ${span.colour}` }, span.service);
}

/** How the span's time was spent. @param {Span} span */
function goroutines(span) {
  const section = el('section', {}, el('h3', { id: 'goroutines' }, 'Goroutines'));
  section.setAttribute('aria-labelledby', 'goroutines');
  if (span.why) section.append(el('p', {}, span.why));
  if (!span.states) return section;
  const heads = ['State', 'Time', 'Share of the span'].map((text) => el('th', { scope: 'col' }, text));
  const rows = span.states.map((s) => {
    const href = searchFor(span, `go.${s.state}`);
    const state = el('th', { scope: 'row' }, el('a', { href, title: 'Traces with this tag' }, s.state), ' ', el('small', {}, s.means), bar(span.colour, s.w));
    return el('tr', {}, state, el('td', {}, s.time), el('td', {}, s.share));
  });
  section.append(el('table', { className: 'states' },
    el('thead', { className: 'visually-hidden' }, el('tr', {}, ...heads)), el('tbody', {}, ...rows)));
  return section;
}

/** @param {string} colour @param {string} width */
function bar(colour, width) {
  const [svg, rect] = ['svg', 'rect'].map((name) => document.createElementNS('http://www.w3.org/2000/svg', name));
  svg.ariaHidden = 'true';
  rect.setAttribute('class', colour);
  rect.setAttribute('width', width);
  rect.setAttribute('height', '100%');
  svg.append(rect);
  return svg;
}

/**
 * The address of the traces in which the same service has this tag, or empty
 * when Zipkin's grammar cannot ask for it: as detail.Search in detail.go.
 * @param {Span} span @param {string} key @param {string} value
 */
function search(span, key, value) {
  if (`${key} ${value}`.includes(' and ') || key.includes('=') || key.length + value.length > 200) return '';
  return searchFor(span, `${key}=${value}`);
}

/** @param {Span} span @param {string} annotationQuery */
function searchFor(span, annotationQuery) {
  const query = new URLSearchParams({ annotationQuery });
  if (span.service !== '(no service)') query.set('serviceName', span.service);
  return `/?${query}`;
}

/**
 * @param {string} caption @param {string} first @param {[string, string][]} [rows]
 * @param {(key: string, value: string) => string} address of what a key leads to
 */
function pairs(caption, first, rows, address = () => '') {
  const table = el('table', { className: 'pairs' }, el('caption', {}, caption));
  if (!rows) {
    table.append(el('tbody', {}, el('tr', {}, el('td', {}, 'none'))));
    return table;
  }
  const heads = [first, 'Value'].map((text) => el('th', { scope: 'col' }, text));
  const body = rows.map(([k, v]) => {
    const href = address(k, v);
    const key = href ? el('a', { href, title: 'Traces with this tag' }, k) : k;
    return el('tr', {}, el('th', { scope: 'row' }, key), el('td', {}, v));
  });
  table.append(el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...body));
  return table;
}
