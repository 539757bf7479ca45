// @ts-check
// Two traces that are chosen in the list can be compared.

const form = document.getElementById('pick');
const button = document.getElementById('compare');

if (form && button instanceof HTMLButtonElement) {
  const chosen = () => /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('input[name=pick]:checked')]);
  const show = () => { button.disabled = chosen().length !== 2; };
  document.addEventListener('change', (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== 'pick') return;
    // A third one takes the place of the first.
    const others = chosen().filter((other) => other !== box);
    if (box.checked && others.length === 2) others[0].checked = false;
    show();
  });
  addEventListener('pageshow', show);
  show();
}
