// @ts-check
// A file with a trace's JSON that is dropped onto the page is opened.

addEventListener('dragover', (event) => {
  if (!event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  document.documentElement.classList.add('dropping');
});
for (const over of ['dragleave', 'drop']) addEventListener(over, () => document.documentElement.classList.remove('dropping'));

addEventListener('drop', (event) => {
  const files = event.dataTransfer?.files;
  if (!files?.length) return;
  event.preventDefault();
  const form = document.createElement('form');
  Object.assign(form, { action: '/traces', method: 'post', enctype: 'multipart/form-data', hidden: true });
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', name: 'file', files });
  form.append(input);
  document.body.append(form);
  form.submit();
});
