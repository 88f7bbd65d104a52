// Smooth scrolling of a given length of time, which the platform's own does not offer.

/** Moves scrollTop or scrollLeft with an ease-out; duration in milliseconds, 0 = at once. Answers when it stands. */
export function glide(el: HTMLElement, axis: "scrollTop" | "scrollLeft", to: number, duration: number): Promise<void> {
  const from = el[axis];
  if (!(duration > 0) || document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    el[axis] = to;
    return Promise.resolve();
  }
  const start = performance.now();
  return new Promise((done) => {
    const step = (now: number) => {
      const t = Math.min(1, Math.max(0, (now - start) / duration));
      el[axis] = from + (to - from) * (1 - (1 - t) ** 3);
      if (t < 1 && el.isConnected) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
}
