// Pages of the super-app that a program opens over itself: the card pack, and those of Alipay's own pages that are here. A step back returns to
// the program. Whether the person holds a card that a program names is told on the page, not to the program.

import { badArgument, fail, notAllowed, notSupported, type Call, type Handler, type Handlers } from '../broker';
import { scanHere } from '../home';
import { go } from '../route';
import { text } from './dialog';
import { visitProgram } from './share';

/** opens goes to an address of the shell, for the program that the person looks at. */
function opens({ shell, running }: Call, hash: string): Record<string, unknown> {
  if (shell.front !== running) fail(notAllowed, 'only the program in front opens a page over itself');
  go(hash);
  return {};
}

/** need reads an option that must be there. */
function need({ api, opts }: Call, name: string): string {
  const value = text(opts[name], 64);
  if (!value) fail(badArgument, `${api} needs ${name}`);
  return encodeURIComponent(value);
}

const list = (kind: string): Handler => (call) => opens(call, `#/cards?kind=${kind}`);
const listOf = (kind: string): Handler => (call) => opens(call, `#/cards?kind=${kind}&merchant=${need(call, 'partnerId')}`);

/** detail takes a passId, or the merchant and its own number. */
const detail: Handler = (call) => {
  if (call.opts.passId === undefined && call.opts.partnerId !== undefined) return opens(call, `#/pass?merchant=${need(call, 'partnerId')}&serial=${need(call, 'serialNumber')}`);
  return opens(call, `#/pass/${need(call, 'passId')}`);
};

/** Alipay's own pages that are here, by the id that its addresses name them with; what a program opens most stands on the right of each. */
const ownPages: Record<string, string> = {
  '20000003': '#/bills', // bills
  '20000019': '#/wallet', // balance
  '20000021': '#/cards', // card pack
  '20000052': '#/security', // security settings
  '20000056': '#/paycode', // payment code
  '20000116': '#/transfer', // transfer
  '20000123': '#/collect', // code to be paid by
};
const scanner = '10000007';
const appCodes: Record<string, string> = { payCode: '20000056', alipayScan: scanner };
const programId = /^20\d{14}$/;

/** openOwn opens what an id of Alipay's names, with the parameters that stood beside it. */
async function openOwn(call: Call, id: string, params: URLSearchParams): Promise<unknown> {
  if (call.shell.front !== call.running) fail(notAllowed, 'only the program in front opens a page over itself');
  const page = Object.hasOwn(ownPages, id) ? ownPages[id] : undefined;
  if (id === scanner) void scanHere(call.shell);
  else if (id === '20000021' && params.get('p')) go(`#/pass/${encodeURIComponent((params.get('p') ?? '').slice(0, 64))}`);
  else if (page) go(page);
  else if (programId.test(id)) await visitProgram(call, id, params.get('page') ?? '', params.get('query') ?? '');
  else fail(notSupported, `${call.api}: the page ${id || 'without an id'} of Alipay is not here`);
  return { success: true };
}

const addressMax = 4_096;

/** schemeOf unwraps an address: written with its percent signs, or inside a page that only leads on (…?scheme=alipays%3A…). */
function schemeOf(given: unknown): URL | null {
  let address = text(given, addressMax).trim();
  for (let i = 0; i < 3 && /^[a-z]+%3A/i.test(address); i++) address = decoded(address);
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const inner = url.protocol === 'https:' ? url.searchParams.get('scheme') : null;
  return inner && URL.canParse(inner) ? new URL(inner) : url;
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return '';
  }
}

const notListed = 60_002;

/** openAddress opens alipays://platformapi/startapp?appId=…. Other addresses lead out of here and are refused. */
async function openAddress(call: Call, given: unknown, name: string): Promise<unknown> {
  const url = schemeOf(given);
  if (!url) fail(badArgument, `${call.api} needs ${name}, an address that begins with alipays://`);
  if (!/^alipay(s|qr)?:$/.test(url.protocol) || !/platformapi\/startapp/i.test(url.href)) fail(notListed, `${call.api}: ${url.protocol}//${url.host} leads out of here`);
  return openOwn(call, url.searchParams.get('appId') ?? url.searchParams.get('saId') ?? '', url.searchParams);
}

async function openCode(call: Call): Promise<unknown> {
  const code = text(call.opts.appCode, 64);
  const params = typeof call.opts.appParams === 'object' && call.opts.appParams !== null ? call.opts.appParams : {};
  const words = Object.entries(params).slice(0, 32).map(([k, v]): [string, string] => [k, text(v, 1_024)]);
  return openOwn(call, (Object.hasOwn(appCodes, code) && appCodes[code]) || code, new URLSearchParams(words));
}

export const pageCalls: Handlers = {
  openCardList: list('card'),
  openVoucherList: list('voucher'),
  openTicketList: list('ticket'),
  openMerchantCardList: listOf('card'),
  openMerchantVoucherList: listOf('voucher'),
  openMerchantTicketList: listOf('ticket'),
  openCardDetail: detail,
  openVoucherDetail: detail,
  openKBVoucherDetail: detail,
  openTicketDetail: detail,
  navigateToAlipayPage: (call) => (call.opts.appCode ? openCode(call) : openAddress(call, call.opts.path, 'path or appCode')),
  openURL: (call) => openAddress(call, call.opts.url, 'url'),
  openAlipayApp: (call) => (call.opts.appCode ? openCode(call) : fail(badArgument, 'openAlipayApp needs appCode')),
};
