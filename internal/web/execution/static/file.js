// @ts-check
import { byId } from './dom.js';
// An execution trace that is dropped onto the page is sent as one that is chosen.

const input = /** @type {HTMLInputElement} */ (byId('file'));
const main = document.documentElement.classList;

/** Sends nothing that the server would not keep. */
function check() {
  const large = [...input.files ?? []].some((file) => file.size > Number(input.dataset.most));
  byId('large').hidden = !large;
  byId('several').hidden = true;
  return !large;
}

input.addEventListener('change', check);
input.form?.addEventListener('submit', (event) => { if (!check()) event.preventDefault(); });

addEventListener('dragover', (event) => {
  if (!event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  main.add('dropping');
});
for (const over of ['dragleave', 'drop']) addEventListener(over, () => main.remove('dropping'));

addEventListener('drop', (event) => {
  const files = event.dataTransfer?.files;
  if (!files?.length) return;
  event.preventDefault();
  if (files.length > 1) {
    byId('several').hidden = false;
    return;
  }
  input.files = files;
  input.form?.requestSubmit();
});
