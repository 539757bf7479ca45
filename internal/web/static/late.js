// @ts-check

// A trace that has just been made may still grow. Ask a few times how many
// spans it has; the reader decides when the page changes.
const notice = document.getElementById('late');
const known = Number(notice?.dataset.spans);

/** @param {number} seconds */
const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

export async function watchForLateSpans() {
  if (!notice) return;
  for (const seconds of [1, 2, 4, 8]) {
    await pause(seconds);
    const answer = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).catch(() => null);
    const more = Number(answer?.headers.get('Trace-Spans')) - known;
    if (more > 0) {
      notice.hidden = false;
      const text = notice.querySelector('span');
      if (text) text.textContent = `${more} more ${more === 1 ? 'span has' : 'spans have'} arrived.`;
    }
  }
}
