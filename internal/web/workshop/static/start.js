// @ts-check
import './copy.js';
import './refresh.js';

// The command line is that of the fault which is chosen.
const fault = document.getElementById('fault');
if (fault instanceof HTMLSelectElement) {
  const line = fault.closest('.what')?.querySelector('code');
  const show = () => { if (line) line.textContent = fault.selectedOptions[0]?.dataset.line ?? ''; };
  fault.addEventListener('change', show);
  show(); // the browser may have kept another choice
}
