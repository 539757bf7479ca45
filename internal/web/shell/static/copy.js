// @ts-check
// Buttons with data-copy="ID" copy the text of that element.
const { copied = 'Copied', byHand = 'Press Ctrl+C' } = document.body.dataset;

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy ?? '');
    if (!source) return;
    button.textContent = (await copy(source)) ? copied : byHand;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

/**
 * The clipboard is only there on https and localhost. In a classroom the page
 * comes from the instructor's address, where the older way still works; if
 * that fails too, the text stays selected.
 * @param {HTMLElement} source
 */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return document.execCommand('copy');
  }
}
