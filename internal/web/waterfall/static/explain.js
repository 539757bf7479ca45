// @ts-check
import { say } from './words.js';

// The recorders forget: the page counts the seconds for which it can still offer an
// explanation, and then says why it cannot any more.
const offer = document.getElementById('offer');
const ended = document.getElementById('offer-ended');

/** @param {number} seconds */
const words = (seconds) => `${Math.max(1, Math.round(seconds))} s`;

/** Whether the server has meanwhile got what it needs. */
async function execution() {
  try {
    const answer = await fetch(offer?.dataset.path ?? '', { headers: { Accept: 'application/json' }, cache: 'no-store' });
    return await answer.json();
  } catch {
    return { state: 'gone', reason: say('The server does not answer.') };
  }
}

/** @param {{state: string, reason?: string, seconds_left?: number}} now */
function show(now) {
  const left = offer?.querySelector('.left');
  if (!offer || !ended || !left) return;
  if (now.state === 'gone') {
    offer.hidden = true;
    const command = document.querySelector('.why.command');
    if (command instanceof HTMLElement) command.hidden = true;
    ended.textContent = say('It can no longer be explained: %s', now.reason ?? '');
    ended.hidden = false;
  } else if (now.state === 'recorded') {
    count((now.seconds_left ?? 0) * 1000);
  } else {
    left.textContent = say('The server keeps what its processes did.');
  }
}

/** @param {number} ms that are left */
function count(ms) {
  const end = performance.now() + ms;
  const seconds = offer?.querySelector('.seconds');
  const timer = setInterval(async () => {
    const left = (end - performance.now()) / 1000;
    if (left > 0) {
      if (seconds) seconds.textContent = words(left);
      return;
    }
    clearInterval(timer);
    show(await execution());
  }, 250);
}

export function watchOffer() {
  if (!(offer instanceof HTMLFormElement)) return;
  if (offer.dataset.left) count(Number(offer.dataset.left));
  offer.addEventListener('submit', () => {
    const left = offer.querySelector('.left');
    if (left) left.textContent = say('Asking the processes …');
    offer.ariaBusy = 'true';
  });
  const result = document.getElementById('explanation');
  if (result && ['', '#explanation'].includes(location.hash)) result.focus();
}
