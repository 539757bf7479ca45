// @ts-check
import './copy.js';
import { ask, onSubmit } from './api.js';
import { byId, el } from './dom.js';

/**
 * @typedef {{ id: string, level: number, attendee?: string, since: string, visit: string, hints: number, wrong_answers: number, ended?: string, solved: boolean, guessed?: boolean, joined?: boolean }} Mystery
 * @typedef {{ traceId: string, service: string, span: string, shows: string }} Evidence
 */

const paths = Object.fromEntries(['start', 'hint', 'answer', 'fault'].map((id) => [id, byId(id).getAttribute('action') ?? '']));
/** @type {Mystery | undefined} */
let mine;

// The id is what makes a mystery one's own: it is kept for when the page is opened again.
const kept = {
  get id() { try { return localStorage.getItem('mystery') ?? ''; } catch { return ''; } },
  set id(id) { try { localStorage.setItem('mystery', id); } catch { /* it lasts as long as the page */ } },
};

/** @param {number} n @param {string} what */
const some = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** @param {Mystery} m */
function show(m) {
  if (mine?.id !== m.id) {
    byId('hints').replaceChildren();
    byId('verdict').replaceChildren();
  }
  mine = m;
  kept.id = m.id;
  for (const input of document.querySelectorAll('.needs-id input')) if (input instanceof HTMLInputElement) input.value = m.id;
  const whose = m.attendee ? `of ${m.attendee}` : 'of everybody';
  byId('mine-title').textContent = `The mystery ${whose}, level ${m.level}`;
  const since = new Date(m.since).toLocaleTimeString();
  const counts = `${some(m.hints, 'hint')}, ${some(m.wrong_answers, 'wrong answer')}`;
  byId('state').textContent = m.ended ? `It is over: ${m.guessed ? 'guessed' : m.solved ? 'solved' : 'given up'}, with ${counts}. Start another.`
    : `Under way since ${since}${m.joined ? ', started for the room' : ''}: ${counts}. Make visits that it happens to:`;
  byId('visit').textContent = m.visit;
  /** @type {HTMLAnchorElement} */ (byId('traces')).href = m.attendee ? `/?${new URLSearchParams({ attendee: m.attendee })}` : '/';
  byId('known').hidden = false;
  byId('mine').hidden = false;
  byId('asking').hidden = Boolean(m.ended);
  if (m.attendee) names(m.attendee);
}

/** Put a name where it is missing. @param {string} name */
function names(name) {
  for (const id of ['attendee', 'fault-attendee']) {
    const input = /** @type {HTMLInputElement} */ (byId(id));
    if (!input.value) input.value = name;
  }
}

async function refresh() {
  if (mine) show({ ...mine, joined: false, ...await ask('GET', paths.start, { id: mine.id }) });
}

onSubmit('start', async ({ attendee, level }) => {
  const own = mine && mine.attendee === attendee ? mine.id : undefined;
  show(await ask('POST', paths.start, { attendee, level, id: own }));
  byId('mine-title').scrollIntoView({ block: 'nearest' });
});

onSubmit('hint', async () => {
  const { hint, step } = await ask('POST', paths.hint, { id: mine?.id });
  const hints = byId('hints');
  const last = hints.lastElementChild;
  if (!(last instanceof HTMLLIElement && last.value === step)) hints.append(el('li', { value: step }, hint));
  await refresh();
});

onSubmit('answer', async (fields) => {
  const v = await ask('POST', paths.answer, { ...fields, id: mine?.id });
  byId('verdict').replaceChildren(...verdict(v, fields));
  await refresh();
});

/** @param {any} v @param {Record<string, string>} said */
function verdict(v, said) {
  const right = (/** @type {boolean} */ is) => (is ? 'right' : 'wrong');
  if (!v.over) {
    const parts = [`the service is ${right(v.grade.service)}`, `the cause is ${right(v.grade.cause)}`];
    if (said.ms && v.grade.ms !== undefined && v.grade.ms !== null) parts.push(`the milliseconds are ${right(v.grade.ms)}`);
    return [el('p', { className: 'note bad' }, `Not yet: ${parts.join(', ')}.`)];
  }
  const nodes = [el('p', { className: 'note good' }, `${said.give_up ? 'It was' : 'Right: it was'} ${v.asked}: ${v.truth.summary}.`)];
  /** @type {Evidence[]} */
  const evidence = v.evidence ?? [];
  if (evidence.length) {
    nodes.push(el('h3', {}, 'It shows in your traces'), el('ul', {}, ...evidence.map((e) =>
      el('li', {}, el('a', { href: `/traces/${e.traceId}` }, `${e.service}: ${e.span}`), `: ${e.shows}`))));
  } else {
    nodes.push(el('p', {}, v.missing ?? 'No trace of yours shows it.'));
    if (v.visit) nodes.push(el('pre', { tabIndex: 0 }, el('code', {}, v.visit)));
  }
  return nodes;
}

onSubmit('fault', async ({ attendee, faults, for: time }) => {
  const id = mine && mine.attendee === attendee && !mine.ended ? mine.id : undefined;
  const all = await ask('POST', paths.fault, { attendee, faults, for: time, id });
  byId('fault-line').textContent = all.visit ?? '';
  byId('fault-visit').hidden = !all.visit;
  showFaults(all.on, attendee);
});

/** @param {{faults: string, attendee?: string, until?: string}[]} on @param {string} attendee */
function showFaults(on, attendee) {
  const own = on.filter((s) => s.attendee === attendee);
  byId('on').replaceChildren(...own.map((s) => {
    const until = s.until ? ` until ${new Date(s.until).toLocaleTimeString()} ` : ' ';
    const off = el('button', { type: 'button', ariaLabel: `Switch off ${s.faults}` }, 'Switch off');
    off.addEventListener('click', () => switchOff(s.faults, attendee, off));
    return el('li', {}, el('code', {}, s.faults), until, off);
  }));
}

/** @param {string} faults @param {string} attendee @param {HTMLElement} button */
async function switchOff(faults, attendee, button) {
  const id = mine && mine.attendee === attendee && !mine.ended ? mine.id : undefined;
  try {
    await ask('DELETE', paths.fault, { attendee, fault: faults.split(/[;,]/)[0], id });
    showFaults((await ask('GET', paths.fault, { attendee })).on, attendee);
  } catch (error) {
    button.after(el('p', { className: 'wrong' }, error instanceof Error ? error.message : String(error)));
  }
}

onSubmit('everybody', async () => {
  const { mysteries } = await ask('GET', byId('everybody').dataset.path ?? '');
  const heads = ['Who', 'Level', 'Since', 'State', 'Hints', 'Wrong answers', 'What it is'].map((text) => el('th', { scope: 'col' }, text));
  const rows = mysteries.map((/** @type {any} */ m) => el('tr', {}, el('th', { scope: 'row' }, m.attendee || 'everybody'),
    ...[m.level, new Date(m.since).toLocaleTimeString(), m.ended ? (m.guessed ? 'guessed' : m.solved ? 'solved' : 'gave up') : 'open', m.hints, m.wrong_answers, m.asked]
      .map((value) => el('td', {}, String(value)))));
  byId('overview').replaceChildren(rows.length ? el('table', { className: 'pairs' }, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows)) : el('p', {}, 'There is none.'));
});

// Without this script the forms have a field for the id, and lead to the API's answers.
for (const field of document.querySelectorAll('.needs-id')) if (field instanceof HTMLElement) field.hidden = true;
for (const field of document.querySelectorAll('.needs-script')) {
  // Without the script it would be sent empty, which is no number.
  if (field instanceof HTMLElement) field.hidden = false;
  for (const input of field.querySelectorAll('input')) input.disabled = false;
}
byId('room').hidden = false;
byId('mine').hidden = true;
if (kept.id) ask('GET', paths.start, { id: kept.id }).then(show, () => { kept.id = ''; });
