// A value as a tree that is opened by hand: drawn only as deep as somebody looks.

import { el, type Child } from '../dom';

const membersMax = 200;
const textMax = 400;

/** short is a value in one line. */
export function short(value: unknown, most = 80): string {
  if (typeof value === 'string') return value.length > most ? `"${value.slice(0, most)}…"` : `"${value}"`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (Array.isArray(value)) return `Array(${value.length})`;
  const keys = Object.keys(value);
  const inside = keys.slice(0, 4).map((k) => `${k}: ${leaf((value as Record<string, unknown>)[k])}`);
  const line = `{${inside.join(', ')}${keys.length > 4 ? ', …' : ''}}`;
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

function leaf(value: unknown): string {
  if (typeof value === 'string') return value.length > 24 ? `"${value.slice(0, 24)}…"` : `"${value}"`;
  if (Array.isArray(value)) return `Array(${value.length})`;
  return typeof value === 'object' && value !== null ? '{…}' : String(value);
}

/** Opened remembers by path what somebody opened, so that it stays open when it is drawn anew. */
export interface Opened {
  has(path: string): boolean;
  add(path: string): void;
  delete(path: string): void;
}

/** valueNode draws a value; objects and lists open on a tap. change is asked to set a member that was edited. */
export function valueNode(value: unknown, opened?: Opened, path = '', change?: (path: string, value: unknown) => void): HTMLElement {
  if (typeof value !== 'object' || value === null) return primitive(value, path, change);
  const body = el('div', { class: 'dv-members' });
  const node = el('details', { class: 'dv-tree' }, el('summary', null, short(value)), body);
  const fillIn = (): void => {
    if (body.hasChildNodes() || !node.open) return;
    body.append(...members(value, opened, path, change));
  };
  node.open = opened?.has(path) ?? false;
  fillIn();
  node.addEventListener('toggle', () => {
    if (node.open) opened?.add(path);
    else opened?.delete(path);
    fillIn();
  });
  return node;
}

function members(value: object, opened: Opened | undefined, path: string, change?: (path: string, value: unknown) => void): HTMLElement[] {
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  const rows = entries.slice(0, membersMax).map(([k, v]) => {
    const own = list ? `${path}[${k}]` : path ? `${path}.${k}` : k;
    return el('div', { class: 'dv-member' }, el('span', { class: 'dv-key' }, `${k}: `), valueNode(v, opened, own, change));
  });
  if (entries.length > membersMax) rows.push(el('div', { class: 'dv-more' }, `… ${entries.length - membersMax} more`));
  return rows;
}

function primitive(value: unknown, path: string, change?: (path: string, value: unknown) => void): HTMLElement {
  const text = typeof value === 'string' ? `"${value.slice(0, textMax)}"` : String(value);
  const node = el('span', { class: `dv-value dv-${value === null ? 'null' : typeof value}` }, text);
  if (!change) return node;
  node.title = 'double-click to change';
  node.addEventListener('dblclick', () => {
    const field = el('input', { class: 'dv-field', value: JSON.stringify(value) ?? '' });
    const done = (): void => {
      const next = parse(field.value);
      field.replaceWith(node);
      if (next !== undefined && next !== value) change(path, next);
    };
    field.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') done();
      if (event.key === 'Escape') field.replaceWith(node);
    });
    node.replaceWith(field);
    field.focus();
    field.select();
  });
  return node;
}

export function openedPaths(): Opened {
  const paths = new Set<string>();
  return { has: (path) => paths.has(path), add: (path) => void paths.add(path), delete: (path) => void paths.delete(path) };
}

/** parse reads JSON; what is none is text as it stands. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** table draws rows of a name and something. */
export function facts(rows: [string, Child][]): HTMLElement {
  return el('dl', { class: 'dv-facts' }, rows.filter(([, v]) => v !== null && v !== '').map(([k, v]) => [el('dt', null, k), el('dd', null, v)]));
}
