// What the wallet asks of the server: withdrawing, transferring, payment codes, collecting, PIN, sessions. gateway/host is
// the other side. Money is yuan as text with two decimals.

import { call, Refused, type Bill, type Person, type Session } from './host';

export interface Limit {
  day: string;
  today: string;
  most: string;
}

export interface Purse {
  balance: string;
  available: string;
  limit: Limit;
}

/** How a person proves that it is they who spend. */
export interface Proof {
  pin?: string;
  /** the device's answer, see passkey.ts */
  passkey?: unknown;
}

/** Deed is what exactly is spent: its name, and what its address takes. A passkey's answer allows this deed alone. */
export type Deed = ({ deed: 'transfer' } & Sending) | { deed: 'withdraw'; amount: string; key: string } | { deed: 'limit'; amount: string } | { deed: 'agree'; authNO: string };

/** Sending is a transfer to a phone number, or to the collecting code that was scanned. */
export interface Sending {
  phone?: string;
  collect?: string;
  amount: string;
  note: string;
  key: string;
}

export const readPurse = () => call('GET', '/host/v1/wallet') as Promise<Purse>;
export const withdraw = (amount: string, key: string, proof: Proof) => call('POST', '/host/v1/wallet/withdraw', { amount, key, ...proof }) as Promise<Purse>;
export const setLimit = (amount: string, proof: Proof) => call('POST', '/host/v1/wallet/limit', { amount, ...proof }) as Promise<Purse>;
export const findPayee = (phone: string) => call('POST', '/host/v1/wallet/payee', { phone }) as Promise<Person>;

export const transfer = (sending: Sending, proof: Proof) => call('POST', '/host/v1/wallet/transfer', { ...sending, ...proof }) as Promise<Purse>;

export interface BillSearch {
  q: string;
  kind: string;
  from: string;
  to: string;
}

function searchOf(search: BillSearch, more: Record<string, string>): string {
  return new URLSearchParams({ ...search, ...more }).toString();
}

export const searchBills = (search: BillSearch, before: string) => call('GET', `/host/v1/bills?${searchOf(search, { before })}`) as Promise<{ bills: Bill[]; next?: string }>;

/** exportBills answers the bills as a table for spreadsheets. */
export async function exportBills(search: BillSearch, language: string): Promise<Blob> {
  const response = await fetch(`/host/v1/bills.csv?${searchOf(search, { lang: language })}`, { credentials: 'same-origin', headers: { 'X-Souk': '1' } }).catch(() => {
    throw new Refused(0, 'OFFLINE', '');
  });
  if (response.ok) return response.blob();
  const said = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  throw new Refused(response.status, said.code ?? '', said.message ?? `the server answered ${response.status}`);
}

export interface PayCode {
  code: string;
  /** modules of the barcode and rows of modules of the QR code, 1 is dark */
  bars: string;
  qr: string[];
  /** ms */
  livesFor: number;
}

export interface PayCodeUse {
  state: 'open' | 'paid' | 'asks' | 'closed';
  tradeNO?: string;
  appId?: string;
  amount?: string;
  merchant?: string;
  merchantZh?: string;
}

export const newPayCode = () => call('POST', '/host/v1/paycode', {}) as Promise<PayCode>;
export const readPayCode = (code: string) => call('GET', `/host/v1/paycode/${code}`) as Promise<PayCodeUse>;

export interface Collect {
  id: string;
  /** none: the payer says how much */
  amount?: string;
  note?: string;
  payee: Person;
  mine: boolean;
  url?: string;
  qr?: string[];
  received?: { from: string; fromZh?: string; amount: string; at: number }[];
}

export const newCollect = (amount: string, note: string) => call('POST', '/host/v1/collect', { amount, note, origin: location.origin }) as Promise<Collect>;
export const readCollect = (id: string) => call('GET', `/host/v1/collect/${encodeURIComponent(id)}`) as Promise<Collect>;

export interface PinState {
  set: boolean;
  triesLeft: number;
  lockedUntil?: number;
  phone?: string;
}

export const readPin = () => call('GET', '/host/v1/pin') as Promise<PinState>;
export const setPin = (pin: string, proof: { old?: string; code?: string }) => call('POST', '/host/v1/pin', { pin, ...proof });
export const sendPinCode = () => call('POST', '/host/v1/pin/code', {});

export interface SignedIn {
  id: string;
  agent: string;
  madeAt: number;
  current: boolean;
}

export const listSessions = () => call('GET', '/host/v1/sessions') as Promise<{ sessions: SignedIn[] }>;
export const endSessions = (id: string) => call('POST', '/host/v1/sessions/end', { id });
export const signOut = () => call('POST', '/host/v1/signout', {});
export const sendSignInCode = (phone: string) => call('POST', '/host/v1/signin/code', { phone }) as Promise<{ phone: string }>;
export const signIn = (phone: string, code: string) => call('POST', '/host/v1/signin', { phone, code }) as Promise<Session & { fresh?: boolean }>;
export const rename = (name: string, nameZh: string) => call('POST', '/host/v1/me', { name, nameZh });
export const readInbox = (phone: string) => call('GET', `/host/v1/inbox?phone=${encodeURIComponent(phone)}`) as Promise<{ messages: { text: string; at: number }[] }>;

export const readDue = (tradeNO: string) => call('GET', `/host/v1/due?tradeNO=${encodeURIComponent(tradeNO)}`) as Promise<{ appId: string; paid: boolean; amount: string; subject: string }>;

export interface Authorisation {
  authNO: string;
  status: 'INIT' | 'AUTHORIZED' | 'FINISH' | 'CLOSED';
  amount: string;
  available: string;
  title: string;
  merchant: string;
  merchantZh?: string;
}

export const readAuthorisation = (no: string) => call('GET', `/host/v1/authorisations/${encodeURIComponent(no)}`) as Promise<Authorisation>;
export const agree = (authNO: string, proof: Proof) => call('POST', '/host/v1/authorisations', { authNO, ...proof }) as Promise<Authorisation>;

export interface Deposit {
  authNO: string;
  status: 'AUTHORIZED' | 'FINISH';
  amount: string;
  /** still reserved */
  rest: string;
  paid: string;
  title: string;
  merchant: string;
  merchantZh?: string;
  at: number;
}

/** Signed is a standing consent to pay. */
export interface Signed {
  no: string;
  status: 'NORMAL' | 'UNSIGN';
  subject: string;
  /** the most of one payment */
  single: string;
  paid: string;
  payments: number;
  nextOn?: string;
  merchant: string;
  merchantZh?: string;
  at: number;
}

export const listPromises = () => call('GET', '/host/v1/promises') as Promise<{ deposits: Deposit[]; agreements: Signed[] }>;
export const endAgreement = (no: string) => call('POST', '/host/v1/agreements/end', { no });

/** Ordered is an order as its merchant last told of it. */
export interface Ordered {
  id: string;
  number: string;
  /** its first item */
  title: string;
  items: number;
  amount?: string;
  status?: string;
  merchant: string;
  merchantZh?: string;
  at: number;
  /** the program whose page tells more; none where there is no such program here */
  appId?: string;
  page?: string;
  query?: string;
}

export const listOrders = () => call('GET', '/host/v1/orders') as Promise<{ orders: Ordered[] }>;

/** Pass is a card, voucher or ticket that the person holds. */
export interface Pass {
  id: string;
  kind: 'card' | 'voucher' | 'ticket';
  state: 'usable' | 'used' | 'expired' | 'void';
  /** the merchant's own number */
  number: string;
  title: string;
  titleZh?: string;
  line?: string;
  lineZh?: string;
  /** #rrggbb */
  colour?: string;
  /** yuan: a card's balance, a voucher's face value */
  amount?: string;
  facts?: { label: string; labelZh?: string; value: string; valueZh?: string }[];
  /** ms; validFrom is there while it is still to come */
  validFrom?: number;
  validUntil?: number;
  endedAt?: number;
  merchantId: string;
  merchant: string;
  merchantZh?: string;
  icon?: string;
  appId?: string;
  page?: string;
  query?: string;
  /** what is shown to be read, and its modules */
  code?: string;
  bars?: string;
  qr?: string[];
}

export interface Held {
  passes: Pass[];
  merchants: { id: string; name: string; nameZh?: string }[];
  /** where the next page begins; "" when there is none */
  next: string;
}

/** PassSearch: kind "" is every kind, merchant "" every merchant; over asks for those that can be used no more. */
export interface PassSearch {
  kind: string;
  merchant: string;
  over: '' | '1';
}

export const listPasses = (search: PassSearch, before: string) => call('GET', `/host/v1/passes?${new URLSearchParams({ ...search, before }).toString()}`) as Promise<Held>;
export const readPass = (id: string) => call('GET', `/host/v1/passes/${encodeURIComponent(id)}`) as Promise<Pass>;
export const removePass = (id: string) => call('POST', '/host/v1/passes/remove', { id });
export const findPass = (merchant: string, serial: string) => call('GET', `/host/v1/passes/find?${new URLSearchParams({ merchant, serial }).toString()}`) as Promise<Pass>;

/** Told is a message that a program sent to the person. */
export interface Told {
  id: string;
  title: string;
  titleZh?: string;
  lines: { name: string; nameZh?: string; value: string }[];
  program: string;
  programZh?: string;
  icon?: string;
  at: number;
  unread: boolean;
  appId?: string;
  page?: string;
  query?: string;
}

export const listMessages = (before: string) => call('GET', `/host/v1/messages?${new URLSearchParams({ before }).toString()}`) as Promise<{ messages: Told[]; next: string }>;
export const countUnread = () => call('GET', '/host/v1/messages/unread') as Promise<{ unread: number }>;
export const readMessages = (until: number) => call('POST', '/host/v1/messages/read', { until });

/** Subscription is an answer about a program's messages that still counts. */
export interface Subscription {
  appId: string;
  id: string;
  program: string;
  programZh?: string;
  title: string;
  titleZh?: string;
  accepted: boolean;
  lasting: boolean;
  kept: boolean;
  /** messages still allowed, of a template for once */
  sends: number;
}

export const listSubscriptions = () => call('GET', '/host/v1/subscriptions') as Promise<{ subscriptions: Subscription[] }>;
export const endSubscription = (appId: string, id: string) => call('POST', '/host/v1/subscriptions/end', { appId, id });

export interface ConsentAnswer {
  appId: string;
  program: string;
  programZh?: string;
  scope: string;
  granted: boolean;
  at: number;
}

export const listConsentLog = () => call('GET', '/host/v1/consents/log') as Promise<{ answers: ConsentAnswer[] }>;
