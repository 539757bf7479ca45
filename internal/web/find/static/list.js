// @ts-check
import './copy.js';
import { textAt } from './dom.js';
import './times.js';
import './scatter.js';
import './tail.js';
import './pick.js';

// Each service has its own span names: when another one is chosen, take them
// from the page that searching for it would give.
const service = document.querySelector('#serviceName');
const names = document.querySelector('#spanNames');

service?.addEventListener('change', async () => {
  if (!(service instanceof HTMLSelectElement) || !names) return;
  const chosen = service.value;
  names.replaceChildren();
  if (!chosen) return;
  const html = await textAt('/?' + new URLSearchParams({ serviceName: chosen, limit: '1', lookback: '1m' }));
  const page = new DOMParser().parseFromString(html, 'text/html');
  if (service.value !== chosen) return; // another was chosen meanwhile
  names.replaceChildren(...(page.querySelector('#spanNames')?.children ?? []));
});

// A time to look back, and a time from and to, exclude each other: the last one counts.
const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (document.getElementById(id));
document.getElementById('lookback')?.addEventListener('change', () => {
  field('startTs').value = field('endTs').value = '';
});

// What says nothing does not go into the address.
document.getElementById('search')?.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const from = field('startTs').value.trim();
  for (const e of form.elements) {
    if (!(e instanceof HTMLInputElement || e instanceof HTMLSelectElement)) continue;
    const usual = e.name === 'lookback' && (from || e.value === '1h') || e.name === 'limit' && e.value === '20';
    if (!e.value.trim() || usual) e.disabled = true;
  }
  // Back to this page, the form should be whole again.
  setTimeout(() => { for (const e of form.elements) if (e instanceof HTMLInputElement || e instanceof HTMLSelectElement) e.disabled = false; });
});
