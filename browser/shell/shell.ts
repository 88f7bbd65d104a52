// The state of the shell: one record, made by main.ts and handed to everything that needs it.

import type { Bundle } from './bundle';
import type { Person, Program, Session } from './host';
import type { Running } from './running';
import { chooseLanguage } from './strings';

export interface Shell {
  /** the phone: everything is drawn inside it */
  phone: HTMLElement;
  /** the shell's own page */
  screen: HTMLElement;
  /** mini-programs lie here, over the shell's page */
  programs: HTMLElement;
  /** the shell's own dialogs, over everything */
  over: HTMLElement;
  session: Session;
  /** programs kept alive, by appId; the newest last */
  running: Map<string, Running>;
  /** the one in front, or null when the shell's own pages are */
  front: Running | null;
  /** draws the shell's page again */
  refresh: () => void;
  /** hands a bundle to a warm sandbox, since its program is likely to be opened */
  handIn: (bundle: Bundle) => void;
  /** begins a program unseen, since a finger rests on what opens it; the answer is to be called when no tap came of it */
  press: (appId: string, page?: string, query?: string, scene?: string) => () => void;
  /** opens a program; scene is the entry scene's number */
  open: (appId: string, page?: string, query?: string, scene?: string) => void;
}

const recentsMax = 12;
const balanceHidden = 'souk.balance.hidden';

export type Theme = 'auto' | 'light' | 'dark';

export function readTheme(): Theme {
  const stored = localStorage.getItem('souk.theme');
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

export function useTheme(theme: Theme): void {
  localStorage.setItem('souk.theme', theme);
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
}

export function isDark(): boolean {
  const theme = readTheme();
  return theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
}

export function useLanguage(name: string): void {
  localStorage.setItem('souk.language', chooseLanguage(name));
}

export function readLanguage(): string | null {
  return localStorage.getItem('souk.language');
}

export function isBalanceHidden(): boolean {
  return localStorage.getItem(balanceHidden) === '1';
}

export function hideBalance(hidden: boolean): void {
  localStorage.setItem(balanceHidden, hidden ? '1' : '0');
}

/** Recents and favourites belong to a person on this device. */
function listKey(shell: Shell, list: 'recents' | 'favourites'): string {
  return `souk.${list}.${shell.session.person.id}`;
}

export function readList(shell: Shell, list: 'recents' | 'favourites'): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(listKey(shell, list)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id): id is string => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

function writeList(shell: Shell, list: 'recents' | 'favourites', ids: string[]): void {
  localStorage.setItem(listKey(shell, list), JSON.stringify(ids.slice(0, list === 'recents' ? recentsMax : 200)));
}

export function rememberRecent(shell: Shell, appId: string): void {
  writeList(shell, 'recents', [appId, ...readList(shell, 'recents').filter((id) => id !== appId)]);
}

/** toggleFavourite answers whether it is one now. */
export function toggleFavourite(shell: Shell, appId: string): boolean {
  const ids = readList(shell, 'favourites');
  const was = ids.includes(appId);
  writeList(shell, 'favourites', was ? ids.filter((id) => id !== appId) : [appId, ...ids]);
  return !was;
}

export function personName(person: Person): string {
  return (document.documentElement.lang === 'zh-Hans' && person.nameZh) || person.name;
}

/** nameOf and its like give a program's words in the language in use. */
export function nameOf(program: Pick<Program, 'name' | 'nameZh'>): string {
  return (document.documentElement.lang === 'zh-Hans' && program.nameZh) || program.name;
}

export function aboutOf(program: Program): string {
  return (document.documentElement.lang === 'zh-Hans' && program.aboutZh) || program.about || '';
}

export function merchantOf(program: Program): string {
  return (document.documentElement.lang === 'zh-Hans' && program.merchantZh) || program.merchant || '';
}
