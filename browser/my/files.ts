// my.getFileSystemManager: the files of one program for one person. The worker holds a copy of the list (contents as blobs, which
// are only handles), so that the Sync forms can answer at once; every change is written through to the shell, which keeps it on
// this device. https://usr/… and https://resource/saved/… last, https://resource/tmp/… live while the program runs.
import type { FileRow } from "../wire/wire";
import { settings } from "../worker/settings";
import { callShell, listen, tellShell } from "../worker/shell";
import { badArgument, failure, type Family, isFailure, type Method, perform } from "./call";
import { bytesOf, textOf } from "./encoding";
import { unzipped } from "./unzip";

interface Entry { data: Blob | Uint8Array | null; at: number }

const userRoot = "https://usr", savedRoot = "https://resource/saved";
const fileMax = 10 * 1024 * 1024, allMax = 50 * 1024 * 1024, entriesMax = 2_000, pathMax = 512;

const notThere = 10022, isDirectory = 10023, notAllowed = 10024, alreadyThere = 10025, notEmpty = 10027, tooLarge = 10028;

let entries: Map<string, Entry> | null = null;
const ReaderSync: any = (globalThis as any).FileReaderSync;

function take(rows: FileRow[]): void {
  entries ??= new Map();
  for (const [path, data, at] of rows) entries.set(path, { data, at });
}

/** Called once, when `my` is made: what the shell does to the files is heard of. */
export function connectFiles(): void {
  if (settings.boot.files) take(settings.boot.files);
  listen("files", ({ put, gone }: { put?: FileRow[]; gone?: string[] }) => {
    if (!entries) return;
    take(put ?? []);
    for (const path of gone ?? []) entries.delete(path);
  });
}

/** The files as they are; a program that never names getFileSystemManager in its source gets them with its first asynchronous call. */
function all(): Map<string, Entry> {
  if (!entries) throw failure(3, "the files are not at hand yet: call my.getFileSystemManager() by its own name, or an asynchronous function first");
  return entries;
}

function loaded(then: () => void): void {
  if (entries) return queueMicrotask(then);
  callShell("files", {}, (ok, data) => {
    if (ok) take(data.files);
    then();
  });
}

function pathOf(value: unknown, name: string): string {
  if (typeof value !== "string" || !value || value.length > pathMax && !value.startsWith("data:")) throw failure(badArgument, `${name} is needed, a path of at most ${pathMax} characters`);
  return value.startsWith("data:") ? value : value.replace(/([^:/])\/+(?=\/|$)/g, "$1");
}

/** A place that a program may write to: below USER_DATA_PATH, nothing but names in it. */
function writable(value: unknown, name: string): string {
  const path = pathOf(value, name);
  if (!path.startsWith(`${userRoot}/`) || path.slice(userRoot.length + 1).split("/").some(p => p === "" || p === "." || p === "..")) {
    throw failure(notAllowed, `${path.slice(0, 100)}: files are written below my.env.USER_DATA_PATH`);
  }
  return path;
}

function find(path: string): Entry | undefined {
  if (path === userRoot) return { data: null, at: 0 };
  if (path.startsWith("data:")) return { data: dataBytes(path), at: 0 };
  return all().get(path);
}

function need(path: string): Entry {
  return find(path) ?? fail(notThere, `${path.slice(0, 100)} is not there`);
}

function fail(error: number, words: string): never {
  throw failure(error, words);
}

function dataBytes(address: string): Uint8Array {
  const comma = address.indexOf(",");
  return /;base64$/i.test(address.slice(0, comma)) ? bytesOf(address.slice(comma + 1), "base64") : bytesOf(decodeURIComponent(address.slice(comma + 1)), "utf8");
}

function sizeOf(e: Entry): number {
  return e.data === null ? 0 : e.data instanceof Uint8Array ? e.data.length : e.data.size;
}

function contentOf(e: Entry): Uint8Array {
  if (e.data === null) return fail(isDirectory, "this is a directory");
  return e.data instanceof Uint8Array ? e.data : new Uint8Array(new ReaderSync().readAsArrayBuffer(e.data));
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function below(path: string): string[] {
  return [...all().keys()].filter(p => p.startsWith(`${path}/`));
}

function put(path: string, data: Uint8Array | null): void {
  const old = all().get(path), size = data?.length ?? 0;
  if (parentOf(path) !== userRoot && parentOf(path) !== savedRoot && find(parentOf(path))?.data !== null) fail(notThere, `the directory of ${path} is not there`);
  if (size > fileMax) fail(tooLarge, "a file may have 10 MB");
  let total = size - (old ? sizeOf(old) : 0);
  for (const [p, e] of all()) if (!p.startsWith("https://resource/tmp/")) total += sizeOf(e);
  if (total > allMax || !old && all().size >= entriesMax) fail(tooLarge, `a program may keep 50 MB and ${entriesMax} files`);
  const at = Date.now();
  all().set(path, { data, at });
  tellShell({ k: "file", op: "put", path, data: data && data.slice().buffer as ArrayBuffer, at });
}

function removed(path: string): void {
  all().delete(path);
  tellShell({ k: "file", op: "remove", path });
}

interface Stats { mode: number; size: number; lastAccessedTime: number; lastModifiedTime: number; isDirectory(): boolean; isFile(): boolean }

/** `stats` is itself: the documentation's example reads stats of what it found in stats. */
function statsOf(e: Entry): Stats {
  const directory = e.data === null, seconds = Math.floor(e.at / 1_000);
  const stats = { mode: directory ? 0o040755 : 0o100644, size: sizeOf(e), lastAccessedTime: seconds, lastModifiedTime: seconds, isDirectory: () => directory, isFile: () => !directory };
  return Object.defineProperty(stats, "stats", { get: () => stats });
}

// ---- the operations: each takes one object, answers at once or throws a failure -------------------------------------------

const done = { success: true };

function access(o: any): object {
  need(pathOf(o.path, "path"));
  return done;
}

function readFile(o: any): object {
  const bytes = contentOf(need(pathOf(o.filePath, "filePath")));
  return o.encoding ? { data: textOf(bytes, o.encoding), dataType: "string" } : { data: bytes.slice().buffer, dataType: "ArrayBuffer" };
}

function writeFile(o: any): object {
  const path = writable(o.filePath, "filePath");
  if (all().get(path)?.data === null) fail(isDirectory, `${path} is a directory`);
  put(path, bytesOf(o.data, o.encoding));
  return done;
}

function appendFile(o: any): object {
  const path = writable(o.filePath, "filePath"), old = need(path);
  if (old.data === null) fail(alreadyThere, `${path} is a directory`);
  const head = contentOf(old), tail = bytesOf(o.data, o.encoding), joined = new Uint8Array(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  put(path, joined);
  return done;
}

function copyFile(o: any): object {
  const from = need(pathOf(o.srcPath, "srcPath")), to = writable(o.destPath, "destPath");
  if (from.data === null || all().get(to)?.data === null) fail(isDirectory, "copyFile copies a file to a file");
  put(to, contentOf(from).slice());
  return done;
}

function rename(o: any): object {
  const from = writable(o.oldPath, "oldPath"), to = writable(o.newPath, "newPath");
  need(from);
  if (find(parentOf(to))?.data !== null) fail(notThere, `the directory of ${to} is not there`);
  if (to.startsWith(`${from}/`)) fail(notAllowed, "a directory cannot be moved into itself");
  if (from === to) return done;
  if (all().get(to)?.data === null) fail(alreadyThere, `${to} is a directory`);
  for (const path of [from, ...below(from)]) {
    const entry = all().get(path)!;
    all().delete(path);
    all().set(to + path.slice(from.length), entry);
    tellShell({ k: "file", op: "move", path, to: to + path.slice(from.length) });
  }
  return done;
}

function unlink(o: any): object {
  const path = pathOf(o.filePath, "filePath");
  const keeps = path.startsWith(`${savedRoot}/`) ? path : writable(path, "filePath");
  if (need(keeps).data === null) fail(isDirectory, `${path} is a directory`);
  removed(keeps);
  return done;
}

function mkdir(o: any): object {
  const path = writable(o.dirPath, "dirPath");
  if (all().has(path)) fail(alreadyThere, `${path} is already there`);
  const parent = parentOf(path);
  if (o.recursive && parent !== userRoot && !all().has(parent)) mkdir({ dirPath: parent, recursive: true });
  put(path, null);
  return done;
}

function readdir(o: any): object {
  const path = pathOf(o.dirPath, "dirPath");
  if (need(path).data !== null) fail(notThere, `${path} is not a directory`);
  return { files: below(path).map(p => p.slice(path.length + 1)).filter(p => !p.includes("/")) };
}

function rmdir(o: any): object {
  const path = writable(o.dirPath, "dirPath");
  if (need(path).data !== null) fail(notThere, `${path} is not a directory`);
  const inside = below(path);
  if (inside.length && !o.recursive) fail(notEmpty, `${path} is not empty`);
  for (const p of [...inside, path]) removed(p);
  return done;
}

function stat(o: any): object {
  const path = pathOf(o.path, "path"), entry = need(path);
  if (!o.recursive || entry.data !== null) return { stats: statsOf(entry) };
  return { stats: Object.fromEntries([["/", statsOf(entry)], ...below(path).map(p => [p.slice(path.length), statsOf(all().get(p)!)])]) };
}

let savedFiles = 0;

function saveFile(o: any): object {
  const from = pathOf(o.tempFilePath, "tempFilePath"), entry = need(from);
  const type = /^data:\w+\/(\w+)/.exec(from)?.[1] ?? /\.(\w{1,8})$/.exec(from)?.[1] ?? "bin";
  const to = o.filePath === undefined ? `${savedRoot}/${Date.now().toString(36)}${++savedFiles}.${type}` : writable(o.filePath, "filePath");
  put(to, contentOf(entry).slice());
  return { savedFilePath: to, apFilePath: to };
}

function getSavedFileList(): object {
  const saved = [...all()].filter(([path, e]) => path.startsWith(`${savedRoot}/`) && e.data !== null);
  return { fileList: saved.map(([filePath, e]) => ({ filePath, size: sizeOf(e), createTime: Math.floor(e.at / 1_000) })) };
}

function removeSavedFile(o: any): object {
  const path = pathOf(o.filePath, "filePath");
  if (!path.startsWith(`${savedRoot}/`)) fail(notAllowed, `${path.slice(0, 100)} was not saved by saveFile`);
  need(path);
  removed(path);
  return done;
}

function getFileInfo(o: any): object {
  const path = pathOf(o.filePath, "filePath"), entry = find(path) ?? fail(12, `${path.slice(0, 100)} is not there`);
  return { size: sizeOf(entry) };
}

/** The operations, and the names of the Sync forms' arguments in their order. */
const operations: Record<string, [run: (o: any) => object, ...names: string[]]> = {
  access: [access, "path"], appendFile: [appendFile, "filePath", "data", "encoding"], copyFile: [copyFile, "srcPath", "destPath"],
  getFileInfo: [getFileInfo, "filePath", "digestAlgorithm"], getSavedFileList: [getSavedFileList], mkdir: [mkdir, "dirPath", "recursive"],
  readFile: [readFile, "filePath", "encoding"], readdir: [readdir, "dirPath"], removeSavedFile: [removeSavedFile, "filePath"],
  rename: [rename, "oldPath", "newPath"], rmdir: [rmdir, "dirPath", "recursive"], saveFile: [saveFile, "tempFilePath", "filePath"],
  stat: [stat, "path", "recursive"], unlink: [unlink, "filePath"], writeFile: [writeFile, "filePath", "data", "encoding"],
};

function asFailure(e: unknown): object {
  return isFailure(e) ? e : failure(3, e instanceof Error ? e.message : String(e));
}

function asynchronous(run: (o: any) => object): Method {
  return (opts?: any) => perform(opts, answer => loaded(() => {
    let result: object;
    try {
      result = run(opts ?? {});
    } catch (e) {
      return answer(false, asFailure(e));
    }
    answer(true, result);
  }));
}

function synchronous(run: (o: any) => object, names: string[]): Method {
  return (...args: unknown[]) => run(typeof args[0] === "object" && args[0] !== null ? args[0] : Object.fromEntries(names.map((name, i) => [name, args[i]])));
}

/** The program's own files are not in the list: the shell reads them, from the release. */
function isOwn(path: unknown): path is string {
  return typeof path === "string" && path !== "" && !/^[a-z]+:/i.test(path);
}

function byShell(api: string, otherwise: Method, convert: (bytes: Uint8Array, opts: any) => object): Method {
  return (opts?: any) => !isOwn(opts?.filePath) && api === "readFile" ? otherwise(opts) : perform(opts, answer => {
    callShell(api, { filePath: opts?.filePath, digestAlgorithm: opts?.digestAlgorithm }, (ok, data) => {
      if (!ok) return answer(false, data);
      answer(true, convert(new Uint8Array(data.data ?? new ArrayBuffer(0)), { ...opts, data }));
    });
  });
}

function unzip(opts?: any): any {
  return perform(opts, answer => loaded(() => {
    Promise.resolve().then(async () => {
      const to = writable(opts?.targetPath, "targetPath"), zip = contentOf(need(pathOf(opts?.zipFilePath, "zipFilePath")));
      if (!all().has(to)) mkdir({ dirPath: to, recursive: true });
      for await (const [name, bytes] of unzipped(zip, allMax)) {
        const path = writable(`${to}/${name.replace(/\/$/, "")}`, "a name in the archive"), folder = bytes ? parentOf(path) : path;
        if (!all().has(folder)) mkdir({ dirPath: folder, recursive: true });
        if (bytes) put(path, bytes);
      }
    }).then(() => answer(true, done), e => answer(false, asFailure(e)));
  }));
}

function fileSystem(): Family {
  const fs: Family = { unzip };
  for (const [name, [run, ...names]] of Object.entries(operations)) {
    fs[name] = asynchronous(run);
    fs[`${name}Sync`] = synchronous(run, names);
  }
  fs.readFile = byShell("readFile", fs.readFile as Method, (bytes, o) =>
    o.encoding ? { data: textOf(bytes, o.encoding), dataType: "string" } : { data: bytes.buffer, dataType: "ArrayBuffer" });
  fs.getFileInfo = byShell("getFileInfo", fs.getFileInfo as Method, (_bytes, o) => o.data);
  return fs;
}

let made: Family | null = null;

export const files: Family = { getFileSystemManager: () => made ??= fileSystem() };
