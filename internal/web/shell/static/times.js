// @ts-check
// The server writes times in UTC, the only zone it knows to be right. Here the
// reader's own is known; the exact UTC time stays at hand as a tooltip.

const two = (/** @type {number} */ n) => String(n).padStart(2, '0');

for (const time of document.querySelectorAll('time')) {
  const d = new Date(time.dateTime);
  if (Number.isNaN(d.getTime())) continue;
  time.title = time.dateTime;
  const text = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
    `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  const short = time.classList.contains('short');
  time.textContent = short ? text : `${text}.${String(d.getMilliseconds()).padStart(3, '0')}`;
}
