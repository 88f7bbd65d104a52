// What a program hands to my.request as data, as the bytes of a request; and what came back, as the data that it asked for.

import { fail } from '../broker';
import { text } from './dialog';

export interface Outgoing {
  url: string;
  method: string;
  headers: Record<string, string>;
  data: string;
  base64: boolean;
}

export interface Incoming {
  status: number;
  headers: Record<string, string>;
  data: string;
  base64: boolean;
}

const formType = 'application/x-www-form-urlencoded';

/** outgoing writes data as the documentation says: into the address for GET and HEAD, else as JSON or as a form by the content type. */
export function outgoing(url: string, method: string, headers: Record<string, string>, data: unknown): Outgoing {
  const plain = { url, method, headers, data: '', base64: false };
  if (data === undefined || data === null) return plain;
  if (method === 'GET' || method === 'HEAD') return typeof data === 'object' ? { ...plain, url: withQuery(url, form(data)) } : plain;
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return { ...plain, data: base64Of(data), base64: true };
  const known = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  const kind = known ?? 'application/json';
  const body = typeof data !== 'object' ? String(data) : kind.toLowerCase().startsWith(formType) ? form(data) : JSON.stringify(data);
  return { ...plain, headers: known === undefined ? { ...headers, 'Content-Type': kind } : headers, data: body };
}

function form(data: object): string {
  const part = (v: unknown): string => encodeURIComponent(typeof v === 'object' && v !== null ? JSON.stringify(v) : String(v));
  return Object.entries(data)
    .filter(([, v]) => v !== undefined && v !== null)
    .map(([k, v]) => `${encodeURIComponent(k)}=${part(v)}`)
    .join('&');
}

function withQuery(url: string, query: string): string {
  if (!query) return url;
  const [address = '', hash] = url.split('#', 2);
  return `${address}${address.includes('?') ? '&' : '?'}${query}${hash === undefined ? '' : `#${hash}`}`;
}

function base64Of(data: ArrayBuffer | ArrayBufferView): string {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let words = '';
  for (let i = 0; i < bytes.length; i += 8_192) words += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  return btoa(words);
}

/** bytesOf is an answer's body. */
export function bytesOf(answer: Incoming): Uint8Array<ArrayBuffer> {
  if (!answer.base64) return new TextEncoder().encode(answer.data);
  return Uint8Array.from(atob(answer.data), (c) => c.charCodeAt(0));
}

/** dataOf gives the answer in the form that dataType asks for: json (the default), text, base64 or arraybuffer. */
export function dataOf(answer: Incoming, dataType: string): unknown {
  const kind = dataType.toLowerCase();
  if (kind === 'base64') return answer.base64 ? answer.data : base64Of(bytesOf(answer));
  if (kind === 'arraybuffer') return bytesOf(answer).buffer;
  const words = answer.base64 ? new TextDecoder().decode(bytesOf(answer)) : answer.data;
  return kind === 'text' ? words : parsed(words, answer.status);
}

/** parsed reads JSON; an empty body is "", and a refusal may be in plain words. */
export function parsed(words: string, status: number): unknown {
  if (words === '') return '';
  try {
    return JSON.parse(words) as unknown;
  } catch {
    return status >= 400 ? words : fail(14, 'JSON parse data error');
  }
}

/** wordsOf are a refusal's own words. */
export function wordsOf(data: unknown, status: number): string {
  const said = data as { errorMessage?: unknown; message?: unknown } | null;
  return text(said?.errorMessage ?? said?.message) || `http status error ${status}`;
}
