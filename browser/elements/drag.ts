// A drag with finger, pen or mouse, by pointer events: the sheet's touch-action says which direction stays the browser's.

export interface Drag {
  x0: number; y0: number;   // where it began, client pixels
  dx: number; dy: number;   // how far it is
  vx: number; vy: number;   // pixels a millisecond, over the last 100 ms
  event: PointerEvent;
}
export interface Dragging {
  /** false refuses the drag. Called once the finger has moved `slop` pixels. */
  start?(d: Drag): boolean | void;
  move(d: Drag): void;
  /** cancelled: the browser took the gesture for itself. */
  end(d: Drag, cancelled: boolean): void;
  slop?: number;
}

/** Pixels a finger may stray before a press becomes a drag. */
const SLOP_PX = 4;
const SPEED_WINDOW_MS = 100;

interface Sample { x: number; y: number; t: number }

/** Follows one pointer at a time on `el`. Returns a function that stops listening. */
export function drag(el: HTMLElement, on: Dragging): () => void {
  let current: { id: number; samples: Sample[]; begun: boolean; d: Drag } | null = null;
  const down = (ev: PointerEvent) => {
    if (current || ev.button !== 0 || ev.isPrimary === false) return;
    current = { id: ev.pointerId, samples: [sample(ev)], begun: false, d: { x0: ev.clientX, y0: ev.clientY, dx: 0, dy: 0, vx: 0, vy: 0, event: ev } };
  };
  const move = (ev: PointerEvent) => {
    if (!current || ev.pointerId !== current.id) return;
    const d = current.d;
    d.event = ev;
    d.dx = ev.clientX - d.x0;
    d.dy = ev.clientY - d.y0;
    if (!current.begun) {
      if (Math.hypot(d.dx, d.dy) < (on.slop ?? SLOP_PX)) return;
      if (on.start?.(d) === false) { current = null; return; }
      current.begun = true;
      try { el.setPointerCapture(ev.pointerId); } catch { /* the pointer is gone already; its end follows */ }
    }
    current.samples.push(sample(ev));
    speed(current.samples, d);
    on.move(d);
  };
  const end = (cancelled: boolean) => (ev: PointerEvent) => {
    if (!current || ev.pointerId !== current.id) return;
    const { begun, d, samples } = current;
    current = null;
    d.event = ev;
    speed([...samples, sample(ev)], d);
    if (begun) on.end(d, cancelled);
  };
  const up = end(false), cancel = end(true);
  el.addEventListener("pointerdown", down);
  window.addEventListener("pointermove", move);
  window.addEventListener("pointerup", up);
  window.addEventListener("pointercancel", cancel);
  return () => {
    el.removeEventListener("pointerdown", down);
    window.removeEventListener("pointermove", move);
    window.removeEventListener("pointerup", up);
    window.removeEventListener("pointercancel", cancel);
  };
}

function sample(ev: PointerEvent): Sample {
  return { x: ev.clientX, y: ev.clientY, t: ev.timeStamp };
}

function speed(samples: Sample[], d: Drag): void {
  const last = samples[samples.length - 1];
  while (samples.length > 2 && last.t - samples[0].t > SPEED_WINDOW_MS) samples.shift();
  const time = last.t - samples[0].t;
  d.vx = time > 0 ? (last.x - samples[0].x) / time : 0;
  d.vy = time > 0 ? (last.y - samples[0].y) / time : 0;
}
