// The stage on which the program plays: who uses it, what goes wrong, where it is entered, which screen, theme, language.

import { el, fill } from '../dom';
import { becomePerson } from '../host';
import { showToast } from '../layer';
import { openProgram, type Opener } from '../program';
import { isDark, personName, readTheme, useLanguage, useTheme, type Theme } from '../shell';
import { language } from '../strings';
import type { Desk, PaymentFault } from './desk';
import type { Panel } from './panels';

const screens: [string, number, number][] = [
  ['default', 0, 0],
  ['320 × 568 small', 320, 568],
  ['360 × 740', 360, 740],
  ['375 × 667', 375, 667],
  ['390 × 844', 390, 844],
  ['430 × 932 large', 430, 932],
  ['768 × 1024 tablet', 768, 1024],
];
const scenes: [string, string][] = [
  ['1001', '1001 home'],
  ['1007', '1007 shared by a friend'],
  ['1011', '1011 QR code'],
  ['1005', '1005 search'],
  ['1014', '1014 message'],
  ['1037', '1037 another program'],
  ['1023', '1023 desktop icon'],
];
const payments: [PaymentFault, string][] = [
  ['none', 'as the person does'],
  ['refused', 'refused (4000)'],
  ['cancelled', 'cancelled (6001)'],
  ['unknown', 'unknown (6004)'],
  ['network', 'network error (6002)'],
];

export function stagePanel(opener: Opener, desk: Desk, again: () => void): Panel {
  const node = el('div', { class: 'dv-panel dv-scroll' });
  const panel: Panel = {
    name: 'Stage',
    kinds: ['program'],
    node,
    draw: () => fill(node, people(opener, again), faults(desk), entry(opener, desk), looks(opener, again)),
  };
  return panel;
}

function group(title: string, ...rows: (HTMLElement | null)[]): HTMLElement {
  return el('fieldset', { class: 'dv-group' }, el('legend', null, title), rows);
}

function pick<T extends string>(label: string, value: T, options: [T, string][], chosen: (value: T) => void): HTMLElement {
  const list = el('select', { 'aria-label': label, onchange: () => chosen(list.value as T) }, options.map(([v, words]) => el('option', { value: v, selected: v === value }, words)));
  return el('label', { class: 'dv-setting' }, el('span', null, label), list);
}

function people(opener: Opener, again: () => void): HTMLElement {
  const { shell } = opener;
  const become = (id: string): void => {
    becomePerson(id).then(
      (session) => {
        shell.session = session;
        again();
      },
      (problem: Error) => showToast(shell.over, problem.message, 'fail'),
    );
  };
  return group('Person', pick('uses the program', shell.session.person.id, shell.session.people.map((p) => [p.id, `${personName(p)} ${p.phone ?? ''}`]), become));
}

function faults(desk: Desk): HTMLElement {
  const toggle = (label: string, name: 'offline' | 'slow' | 'denied'): HTMLElement => {
    const box = el('input', { type: 'checkbox', checked: desk.faults[name], onchange: () => {
      desk.faults[name] = box.checked;
      if (name === 'denied' && desk.running) desk.running.denied = box.checked;
      if (name === 'offline') tellNetwork(desk);
    } });
    return el('label', { class: 'dv-setting' }, el('span', null, label), box);
  };
  return group(
    'Faults',
    toggle('offline', 'offline'),
    toggle('slow network (2 s more)', 'slow'),
    toggle('every permission denied', 'denied'),
    pick<PaymentFault>('payment', desk.faults.payment, payments, (value) => (desk.faults.payment = value)),
  );
}

function tellNetwork(desk: Desk): void {
  const on = !desk.faults.offline;
  desk.running?.send({ k: 'event', name: 'networkChange', data: { isConnected: on, networkAvailable: on, networkType: on ? 'WIFI' : 'NOTREACHABLE' } });
}

const entered = { page: '', query: '', scene: '1001' };

function entry(opener: Opener, desk: Desk): HTMLElement | null {
  const running = desk.running;
  if (!running) return null;
  const pages = Object.keys(running.bundle.pages);
  const query = el('input', { class: 'dv-search', value: entered.query, placeholder: 'a=1&b=2', 'aria-label': 'query', oninput: () => (entered.query = query.value) });
  const open = (): void => {
    const { appId } = running.program;
    running.close();
    void openProgram(opener, appId, { ...entered });
  };
  return group(
    'Entry',
    pick('page', entered.page, [['', '(the first)'], ...pages.map((p): [string, string] => [p, p])], (value) => (entered.page = value)),
    el('label', { class: 'dv-setting' }, el('span', null, 'query'), query),
    pick('scene', entered.scene, scenes, (value) => (entered.scene = value)),
    el('button', { class: 'dv-button', onclick: open }, 'open here'),
  );
}

let screen = 'default';

function looks(opener: Opener, again: () => void): HTMLElement {
  const { shell } = opener;
  const resize = (name: string): void => {
    screen = name;
    const [, width, height] = screens.find(([n]) => n === name) ?? ['', 0, 0];
    shell.phone.style.width = width ? `${width}px` : '';
    shell.phone.style.height = height ? `${height}px` : '';
  };
  const theme = (value: Theme): void => {
    useTheme(value);
    const now = isDark() ? 'dark' : 'light';
    for (const running of shell.running.values()) {
      running.tellFrame({ k: 'theme', theme: now });
      running.send({ k: 'event', name: 'theme', data: { theme: now, colorScheme: now } });
      running.redraw();
    }
  };
  const speak = (value: string): void => {
    useLanguage(value);
    again();
  };
  return group(
    'Device',
    pick('screen', screen, screens.map(([name]): [string, string] => [name, name]), resize),
    pick<Theme>('theme', readTheme(), [['auto', 'as this device'], ['light', 'light'], ['dark', 'dark']], theme),
    pick('language', language(), [['en', 'English'], ['zh-Hans', '简体中文']], speak),
  );
}
