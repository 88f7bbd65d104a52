// The row of what people come for: scan, pay, collect, transfer.

import { el } from './dom';
import { icon, type IconName } from './icons';
import { go } from './route';
import { say, type Word } from './strings';

/** quickActs is the row; scan is the page's own. */
export function quickActs(scan: () => void): HTMLElement {
  const acts: [IconName, Word, () => void][] = [
    ['camera', 'scan', scan],
    ['barcode', 'payCode', () => go('#/paycode')],
    ['qr', 'collect', () => go('#/collect')],
    ['send', 'transfer', () => go('#/transfer')],
  ];
  return el('nav', { class: 'quick-acts' }, acts.map(([name, word, act]) => el('button', { 'data-act': word, onclick: act }, icon(name, 26), el('span', null, say(word)))));
}
