// What lies over a video's picture: the bar with its buttons, the big button, the thin bar, and what is said when a video cannot play or would
// cost mobile data. It knows the native video and the box around both; what a use of it means to the program goes through `doors`.
import { part } from "./element";

/** What a person used, by the names of the event userAction. */
export type Tag = "play" | "centerplay" | "mute" | "fullscreen" | "retry" | "mobilenetplay";

/** What a program wants of the controls. */
export interface Wishes { bar: boolean; play: boolean; center: boolean; mute: boolean; wide: boolean; thin: boolean; gesture: boolean }

export interface Doors {
  told(tag: Tag, value: number): void;
  play(): void;
  wide(on: boolean): void;
  /** The button of what was said last. */
  agreed(tag: Tag): void;
}

export interface Controls {
  box: HTMLElement;
  video: HTMLVideoElement;
  doors: Doors;
  wishes: Wishes;
  /** Seconds of the whole where the file itself does not say; 0 for unknown. */
  length: number;
  /** Where a finger is about to go, in seconds; -1 for nowhere. */
  sought: number;
  parts: Record<"big" | "bar" | "play" | "now" | "rail" | "all" | "mute" | "wide" | "note" | "said" | "agree", HTMLElement>;
  tag: Tag;
  timers: { idle: number; tip: number };
  stop: (() => void)[];
}

/** The bar fades when a playing video is left alone for so long; a tip goes by itself. */
const IDLE_MS = 3000, TIP_MS = 3000;
const STEP_S = 5;

const zh = navigator.language.startsWith("zh");
export const word = (chinese: string, english: string): string => (zh ? chinese : english);

const SIGNS = {
  play: "M8 5v14l11-7z", pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  loud: "M3 9v6h4l5 5V4L7 9zm11-1a4.500 4.500 0 0 1 0 8zm0-4.800v2.100a7 7 0 0 1 0 13.400v2.100a9 9 0 0 0 0-17.600z",
  silent: "M3 9v6h4l5 5V4L7 9zm11.400-.6-1.400 1.400 2.200 2.200-2.200 2.200 1.400 1.400 2.200-2.200 2.200 2.200 1.400-1.400-2.200-2.200 2.200-2.200-1.400-1.400-2.200 2.200z",
  wide: "M5 5h6v2H7v4H5zm8 0h6v6h-2V7h-4zM5 13h2v4h4v2H5zm12 0h2v6h-6v-2h4z",
  narrow: "M9 5h2v6H5V9h4zm4 0h2v4h4v2h-6zM5 13h6v6H9v-4H5zm8 0h6v2h-4v4h-2z",
};

/** Gives a button its sign and its name, when they are not the ones it has. */
function dress(b: HTMLElement, sign: keyof typeof SIGNS, name: string): void {
  if (b.ariaLabel === name) return;
  b.ariaLabel = name;
  b.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${SIGNS[sign]}"/></svg>`;
}

function button(className: string, parent: Node, used: () => void): HTMLElement {
  const b = part("button", className, parent);
  b.addEventListener("click", (ev) => { ev.stopPropagation(); used(); });
  return b;
}

export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds)), two = (n: number) => String(n).padStart(2, "0");
  return (s >= 3600 ? Math.floor(s / 3600) + ":" : "") + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
}

/** How the picture is turned in full screen, in degrees: a drag along it is then a drag down or up the screen. */
export const turned = (c: Controls): number => Number(c.box.dataset.turn) || 0;
export const whole = ({ video, length }: Controls): number => (Number.isFinite(video.duration) && video.duration > 0 ? video.duration : length);

function toggle(c: Controls): void {
  if (c.video.paused) c.doors.play();
  else c.video.pause();
}

export function seek(c: Controls, to: number): void {
  if (!whole(c)) return;
  c.video.currentTime = Math.min(whole(c), Math.max(0, to));
  draw(c);
}

/** Shows the state again after anything has changed. */
export function draw(c: Controls): void {
  const { box, video, wishes, parts } = c, length = whole(c), at = c.sought >= 0 ? c.sought : video.currentTime, wide = box.hasAttribute("data-wide");
  const share = (seconds: number): string => `${length ? Math.min(100, (seconds / length) * 100) : 0}%`;
  box.style.setProperty("--at", share(at));
  box.style.setProperty("--loaded", share(video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0));
  box.toggleAttribute("data-thin", wishes.thin && wishes.bar);
  parts.bar.hidden = !wishes.bar;
  parts.play.hidden = !wishes.play;
  parts.mute.hidden = !wishes.mute;
  parts.wide.hidden = !wishes.wide;
  parts.big.hidden = !wishes.center || !video.paused || (!parts.note.hidden && !parts.agree.hidden) || box.hasAttribute("data-wait");
  parts.rail.style.visibility = length ? "" : "hidden";
  parts.now.textContent = clock(at);
  parts.all.textContent = length ? clock(length) : "";
  parts.rail.ariaValueMax = String(Math.round(length));
  parts.rail.ariaValueNow = String(Math.round(at));
  parts.rail.ariaValueText = `${clock(at)} / ${clock(length)}`;
  dress(parts.play, video.paused ? "play" : "pause", video.paused ? word("播放", "play") : word("暂停", "pause"));
  dress(parts.mute, video.muted ? "silent" : "loud", video.muted ? word("取消静音", "unmute") : word("静音", "mute"));
  dress(parts.wide, wide ? "narrow" : "wide", wide ? word("退出全屏", "leave full screen") : word("全屏", "full screen"));
}

/** Shows the bar; it fades when nothing happens for a while. */
export function wake(c: Controls): void {
  c.box.removeAttribute("data-idle");
  clearTimeout(c.timers.idle);
  c.timers.idle = window.setTimeout(() => c.box.toggleAttribute("data-idle", !c.video.paused && c.sought < 0), IDLE_MS);
}

/** Asks for a tap on a button, or, without one, says something for a while. "" takes it away. */
export function say(c: Controls, text: string, agree = "", tag: Tag = "retry"): void {
  clearTimeout(c.timers.tip);
  c.parts.note.hidden = !text;
  c.parts.said.textContent = text;
  c.parts.agree.textContent = agree;
  c.parts.agree.hidden = !agree;
  c.tag = tag;
  if (text && !agree) c.timers.tip = window.setTimeout(() => say(c, ""), TIP_MS);
  draw(c);
}

/** The second that a place on the rail stands for. */
export function onRail(c: Controls, x: number, y: number): number {
  const r = c.parts.rail.getBoundingClientRect(), turn = turned(c);
  const share = turn > 0 ? (y - r.top) / r.height : turn < 0 ? (r.bottom - y) / r.height : (x - r.left) / r.width;
  return Math.min(1, Math.max(0, share)) * whole(c);
}

function keyed(c: Controls, ev: KeyboardEvent): void {
  const { video } = c, by: Record<string, number> = { ArrowLeft: -STEP_S, ArrowRight: STEP_S }, louder: Record<string, number> = { ArrowUp: 0.1, ArrowDown: -0.1 };
  if (by[ev.key]) seek(c, video.currentTime + by[ev.key]);
  else if (louder[ev.key]) video.volume = Math.min(1, Math.max(0, video.volume + louder[ev.key]));
  else if (ev.key === " " && (ev.target as Element).localName !== "button") toggle(c);
  else return;
  ev.preventDefault();
  ev.stopPropagation();
  wake(c);
}

function listen(c: Controls): void {
  const { box, video } = c;
  box.addEventListener("click", () => (box.hasAttribute("data-idle") || video.paused ? wake(c) : box.setAttribute("data-idle", "")));
  box.addEventListener("dblclick", () => toggle(c));
  box.addEventListener("pointermove", (ev) => { if (ev.pointerType === "mouse") wake(c); });
  box.addEventListener("focusin", (ev) => { if ((ev.target as Element).matches(":focus-visible")) wake(c); }); // by keyboard: a tap is told by click
  c.parts.rail.addEventListener("click", (ev) => { if (ev.detail) seek(c, onRail(c, ev.clientX, ev.clientY)); });
  box.addEventListener("keydown", (ev) => keyed(c, ev));
  for (const type of ["progress", "durationchange", "volumechange", "seeked"]) video.addEventListener(type, () => draw(c));
}

export function makeControls(box: HTMLElement, video: HTMLVideoElement, doors: Doors): Controls {
  part("div", "souk-video-wait", box);
  const note = part("div", "souk-video-note", box), said = part("span", "", note);
  const agree = button("", note, () => { const tag = c.tag; say(c, ""); doors.told(tag, 1); doors.agreed(tag); });
  const big = button("souk-video-big", box, () => { doors.told("centerplay", 1); doors.play(); });
  const bar = part("div", "souk-video-bar", box);
  const play = button("", bar, () => { doors.told("play", +video.paused); toggle(c); });
  const now = part("span", "", bar), rail = part("div", "souk-video-rail", bar), all = part("span", "", bar);
  const mute = button("", bar, () => { video.muted = !video.muted; draw(c); doors.told("mute", +video.muted); });
  const wide = button("", bar, () => { const on = !box.hasAttribute("data-wide"); doors.told("fullscreen", +on); doors.wide(on); });
  part("i", "souk-video-loaded", rail);
  part("i", "souk-video-done", rail);
  part("i", "souk-video-done", part("div", "souk-video-thin", box));
  bar.addEventListener("click", (ev) => { ev.stopPropagation(); wake(c); });
  rail.tabIndex = 0;
  rail.setAttribute("role", "slider");
  rail.ariaLabel = word("进度", "progress");
  rail.ariaValueMin = "0";
  note.setAttribute("role", "status");
  note.hidden = true;
  big.tabIndex = -1; // the bar's own button does the same
  dress(big, "play", word("播放", "play"));
  const c: Controls = {
    box, video, doors, wishes: { bar: true, play: true, center: true, mute: true, wide: true, thin: false, gesture: false }, length: 0, sought: -1,
    parts: { big, bar, play, now, rail, all, mute, wide, note, said, agree }, tag: "retry", timers: { idle: 0, tip: 0 }, stop: [],
  };
  listen(c);
  draw(c);
  return c;
}

export function endControls(c: Controls): void {
  clearTimeout(c.timers.idle);
  clearTimeout(c.timers.tip);
  for (const stop of c.stop) stop();
}
