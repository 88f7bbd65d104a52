// Plays an exported animation: groups of style changes, one after the other, each by a CSS transition.
import { keep, lengthText, numberOr, type Host } from "./element";

/** Groups in one animation; more would be a mistake or malice. */
const MAX_STEPS = 200;

interface Step { changes: [name: string, args: any[]][]; duration: number; timing: string; delay: number; origin: string }

/** `value`: [{config: {duration, timeFunction, delay, transformOrigin}, animation: [[name, args], …]}] or {animations: […]} / {actions: […]}. */
export function animate(el: Host, value: any): void {
  const list: any[] = Array.isArray(value) ? value : value.animations ?? value.actions ?? [];
  const steps = list.slice(0, MAX_STEPS).map(stepOf);
  const run = ((el as any).$animation = {});
  let transform: Record<string, string> = {};
  let at = 0;
  const next = () => {
    if ((el as any).$animation !== run || at >= steps.length) return;
    const step = steps[at++];
    const time = `${step.duration}ms ${step.timing} ${step.delay}ms`;
    keep(el, "transition", step.duration + step.delay > 0 ? `all ${time}` : "none");
    keep(el, "transform-origin", step.origin);
    void el.offsetWidth; // the browser must see the start before the change, or nothing moves
    for (const [name, args] of step.changes) transform = change(el, name, args, transform);
    const text = Object.values(transform).join(" ");
    if (text) keep(el, "transform", text);
    setTimeout(next, step.duration + step.delay);
  };
  next();
}

function stepOf(raw: any): Step {
  const c = raw?.config ?? raw?.options ?? raw?.option ?? {};
  const t = c.transition ?? c;
  const changes = (raw?.animation ?? raw?.animates ?? []).map((a: any) => Array.isArray(a) ? [String(a[0]), list(a[1])] : [String(a.type), list(a.args)]);
  const timing = String(t.timeFunction ?? t.timingFunction ?? "linear");
  return {
    changes,
    duration: Math.max(0, numberOr(t.duration, 400)),
    timing: /^(linear|ease|ease-in|ease-out|ease-in-out|step-start|step-end|cubic-bezier\([\d., -]+\))$/.test(timing) ? timing : "linear",
    delay: Math.max(0, numberOr(t.delay, 0)),
    origin: String(c.transformOrigin ?? "50% 50% 0"),
  };
}

function list(v: unknown): any[] {
  return Array.isArray(v) ? v : v === undefined ? [] : [v];
}

const ANGLES = /^(rotate|skew)/;
const STYLES: Record<string, string> = {
  opacity: "opacity", backgroundColor: "background-color", width: "width", height: "height", top: "top", left: "left", bottom: "bottom", right: "right",
};

function change(el: Host, name: string, args: any[], transform: Record<string, string>): Record<string, string> {
  if (name === "style") { // ["style", ["opacity", "0.5"]], as some programs export it
    name = String(args[0]).replace(/-([a-z])/g, (_, c) => c.toUpperCase());
    args = args.slice(1);
  }
  const style = STYLES[name];
  if (style) {
    const plain = style === "opacity" || style === "background-color";
    keep(el, style, plain ? String(args[0]) : lengthText(args[0]));
    return transform;
  }
  if (!/^(translate|scale|rotate|skew|matrix)(X|Y|Z|3d)?$/.test(name)) return transform;
  const text = args.map((a, i) => unit(name, a, i)).join(",");
  return { ...transform, [name]: `${name}(${text})` };
}

function unit(name: string, a: any, i: number): string {
  if (name.startsWith("translate")) return lengthText(a) || "0";
  if (ANGLES.test(name) && (name !== "rotate3d" || i === 3)) return typeof a === "number" || /^-?[\d.]+$/.test(a) ? `${a}deg` : String(a);
  return String(a);
}
