// my.createCameraContext: photos, recordings, frames and zoom of the page's <camera>, which belongs to the shell.
import { guarded } from "../worker/report";
import { topPage } from "../worker/router";
import { callShell, forgetCall, tellShell } from "../worker/shell";
import { type Done, failure, type Family, type Method, perform, plainOpts } from "./call";

interface Where { page: number; name: string }

/** A recording that goes on: the shell's call, and who waits for its end. */
interface Recording { call: number; ended: Done | null }

const otherProblem = 1000;
/** by page: a page has one camera */
const recordings = new Map<number, Recording>();

function startRecord(where: Where, opts: any, done: Done): void {
  const mine: Recording = { call: 0, ended: null };
  let begun = false;
  mine.call = callShell("cameraRecord", { ...plainOpts(opts), ...where }, (ok, data) => {
    forgetCall(mine.call);
    if (recordings.get(where.page) === mine) recordings.delete(where.page);
    if (!begun) done(ok, data);
    else if (mine.ended) mine.ended(ok, data);
    else if (ok && typeof opts?.timeoutCallback === "function") guarded(() => opts.timeoutCallback(data));
  }, () => {
    begun = true;
    recordings.set(where.page, mine);
    done(true, {});
  });
}

function stopRecord(where: Where, done: Done): void {
  const going = recordings.get(where.page);
  if (!going) return done(false, failure(otherProblem, "no recording is going on"));
  going.ended = done;
  tellShell({ k: "tell", id: going.call, what: "stop" });
}

/** The listener of onCameraFrame: each frame is asked for when the last was heard. */
function frameListener(where: Where, heard: Method): Family {
  let call = 0;
  const start = (done: Done): void => {
    if (call) return done(true, {});
    const mine = call = callShell("cameraFrames", where, (ok, data) => {
      forgetCall(mine);
      if (call === mine) call = 0;
      done(ok, data);
    }, e => {
      if (e.name === "start") return done(true, {});
      if (call !== mine) return;
      if (typeof heard === "function") guarded(() => heard({ width: e.width, height: e.height, data: e.data }));
      tellShell({ k: "tell", id: mine, what: "next" });
    });
  };
  const stop = (done: Done): void => {
    if (call) tellShell({ k: "tell", id: call, what: "stop" });
    call = 0;
    done(true, {});
  };
  return { start: (opts?: any) => perform(opts, start), stop: (opts?: any) => perform(opts, stop) };
}

function cameraContext(id: unknown): Family {
  const where: Where = { page: topPage()?.id ?? 0, name: String(id ?? "") };
  const ask = (api: string) => (opts?: any) => perform(opts, done => { callShell(api, { ...plainOpts(opts), ...where }, done); });
  return {
    takePhoto: ask("cameraPhoto"),
    setZoom: ask("cameraZoom"),
    startRecord: (opts?: any) => perform(opts, done => startRecord(where, opts, done)),
    stopRecord: (opts?: any) => perform(opts, done => stopRecord(where, done)),
    onCameraFrame: (heard: Method) => frameListener(where, heard),
  };
}

export const camera: Family = { createCameraContext: cameraContext };
