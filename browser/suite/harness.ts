// What a program's test files see: test, and what it hands to each test. Runs in an engine of its own inside Go (package
// suite), which gives one function; everything that touches the program goes through it and answers at once.

type Json = unknown;
type Tool = (...args: any[]) => any;
type Call = (op: string, args: string) => string;

interface Engine { __souk: Call; [name: string]: unknown }
const engine = globalThis as unknown as Engine;
const call: Call = engine.__souk;
delete (engine as { __souk?: unknown }).__souk;

const tests: { name: string; body: (tools: Record<string, Tool | Record<string, Tool>>) => unknown }[] = [];
let answerers: ((opts: any) => unknown)[] = [];

/** Asks Go; what it refuses is thrown with the test's own place. */
function ask(op: string, ...args: unknown[]): any {
  const answer = JSON.parse(call(op, JSON.stringify(args.map(a => a === undefined ? null : a)))) as { value?: Json; error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer.value;
}

/** A value, or a function that is kept here and asked when the program calls. */
function scripted(answer: unknown): unknown {
  if (typeof answer !== "function") return { value: answer ?? null };
  answerers.push(answer as (opts: any) => unknown);
  return { ask: answerers.length - 1 };
}

// ---- what a test is handed ----------------------------------------------------------------------------------------------

const longestWaitMs = 10_000;
const lookEveryMs = 20;

/** Lets virtual time pass: so many milliseconds, or until an element is there or a function says yes. */
async function wait(what: number | string | (() => unknown) = 0, most = longestWaitMs): Promise<void> {
  if (typeof what === "number") return ask("settle", what);
  for (let passed = 0; ; passed += lookEveryMs) {
    if (typeof what === "string" ? ask("count", what) > 0 : await what()) return;
    if (passed >= most) throw new Error(`${typeof what === "string" ? `nothing on the page matches ${JSON.stringify(what)}` : "what was waited for did not happen"} within ${most} ms\n${ask("tree")}`);
    ask("settle", lookEveryMs);
  }
}

const tools = {
  open: async (path = "", query: unknown = {}, options: unknown = {}) => ask("open", path, query, options),
  tap: async (selector: string) => ask("fire", selector, "tap", null),
  longTap: async (selector: string) => ask("fire", selector, "longTap", null),
  input: async (selector: string, value: string) => ask("fire", selector, "input", { value: String(value), cursor: String(value).length }),
  change: async (selector: string, value: unknown) => ask("fire", selector, "change", { value }),
  fire: async (selector: string, event: string, detail: unknown = {}) => ask("fire", selector, event, detail),
  scroll: async (scrollTop: number) => ask("gesture", "scroll", { scrollTop }),
  reachBottom: async () => ask("gesture", "reachBottom", null),
  pullDown: async () => ask("gesture", "pullDownRefresh", null),
  back: async () => ask("event", "back", null),
  tab: async (index: number) => ask("event", "tab", { index }),
  hide: async () => ask("event", "appHide", null),
  show: async () => ask("event", "appShow", { scene: "1001", query: {}, path: "" }),
  wait,
  expect,
  snapshot: async (name = "") => ask("snapshot", name),
  mock: (url: string, answer: unknown) => ask("mock", url, scripted(answer)),
  answer: (api: string, ...answers: unknown[]) => ask("answer", api, answers.map(scripted)),
  storage: {
    get: (key: string) => ask("stored", key),
    set: (key: string, value: unknown) => ask("store", key, value),
    all: () => ask("stored", null),
  },
  text: (selector: string) => ask("text", selector),
  count: (selector: string) => ask("count", selector),
  attribute: (selector: string, name: string) => ask("attribute", selector, name),
  tree: () => ask("tree"),
  calls: (api = "") => ask("calls", api),
  console: () => ask("console"),
  stack: () => ask("stack"),
  path: () => ask("stack").at(-1)?.path ?? "",
};

// ---- expect -------------------------------------------------------------------------------------------------------------

function show(value: unknown): string {
  if (typeof value === "function") return value.name ? `function ${value.name}` : "a function";
  const text = JSON.stringify(value);
  return text === undefined ? String(value) : text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

function equal(a: any, b: any): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a).filter(k => a[k] !== undefined), others = Object.keys(b).filter(k => b[k] !== undefined);
  return keys.length === others.length && keys.every(k => Object.hasOwn(b, k) && equal(a[k], b[k]));
}

function holds(a: any, part: any): boolean {
  if (typeof part !== "object" || part === null) return Object.is(a, part);
  return typeof a === "object" && a !== null && Object.keys(part).every(k => holds(a[k], part[k]));
}

function thrown(run: unknown): string | null {
  try {
    (run as () => unknown)();
    return null;
  } catch (e) {
    return e instanceof Error ? e.message : show(e);
  }
}

const matching = (text: string, pattern: string | RegExp): boolean => typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);

/** A matcher answers whether it holds and what the value was found to be. Those of the tree take a selector as value. */
const matchers: Record<string, (value: any, ...want: any[]) => [boolean, string, string]> = {
  toBe: (value, want) => [Object.is(value, want), show(value), `to be ${show(want)}`],
  toEqual: (value, want) => [equal(value, want), show(value), `to equal ${show(want)}`],
  toMatchObject: (value, want) => [holds(value, want), show(value), `to hold ${show(want)}`],
  toContain: (value, want) => [typeof value === "string" ? value.includes(want) : [...value].some(v => equal(v, want)), show(value), `to contain ${show(want)}`],
  toMatch: (value, want) => [matching(String(value), want), show(value), `to match ${want}`],
  toBeTruthy: value => [Boolean(value), show(value), "to be truthy"],
  toBeFalsy: value => [!value, show(value), "to be falsy"],
  toBeNull: value => [value === null, show(value), "to be null"],
  toBeUndefined: value => [value === undefined, show(value), "to be undefined"],
  toBeDefined: value => [value !== undefined, show(value), "to be defined"],
  toBeGreaterThan: (value, want) => [value > want, show(value), `to be greater than ${show(want)}`],
  toBeLessThan: (value, want) => [value < want, show(value), `to be less than ${show(want)}`],
  toHaveLength: (value, want) => [value?.length === want, `${show(value)} (length ${value?.length})`, `to have length ${want}`],
  toThrow: (value, want) => {
    const message = thrown(value);
    return [message !== null && (want === undefined || matching(message, want)), message === null ? "nothing thrown" : `thrown ${show(message)}`, want === undefined ? "to throw" : `to throw ${want}`];
  },
  toExist: selector => [ask("count", selector) > 0, `${selector} (${ask("count", selector)} on the page)`, "to exist"],
  toHaveCount: (selector, want) => [ask("count", selector) === want, `${selector} (${ask("count", selector)} on the page)`, `to be there ${want} times`],
  toHaveText: (selector, want) => {
    const text = ask("text", selector) as string;
    return [typeof want === "string" ? text === want : want.test(text), `${selector} with text ${show(text)}`, `to have text ${want instanceof RegExp ? want : show(want)}`];
  },
  toContainText: (selector, want) => [ask("text", selector).includes(want), `${selector} with text ${show(ask("text", selector))}`, `to contain text ${show(want)}`],
  toHaveAttribute: (selector, name, want) => {
    const value = ask("attribute", selector, name);
    return [want === undefined ? value !== null : value === String(want), `${selector} with ${name} ${show(value)}`, `to have ${name}${want === undefined ? "" : ` ${show(String(want))}`}`];
  },
};

function expect(value: unknown): Record<string, any> {
  const build = (negated: boolean): Record<string, any> => Object.fromEntries(Object.entries(matchers).map(([name, match]) => [name, (...want: unknown[]) => {
    const [ok, found, wanted] = match(value, ...want);
    if (ok === negated) throw new Error(`expected ${found} ${negated ? "not " : ""}${wanted}`);
  }]));
  return { ...build(false), not: build(true) };
}

// ---- for the test file and for Go ---------------------------------------------------------------------------------------

const test = Object.assign(
  (name: string, body: (typeof tests)[number]["body"]): void => {
    if (typeof body !== "function") throw new TypeError(`test ${show(name)} needs a function`);
    tests.push({ name: String(name), body });
  },
  { skip: (): void => { throw new Error("a test is not skipped: take it out, or mend it"); } },
);
engine.test = test;
engine.expect = expect;
const write = (...args: unknown[]): void => { ask("print", args.map(a => typeof a === "string" ? a : show(a)).join(" ")); };
engine.console = { log: write, info: write, warn: write, error: write, debug: write };

engine.__names = (): string => JSON.stringify(tests.map(t => t.name));
engine.__eval = (script: string): string => {
  try {
    (0, eval)(script);
    return "";
  } catch (error) {
    return JSON.stringify(told(error));
  }
};
engine.__answer = (index: number, opts: string): string => {
  try {
    const answer = answerers[index](JSON.parse(opts));
    if (answer instanceof Promise) throw new Error("a mock answers at once; it may not be async");
    return JSON.stringify({ value: answer ?? null });
  } catch (error) {
    return JSON.stringify({ problem: told(error) });
  }
};

function told(error: unknown): { message: string; stack: string } {
  return error instanceof Error ? { message: error.name === "Error" ? error.message : `${error.name}: ${error.message}`, stack: String(error.stack ?? "") } : { message: `thrown: ${show(error)}`, stack: "" };
}

/** Starts a test; how it ended is told by the operation "done". */
engine.__run = (index: number): void => {
  answerers = [];
  const { body } = tests[index];
  (async () => body(tools))().then(() => ask("done", null), error => ask("done", told(error)));
};

export {};
