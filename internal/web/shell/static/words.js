// @ts-check

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById('words')?.textContent ?? '{}');

/**
 * A text in the page's language, with numbers and names in the places of %d and %s.
 * @param {string} text in English, as the template lists it
 * @param {(string | number)[]} values
 */
export function say(text, ...values) {
  let next = 0;
  return (words[text] ?? text).replace(/%[ds]/g, () => String(values[next++]));
}
