// The frame's records: what is drawn. A template is a prepared prototype, a block a copy of it with its nodes found,
// a page a root block with a shadow root of its own. Nothing here knows the program's data.
import type { Context, ElementDef, Elements, Host } from "../elements/element";
import type { FrameBundle, FrameMessage, HoleKind, Json, PageEntry } from "../wire/wire";

/** A node of a block; `$b` is set on a block's root nodes only, `$n` on a prototype's nodes only. */
export interface DomNode extends ChildNode { $b?: Block; $n?: number; $x?: boolean }

export interface Hole {
  kind: HoleKind | -1 | -2; // -1: text inside <text decode>, -2: inside <text>
  ref: number;         // index into Block.nodes
  name: string;
  def: ElementDef | undefined;
}
/** An element with a record of its own, or one that waits for its group: made anew in every copy. */
export interface Live { ref: number; tag: string; def: ElementDef | undefined; attributes: [string, string][] }

export interface Template {
  path: string;
  proto: DocumentFragment;
  single: DomNode | null;         // the only root of proto: copied without a fragment around it
  roots: number;                  // Block.nodes[0 … roots-1] are the root nodes
  walk: Int32Array;               // triples (from, 1 = first child | 0 = same node, steps to the right), one a further node
  holes: Hole[];
  baked: Json[];                  // values of class holes that the prototype already shows, by hole
  regions: Int32Array;            // region → index into Block.nodes
  rootRegions: Int32Array;        // root node → region whose anchor it is, or -1
  live: Live[];
  events: Map<number, Map<string, [type: string, flags: number]>>; // node → lower-case type
  types: Set<string>;             // lower-case types anywhere in it
  marks: number[] | undefined;    // nodes with marks
  appear: Int32Array;             // nodes (index into Block.nodes) that want appear events
}

export interface Block {
  id: number;
  page: Page;
  t: Template;
  nodes: DomNode[];
  lists: (Block[] | undefined)[] | null; // a region's blocks, in order
}

export interface Page {
  id: number;
  path: string;
  entry: PageEntry | undefined;
  block: Block;
  frame: HTMLElement;    // slides; contains what is position: fixed
  scroller: HTMLElement;
  host: HTMLElement;     // `page` in ACSS
  root: ShadowRoot;
  bottomSent: number; // the height whose end the program was told of; 0 while away from it
  scrollQueued: boolean;
  /** allowed: what the program said (my.setCanPullDown), whatever its configuration says. */
  pull: { offset: number; state: "idle" | "pulling" | "refreshing"; bar: HTMLElement | null; allowed?: boolean };
}

/** What the script of a group holds (elements/groups). */
export interface Group {
  elements?: Elements;
  /** Rules of those elements, for the layer below a program's own. */
  css?: string;
  call?: Call;
  /** Comes with call: listens to a page being pulled down, and plays animations. */
  pull?: (f: Frame, page: Page) => void;
  animate?: (el: Host, value: Json) => void;
  /** Lets new rows of long lists wait; ends that around and in what was touched, and for all. */
  setFar?: (f: Frame, done: boolean) => void;
  setNear?: (f: Frame) => void;
  allNear?: (f: Frame) => void;
}
/** Marks a row that waits (far.ts, base.css). */
export const FAR = "souk-far";
export type Late = Required<Pick<Group, "pull" | "animate" | "setFar" | "setNear" | "allNear">>;
/** Runs what the worker asks of the frame and answers it. */
export type Call = (f: Frame, id: number, name: string, args: Json[]) => void;

export interface Frame {
  bundle: FrameBundle;
  templates: Template[][];
  blocks: Map<number, Block>;
  pages: Map<number, Page>;
  shown: Page | null;
  sheets: (CSSStyleSheet | undefined)[];
  base: CSSStyleSheet;
  /** Its text. */
  baseCss: string;
  elements: Elements;
  /** Tags whose group is not loaded yet → the elements that wait. */
  waiting: Map<string, { el: Host; live: Live; set: [string, unknown][] }[]>;
  marks?: boolean;         // a prepared template has marks
  wants: Set<string>;      // lower-case event types of prepared templates; "touchmove!" = someone catches it
  ctx: Context;
  after: (() => void)[];
  busy: boolean;
  painted: boolean;        // the shell has been told of the first page with content
  observer: IntersectionObserver | null;
  /** the program was opened: draws what waited for that */
  show(): void;
  send(message: FrameMessage): void;
  /** A template that may hold the page's scroll has been seen. */
  hold(): void;
  /** Asks for a group. */
  load(name: string): void;
  /** Answers the worker's questions, once its group is there; those asked before. */
  call: Call | null;
  /** What comes with it. */
  late: Late | null;
  /** Rows of long lists that the flush under way has put in, below a first screen; nodes that it changed or put something into. */
  long: Block[][];
  touched: [node: Node, changes: boolean][];
  /** Animations that wait for it. */
  still: [el: Host, value: Json][];
  asked: Parameters<Call>[];
  stage: HTMLElement;      // where pages stand
  rpx: string;
  assets: string;
  dev: boolean;
}
