// @ts-check
import './copy.js';

// Look again for a trace that was not found, ever less often, for a minute.
const waits = [1, 2, 4, 8, 15, 30];
const status = document.getElementById('retry');

/** @param {'again' | 'ended'} name @param {number} [seconds] */
function say(name, seconds = 0) {
  if (!status) return;
  status.hidden = false;
  status.textContent = (status.dataset[name] ?? '').replace('%d', String(seconds));
}

/** @param {number} seconds */
const pause = (seconds) => new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });

async function found() {
  try {
    return (await fetch(location.href, { method: 'HEAD', cache: 'no-store' })).ok;
  } catch {
    return false; // the server may be restarting
  }
}

for (const seconds of waits) {
  say('again', seconds);
  await pause(seconds);
  if (await found()) location.reload();
}
say('ended');
