// Of the three ways to sign, only the fields of the chosen one are shown. Without this script all are.

export {};

const chosen = (): string => document.querySelector<HTMLInputElement>('input[name=mode]:checked')?.value ?? '';

function showFields(): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-mode]')) part.hidden = part.dataset.mode !== chosen();
}

for (const choice of document.querySelectorAll('input[name=mode]')) choice.addEventListener('change', showFields);
showFields();
