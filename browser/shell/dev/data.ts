// The data of the page in front and of every component on it, live; a value can be changed by a double click.

import { el, fill } from '../dom';
import type { Desk, Inspected } from './desk';
import type { Panel } from './panels';
import { valueNode, type Opened } from './value';

export function dataPanel(desk: Desk): Panel {
  const list = el('div', { class: 'dv-scroll' });
  const opened = new Map<string, boolean>();
  let last = '';
  const change = (id: number) => (name: string, value: unknown): void => {
    desk.running?.send({ k: 'event', name: 'dev.set', data: { id, name, value } });
  };
  const one = (seen: Inspected['instances'][number]): HTMLElement => {
    const set = change(seen.id);
    const own = (part: string, value: unknown, edit?: typeof set): HTMLElement => el('div', { class: 'dv-member' }, el('span', { class: 'dv-key' }, `${part}: `), valueNode(value, within(opened, `${seen.id}.${part}`), '', edit));
    return el('div', { class: 'dv-instance', style: `--depth:${Math.min(seen.depth, 12)}` }, el('strong', null, seen.is), own('data', seen.data, set), seen.props ? own('props', seen.props) : null);
  };
  const panel: Panel = {
    name: 'Data',
    kinds: ['data', 'program'],
    node: el('div', { class: 'dv-panel' }, list),
    tick: () => desk.running?.send({ k: 'event', name: 'dev.look' }),
    draw() {
      if (list.querySelector('.dv-field')) return; // somebody is typing
      const now = desk.data ? stamp(desk.data) : '';
      if (now === last && list.hasChildNodes()) return;
      last = now;
      if (!desk.data) return fill(list, el('p', { class: 'dv-empty' }, 'No page yet.'));
      fill(list, desk.data.instances.map(one), desk.data.more ? el('p', { class: 'dv-empty' }, `… ${desk.data.more} more components`) : null);
    },
  };
  return panel;
}

/** within remembers what is open of one instance's part. A page's and component's data are open at first. */
function within(opened: Map<string, boolean>, root: string): Opened {
  return {
    has: (path) => opened.get(`${root}/${path}`) ?? (path === '' && root.endsWith('.data')),
    add: (path) => void opened.set(`${root}/${path}`, true),
    delete: (path) => void opened.set(`${root}/${path}`, false),
  };
}

function stamp(data: Inspected): string {
  try {
    return JSON.stringify(data);
  } catch {
    return String(Math.random()); // circular data: drawn anew each time
  }
}
