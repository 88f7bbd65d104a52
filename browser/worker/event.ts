// User events: one message from the frame names the handlers that run, in order; ids become objects here.
import type { FrameEvent, Hit } from "../wire/wire";
import { type Block, named } from "./block";
import { drawnParent } from "./comp";
import type { Hook } from "./definition";
import { evaluate, type Fn, type NodeFacts } from "./program";
import type { Instance } from "./instance";
import { rare } from "./rare";
import { invoke } from "./report";

interface Target { id: string; tagName: string; dataset: Record<string, unknown>; offsetLeft: number; offsetTop: number; targetDataset?: Record<string, unknown> }

function facts(block: Block | undefined, node: number): NodeFacts {
  return block?.def.n?.[node] ?? {};
}

function datasetOf(block: Block | undefined, node: number): Record<string, unknown> {
  const { data } = facts(block, node);
  return block && data ? { ...evaluate(data, block.c.d, block.s) as object } : {};
}

/** A target for an element that the frame names by block and node. */
export function targetAt(block: number, node: number): Target { return target(named.get(block), node, 0, 0); }

/** The id and dataset of a node, for selector queries. */
export function described(block: number, node: number): { id: string; dataset: Record<string, unknown> } {
  const { id, dataset } = target(named.get(block), node, 0, 0);
  return { id, dataset };
}

function target(block: Block | undefined, node: number, left: number, top: number): Target {
  const { id, tag } = facts(block, node);
  return {
    id: String((typeof id === "function" ? block && evaluate(id, block.c.d, block.s) : id) ?? ""),
    tagName: tag ?? "", dataset: datasetOf(block, node), offsetLeft: left, offsetTop: top,
  };
}

/** The marks of the elements from the one hit up to the end of the instance that listens; the nearest to the hit wins. */
function marksFor(owner: Instance, path: FrameEvent["marks"]): object {
  const merged = {};
  for (let i = (path?.length ?? 0) - 1; i >= 0; i--) {
    const [id, node] = path![i], block = named.get(id), { mark } = facts(block, node);
    if (!block || !mark || !inside(block, owner)) continue;
    Object.assign(merged, typeof mark === "function" ? evaluate(mark, block.c.d, block.s) : mark);
  }
  return merged;
}

/** Whether a block is drawn within an instance, however deep. */
function inside(block: Block, owner: Instance): boolean {
  for (let at = drawnParent(block); at !== owner; at = drawnParent(at.site.b)) if (!at.site) return false;
  return true;
}

const captureFlag = 2, catchIfFlag = 4;

type Listener = string | Fn | { s: Fn } | undefined;

/** What a listener names now: for its phase, by name or by an expression that yields a name or a function. */
function namedBy(block: Block, handler: Listener): unknown {
  const f = typeof handler === "object" ? handler.s : handler;
  return typeof f === "function" ? evaluate(f, block.c.d, block.s) : f;
}

/** The handler in force, whether it is one in SJS, and whether the event ends there: catchTap="{{…}}" catches only while
 *  its expression names something. */
function listenerOf(block: Block, node: number, type: string, flags: number): { handler: unknown; sjs: boolean; ends: boolean } {
  const handlers = block.def.e?.[node];
  const inPhase = (key: string): Listener => (flags & captureFlag ? handlers?.[`capture:${key}`] : undefined) ?? handlers?.[key];
  const caught = flags & catchIfFlag ? inPhase(`catch:${type}`) : undefined, ends = !!caught && !!namedBy(block, caught);
  const listener = ends ? caught : inPhase(type);
  const value = namedBy(block, listener);
  return { handler: typeof value === "string" ? block.c.inst.self[value] : value, sjs: typeof listener === "object" && typeof value === "function", ends };
}

/** A form's detail names the button that sent it by place; programs get it as a target. */
function detailOf(detail: any): unknown {
  const at = detail?.buttonTarget?.at;
  return Array.isArray(at) ? { ...detail, buttonTarget: target(named.get(at[0]), at[1], 0, 0) } : detail ?? {};
}

export function dispatch(type: string, hits: Hit[], event: FrameEvent): void {
  const [hitBlock, hitNode, left, top] = event.target;
  const reached = target(named.get(hitBlock), hitNode, left, top);
  const eventFor = (block: Block, n: number): object => {
    const [curLeft, curTop] = event.cur?.[n] ?? [left, top], current = target(block, hits[n][1], curLeft, curTop);
    return {
      type, timeStamp: event.ts, detail: detailOf(event.detail), mark: marksFor(block.c.inst, event.marks),
      ...event.touches ? { touches: event.touches, changedTouches: event.changedTouches ?? [] } : {},
      // Alipay's rule: target carries the dataset of the element with the handler; the one hit is in targetDataset.
      target: { ...reached, dataset: current.dataset, targetDataset: reached.dataset },
      currentTarget: current,
      ...current.tagName === "map" && event.detail as object, // a map's events carry what they tell themselves too
    };
  };
  const path = (): [number, number][] => [[hitBlock, hitNode], ...hits.map(([id, node]): [number, number] => [id, node])];
  const from = (n: number): void => {
    for (; n < hits.length; n++) {
      const [id, node, flags] = hits[n], block = named.get(id);
      if (!block) continue;
      const { handler, sjs, ends } = listenerOf(block, node, type, flags);
      if (typeof handler === "function" && sjs) {
        rare.sjs?.handle(block.c.inst, [id, node], handler as Hook, eventFor(block, n), path(), over => { if (!over && !ends) from(n + 1); });
        return;
      }
      if (typeof handler === "function") invoke(block.c.inst.self, handler, [eventFor(block, n)]);
      if (ends) return;
    }
  };
  from(0);
}
