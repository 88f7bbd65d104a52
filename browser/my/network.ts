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
};
