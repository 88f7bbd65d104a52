// my.request and its kin: tasks that can be aborted and tell of progress; the shell and the server do the rest.
import { forgetCall, callShell, tellShell } from "../worker/shell";
import { failure, type Family, type Listeners, listeners, type Method, perform, plainOpts } from "./call";

interface Task { id: number; hear: Record<string, Listeners> }

/** A call that goes on: a task with abort, a pair on…/off… for each event, and the Promise's methods. */
function task(api: string, opts: any, events: Record<string, string>): any {
  const t: Task = { id: 0, hear: {} };
  for (const event of Object.keys(events)) t.hear[event] = listeners();
  let finish: (ok: boolean, data: any) => void = () => {};
  const promise = perform(opts, done => {
    finish = done;
    const reply = (ok: boolean, data: any): void => {
      forgetCall(t.id);
      if (ok) t.hear.headers?.tell({ headers: data?.headers ?? {}, header: data?.headers ?? {} });
      done(ok, data);
    };
    t.id = callShell(api, plainOpts(opts), reply, e => t.hear[e.name]?.tell(e));
  });
  const object: Record<string, unknown> = {
    abort() {
      tellShell({ k: "tell", id: t.id, what: "abort" });
      forgetCall(t.id);
      finish(false, failure(9, `${api}: aborted`));
    },
  };
  for (const [event, name] of Object.entries(events)) {
    object[`on${name}`] = t.hear[event].on;
    object[`off${name}`] = t.hear[event].off;
  }
  if (promise) for (const name of ["then", "catch", "finally"] as const) object[name] = (promise[name] as Method).bind(promise);
  return object;
}

/** Requests that are missing their address fail like any other, after the call has returned. */
function starting(api: string, events: Record<string, string>): Method {
  return (opts?: any) => typeof opts?.url === "string" && opts.url
    ? task(api, opts, events)
    : perform(opts, done => { queueMicrotask(() => done(false, failure(2, `${api} needs url`))); });
}

// ---- sockets ------------------------------------------------------------------------------------------------------------

const socketEvents = ["Open", "Message", "Error", "Close"] as const;
type SocketEvent = typeof socketEvents[number];
const globalHear = Object.fromEntries(socketEvents.map(e => [e, listeners()])) as Record<SocketEvent, Listeners>;
/** The socket that sendSocketMessage and closeSocket mean: the one connected last without `multiple`. */
let single: { send: Method; close: Method } | null = null;

function connectSocket(opts?: any): any {
  const hear = Object.fromEntries(socketEvents.map(e => [e, listeners()])) as Record<SocketEvent, Listeners>;
  const socket: Record<string, unknown> = {};
  let id = 0, open = true;
  const tell = (what: string, o: any): Promise<any> | undefined => perform(o, done => {
    queueMicrotask(() => {
      if (!open) return done(false, failure(4, "the socket is closed"));
      const { success, fail, complete, ...data } = o ?? {};
      tellShell({ k: "tell", id, what, data });
      done(true);
    });
  });
  socket.send = (o?: any) => tell("send", o);
  socket.close = (o?: any) => tell("close", o);
  for (const e of socketEvents) {
    socket[`on${e}`] = hear[e].on;
    socket[`off${e}`] = hear[e].off;
  }
  const heard = (e: { name: string }): void => {
    const name = e.name[0].toUpperCase() + e.name.slice(1) as SocketEvent;
    if (name === "Close") open = false;
    hear[name]?.tell(name === "Message" ? messageOf(e) : e);
    if (!opts?.multiple) globalHear[name]?.tell(name === "Message" ? messageOf(e) : e);
  };
  const promise = perform(opts, done => {
    // The call lasts as long as the socket: connecting has succeeded once it is open.
    id = callShell("connectSocket", plainOpts(opts), (ok, data) => {
      open = false;
      forgetCall(id);
      done(ok, data);
    }, e => {
      if (e.name === "open") done(true, {});
      heard(e);
    });
  });
  if (!opts?.multiple) single = socket as never;
  return opts?.multiple || !promise ? socket : promise;
}

function messageOf(e: any): any {
  return { data: e.data, isBuffer: !!e.isBuffer };
}

function onSingle(name: "send" | "close"): Method {
  return (opts?: any) => single ? single[name](opts) : perform(opts, done => { done(false, failure(3, "there is no socket")); });
}

const request = starting("request", { headers: "HeadersReceived" });

/** The older name of request, from a time when a body was a form unless something else was said. */
function httpRequest(opts?: any): any {
  const headers = opts?.headers ?? opts?.header ?? {};
  const said = Object.keys(headers).some(name => name.toLowerCase() === "content-type");
  return request(said || !opts ? opts : { ...opts, headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" } });
}

export const network: Family = {
  request,
  httpRequest,
  uploadFile: starting("uploadFile", { progress: "ProgressUpdate", headers: "HeadersReceived" }),
  downloadFile: starting("downloadFile", { progress: "ProgressUpdate", headers: "HeadersReceived" }),
  connectSocket,
  sendSocketMessage: onSingle("send"),
  closeSocket: onSingle("close"),
  ...Object.fromEntries(socketEvents.flatMap(e => [[`onSocket${e}`, globalHear[e].on], [`offSocket${e}`, globalHear[e].off]])),
};
