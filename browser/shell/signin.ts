// Signing in with a phone number and the code that is sent to it. A demo shows the message that its simulated network delivered.

import { el, fill } from './dom';
import { mark } from './icons';
import { canPasskey, signInByPasskey } from './passkey';
import { readInbox, rename, sendSignInCode, signIn } from './purse';
import { why } from './refusal';
import { go, wantedKey } from './route';
import type { Shell } from './shell';
import { language, say } from './strings';

const againAfterSeconds = 60;

export function drawSignIn(shell: Shell): HTMLElement {
  const body = el('section', { class: 'block transfer' });
  const inbox = el('section', { class: 'inbox', hidden: true });
  fill(body, phoneForm(shell, body, inbox));
  return el('div', { class: 'page signin' }, el('div', { class: 'signin-head' }, el('span', { class: 'brand-mark' }, mark(56)), el('h1', null, 'Souk')), body, inbox);
}

function phoneForm(shell: Shell, body: HTMLElement, inbox: HTMLElement): HTMLElement {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const phone = el('input', { class: 'line-field', name: 'phone', type: 'tel', autocomplete: 'tel', placeholder: say('signInPhone'), 'aria-label': say('signInPhone'), maxlength: 24, autofocus: true });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await sendSignInCode(phone.value);
      fill(body, codeForm(shell, body, inbox, phone.value));
      await showInbox(inbox, phone.value);
    } catch (refused) {
      fill(problem, why(refused));
    }
  };
  const byPasskey = async (): Promise<void> => {
    try {
      shell.session = await signInByPasskey();
      for (const running of [...shell.running.values()]) running.close();
      enterHome(shell);
    } catch (refused) {
      fill(problem, why(refused));
    }
  };
  return el('form', { class: 'stack', onsubmit: (event: Event) => void send(event) }, el('h2', null, say('signInOther')), phone, problem, el('button', { class: 'wide', type: 'submit' }, say('signInSend')), el('p', { class: 'note' }, say('signInHow')), canPasskey() ? el('button', { class: 'soft by-passkey', type: 'button', onclick: () => void byPasskey() }, say('passkeyIn')) : null);
}

/** showInbox shows the simulated message; elsewhere than in a demo there is none to show. */
async function showInbox(inbox: HTMLElement, phone: string): Promise<void> {
  const { messages } = await readInbox(phone).catch(() => ({ messages: [] }));
  const newest = messages[0];
  inbox.hidden = !newest;
  if (newest) fill(inbox, el('strong', null, say('inbox')), el('p', null, newest.text), el('small', null, say('inboxWhy')));
}

function codeForm(shell: Shell, body: HTMLElement, inbox: HTMLElement, phone: string): HTMLElement {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const code = el('input', { class: 'line-field code', name: 'code', inputmode: 'numeric', autocomplete: 'one-time-code', placeholder: say('signInCode'), 'aria-label': say('signInCode'), maxlength: 6, autofocus: true });
  const enter = async (event?: Event): Promise<void> => {
    event?.preventDefault();
    try {
      const session = await signIn(phone, code.value.trim());
      shell.session = session;
      for (const running of [...shell.running.values()]) running.close();
      inbox.hidden = true;
      if (!session.fresh) return enterHome(shell);
      fill(body, nameForm(shell));
    } catch (refused) {
      fill(problem, why(refused));
      code.select();
    }
  };
  code.addEventListener('input', () => {
    if (/^\d{6}$/.test(code.value)) void enter();
  });
  const again = el('button', { class: 'link', type: 'button', disabled: true });
  again.addEventListener('click', () => fill(body, phoneForm(shell, body, inbox)));
  countDown(again, againAfterSeconds);
  return el('form', { class: 'stack', onsubmit: (event: Event) => void enter(event) }, el('h2', null, say('pinCode', phone)), code, problem, el('button', { class: 'wide', type: 'submit' }, say('signIn')), again);
}

function countDown(button: HTMLButtonElement, seconds: number): void {
  button.disabled = seconds > 0;
  fill(button, seconds > 0 ? say('signInAgain', seconds) : say('signInSend'));
  if (seconds > 0) setTimeout(() => (button.isConnected || seconds === againAfterSeconds) && countDown(button, seconds - 1), 1000);
}

function nameForm(shell: Shell): HTMLElement {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const name = el('input', { class: 'line-field', name: 'name', autocomplete: 'name', placeholder: say('name'), 'aria-label': say('name'), maxlength: 40, autofocus: true });
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const typed = name.value.trim();
    try {
      if (typed) {
        await rename(typed, language() === 'zh-Hans' ? typed : '');
        shell.session.person = { ...shell.session.person, name: typed, nameZh: '' };
      }
      enterHome(shell);
    } catch (refused) {
      fill(problem, why(refused));
    }
  };
  return el('form', { class: 'stack', onsubmit: (event: Event) => void save(event) }, el('h2', null, say('signInName')), name, problem, el('button', { class: 'wide', type: 'submit' }, say('done')));
}

function enterHome(shell: Shell): void {
  const wanted = sessionStorage.getItem(wantedKey) ?? '#/';
  sessionStorage.removeItem(wantedKey);
  go(wanted);
  shell.refresh();
}
