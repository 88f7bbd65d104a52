// What the program stored on this device for this person: looked at, changed, deleted. Changes go through the worker, so
// that the program reads them at once.

import { el, fill } from '../dom';
import type { Desk } from './desk';
import type { Panel } from './panels';
import { openedPaths, parse, valueNode } from './value';

export function storagePanel(desk: Desk): Panel {
  const ask = (name: string, data?: unknown): void => desk.running?.send({ k: 'event', name, data });
  const list = el('div', { class: 'dv-scroll' });
  const opened = openedPaths();
  let editing: string | null = null;
  const editor = (key: string, data: unknown): HTMLElement => {
    const field = el('textarea', { class: 'dv-area', rows: 6, spellcheck: 'false' }, JSON.stringify(data, null, 2) ?? '');
    const save = (): void => {
      editing = null;
      ask('dev.store', { key, data: parse(field.value) });
      panel.draw();
    };
    const leave = (): void => {
      editing = null;
      panel.draw();
    };
    return el('div', null, field, el('div', { class: 'dv-tools' }, el('button', { class: 'dv-button', onclick: save }, 'save'), el('button', { class: 'dv-button', onclick: leave }, 'cancel')));
  };
  const row = ([key, data]: [string, unknown]): HTMLElement =>
    el(
      'div',
      { class: 'dv-entry' },
      el('div', { class: 'dv-entry-head' }, el('strong', null, key), el('span', { class: 'dv-space' }), el('button', { class: 'dv-button', onclick: () => {
        editing = key;
        panel.draw();
      } }, 'edit'), el('button', { class: 'dv-button', 'aria-label': `delete ${key}`, onclick: () => ask('dev.forget', { key }) }, 'delete')),
      editing === key ? editor(key, data) : valueNode(data, opened, key),
    );
  const add = el('input', { class: 'dv-search', placeholder: 'new key', onkeydown: (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !add.value) return;
    ask('dev.store', { key: add.value, data: '' });
    editing = add.value;
    add.value = '';
  } });
  const panel: Panel = {
    name: 'Storage',
    kinds: ['storage', 'program'],
    node: el('div', { class: 'dv-panel' }, el('div', { class: 'dv-tools' }, add, el('span', { class: 'dv-space' }), el('button', { class: 'dv-button', onclick: () => ask('dev.clear') }, 'delete all')), list),
    draw() {
      if (editing !== null && list.contains(document.activeElement) && document.activeElement?.tagName === 'TEXTAREA') return;
      fill(list, desk.stored.size ? [...desk.stored].map(row) : el('p', { class: 'dv-empty' }, 'Nothing stored.'));
    },
  };
  return panel;
}
