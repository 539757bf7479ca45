// @ts-check

/** As Micros in internal/display. @param {number} us */
export function formatDuration(us) {
  if (us < 0) return '−' + formatDuration(-us);
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 999_500) return `${threeDigits(us / 1e3)} ms`;
  if (us < 59_950_000) return `${threeDigits(us / 1e6)} s`;
  const s = Math.round(us / 1e6);
  if (s < 3600) return `${Math.floor(s / 60)} m ${String(s % 60).padStart(2, '0')} s`;
  const m = Math.round(s / 60);
  return `${Math.floor(m / 60)} h ${String(m % 60).padStart(2, '0')} m`;
}

/** @param {number} v */
function threeDigits(v) {
  if (v < 9.995) return v.toFixed(2);
  return v.toFixed(v < 99.95 ? 1 : 0);
}

/** As RoundMicros in internal/display. @param {number} us */
export function roundDuration(us) {
  return formatDuration(us).replace(/\.(\d*[1-9])?0+ /, (_, kept) => kept ? `.${kept} ` : ' ');
}
