// @ts-check

/**
 * An element. Text only ever enters as text: a tag may hold any markup.
 * @param {string} name @param {object} properties @param {(Node | string)[]} children
 */
export function el(name, properties, ...children) {
  const e = Object.assign(document.createElement(name), properties);
  e.append(...children);
  return e;
}

export const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The text at an address; none where there is no answer. @param {string} at */
export const textAt = (at) => fetch(at).then((r) => (r.ok ? r.text() : '')).catch(() => '');
