// rich-text: HTML given as nodes or as a string, of which only listed tags and attributes come through. Nothing in it
// can run, navigate or load anything but pictures.
import { own, styleText, textOf, type Context, type ElementDef, type Host } from "./element";
import type { Json } from "../wire/wire";

const TAGS = new Set((
  "a abbr address article aside b bdo big blockquote br caption center cite code col colgroup dd del div dl dt em fieldset font footer " +
  "h1 h2 h3 h4 h5 h6 header hr i img ins label legend li mark nav ol p pre q rt ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul"
).split(" "));
const ATTRIBUTES: Record<string, string[]> = {
  bdo: ["dir"], col: ["span", "width"], colgroup: ["span", "width"], img: ["alt", "src", "height", "width"], ol: ["start", "type"],
  table: ["width"], td: ["colspan", "height", "rowspan", "width"], th: ["colspan", "height", "rowspan", "width"],
};
/** Tags whose content is no text to be read. */
const DROPPED = new Set(["script", "style", "iframe", "object", "embed", "noscript", "template", "svg", "math", "title", "head", "link", "meta", "base", "textarea", "select"]);
const MAX_NODES = 20000;
const MAX_DEPTH = 100;

interface Budget { left: number; ctx: Context }

/** Styles of rich text may not leave its box, nor load anything. */
function safeStyle(value: unknown): string {
  return styleText(String(value ?? "")).split(";").filter((rule) => !/url\s*\(|expression|position\s*:\s*(fixed|sticky)|@|\\|behavior|-moz-binding/i.test(rule)).join(";");
}

function attribute(el: HTMLElement, tag: string, name: string, value: unknown, ctx: Context): void {
  if (name === "class") el.className = String(value ?? "");
  else if (name === "style") el.style.cssText = safeStyle(value);
  else if (!ATTRIBUTES[tag]?.includes(name)) return;
  else if (name === "src") { const address = ctx.asset(value); if (address) el.setAttribute("src", address); }
  else el.setAttribute(name, textOf(value as Json));
}

function make(tag: string, attributes: Iterable<[string, unknown]>, b: Budget): HTMLElement {
  const el = document.createElement(tag === "label" ? "span" : tag);
  for (const [name, value] of attributes) attribute(el, tag, name.toLowerCase(), value, b.ctx);
  return el;
}

function fromHtml(from: Node, into: Node, b: Budget, depth: number): void {
  for (const child of from.childNodes) {
    if (b.left-- <= 0 || depth > MAX_DEPTH) return;
    if (child.nodeType === Node.TEXT_NODE) into.appendChild(document.createTextNode(child.nodeValue ?? ""));
    if (child.nodeType !== Node.ELEMENT_NODE) continue;
    const el = child as Element;
    const tag = el.localName;
    if (DROPPED.has(tag)) continue;
    const made = TAGS.has(tag) ? make(tag, [...el.attributes].map((a): [string, string] => [a.name, a.value]), b) : null;
    fromHtml(el, made ? into.appendChild(made) : into, b, depth + 1);
  }
}

const ENTITIES: Record<string, string> = { "&nbsp;": "\u00a0", "&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&apos;": "'" };

function fromNodes(nodes: unknown, into: Node, b: Budget, depth: number): void {
  if (!Array.isArray(nodes) || depth > MAX_DEPTH) return;
  for (const node of nodes) {
    if (b.left-- <= 0 || !node || typeof node !== "object") return;
    if (node.type === "text" || (!node.name && node.text !== undefined)) {
      into.appendChild(document.createTextNode(textOf(node.text).replace(/&(nbsp|lt|gt|amp|quot|apos);/g, (e) => ENTITIES[e])));
      continue;
    }
    const tag = String(node.name ?? "").toLowerCase();
    if (DROPPED.has(tag)) continue;
    const made = TAGS.has(tag) ? make(tag, Object.entries(node.attrs ?? {}), b) : null;
    fromNodes(node.children, made ? into.appendChild(made) : into, b, depth + 1);
  }
}

function draw(el: Host, value: Json, ctx: Context): void {
  const fragment = document.createDocumentFragment();
  const budget: Budget = { left: MAX_NODES, ctx };
  if (typeof value === "string") fromHtml(new DOMParser().parseFromString(value, "text/html").body, fragment, budget, 0);
  else fromNodes(value, fragment, budget, 0);
  for (const child of fragment.childNodes) own(child);
  el.replaceChildren(fragment);
}

export const richText: ElementDef = {
  create() { /* content is made for every copy: a prototype must not hold another copy's text */ },
  set(el, name, value, ctx) {
    if (name === "nodes") return draw(el, value, ctx);
    if (name === "space") el.style.whiteSpace = textOf(value) ? "pre-wrap" : "";
    return false;
  },
};
