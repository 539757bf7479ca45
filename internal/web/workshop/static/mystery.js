// @ts-check
import './copy.js';
import { ask, onSubmit } from './api.js';
import { byId, el } from './dom.js';
import { say } from './words.js';

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

/** @param {Mystery} m */
function show(m) {
  if (mine?.id !== m.id) {
    byId('hints').replaceChildren();
    byId('verdict').replaceChildren();
  }
  mine = m;
  kept.id = m.id;
  for (const input of document.querySelectorAll('.needs-id input')) if (input instanceof HTMLInputElement) input.value = m.id;
  byId('mine-title').textContent = say('The mystery of %s, level %d', m.attendee || say('everybody'), m.level);
  const since = new Date(m.since).toLocaleTimeString();
  const counts = say('Hints: %d, wrong answers: %d.', m.hints, m.wrong_answers);
  byId('state').textContent = m.ended ? `${say('It is over: %s. Start another.', stateOf(m))} ${counts}`
    : `${counts} ${m.joined ? say('Under way since %s, started for the room. Make visits that it happens to:', since) : say('Under way since %s. Make visits that it happens to:', since)}`;
  byId('visit').textContent = m.visit;
  /** @type {HTMLAnchorElement} */ (byId('traces')).href = m.attendee ? `/?${new URLSearchParams({ attendee: m.attendee })}` : '/';
  byId('known').hidden = false;
  byId('mine').hidden = false;
  byId('asking').hidden = Boolean(m.ended);
  if (m.attendee) names(m.attendee);
}

/** How far a mystery is. @param {Mystery} m */
function stateOf(m) {
  if (!m.ended) return say('open');
  return m.guessed ? say('guessed') : m.solved ? say('solved') : say('gave up');
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
  const right = (/** @type {boolean} */ is) => (is ? say('right') : say('wrong'));
  if (!v.over) {
    const [service, cause, ms] = [v.grade.service, v.grade.cause, v.grade.ms].map(right);
    const told = said.ms && v.grade.ms !== undefined && v.grade.ms !== null;
    const text = told ? say('Not yet: the service is %s, the cause is %s, the milliseconds are %s.', service, cause, ms) : say('Not yet: the service is %s, the cause is %s.', service, cause);
    return [el('p', { className: 'note bad' }, text)];
  }
  const was = `${v.asked}: ${v.truth.summary}`;
  const nodes = [el('p', { className: 'note good' }, said.give_up ? say('It was %s.', was) : say('Right: it was %s.', was))];
  /** @type {Evidence[]} */
  const evidence = v.evidence ?? [];
  if (evidence.length) {
    nodes.push(el('h3', {}, say('It shows in your traces')), el('ul', {}, ...evidence.map((e) =>
      el('li', {}, el('a', { href: `/traces/${e.traceId}` }, `${e.service}: ${e.span}`), `: ${e.shows}`))));
  } else {
    nodes.push(el('p', {}, v.missing ?? say('No trace of yours shows it.')));
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
    const until = s.until ? ` ${say('until %s', new Date(s.until).toLocaleTimeString())} ` : ' ';
    const off = el('button', { type: 'button', ariaLabel: `${say('Switch off')} ${s.faults}` }, say('Switch off'));
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
  const heads = ['Who', 'Level', 'Since', 'State', 'Hints', 'Wrong answers', 'What it is'].map((text) => el('th', { scope: 'col' }, say(text)));
  const rows = mysteries.map((/** @type {any} */ m) => el('tr', {}, el('th', { scope: 'row' }, m.attendee || say('everybody')),
    ...[m.level, new Date(m.since).toLocaleTimeString(), stateOf(m), m.hints, m.wrong_answers, m.asked]
      .map((value) => el('td', {}, String(value)))));
  byId('overview').replaceChildren(rows.length ? el('table', { className: 'pairs' }, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows)) : el('p', {}, say('There is none.')));
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
if (kept.id) ask('GET', paths.start, { id: kept.id }).then(show, (error) => { if (error.status === 404) kept.id = ''; });
