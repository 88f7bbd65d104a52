// Permissions of mini-programs: asked once by the shell, kept by the server for a person and a program, revocable. The
// server checks for itself what it hands out (codes, phone numbers); the shell checks what this device gives.

import { el } from './dom';
import { my } from './host';
import { programIcon } from './home';
import { openLayer } from './layer';
import type { Running } from './running';
import { nameOf } from './shell';
import { say, type Word } from './strings';

/** What a program can ask for: our name → the server's name and the words shown. */
const scopes = {
  userInfo: { server: 'auth_user', word: 'askUserInfo' },
  phoneNumber: { server: 'phoneNumber', word: 'askPhone' },
  address: { server: 'address', word: 'askAddress' },
  location: { server: 'location', word: 'askLocation' },
  microphone: { server: 'microphone', word: 'askMicrophone' },
  camera: { server: 'camera', word: 'askCamera' },
  clipboard: { server: 'clipboard', word: 'askClipboard' },
  album: { server: 'album', word: 'askAlbum' },
  member: { server: 'member_card', word: 'askAuth' },
} as const satisfies Record<string, { server: string; word: Word }>;

export type Scope = keyof typeof scopes;
export type Answers = Partial<Record<Scope, boolean>>;

/** scopeOf reads the server's name. */
export function scopeOf(server: string): Scope | null {
  return (Object.keys(scopes) as Scope[]).find((s) => scopes[s].server === server) ?? null;
}

export function scopeWords(scope: Scope): string {
  return say(scopes[scope].word);
}

/** answersOf reads what the person answered to a program so far, as the server tells it. */
export function answersOf(consents: { scope: string; granted: boolean }[]): Answers {
  const answers: Answers = {};
  for (const { scope, granted } of consents) {
    const own = scopeOf(scope);
    if (own) answers[own] = granted;
  }
  return answers;
}

/** setConsent records an answer with the server and tells the program. */
export async function setConsent(running: Running, scope: Scope, granted: boolean): Promise<void> {
  await my(running.program.appId, 'consent', { scope: scopes[scope].server, granted });
  running.consents[scope] = granted;
  running.send({ k: 'event', name: 'settings', data: { ...running.consents } });
}

/** forgetConsent withdraws what a program was allowed, whether it runs or not. */
export async function forgetConsent(appId: string, scope: Scope): Promise<void> {
  await my(appId, 'consent', { scope: scopes[scope].server, granted: false });
}

/** The questions that a person has before the eyes: who asks the same meanwhile gets the same answer. */
const asking = new WeakMap<Running, Map<Scope, Promise<boolean>>>();

/** consent answers from memory, or asks the person and remembers. again asks although it was refused before. */
export async function consent(running: Running, scope: Scope, again = false): Promise<boolean> {
  if (running.denied) return false;
  const known = running.consents[scope];
  if (known || (known === false && !again)) return known;
  const open = asking.get(running) ?? new Map<Scope, Promise<boolean>>();
  asking.set(running, open);
  const answer = open.get(scope) ?? askAndRemember(running, scope).finally(() => open.delete(scope));
  open.set(scope, answer);
  return answer;
}

async function askAndRemember(running: Running, scope: Scope): Promise<boolean> {
  const granted = await askConsent(running, scope);
  await setConsent(running, scope, granted);
  return granted;
}

function askConsent(running: Running, scope: Scope): Promise<boolean> {
  return new Promise((answer) => {
    const done = (granted: boolean): void => {
      layer.close();
      answer(granted);
    };
    const body = el(
      'div',
      { class: 'consent' },
      el('div', { class: 'consent-who' }, programIcon(running.program, 40), el('p', null, say('askWhy', nameOf(running.program)))),
      el('h2', null, scopeWords(scope)),
      el('p', { class: 'note' }, say('askOnce')),
      el('div', { class: 'pair' }, el('button', { class: 'soft deny', onclick: () => done(false) }, say('deny')), el('button', { class: 'wide allow', onclick: () => done(true) }, say('accept'))),
    );
    const layer = openLayer(running.layers, 'sheet', scopeWords(scope), body, () => done(false));
  });
}
