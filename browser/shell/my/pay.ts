// my.tradePay: the cashier. Several calls at once wait in line, so that two taps never show two cashiers.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { openCashier } from '../cashier';
import { my } from '../host';
import { queue, text } from './dialog';

/** tradePay takes tradeNO, or orderStr: a signed order string of the open API, which the server turns into a trade. */
async function tradePay({ shell, running, opts }: Call): Promise<unknown> {
  const appId = running.program.appId;
  const tradeNO = text(opts.tradeNO ?? opts.tradeNo, 64);
  const orderStr = text(opts.orderStr, 16_000);
  if (!tradeNO && !orderStr) fail(badArgument, 'tradePay needs tradeNO or orderStr');
  return queue(running, async () => openCashier(running.layers, appId, tradeNO || (await tradeOf(appId, orderStr)), shell.session.pinHint));
}

async function tradeOf(appId: string, orderStr: string): Promise<string> {
  const trade = (await my(appId, 'orderStr', { orderStr })) as { tradeNO?: string } | null;
  return trade?.tradeNO ?? fail(badArgument, 'the order string names no trade');
}

export const payCalls: Handlers = { tradePay };
