// Handlers and observers written in SJS. They run here, where no code of a program can reach the page, and act on elements
// through descriptors: what they change is sent to the frame at the end, together; what they ask of the page (a rectangle,
// the elements that match) is not known here, so the function is stopped, the frame is asked, and it runs again with the
// answer. Its state is put back before, so that it never notices.
import { callFrame } from "../flush";
import { targetAt } from "../event";
import { copyData, type Instance, instanceOf } from "../instance";
import type { Json } from "../../wire/wire";
import { guarded, invoke, report } from "../report";
import { ownerOf } from "../select";

/** An element as the frame names it. */
type At = [block: number, node: number];
type Effect = [what: "style" | "addClass" | "removeClass" | "property", at: At, value: Json];
type Question = Json[];

/** One run of a function: what the page has answered so far, what is asked now, and what it wants done. */
interface Turn { page: Instance; answers: Map<string, any>; asked: Question[]; effects: Effect[]; calls: (() => void)[]; held: Map<object, object> }

const maxRounds = 20, maxWaiting = 1000;
const stop = { sjs: "asks the page" };
const states = new WeakMap<object, Record<string, any>>();
const elementStates = new Map<string, Record<string, any>>();
const waiting: (() => void)[] = [];
let turn: Turn | null = null, busy = false;

/**
 * Runs a function of an SJS module; `done` gets its answer, at once if the page need not be asked. Runs follow each
 * other: one that waits for the page keeps the next ones back.
 */
export function play(page: Instance, run: () => unknown, done: (answer: unknown) => void = () => {}): void {
  const begin = (): void => {
    busy = true;
    attempt({ page, answers: new Map(), asked: [], effects: [], calls: [], held: new Map() }, run, answer => {
      busy = false;
      guarded(() => done(answer));
      if (!busy) waiting.shift()?.();
    });
  };
  if (!busy) begin();
  else if (waiting.length < maxWaiting) waiting.push(begin);
}

function attempt(now: Turn, run: () => unknown, end: (answer: unknown) => void): void {
  let answer: unknown;
  turn = now;
  try {
    answer = run();
  } catch (error) {
    if (error !== stop) { report(error); now.asked = []; }
  }
  turn = null;
  if (!now.asked.length) {
    if (now.effects.length) callFrame("dress", [now.page.id, now.effects], (_result, error) => { if (error !== undefined) report(new Error(error)); });
    for (const call of now.calls) call();
    return end(answer);
  }
  for (const [state, was] of now.held) restore(state, was);
  const [question] = now.asked;
  Object.assign(now, { asked: [], effects: [], calls: [], held: new Map() });
  if (now.answers.size >= maxRounds) { report(new Error(`an SJS function asks the page more than ${maxRounds} questions`)); return end(undefined); }
  callFrame("query", [now.page.id, [question]], (result, error) => {
    if (error !== undefined) { report(new Error(error)); return end(undefined); }
    now.answers.set(JSON.stringify(question), result[0]);
    attempt(now, run, end);
  });
}

function restore(state: any, was: any): void {
  for (const k of Object.keys(state)) delete state[k];
  Object.assign(state, was);
}

/** The frame's answer to a question of a selector query (docs/runtime.md §4), or the end of this run. */
function ask(...question: Question): any {
  const key = JSON.stringify(question);
  if (!turn) throw new Error("an SJS descriptor is used outside of its function");
  if (turn.answers.has(key)) return turn.answers.get(key);
  turn.asked.push(question);
  throw stop;
}

function act(what: Effect[0], at: At, value: Json): void {
  if (!turn) throw new Error("an SJS descriptor is used outside of its function");
  turn.effects.push([what, at, value]);
}

function stateOf(known: Record<string, any> | undefined, keep: (state: Record<string, any>) => void): Record<string, any> {
  const state = known ?? {};
  if (!known) keep(state);
  if (turn && !turn.held.has(state)) turn.held.set(state, copyData(state));
  return state;
}

// ---- descriptors ------------------------------------------------------------------------------------------------------------

type Descriptor = Record<string, (...args: any[]) => any>;

/** What components, pages and elements have in common. */
function common(inst: Instance, find: (selector: string, all: 0 | 1) => any): Descriptor {
  const { page } = inst;
  return {
    selectComponent: (selector: string) => { const found = find(String(selector), 0); return found ? element(inst, found.at) : null; },
    selectAllComponents: (selector: string) => find(String(selector), 1).map((found: { at: At }) => element(inst, found.at)),
    callMethod: (name: string, arg?: unknown) => { turn?.calls.push(() => invoke(inst.self, inst.self[name], [arg])); },
    selectOwnerComponent: () => { const up = ownerOf(inst); return up ? owner(instanceOf(up)) : null; },
    setTimeout: (run: () => void, wait?: number) => setTimeout(() => play(page, run), wait),
    clearTimeout: (id: number) => clearTimeout(id),
    requestAnimationFrame: (run: () => void) => setTimeout(() => play(page, run), frameMs),
    cancelAnimationFrame: (id: number) => clearTimeout(id),
  };
}

/** A frame of a screen, in milliseconds: the worker sees none. */
const frameMs = 16;

/** The descriptor of a component or page. */
export function owner(inst: Instance): Descriptor {
  return {
    ...common(inst, (selector, all) => ask(selector, all, "fields", { id: true }, inst.root?.id ?? inst.page.id)),
    getState: () => stateOf(states.get(inst), state => states.set(inst, state)),
  };
}

const own = (names: unknown[]): string[] => names.map(String).filter(name => !/^a-/.test(name));

/** The descriptor of an element. */
export function element(inst: Instance, at: At): Descriptor {
  const key = at.join();
  return {
    ...common(inst, (selector, all) => ask(selector, all, "fields", { id: true }, null, at)),
    getState: () => stateOf(elementStates.get(key), state => elementStates.set(key, state)),
    getDataset: () => targetAt(...at).dataset,
    getBoundingClientRect: () => { const r = ask(at, 0, "rect") ?? {}; return { ...r, x: r.left, y: r.top }; },
    getComputedStyle: (names: string[]) => ask(at, 0, "fields", { computedStyle: names.map(String) }) ?? {},
    getDOMProperty: (names: string[]) => {
      const { scrollLeft, scrollTop } = ask(at, 0, "scroll") ?? {}, all: Record<string, unknown> = { scrollLeft, scrollTop };
      return Object.fromEntries(names.map(name => [name, all[name]]));
    },
    setDOMProperty: ({ scrollLeft, scrollTop }: Record<string, number>) => act("property", at, { ...scrollLeft === undefined ? {} : { scrollLeft }, ...scrollTop === undefined ? {} : { scrollTop } }),
    hasClass: (name: string) => own([name]).length > 0 && String(ask(at, 0, "fields", { properties: ["class"] })?.class ?? "").split(/\s+/).includes(name),
    addClass: (...names: string[]) => act("addClass", at, own(names)),
    removeClass: (...names: string[]) => act("removeClass", at, own(names)),
    setStyle: (style: Json) => act("style", at, style),
  };
}

// ---- events and observers -----------------------------------------------------------------------------------------------------

/** Calls a handler in SJS; `done` hears whether the event ends there. */
export function handle(inst: Instance, at: At, handler: (...args: any[]) => unknown, event: any, path: At[], done: (ends: boolean) => void): void {
  let ends = false;
  const given = () => ({
    ...event, instance: element(inst, at),
    stopPropagation: () => { ends = true; },
    preventDefault: () => {}, // the page has scrolled by now: catchTouchMove and disable-scroll hold it
    composedPath: () => path.map(step => element(inst, step)),
  });
  play(inst.page, () => { ends = false; return handler(given(), owner(inst)); }, answer => done(ends || answer === false));
}

/** Tells an observer (change:…) of a value. */
export function changed(inst: Instance, at: At, observer: unknown, now: unknown, before: unknown): void {
  if (typeof observer === "function") play(inst.page, () => observer(now, before, owner(inst), element(inst, at)));
}
