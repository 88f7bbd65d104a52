// One card, voucher or ticket: its code for the merchant to read, and what stands on it.

import { inLanguage, kindWords, merchantSign, passColours, shortYuan, stateWords, validity } from './cardpack';
import { sure } from './dialogs';
import { el, fill } from './dom';
import { showToast } from './layer';
import { drawBars, drawQR } from './modules';
import { findPass, readPass, removePass, type Pass } from './purse';
import { why } from './refusal';
import type { Shell } from './shell';
import { say } from './strings';
import { backHead } from './wallet';

const packScene = '1401';

/** drawPass draws the pass of an id, or of a merchant's own number (?merchant=northpier&serial=…). */
export function drawPass(shell: Shell, id: string, params: URLSearchParams): HTMLElement {
  const body = el('div', { class: 'pass-page', 'aria-live': 'polite' }, el('p', { class: 'empty' }, el('span', { class: 'spinner' })));
  const page = el('div', { class: 'page' }, backHead(say('cardPack')), body);
  const found = id ? readPass(id) : findPass(params.get('merchant') ?? '', params.get('serial') ?? '');
  found.then(
    (pass) => {
      fill(body, passFace(pass), codeCard(pass), factList(pass), programButton(shell, pass), removeButton(shell, pass));
      fill(page, backHead(say(kindWords[pass.kind])), body);
    },
    (problem: unknown) => fill(body, el('p', { class: 'empty' }, why(problem))),
  );
  return page;
}

function passFace(pass: Pass): HTMLElement {
  const over = pass.state !== 'usable';
  return el(
    'section',
    { class: `pass-face ${pass.kind}${over ? ' done' : ''}`, style: passColours(pass) },
    el('span', { class: 'pass-head' }, merchantSign(pass, 30), el('span', { class: 'pass-who' }, inLanguage(pass.merchant, pass.merchantZh)), el('span', { class: 'pass-kind' }, stateWords(pass))),
    el('h2', null, inLanguage(pass.title, pass.titleZh)),
    pass.line ? el('p', null, inLanguage(pass.line, pass.lineZh)) : null,
    pass.amount ? el('span', { class: 'pass-amount' }, el('small', null, say(pass.kind === 'card' ? 'passBalance' : 'passWorth')), el('span', null, `¥${shortYuan(pass.amount)}`)) : null,
    over ? null : el('span', { class: 'pass-foot' }, validity(pass)),
  );
}

function codeCard(pass: Pass): HTMLElement | null {
  if (!pass.code || !pass.qr) return null;
  const spaced = /^\d+$/.test(pass.code) ? pass.code.replace(/(\d{4})(?=\d)/g, '$1 ') : pass.code;
  return el(
    'section',
    { class: 'block pass-code', 'data-code': pass.code },
    el('p', { class: 'code-how' }, say('passShow')),
    pass.bars ? el('div', { class: 'code-bars' }, drawBars(pass.bars, spaced)) : null,
    el('p', { class: 'code-digits' }, spaced),
    el('div', { class: 'code-qr' }, drawQR(pass.qr, spaced)),
  );
}

function factList(pass: Pass): HTMLElement {
  const lines: [string, string][] = [
    ...(pass.facts ?? []).map((fact): [string, string] => [inLanguage(fact.label, fact.labelZh), inLanguage(fact.value, fact.valueZh)]),
    [say('passMerchant'), inLanguage(pass.merchant, pass.merchantZh)],
    [say('passNumber'), pass.number],
  ];
  return el('section', { class: 'block' }, el('dl', { class: 'facts' }, lines.filter(([, value]) => value !== '').map(([label, value]) => el('div', null, el('dt', null, label), el('dd', null, value)))));
}

/** removeButton asks, and goes back to the pack. */
function removeButton(shell: Shell, pass: Pass): HTMLElement {
  const remove = async (): Promise<void> => {
    if (!(await sure(shell.over, say('passRemoveSure', inLanguage(pass.title, pass.titleZh)), say('passRemoveWhy'), say('passRemoveDo'), say('cancel')))) return;
    await removePass(pass.id).then(() => history.back(), (problem: unknown) => showToast(shell.over, why(problem), 'exception'));
  };
  return el('button', { class: 'link more pass-remove', onclick: () => void remove() }, say('passRemove'));
}

/** programButton leads to the program's page about it. */
function programButton(shell: Shell, pass: Pass): HTMLElement | null {
  const { appId } = pass;
  if (!appId) return null;
  return el('button', { class: 'wide pass-open', onclick: () => shell.open(appId, pass.page, pass.query, packScene) }, say('passOpen', inLanguage(pass.merchant, pass.merchantZh)));
}
