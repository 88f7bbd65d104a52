// A mini-program that is open: its record, and how its pages look to the shell. No behaviour that is not about these.

import type { StackEntry, TabItem, ToWorker } from '../wire/wire';
import type { Bundle } from './bundle';
import type { Answers } from './consent';
import type { Files } from './files';
import type { Program } from './host';

/** Look is what the shell draws around a page: from its configuration at first, then as the program changes it. */
export interface Look {
  title: string;
  titleImage: string;
  /** CSS colours */
  background: string;
  front: 'black' | 'white' | '';
  line: string;
  transparent: 'none' | 'always' | 'auto';
  penetrate: boolean;
  loading: boolean;
  optionMenu: { icon: string; title: string } | null;
  hideHome: boolean;
  hideBack: boolean;
  pageBackground: string;
  /** asked before the page is left; empty for none */
  leaveWords: string;
  /** how far the page is scrolled, for transparent: auto */
  scrollTop: number;
}

export interface TabLook {
  items: TabItem[];
  textColor: string;
  selectedColor: string;
  background: string;
  line: string;
  badges: Map<number, string>;
  dots: Set<number>;
  hidden: boolean;
  overlay: boolean;
  /** the program draws its bar itself, in the page */
  own: boolean;
}

export type RunState = 'opening' | 'running' | 'stopped';

export interface Running {
  program: Program;
  bundle: Bundle;
  state: RunState;
  root: HTMLElement;
  /** where this program's dialogs, sheets and toasts are drawn */
  layers: HTMLElement;
  frame: HTMLIFrameElement;
  stack: StackEntry[];
  /** page-containers that are shown: the frame's id → the page */
  containers: Map<number, number>;
  looks: Map<number, Look>;
  tabs: TabLook | null;
  /** draws navigation bar and tab bar anew */
  redraw(): void;
  /** sends to the worker; does nothing when the program has stopped */
  send(message: ToWorker): void;
  /** sends to the frame */
  tellFrame(message: unknown, transfer?: Transferable[]): void;
  hide(): void;
  show(scene: string, page: string, query: string): void;
  close(): void;
  files: Files;
  shareMenu: boolean;
  /** what the person answered to this program */
  consents: Answers;
  /** developer mode: every permission is refused without asking */
  denied?: boolean;
}

function text(value: unknown, most = 200): string {
  return typeof value === 'string' ? value.slice(0, most) : '';
}

const yes = (value: unknown): boolean => value === true || value === 'YES' || value === 'true';

/** lookOf reads a page's configuration (its json merged over app.json's window). */
export function lookOf(config: Record<string, unknown>): Look {
  const transparent = text(config.transparentTitle);
  return {
    title: text(config.defaultTitle),
    titleImage: text(config.titleImage, 2000),
    background: colour(config.titleBarColor),
    front: front(config.navigationBarFrontColor ?? config.barButtonTheme),
    line: colour(config.navigationBarBottomLineColor),
    transparent: transparent === 'always' || transparent === 'auto' ? transparent : 'none',
    penetrate: yes(config.titlePenetrate),
    loading: yes(config.showTitleLoading),
    optionMenu: menuOf(config.optionMenu),
    hideHome: false,
    hideBack: false,
    pageBackground: colour(config.backgroundColor),
    leaveWords: '',
    scrollTop: 0,
  };
}

function menuOf(value: unknown): Look['optionMenu'] {
  if (typeof value !== 'object' || value === null) return null;
  const menu = value as Record<string, unknown>;
  return { icon: text(menu.icon, 2000), title: text(menu.title, 12) };
}

function front(value: unknown): Look['front'] {
  if (value === 'light' || value === 'white' || value === '#ffffff') return 'white';
  if (value === 'default' || value === 'black' || value === '#000000') return 'black';
  return '';
}

/** colour lets a colour through that a program may set: names, hexadecimal and functions of numbers; numbers as Alipay's 0xRRGGBB. */
export function colour(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffff) return `#${value.toString(16).padStart(6, '0')}`;
  const given = text(value, 40).trim();
  return /^(#[0-9a-f]{3,8}|[a-z]+|(rgb|hsl)a?\([\d\s.,%/deg]+\))$/i.test(given) ? given : '';
}

/** change applies what the program asked of a page's bar (setNavigationBar and its like). Unknown names are ignored. */
export function change(look: Look, set: Record<string, unknown>): void {
  if (yes(set.reset)) Object.assign(look, { background: '', front: '', line: '', titleImage: '' });
  if (typeof set.title === 'string') look.title = text(set.title);
  if (set.title !== undefined && typeof set.title === 'string' && set.title !== '') look.titleImage = '';
  if (typeof set.image === 'string') look.titleImage = text(set.image, 2000);
  const background = colour(set.titleBarColor ?? set.backgroundColor);
  if (background) look.background = background;
  const line = colour(set.borderBottomColor ?? set.navigationBarBottomLineColor);
  if (line) look.line = line;
  if (set.frontColor !== undefined) look.front = front(text(set.frontColor).toLowerCase());
  if (typeof set.loading === 'boolean') look.loading = set.loading;
  if (typeof set.hideHome === 'boolean') look.hideHome = set.hideHome;
  if (typeof set.hideBack === 'boolean') look.hideBack = set.hideBack;
  if (typeof set.scrollTop === 'number') look.scrollTop = set.scrollTop;
}

const darkKnown = new Map<string, boolean>();
const darkKnownMax = 64;

/** isDarkColour tells whether white text reads better on a colour the browser understands. */
export function isDarkColour(colour: string): boolean {
  let dark = darkKnown.get(colour);
  if (dark === undefined) {
    if (darkKnown.size >= darkKnownMax) darkKnown.clear();
    darkKnown.set(colour, (dark = looksDark(colour)));
  }
  return dark;
}

function looksDark(colour: string): boolean {
  const probe = document.createElement('canvas').getContext('2d');
  if (!probe || !colour) return false;
  probe.fillStyle = '#ffffff';
  probe.fillStyle = colour;
  const value = String(probe.fillStyle);
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  const parts = hex ? hex.slice(1).map((p) => parseInt(p, 16)) : (value.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
  const [r = 255, g = 255, b = 255] = parts;
  return (r * 299 + g * 587 + b * 114) / 1000 < 150;
}

/** tabLookOf reads the tab bar. One that the program draws itself is known here too, so that its pages count as tabs. */
export function tabLookOf(bundle: Bundle): TabLook | null {
  const bar = bundle.app.tabBar;
  if (!bar || !Array.isArray(bar.items) || bar.items.length === 0) return null;
  return {
    items: bar.items.slice(0, 5),
    textColor: colour(bar.textColor),
    selectedColor: colour(bar.selectedColor),
    background: colour(bar.backgroundColor),
    line: '',
    badges: new Map(),
    dots: new Set(),
    hidden: false,
    overlay: yes(bar.overlay),
    own: bar.view !== undefined,
  };
}

/** topOf is the page in front. */
export function topOf(running: Running): StackEntry | undefined {
  return running.stack[running.stack.length - 1];
}

/** containerOnTop is the page-container that the next step back closes. */
export function containerOnTop(running: Running): number | undefined {
  const top = topOf(running)?.id;
  return [...running.containers].reverse().find(([, page]) => page === top)?.[0];
}

/** depthOf counts the steps back that lead out of a program: its pages, and a container on the one in front. */
export function depthOf(running: Running): number {
  return running.stack.length + (containerOnTop(running) === undefined ? 0 : 1);
}

/** lookNow is the look of the page in front, made from its configuration when it is new. */
export function lookNow(running: Running): Look {
  const top = topOf(running);
  const path = top?.path ?? running.bundle.app.entryPagePath ?? running.bundle.app.pages[0] ?? '';
  const id = top?.id ?? 0;
  let look = running.looks.get(id);
  if (!look) {
    look = lookOf({ ...(running.bundle.app.window ?? {}), ...(running.bundle.pages[path]?.config ?? {}) });
    running.looks.set(id, look);
  }
  return look;
}

/** assetAddress turns a path inside the program (an icon of the tab bar) into the release's address; other addresses stay. */
export function assetAddress(bundle: Bundle, path: string): string {
  if (/^(https?:|data:image\/)/i.test(path)) return path;
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return '';
  return bundle.assets + path.replace(/^(\.?\/)+/, '').split('/').map(encodeURIComponent).join('/');
}
