// The cashier: a bottom sheet of the shell, which no program can draw on or read. Amount, merchant, method, PIN pad,
// then the receipt. It answers with Alipay's resultCode.

import { el, fill, wait } from './dom';
import { my, Refused } from './host';
import { money } from './home';
import { icon } from './icons';
import { openLayer, type Layer } from './layer';
import { provePayment } from './passkey';
import { makePinPad, type PinPad } from './pinpad';
import { byPasskey } from './pinsheet';
import type { Proof } from './purse';
import { codeOf, why } from './refusal';
import { go } from './route';
import { drawShortfall, missingOf } from './shortfall';
import { sure } from './dialogs';
import { language, say } from './strings';

/** What POST /my/{appId}/cashier answers with. */
export interface Due {
  tradeNO: string;
  /** yuan with two decimals */
  amount: string;
  merchant: string;
  merchantZh?: string;
  subject: string;
  tenders: Tender[];
}

interface Tender {
  id: string;
  kind: string;
  name: string;
  available: string;
  enough: boolean;
}

/** resultCode: 9000 paid, 8000 processing, 4000 failed, 6001 closed by the person, 6002 no connection, 6004 unknown. */
export type ResultCode = '9000' | '8000' | '4000' | '6001' | '6002' | '6004';

export interface Paid {
  resultCode: ResultCode;
  memo?: string;
  result?: string;
}

interface Till {
  host: HTMLElement;
  appId: string;
  tradeNO: string;
  body: HTMLElement;
  pinHint: string;
  layer: Layer;
  finish(paid: Paid): void;
}

/** openCashier takes a trade through payment. receipt is called when the person wants to see the bill. */
export function openCashier(host: HTMLElement, appId: string, tradeNO: string, pinHint = ''): Promise<Paid> {
  return new Promise((answer) => {
    const body = el('div', { class: 'cashier', 'data-step': 'loading' });
    let busy = false;
    const finish = (paid: Paid): void => {
      if (busy) return;
      busy = true;
      till.layer.close();
      answer(paid);
    };
    const layer = openLayer(host, 'sheet', say('cashier'), body, () => void leave(till), () => end(till));
    const till: Till = { host, appId, tradeNO, body, pinHint, layer, finish };
    void begin(till);
  });
}

function step(till: Till, name: string, title: string, ...content: (Node | null)[]): void {
  till.body.dataset.step = name;
  const close = el('button', { class: 'sheet-close', 'aria-label': say('close'), onclick: () => void leave(till) }, icon('close', 20));
  fill(till.body, el('div', { class: 'sheet-head' }, el('h2', null, title), close), content);
}

/** The steps at which nothing is paid yet and something is asked of the person. */
const asks = new Set(['pin', 'short']);

/** leave is the person closing: before payment they are asked whether they mean it. */
async function leave(till: Till): Promise<void> {
  if (asks.has(till.body.dataset.step ?? '') && !(await sure(till.host, say('cashierLeave'), '', say('cashierGo'), say('cashierStay')))) return;
  end(till);
}

/** end closes the cashier as it stands: before payment it is 6001, afterwards it tells what happened; during payment it stays. */
function end(till: Till): void {
  const at = till.body.dataset.step;
  if (at === 'paying') return;
  if (at === 'done') return till.finish({ resultCode: '9000' });
  if (at === 'unknown') return till.finish({ resultCode: '6004', memo: say('cashierUnknown') });
  if (at === 'failed') return till.finish({ resultCode: '4000', memo: till.body.dataset.why ?? '' });
  if (at === 'offline') return till.finish({ resultCode: '6002', memo: say('cashierOffline') });
  till.finish({ resultCode: '6001', memo: '' });
}

async function begin(till: Till): Promise<void> {
  step(till, 'loading', say('cashier'), el('div', { class: 'cashier-wait' }, el('span', { class: 'spinner' })));
  try {
    drawDue(till, (await my(till.appId, 'cashier', { tradeNO: till.tradeNO })) as Due);
  } catch (problem) {
    refuse(till, problem);
  }
}

function refuse(till: Till, problem: unknown): void {
  const offline = problem instanceof Refused && problem.status === 0;
  const words = offline ? say('cashierOffline') : why(problem);
  till.body.dataset.why = words;
  const security = leadsToSecurity.has(codeOf(problem)) ? el('button', { class: 'link', onclick: () => (void leave(till), go('#/security')) }, say('security')) : null;
  const again = offline ? el('button', { class: 'wide', onclick: () => void begin(till) }, say('retry')) : el('button', { class: 'wide', onclick: () => void leave(till) }, say('close'));
  step(till, offline ? 'offline' : 'failed', say('cashierFailed'), outcome('warning', 'bad', say('cashierFailed'), words), el('div', { class: 'sheet-foot' }, security, again));
}

function outcome(sign: 'check' | 'warning' | 'clock', mood: string, title: string, words: string): HTMLElement {
  return el('div', { class: `outcome ${mood}`, role: 'alert' }, el('span', { class: 'outcome-sign' }, icon(sign, 40)), el('strong', null, title), words ? el('p', null, words) : null);
}

function payee(due: Due): string {
  return (language() === 'zh-Hans' && due.merchantZh) || due.merchant;
}

/** drawDue asks for the proof, or for a top-up when no tender is enough. */
function drawDue(till: Till, due: Due): void {
  const tender = due.tenders.find((t) => t.enough);
  if (tender) return drawPin(till, due, tender);
  const first = due.tenders[0];
  step(till, 'short', say('cashier'), ...dueFacts(due, first), ...drawShortfall(missingOf(due.amount, first?.available ?? '0.00'), () => void begin(till)));
  till.body.querySelector<HTMLElement>('[autofocus]')?.focus({ preventScroll: true });
}

function dueFacts(due: Due, tender: Tender | undefined): HTMLElement[] {
  return [
    el('p', { class: 'cashier-who' }, payee(due)),
    el('output', { class: 'sum cashier-sum' }, money(due.amount)),
    el(
      'dl',
      { class: 'facts' },
      el('div', null, el('dt', null, say('subject')), el('dd', null, due.subject)),
      el('div', null, el('dt', null, say('method')), el('dd', { class: 'tender' }, icon('wallet', 18), `${tender?.name || say('account')} · ¥${tender?.available ?? '0.00'}`)),
    ),
  ];
}

function drawPin(till: Till, due: Due, tender: Tender): void {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const pad = makePinPad((pin) => void pay(till, due, async () => ({ pin }), pad, problem), false);
  step(
    till,
    'pin',
    say('cashier'),
    ...dueFacts(due, tender),
    el('p', { class: 'cashier-ask' }, say('cashierPin'), till.pinHint ? el('small', null, ` · ${say('pinHint', till.pinHint)}`) : null),
    pad.dots,
    problem,
    byPasskey(() => void pay(till, due, async () => ({ passkey: await provePayment(till.appId, till.tradeNO) }), pad, problem)),
    pad.keys,
  );
  pad.keys.focus({ preventScroll: true });
}

/** Refusals of the proof, after which the person may try again in place. */
const tryAgain = new Set(['PIN_WRONG', 'PIN_INVALID', 'PASSKEY_WRONG', 'PASSKEY_NONE', 'PASSKEY_ORIGIN']);
const leadsToSecurity = new Set(['PIN_LOCKED', 'PIN_MISSING', 'BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR']);

/** prove asks for the proof; without one nothing is sent. It answers null when there is none. */
async function prove(till: Till, proof: () => Promise<Proof>, pad: PinPad, problem: HTMLElement): Promise<Proof | null> {
  till.body.dataset.step = 'paying';
  pad.lock(true);
  fill(problem, el('span', { class: 'spinner small' }), ' ', say('cashierPaying'));
  try {
    return await proof();
  } catch (refused) {
    askAgain(till, refused, pad, problem);
    return null;
  }
}

function askAgain(till: Till, refused: unknown, pad: PinPad, problem: HTMLElement): void {
  till.body.dataset.step = 'pin';
  fill(problem, why(refused));
  pad.clear();
  pad.lock(false);
  pad.keys.focus({ preventScroll: true });
}

async function pay(till: Till, due: Due, ask: () => Promise<Proof>, pad: PinPad, problem: HTMLElement): Promise<void> {
  if (till.body.dataset.step === 'paying') return;
  const proof = await prove(till, ask, pad, problem);
  if (!proof) return;
  try {
    const paid = (await my(till.appId, 'pay', { tradeNO: till.tradeNO, ...proof })) as { resultCode?: string };
    if (paid?.resultCode === '9000') return await celebrate(till, due);
    if (paid?.resultCode === '8000' || paid?.resultCode === '6004') return unknown(till);
    refuse(till, new Error(String((paid as { memo?: string } | null)?.memo ?? say('cashierFailed'))));
  } catch (thrown) {
    const refused = thrown instanceof Refused ? thrown : null;
    if (refused && refused.status === 0) return unknown(till);
    if (refused && refused.status >= 500) return unknown(till);
    if (refused?.code === 'BUYER_BALANCE_NOT_ENOUGH') return await spentMeanwhile(till, refused);
    if (refused && tryAgain.has(refused.code)) return askAgain(till, refused, pad, problem);
    refuse(till, thrown);
  }
}

/** spentMeanwhile: the wallet held enough when the cashier was opened, and does not now. What is missing is shown as if it had just been opened. */
async function spentMeanwhile(till: Till, refused: Refused): Promise<void> {
  const due = (await my(till.appId, 'cashier', { tradeNO: till.tradeNO }).catch(() => null)) as Due | null;
  if (due && !due.tenders.some((t) => t.enough)) return drawDue(till, due);
  refuse(till, refused);
}

/** unknown: the order to pay was sent and no answer came. Whether money moved is asked, a few times, before saying so. */
async function unknown(till: Till): Promise<void> {
  for (let i = 0; i < askTimes; i++) {
    await wait(askPauseMs);
    const trade = (await my(till.appId, 'trade', { tradeNO: till.tradeNO }).catch(() => null)) as { status?: string } | null;
    if (trade?.status === 'TRADE_SUCCESS' || trade?.status === 'TRADE_FINISHED') return till.finish({ resultCode: '9000' });
    if (trade?.status === 'WAIT_BUYER_PAY') return refuse(till, new Refused(0, 'OFFLINE', ''));
  }
  const close = el('button', { class: 'wide', onclick: () => void leave(till) }, say('close'));
  step(till, 'unknown', say('cashier'), outcome('clock', 'doubt', say('cashierUnknown'), say('cashierUnknownWhy')), el('div', { class: 'sheet-foot' }, close));
}

const askTimes = 3;
const askPauseMs = 600;

async function celebrate(till: Till, due: Due): Promise<void> {
  const done = el('button', { class: 'wide', autofocus: true, onclick: () => void leave(till) }, say('done'));
  step(
    till,
    'done',
    say('cashier'),
    outcome('check', 'good', say('cashierDone'), ''),
    el('output', { class: 'sum cashier-sum' }, money(due.amount)),
    el(
      'dl',
      { class: 'facts' },
      el('div', null, el('dt', null, say('merchant')), el('dd', null, payee(due))),
      el('div', null, el('dt', null, say('subject')), el('dd', null, due.subject)),
      el('div', null, el('dt', null, say('number')), el('dd', { class: 'number' }, due.tradeNO)),
    ),
    el('div', { class: 'sheet-foot' }, done),
  );
  done.focus({ preventScroll: true });
}
