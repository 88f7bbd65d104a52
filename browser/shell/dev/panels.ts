// Developer mode's panels beside the phone; on a narrow screen a drawer. What they show comes from the desk.

import { el, fill } from '../dom';
import { reload, type Opener } from '../program';
import { consolePanel } from './console';
import { dataPanel } from './data';
import type { Desk, News } from './desk';
import { marksPanel } from './marks';
import { mocksPanel } from './mocks';
import { networkPanel } from './network';
import { stagePanel } from './stage';
import { storagePanel } from './storage';

/** Panel is one tab. draw is called while it is in front, when news of its kinds came. */
export interface Panel {
  name: string;
  kinds: News[];
  draw(): void;
  node: HTMLElement;
  /** while in front: called twice a second */
  tick?(): void;
}

const tickMs = 500;
const remembered = 'souk.dev.panel';

/** openPanels draws the panels and returns; they live as long as the page. */
export function openPanels(opener: Opener, desk: Desk): void {
  const again = (): void => {
    if (opener.shell.front) reload(opener, opener.shell.front);
  };
  const panels: Panel[] = [consolePanel(desk), networkPanel(desk), storagePanel(desk), dataPanel(desk), marksPanel(desk), mocksPanel(), stagePanel(opener, desk, again)];
  let front = panels.find((p) => p.name === localStorage.getItem(remembered)) ?? panels[0];
  const tabs = el('div', { class: 'dv-tabs', role: 'tablist' });
  const body = el('div', { class: 'dv-body' });
  const show = (panel: Panel | undefined): void => {
    if (!panel) return;
    front = panel;
    localStorage.setItem(remembered, panel.name);
    fill(tabs, panels.map((p) => el('button', { role: 'tab', 'aria-selected': String(p === front), onclick: () => show(p) }, p.name)), el('span', { class: 'dv-space' }), el('button', { class: 'dv-again', title: 'start the program again', onclick: again }, '⟳'));
    fill(body, panel.node);
    panel.draw();
  };
  document.body.append(el('aside', { class: 'dv', 'aria-label': 'developer mode' }, tabs, body), drawerButton());
  document.documentElement.classList.add('dv-on');
  show(front);
  follow(desk, () => front);
}

function drawerButton(): HTMLElement {
  return el('button', { class: 'dv-drawer', 'aria-label': 'developer panels', onclick: () => document.documentElement.classList.toggle('dv-open') }, '{}');
}

/** Many news in a moment are one drawing. */
function follow(desk: Desk, front: () => Panel | undefined): void {
  let waiting = false;
  desk.hear((news) => {
    if (waiting || !front()?.kinds.includes(news)) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      front()?.draw();
    });
  });
  setInterval(() => {
    if (!document.hidden) front()?.tick?.();
  }, tickMs);
}
