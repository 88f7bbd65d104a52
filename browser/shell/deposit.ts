// Agreeing to a deposit that a program asks for with my.tradePay and a signed order string: what is reserved and for whom, and the proof.

import type { Paid } from './cashier';
import { askPin } from './pinsheet';
import { agree, readAuthorisation } from './purse';
import type { Shell } from './shell';
import { language, say } from './strings';

/** openDeposit answers 9000 once it is reserved, and 6001 when the person leaves. What cannot be agreed to (any more) is refused. */
export async function openDeposit(shell: Shell, authNO: string): Promise<Paid> {
  const asked = await readAuthorisation(authNO);
  if (asked.status === 'AUTHORIZED') return { resultCode: '9000', memo: '', result: '' };
  if (asked.status !== 'INIT') return { resultCode: '4000', memo: say('authoriseOver'), result: '' };
  const payee = (language() === 'zh-Hans' && asked.merchantZh) || asked.merchant;
  const done = await askPin(shell, { title: say('authorise'), amount: asked.amount, who: `${payee} · ${asked.title}`, why: say('authoriseWhy') }, { deed: 'agree', authNO }, (proof) => agree(authNO, proof));
  return { resultCode: done ? '9000' : '6001', memo: '', result: '' };
}
