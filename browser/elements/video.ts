// video: the browser's player with the documented events.
import { answers } from "./callable";
import { numberOr, own, part, textOf, truthy, type Context, type ElementDef, type Host } from "./element";

interface State { video: HTMLVideoElement; start: number; played: number; last: number; begun: boolean }

const FITS: Record<string, string> = { contain: "contain", fill: "fill", cover: "cover" };

function control(el: Host, name: string, args: any[]): any {
  const { video: v } = el.$s as State;
  switch (name) {
    case "play": return v.play();
    case "pause": return v.pause();
    case "stop": v.pause(); v.currentTime = 0; return null;
    case "seek": v.currentTime = numberOr(args[0]?.position ?? args[0], 0); return null;
    case "playbackRate": v.playbackRate = Math.min(4, Math.max(0.25, numberOr(args[0]?.rate ?? args[0], 1))); return null;
    case "mute": v.muted = truthy(args[0]?.ison ?? args[0] ?? true); return null;
    case "requestFullScreen": return v.requestFullscreen();
    case "exitFullScreen": return document.fullscreenElement ? document.exitFullscreen() : null;
    default: throw new Error(`video has no ${name}`);
  }
}

function setControls(el: Host, hide: string, on: boolean): void {
  const { video: v } = el.$s as State;
  const list = new Set((v.getAttribute("controlslist") ?? "nodownload noremoteplayback").split(" ").filter(Boolean));
  if (on) list.delete(hide);
  else list.add(hide);
  v.setAttribute("controlslist", [...list].join(" "));
}

function told(el: Host, ev: Event, ctx: Context): void {
  const s: State = el.$s;
  const v = s.video;
  const detail = { currentTime: v.currentTime, userPlayDuration: s.played, videoDuration: Number.isFinite(v.duration) ? v.duration : 0 };
  switch (ev.type) {
    case "loadedmetadata": if (s.start > 0) v.currentTime = s.start; return;
    case "playing":
      if (!s.begun) { s.begun = true; ctx.emit(el, "renderStart", detail); }
      return;
    case "play": return ctx.emit(el, "play", detail);
    case "pause": return ctx.emit(el, "pause", detail);
    case "ended": ctx.emit(el, "ended", detail); return ctx.emit(el, "stop", detail);
    case "waiting": return ctx.emit(el, "loading", detail);
    case "timeupdate":
      if (v.currentTime > s.last && v.currentTime - s.last < 2) s.played += v.currentTime - s.last;
      s.last = v.currentTime;
      return ctx.emit(el, "timeUpdate", { ...detail, userPlayDuration: s.played });
    case "error": return ctx.emit(el, "error", { errorCode: v.error?.code === 2 ? 1005 : v.error?.code === 3 ? 1023 : 1006, errorMessage: v.error?.message ?? "" });
    case "fullscreenchange": return ctx.emit(el, "fullScreenChange", { fullScreen: document.fullscreenElement !== null, direction: v.videoWidth > v.videoHeight ? "horizontal" : "vertical" });
  }
}

export const video: ElementDef = {
  create(el) {
    const v = own(part("video", "souk-canvas", el)) as HTMLVideoElement;
    v.controls = true;
    v.playsInline = true;
    v.preload = "metadata";
    v.style.objectFit = "contain";
    el.$s = { video: v, start: 0, played: 0, last: 0, begun: false } satisfies State;
    setControls(el, "", true);
    answers(el, (name, args) => control(el, name, args));
  },
  set(el, name, value, ctx) {
    const s: State = el.$s;
    const v = s.video;
    switch (name) {
      case "src":
        el.$src = value;
        if (!ctx.file(value, (url) => { if (el.$src === value) v.src = url; })) v.src = ctx.asset(value);
        s.begun = false;
        s.played = s.last = 0;
        return;
      case "poster": v.poster = ctx.asset(value); return;
      case "object-fit": v.style.objectFit = FITS[textOf(value)] ?? "contain"; return;
      case "initial-time": s.start = numberOr(value, 0); return;
      case "controls": v.controls = truthy(value); return;
      case "autoplay": v.autoplay = truthy(value); return;
      case "loop": v.loop = truthy(value); return;
      case "muted": v.muted = truthy(value); return;
      case "show-fullscreen-btn": return setControls(el, "nofullscreen", truthy(value));
      default: return false;
    }
  },
  destroy(el) {
    const { video: v } = el.$s as State;
    v.pause();
    v.removeAttribute("src");
    v.load();
  },
  on: Object.fromEntries(["loadedmetadata", "playing", "play", "pause", "ended", "waiting", "timeupdate", "error", "fullscreenchange"].map((type) => [type, told])),
};
