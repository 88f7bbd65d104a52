// video: the browser's player under controls of our own (video-controls.ts), with the documented events. The picture, and what lies over it, is a
// box below the element's own children, so that a cover-view lies above it; the box alone goes to full screen or floats over the page.
import { answers } from "./callable";
import { further } from "./further";
import { lengthText, numberOr, own, part, styleText, textOf, truthy, type Context, type ElementDef, type Host } from "./element";
import { draw, endControls, makeControls, say, wake, word, type Controls, type Tag } from "./video-controls";
import { directionOf, type Lent, type VideoMore } from "./video-more";

export interface VideoState {
  video: HTMLVideoElement;
  outer: HTMLElement;
  poster: HTMLElement;
  c: Controls;
  start: number;
  played: number;
  last: number;
  begun: boolean;
  autoplay: boolean;
  direction: number | null;         // degrees in full screen; null: as the picture is
  turn: number;                     // those of this time
  hint: number;                     // mobilenet-hint-type
  agreed: boolean;                  // to mobile data
  floating: string;
  seen: IntersectionObserver | null;
  qualities: Record<string, string>;
  more: Promise<VideoMore> | null;
}

const FITS: Record<string, string> = { contain: "contain", fill: "fill", cover: "cover" };
const MEDIA_ERRORS: Record<number, number> = { 2: 1005, 3: 1023 };

const LENT: Lent = { draw, wake };
/** Dragging, full screen and the like come when a video is first touched or played, or when they are asked for. */
function more(el: Host, ctx: Context): Promise<VideoMore> {
  const s: VideoState = el.$s;
  return s.more ??= further<VideoMore>(ctx, "video-more").then((m) => { m.begin(el, LENT); return m; });
}

// ---- playing, and what it costs ---------------------------------------------------------------------------------------------

/** Whether playing would go over a network that the browser knows to be mobile. */
function costs(s: VideoState): boolean {
  return !/^(blob|data):/.test(s.video.src) && (navigator as { connection?: { type?: string } }).connection?.type === "cellular";
}

/** Plays, unless the person is to be asked first; a mere hint is shown beside. */
function play(el: Host): Promise<void> | null {
  const s: VideoState = el.$s;
  if (!s.agreed && costs(s)) {
    if (s.hint >= 2) {
      say(s.c, word("正在使用移动网络，播放将消耗流量", "You are on mobile data, which playing will use"), word("继续播放", "Play"), "mobilenetplay");
      return null;
    }
    if (s.hint === 1) say(s.c, word("正在使用移动网络", "Playing over mobile data"));
    s.agreed = true;
  }
  return s.video.play();
}

function agreed(el: Host, tag: Tag): void {
  const s: VideoState = el.$s;
  s.agreed ||= tag === "mobilenetplay";
  if (s.video.error) s.video.load();
  play(el)?.catch(() => undefined); // what is wrong is told by the event error
}

function load(el: Host, value: unknown, ctx: Context): void {
  const s: VideoState = el.$s, v = s.video;
  const ready = (url: string): void => {
    if (el.$src !== value) return;
    v.src = url;
    if (s.autoplay) play(el)?.catch(() => undefined); // a browser may refuse to begin with sound by itself
  };
  el.$src = value;
  s.begun = false;
  s.played = s.last = 0;
  s.poster.hidden = false;
  say(s.c, "");
  const address = ctx.asset(value); // from the template that is being set, and only from it
  ctx.after(() => { if (!ctx.file(value, ready)) ready(address); }); // attributes that come with it are known then
}

// ---- what my.createVideoContext calls ---------------------------------------------------------------------------------------

function control(el: Host, name: string, args: any[], ctx: Context): any {
  const s: VideoState = el.$s, v = s.video, [first] = args;
  switch (name) {
    case "play": return play(el);
    case "pause": return v.pause();
    case "stop": v.pause(); v.currentTime = 0; return null;
    case "seek": v.currentTime = numberOr(first?.position ?? first, 0); return null;
    case "mute": v.muted = truthy(first?.ison ?? first ?? true); return null;
    case "getCurrentTime": return { currentTime: v.currentTime };
    default: return more(el, ctx).then((m) => m.call(el, name, first, ctx, LENT));
  }
}

// ---- events -----------------------------------------------------------------------------------------------------------------

function told(el: Host, ev: Event, ctx: Context): void {
  const s: VideoState = el.$s, v = s.video, { box } = s.c;
  if (ev.type === "timeupdate") {
    if (v.currentTime > s.last && v.currentTime - s.last < 2) s.played += v.currentTime - s.last;
    s.last = v.currentTime;
  }
  const detail = { currentTime: v.currentTime, userPlayDuration: s.played, videoDuration: Number.isFinite(v.duration) ? v.duration : s.c.length };
  box.toggleAttribute("data-wait", ev.type === "waiting");
  if (ev.type === "play" || ev.type === "pause" || ev.type === "ended") wake(s.c);
  draw(s.c);
  switch (ev.type) {
    case "loadedmetadata": if (s.start > 0) v.currentTime = s.start; return;
    case "playing":
      s.poster.hidden = true;
      if (!s.begun) { s.begun = true; ctx.emit(el, "renderStart", detail); }
      return;
    case "play":
      void more(el, ctx);
      return ctx.emit(el, "play", detail);
    case "pause": return ctx.emit(el, "pause", detail);
    case "ended": ctx.emit(el, "ended", detail); return ctx.emit(el, "stop", detail);
    case "waiting": return ctx.emit(el, "loading", detail);
    case "timeupdate": return ctx.emit(el, "timeUpdate", detail);
    case "error":
      say(s.c, word("视频无法播放", "The video cannot be played"), word("重试", "Try again"));
      return ctx.emit(el, "error", { errorCode: MEDIA_ERRORS[v.error?.code ?? 0] ?? 1006, errorMessage: v.error?.message ?? "" });
    case "fullscreenchange": return wentWide(el, ctx.root(el).fullscreenElement === s.outer, ctx);
  }
}

function wentWide(el: Host, on: boolean, ctx: Context): void {
  void more(el, ctx).then((m) => m.went(el, on, ctx, LENT));
}

/** A tap says where in the picture it was, to a program that listens on the video itself. */
function tapped(el: Host, ev: MouseEvent, ctx: Context): void {
  if (!ctx.listens(el, "tap")) return;
  ev.stopPropagation();
  const r = el.getBoundingClientRect(), x = ev.clientX, y = ev.clientY;
  ctx.emit(el, "tap", { ptInView: { x: x - r.left, y: y - r.top }, x, y, clientX: x, clientY: y });
}

function create(el: Host, ctx: Context): void {
  const outer = own(part("div", "souk-video")), box = part("div", "souk-video-in", outer), v = part("video", "", box) as HTMLVideoElement, poster = part("div", "souk-video-poster", box);
  el.prepend(outer);
  v.playsInline = true;
  v.preload = "metadata";
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.ariaLabel = word("视频", "video");
  const c = makeControls(box, v, {
    told: (tag, value) => ctx.emit(el, "userAction", { tag, value }),
    play: () => void play(el)?.catch(() => undefined),
    wide: (on) => void more(el, ctx).then((m) => m.goWide(el, on, ctx, LENT)),
    agreed: (tag) => agreed(el, tag),
  });
  el.$s = {
    video: v, outer, poster, c, start: 0, played: 0, last: 0, begun: false, autoplay: false, direction: null, turn: 0, hint: 1, agreed: false, floating: "none", seen: null, qualities: {}, more: null,
  } satisfies VideoState;
  for (const [type, on] of [["webkitbeginfullscreen", true], ["webkitendfullscreen", false]] as const) v.addEventListener(type, () => wentWide(el, on, ctx));
  outer.addEventListener("pointerdown", () => void more(el, ctx), { once: true });
  outer.addEventListener("click", (ev) => tapped(el, ev, ctx));
  answers(el, (name, args) => control(el, name, args, ctx));
}

const WISHES: Record<string, keyof Controls["wishes"]> = {
  "controls": "bar", "show-play-btn": "play", "show-center-play-btn": "center", "show-mute-btn": "mute", "show-fullscreen-btn": "wide", "show-thin-progress-bar": "thin", "enable-progress-gesture": "gesture",
};

export const video: ElementDef = {
  create,
  set(el, name, value, ctx) {
    const s: VideoState = el.$s, v = s.video;
    switch (name) {
      case "src": return load(el, value, ctx);
      case "poster": {
        const show = (url: string): void => { s.poster.style.backgroundImage = url ? `url(${JSON.stringify(url)})` : ""; };
        if (!ctx.file(value, show)) show(ctx.asset(value));
        return;
      }
      case "poster-size": s.poster.style.backgroundSize = styleText(lengthText(value)); return;
      case "object-fit": v.style.objectFit = FITS[textOf(value)] ?? "contain"; return;
      case "initial-time": s.start = numberOr(value, 0); return;
      case "duration": s.c.length = numberOr(value, 0); return draw(s.c);
      case "autoplay": s.autoplay = truthy(value); return;
      case "loop": v.loop = truthy(value); return;
      case "muted": v.muted = truthy(value); return;
      case "direction": s.direction = directionOf(value); return;
      case "mobilenet-hint-type": s.hint = numberOr(value, 1); return;
      case "floating-mode": s.floating = textOf(value); return void more(el, ctx).then((m) => m.watch(el, LENT));
      case "aria-label": s.c.box.ariaLabel = textOf(value); return;
      default: if (!WISHES[name]) return false;
    }
    s.c.wishes[WISHES[name]] = truthy(value);
    draw(s.c);
  },
  destroy(el) {
    const s: VideoState = el.$s;
    s.seen?.disconnect();
    endControls(s.c);
    s.video.pause();
    s.video.removeAttribute("src");
    s.video.load();
  },
  on: Object.fromEntries(["loadedmetadata", "playing", "play", "pause", "ended", "waiting", "timeupdate", "error", "fullscreenchange"].map((type) => [type, told])),
};
