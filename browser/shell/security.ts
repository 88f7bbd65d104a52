// Security: the payment PIN, the limit for a day, where the person is signed in.

import { ask, sure } from './dialogs';
import { el, fill } from './dom';
import { heading } from './home';
import { icon, type IconName } from './icons';
import { showToast } from './layer';
import { canPasskey, listPasskeys, makePasskey, removePasskey, type Passkey } from './passkey';
import { askPin, choosePin, typePin } from './pinsheet';
import { endSessions, listSessions, readInbox, readPin, readPurse, sendPinCode, setLimit, setPin, signOut, type PinState, type Purse, type SignedIn } from './purse';
import { typedYuan, why } from './refusal';
import { go } from './route';
import { readSession } from './host';
import type { Shell } from './shell';
import { day, say } from './strings';
import { backHead } from './wallet';

export function drawSecurity(shell: Shell): HTMLElement {
  const pin = el('section', { class: 'block' });
  const limit = el('section', { class: 'block' });
  const keys = el('section', { class: 'block' });
  const sessions = el('section', { class: 'block' });
  const load = (): void => {
    readPin().then((state) => fill(pin, pinRows(shell, state, load)), failed(pin));
    readPurse().then((purse) => fill(limit, limitRow(shell, purse, load)), failed(limit));
    listPasskeys().then(({ passkeys }) => fill(keys, keyRows(shell, passkeys, load)), failed(keys));
    listSessions().then(({ sessions: list }) => fill(sessions, sessionRows(shell, list, load)), failed(sessions));
  };
  load();
  const leave = async (): Promise<void> => {
    if (!(await sure(shell.over, say('signOutSure')))) return;
    await signOut().catch(() => undefined);
    for (const running of [...shell.running.values()]) running.close();
    go('#/signin');
  };
  return el('div', { class: 'page' }, backHead(say('security')), pin, limit, keys, sessions, el('section', { class: 'block' }, el('button', { class: 'row danger', onclick: () => void leave() }, el('span', { class: 'row-text' }, el('strong', null, say('signOut'))))));
}

function failed(section: HTMLElement): (problem: unknown) => void {
  return (problem) => fill(section, el('p', { class: 'empty' }, why(problem)));
}

function row(name: IconName, title: string, words: string, tapped: () => void): HTMLElement {
  return el('button', { class: 'row', onclick: tapped }, el('span', { class: 'row-icon' }, icon(name, 22)), el('span', { class: 'row-text' }, el('strong', null, title), el('small', null, words)), icon('next', 18));
}

function pinRows(shell: Shell, state: PinState, changed: () => void): (HTMLElement | null)[] {
  const set = async (): Promise<void> => after(await choosePin(shell, say('pinSet'), (pin) => setPin(pin, {})));
  const change = async (): Promise<void> => {
    const old = await typePin(shell, say('pinChange'), say('pinOld'), async () => '');
    if (old !== null) after(await choosePin(shell, say('pinChange'), (pin) => setPin(pin, { old })));
  };
  const forgot = async (): Promise<void> => {
    try {
      await sendPinCode();
    } catch (problem) {
      return showToast(shell.over, why(problem), 'exception');
    }
    const code = await askCode(shell, state.phone ?? '');
    if (code) after(await choosePin(shell, say('pinSet'), (pin) => setPin(pin, { code })));
  };
  const after = (done: boolean): void => {
    if (done) showToast(shell.over, say('pinDone'), 'success');
    void readSession().then((session) => (shell.session = session));
    changed();
  };
  if (!state.set) return [row('shield', say('pin'), say('pinNotSet'), () => void set())];
  const locked = state.lockedUntil ? say('pinLocked', day(state.lockedUntil)) : state.triesLeft < 5 ? say('pinTries', state.triesLeft) : say('pinIsSet');
  return [
    row('shield', say('pinChange'), locked, () => void change()),
    state.lockedUntil ? el('p', { class: 'note warn' }, say('pinLockedWhy')) : null,
    row('phone', say('pinForgot'), state.phone ?? '', () => void forgot()),
  ];
}

async function askCode(shell: Shell, phone: string): Promise<string> {
  const said = await ask(shell.over, {
    title: say('pinCode', phone),
    content: shell.session.demo ? await lastMessage(shell.session.person.phone ?? '') : '',
    field: { placeholder: say('signInCode'), value: '' },
    buttons: [{ text: say('cancel'), value: 'no' }, { text: say('confirm'), value: 'yes', strong: true }],
    escape: 'no',
  });
  return said.value === 'yes' ? said.text.trim() : '';
}

/** lastMessage is what a demo's simulated network delivered last. */
async function lastMessage(phone: string): Promise<string> {
  const inbox = await readInbox(phone).catch(() => ({ messages: [] }));
  return `${say('inbox')}: ${inbox.messages[0]?.text ?? ''}`;
}

function limitRow(shell: Shell, { limit }: Purse, changed: () => void): HTMLElement[] {
  const change = async (): Promise<void> => {
    const said = await ask(shell.over, {
      title: say('dayLimit'),
      content: say('dayLimitNew', limit.most),
      field: { placeholder: limit.day, value: '' },
      buttons: [{ text: say('cancel'), value: 'no' }, { text: say('confirm'), value: 'yes', strong: true }],
      escape: 'no',
    });
    if (said.value !== 'yes' || !said.text.trim()) return;
    const amount = typedYuan(said.text);
    if (await askPin(shell, { title: say('dayLimit'), amount }, { deed: 'limit', amount }, (proof) => setLimit(amount, proof))) showToast(shell.over, say('dayLimitDone', amount), 'success');
    changed();
  };
  const share = Math.min(100, Number(limit.day) > 0 ? (Number(limit.today) / Number(limit.day)) * 100 : 100);
  return [row('flag', say('dayLimit'), say('dayLimitUsed', limit.today, limit.day), () => void change()), el('div', { class: 'meter', 'aria-hidden': 'true' }, el('i', { style: `width:${share}%` }))];
}

function keyRows(shell: Shell, list: Passkey[], changed: () => void): (HTMLElement | null)[] {
  const remove = (id: string) => () => void removePasskey(id).then(changed, (problem: unknown) => showToast(shell.over, why(problem), 'exception'));
  const add = async (): Promise<void> => {
    const pin = await typePin(shell, say('passkeyAdd'), say('cashierPin'), (typed) => makePasskey(typed).then(() => '', why));
    if (pin !== null) showToast(shell.over, say('passkeyDone'), 'success');
    changed();
  };
  const rows = list.map((k) =>
    el(
      'div',
      { class: 'row plain' },
      el('span', { class: 'row-icon' }, icon('shield', 22)),
      el('span', { class: 'row-text' }, el('strong', null, deviceName(k.name)), el('small', null, k.usedAt ? say('passkeyUsed', day(k.usedAt)) : say('passkeyNever'))),
      el('button', { class: 'link', onclick: remove(k.id) }, say('passkeyRemove')),
    ),
  );
  return [heading(say('passkeys')), el('p', { class: 'note' }, say(canPasskey() ? 'passkeyWhy' : 'passkeyNot')), ...rows, canPasskey() ? el('button', { class: 'link more add-passkey', onclick: () => void add() }, say('passkeyAdd')) : null];
}

function sessionRows(shell: Shell, list: SignedIn[], changed: () => void): (HTMLElement | null)[] {
  const end = (id: string) => () => void endSessions(id).then(changed, (problem: unknown) => showToast(shell.over, why(problem), 'exception'));
  const rows = list.map((s) =>
    el(
      'div',
      { class: 'row plain' },
      el('span', { class: 'row-icon' }, icon('phone', 22)),
      el('span', { class: 'row-text' }, el('strong', null, deviceName(s.agent)), el('small', null, say('sessionSince', day(s.madeAt)))),
      s.current ? el('span', { class: 'pill' }, say('sessionThis')) : el('button', { class: 'link', onclick: end(s.id) }, say('sessionEnd')),
    ),
  );
  return [heading(say('sessions')), ...rows, list.length > 1 ? el('button', { class: 'link more', onclick: end('') }, say('sessionOthers')) : null];
}

/** deviceName reads browser and system out of what the browser calls itself. */
function deviceName(agent: string): string {
  const find = (names: [RegExp, string][]): string => names.find(([pattern]) => pattern.test(agent))?.[1] ?? '';
  const browser = find([[/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari']]);
  const system = find([[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux']]);
  return [browser, system].filter(Boolean).join(' · ') || agent.slice(0, 40) || '—';
}
