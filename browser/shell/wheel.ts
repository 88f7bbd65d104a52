// Wheels: columns that turn under a finger, a mouse wheel or the arrow keys, and the sheet that holds them.

import { el } from './dom';
import { openSheet } from './layer';
import { say } from './strings';

export const rowHeightPx = 44;
const rowsBeside = 2;

export interface Wheel {
  node: HTMLElement;
  set(items: string[], index: number): void;
}

/** makeWheel shows one column; turned tells the index that came to rest. */
export function makeWheel(label: string, turned: (index: number) => void): Wheel {
  const node = el('div', { class: 'wheel', role: 'listbox', tabindex: 0, 'aria-label': label });
  let items: string[] = [];
  let index = 0;
  const mark = (): void => {
    [...node.children].forEach((row, i) => row.setAttribute('aria-selected', String(i === index)));
  };
  const settle = (): void => {
    const at = Math.min(items.length - 1, Math.max(0, Math.round(node.scrollTop / rowHeightPx)));
    if (at === index) return;
    index = at;
    mark();
    turned(index);
  };
  const turnTo = (at: number): void => {
    node.scrollTo({ top: Math.min(items.length - 1, Math.max(0, at)) * rowHeightPx, behavior: 'smooth' });
  };
  node.addEventListener('scroll', () => settle(), { passive: true });
  node.addEventListener('keydown', (event) => {
    const step = ({ ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 } as Record<string, number>)[event.key];
    if (!step) return;
    event.preventDefault();
    turnTo(index + step);
  });
  return {
    node,
    set(next, at) {
      items = next;
      index = Math.min(Math.max(0, at), Math.max(0, next.length - 1));
      node.replaceChildren(...next.map((text, i) => el('div', { class: 'wheel-row', role: 'option', onclick: () => turnTo(i) }, text)));
      node.scrollTop = index * rowHeightPx;
      requestAnimationFrame(() => (node.scrollTop = index * rowHeightPx));
      mark();
    },
  };
}

/** Columns says what each column shows, given what is chosen so far; columns may depend on those before them. */
export type Columns = (chosen: number[]) => string[][];

export interface WheelsIn {
  title: string;
  columns: Columns;
  chosen: number[];
  confirm?: string;
  cancel?: string;
  changed?: (chosen: number[]) => void;
  /** stands over the wheels */
  above?: HTMLElement | null;
  /** runs once the sheet is open; leave closes it without a choice */
  opened?: (leave: () => void) => void;
}

/** pickWheels waits for the indexes chosen, one a column; null when the person left. */
export function pickWheels(host: HTMLElement, p: WheelsIn): Promise<number[] | null> {
  return new Promise((answer) => {
    let chosen = clamp(p.chosen, p.columns);
    const wheels: Wheel[] = [];
    const show = (from: number): void => {
      p.columns(chosen).forEach((items, i) => {
        if (i < from) return;
        wheels[i] ??= makeWheel(`${p.title} ${i + 1}`, (at) => turned(i, at));
        wheels[i].set(items, chosen[i] ?? 0);
      });
    };
    const turned = (column: number, at: number): void => {
      const before = JSON.stringify(p.columns(chosen));
      chosen = clamp(chosen.map((c, i) => (i === column ? at : c)), p.columns);
      if (JSON.stringify(p.columns(chosen)) !== before) show(column + 1);
      p.changed?.(chosen);
    };
    const done = (value: number[] | null): void => {
      layer.close();
      answer(value);
    };
    show(0);
    const band = el('div', { class: 'wheels', style: `height:${rowHeightPx * (rowsBeside * 2 + 1)}px` }, wheels.map((w) => w.node), el('div', { class: 'wheel-band', 'aria-hidden': 'true' }));
    const confirm = el('button', { class: 'wide', onclick: () => done(chosen) }, p.confirm ?? say('confirm'));
    const layer = openSheet(host, p.title, p.cancel ?? say('cancel'), () => done(null), p.above, band, el('div', { class: 'sheet-foot' }, confirm));
    show(0);
    p.opened?.(() => done(null));
  });
}

/** clamp keeps every index inside its column, columns depending on the ones before them. */
function clamp(chosen: number[], columns: Columns): number[] {
  const kept: number[] = [...chosen];
  const count = columns(kept).length;
  for (let i = 0; i < count; i++) {
    const length = columns(kept.slice(0, count))[i]?.length ?? 0;
    kept[i] = Math.min(Math.max(0, kept[i] ?? 0), Math.max(0, length - 1));
  }
  return kept.slice(0, count);
}
