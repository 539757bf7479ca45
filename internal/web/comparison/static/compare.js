// @ts-check
import './copy.js';
import { textAt } from './dom.js';
import './times.js';

// While the comparison is under way: the seconds that it has taken. The browser fetches
// the answer meanwhile, as the server told it to.
const waiting = document.getElementById('waiting');
const seconds = waiting?.querySelector('.seconds');
if (waiting && seconds) {
  const words = waiting.dataset.seconds ?? '%s s';
  const began = performance.now();
  setInterval(() => { seconds.textContent = words.replace('%s', String(Math.round((performance.now() - began) / 1000))); }, 1000);
}

// The address to keep is that of the question.
const url = new URL(location.href);
if (!waiting && url.searchParams.has('wait')) {
  url.searchParams.delete('wait');
  history.replaceState(history.state, '', url);
}

// Each service has its own span names.
for (const select of document.querySelectorAll('select[data-names]')) {
  if (!(select instanceof HTMLSelectElement)) continue;
  select.addEventListener('change', async () => {
    const names = document.getElementById(select.dataset.names ?? '');
    const service = select.value;
    names?.replaceChildren();
    if (!service) return;
    const html = await textAt('/compare/names?' + new URLSearchParams({ service }));
    if (select.value !== service) return; // another was chosen meanwhile
    const list = new DOMParser().parseFromString(`<datalist>${html}</datalist>`, 'text/html').querySelector('datalist');
    names?.replaceChildren(...(list?.children ?? []));
  });
}

// A form that is sent shows that something happens, until one comes back to it.
const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form.compare'));
form?.addEventListener('submit', () => { form.ariaBusy = 'true'; });
addEventListener('pageshow', () => { if (form) form.ariaBusy = 'false'; });
