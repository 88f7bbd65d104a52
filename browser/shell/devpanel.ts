// Developer mode over a program's page: uncaught errors and compile errors with file, line and the line itself.

import { el } from './dom';
import type { Running } from './running';
import { say } from './strings';

const shownAtMost = 20;

function panel(host: HTMLElement): HTMLElement {
  const known = host.querySelector<HTMLElement>(':scope > .dev-panel');
  if (known) return known;
  const list = el('div', { class: 'dev-list' });
  const node = el('div', { class: 'dev-panel', role: 'alert' }, el('button', { class: 'dev-close', 'aria-label': say('close'), onclick: () => node.remove() }, '×'), list);
  host.append(node);
  return node;
}

/** showDevError lays an uncaught error of the program over its page; better says its stack once more is known of it. */
export function showDevError(running: Running, message: string, stack: string, page: string, better?: Promise<string>): void {
  console.error(`[${running.program.name}] ${message}\n${stack}`);
  const card = addCard(running.layers, message, page, stack);
  const code = card?.querySelector('pre');
  if (code) void better?.then((words) => (code.textContent = words));
}

export interface Problem {
  severity: string;
  code?: string;
  file: string;
  line: number;
  column: number;
  message: string;
  hint?: string;
  /** the source line, and the caret under it */
  text?: string;
  length?: number;
}

/** showProblems lays compile errors over everything; none takes the panel away. */
export function showProblems(host: HTMLElement, problems: Problem[]): void {
  host.querySelector(':scope > .dev-panel')?.remove();
  for (const p of problems.slice(0, shownAtMost)) {
    const caret = p.text === undefined ? '' : `${p.text}\n${caretUnder(p)}`;
    addCard(host, `${p.message}${p.hint ? ` — ${p.hint}` : ''}`, `${p.file}:${p.line}:${p.column}`, caret);
  }
}

function caretUnder(p: Problem): string {
  const before = (p.text ?? '').slice(0, Math.max(0, p.column - 1)).replace(/[^\t]/g, ' ');
  return before + '^'.repeat(Math.max(1, Math.min(p.length ?? 1, 80)));
}

function addCard(host: HTMLElement, title: string, place: string, code: string): HTMLElement | null {
  const list = panel(host).querySelector('.dev-list');
  if (!list || list.childElementCount >= shownAtMost) return null;
  const card = el('article', null, el('strong', null, title), place ? el('small', null, place) : null, code ? el('pre', null, code) : null);
  list.append(card);
  return card;
}

/** devLog repeats the program's console in the browser's own, in developer mode. */
export function devLog(dev: boolean, running: Running, level: string, args: unknown[]): void {
  if (!dev) return;
  const write = level === 'error' ? console.error : level === 'warn' ? console.warn : level === 'info' ? console.info : level === 'debug' ? console.debug : console.log;
  write(`[${running.program.name}]`, ...args);
}
