// Files of a program at the shell's door: named, read, saved, measured, opened and handed to the device. The files themselves are
// in ../files; pictures and sounds that are only passed on travel as data addresses.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import { hexOf, md5 } from '../digest';
import { el } from '../dom';
import { endingOf, isLocal, saved, temporary, typeOf } from '../files';
import { icon } from '../icons';
import { openLayer } from '../layer';
import type { Running } from '../running';
import { say } from '../strings';
import { queue, text } from './dialog';

const bytesMax = 50 * 1024 * 1024;
/** a data address of that many bytes has so many characters */
export const addressMax = bytesMax * 2;
const notThere = 10022;
const tooLarge = 10028;

/** keepFile names a file. Pictures and sounds get a data address, others a temporary path. */
export async function keepFile(running: Running, file: Blob): Promise<string> {
  if (file.size > bytesMax) fail(tooLarge, `a file may have ${bytesMax / 1024 / 1024} MB`);
  if (file.type.startsWith('image/') || file.type.startsWith('audio/')) return dataAddress(file);
  return keepTemporary(running, file);
}

/** keepTemporary names a file that lives while the program runs. */
export async function keepTemporary(running: Running, file: Blob): Promise<string> {
  await running.files.ready();
  const path = `${temporary}${crypto.randomUUID()}.${endingOf(file.type)}`;
  put(running, path, file);
  return path;
}

function put(running: Running, path: string, file: Blob): void {
  const at = Date.now();
  if (!running.files.put(path, file, at)) fail(tooLarge, 'a file may have 10 MB, and a program may keep 50 MB');
  running.send({ k: 'event', name: 'files', data: { put: [[path, file, at]] } });
}

export function dataAddress(file: Blob): Promise<string> {
  return new Promise((done, refuse) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => refuse(reader.error);
    reader.readAsDataURL(file);
  });
}

/** fileOf reads a path back: a data address, a file of the program, or one of its assets. */
export async function fileOf(running: Running, path: string): Promise<Blob> {
  if (path.startsWith('data:')) return fetchData(path) ?? fail(badArgument, 'the data address cannot be read');
  if (isLocal(path)) {
    await running.files.ready();
    return running.files.get(path)?.data ?? fail(notThere, `${path.slice(0, 200)} is not there`);
  }
  if (!path || /^[a-z]+:/i.test(path)) return fail(badArgument, 'this is not a file of the program');
  const response = await fetch(running.bundle.assets + path.replace(/^(\.?\/)+/, ''));
  return response.ok ? response.blob() : fail(notThere, `the program has no file ${path.slice(0, 200)}`);
}

function fetchData(address: string): Blob | null {
  const match = /^data:([^;,]*)[^,]*?(;base64)?,/.exec(address);
  if (!match) return null;
  const body = address.slice(match[0].length);
  const words = match[2] ? atob(body) : unescape(encodeURIComponent(decodeURIComponent(body)));
  return new Blob([Uint8Array.from(words, (c) => c.charCodeAt(0))], { type: match[1] ?? '' });
}

/** handOver gives a file to the person by the browser's own download. */
export function handOver(file: Blob, name: string): void {
  const link = el('a', { href: URL.createObjectURL(file), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function pathOf(opts: Record<string, unknown>): string {
  return text(opts.apFilePath ?? opts.filePath ?? opts.tempFilePath, addressMax) || fail(badArgument, 'apFilePath is needed, the path of a file');
}

async function saveFile({ running, opts }: Call): Promise<unknown> {
  const file = await fileOf(running, pathOf(opts));
  await running.files.ready();
  const path = `${saved}${crypto.randomUUID()}.${endingOf(file.type)}`;
  put(running, path, file);
  return { apFilePath: path, savedFilePath: path };
}

/** getFileInfo answers size and digest: MD5 unless sha1 is asked for. */
async function getFileInfo({ running, opts }: Call): Promise<unknown> {
  const kind = text(opts.digestAlgorithm, 10).toLowerCase() || 'md5';
  if (kind !== 'md5' && kind !== 'sha1') fail(16, 'digestAlgorithm is md5 or sha1');
  const file = await fileOf(running, pathOf(opts)).catch((problem: { error?: number }) => (problem.error === notThere ? fail(12, 'the file is not there') : Promise.reject(problem)));
  const bytes = await file.arrayBuffer();
  return { size: file.size, digest: kind === 'md5' ? md5(new Uint8Array(bytes)) : hexOf(new Uint8Array(await crypto.subtle.digest('SHA-1', bytes))) };
}

async function savedAt(running: Running, opts: Record<string, unknown>): Promise<{ path: string; size: number; createTime: number }> {
  await running.files.ready();
  const path = pathOf(opts);
  const entry = running.files.get(path);
  if (!path.startsWith(saved) || !entry?.data) return fail(notThere, `${path.slice(0, 100)} was not saved by saveFile`);
  return { path, size: entry.data.size, createTime: Math.floor(entry.at / 1_000) };
}

async function getSavedFileList({ running }: Call): Promise<unknown> {
  await running.files.ready();
  const rows = running.files.rows().filter(([path, data]) => path.startsWith(saved) && data);
  return { fileList: rows.map(([apFilePath, data, at]) => ({ apFilePath, size: data?.size ?? 0, createTime: Math.floor(at / 1_000) })) };
}

async function removeSavedFile({ running, opts }: Call): Promise<unknown> {
  const { path } = await savedAt(running, opts);
  running.files.remove(path);
  running.send({ k: 'event', name: 'files', data: { gone: [path] } });
  return {};
}

/** first bytes → what the file is */
const marks: [mark: string, type: string, extension: string][] = [
  ['\x89PNG', 'image/png', 'png'], ['\xff\xd8\xff', 'image/jpeg', 'jpg'], ['GIF8', 'image/gif', 'gif'], ['BM', 'image/bmp', 'bmp'], ['%PDF-', 'application/pdf', 'pdf'], ['PK\x03\x04', 'application/zip', 'zip'],
  ['OggS', 'audio/ogg', 'ogg'], ['ID3', 'audio/mpeg', 'mp3'], ['\xff\xfb', 'audio/mpeg', 'mp3'], ['\x1aE\xdf\xa3', 'video/webm', 'webm'], ['\x1f\x8b', 'application/gzip', 'gz'], ['\xd0\xcf\x11\xe0', 'application/msword', 'doc'],
];

/** kindOf looks into a file; what its first bytes do not tell, its name or type may. */
async function kindOf(file: Blob, path: string): Promise<{ type: string; extension: string }> {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()));
  const known = marks.find(([mark]) => head.startsWith(mark));
  if (head.slice(4, 8) === 'ftyp') return { type: 'video/mp4', extension: 'mp4' };
  if (head.startsWith('RIFF')) return head.slice(8, 12) === 'WEBP' ? { type: 'image/webp', extension: 'webp' } : { type: 'audio/wav', extension: 'wav' };
  if (known && known[2] !== 'zip') return { type: known[1], extension: known[2] };
  const type = typeOf(path) || file.type.split(';', 1)[0] || (known?.[1] ?? '');
  return type ? { type, extension: /\.(\w{1,8})$/.exec(path)?.[1] ?? endingOf(type) } : { type: 'application/octet-stream', extension: '' };
}

async function detectFileType({ running, opts }: Call): Promise<unknown> {
  const path = pathOf(opts);
  return kindOf(await fileOf(running, path), path);
}

/** openDocument shows what the browser can show, in a frame without rights; anything else is handed to the device. */
async function openDocument({ running, opts }: Call): Promise<unknown> {
  const path = pathOf(opts);
  const file = await fileOf(running, path);
  const found = await kindOf(file, path);
  const name = path.startsWith('data:') ? `document.${found.extension}` : (path.split('/').pop() ?? 'document');
  if (!/^(image\/(png|jpeg|gif|webp|bmp)|text\/plain)$/.test(found.type)) {
    await queue(running, () => offer(running, name, () => handOver(new Blob([file], { type: found.type }), name)));
    return {};
  }
  const words = found.type === 'text/plain' ? await file.slice(0, 2_000_000).text() : null;
  const picture = words === null ? URL.createObjectURL(new Blob([file], { type: found.type })) : '';
  const content = words === null ? el('img', { src: picture, alt: name }) : el('pre', null, words);
  await queue(running, () => showDocument(running, name, content, () => handOver(file, name)));
  if (picture) URL.revokeObjectURL(picture);
  return {};
}

function showDocument(running: Running, name: string, content: HTMLElement, take: () => void): Promise<void> {
  return new Promise((done) => {
    const leave = (): void => {
      layer.close();
      done();
    };
    const head = el('div', { class: 'document-head' }, el('button', { class: 'round', 'aria-label': say('close'), onclick: leave }, icon('close', 22)), el('strong', null, name), el('button', { class: 'soft', onclick: take }, say('saveToDevice')));
    const layer = openLayer(running.layers, 'page', name, el('div', { class: 'document' }, head, el('div', { class: 'document-in' }, content)), leave);
  });
}

/** offer asks before the device opens a document in a program of its own. */
function offer(running: Running, name: string, take: () => void): Promise<void> {
  return new Promise((done) => {
    const leave = (taken: boolean): void => {
      layer.close();
      if (taken) take();
      done();
    };
    const body = el(
      'div',
      { class: 'consent' },
      el('h2', null, name),
      el('p', { class: 'note' }, say('documentOutside')),
      el('div', { class: 'pair' }, el('button', { class: 'soft', onclick: () => leave(false) }, say('cancel')), el('button', { class: 'wide', onclick: () => leave(true) }, say('saveToDevice'))),
    );
    const layer = openLayer(running.layers, 'sheet', name, body, () => leave(false));
  });
}

async function saveFileToDisk({ running, opts }: Call): Promise<unknown> {
  const path = text(opts.apFilePath ?? opts.filePath, addressMax);
  const file = await fileOf(running, path);
  const name = (opts.apFilePath !== undefined ? text(opts.filePath, 200).split('/').pop() : '') || (path.startsWith('data:') ? `file.${endingOf(file.type)}` : (path.split('/').pop() ?? 'file'));
  handOver(file, name);
  return { success: true };
}

export const fileCalls: Handlers = {
  saveFile,
  getFileInfo,
  getSavedFileInfo: async ({ running, opts }) => {
    const { size, createTime } = await savedAt(running, opts);
    return { size, createTime };
  },
  getSavedFileList,
  removeSavedFile,
  detectFileType,
  openDocument,
  saveFileToDisk,
  /** what FileSystemManager has and reads beyond its own list */
  files: async ({ running }) => {
    await running.files.ready();
    return { files: running.files.rows() };
  },
  readFile: async ({ running, opts }) => ({ data: await (await fileOf(running, pathOf(opts))).arrayBuffer() }),
};
