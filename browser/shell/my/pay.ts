// my.tradePay: the cashier. Several calls at once wait in line, so that two taps never show two cashiers.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { openCashier } from '../cashier';
import { openDeposit } from '../deposit';
import { my } from '../host';
import { queue, text } from './dialog';

/** tradePay takes tradeNO, or orderStr: a signed order string of the open API, which the server turns into a trade or a deposit to agree to. */
async function tradePay({ shell, running, opts }: Call): Promise<unknown> {
  const appId = running.program.appId;
  const tradeNO = text(opts.tradeNO ?? opts.tradeNo, 64);
  const orderStr = text(opts.orderStr, 16_000);
  if (!tradeNO && !orderStr) fail(badArgument, 'tradePay needs tradeNO or orderStr');
  return queue(running, async () => {
    const asked = tradeNO ? { tradeNO } : await orderOf(appId, orderStr);
    if (asked.authNO) return openDeposit(shell, asked.authNO);
    return openCashier(running.layers, appId, asked.tradeNO ?? fail(badArgument, 'the order string names no trade'), shell.session.pinHint);
  });
}

async function orderOf(appId: string, orderStr: string): Promise<{ tradeNO?: string; authNO?: string }> {
  return ((await my(appId, 'orderStr', { orderStr })) ?? {}) as { tradeNO?: string; authNO?: string };
}

export const payCalls: Handlers = { tradePay };
