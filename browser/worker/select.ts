// Finding component instances: by selector below a page or component, and upwards through owners and drawn parents.
import type { Block } from "./block";
import { type CompRegion, drawnParent, kindOf } from "./comp";
import type { Instance } from "./instance";
import type { ForRegion } from "./list";
import { evaluate, type Fn } from "./program";
import { invoke } from "./report";
import type { SlotRegion } from "./slot";

/** Visits component instances in document order, as drawn; false from visit stops. */
export function walk(block: Block | null, visit: (inst: Instance) => boolean | void): boolean {
  if (!block) return true;
  for (const r of block.r) {
    switch (r.def.k) {
      case "for": case "slot":
        for (const b of (r as ForRegion | SlotRegion).blocks) if (!walk(b, visit)) return false;
        break;
      case "comp": {
        const { inst } = r as CompRegion;
        if (inst && (visit(inst) === false || !walk(inst.root, visit))) return false;
        break;
      }
      default:
        if (!walk((r as { block: Block | null }).block, visit)) return false;
    }
  }
  return true;
}

interface Simple { tag: string; id: string; classes: string[] }

/** "#a.b", ".x .y", "a, b": the last part of each is matched, and the parts before it against the owners' drawn parents. */
function parse(selector: string): Simple[][] {
  return selector.split(",").map(one => one.trim().split(/[\s>]+/).filter(Boolean).map(part => ({
    tag: /^[\w-]+/.exec(part)?.[0] ?? "",
    id: /#([\w-]+)/.exec(part)?.[1] ?? "",
    classes: [...part.matchAll(/\.([\w-]+)/g)].map(m => m[1]),
  }))).filter(parts => parts.length);
}

function matches(inst: Instance, { tag, id, classes }: Simple): boolean {
  const { site, self } = inst;
  if (!site || !(tag || id || classes.length)) return false;
  if (tag && site.def.tag !== tag) return false;
  const facts = site.def.host < 0 ? undefined : Object.values(site.b.c.view.blocks[site.def.host]?.n ?? {})[0];
  const read = (value: string | Fn | undefined): unknown => typeof value === "function" ? evaluate(value, site.b.c.d, site.b.s) : value;
  if (id && (read(facts?.id) ?? self.props.id) !== id) return false;
  const have = `${read(facts?.class) ?? ""} ${self.props.className ?? ""}`.split(/\s+/);
  return classes.every(c => have.includes(c));
}

function matchesChain(inst: Instance, parts: Simple[], owner: Instance): boolean {
  if (!matches(inst, parts[parts.length - 1])) return false;
  let at: Instance = inst;
  for (let i = parts.length - 2; i >= 0; i--) {
    do {
      if (!at.site) return false;
      at = drawnParent(at.site.b);
      if (at === owner) return false;
    } while (!matches(at, parts[i]));
  }
  return true;
}

function seen(inst: Instance): any {
  const def = kindOf(inst);
  return def?.ref ? invoke(inst.self, def.ref, []) : inst.self;
}

export function selectAll(owner: Instance, selector: string, limit = Infinity): any[] {
  const wanted = parse(String(selector)), found: any[] = [];
  walk(owner.root, inst => {
    if (inst.site!.b.c.inst !== owner || !wanted.some(parts => matchesChain(inst, parts, owner))) return true;
    return found.push(seen(inst)) < limit;
  });
  return found;
}

/** The instance in whose template the component's tag stands. */
export function ownerOf(inst: Instance): any {
  return inst.site?.b.c.inst.self ?? null;
}

/** The nearest component around it, as drawn; null below the page itself. */
export function composedParent(inst: Instance): Instance | null {
  if (!inst.site) return null;
  const parent = drawnParent(inst.site.b);
  return parent.site ? parent : null;
}
