// @ts-check
// The server writes times in UTC, the only zone it knows to be right. Here the
// reader's own is known; the exact UTC time stays at hand as a tooltip.

const two = (/** @type {number} */ n) => String(n).padStart(2, '0');

/** Show the times below an element in the reader's zone. @param {ParentNode} root */
export function showTimes(root) {
  for (const time of root.querySelectorAll('time')) {
    const d = new Date(time.dateTime);
    if (Number.isNaN(d.getTime())) continue;
    time.title = time.dateTime;
    const clock = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
    const text = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock}`;
    if (time.classList.contains('clock')) time.textContent = clock;
    else if (time.classList.contains('short')) time.textContent = text;
    else time.textContent = `${text}.${String(d.getMilliseconds()).padStart(3, '0')}`;
  }
}

showTimes(document);
