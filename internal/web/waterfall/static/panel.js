// @ts-check
import { addressWith, remember } from './address.js';
import { byId, el, textAt } from './dom.js';
import { partAddress } from './parts.js';
import { say } from './words.js';

/** The panel with all that is known of one span, which the server writes. */
export class Panel {
  constructor() {
    this.panel = byId('details');
    /** @type {Map<string, string>} */
    this.cache = new Map();
    this.asking = new AbortController();
    this.key = this.panel.dataset.span ?? ''; // of the span that is shown or asked for
    this.timer = 0;
    if (this.key) this.cache.set(this.key, this.panel.innerHTML);
    this.fetchPeers();
  }

  get open() { return !this.panel.hidden; }
  get focused() { return this.panel.contains(document.activeElement); }

  /** Show the details of a span. @param {string} key */
  async show(key) {
    remember('span', key);
    remember('details', '');
    this.panel.hidden = false;
    if (key === this.key) return;
    this.key = key;
    this.asking.abort();
    this.asking = new AbortController();
    const html = this.cache.get(key);
    if (html !== undefined) this.draw(html);
    else await this.fetch(key, this.asking.signal);
  }

  /** @param {string} key @param {AbortSignal} signal */
  async fetch(key, signal) {
    this.panel.ariaBusy = 'true';
    let wrong = say('The server does not answer.');
    try {
      const answer = await fetch(partAddress('details', { span: key }), { signal });
      const text = await answer.text();
      if (answer.ok) {
        this.keep(key, text);
        this.draw(text);
        return;
      }
      wrong = text;
    } catch {
      if (signal.aborted) return; // another span is asked for
    }
    this.key = '';
    this.panel.replaceChildren(el('p', { className: 'note bad' }, wrong));
    this.panel.ariaBusy = 'false';
  }

  /** @param {string} key @param {string} html */
  keep(key, html) {
    if (this.cache.size >= 100) this.cache.delete(this.cache.keys().next().value ?? '');
    this.cache.set(key, html);
  }

  /** Put the server's HTML in, in which it has escaped all data. @param {string} html */
  draw(html) {
    this.panel.innerHTML = html;
    this.panel.scrollTop = 0;
    this.panel.ariaBusy = 'false';
    this.fetchPeers();
  }

  /** What costs a search is asked for once the reader stays. */
  fetchPeers() {
    clearTimeout(this.timer);
    const peers = this.panel.querySelector('#peers[data-src]');
    const { key } = this;
    if (peers) this.timer = setTimeout(async () => {
      const html = await textAt(peers.getAttribute('data-src') ?? '');
      if (!html || !peers.isConnected) return;
      peers.innerHTML = html;
      peers.removeAttribute('data-src');
      this.keep(key, this.panel.innerHTML);
    }, 300);
  }

  focus() { this.panel.querySelector('h2')?.focus({ preventScroll: true }); }

  close() {
    this.panel.hidden = true;
    remember('span', '');
    remember('details', 0);
  }
}

/** Copy the address of a span in this trace, as it is shown now. @param {string} key */
export async function copyLink(key) {
  const address = addressWith({ span: key, details: '' });
  try {
    await navigator.clipboard.writeText(address);
    return say('The link is copied.');
  } catch {
    return address; // no clipboard but on https and localhost: to be copied by hand
  }
}
