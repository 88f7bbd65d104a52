// Talking with the server: the super-app's own API (/host/v1) and the server half of my.* (/my/{appId}/{api}).
// What the server answers is typed here once; gateway/host and gateway/my are the other side.

import type { Failure } from '../wire/wire';
import type { OpenAnswer } from './ahead';

export interface Person {
  id: string;
  name: string;
  nameZh?: string;
  phone?: string;
}

/** Session is who is using the shell. In a demo the person can be changed at will. */
export interface Session {
  person: Person;
  people: Person[];
  demo: boolean;
  dev?: boolean;
  /** the PIN of every person of a demo */
  pinHint?: string;
}

export interface Program {
  appId: string;
  name: string;
  nameZh?: string;
  about?: string;
  aboutZh?: string;
  merchant?: string;
  merchantZh?: string;
  icon?: string;
  bundle: string;
  version: string;
}

export interface Wallet {
  /** yuan with two decimals */
  balance: string;
}

export type BillKind = 'payment' | 'refund' | 'topup' | 'withdraw' | 'transfer';
export type BillState = 'paid' | 'waiting' | 'closed' | 'refunded';

export interface Bill {
  id: string;
  kind: BillKind;
  state: BillState;
  title: string;
  counterparty: string;
  counterpartyZh?: string;
  /** signed yuan as the person sees it: "-12.00", "+100.00" */
  amount: string;
  refunded?: string;
  tradeNo?: string;
  outTradeNo?: string;
  method?: string;
  /** ms */
  at: number;
  items?: { title: string; amount: string; at: number }[];
}

export interface Consent {
  appId: string;
  program: string;
  programZh?: string;
  scope: string;
  granted: boolean;
}

/** Refused is an answer of the server that says no, in its own words. status 0 means the server was not reached. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** the JSAPI's number, when the server gave one */
    readonly number = NaN,
  ) {
    super(message);
  }
}

const answerMaxMs = 30_000;

export async function call(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { 'X-Souk': '1', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? AbortSignal.timeout(answerMaxMs),
    });
  } catch (problem) {
    throw new Refused(0, 'OFFLINE', String(problem));
  }
  return decode(response);
}

/** decode reads an answer of the server; one that says no is thrown as Refused. */
export async function decode(response: Response): Promise<unknown> {
  const text = await response.text();
  let answer: unknown = null;
  try {
    answer = text === '' ? null : JSON.parse(text);
  } catch {
    throw new Refused(response.status, 'NOT_JSON', `the server answered ${response.status} with something that is not JSON`);
  }
  if (response.ok) return answer;
  const said = (answer ?? {}) as { error?: unknown; errorMessage?: unknown; code?: unknown; message?: unknown; fault?: unknown };
  throw new Refused(response.status, String(said.fault ?? said.code ?? response.status), String(said.errorMessage ?? said.message ?? `the server answered ${response.status}`), Number(said.error));
}

export const readSession = () => call('GET', '/host/v1/session') as Promise<Session>;
export const becomePerson = (person: string) => call('POST', '/host/v1/session', { person }) as Promise<Session>;
export const listPrograms = (q: string) => call('GET', `/host/v1/programs?q=${encodeURIComponent(q)}`) as Promise<{ programs: Program[] }>;
export const readProgram = (appId: string) => call('GET', `/host/v1/programs/${encodeURIComponent(appId)}`) as Promise<Program>;
/** openingOf asks for all that opening a program takes; without the release's texts when it is the one at hand. */
export const openingOf = (appId: string, have: string) => call('GET', `/host/v1/open/${encodeURIComponent(appId)}?have=${encodeURIComponent(have)}`) as Promise<OpenAnswer>;
export const listConsents = () => call('GET', '/host/v1/consents') as Promise<{ consents: Consent[] }>;
export const readWallet = () => call('GET', '/host/v1/wallet') as Promise<Wallet>;
/** topUp moves pretend money in; the same key twice moves it once. */
export const topUp = (amount: string, key: string) => call('POST', '/host/v1/wallet/topup', { amount, key }) as Promise<Wallet>;
export const listBills = (before: string) => call('GET', `/host/v1/bills?before=${encodeURIComponent(before)}`) as Promise<{ bills: Bill[]; next?: string }>;
export const readBill = (id: string) => call('GET', `/host/v1/bills/${encodeURIComponent(id)}`) as Promise<Bill>;

/** my calls the server half of a JSAPI as this person in this program. Failures are thrown as Refused. Who gives a signal limits the time. */
export async function my(appId: string, api: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
  const answer = (await call('POST', `/my/${encodeURIComponent(appId)}/${api}`, body ?? {}, signal)) as { data?: unknown } | null;
  return answer?.data;
}

/** failureOf turns whatever was thrown into what a mini-program's fail() receives. */
export function failureOf(problem: unknown): Failure {
  if (problem instanceof Refused) {
    const error = problem.status === 0 ? 12 : problem.number;
    return { error: Number.isFinite(error) ? error : 3, errorMessage: problem.message };
  }
  const own = problem as Partial<Failure> | null;
  if (own && typeof own.error === 'number') return { ...own, error: own.error, errorMessage: String(own.errorMessage ?? '') };
  return { error: 3, errorMessage: problem instanceof Error ? problem.message : String(problem) };
}

/** fetchText reads one immutable file of the site. */
export async function fetchText(path: string): Promise<string> {
  const response = await fetch(path, { credentials: 'same-origin' });
  if (!response.ok) throw new Refused(response.status, 'FILE', `${path} answered ${response.status}`);
  return response.text();
}
