// Building the shell's own elements. The shell never parses text as HTML: text is text, icons are made node by node.

export type Child = Node | string | number | false | null | undefined | Child[];

type Listener = (event: never) => void;

export type Props = {
  class?: string;
  style?: string;
  [name: string]: string | number | boolean | null | undefined | Listener;
};

/** el makes an element. `on…` functions become listeners, `true` a valueless attribute, `false`/null/undefined are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props?: Props | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  setProps(node, props ?? {});
  append(node, children);
  return node;
}

const svgSpace = 'http://www.w3.org/2000/svg';

/** svg makes an SVG element the same way. */
export function svg(tag: string, props?: Props | null, ...children: Child[]): SVGElement {
  const node = document.createElementNS(svgSpace, tag) as SVGElement;
  setProps(node, props ?? {});
  append(node, children);
  return node;
}

function setProps(node: HTMLElement | SVGElement, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') node.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    else if (name === 'style') node.style.cssText = String(value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

function append(node: Element, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(typeof child === 'number' ? String(child) : child);
  }
}

/** fill replaces everything inside a node. */
export function fill(node: Element, ...children: Child[]): void {
  node.replaceChildren();
  append(node, children);
}

/** onTap runs f for a click and, on elements that are not buttons, for Enter and Space. */
export function onTap(node: HTMLElement, f: () => void): void {
  node.addEventListener('click', () => f());
  if (node instanceof HTMLButtonElement) return;
  node.tabIndex = 0;
  node.setAttribute('role', 'button');
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    f();
  });
}

/** A page that is not seen is not painted: then what waits for a paint waits so long. */
const paintMaxMs = 100;

/** afterPaint runs f, once, when what was just changed has been painted. */
export function afterPaint(f: () => void): void {
  let done = false;
  const once = (): void => {
    if (!done) f();
    done = true;
  };
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = once;
  requestAnimationFrame(() => port2.postMessage(0));
  setTimeout(once, paintMaxMs);
}

export function wait(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** reducedMotion tells whether the person asked for less movement. */
export function reducedMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
