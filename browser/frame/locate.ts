// From a DOM node back to (block, node index), by position: nothing is stored on nodes but on the roots of blocks.
import type { Hit } from "../wire/wire";
import type { Block, DomNode, Frame } from "./model";

/** The block and template node that `start` belongs to; a node inside an element resolves to the element. */
export function locate(start: Node | null): [Block, number] | null {
  const path: number[] = [];
  let n = start as DomNode | null;
  while (n && !n.$b) {
    if (n.$x) path.length = 0;
    else path.push(positionOf(n));
    n = n.parentNode as DomNode | null;
  }
  if (!n) return null;
  const block = n.$b!;
  let proto = block.t.proto.childNodes[block.nodes.indexOf(n)] as DomNode;
  while (path.length) {
    const child = proto.childNodes[path.pop()!] as DomNode | undefined;
    if (!child || child.$n === undefined) break;
    proto = child;
  }
  return [block, proto.$n ?? 0];
}

/** The way back: the element of a block by its template node, null when it is gone. */
export function elementAt(f: Frame, id: number, node: number): HTMLElement | null {
  const block = f.blocks.get(id);
  for (const root of block ? block.nodes.slice(0, block.t.roots) : []) {
    if (root.nodeType !== Node.ELEMENT_NODE) continue;
    for (const el of [root as unknown as Element, ...(root as unknown as Element).querySelectorAll("*")]) {
      const at = locate(el);
      if (at && at[0] === block && at[1] === node) return el as HTMLElement;
    }
  }
  return null;
}

/** Place among the siblings that the template made: blocks of regions and an element's own additions do not count. */
function positionOf(n: DomNode): number {
  let i = 0;
  for (let s = n.previousSibling as DomNode | null; s; s = s.previousSibling as DomNode | null) if (!s.$b && !s.$x) i++;
  return i;
}

/** The handlers' (block, node, flags) of the event type, in the order in which they run, from the element hit. */
export function hitsOf(f: Frame, target: Node, type: string): { hits: Hit[]; elements: Element[] } {
  const lower = type.toLowerCase();
  const hits: Hit[] = [];
  const elements: Element[] = [];
  if (!f.wants.has(lower)) return { hits, elements };
  const chain: { el: Element; at: [Block, number]; on: Map<string, [string, number]> }[] = [];
  for (let n: Node | null = target; n; n = n.parentNode) {
    if (n.nodeType !== Node.ELEMENT_NODE) continue;
    const at = locate(n);
    const on = at && at[0].t.types.has(lower) ? at[0].t.events.get(at[1]) : undefined;
    if (at && on && chain[chain.length - 1]?.on !== on) chain.push({ el: n as Element, at, on });
    else if (at && on) chain[chain.length - 1].el = n as Element;
  }
  const add = (c: (typeof chain)[number], found: [string, number]) => {
    hits.push([c.at[0].id, c.at[1], found[1]]);
    elements.push(c.el);
    return (found[1] & 1) === 1;
  };
  for (let i = chain.length - 1; i >= 0; i--) {
    const found = chain[i].on.get(lower + "^");
    if (found && add(chain[i], found)) return { hits, elements };
  }
  for (const c of chain) {
    const found = c.on.get(lower);
    if (found && add(c, found)) break;
  }
  return { hits, elements };
}
