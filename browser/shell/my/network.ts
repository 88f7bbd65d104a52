// my.request, uploads, downloads and sockets. Nothing goes out from the browser to anywhere but our own server, which
// judges the address; /commerce/… is Souk's own service and is spoken to directly.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { failureOf, my, Refused } from '../host';
import { text } from './dialog';
import { dataAddress, fileOf, keepFile } from './file';
import { bytesOf, dataOf, outgoing, parsed, wordsOf, type Incoming } from './payload';
import { connectSocket } from './socket';

const addressMax = 8_192;
const timeoutMs = 30_000;
const transferMs = 60_000;

/** timeOf is how long a call may take: as it says itself, else as app.json's networkTimeout says, else the platform's usual. */
function timeOf(call: Call, usual: number): number {
  const forAll = (call.running.bundle.app.networkTimeout ?? {}) as Record<string, unknown>;
  const asked = Number(call.opts.timeout) || Number(forAll[call.api]);
  return asked > 0 ? Math.min(asked, 120_000) : usual;
}

/** limit ends a call when the program aborts it or its time is over. */
function limit(call: Call, usual: number): AbortSignal {
  return AbortSignal.any([call.signal, AbortSignal.timeout(timeOf(call, usual))]);
}

function headersOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).slice(0, 64).map(([k, v]) => [k.slice(0, 128), text(v, 4_096)]));
}

async function request(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const url = text(opts.url, addressMax);
  if (!url) fail(badArgument, 'request needs url');
  const method = (text(opts.method, 10) || 'GET').toUpperCase();
  const headers = headersOf(opts.headers ?? opts.header);
  const signal = limit(call, timeoutMs);
  try {
    if (isCommerce(url)) return await commerce(running.program.appId, url, method, headers, opts, signal);
    const body = { ...outgoing(url, method, headers, opts.data), timeout: timeOf(call, timeoutMs) };
    const answer = (await my(running.program.appId, 'request', body, signal)) as Incoming;
    return judged({ ...answer, data: dataOf(answer, text(opts.dataType, 16)) });
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  data: unknown;
}

/** judged answers with the old names and the new ones; a status of 400 and more is the failure 19, with the answer in it. */
function judged(answer: Answer): unknown {
  const both = { data: answer.data, status: answer.status, statusCode: answer.status, headers: answer.headers, header: answer.headers };
  if (answer.status >= 400) throw { ...both, error: 19, errorMessage: wordsOf(answer.data, answer.status) };
  return both;
}

function isCommerce(url: string): boolean {
  return url.startsWith('/commerce/') || url.startsWith(`${location.origin}/commerce/`);
}

/** commerce speaks with Souk's own service as this person in this program. */
async function commerce(appId: string, url: string, method: string, headers: Record<string, string>, opts: Record<string, unknown>, signal: AbortSignal): Promise<unknown> {
  const target = new URL(url, location.origin);
  const plain = method === 'GET' || method === 'HEAD';
  if (plain && typeof opts.data === 'object' && opts.data !== null) for (const [k, v] of Object.entries(opts.data)) target.searchParams.set(k, text(v));
  const body = plain ? null : typeof opts.data === 'string' ? opts.data : JSON.stringify(opts.data ?? {});
  const response = await fetch(target, {
    method,
    credentials: 'same-origin',
    signal,
    body,
    headers: { ...(plain ? {} : { 'Content-Type': 'application/json' }), ...keep(headers), 'X-Souk': '1', 'X-Souk-App': appId },
  });
  const words = await response.text();
  const headersIn = Object.fromEntries(response.headers);
  const data = text(opts.dataType, 16).toLowerCase() === 'text' ? words : parsed(words, response.status);
  return judged({ status: response.status, headers: headersIn, data });
}

/** keep lets through what a program may set itself: never a cookie, an origin or our own marks. */
function keep(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(accept|accept-language|content-type|idempotency-key|x-(?!souk)[\w-]+)$/i.test(name)));
}

/** explain turns what went wrong into request's own numbers: 12 network, 13 time-out, 19 HTTP, 9 aborted. */
function explain(call: Call, signal: AbortSignal, problem: unknown): never {
  if (call.signal.aborted) fail(9, 'request:fail abort');
  if (signal.aborted) fail(13, 'the server took too long');
  if (problem instanceof Refused) throw failureOf(problem);
  if (typeof problem === 'object' && problem !== null && 'error' in problem) throw problem;
  fail(12, 'no connection to the server');
}

/** cloud calls a function or a container of the merchant, below the address that it set for the environment. The worker writes the answer as Alipay's cloud does. */
async function cloud(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const signal = limit(call, timeoutMs);
  const method = (text(opts.method, 10) || 'POST').toUpperCase();
  try {
    const body = { ...outgoing(text(opts.path, addressMax), method, headersOf(opts.headers), opts.data ?? {}), env: text(opts.env, 64), timeout: timeOf(call, timeoutMs) };
    const answer = (await my(running.program.appId, 'cloud', body, signal)) as Incoming;
    return judged({ ...answer, data: dataOf(answer, text(opts.dataType, 16)) });
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

async function uploadFile(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const field = text(opts.fileName ?? opts.name, 200);
  if (!field) fail(badArgument, 'uploadFile needs fileName, the name of the form field');
  const file = await fileOf(running, text(opts.filePath ?? opts.apFilePath, 20_000_000));
  const signal = limit(call, transferMs);
  const name = `file.${(file.type.split('/')[1] ?? '').replace(/\W.*/, '') || 'bin'}`;
  const body = { url: text(opts.url, addressMax), fileName: field, name, type: file.type, data: (await dataAddress(file)).split(',', 2)[1] ?? '', headers: headersOf(opts.header ?? opts.headers), formData: headersOf(opts.formData), timeout: timeOf(call, transferMs) };
  call.emit('progress', { progress: 0, totalBytesSent: 0, totalBytesExpectedToSend: file.size });
  try {
    const answer = (await my(running.program.appId, 'uploadFile', body, signal)) as Incoming;
    call.emit('progress', { progress: 100, totalBytesSent: file.size, totalBytesExpectedToSend: file.size });
    return { data: dataOf(answer, 'text'), status: answer.status, statusCode: answer.status, headers: answer.headers, header: answer.headers };
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

async function downloadFile(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const signal = limit(call, transferMs);
  try {
    const body = { url: text(opts.url, addressMax), headers: headersOf(opts.header ?? opts.headers), timeout: timeOf(call, transferMs) };
    const answer = (await my(running.program.appId, 'downloadFile', body, signal)) as Incoming;
    if (answer.status >= 400) fail(12, `the server answered ${answer.status}`);
    const bytes = bytesOf(answer);
    const path = await keepFile(running, new Blob([bytes], { type: answer.headers['content-type'] ?? 'application/octet-stream' }));
    call.emit('progress', { progress: 100, totalBytesWritten: bytes.length, totalBytesExpectedToWrite: bytes.length });
    return { apFilePath: path, tempFilePath: path, status: answer.status, statusCode: answer.status, headers: answer.headers, header: answer.headers };
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

export const networkCalls: Handlers = { request, callFunction: cloud, callContainer: cloud, uploadFile, downloadFile, connectSocket };
