// The capsule's menu: share, favourites, about, permissions, reload.

import { scopeWords, setConsent, type Scope } from './consent';
import { el, fill } from './dom';
import { programIcon } from './home';
import { icon, type IconName } from './icons';
import { openSheet, showToast } from './layer';
import { why } from './refusal';
import { programHash } from './route';
import { topOf, type Running } from './running';
import { aboutOf, merchantOf, nameOf, readList, toggleFavourite, type Shell } from './shell';
import { say } from './strings';

export async function openCapsuleMenu(shell: Shell, running: Running, reload: () => void): Promise<void> {
  const { program } = running;
  const favourite = readList(shell, 'favourites').includes(program.appId);
  const act = (name: IconName, text: string, f: () => void): HTMLElement =>
    el('button', { class: 'menu-act', onclick: () => (layer.close(), f()) }, el('span', { class: 'menu-icon' }, icon(name, 24)), el('span', null, text));
  const grid = el(
    'div',
    { class: 'menu-grid' },
    running.shareMenu ? act('share', say('share'), () => void shareProgram(shell, running, 'menu')) : null,
    act('star', favourite ? say('unfavourited') : say('addFavourite'), () => {
      const now = toggleFavourite(shell, program.appId);
      showToast(running.layers, say(now ? 'favourited' : 'unfavourited'), 'success');
    }),
    act('shield', say('permissions'), () => openPermissions(running)),
    act('info', say('about'), () => openAbout(running)),
    act('reload', say('reload'), reload),
  );
  const layer = openSheet(running.layers, nameOf(program), say('close'), () => layer.close(), grid);
}

function openAbout(running: Running): void {
  const { program } = running;
  const merchant = merchantOf(program);
  const layer = openSheet(
    running.layers,
    say('about'),
    say('close'),
    () => layer.close(),
    el(
      'div',
      { class: 'about' },
      programIcon(program, 64),
      el('strong', null, nameOf(program)),
      el('p', null, aboutOf(program)),
      merchant ? el('small', null, say('support', merchant)) : null,
      el('small', null, `${say('version', program.version)} · ${program.appId}`),
    ),
  );
}

/** openPermissions lists what this program was allowed, each to be changed. */
export function openPermissions(running: Running): Promise<void> {
  return new Promise((done) => {
    const list = el('div', { class: 'list' });
    const draw = (): void => {
      const given = Object.entries(running.consents) as [Scope, boolean][];
      fill(
        list,
        given.length ? null : el('p', { class: 'empty' }, say('consentsEmpty')),
        given.map(([scope, granted]) => {
          const flip = (): void => {
            setConsent(running, scope, !granted).then(draw, (problem: unknown) => showToast(running.layers, why(problem), 'fail'));
          };
          return el('div', { class: 'row plain' }, el('span', { class: 'row-text' }, el('strong', null, scopeWords(scope))), el('button', { class: 'switch', role: 'switch', 'aria-checked': String(granted), 'aria-label': scopeWords(scope), onclick: flip }));
        }),
      );
    };
    draw();
    const leave = (): void => {
      layer.close();
      done();
    };
    const layer = openSheet(running.layers, say('permissions'), say('close'), leave, list);
  });
}

/** shareProgram asks the program for its words, then shows the panel. The program answers by calling showSharePanel's
 *  second half, `shareResult`; a program without onShareAppMessage is shared as it is. */
export async function shareProgram(shell: Shell, running: Running, from: 'menu' | 'button', at?: unknown): Promise<unknown> {
  const said = await askProgram(running, from, at);
  return openShare(shell, running, said);
}

const shareAnswerMs = 1_500;
const waiting = new WeakMap<Running, (said: ShareWords) => void>();

export interface ShareWords {
  title?: string;
  desc?: string;
  path?: string;
  imageUrl?: string;
}

/** `at`: the button that asked, as the frame names it; the worker makes a target of it. */
function askProgram(running: Running, from: string, at: unknown): Promise<ShareWords> {
  return new Promise((answer) => {
    waiting.set(running, answer);
    running.send({ k: 'event', name: 'share', data: { from, at } });
    setTimeout(() => answer({}), shareAnswerMs);
  });
}

/** shareSaid takes the program's answer to the share event. */
export function shareSaid(running: Running, said: ShareWords): void {
  waiting.get(running)?.(said);
}

/** openShare shows the panel: the system's own share sheet where the browser has one, and a link to copy. */
export function openShare(shell: Shell, running: Running, said: ShareWords): Promise<{ success: boolean }> {
  return new Promise((done) => {
    const top = topOf(running);
    const [page = '', query = ''] = (said.path ?? '').replace(/^\//, '').split('?', 2);
    const hash = programHash(running.program.appId, page || top?.path, said.path ? query : new URLSearchParams(top?.query).toString(), '1007');
    const url = `${location.origin}/${hash}`;
    const title = said.title || nameOf(running.program);
    const finish = (success: boolean): void => {
      layer.close();
      done({ success });
    };
    const copy = async (): Promise<void> => {
      const copied = await navigator.clipboard.writeText(url).then(() => true, () => false);
      showToast(running.layers, copied ? say('copied') : url, copied ? 'success' : 'none', copied ? 1500 : 5000);
      finish(copied);
    };
    const system = (): void => void navigator.share({ title, text: said.desc ?? '', url }).then(() => finish(true), () => finish(false));
    const layer = openSheet(
      running.layers,
      say('shareTo', title),
      say('close'),
      () => finish(false),
      said.desc ? el('p', { class: 'note' }, said.desc) : null,
      el('output', { class: 'share-link' }, url),
      el(
        'div',
        { class: 'menu-grid' },
        el('button', { class: 'menu-act', onclick: () => void copy() }, el('span', { class: 'menu-icon' }, icon('link', 24)), el('span', null, say('copyLink'))),
        typeof navigator.share === 'function' ? el('button', { class: 'menu-act', onclick: system }, el('span', { class: 'menu-icon' }, icon('share', 24)), el('span', null, say('share'))) : null,
      ),
    );
    void shell;
  });
}

