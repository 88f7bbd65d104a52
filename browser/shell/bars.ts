// The bars around a page of a program: navigation bar with the capsule, and the tab bar.

import { el, fill, type Child } from './dom';
import { icon } from './icons';
import { assetAddress, isDarkColour, lookNow, topOf, type Look, type Running, type TabLook } from './running';
import { say } from './strings';

export interface BarActs {
  back(): void;
  home(): void;
  menu(): void;
  leave(): void;
  title(): void;
  top(): void;
  option(): void;
  tab(index: number): void;
}

const solidAfterPx = 88;

/** drawBar fills the navigation bar for the page in front. */
export function drawBar(bar: HTMLElement, running: Running, acts: BarActs): void {
  const look = lookNow(running);
  const clear = look.transparent === 'always' ? 0 : look.transparent === 'auto' ? Math.min(1, look.scrollTop / solidAfterPx) : 1;
  const overPicture = clear < 0.5 && look.transparent !== 'none';
  const white = look.front ? look.front === 'white' : overPicture ? true : isDarkColour(look.background);
  bar.className = `bar${look.transparent === 'none' ? '' : ' over'}${white ? ' on-dark' : ''}${look.front === 'black' || (look.background && !white) ? ' on-light' : ''}${look.penetrate ? ' penetrate' : ''}`;
  bar.style.setProperty('--bar', look.background || 'var(--paper)');
  bar.style.setProperty('--solid', `${Math.round(clear * 100)}%`);
  bar.style.borderBottomColor = look.line || 'transparent';
  fill(bar, left(running, look, acts), title(running, look, acts), right(look, acts));
}

function left(running: Running, look: Look, acts: BarActs): HTMLElement {
  const deep = running.stack.length > 1;
  const entry = running.bundle.app.entryPagePath ?? running.bundle.app.pages[0];
  const top = topOf(running)?.path;
  const isTab = running.tabs?.items.some((item) => trim(item.pagePath) === top) ?? false;
  const home = !deep && !isTab && top !== undefined && top !== entry && !look.hideHome;
  return el(
    'div',
    { class: 'bar-left' },
    deep && !look.hideBack ? el('button', { class: 'bar-button', 'aria-label': say('back'), onclick: () => acts.back() }, icon('back', 24)) : null,
    home ? el('button', { class: 'bar-button', 'aria-label': say('goHome'), onclick: () => acts.home() }, icon('home', 22)) : null,
  );
}

const trim = (path: string): string => path.replace(/^\//, '');

function title(running: Running, look: Look, acts: BarActs): HTMLElement {
  const picture = look.titleImage ? assetAddress(running.bundle, look.titleImage) : '';
  const hidden = look.transparent === 'always' || (look.transparent === 'auto' && look.scrollTop < solidAfterPx / 2);
  const words: Child = picture ? el('img', { src: picture, alt: look.title, class: 'bar-image' }) : el('span', null, hidden && look.transparent === 'auto' ? '' : look.title);
  return el('div', { class: 'bar-title', role: 'heading', 'aria-level': 1, onclick: (event: MouseEvent) => (acts.title(), event.detail === 2 && acts.top()) }, look.loading ? el('span', { class: 'spinner small' }) : null, words);
}

function right(look: Look, acts: BarActs): HTMLElement {
  const menu = look.optionMenu;
  const option = menu ? el('button', { class: 'bar-option', onclick: () => acts.option() }, /^(https?:|data:image\/)/.test(menu.icon) ? el('img', { src: menu.icon, alt: menu.title || say('menu') }) : menu.title || '⋯') : null;
  return el(
    'div',
    { class: 'bar-right' },
    option,
    el(
      'div',
      { class: 'capsule' },
      el('button', { 'aria-label': say('menu'), class: 'capsule-menu', onclick: () => acts.menu() }, icon('more', 20)),
      el('button', { 'aria-label': say('close'), class: 'capsule-close', onclick: () => acts.leave() }, icon('close', 18)),
    ),
  );
}

/** drawTabs fills the tab bar; it is empty on pages that are no tab. */
export function drawTabs(node: HTMLElement, running: Running, acts: BarActs): void {
  const tabs = running.tabs;
  const top = topOf(running)?.path;
  const at = tabs ? tabs.items.findIndex((item) => trim(item.pagePath) === top) : -1;
  const shown = tabs !== null && at >= 0 && !tabs.hidden && !tabs.own;
  node.hidden = !shown;
  node.classList.toggle('over', tabs?.overlay ?? false);
  if (!shown) return;
  node.style.background = tabs.background;
  node.style.setProperty('--tab', tabs.textColor || 'var(--ink-2)');
  node.style.setProperty('--tab-on', tabs.selectedColor || 'var(--brand)');
  fill(node, tabs.items.map((item, i) => tabNode(running, tabs, item, i, i === at, acts)));
}

function tabNode(running: Running, tabs: TabLook, item: TabLook['items'][number], index: number, on: boolean, acts: BarActs): HTMLElement {
  const source = (on ? item.activeIcon : item.icon) ?? item.icon ?? '';
  const badge = tabs.badges.get(index);
  return el(
    'button',
    { class: on ? 'tab on' : 'tab', role: 'tab', 'aria-selected': String(on), onclick: () => acts.tab(index) },
    el('span', { class: 'tab-icon' }, source ? el('img', { src: assetAddress(running.bundle, source), alt: '' }) : null, badge !== undefined ? el('span', { class: 'badge' }, badge) : tabs.dots.has(index) ? el('span', { class: 'dot' }) : null),
    item.name ? el('span', { class: 'tab-name' }, item.name) : null,
  );
}
