// @ts-check

const token = /** @type {HTMLInputElement | null} */ (document.getElementById('token'));

/**
 * Ask the server's API. The answer is its JSON; an error says in a sentence what is
 * wrong and what to do, and has the status.
 * @param {string} method @param {string} path @param {Record<string, string | undefined>} [params]
 */
export async function ask(method, path, params = {}) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) given.set(name, value);
  const posted = method === 'POST';
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  if (token?.value) headers.Authorization = `Bearer ${token.value}`;
  const address = posted || !given.size ? path : `${path}?${given}`;
  const answer = await fetch(address, { method, headers, cache: 'no-store', body: posted ? given : undefined });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.detail ?? answer.statusText), { status: answer.status });
  return body;
}

/**
 * Have a form answered in the page. What is wrong is said below it.
 * @param {string} id
 * @param {(fields: Record<string, string>) => Promise<void>} answer
 */
export function onSubmit(id, answer) {
  const form = document.getElementById(id);
  if (!(form instanceof HTMLFormElement)) return;
  const wrong = /** @type {HTMLElement} */ (form.querySelector('.wrong'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(form, event.submitter)].map(([name, value]) => [name, String(value).trim()]));
    form.ariaBusy = 'true';
    try {
      await answer(fields);
      wrong.hidden = true;
    } catch (error) {
      wrong.textContent = error instanceof Error ? error.message : String(error);
      wrong.hidden = false;
    }
    form.ariaBusy = 'false';
  });
}
