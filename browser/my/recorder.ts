// my.getRecorderManager: one recorder; a recording is one long call of the shell, which is told of pause, resume and stop.
import { callShell, forgetCall, tellShell } from "../worker/shell";
import { type Family, listeners, type Listeners } from "./call";

const events = ["Start", "Pause", "Resume", "Stop", "Error", "FrameRecorded", "DecibelChange", "InterruptionBegin", "InterruptionEnd"];

function makeRecorder(): Family {
  const hear: Record<string, Listeners> = {}, recorder: Family = {};
  let call = 0;
  for (const name of events) {
    hear[name.toLowerCase()] = listeners();
    recorder[`on${name}`] = hear[name.toLowerCase()].on;
    recorder[`off${name}`] = hear[name.toLowerCase()].off;
  }
  const tell = (what: string) => (): void => { if (call) tellShell({ k: "tell", id: call, what }); };
  recorder.start = (opts?: any): void => {
    const mine = callShell("record", typeof opts === "object" && opts ? { ...opts } : {}, (ok, data) => {
      forgetCall(mine);
      if (call === mine) call = 0;
      if (ok) hear.stop.tell(data);
      else hear.error.tell({ ...data, errMsg: data.errorMessage });
    }, e => hear[e.name]?.tell({}));
    call ||= mine;
  };
  for (const verb of ["pause", "resume", "stop"]) recorder[verb] = tell(verb);
  return recorder;
}

let made: Family | null = null;

export const recorder: Family = { getRecorderManager: () => made ??= makeRecorder() };
