// Sockets: a call of the shell that lasts as long as the socket. A group of its own (groups.ts).
import { forgetCall, callShell, tellShell } from "../worker/shell";
import { failure, type Family, type Listeners, listeners, type Method, perform, plainOpts } from "./call";

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

export const sockets: Family = {
  connectSocket,
  sendSocketMessage: onSingle("send"),
  closeSocket: onSingle("close"),
  ...Object.fromEntries(socketEvents.flatMap(e => [[`onSocket${e}`, globalHear[e].on], [`offSocket${e}`, globalHear[e].off]])),
};
