// The dialogs that both the shell and mini-programs use: message with buttons, message with a field, list of choices.

import { el } from './dom';
import { openLayer } from './layer';
import { say } from './strings';

export interface DialogButton {
  text: string;
  value: string;
  color?: string;
  strong?: boolean;
}

export interface DialogIn {
  title?: string;
  content?: string;
  /** a picture over the text; an address already judged by the caller */
  image?: string;
  align?: 'left' | 'center' | 'right';
  field?: { placeholder: string; value: string };
  buttons: DialogButton[];
  /** the value given when the person leaves with Escape; without it the dialog must be answered */
  escape?: string;
}

export interface DialogOut {
  value: string;
  text: string;
}

/** ask shows a dialog and waits for the button pressed and, with a field, what was typed. */
export function ask(host: HTMLElement, d: DialogIn): Promise<DialogOut> {
  return new Promise((answer) => {
    const field = d.field ? el('input', { class: 'dialog-field', type: 'text', placeholder: d.field.placeholder, value: d.field.value, autofocus: true, maxlength: 2000 }) : null;
    const done = (value: string): void => {
      layer.close();
      answer({ value, text: field?.value ?? '' });
    };
    const strong = d.buttons.find((b) => b.strong);
    field?.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && !event.isComposing && strong) done(strong.value);
    });
    const body = el(
      'div',
      null,
      el(
        'div',
        { class: 'dialog-text' },
        d.title ? el('h2', null, d.title) : null,
        d.image ? el('img', { src: d.image, alt: '' }) : null,
        d.content ? el('p', { style: d.align ? `text-align:${d.align}` : '' }, d.content) : null,
        field,
      ),
      dialogButtons(d.buttons, done),
    );
    const layer = openLayer(host, 'dialog', d.title || d.content || '', body, d.escape === undefined ? undefined : () => done(d.escape ?? ''));
    if (!field) body.querySelector<HTMLElement>('.strong')?.focus({ preventScroll: true });
  });
}

const sideBySide = 2;

function dialogButtons(buttons: DialogButton[], done: (value: string) => void): HTMLElement {
  const tall = buttons.length > sideBySide;
  return el(
    'div',
    { class: tall ? 'dialog-buttons tall' : 'dialog-buttons' },
    buttons.map((b) => el('button', { class: b.strong ? 'strong' : '', style: b.color ? `color:${b.color}` : '', onclick: () => done(b.value) }, b.text)),
  );
}

/** sure asks a question with two answers. */
export async function sure(host: HTMLElement, title: string, content = '', yes = say('confirm'), no = say('cancel')): Promise<boolean> {
  const buttons = [
    { text: no, value: 'no' },
    { text: yes, value: 'yes', strong: true },
  ];
  return (await ask(host, { title, content, buttons, escape: 'no' })).value === 'yes';
}

export interface Choice {
  text: string;
  danger?: boolean;
  badge?: string;
}

/** choose shows a list from the bottom and waits for its index; -1 is Cancel. */
export function choose(host: HTMLElement, title: string, choices: Choice[], cancel = say('cancel')): Promise<number> {
  return new Promise((answer) => {
    const done = (index: number): void => {
      layer.close();
      answer(index);
    };
    const rows = choices.map((c, i) =>
      el('button', { class: c.danger ? 'choice danger' : 'choice', onclick: () => done(i) }, c.text, c.badge !== undefined ? el('span', { class: 'badge' }, c.badge) : null),
    );
    const body = el('div', { class: 'choices' }, title ? el('p', { class: 'choices-title' }, title) : null, rows, el('button', { class: 'choice leave', onclick: () => done(-1) }, cancel));
    const layer = openLayer(host, 'sheet', title || say('select'), body, () => done(-1));
  });
}
