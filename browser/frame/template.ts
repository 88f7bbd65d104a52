// Prepares a template's static half once: DOM prototype, how to find the nodes that matter, which holes write where.
import { lazy } from "../elements/lazy";
import { domName, restyle, truthy, writeAttribute, type Host } from "../elements/element";
import { HoleKind, type Node as TemplateNode } from "../wire/wire";
import type { DomNode, Frame, Hole, Live, Template } from "./model";
import { breakLines, decodeText } from "../elements/text";

const TAG = /^[a-z][a-z0-9-]*$/;
/** Tags that become buttons for keyboards and screen readers when they listen to taps and hold nothing tappable. */
const TAPPABLE = new Set(["view", "image", "text", "cover-view", "cover-image"]);

interface Building {
  frame: Frame;
  nodes: DomNode[];                  // by node index
  tags: (string | null)[];           // tag by node index
  attributes: (Record<string, string> | 0)[];
  live: Map<number, Live>;
  index: number;
}

/** The prepared template `views[view].blocks[def]`. */
export function templateOf(f: Frame, view: number, def: number): Template {
  const row = (f.templates[view] ??= []);
  return (row[def] ??= prepare(f, view, def));
}

function prepare(f: Frame, view: number, def: number): Template {
  const source = f.bundle.views[view];
  const block = source.blocks[def];
  const b: Building = { frame: f, nodes: [], tags: [], attributes: [], live: new Map(), index: 0 };
  const proto = document.createDocumentFragment();
  f.ctx.path = source.path;
  for (const node of block.n) build(b, node, proto);
  if (!proto.firstChild) proto.appendChild(document.createTextNode(""));
  const events: Template["events"] = new Map();
  const types = new Set<string>();
  for (const [node, type, flags] of block.e) listen(f, events, types, node, type, flags);
  if (block.m) f.marks = true;
  makeTappable(b, events);
  const seen = new Map<DomNode, number>();
  const walk: number[] = [];
  const roots = proto.childNodes.length;
  proto.childNodes.forEach((n, i) => seen.set(n as DomNode, i));
  const ref = (node: number) => find(b.nodes[node], seen, walk);
  const decoded = new Set(block.h.filter(([kind, , name]) => kind === HoleKind.Attribute && name === "decode").map(([, node]) => b.nodes[node]));
  const holes = block.h.map(([kind, node, name]) => holeOf(b, decoded, kind, node, name ?? "", ref(node)));
  if (block.h.some(([, , name]) => name === "disable-scroll")) f.hold();
  const regions = Int32Array.from(block.r, ref);
  const live = [...b.live].map(([node, l]) => ({ ...l, ref: ref(node) }));
  const rootRegions = new Int32Array(roots).fill(-1);
  regions.forEach((r, i) => { if (r < roots) rootRegions[r] = i; });
  const wantsAppear = [...events].filter(([, e]) => e.has("appear") || e.has("disappear") || e.has("firstappear"));
  const appear = Int32Array.from(wantsAppear, ([node]) => ref(node));
  return { path: source.path, proto, single: roots === 1 ? proto.firstChild as DomNode : null, roots, walk: Int32Array.from(walk), holes, baked: new Array(holes.length).fill(undefined), regions, rootRegions, live, events, types, marks: block.m, appear };
}

function build(b: Building, node: TemplateNode, parent: Node): void {
  const index = b.index++;
  if (typeof node !== "object") {
    const text = document.createTextNode(typeof node === "string" ? node : "") as unknown as DomNode;
    add(b, index, text, null, 0, parent);
    return;
  }
  const [tag, attributes, ...children] = node;
  const name = TAG.test(tag) ? tag : "unknown";
  const el = document.createElement(domName(name)) as Host;
  add(b, index, el as unknown as DomNode, name, attributes, parent);
  const def = b.frame.elements[el.localName];
  let inside: Node = el;
  if (def?.inner) {
    inside = def.inner(el);
    el.querySelectorAll("*").forEach((n) => { (n as unknown as DomNode).$n = index; });
  }
  writeStatic(b, el, name, attributes, index);
  for (const child of children) build(b, child, inside);
  if (name === "text") finishText(el, attributes !== 0 && truthy(attributes.decode));
}

/** What is written in <text>: `\n` breaks the line; with decode, entities are characters. */
function finishText(el: Host, decode: boolean): void {
  for (const c of el.childNodes) {
    if (c.nodeType !== Node.TEXT_NODE || !c.nodeValue) continue;
    const broken = breakLines(c.nodeValue);
    c.nodeValue = decode ? decodeText(broken) : broken;
  }
}

function add(b: Building, index: number, node: DomNode, tag: string | null, attributes: Record<string, string> | 0, parent: Node): void {
  node.$n = index;
  b.nodes[index] = node;
  b.tags[index] = tag;
  b.attributes[index] = attributes;
  parent.appendChild(node);
}

function writeStatic(b: Building, el: Host, tag: string, attributes: Record<string, string> | 0, index: number): void {
  const def = b.frame.elements[el.localName];
  const entries = attributes ? Object.entries(attributes) : [];
  const waits = b.frame.waiting.has(el.localName);
  if (waits) b.frame.load(lazy[el.localName]);
  const stateful = !!def?.create || waits;
  const kept: [string, string][] = [];
  for (const [name, value] of entries) {
    if (name === "disable-scroll") b.frame.hold();
    if (name === "class") el.className = value;
    else if (name === "style") restyle(el, value, b.frame.ctx, def?.keeps);
    else if (name === "id" || name === "canvas-id") writeAttribute(el, name, value); // even while its code is on the way, an element is found by its id
    else if (stateful) kept.push([name, value]);
    else if (!def?.set || def.set(el, name, value, b.frame.ctx) === false) writeAttribute(el, name, value);
  }
  if (stateful) b.live.set(index, { ref: 0, tag: el.localName, def, attributes: kept });
}

function listen(f: Frame, events: Template["events"], types: Set<string>, node: number, type: string, flags: number): void {
  const lower = type.toLowerCase();
  let on = events.get(node);
  if (!on) events.set(node, (on = new Map()));
  on.set(flags & 2 ? lower + "^" : lower, [type, flags]);
  types.add(lower);
  f.wants.add(lower);
  if (lower === "touchmove" && flags & 5) f.hold();
}

function makeTappable(b: Building, events: Template["events"]): void {
  for (const [node, on] of events) {
    const el = b.nodes[node] as unknown as HTMLElement;
    if (!on.has("tap") || !TAPPABLE.has(b.tags[node] ?? "") || el.hasAttribute("tabindex") || el.hasAttribute("aria-hidden")) continue;
    const inside = [...events].some(([other, o]) => other !== node && o.has("tap") && el.contains(b.nodes[other]));
    if (inside || el.querySelector("a_button,a_input,a_textarea,a_switch,a_slider,a_checkbox,a_radio,a_picker,a_navigator,a-swiper,a_scroll_view")) continue;
    el.tabIndex = 0;
    if (!el.hasAttribute("role")) el.setAttribute("role", "button");
  }
}

/** Index of a node in Block.nodes; adds the steps that find it, from the nearest known node. */
function find(node: DomNode, seen: Map<DomNode, number>, walk: number[]): number {
  const known = seen.get(node);
  if (known !== undefined) return known;
  let steps = 0;
  let left: DomNode | null = node;
  while (left && !seen.has(left) && left.previousSibling) { left = left.previousSibling as DomNode; steps++; }
  const at = seen.get(left as DomNode);
  if (at !== undefined) walk.push(at, 0, steps);
  else walk.push(find(node.parentNode as unknown as DomNode, seen, walk), 1, steps);
  const index = seen.size;
  seen.set(node, index);
  return index;
}

function holeOf(b: Building, decoded: Set<DomNode>, kind: HoleKind, node: number, name: string, ref: number): Hole {
  const el = b.nodes[node] as unknown as HTMLElement;
  const parent = el.parentElement;
  if (kind === HoleKind.Text && parent?.localName === "a_text") {
    return { kind: parent.hasAttribute("decode") || decoded.has(parent as unknown as DomNode) ? -1 : -2, ref, name, def: undefined };
  }
  return { kind, ref, name, def: kind === HoleKind.Attribute || kind === HoleKind.Style ? b.frame.elements[el.localName] : undefined };
}
