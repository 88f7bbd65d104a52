// The files of mini-programs: temporary ones (https://resource/tmp/…) live while the program runs; what it saved
// (https://resource/saved/…) and what it wrote (https://usr/…) lasts on this device, per person and program, in IndexedDB.

import type { FileRow } from '../wire/wire';

export interface Entry {
  /** null for a directory */
  data: Blob | null;
  /** last written, ms */
  at: number;
}

export const fileMaxBytes = 10 * 1024 * 1024;
export const filesMaxBytes = 50 * 1024 * 1024;
const temporaryMaxBytes = 200 * 1024 * 1024;
const entriesMax = 2_000;
const table = 'file';

export const temporary = 'https://resource/tmp/';
export const saved = 'https://resource/saved/';
const own = 'https://usr/';

/** isLocal tells the addresses of a program's files from those of the world. */
export function isLocal(path: string): boolean {
  return path.startsWith(own) || path.startsWith(saved) || path.startsWith(temporary);
}

export interface Files {
  /** once what lasts has been read; only then are the other functions to be called */
  ready(): Promise<void>;
  rows(): FileRow[];
  get(path: string): Entry | undefined;
  /** false when it is too large, or too much is kept */
  put(path: string, data: Blob | null, at?: number): boolean;
  move(path: string, to: string): void;
  remove(path: string): void;
}

let opening: Promise<IDBDatabase> | null = null;

function openDatabase(): Promise<IDBDatabase> {
  opening ??= new Promise((done, fail) => {
    const request = indexedDB.open('souk-files', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  return opening;
}

/** makeFiles is the files of one program for one person; what lasts is read when it is first asked for. changed runs for
 *  every address whose content is another one now. */
export function makeFiles(person: string, appId: string, changed: (path: string) => void): Files {
  const all = new Map<string, Entry>();
  let reading: Promise<void> | null = null;
  const lasting = (path: string): boolean => !path.startsWith(temporary);
  const write = (f: (rows: IDBObjectStore) => void): void => {
    openDatabase()
      .then((db) => f(db.transaction(table, 'readwrite').objectStore(table)))
      .catch((problem) => console.error('a file of a program was not written', problem));
  };
  const sum = (last: boolean): number => [...all].reduce((n, [path, e]) => n + (lasting(path) === last ? (e.data?.size ?? 0) : 0), 0);
  const files: Files = {
    ready: () => (reading ??= readAll(person, appId).then((rows) => rows.forEach(([path, e]) => all.set(path, e)))),
    rows: () => [...all].map(([path, e]) => [path, e.data, e.at]),
    get: (path) => all.get(path),
    put(path, data, at = Date.now()) {
      if (!isLocal(path) || path.length > 512) return false;
      const size = data?.size ?? 0;
      const old = all.get(path);
      const most = lasting(path) ? filesMaxBytes : temporaryMaxBytes;
      if (size > (lasting(path) ? fileMaxBytes : temporaryMaxBytes) || sum(lasting(path)) - (old?.data?.size ?? 0) + size > most || (!old && all.size >= entriesMax)) return false;
      all.set(path, { data, at });
      if (lasting(path)) write((rows) => rows.put({ data, at }, [person, appId, path]));
      if (old) changed(path);
      return true;
    },
    move(path, to) {
      const entry = all.get(path);
      if (!entry || !to.startsWith(own) || !path.startsWith(own)) return;
      files.remove(path);
      files.put(to, entry.data, entry.at);
    },
    remove(path) {
      if (!all.delete(path)) return;
      changed(path);
      if (lasting(path)) write((rows) => rows.delete([person, appId, path]));
    },
  };
  return files;
}

async function readAll(person: string, appId: string): Promise<[string, Entry][]> {
  const db = await openDatabase();
  const within = IDBKeyRange.bound([person, appId, ''], [person, appId, '\uffff']);
  const rows = db.transaction(table).objectStore(table);
  const [keys, values] = await Promise.all([answered(rows.getAllKeys(within)), answered(rows.getAll(within))]);
  return keys.map((key, i) => [(key as string[])[2] ?? '', values[i] as Entry]);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** fileChanged writes through what the program did to its files. */
export function fileChanged(files: Files, op: string, path: string, more: { data: unknown; to: string; at: number }): void {
  if (path.startsWith(temporary)) return;
  if (op === 'remove') files.remove(path);
  else if (op === 'move') files.move(path, more.to);
  else if (op === 'put' && (more.data === null || more.data instanceof ArrayBuffer)) files.put(path, more.data && new Blob([more.data], { type: typeOf(path) }), Math.max(0, more.at));
}

const types: Record<string, string> = {
  png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', svg: 'image/svg+xml', mp4: 'video/mp4', webm: 'video/webm', mov: 'video/quicktime',
  mp3: 'audio/mpeg', wav: 'audio/wav', ogg: 'audio/ogg', aac: 'audio/aac', m4a: 'audio/mp4', pdf: 'application/pdf', txt: 'text/plain', json: 'application/json', zip: 'application/zip',
};

/** typeOf is what a file's name says of its content. */
export function typeOf(path: string): string {
  return types[/\.(\w{1,8})$/.exec(path)?.[1]?.toLowerCase() ?? ''] ?? '';
}

/** endingOf is the ending that a file of a type has. */
export function endingOf(type: string): string {
  const plain = type.split(';', 1)[0] ?? '';
  return Object.keys(types).find((ending) => types[ending] === plain) ?? (/^\w+\/(?:x-)?([\w]{1,8})$/.exec(plain)?.[1] ?? 'bin');
}
