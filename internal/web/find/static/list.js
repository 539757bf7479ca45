// @ts-check
import './copy.js';
import './times.js';

// Each service has its own span names: when another one is chosen, take them
// from the page that searching for it would give.
const service = document.querySelector('#serviceName');
const names = document.querySelector('#spanNames');

service?.addEventListener('change', async () => {
  if (!(service instanceof HTMLSelectElement) || !names) return;
  const chosen = service.value;
  names.replaceChildren();
  if (!chosen) return;
  const answer = await fetch('/?' + new URLSearchParams({ serviceName: chosen, limit: '1' }));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (service.value !== chosen) return; // another was chosen meanwhile
  names.replaceChildren(...(page.querySelector('#spanNames')?.children ?? []));
});
