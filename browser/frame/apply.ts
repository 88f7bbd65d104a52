// Applies the worker's operations (docs/runtime.md §3). Work that would hold the screen is cut into slices; order is kept.
import { restyle, textOf, writeAttribute, type Host } from "../elements/element";
import { breakLines, decodeText } from "../elements/text";
import { HoleKind, Op, type Flush, type Json, type Operation } from "../wire/wire";
import type { Block, DomNode, Frame, Hole, Live, Template } from "./model";
import { templateOf } from "./template";

/** A slice of work, in milliseconds, after which the browser may draw. Drawing a slice costs several times as much. */
const SLICE_MS = 32;
/** Laying out what a slice made costs more than making it, and grows with all that is there: a slice may take as many times
 *  what the pause before it took, so that a long flush is drawn a few times, not at every slice. */
const PAUSES = 3;
/** Rows inserted between two looks at the clock. */
const ROWS_A_LOOK = 64;

/** What the applier asks of the rest of the frame. */
export interface Doors {
  open(f: Frame, id: number, path: string): void;
  show(f: Frame, id: number, how: string): void;
  close(f: Frame, id: number): void;
  call(f: Frame, id: number, name: string, args: Json[]): void;
}

interface Work { flush: Flush; at: number; insertAt: number }

/** A function that takes each flush; it answers `[0, seq]` when all of it is in the DOM. */
export function applier(f: Frame, doors: Doors): (flush: Flush) => void {
  const queue: Work[] = [];
  const channel = new MessageChannel();
  let running = false, paused = 0;
  const run = () => {
    const now = performance.now(), until = now + (paused ? Math.max(SLICE_MS, PAUSES * (now - paused)) : SLICE_MS);
    for (let work = queue[0]; work; work = queue[0]) {
      if (!proceed(f, doors, work, until)) {
        paused = performance.now();
        channel.port2.postMessage(0);
        return;
      }
      queue.shift();
      finish(f);
      f.send([0, work.flush[1]]);
    }
    running = false;
    paused = 0;
  };
  channel.port1.onmessage = run;
  return (flush) => {
    queue.push({ flush, at: 0, insertAt: 0 });
    if (running) return;
    running = true;
    run();
  };
}

/** Works on a flush until it is done (true) or the time is up (false). */
function proceed(f: Frame, doors: Doors, work: Work, until: number): boolean {
  const ops = work.flush[2];
  f.busy = true;
  while (work.at < ops.length) {
    const op = ops[work.at];
    try {
      if (op[0] === Op.Insert) {
        work.insertAt = insert(f, op, work.insertAt, until);
        if (work.insertAt < op[7]) return false;
        work.insertAt = 0;
      } else one(f, doors, op);
    } catch (e) {
      f.send([4, `operation ${JSON.stringify(op).slice(0, 200)}: ${(e as Error).message}`]);
      work.insertAt = 0;
    }
    work.at++;
    if (work.at < ops.length && (work.at & 15) === 0 && performance.now() > until) return false;
  }
  return true;
}

function finish(f: Frame): void {
  f.busy = false;
  if (!f.painted && f.shown?.block.lists?.[0]?.length) {
    f.painted = true;
    requestAnimationFrame(() => f.ctx.tell({ k: "painted" }));
  }
  for (let n = 0; f.after.length && n < 10000; n++) f.after.shift()!();
}

function one(f: Frame, doors: Doors, op: Operation): void {
  switch (op[0]) {
    case Op.Set: return setHole(f, block(f, op[1]), op[2], op[3]);
    case Op.Remove: return remove(f, block(f, op[1]), op[2], op[3], op[4]);
    case Op.Empty: return empty(f, block(f, op[1]), op[2]);
    case Op.Move: return move(block(f, op[1]), op[2], op[3]);
    case Op.Open: return doors.open(f, op[1], op[2]);
    case Op.Show: return doors.show(f, op[1], op[2]);
    case Op.Close: return doors.close(f, op[1]);
    case Op.Call: return doors.call(f, op[1], op[2], op.slice(3) as Json[]);
    case Op.Insert: return;
    default: throw new Error("unknown operation");
  }
}

function block(f: Frame, id: number): Block {
  const b = f.blocks.get(id);
  if (!b) throw new Error(`block ${id} does not exist`);
  return b;
}

/** A region's blocks; they stand before its anchor. */
function listOf(b: Block, region: number): Block[] {
  if (region >= b.t.regions.length) throw new Error(`block ${b.id} has no region ${region}`);
  const lists = (b.lists ??= []);
  return (lists[region] ??= []);
}

/** The first DOM node of a block, which may belong to a region at its start. */
function firstNode(b: Block): DomNode {
  const region = b.t.rootRegions[0];
  const list = region >= 0 && b.lists ? b.lists[region] : undefined;
  return list && list.length ? firstNode(list[0]) : b.nodes[0];
}

/** Inserts copies from number `done` on; returns how many are in when done or when time is up. */
function insert(f: Frame, op: Extract<Operation, [Op.Insert, ...any]>, done: number, until: number): number {
  const [, parentId, region, at, view, def, firstId, count, values] = op;
  const parent = block(f, parentId);
  const list = listOf(parent, region);
  const t = templateOf(f, view, def);
  const anchor = parent.nodes[parent.t.regions[region]];
  const place = Math.min(at + done, list.length);
  const before = place < list.length ? firstNode(list[place]) : anchor;
  const added: Block[] = [];
  f.ctx.path = t.path;
  let n = done;
  while (n < count) {
    const piece = document.createDocumentFragment();
    for (const stop = Math.min(count, n + ROWS_A_LOOK); n < stop; n++) {
      const b = copy(f, t, parent.page, firstId + n, piece);
      for (let h = 0, v = n * t.holes.length; h < t.holes.length; h++) write(f, b, t.holes[h], values[v++]);
      added.push(b);
    }
    anchor.parentNode!.insertBefore(piece, before);
    if (performance.now() > until) break;
  }
  place === list.length ? push(list, added) : list.splice(place, 0, ...added);
  if (t.appear.length) for (const b of added) for (const ref of t.appear) f.observer?.observe(b.nodes[ref] as unknown as Element);
  return n;
}

function push(list: Block[], more: Block[]): void {
  for (const b of more) list.push(b);
}

/** A new block at the end of a piece of the document that is not shown yet. */
function copy(f: Frame, t: Template, page: Block["page"], id: number, piece: DocumentFragment): Block {
  const made = t.single ? t.single.cloneNode(true) : t.proto.cloneNode(true), nodes: DomNode[] = [];
  const b: Block = { id, page, t, nodes, lists: null };
  let root = (t.single ? made : made.firstChild) as DomNode;
  for (let i = 0; i < t.roots; i++, root = root.nextSibling as DomNode) {
    root.$b = b;
    nodes.push(root);
  }
  find(nodes, t.walk);
  piece.appendChild(made);
  f.blocks.set(id, b);
  for (const live of t.live) create(f, b, live);
  return b;
}

function find(nodes: DomNode[], walk: Int32Array): void {
  for (let i = 0; i < walk.length; i += 3) {
    let n = nodes[walk[i]] as ChildNode;
    if (walk[i + 1]) n = n.firstChild!;
    for (let s = walk[i + 2]; s > 0; s--) n = n.nextSibling!;
    nodes.push(n as DomNode);
  }
}

function create(f: Frame, b: Block, live: Live): void {
  const el = b.nodes[live.ref] as unknown as Host;
  const def = live.def ?? f.elements[live.tag];
  if (!def) {
    f.waiting.get(live.tag)?.push({ el, live, set: [] });
    return;
  }
  start(f, el, def, live);
}

/** Makes a stateful element: create, then its constant attributes. */
export function start(f: Frame, el: Host, def: NonNullable<Live["def"]>, live: Live): void {
  def.create?.(el, f.ctx);
  for (const [name, value] of live.attributes) attribute(f, el, def, name, value);
}

function attribute(f: Frame, el: Host, def: Live["def"], name: string, value: Json): void {
  if (!def?.set || def.set(el, name, value, f.ctx) === false) writeAttribute(el, name, value);
}

function setHole(f: Frame, b: Block, hole: number, value: Json): void {
  const h = b.t.holes[hole];
  if (!h) throw new Error(`block ${b.id} has no hole ${hole}`);
  f.ctx.path = b.t.path;
  write(f, b, h, value);
}

function write(f: Frame, b: Block, h: Hole, value: Json): void {
  const node = b.nodes[h.ref];
  switch (h.kind) {
    case HoleKind.Text: node.nodeValue = textOf(value); return;
    case -1: node.nodeValue = decodeText(breakLines(textOf(value))); return;
    case -2: node.nodeValue = breakLines(textOf(value)); return;
    case HoleKind.Class: (node as unknown as Element).className = textOf(value); return;
    case HoleKind.Style: return restyle(node as unknown as Host, value, f.ctx, h.def?.keeps);
    default: return writeElement(f, node as unknown as Host, h, value);
  }
}

function writeElement(f: Frame, el: Host, h: Hole, value: Json): void {
  const def = h.def ?? f.elements[el.localName];
  if (h.name === "class") el.className = textOf(value);
  else if (h.name === "style") restyle(el, value, f.ctx, def?.keeps);
  else if (h.name === "id" || h.name === "canvas-id") writeAttribute(el, h.name, value);
  else if (!def && f.waiting.has(el.localName)) f.waiting.get(el.localName)!.find((w) => w.el === el)?.set.push([h.name, value]);
  else attribute(f, el, def, h.name, value);
}

function remove(f: Frame, b: Block, region: number, at: number, count: number): void {
  const list = listOf(b, region);
  if (at === 0 && count >= list.length) return empty(f, b, region);
  for (const gone of list.splice(at, count)) {
    detach(gone);
    forget(f, gone);
  }
}

function empty(f: Frame, b: Block, region: number): void {
  const list = listOf(b, region);
  if (!list.length) return;
  const anchor = b.nodes[b.t.regions[region]];
  const parent = anchor.parentNode!;
  // A region's blocks stand together just before their anchor: from first to last child means nothing else is there.
  if (parent.lastChild === anchor && parent.firstChild === firstNode(list[0])) {
    parent.textContent = "";
    parent.appendChild(anchor);
  } else for (const gone of list) detach(gone);
  for (const gone of list) forget(f, gone);
  b.lists![region] = [];
}

/** Takes a block's nodes out of the document, nested regions at its root included. */
function detach(b: Block): void {
  for (let i = 0; i < b.t.roots; i++) {
    const region = b.t.rootRegions[i];
    if (region >= 0 && b.lists) for (const inner of b.lists[region] ?? []) detach(inner);
    b.nodes[i].remove();
  }
}

/** Forgets a removed block's number and all below it. */
export function forget(f: Frame, b: Block): void {
  f.blocks.delete(b.id);
  for (const live of b.t.live) {
    const el = b.nodes[live.ref] as unknown as Host;
    const waits = f.waiting.get(live.tag);
    if (waits) f.waiting.set(live.tag, waits.filter((w) => w.el !== el));
    (live.def ?? f.elements[live.tag])?.destroy?.(el, f.ctx);
  }
  for (const ref of b.t.appear) f.observer?.unobserve(b.nodes[ref] as unknown as Element);
  if (b.lists) for (const list of b.lists) if (list) for (const inner of list) forget(f, inner);
}

function move(b: Block, region: number, fromTo: number[]): void {
  const list = listOf(b, region);
  const anchor = b.nodes[b.t.regions[region]];
  for (let i = 0; i < fromTo.length; i += 2) {
    const [moved] = list.splice(fromTo[i], 1);
    if (!moved) throw new Error(`no block at ${fromTo[i]}`);
    const to = fromTo[i + 1];
    const before = to < list.length ? firstNode(list[to]) : anchor;
    place(moved, before);
    list.splice(to, 0, moved);
  }
}

function place(b: Block, before: DomNode): void {
  for (let i = 0; i < b.t.roots; i++) {
    const region = b.t.rootRegions[i];
    if (region >= 0 && b.lists) for (const inner of b.lists[region] ?? []) place(inner, before);
    before.parentNode!.insertBefore(b.nodes[i], before);
  }
}

/** An element's group has arrived: the elements that waited are made, with what was set meanwhile. */
export function adopt(f: Frame, elements: Frame["elements"]): void {
  for (const tag in elements) {
    const waits = f.waiting.get(tag) ?? [];
    f.elements[tag] = elements[tag];
    f.waiting.delete(tag);
    for (const { el, live, set } of waits) {
      start(f, el, elements[tag], live);
      for (const [name, value] of set) attribute(f, el, elements[tag], name, value as Json);
    }
  }
}
