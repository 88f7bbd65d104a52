// Storage: read from the copy that came at boot, written through to the shell. Values are kept as JSON, so that what a
// program reads is never what it still holds.
import { settings } from "../worker/settings";
import { tellShell } from "../worker/shell";
import { answering, failure, type Family } from "./call";

const limitBytes = 10 * 1024 * 1024;
const maxKeyLength = 256;

let values: Map<string, string> | null = null;
let bytes = 0;

function all(): Map<string, string> {
  if (values) return values;
  values = new Map();
  for (const [k, v] of Object.entries(settings.boot.storage ?? {})) put(k, JSON.stringify(v ?? null));
  return values;
}

function put(key: string, text: string | undefined): void {
  const map = values!, old = map.get(key);
  if (old !== undefined) bytes -= key.length + old.length;
  if (text === undefined) map.delete(key);
  else {
    map.set(key, text);
    bytes += key.length + text.length;
  }
}

function keyOf(name: string, opts: any): string {
  const key = typeof opts === "string" ? opts : opts?.key;
  if (typeof key !== "string" && typeof key !== "number") throw failure(2, `${name} needs key`);
  if (String(key).length > maxKeyLength) throw failure(2, `${name}: a key has at most ${maxKeyLength} characters`);
  return String(key);
}

function set(opts: any): { success: true } {
  const map = all(), key = keyOf("setStorage", opts), text = JSON.stringify(opts.data ?? null) ?? "null";
  const old = map.get(key);
  if (bytes - (old === undefined ? 0 : key.length + old.length) + key.length + text.length > limitBytes) {
    throw failure(14, "storage is full: at most 10 MB for one program");
  }
  put(key, text);
  tellShell({ k: "storage", op: "set", key, data: JSON.parse(text) });
  return { success: true };
}

function get(opts: any): { data: any; APDataStorage: any; success: true } {
  const text = all().get(keyOf("getStorage", opts)), data = text === undefined ? null : JSON.parse(text);
  return { data, APDataStorage: data, success: true };
}

function remove(opts: any): { success: true } {
  all();
  const key = keyOf("removeStorage", opts);
  put(key, undefined);
  tellShell({ k: "storage", op: "remove", key });
  return { success: true };
}

function clear(): { success: true } {
  all().clear();
  bytes = 0;
  tellShell({ k: "storage", op: "clear" });
  return { success: true };
}

function facts(): object {
  const keys = [...all().keys()];
  return { keys, currentSize: Math.ceil(bytes / 1024), limitSize: limitBytes / 1024, success: true };
}

export const storage: Family = {
  setStorage: answering("setStorage", set), setStorageSync: set,
  getStorage: answering("getStorage", get), getStorageSync: get,
  removeStorage: answering("removeStorage", remove), removeStorageSync: remove,
  clearStorage: answering("clearStorage", clear), clearStorageSync: clear,
  getStorageInfo: answering("getStorageInfo", facts), getStorageInfoSync: facts,
};
