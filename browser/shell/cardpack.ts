// The card pack: the cards, vouchers and tickets that the person holds, by kind and by merchant. What was used or has expired is folded away.

import { el, fill, onTap } from './dom';
import { programIcon } from './home';
import { icon } from './icons';
import { listPasses, type Held, type Pass, type PassSearch } from './purse';
import { why } from './refusal';
import { go } from './route';
import { isDarkColour } from './running';
import { language, say, type Word } from './strings';
import { backHead } from './wallet';

const dayMs = 86_400_000;
/** A pass that ends within so many days says how many are left. */
const soonDays = 7;

const kinds: [string, Word][] = [['', 'packAll'], ['card', 'packCards'], ['voucher', 'packVouchers'], ['ticket', 'packTickets']];

/** drawCards draws the pack; the address may name a kind and a merchant (?kind=voucher&merchant=northpier). */
export function drawCards(params: URLSearchParams): HTMLElement {
  const asked = params.get('kind') ?? '';
  const search: PassSearch = { kind: kinds.some(([kind]) => kind === asked) ? asked : '', merchant: (params.get('merchant') ?? '').slice(0, 64), over: '' };
  const list = el('div', { class: 'passes', 'aria-live': 'polite' }, el('p', { class: 'empty' }, el('span', { class: 'spinner' })));
  const over = el('div', { class: 'passes over', hidden: true });
  const whose = el('div', { class: 'chips whose', role: 'radiogroup', 'aria-label': say('passMerchant'), hidden: true });
  const unfold = el('button', { class: 'pack-over', 'aria-expanded': 'false', onclick: () => showOver(over.hidden !== false) }, say('packOver'), icon('next', 16));
  const chips = el('div', { class: 'chips', role: 'radiogroup', 'aria-label': say('cardPack') });
  const showOver = (open: boolean): void => {
    over.hidden = !open;
    unfold.setAttribute('aria-expanded', String(open));
    if (open) void showPage(over, { ...search, over: '1' }, '', () => undefined);
  };
  const load = (): void => {
    drawChips(chips, kinds.map(([kind, word]) => [kind, say(word)]), search.kind, (kind) => ((search.kind = kind), load()));
    void showPage(list, search, '', (held) => drawMerchants(whose, held, search, load));
    showOver(false);
  };
  load();
  return el('div', { class: 'page' }, backHead(say('cardPack')), chips, whose, list, unfold, over);
}

function drawChips(row: HTMLElement, choices: [string, string][], chosen: string, choose: (value: string) => void): void {
  fill(row, choices.map(([value, words]) => el('button', { role: 'radio', 'aria-checked': String(value === chosen), onclick: () => choose(value) }, words)));
}

/** drawMerchants offers the merchants to choose from, where there is a choice. */
function drawMerchants(row: HTMLElement, { merchants }: Held, search: PassSearch, load: () => void): void {
  row.hidden = merchants.length < 2 && !search.merchant;
  drawChips(row, [['', say('packAnyone')], ...merchants.map((m): [string, string] => [m.id, inLanguage(m.name, m.nameZh)])], search.merchant, (id) => ((search.merchant = id), load()));
}

const asked = new WeakMap<HTMLElement, number>();

/** showPage puts a page of passes into the list, behind what is there when before says so. An answer that a newer question overtook is dropped. */
async function showPage(list: HTMLElement, search: PassSearch, before: string, told: (held: Held) => void): Promise<void> {
  const mine = (asked.get(list) ?? 0) + 1;
  asked.set(list, mine);
  try {
    const held = await listPasses(search, before);
    if (asked.get(list) !== mine) return;
    told(held);
    list.querySelector('.more')?.remove();
    if (!before) fill(list, held.passes.length ? null : nothing(search));
    list.append(...held.passes.map(passTile));
    if (held.next) list.append(el('button', { class: 'link more', onclick: () => void showPage(list, search, held.next, told) }, say('loadMore')));
  } catch (problem) {
    if (asked.get(list) === mine) fill(list, el('p', { class: 'empty' }, why(problem)));
  }
}

function nothing(search: PassSearch): HTMLElement {
  if (search.over) return el('p', { class: 'empty' }, say('packOverNone'));
  return el('div', { class: 'empty pack-none' }, el('strong', null, say('packNone')), el('p', null, say('packNoneWhy')));
}

/** inLanguage picks the words in the language in use. */
export function inLanguage(words: string, wordsZh?: string): string {
  return (language() === 'zh-Hans' && wordsZh) || words;
}

/** passColours is the style of a pass in its own colour, with ink that reads on it. */
export function passColours(pass: Pass): string {
  return pass.colour ? `--pass:${pass.colour};--pass-ink:${isDarkColour(pass.colour) ? '#fff' : '#1d1b18'}` : '';
}

/** merchantSign is the program's picture, or the merchant's first letter. */
export function merchantSign(pass: Pass, size: number): HTMLElement {
  return programIcon({ appId: pass.appId ?? pass.merchantId, name: pass.merchant, ...(pass.merchantZh ? { nameZh: pass.merchantZh } : {}), ...(pass.icon ? { icon: pass.icon } : {}) }, size);
}

export function passTile(pass: Pass): HTMLElement {
  const over = pass.state !== 'usable';
  const tile = el(
    'button',
    { class: `pass ${pass.kind}${over ? ' done' : ''}`, style: passColours(pass), 'data-pass': pass.number },
    el('span', { class: 'pass-head' }, merchantSign(pass, 26), el('span', { class: 'pass-who' }, inLanguage(pass.merchant, pass.merchantZh)), el('span', { class: 'pass-kind' }, over ? stateWords(pass) : say(kindWords[pass.kind]))),
    el(
      'span',
      { class: 'pass-body' },
      el('span', { class: 'pass-text' }, el('strong', null, inLanguage(pass.title, pass.titleZh)), pass.line ? el('small', null, inLanguage(pass.line, pass.lineZh)) : null),
      pass.amount ? el('span', { class: 'pass-amount' }, el('small', null, '¥'), shortYuan(pass.amount)) : null,
    ),
    el('span', { class: 'pass-foot' }, el('span', null, over ? '' : validity(pass)), over ? null : urgency(pass)),
  );
  onTap(tile, () => go(`#/pass/${encodeURIComponent(pass.id)}`));
  return tile;
}

export const kindWords: Record<Pass['kind'], Word> = { card: 'passCard', voucher: 'passVoucher', ticket: 'passTicket' };
const stateNames: Record<Exclude<Pass['state'], 'usable'>, Word> = { used: 'passUsed', expired: 'passExpired', void: 'passVoid' };

/** stateWords says what became of a pass, with the day. */
export function stateWords(pass: Pass): string {
  if (pass.state === 'usable') return say(kindWords[pass.kind]);
  const at = pass.state === 'expired' ? pass.validUntil : pass.endedAt;
  return at ? say('passEnded', say(stateNames[pass.state]), dateOf(at)) : say(stateNames[pass.state]);
}

/** validity says when a pass may be used. */
export function validity(pass: Pass): string {
  if (pass.validFrom) return say('passFrom', dateOf(pass.validFrom));
  return pass.validUntil ? say('passUntil', dateOf(pass.validUntil)) : say('passAlways');
}

function urgency(pass: Pass): HTMLElement | null {
  const left = pass.validUntil ? Math.floor((pass.validUntil - Date.now()) / dayMs) : soonDays + 1;
  if (left > soonDays || pass.validFrom) return null;
  return el('span', { class: 'pass-soon' }, left < 1 ? say('passLastDay') : say('passDays', left));
}

/** shortYuan leaves out fen where there are none: 5, 12.50. */
export function shortYuan(amount: string): string {
  return amount.replace(/\.00$/, '');
}

function dateOf(ms: number): string {
  return new Date(ms).toLocaleDateString(language(), { year: 'numeric', month: 'short', day: 'numeric' });
}
