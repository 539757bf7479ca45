// @ts-check
import './copy.js';
import './drop.js';
import './times.js';
import { byId } from './dom.js';
import { partAddress } from './parts.js';
import { watchOffer } from './explain.js';
import { listen } from './keys.js';
import { watchForLateSpans } from './late.js';
import { Timeline } from './timeline.js';
import { say } from './words.js';

async function start() {
  const answer = await fetch(partAddress('rows'));
  if (!answer.ok) throw new Error(answer.statusText);
  const timeline = new Timeline(await answer.json());
  timeline.start();
  listen(timeline);
}

document.documentElement.classList.add('js');
watchForLateSpans();
watchOffer();
if (document.querySelector('.waterfall')) {
  start().catch((error) => {
    byId('failed-rows').textContent = say('The rows cannot be shown: %s. Reload to try again.', error.message);
  });
}
