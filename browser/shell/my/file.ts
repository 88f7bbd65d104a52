// Files of a program: temporary ones live while it runs, saved ones on this device; both are named by data addresses or
// by souk-file: paths, which only the shell can read.

import { badArgument, fail, type Call, type Handlers } from '../broker';
import type { Running } from '../running';
import { text } from './dialog';

const filesMax = 200;
const bytesMax = 50 * 1024 * 1024;

/** keepFile names a file. Pictures get a data address, which <image> in the frame can draw; others a souk-file: path. */
export async function keepFile(running: Running, file: Blob): Promise<string> {
  if (file.size > bytesMax) fail(badArgument, `a file may have ${bytesMax / 1024 / 1024} MB`);
  if (file.type.startsWith('image/') || file.type.startsWith('audio/')) return dataAddress(file);
  if (running.files.size >= filesMax) fail(20, 'too many files');
  const path = `souk-file:/tmp/${crypto.randomUUID()}`;
  running.files.set(path, file);
  return path;
}

export function dataAddress(file: Blob): Promise<string> {
  return new Promise((done, refuse) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => refuse(reader.error);
    reader.readAsDataURL(file);
  });
}

/** fileOf reads a path back: a data address, a souk-file: path, or an asset of the program. */
export async function fileOf(running: Running, path: string): Promise<Blob> {
  if (path.startsWith('data:')) return (await fetchData(path)) ?? fail(badArgument, 'the data address cannot be read');
  const kept = running.files.get(path);
  if (kept) return kept;
  if (/^[a-z]+:/i.test(path)) return fail(badArgument, 'this is not a file of the program');
  const response = await fetch(running.bundle.assets + path.replace(/^(\.?\/)+/, ''));
  return response.ok ? response.blob() : fail(badArgument, `the program has no file ${path.slice(0, 200)}`);
}

function fetchData(address: string): Blob | null {
  const match = /^data:([^;,]*)(;base64)?,/.exec(address);
  if (!match) return null;
  const body = address.slice(match[0].length);
  const text = match[2] ? atob(body) : decodeURIComponent(body);
  return new Blob([Uint8Array.from(text, (c) => c.charCodeAt(0))], { type: match[1] ?? '' });
}

async function saveFile({ running, opts }: Call): Promise<unknown> {
  const path = text(opts.apFilePath ?? opts.tempFilePath, bytesMax * 2);
  const file = await fileOf(running, path);
  const saved = `souk-file:/saved/${crypto.randomUUID()}`;
  if (running.files.size >= filesMax) fail(20, 'too many files');
  running.files.set(saved, file);
  const address = file.type.startsWith('image/') ? path : saved;
  return { apFilePath: address, savedFilePath: address };
}

async function getFileInfo({ running, opts }: Call): Promise<unknown> {
  const file = await fileOf(running, text(opts.apFilePath ?? opts.filePath, bytesMax * 2));
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-1', await file.arrayBuffer()));
  return { size: file.size, digest: [...sum].map((b) => b.toString(16).padStart(2, '0')).join('') };
}

function savedList(running: Running): { apFilePath: string; size: number; createTime: number }[] {
  return [...running.files].filter(([path]) => path.startsWith('souk-file:/saved/')).map(([apFilePath, file]) => ({ apFilePath, size: file.size, createTime: 0 }));
}

export const fileCalls: Handlers = {
  saveFile,
  getFileInfo,
  getSavedFileInfo: async ({ running, opts }) => ({ size: (await fileOf(running, text(opts.apFilePath ?? opts.filePath, bytesMax * 2))).size, createTime: 0 }),
  getSavedFileList: ({ running }) => ({ fileList: savedList(running) }),
  removeSavedFile: ({ running, opts }) => {
    running.files.delete(text(opts.apFilePath ?? opts.filePath));
    return {};
  },
};
