// @ts-check
import { say as words } from './words.js';

// A trace that has just been made may still grow, and be explained. Ask a few
// times what there is; the reader decides when the page changes.
const notice = document.getElementById('late');
const known = { spans: Number(notice?.dataset.spans), explained: Number(notice?.dataset.explained) };

/** @param {number} seconds */
const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

/** @param {string} text */
function say(text) {
  const words = notice?.querySelector('span');
  if (!notice || !words) return;
  words.textContent = text;
  notice.hidden = false;
}

export async function watchForLateSpans() {
  if (!notice) return;
  for (const seconds of [1, 2, 4, 8]) {
    await pause(seconds);
    const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    const more = Number(answer?.headers.get('Trace-Spans')) - known.spans;
    const explained = Number(answer?.headers.get('Trace-Explained')) - known.explained;
    if (more > 0) say(more === 1 ? words('1 more span has arrived.') : words('%d more spans have arrived.', more));
    else if (explained > 0) say(explained === 1 ? words('1 span was explained.') : words('%d spans were explained.', explained));
  }
}
