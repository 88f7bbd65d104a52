// Sounds of my.createInnerAudioContext: one <audio> each, outside the document.
import type { Json } from "../wire/wire";
import type { Frame } from "./model";

const MAX_SOUNDS = 30;
const EVENTS: Record<string, string> = {
  canplay: "canPlay", play: "play", pause: "pause", ended: "ended", timeupdate: "timeUpdate", error: "error", waiting: "waiting", seeking: "seeking", seeked: "seeked",
};
const sounds = new Map<number, HTMLAudioElement>();

function sound(n: number): HTMLAudioElement {
  let a = sounds.get(n);
  if (a) return a;
  if (sounds.size >= MAX_SOUNDS) throw new Error(`more than ${MAX_SOUNDS} sounds at once`);
  sounds.set(n, (a = new Audio()));
  return a;
}

export async function audio(f: Frame, n: number, what: string, value: any, again: (result: Json) => void): Promise<Json> {
  const a = sound(n);
  switch (what) {
    case "set": return set(f, a, value ?? {});
    case "play": await a.play(); break;
    case "pause": a.pause(); break;
    case "stop": a.pause(); a.currentTime = 0; again({ event: "stop" }); break;
    case "seek": a.currentTime = Number(value) || 0; break;
    case "destroy": a.pause(); a.removeAttribute("src"); sounds.delete(n); break;
    case "listen":
      for (const native in EVENTS) a.addEventListener(native, () => again(report(a, EVENTS[native])));
      break;
    default: throw new Error(`audio has no ${what}`);
  }
  return null;
}

function set(f: Frame, a: HTMLAudioElement, v: Record<string, any>): Json {
  if (v.src !== undefined && !f.ctx.file(v.src, (url) => { a.src = url; })) a.src = f.ctx.asset(v.src);
  if (v.loop !== undefined) a.loop = !!v.loop;
  if (v.volume !== undefined) a.volume = Math.min(1, Math.max(0, Number(v.volume) || 0));
  if (v.playbackRate !== undefined) a.playbackRate = Math.min(4, Math.max(0.25, Number(v.playbackRate) || 1));
  if (v.startTime) a.addEventListener("loadedmetadata", () => { a.currentTime = Number(v.startTime) || 0; }, { once: true });
  if (v.autoplay) void a.play().catch(() => undefined);
  return null;
}

function report(a: HTMLAudioElement, event: string): Json {
  const duration = Number.isFinite(a.duration) ? a.duration : 0;
  const buffered = a.buffered.length ? a.buffered.end(a.buffered.length - 1) : 0;
  return { event, currentTime: a.currentTime, duration, paused: a.paused, buffered, error: a.error ? a.error.message || "the sound cannot be played" : null };
}
