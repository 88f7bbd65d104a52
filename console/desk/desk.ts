// What every page of the console can do with scripts: copy, save as a file, fill a field from a file, ask before an act that cannot be undone, and
// submit a filter when its choice changes. Everything works without, only less comfortably.

export {};

const maxUpload = 64 * 1024;

type Valued = HTMLInputElement | HTMLTextAreaElement;

function textOf(id: string): string {
  const node = document.getElementById(id);
  if (node instanceof HTMLInputElement || node instanceof HTMLTextAreaElement) return node.value;
  return node?.textContent ?? '';
}

// The clipboard API exists on secure origins only; elsewhere the old command still works.
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'offscreen';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

function confirmDone(button: HTMLElement, done: boolean): void {
  const before = button.textContent;
  button.textContent = done ? '✓' : '✕';
  setTimeout(() => { button.textContent = before; }, 1200);
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

async function onClick(event: Event): Promise<void> {
  const button = (event.target as Element).closest<HTMLElement>('[data-copy], [data-save]');
  if (!button) return;
  if (button.dataset.save) {
    save(button.dataset.name ?? 'file.txt', textOf(button.dataset.save));
    return;
  }
  confirmDone(button, await copy(textOf(button.dataset.copy ?? '')));
}

async function onChange(event: Event): Promise<void> {
  const field = event.target as HTMLElement;
  if (field instanceof HTMLInputElement && field.type === 'file' && field.dataset.into) {
    const file = field.files?.[0];
    const into = document.getElementById(field.dataset.into) as Valued | null;
    if (file && into && file.size <= maxUpload) into.value = await file.text();
    return;
  }
  if ('submit' in field.dataset) (field as HTMLInputElement | HTMLSelectElement).form?.requestSubmit();
}

function onSubmit(event: SubmitEvent): void {
  const question = (event.target as HTMLElement).dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
}

document.addEventListener('click', (event) => void onClick(event));
document.addEventListener('change', (event) => void onChange(event));
document.addEventListener('submit', onSubmit);
