// my.request, uploads, downloads and sockets. Nothing goes out from the browser to anywhere but our own server, which
// judges the address; /commerce/… is Souk's own service and is spoken to directly.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { failureOf, my, Refused } from '../host';
import { fileOf, keepFile } from './file';
import { text } from './dialog';

const addressMax = 8_192;
const timeoutMs = 30_000;
const transferMs = 60_000;

/** limit ends a call when the program aborts it or its time is over. */
function limit(call: Call, otherwise: number): AbortSignal {
  const asked = Number(call.opts.timeout);
  const ms = asked > 0 ? Math.min(asked, 120_000) : otherwise;
  return AbortSignal.any([call.signal, AbortSignal.timeout(ms)]);
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
    const body = { url, method, headers, data: opts.data ?? null, dataType: text(opts.dataType, 16) || 'json', timeout: Number(opts.timeout) || timeoutMs };
    return both((await my(running.program.appId, 'request', body, signal)) as Answer);
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  data: unknown;
}

/** both answers with the old names and the new ones. */
function both(answer: Answer): unknown {
  return { ...answer, statusCode: answer.status, header: answer.headers };
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
  const answer = { status: response.status, headers: Object.fromEntries(response.headers), data: await bodyOf(response, text(opts.dataType, 16)) };
  if (response.status >= 400 && opts.acceptErrors !== true && !response.ok) {
    const said = answer.data as { errorMessage?: unknown; message?: unknown } | null;
    throw { error: 19, errorMessage: text(said?.errorMessage ?? said?.message) || `http status error ${response.status}`, ...answer, statusCode: response.status };
  }
  return both(answer);
}

/** keep lets through what a program may set itself: never a cookie, an origin or our own marks. */
function keep(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(accept|accept-language|content-type|idempotency-key|x-(?!souk)[\w-]+)$/i.test(name)));
}

async function bodyOf(response: Response, dataType: string): Promise<unknown> {
  const words = await response.text();
  if (dataType === 'text') return words;
  try {
    return words === '' ? '' : (JSON.parse(words) as unknown);
  } catch {
    return dataType === 'json' || dataType === '' ? words : fail(14, 'the answer is not JSON');
  }
}

/** explain turns what went wrong into request's own numbers: 12 network, 13 time-out, 19 HTTP, 9 aborted. */
function explain(call: Call, signal: AbortSignal, problem: unknown): never {
  if (call.signal.aborted) fail(9, 'request:fail abort');
  if (signal.aborted) fail(13, 'the server took too long');
  if (problem instanceof Refused) throw failureOf(problem);
  if (typeof problem === 'object' && problem !== null && 'error' in problem) throw problem;
  fail(12, 'no connection to the server');
}

async function uploadFile(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const file = await fileOf(running, text(opts.filePath, 20_000_000));
  const signal = limit(call, transferMs);
  const body = { url: text(opts.url, addressMax), name: text(opts.fileName ?? opts.name, 200) || 'file', fileType: file.type, data: await base64(file), headers: headersOf(opts.header ?? opts.headers), formData: headersOf(opts.formData) };
  call.emit('progress', { progress: 0, totalBytesSent: 0, totalBytesExpectedToSend: file.size });
  try {
    const answer = (await my(running.program.appId, 'uploadFile', body, signal)) as Answer;
    call.emit('progress', { progress: 100, totalBytesSent: file.size, totalBytesExpectedToSend: file.size });
    return both(answer);
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

async function base64(blob: Blob): Promise<string> {
  const url = await new Promise<string>((done, refuse) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => refuse(reader.error);
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(',') + 1);
}

async function downloadFile(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const signal = limit(call, transferMs);
  try {
    const body = { url: text(opts.url, addressMax), headers: headersOf(opts.header ?? opts.headers) };
    const answer = (await my(running.program.appId, 'downloadFile', body, signal)) as { data: string; type?: string; status?: number };
    const bytes = Uint8Array.from(atob(answer.data), (c) => c.charCodeAt(0));
    const path = await keepFile(running, new Blob([bytes], { type: answer.type ?? 'application/octet-stream' }));
    call.emit('progress', { progress: 100, totalBytesWritten: bytes.length, totalBytesExpectedToWrite: bytes.length });
    return { apFilePath: path, tempFilePath: path, statusCode: answer.status ?? 200 };
  } catch (problem) {
    return explain(call, signal, problem);
  }
}

const socketFrameMax = 1_000_000;

/** connectSocket goes through our server (/my/{appId}/socket), which judges the address and joins both ends. The call
 *  lasts as long as the socket; it tells open, message, error and close. */
function connectSocket(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const url = text(opts.url, addressMax);
  if (!/^wss?:\/\//i.test(url)) fail(badArgument, 'connectSocket needs a ws:// or wss:// address');
  const own = location.origin.replace(/^http/, 'ws');
  const socket = new WebSocket(`${own}/my/${encodeURIComponent(running.program.appId)}/socket?url=${encodeURIComponent(url)}`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => call.emit('open', { header: {} });
  socket.onmessage = (event) => call.emit('message', { data: event.data as string | ArrayBuffer, isBuffer: typeof event.data !== 'string' });
  socket.onerror = () => call.emit('error', { error: 12, errorMessage: 'the socket failed' });
  call.told((what, data) => {
    const m = (data ?? {}) as { data?: unknown; code?: unknown; reason?: unknown };
    if (what === 'close') socket.close(Number(m.code) === 1000 || Number(m.code) >= 3000 ? Number(m.code) : 1000, text(m.reason, 120));
    else if (what === 'send' && socket.readyState === WebSocket.OPEN) sendOver(socket, m.data);
  });
  call.signal.addEventListener('abort', () => socket.close());
  return new Promise((done) => {
    socket.onclose = (event) => {
      call.emit('close', { code: event.code, reason: event.reason });
      done({ code: event.code, reason: event.reason });
    };
  });
}

function sendOver(socket: WebSocket, data: unknown): void {
  if (typeof data === 'string' && data.length <= socketFrameMax) socket.send(data);
  else if (data instanceof ArrayBuffer && data.byteLength <= socketFrameMax) socket.send(data);
}

export const networkCalls: Handlers = { request, httpRequest: request, uploadFile, downloadFile, connectSocket };
