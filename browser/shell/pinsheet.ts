// Asking for the PIN before money leaves, and choosing a new one. A wrong PIN may be tried again in place; a locked or missing
// one leads on to setting it.

import { el, fill, type Child } from './dom';
import { money } from './home';
import { icon } from './icons';
import { openLayer } from './layer';
import { canPasskey, listPasskeys, provePasskey } from './passkey';
import { makePinPad } from './pinpad';
import type { Deed, Proof } from './purse';
import { codeOf, why } from './refusal';
import { go } from './route';
import type { Shell } from './shell';
import { say } from './strings';

export interface Spending {
  title: string;
  /** yuan; none when no money moves */
  amount?: string;
  /** who gets it, or what happens */
  who?: string;
  /** what should be known before saying yes */
  why?: string;
}

const leadOn = new Set(['PIN_LOCKED', 'PIN_MISSING']);

/** askPin shows what will happen and runs act with the proof, which a passkey gives for this deed alone; it answers what act answered, or null when the person left or was refused. */
export function askPin<T>(shell: Shell, spending: Spending, deed: Deed, act: (proof: Proof) => Promise<T>): Promise<T | null> {
  return new Promise((answer) => {
    let busy = false;
    const done = (result: T | null): void => {
      layer.close();
      answer(result);
    };
    const problem = el('p', { class: 'problem', role: 'alert' });
    const pad = makePinPad((pin) => void run(pin), false);
    const run = async (pin: string): Promise<void> => prove(async () => ({ pin }));
    const prove = async (proof: () => Promise<Proof>): Promise<void> => {
      busy = true;
      pad.lock(true);
      fill(problem, el('span', { class: 'spinner small' }));
      try {
        done(await act(await proof()));
      } catch (refused) {
        busy = false;
        const code = codeOf(refused);
        fill(problem, why(refused), leadOn.has(code) ? link() : null);
        pad.clear();
        pad.lock(leadOn.has(code));
        pad.keys.focus({ preventScroll: true });
      }
    };
    const leave = (): void => {
      if (!busy) done(null);
    };
    const link = (): HTMLElement => el('button', { class: 'link', onclick: () => (done(null), go('#/security')) }, say('security'));
    const hint = shell.session.pinHint;
    const layer = openLayer(shell.over, 'sheet', spending.title, pinBody(spending, leave, el('p', { class: 'cashier-ask' }, say('cashierPin'), hint ? el('small', null, ` · ${say('pinHint', hint)}`) : null), pad.dots, problem, byPasskey(() => void prove(async () => ({ passkey: await provePasskey(deed) }))), pad.keys), leave);
    pad.keys.focus({ preventScroll: true });
  });
}

/** byPasskey is the other way to prove, for whoever has a passkey. */
export function byPasskey(prove: () => void): HTMLElement {
  const button = el('button', { class: 'link by-passkey', hidden: true, onclick: prove }, icon('shield', 18), ' ', say('passkeyUse'));
  if (canPasskey()) listPasskeys().then(({ passkeys }) => (button.hidden = passkeys.length === 0), () => undefined);
  return button;
}

function pinBody(spending: Spending, leave: () => void, ...rest: Child[]): HTMLElement {
  return el(
    'div',
    { class: 'pin-sheet' },
    el('div', { class: 'sheet-head' }, el('h2', null, spending.title), el('button', { class: 'sheet-close', 'aria-label': say('close'), onclick: leave }, icon('close', 20))),
    spending.who ? el('p', { class: 'cashier-who' }, spending.who) : null,
    spending.amount ? el('output', { class: 'sum cashier-sum' }, money(spending.amount)) : null,
    spending.why ? el('p', { class: 'note pin-why' }, spending.why) : null,
    rest,
  );
}

/** typePin asks for six digits once; null when the person left. check may refuse them with words, and asks again. */
export function typePin(shell: Shell, title: string, question: string, check: (pin: string) => Promise<string>): Promise<string | null> {
  return new Promise((answer) => {
    const done = (pin: string | null): void => {
      layer.close();
      answer(pin);
    };
    const problem = el('p', { class: 'problem', role: 'alert' });
    const pad = makePinPad((pin) => void take(pin), false);
    const take = async (pin: string): Promise<void> => {
      pad.lock(true);
      const refusal = await check(pin);
      if (refusal === '') return done(pin);
      fill(problem, refusal);
      pad.clear();
      pad.lock(false);
    };
    const layer = openLayer(shell.over, 'sheet', title, pinBody({ title }, () => done(null), el('p', { class: 'cashier-ask' }, question), pad.dots, problem, pad.keys), () => done(null));
    pad.keys.focus({ preventScroll: true });
  });
}

/** choosePin asks for a new PIN twice and hands it to set; true when it is set. */
export async function choosePin(shell: Shell, title: string, set: (pin: string) => Promise<unknown>): Promise<boolean> {
  for (let question = say('pinNew'); ; question = say('pinDiffer')) {
    const first = await typePin(shell, title, question, async () => '');
    if (first === null) return false;
    let differs = false;
    const again = await typePin(shell, title, say('pinAgain'), async (pin) => {
      differs = pin !== first;
      return differs ? '' : set(pin).then(() => '', why);
    });
    if (again === null) return false;
    if (!differs) return true;
  }
}
