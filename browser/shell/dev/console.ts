// What the program printed and threw, with places in its sources.

import { el, fill } from '../dom';
import type { Desk, Line, Place } from './desk';
import type { Panel } from './panels';
import { valueNode } from './value';

const levels = ['log', 'info', 'warn', 'error', 'debug'];
const tailPx = 40;

export function consolePanel(desk: Desk): Panel {
  const hidden = new Set<string>();
  const list = el('div', { class: 'dv-scroll dv-console', role: 'log' });
  const drawn = new Map<Line, HTMLElement>();
  const search = el('input', { class: 'dv-search', placeholder: 'filter', oninput: () => panel.draw() });
  const toggles = levels.map((level) =>
    el('label', null, el('input', { type: 'checkbox', checked: true, onchange: (event: Event) => {
      if ((event.target as HTMLInputElement).checked) hidden.delete(level);
      else hidden.add(level);
      panel.draw();
    } }), level),
  );
  const clear = el('button', { class: 'dv-button', onclick: () => {
    desk.lines.length = 0;
    drawn.clear();
    panel.draw();
  } }, 'clear');
  const panel: Panel = {
    name: 'Console',
    kinds: ['console', 'program'],
    node: el('div', { class: 'dv-panel' }, el('div', { class: 'dv-tools' }, toggles, search, clear), list),
    draw() {
      const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < tailPx;
      const words = search.value.toLowerCase();
      const shown = desk.lines.filter((l) => !hidden.has(l.level) && (!words || textOf(l).includes(words)));
      for (const line of drawn.keys()) if (!desk.lines.includes(line)) drawn.delete(line);
      fill(list, shown.length ? shown.map((line) => lineNode(drawn, line)) : el('p', { class: 'dv-empty' }, 'Nothing printed yet.'));
      if (atEnd) list.scrollTop = list.scrollHeight;
    },
  };
  return panel;
}

function textOf(line: Line): string {
  return line.args.map((a) => (typeof a === 'string' ? a : safe(a))).join(' ').toLowerCase();
}

function safe(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

/** A line is drawn once, so that what was opened in it stays open; an error is drawn again when its places are known. */
function lineNode(drawn: Map<Line, HTMLElement>, line: Line): HTMLElement {
  const known = drawn.get(line);
  const placed = String(line.places?.length ?? 0);
  if (known?.dataset.places === placed) return known;
  const args = line.args.map((arg) => (typeof arg === 'string' ? el('span', { class: 'dv-text' }, arg) : valueNode(arg)));
  const node = el('div', { class: `dv-line dv-level-${line.level}`, 'data-places': placed }, el('time', null, new Date(line.at).toTimeString().slice(0, 8)), el('div', { class: 'dv-args' }, args, line.places?.map(placeNode)));
  drawn.set(line, node);
  return node;
}

function placeNode(place: Place): HTMLElement {
  return el('div', { class: 'dv-place' }, el('span', { class: 'dv-at' }, `${place.file}:${place.line}:${place.column}`), place.function ? ` ${place.function}` : '', place.text ? el('code', null, place.text.trim()) : null);
}
