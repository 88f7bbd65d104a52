// What a video can do beyond playing in its place: full screen, floating over the page, qualities, controls shown and hidden by the program.
// Comes when it is first asked for (further.ts) and works on the records of video.ts.
import { drag } from "./drag";
import { numberOr, part, textOf, truthy, type Context, type Host } from "./element";
import type { VideoState } from "./video";
import { clock, onRail, turned, whole, word, type Controls } from "./video-controls";

/** What video.ts lends: the functions that hold a state of their own stay where they are. */
export interface Lent { draw(c: Controls): void; wake(c: Controls): void }

export interface VideoMore {
  /** Runs once for each video. */
  begin(el: Host, lent: Lent): void;
  goWide(el: Host, on: boolean, ctx: Context, lent: Lent, direction?: number | null): Promise<void>;
  went(el: Host, on: boolean, ctx: Context, lent: Lent): void;
  watch(el: Host, lent: Lent): void;
  float(el: Host, on: boolean, lent: Lent): void;
  call(el: Host, name: string, first: any, ctx: Context, lent: Lent): any;
}

// ---- going through the video by finger and mouse ------------------------------------------------------------------------------

/** Follows a finger to a place in the video, which is taken when it is lifted. */
function aim(c: Controls, lent: Lent, to: number): void {
  c.sought = to;
  lent.wake(c);
  lent.draw(c);
}

function land(c: Controls, lent: Lent, cancelled: boolean): void {
  const to = c.sought;
  aim(c, lent, -1);
  if (cancelled) return;
  c.video.currentTime = to;
  lent.draw(c);
}

/** A drag across the whole picture goes through so many seconds, or the whole video when that is shorter. */
const SWEEP_S = 90;

/** In full screen, a drag over the picture goes through the video, for a program that wants that. */
function sweep(c: Controls, lent: Lent): () => void {
  const hint = part("div", "souk-video-hint", c.box);
  let from = 0;
  return drag(c.box, {
    slop: 10,
    start(d) {
      const upright = Math.abs(d.dy) > Math.abs(d.dx);
      if (!c.wishes.gesture || !c.box.hasAttribute("data-wide") || upright !== (turned(c) !== 0) || !whole(c) || c.sought >= 0) return false;
      from = c.video.currentTime;
      return true;
    },
    move(d) {
      const turn = turned(c), by = turn ? Math.sign(turn) * d.dy / innerHeight : d.dx / innerWidth;
      aim(c, lent, Math.min(whole(c), Math.max(0, from + by * Math.min(SWEEP_S, whole(c)))));
      hint.textContent = `${clock(c.sought)} / ${clock(whole(c))}`;
    },
    end(_d, cancelled) {
      hint.textContent = "";
      land(c, lent, cancelled);
    },
  });
}

export function begin(el: Host, lent: Lent): void {
  const { c }: VideoState = el.$s;
  c.stop.push(sweep(c, lent), followFinger(el, lent), drag(c.parts.rail, {
    slop: 1,
    start: () => whole(c) > 0,
    move: (d) => aim(c, lent, onRail(c, d.x0 + d.dx, d.y0 + d.dy)),
    end: (_d, cancelled) => land(c, lent, cancelled),
  }));
}

const isWide = (s: VideoState): boolean => s.c.box.hasAttribute("data-wide");

/** Lifts the box over everything in the frame, or puts it back. */
function lift(s: VideoState, up: boolean): void {
  s.outer.popover = up ? "manual" : null;
  if (up) s.outer.showPopover();
}

// ---- full screen ------------------------------------------------------------------------------------------------------------

export async function goWide(el: Host, on: boolean, ctx: Context, lent: Lent, direction = (el.$s as VideoState).direction): Promise<void> {
  const s: VideoState = el.$s, v = s.video as HTMLVideoElement & { webkitEnterFullscreen?(): void };
  if (on === isWide(s)) return;
  if (!on) {
    if (ctx.root(el).fullscreenElement) return document.exitFullscreen();
    lift(s, false);
    return went(el, false, ctx, lent);
  }
  float(el, false, lent);
  s.turn = direction ?? (v.videoWidth > v.videoHeight ? 90 : 0);
  try {
    if (s.outer.requestFullscreen) return await s.outer.requestFullscreen();
    if (v.webkitEnterFullscreen) return v.webkitEnterFullscreen();
  } catch { /* refused: this frame may be filled at least */ }
  lift(s, true);
  went(el, true, ctx, lent);
}

/** It has come or gone: a picture that is to lie across is turned where the screen stands upright. */
export function went(el: Host, on: boolean, ctx: Context, lent: Lent): void {
  const s: VideoState = el.$s, { box } = s.c;
  if (on === isWide(s)) return;
  box.toggleAttribute("data-wide", on);
  box.dataset.turn = on && s.turn && innerHeight > innerWidth ? String(s.turn) : "";
  lent.wake(s.c);
  lent.draw(s.c);
  ctx.emit(el, "fullScreenChange", { fullScreen: on, direction: s.turn ? "horizontal" : "vertical" });
}

// ---- floating over the page -------------------------------------------------------------------------------------------------

export function float(el: Host, on: boolean, lent: Lent): void {
  const s: VideoState = el.$s;
  if (on === s.outer.hasAttribute("data-float") || (on && isWide(s))) return;
  s.outer.toggleAttribute("data-float", on);
  s.outer.style.translate = "";
  lift(s, on);
  lent.draw(s.c);
}

/** A playing video that is scrolled away floats, where a program wants that. */
export function watch(el: Host, lent: Lent): void {
  const s: VideoState = el.$s;
  s.seen?.disconnect();
  s.seen = null;
  if (s.floating !== "page" && s.floating !== "miniprogram") return float(el, false, lent);
  s.seen = new IntersectionObserver(([at]) => float(el, !at.isIntersecting && !s.video.paused, lent));
  s.seen.observe(el);
}

/** The floating window goes where a finger takes it, and away by its cross. */
function followFinger(el: Host, lent: Lent): () => void {
  const { outer, c, video }: VideoState = el.$s, close = part("button", "souk-video-close", c.box);
  close.ariaLabel = word("关闭浮窗", "close the window");
  close.textContent = "×";
  close.addEventListener("click", (ev) => {
    ev.stopPropagation();
    video.pause();
    float(el, false, lent);
  });
  let x = 0, y = 0;
  return drag(outer, {
    start(d) {
      if (!outer.hasAttribute("data-float") || c.parts.bar.contains(d.event.target as Node)) return false;
      [x, y] = [...outer.style.translate.split(" ").map((n) => parseFloat(n) || 0), 0, 0];
    },
    move(d) { outer.style.translate = `${x + d.dx}px ${y + d.dy}px`; },
    end: () => undefined,
  });
}

// ---- what my.createVideoContext calls ---------------------------------------------------------------------------------------

const BUTTONS: Record<string, "play" | "center" | "mute" | "wide" | "bar"> = { play: "play", centerplay: "center", mute: "mute", fullscreen: "wide", controls: "bar" };

function showControl(s: VideoState, controlName: unknown, on: boolean, lent: Lent): null {
  const which = BUTTONS[textOf(controlName as string).toLowerCase()];
  if (!which) throw new Error(`controlName is one of ${Object.keys(BUTTONS).join(", ")}`);
  s.c.wishes[which] = on;
  lent.wake(s.c);
  lent.draw(s.c);
  return null;
}

/** Qualities as the program lists them: `[{definition, url}, …]`, as JSON. */
function qualitiesOf(text: unknown): Record<string, string> {
  const list = JSON.parse(String(text));
  if (!Array.isArray(list)) throw new Error("updateQualityList needs urls: a list as JSON");
  return Object.fromEntries(list.map((q) => [String(q?.definition), String(q?.url)]));
}

function switchQuality(s: VideoState, name: string, ctx: Context): null {
  const v = s.video, url = s.qualities[name];
  if (!url) throw new Error(`there is no quality ${name}: updateQualityList has not named it`);
  const { currentTime, paused } = v;
  v.addEventListener("loadedmetadata", () => { v.currentTime = currentTime; if (!paused) void v.play(); }, { once: true });
  v.src = ctx.asset(url);
  return null;
}

export function call(el: Host, name: string, first: any, ctx: Context, lent: Lent): any {
  const s: VideoState = el.$s;
  switch (name) {
    case "requestFullScreen": return goWide(el, true, ctx, lent, directionOf(first?.direction ?? first) ?? s.direction);
    case "exitFullScreen": return goWide(el, false, ctx, lent);
    case "showFloatingWindow": return float(el, truthy(first?.isShow ?? first ?? true), lent) ?? null;
    case "exitPictureInPicture": return float(el, false, lent) ?? null;
    case "showControl": case "hideControl": return showControl(s, first?.controlName, name === "showControl", lent);
    case "updateQualityList": s.qualities = qualitiesOf(first?.urls); return null;
    case "switchQuality": return switchQuality(s, textOf(first?.quality), ctx);
    case "showStatusBar": case "hideStatusBar": return null; // of iOS in full screen alone, as documented
    case "playbackRate": s.video.playbackRate = Math.min(RATE_MAX, Math.max(RATE_MIN, numberOr(first?.rate ?? first, 1))); return null;
    default: throw new Error(`video has no ${name}`);
  }
}

const RATE_MIN = 0.25, RATE_MAX = 4;

/** Degrees as the attribute and the call have them; null for what is none. */
export function directionOf(value: unknown): number | null {
  const n = value === null || value === undefined || value === "" ? NaN : Number(value);
  return n === 0 || n === 90 || n === -90 ? n : null;
}
