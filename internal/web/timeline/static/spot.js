// @ts-check
import { remember } from './address.js';
import { byId, el } from './dom.js';
import { say } from './words.js';

/** The panel with what is at a place, or in a part of the time, which the server writes. */
export class Spot {
  /** @param {string} address */
  constructor(address) {
    this.address = address;
    this.panel = byId('details');
    this.live = byId('said');
    this.asking = new AbortController();
  }

  get open() { return !this.panel.hidden; }
  get focused() { return this.panel.contains(document.activeElement); }

  /** Show what the server says; of an answer that another one overtakes nothing. @param {string} part @param {Record<string, string>} query */
  async show(part, query) {
    this.asking.abort();
    const { signal } = this.asking = new AbortController();
    this.panel.hidden = false;
    this.panel.ariaBusy = 'true';
    try {
      const answer = await fetch(`${this.address}/${part}?${new URLSearchParams(query)}`, { signal });
      const text = await answer.text();
      if (answer.ok) this.panel.innerHTML = text; // in which it has escaped all data
      else this.panel.replaceChildren(el('p', { className: 'note bad' }, text));
    } catch {
      if (signal.aborted) return null;
      this.panel.replaceChildren(el('p', { className: 'note bad' }, say('The server does not answer.')));
    }
    this.panel.scrollTop = 0;
    this.panel.ariaBusy = 'false';
    this.live.textContent = (this.panel.querySelector('.said') ?? this.panel.querySelector('h2'))?.textContent ?? '';
    return this.panel.querySelector('section')?.dataset ?? null;
  }

  focus() { this.panel.querySelector('h2')?.focus({ preventScroll: true }); }

  close() {
    this.asking.abort();
    this.panel.hidden = true;
    remember('selected', '');
  }
}
