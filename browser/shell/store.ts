// What mini-programs keep on this device: per person and program, 10 MB at most, in IndexedDB.

import type { Json } from '../wire/wire';

export const storageMaxBytes = 10 * 1024 * 1024;
const keyMax = 256;
const table = 'storage';

let opening: Promise<IDBDatabase> | null = null;

/** useDatabase takes over a database that is being opened already. */
export function useDatabase(begun: Promise<IDBDatabase>): void {
  opening = begun;
}

export function openDatabase(): Promise<IDBDatabase> {
  opening ??= new Promise((done, fail) => {
    const request = indexedDB.open('souk', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  return opening;
}

function finished(work: IDBTransaction): Promise<void> {
  return new Promise((done, fail) => {
    work.oncomplete = () => done();
    work.onerror = work.onabort = () => fail(work.error);
  });
}

/** Everything under one person and program lies between these two keys. */
function range(person: string, appId: string): IDBKeyRange {
  return IDBKeyRange.bound([person, appId, ''], [person, appId, '\uffff']);
}

/** Store is the storage of one program for one person while it runs. */
export interface Store {
  all: Record<string, Json>;
  set(key: string, data: Json): void;
  remove(key: string): void;
  clear(): void;
}

/** openStore reads everything once; writes go through in order. A write over the limit is dropped and answered false. */
export async function openStore(person: string, appId: string): Promise<Store> {
  const db = await openDatabase();
  const all = await readAll(db, range(person, appId));
  const sizes = new Map(Object.entries(all).map(([key, data]) => [key, key.length + JSON.stringify(data ?? null).length]));
  let total = [...sizes.values()].reduce((sum, n) => sum + n, 0);
  const write = (f: (rows: IDBObjectStore) => void): void => {
    const work = db.transaction(table, 'readwrite');
    f(work.objectStore(table));
    finished(work).catch((problem) => console.error('storage of a program was not written', problem));
  };
  const forget = (key: string): void => {
    total -= sizes.get(key) ?? 0;
    sizes.delete(key);
  };
  return {
    all,
    set(key, data) {
      const size = key.length + JSON.stringify(data ?? null).length;
      if (key.length > keyMax || total - (sizes.get(key) ?? 0) + size > storageMaxBytes) return;
      forget(key);
      sizes.set(key, size);
      total += size;
      write((rows) => rows.put(data, [person, appId, key]));
    },
    remove(key) {
      forget(key);
      write((rows) => rows.delete([person, appId, key]));
    },
    clear() {
      sizes.clear();
      total = 0;
      write((rows) => rows.delete(range(person, appId)));
    },
  };
}

function readAll(db: IDBDatabase, within: IDBKeyRange): Promise<Record<string, Json>> {
  return new Promise((done, fail) => {
    const all: Record<string, Json> = {};
    const cursor = db.transaction(table).objectStore(table).openCursor(within);
    cursor.onerror = () => fail(cursor.error);
    cursor.onsuccess = () => {
      const row = cursor.result;
      if (!row) return done(all);
      const key = (row.key as string[])[2];
      if (key !== undefined) all[key] = row.value as Json;
      row.continue();
    };
  });
}
