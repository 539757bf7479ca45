// @ts-check

/**
 * What the server knows of a span, in words: see detail in detail.go.
 * @typedef {{
 *   key: string, service: string, name: string, colour: string, error?: boolean,
 *   notes?: string[], facts: [string, string][], parent?: string,
 *   annotations?: [string, string][], tags?: [string, string][],
 *   why?: string, states?: {state: string, means: string, time: string, share: string, w: string}[],
 * }} Span
 */

/** @type {(Span | null)[] | undefined} */
let spans;

/**
 * One for each row, null where the parent is missing. They are read when first
 * asked for: in a large trace that takes longer than to draw the rows.
 */
export function allSpans() {
  spans ??= [...document.querySelectorAll('script.spans')].flatMap((s) => JSON.parse(s.textContent ?? '[]'));
  return spans;
}
