// User events: one message from the frame names the handlers that run, in order; ids become objects here.
import type { FrameEvent, Hit } from "../wire/wire";
import { type Block, named } from "./block";
import { drawnParent } from "./comp";
import { evaluate, type NodeFacts } from "./program";
import type { Instance } from "./instance";
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

/** What a handler in SJS gets beside the event. It runs here, where there are no elements: methods can be called and a state kept. */
function owner(inst: Instance): object {
  let state = states.get(inst);
  if (!state) states.set(inst, state = {});
  return {
    callMethod: (name: string, ...args: unknown[]) => invoke(inst.self, inst.self[name], args),
    getState: () => state,
  };
}

const states = new WeakMap<Instance, object>();

/** What a listener names now: for its phase, by name or by an expression that yields a name or a function. */
function namedBy(block: Block, node: number, type: string, flags: number): unknown {
  const handlers = block.def.e?.[node];
  const handler = (flags & captureFlag ? handlers?.[`capture:${type}`] : undefined) ?? handlers?.[type];
  return typeof handler === "function" ? evaluate(handler, block.c.d, block.s) : handler;
}

/** The handler in force, and whether the event ends there: catchTap="{{…}}" catches only while its expression names something. */
function listenerOf(block: Block, node: number, type: string, flags: number): { handler: unknown; ends: boolean } {
  const caught = flags & catchIfFlag ? namedBy(block, node, `catch:${type}`, flags) : undefined;
  const value = caught || namedBy(block, node, type, flags);
  return { handler: typeof value === "string" ? block.c.inst.self[value] : value, ends: !!caught };
}

/** A form's detail names the button that sent it by place; programs get it as a target. */
function detailOf(detail: any): unknown {
  const at = detail?.buttonTarget?.at;
  return Array.isArray(at) ? { ...detail, buttonTarget: target(named.get(at[0]), at[1], 0, 0) } : detail ?? {};
}

export function dispatch(type: string, hits: Hit[], event: FrameEvent): void {
  const [hitBlock, hitNode, left, top] = event.target;
  const hit = named.get(hitBlock), reached = target(hit, hitNode, left, top);
  for (let n = 0; n < hits.length; n++) {
    const [id, node, flags] = hits[n], block = named.get(id);
    if (!block) continue;
    const { handler, ends } = listenerOf(block, node, type, flags);
    if (ends) hits = hits.slice(0, n + 1);
    if (typeof handler !== "function") continue;
    const [curLeft, curTop] = event.cur?.[n] ?? [left, top];
    const current = target(block, node, curLeft, curTop);
    invoke(block.c.inst.self, handler, [{
      type, timeStamp: event.ts, detail: detailOf(event.detail), mark: marksFor(block.c.inst, event.marks),
      ...event.touches ? { touches: event.touches, changedTouches: event.changedTouches ?? [] } : {},
      // Alipay's rule: target carries the dataset of the element with the handler; the one hit is in targetDataset.
      target: { ...reached, dataset: current.dataset, targetDataset: reached.dataset },
      currentTarget: current,
    }, owner(block.c.inst)]);
  }
}
