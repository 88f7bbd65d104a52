// my.connectSocket: through our server (GET /my/{appId}/socket), which judges the address and joins both ends. The first message
// says which socket is wanted; after the answer to it, messages pass as they are.

import { badArgument, fail, type Call } from '../broker';
import type { Running } from '../running';
import { text } from './dialog';

const addressMax = 8_192;
const frameMax = 1_000_000;
const socketsMax = 5;
/** the server's own close codes */
const refused = 4403;
const noAnswer = 4502;

const count = new WeakMap<Running, number>();

/** connectSocket lasts as long as the socket; it tells open, message, error and close. */
export async function connectSocket(call: Call): Promise<unknown> {
  const { opts, running } = call;
  const url = text(opts.url, addressMax);
  if (!/^wss?:\/\//i.test(url)) fail(badArgument, 'connectSocket needs a ws:// or wss:// address');
  const open = count.get(running) ?? 0;
  if (open >= socketsMax) fail(20, `a program may have ${socketsMax} sockets open`);
  count.set(running, open + 1);
  try {
    return await carry(call, wish(call, url));
  } finally {
    count.set(running, (count.get(running) ?? 1) - 1);
  }
}

function wish({ opts }: Call, url: string): string {
  const given = (opts.header ?? opts.headers ?? {}) as Record<string, unknown>;
  const headers = Object.fromEntries(Object.entries(given).slice(0, 64).map(([k, v]) => [k.slice(0, 128), text(v, 4_096)]));
  const query = typeof opts.data === 'object' && opts.data !== null ? new URLSearchParams(Object.entries(opts.data).map(([k, v]) => [k, text(v)])).toString() : '';
  const protocols = Array.isArray(opts.protocols) ? opts.protocols.slice(0, 8).map((p) => text(p, 100)) : [];
  return JSON.stringify({ url: query ? `${url}${url.includes('?') ? '&' : '?'}${query}` : url, headers, protocols });
}

function carry(call: Call, first: string): Promise<unknown> {
  const own = location.origin.replace(/^http/, 'ws');
  const socket = new WebSocket(`${own}/my/${encodeURIComponent(call.running.program.appId)}/socket`);
  socket.binaryType = 'arraybuffer';
  let joined = false;
  socket.onopen = () => socket.send(first);
  socket.onmessage = ({ data }) => {
    if (joined) return call.emit('message', { data: data as string | ArrayBuffer, isBuffer: typeof data !== 'string' });
    joined = true;
    call.emit('open', { header: {}, protocol: text((JSON.parse(String(data)) as { protocol?: unknown }).protocol, 100) });
  };
  call.told((what, data) => {
    const m = (data ?? {}) as { data?: unknown; code?: unknown; reason?: unknown; isBuffer?: unknown };
    const code = Number(m.code);
    if (what === 'close') socket.close(code >= 3_000 && code < 5_000 ? code : 1_000, text(m.reason, 30));
    else if (what === 'send' && socket.readyState === WebSocket.OPEN) send(socket, m.data, m.isBuffer === true);
  });
  call.signal.addEventListener('abort', () => socket.close());
  return new Promise((done, refuse) => {
    socket.onclose = ({ code, reason }) => {
      if (joined && code < 4_000) {
        call.emit('close', { code, reason });
        return done({ code, reason });
      }
      const failure = { error: code === refused ? 23 : 12, errorMessage: reason || 'the socket could not be opened' };
      call.emit('error', failure);
      call.emit('close', { code: code === noAnswer || code === refused ? 1_006 : code, reason });
      if (joined) done({ code, reason });
      else refuse(failure);
    };
  });
}

/** send takes text and bytes; with isBuffer a text is base64 and travels as bytes. */
function send(socket: WebSocket, data: unknown, isBuffer: boolean): void {
  if (typeof data === 'string' && data.length <= frameMax) socket.send(isBuffer ? Uint8Array.from(atob(data), (c) => c.charCodeAt(0)) : data);
  else if (data instanceof ArrayBuffer && data.byteLength <= frameMax) socket.send(data);
}
