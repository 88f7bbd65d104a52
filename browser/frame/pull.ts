// Pull-down refresh: the gesture at the top of a page and the three dots above it.
import { own } from "../elements/element";
import type { Frame, Page } from "./model";

/** How far the finger must pull, after damping, for a refresh; also where the page rests while it refreshes. */
const THRESHOLD_PX = 56;
const DAMPING = 0.5;

export function allowPull(page: Page, on: boolean): void {
  page.pull.allowed = on;
}

function allowed(f: Frame, page: Page): boolean {
  if (page.pull.allowed !== undefined) return page.pull.allowed;
  const window = (f.bundle.app.window ?? {}) as Record<string, unknown>;
  const value = page.entry?.config.pullRefresh ?? window.pullRefresh;
  return value === true || value === "YES" || value === "true";
}

export function listenPull(f: Frame, page: Page): void {
  let startY = -1;
  const down = (y: number) => { startY = page.scroller.scrollTop <= 0 && page.pull.state === "idle" && allowed(f, page) ? y : -1; };
  const move = (y: number) => {
    if (startY < 0) return;
    const pulled = (y - startY) * DAMPING;
    if (page.scroller.scrollTop > 0 || pulled <= 0) return place(page, 0, false);
    page.pull.state = "pulling";
    place(page, Math.min(pulled, THRESHOLD_PX * 2), false);
  };
  const up = () => {
    if (startY < 0) return;
    startY = -1;
    if (page.pull.state !== "pulling") return;
    if (page.pull.offset >= THRESHOLD_PX) startPull(f, page);
    else stopPull(page);
  };
  page.frame.addEventListener("touchstart", (e) => down(e.touches[0].clientY), { passive: true });
  page.frame.addEventListener("touchmove", (e) => move(e.touches[0].clientY), { passive: true });
  page.frame.addEventListener("touchend", up, { passive: true });
  page.frame.addEventListener("touchcancel", up, { passive: true });
  page.frame.addEventListener("pointerdown", (e) => {
    if (e.pointerType !== "mouse" || e.button !== 0) return;
    down(e.clientY);
    if (startY < 0) return;
    const moved = (m: PointerEvent) => move(m.clientY);
    window.addEventListener("pointermove", moved);
    window.addEventListener("pointerup", () => { window.removeEventListener("pointermove", moved); up(); }, { once: true });
  });
}

export function startPull(f: Frame, page: Page): void {
  if (page.pull.state === "refreshing") return;
  page.pull.state = "refreshing";
  place(page, THRESHOLD_PX, true);
  f.send([3, page.id, "pullDownRefresh"]);
}

export function stopPull(page: Page): void {
  page.pull.state = "idle";
  place(page, 0, true);
}

function place(page: Page, offset: number, animated: boolean): void {
  if (offset === page.pull.offset) return;
  page.pull.offset = offset;
  if (!page.pull.bar && offset > 0) {
    const bar = (page.pull.bar = document.createElement("div"));
    bar.className = "souk-pull";
    bar.setAttribute("role", "status");
    bar.setAttribute("aria-label", "…");
    for (let i = 0; i < 3; i++) bar.appendChild(document.createElement("i"));
    page.frame.insertBefore(own(bar), page.scroller);
  }
  const motion = animated ? "transform .25s ease-out" : "none";
  page.scroller.style.transition = motion;
  page.scroller.style.transform = offset > 0 ? `translateY(${offset}px)` : "";
  if (page.pull.bar) page.pull.bar.classList.toggle("turning", page.pull.state === "refreshing");
  if (page.pull.bar) page.pull.bar.style.opacity = String(Math.min(1, offset / THRESHOLD_PX));
}
