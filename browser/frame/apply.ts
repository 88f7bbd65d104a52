// Applies the worker's operations (docs/runtime.md §3). Work that would hold the screen is cut into slices; order is kept.
import { callsGroup } from "../elements/lazy";
import { own, restyle, textOf, writeAttribute, type Host } from "../elements/element";
import { breakLines, decodeText } from "../elements/text";
import { HoleKind, Op, type Flush, type Json, type Operation } from "../wire/wire";
import { FAR, type Block, type DomNode, type Frame, type Group, type Hole, type Late, type Live, type Template } from "./model";
import { templateOf } from "./template";

/** How long a flush may take, in milliseconds, before what is there is painted. */
const FIRST_MS = 32;
/** Rows of a long list that are painted before the rest is made: some two screens. */
const FIRST_ROWS = 128;
/** The slice after that, in milliseconds; each later one is twice as long. Laying out what a slice made costs several times what
 *  making it did, and grows with all that is there: pauses are few. */
const LATER_MS = 300;
/** How long a pause waits for its paint, in milliseconds; a page that is not seen is not painted. */
const PAINT_MS = 50;
/** Rows put in at once that make a list long: those below a first screen may be laid out later (far.ts). */
const LONG_ROWS = 300;
/** Rows inserted between two looks at the clock, and those of a first screen. */
const ROWS_A_LOOK = 64;

/** What the applier asks of the rest of the frame. */
export interface Doors {
  open(f: Frame, id: number, path: string): void;
  show(f: Frame, id: number, how: string): void;
  close(f: Frame, id: number): void;
  call(f: Frame, id: number, name: string, args: Json[]): void;
}

interface Work { flush: Flush; at: number; insertAt: number }
/** When a slice must end, and whether something of this work has been painted already. */
interface Slice { until: number; later: boolean }

/** A function that takes each flush; it answers `[0, seq]` when all of it is in the DOM. */
export function applier(f: Frame, doors: Doors): (flush: Flush) => void {
  const queue: Work[] = [];
  let running = false;
  const run = (paused: number) => {
    const slice: Slice = { until: performance.now() + (paused ? LATER_MS << paused - 1 : FIRST_MS), later: paused > 0 };
    for (let work = queue[0]; work; work = queue[0]) {
      const done = proceed(f, doors, work, slice);
      if (f.long.length) f.late!.setFar(f, done);
      if (!done) return afterPaint(() => run(paused + 1));
      queue.shift();
      finish(f);
      f.send([0, work.flush[1]]);
      if (f.touched.length) f.late!.setNear(f); // before anybody measures: what measures comes in a message
    }
    running = false;
  };
  return (flush) => {
    queue.push({ flush, at: 0, insertAt: 0 });
    if (running) return;
    running = true;
    run(0);
  };
}

/** Goes on once what is there has been painted, or nobody looks. */
function afterPaint(run: () => void): void {
  let done = false;
  const once = () => {
    if (!done) run();
    done = true;
  };
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = once;
  if (document.hidden) return port2.postMessage(0);
  setTimeout(once, PAINT_MS);
  requestAnimationFrame(() => port2.postMessage(0));
}

/** Works on a flush until it is done (true) or the time is up (false). */
function proceed(f: Frame, doors: Doors, work: Work, slice: Slice): boolean {
  const ops = work.flush[2];
  f.busy = true;
  while (work.at < ops.length) {
    const op = ops[work.at];
    try {
      if (op[0] === Op.Insert || op[0] === Op.Each) {
        work.insertAt = op[0] === Op.Insert ? insert(f, op, work.insertAt, slice) : insertEach(f, op, work.insertAt, slice);
        if (work.insertAt < (op[0] === Op.Insert ? op[7] : op[6])) return false;
        work.insertAt = 0;
      } else one(f, doors, op);
    } catch (e) {
      f.send([4, `operation ${JSON.stringify(op).slice(0, 200)}: ${(e as Error).message}`]);
      work.insertAt = 0;
    }
    work.at++;
    if (work.at < ops.length && (work.at & 15) === 0 && performance.now() > slice.until) return false;
  }
  return true;
}

function finish(f: Frame): void {
  f.busy = false;
  if (!f.painted && f.shown?.block.lists?.[0]?.length) {
    f.painted = true;
    requestAnimationFrame(() => {
      f.ctx.tell({ k: "painted" });
      f.load(callsGroup);
    });
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
    case Op.Insert: case Op.Each: return;
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
function insert(f: Frame, op: Extract<Operation, [Op.Insert, ...any]>, done: number, slice: Slice): number {
  const [, parentId, region, at, view, def, firstId, count, values] = op;
  const parent = block(f, parentId), list = listOf(parent, region), t = templateOf(f, view, def), width = t.holes.length;
  const anchor = parent.nodes[parent.t.regions[region]], into = anchor.parentNode!;
  const place = Math.min(at + done, list.length), added: Block[] = place === list.length ? list : [];
  const before = place < list.length ? firstNode(list[place]) : anchor;
  f.ctx.path = t.path;
  touch(f, into, false);
  bake(t, values, done * width);
  const from = performance.now(), waits = f.late && count >= LONG_ROWS && t.single?.nodeType === Node.ELEMENT_NODE && t.single as unknown as Element;
  let n = done;
  try {
    while (n < count) {
      if (waits && n >= ROWS_A_LOOK) waits.setAttribute(FAR, "");
      for (const stop = Math.min(count, n + ROWS_A_LOOK); n < stop; n++) added.push(make(f, t, parent.page, firstId + n, values, n * width, into, before));
      if (n < count && pauses(slice, from, n - done, count - done)) break;
    }
  } finally {
    if (waits) waits.removeAttribute(FAR);
  }
  if (added !== list) list.splice(place, 0, ...added);
  if (f.late && count >= LONG_ROWS && n > Math.max(done, ROWS_A_LOOK)) f.long.push(list.slice(place + Math.max(ROWS_A_LOOK - done, 0), place + n - done));
  if (t.appear.length) for (const b of list.slice(place, place + n - done)) watch(f, b);
  return n;
}

/** Notes what rows that wait may stand around or in. Rows of one list follow each other and are noted once. */
function touch(f: Frame, node: Node, changes: boolean): void {
  if (f.late && (changes || f.touched[f.touched.length - 1]?.[0] !== node)) f.touched.push([node, changes]);
}

/** The same for one block in each of several that follow each other. */
function insertEach(f: Frame, op: Extract<Operation, [Op.Each, ...any]>, done: number, slice: Slice): number {
  const [, firstBlock, region, view, def, firstId, count, values] = op, t = templateOf(f, view, def), width = t.holes.length;
  f.ctx.path = t.path;
  bake(t, values, done * width);
  const from = performance.now();
  let n = done;
  while (n < count) {
    for (const stop = Math.min(count, n + ROWS_A_LOOK); n < stop; n++) {
      const parent = block(f, firstBlock + n), list = listOf(parent, region), anchor = parent.nodes[parent.t.regions[region]];
      touch(f, anchor.parentNode!, false);
      const b = make(f, t, parent.page, firstId + n, values, n * width, anchor.parentNode!, list.length ? firstNode(list[0]) : anchor);
      list.unshift(b);
      if (t.appear.length) watch(f, b);
    }
    if (n < count && pauses(slice, from, n - done, count - done)) break;
  }
  return n;
}

/** A new block with its values, put before a node. */
function make(f: Frame, t: Template, page: Block["page"], id: number, values: Json[], from: number, into: Node, before: DomNode): Block {
  const made = t.single ? t.single.cloneNode(true) : t.proto.cloneNode(true), b = copy(f, t, page, id, made), { holes, baked } = t;
  for (let h = 0, v = from; h < holes.length; h++, v++) if (values[v] !== baked[h]) write(f, b, holes[h], values[v]);
  into.insertBefore(made, before);
  return b;
}

function watch(f: Frame, b: Block): void {
  for (const ref of b.t.appear) f.observer?.observe(b.nodes[ref] as unknown as Element);
}

/** Whether it is time for a pause: time is up, or a first screen stands of a list that will take long, as the rows made since `from` tell. */
function pauses(slice: Slice, from: number, made: number, all: number): boolean {
  const now = performance.now();
  if (now > slice.until) return true;
  return !slice.later && made === FIRST_ROWS && (now - from) * (all / made) > FIRST_MS;
}

/** Rows of a list mostly have the same class: the prototype takes the first one's, and those like it are copied with it. */
function bake(t: Template, values: Json[], from: number): void {
  for (let h = 0; h < t.holes.length; h++) {
    const value = values[from + h];
    if (t.holes[h].kind !== HoleKind.Class || t.baked[h] === value) continue;
    t.baked[h] = value;
    (nodesOf(t, t.proto)[t.holes[h].ref] as unknown as Element).className = textOf(value);
  }
}

/** A new block of a piece of the document that is not shown yet. */
function copy(f: Frame, t: Template, page: Block["page"], id: number, made: Node): Block {
  const b: Block = { id, page, t, nodes: nodesOf(t, made), lists: null };
  for (let i = 0; i < t.roots; i++) b.nodes[i].$b = b;
  f.blocks.set(id, b);
  for (const live of t.live) create(f, b, live);
  return b;
}

/** The nodes that matter of a copy, which is the only root itself or a fragment around the roots. */
function nodesOf(t: Template, made: Node): DomNode[] {
  const nodes: DomNode[] = [];
  if (t.single && made !== t.proto) nodes.push(made as DomNode);
  else for (let root = made.firstChild, i = 0; i < t.roots; i++, root = root!.nextSibling) nodes.push(root as DomNode);
  find(nodes, t.walk);
  return nodes;
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
  if (def.inner && !live.def) lateInner(el, def.inner);
  def.create?.(el, f.ctx);
  for (const [name, value] of live.attributes) attribute(f, el, def, name, value);
}

/** The inside of an element whose code was not there when its prototype was made: what the program wrote in it moves there. */
function lateInner(el: Host, inner: (el: Host) => Node): void {
  const written = new Set<Node>(el.childNodes), inside = inner(el);
  for (const n of [...el.childNodes]) {
    if (!written.has(n)) own(n);
    else if (inside !== el) inside.appendChild(n);
  }
}

function attribute(f: Frame, el: Host, def: Live["def"], name: string, value: Json): void {
  if (!def?.set || def.set(el, name, value, f.ctx) === false) writeAttribute(el, name, value);
}

function setHole(f: Frame, b: Block, hole: number, value: Json): void {
  const h = b.t.holes[hole];
  if (!h) throw new Error(`block ${b.id} has no hole ${hole}`);
  f.ctx.path = b.t.path;
  if (h.kind > HoleKind.Text) touch(f, b.nodes[h.ref], true);
  write(f, b, h, value);
}

function write(f: Frame, b: Block, h: Hole, value: Json): void {
  const node = b.nodes[h.ref];
  switch (h.kind) {
    case HoleKind.Text: node.nodeValue = textOf(value); return;
    case -1: node.nodeValue = decodeText(breakLines(textOf(value))); return;
    case -2: node.nodeValue = breakLines(textOf(value)); return;
    case HoleKind.Class: (node as unknown as Element).className = textOf(value); return;
    case HoleKind.Style: return restyle(node as unknown as Host, value, f.ctx, (h.def ?? f.elements[(node as unknown as Host).localName])?.keeps);
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

/** A group has arrived: the elements that waited are made, with what was set meanwhile; questions that waited are answered. */
export function adopt(f: Frame, group: Group): void {
  const { elements = {}, css, call } = group;
  if (css) f.base.replaceSync(f.baseCss += css);
  if (call) {
    const late = f.late = group as Late;
    for (const page of f.pages.values()) late.pull(f, page);
    for (const [el, value] of f.still.splice(0)) late.animate(el, value);
    f.call = call;
    for (const asked of f.asked.splice(0)) call(...asked);
  }
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
