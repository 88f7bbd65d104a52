// Takes from the worker's global object what a mini-program must not have. The frame's CSP already closes every network
// route; this closes the same doors a second time, and gives programs the "undefined" that Alipay gives them.

const gone = [
  "Worker", "SharedWorker", "fetch", "fetchLater", "XMLHttpRequest", "WebSocket", "WebSocketStream", "WebSocketError", "EventSource", "WebTransport",
  "RTCPeerConnection", "RTCDataChannel", "importScripts", "indexedDB", "IDBFactory", "caches", "CacheStorage", "Cache", "cookieStore", "CookieStore",
  "BroadcastChannel", "MessageChannel", "MessagePort", "postMessage", "onmessage", "onmessageerror", "addEventListener", "removeEventListener", "dispatchEvent",
  "navigator", "location", "origin", "name", "close", "self", "Notification", "PushManager", "StorageManager", "FileSystemHandle",
  "FileSystemFileHandle", "FileSystemDirectoryHandle", "NavigationPreloadManager", "Request", "Response", "Headers", "eval",
  "onerror", "onunhandledrejection", "onrejectionhandled", "onlanguagechange", "ononline", "onoffline", "reportError", "trustedTypes",
  "requestAnimationFrame", "cancelAnimationFrame", "webkitRequestFileSystem", "webkitRequestFileSystemSync", "webkitResolveLocalFileSystemURL",
  "webkitResolveLocalFileSystemSyncURL", "storageBuckets", "scheduler", "crossOriginIsolated", "isSecureContext", "structuredClone",
];

/** Removes a name wherever the chain of the global object defines it. */
function remove(global: object, name: string): void {
  for (let at: any = global; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (!Object.prototype.hasOwnProperty.call(at, name)) continue;
    if (!Reflect.deleteProperty(at, name)) Reflect.defineProperty(at, name, { value: undefined, writable: false });
  }
}

/**
 * Code from text: refused as Alipay refuses it, but for the two phrases by which libraries look for the global object,
 * which are answered without evaluating anything.
 */
function refusedFunction(global: any): (...args: unknown[]) => unknown {
  const refuse = function (...args: unknown[]): unknown {
    const body = String(args[args.length - 1] ?? "").trim().replace(/;$/, "");
    if (body === "return this") return () => global;
    if (body === "regeneratorRuntime = r") return (r: unknown) => { global.regeneratorRuntime = r; };
    throw new EvalError("code cannot be made from text in a mini-program");
  };
  refuse.prototype = Function.prototype;
  return refuse;
}

export function harden(global: any): void {
  const refuse = refusedFunction(global);
  const makers = [function () {}, async function () {}, function* () {}, async function* () {}].map(f => Object.getPrototypeOf(f));
  for (const name of gone) remove(global, name);
  for (const proto of makers) Object.defineProperty(proto, "constructor", { value: refuse, writable: false, configurable: false });
  global.Function = refuse;
  if (global.URL) {
    delete global.URL.createObjectURL;
    delete global.URL.revokeObjectURL;
  }
  timersWithoutText(global);
}

function timersWithoutText(global: any): void {
  for (const name of ["setTimeout", "setInterval"]) {
    const start = global[name];
    global[name] = (run: unknown, wait?: number, ...args: unknown[]) => {
      if (typeof run !== "function") throw new TypeError(`${name} needs a function`);
      return start(run, wait, ...args);
    };
  }
}
