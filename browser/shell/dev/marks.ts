// When what happened since the program was opened, in milliseconds, and how large it is.

import { el, fill } from '../dom';
import type { Desk } from './desk';
import type { Panel } from './panels';
import { facts } from './value';

export function marksPanel(desk: Desk): Panel {
  const list = el('div', { class: 'dv-scroll' });
  const panel: Panel = {
    name: 'Time',
    kinds: ['marks', 'program'],
    node: el('div', { class: 'dv-panel' }, list),
    draw() {
      const start = desk.marks[0]?.at ?? 0;
      const rows = desk.marks.map((mark, i) => el('tr', null, el('td', null, `${Math.round(mark.at - start)} ms`), el('td', null, i ? `+${Math.round(mark.at - (desk.marks[i - 1]?.at ?? start))}` : ''), el('td', null, mark.name)));
      const bundle = desk.running?.bundle;
      fill(
        list,
        desk.marks.length ? el('table', { class: 'dv-marks' }, rows) : el('p', { class: 'dv-empty' }, 'No program was opened yet.'),
        bundle
          ? facts([
              ['script', `${Math.round(bundle.script.length / 1024)} KB (readable, for developing)`],
              ['pages', String(Object.keys(bundle.pages).length)],
              ['components', String(Object.keys(bundle.components).length)],
              ['templates', String(bundle.views.length)],
            ])
          : null,
      );
    },
  };
  return panel;
}
