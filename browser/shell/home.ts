// The first page: brand, search, wallet card, services, what was used last.

import { ahead, remember } from './ahead';
import { el, fill, onTap, type Child } from './dom';
import { listBills, listPrograms, readWallet, type Program, type Wallet } from './host';
import { icon, mark, tint } from './icons';
import { quickActs } from './quick';
import { onPress } from './press';
import { go } from './route';
import { aboutOf, hideBalance, isBalanceHidden, merchantOf, nameOf, personName, readList, type Shell } from './shell';
import { say } from './strings';
import { openScanner } from './scanner';
import { billRow, openTopUp } from './wallet';

const searchPauseMs = 180;
const preparedInSight = 6;
const afterListMs = 120;

export function drawHome(shell: Shell): HTMLElement {
  const grid = el('div', { class: 'grid', 'aria-live': 'polite' }, ghostTiles());
  const recents = el('div');
  const card = walletCard(shell);
  const page = el('div', { class: 'page home' }, brandBar(shell), searchField(shell, grid), card, quickActs(() => void scanHere(shell)), el('section', { class: 'block' }, heading(say('services')), grid), recents, lastBills());
  void loadPrograms(shell, '', grid, recents);
  return page;
}

/** lastBills shows what moved last; it is not there before anything has. */
function lastBills(): HTMLElement {
  const section = el('section', { class: 'block', hidden: true });
  listBills('').then(
    ({ bills }) => {
      section.hidden = bills.length === 0;
      fill(section, heading(say('bills'), el('button', { class: 'link', onclick: () => go('#/bills') }, say('allBills'))), bills.slice(0, 3).map(billRow));
    },
    () => undefined,
  );
  return section;
}

function brandBar(shell: Shell): HTMLElement {
  const name = personName(shell.session.person);
  return el(
    'header',
    { class: 'brand' },
    el('span', { class: 'brand-mark' }, mark(30)),
    el('h1', null, 'Souk'),
    el('button', { class: 'round', 'aria-label': say('scan'), onclick: () => void scanHere(shell) }, icon('camera', 22)),
    el('button', { class: 'face', 'aria-label': `${say('me')}: ${name}`, style: `--tint:${tint(shell.session.person.id)}`, onclick: () => go('#/me') }, initial(name)),
  );
}

/** A code that names a program or one of our own addresses opens it; any other text is shown. */
export async function scanHere(shell: Shell): Promise<void> {
  const code = await openScanner(shell.over);
  if (!code) return;
  const at = code.text.indexOf('#/');
  if (code.text.startsWith(`${location.origin}/open/`)) return location.assign(code.text); // a merchant's order: the server leads to the cashier
  if (at >= 0 && code.text.startsWith(location.origin)) location.hash = code.text.slice(at);
  else location.hash = `#/?q=${encodeURIComponent(code.text.slice(0, 64))}`;
}

export function initial(name: string): string {
  return ([...name.trim()][0] ?? '?').toUpperCase();
}

function searchField(shell: Shell, grid: HTMLElement): HTMLElement {
  let timer = 0;
  const input = el('input', { type: 'search', placeholder: say('search'), 'aria-label': say('search'), maxlength: 64, enterkeyhint: 'search' });
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void loadPrograms(shell, input.value.trim(), grid, null), searchPauseMs);
  });
  return el('label', { class: 'search' }, icon('search', 20), input);
}

function walletCard(shell: Shell): HTMLElement {
  const sum = el('output', { class: 'sum' }, '···');
  const eye = el('button', { class: 'eye' });
  let wallet: Wallet | null = null;
  const draw = (): void => {
    const hidden = isBalanceHidden();
    eye.setAttribute('aria-label', say(hidden ? 'show' : 'hide'));
    fill(eye, icon(hidden ? 'eyeOff' : 'eye', 20));
    fill(sum, hidden ? '••••••' : wallet ? money(wallet.balance) : '···');
  };
  eye.addEventListener('click', () => {
    hideBalance(!isBalanceHidden());
    draw();
  });
  const load = (): void => {
    readWallet().then(
      (w) => {
        wallet = w;
        draw();
      },
      () => fill(sum, say('offline')),
    );
  };
  draw();
  load();
  return el(
    'section',
    { class: 'wallet-card', 'aria-label': say('wallet') },
    el('div', { class: 'wallet-head' }, el('span', null, say('walletCard')), eye),
    sum,
    el(
      'div',
      { class: 'wallet-acts' },
      el('button', { onclick: () => openTopUp(shell, shell.refresh) }, icon('plus', 18), say('topUp')),
      el('button', { onclick: () => go('#/bills') }, icon('bill', 18), say('bills')),
      el('button', { onclick: () => go('#/wallet') }, icon('wallet', 18), say('wallet')),
    ),
  );
}

/** money writes yuan with its sign, the fraction smaller. */
export function money(yuan: string): Child[] {
  const [whole = '0', cents = '00'] = yuan.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return [el('span', { class: 'currency' }, '¥'), grouped, el('span', { class: 'cents' }, `.${cents}`)];
}

export function heading(text: string, ...beside: Child[]): HTMLElement {
  return el('div', { class: 'heading' }, el('h2', null, text), ...beside);
}

function ghostTiles(): HTMLElement[] {
  return Array.from({ length: 4 }, () => el('div', { class: 'tile ghost', 'aria-hidden': 'true' }, el('span', { class: 'tile-icon' }), el('span', { class: 'tile-name' })));
}

async function loadPrograms(shell: Shell, q: string, grid: HTMLElement, recents: HTMLElement | null): Promise<void> {
  try {
    const { programs } = await listPrograms(q);
    fill(grid, programs.length ? programs.map((p) => tile(shell, p)) : el('p', { class: 'empty' }, q ? say('noMatch', q) : say('noPrograms')));
    if (recents) drawRecents(shell, recents, programs);
    remember(programs);
    prepareInSight(shell, programs);
  } catch {
    fill(grid, el('p', { class: 'empty' }, say('offline'), ' ', el('button', { class: 'link', onclick: () => void loadPrograms(shell, q, grid, recents) }, say('retry'))));
  }
}

/** prepareInSight gathers what the first programs of the list need, when nothing else is to be done. */
function prepareInSight(shell: Shell, programs: Program[]): void {
  if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
  const known = new Set([...readList(shell, 'recents'), ...programs.map((p) => p.appId)]);
  const wanted = [...known].filter((id) => programs.some((p) => p.appId === id)).slice(0, preparedInSight);
  setTimeout(() => wanted.forEach((id, place) => ahead(shell, id, place === 0)), afterListMs);
}

/** opens is what a tile and a row do: the program begins, unseen, when a finger touches it. */
function opens(node: HTMLElement, shell: Shell, appId: string, scene: string): void {
  onPress(node, () => shell.press(appId, '', '', scene));
  onTap(node, () => shell.open(appId, '', '', scene));
}

function tile(shell: Shell, program: Program): HTMLElement {
  const name = nameOf(program);
  const node = el('button', { class: 'tile', 'data-app': program.appId }, programIcon(program, 52), el('span', { class: 'tile-name' }, name));
  opens(node, shell, program.appId, '1005');
  return node;
}

/** programIcon is the program's picture, or the first letter of its name on a quiet colour. */
export function programIcon(program: Pick<Program, 'appId' | 'name' | 'nameZh' | 'icon'>, size: number): HTMLElement {
  const style = `--tint:${tint(program.appId + program.name)};width:${size}px;height:${size}px;font-size:${Math.round(size * 0.44)}px`;
  if (!program.icon) return el('span', { class: 'tile-icon', style }, initial(nameOf(program)));
  const image = el('img', { src: program.icon, alt: '', width: size, height: size, loading: 'lazy', draggable: 'false' });
  const node = el('span', { class: 'tile-icon pictured', style }, image);
  image.addEventListener('error', () => {
    node.classList.remove('pictured');
    fill(node, initial(nameOf(program)));
  });
  return node;
}

/** drawRecents lists what this person used last on this device, and the favourites. */
function drawRecents(shell: Shell, node: HTMLElement, programs: Program[]): void {
  const listed = (list: 'recents' | 'favourites'): Program[] => readList(shell, list).flatMap((id) => programs.filter((p) => p.appId === id));
  const section = (word: 'recents' | 'favourites', most: number): HTMLElement | null => {
    const rows = listed(word).slice(0, most);
    return rows.length ? el('section', { class: 'block' }, heading(say(word)), rows.map((p) => programRow(shell, p))) : null;
  };
  fill(node, section('recents', recentsShown), section('favourites', favouritesShown));
}

const recentsShown = 3;
const favouritesShown = 8;

function programRow(shell: Shell, program: Program): HTMLElement {
  const words = el('span', { class: 'row-text' }, el('strong', null, nameOf(program)), el('small', null, aboutOf(program) || merchantOf(program)));
  const row = el('button', { class: 'row' }, programIcon(program, 44), words, icon('next', 18));
  opens(row, shell, program.appId, '1001');
  return row;
}
