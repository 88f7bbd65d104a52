// The workload in lists: every implementation in its own page of one browser, sampled in turns, so that a machine that is
// busy for a while is busy for all of them.
import fs from 'node:fs';
import path from 'node:path';
import { bundle, here, launch, median, serve } from './tools.mjs';

/** The nine operations of the geometric mean. */
export const nine = {
  create1k: { op: 'create', arg: 1000 },
  replace1k: { prepare: 1000, op: 'create', arg: 1000 },
  update10th: { prepare: 1000, op: 'update10' },
  select: { prepare: 1000, op: 'select', arg: 'turn' },
  swap: { prepare: 1000, op: 'swap' },
  remove: { prepare: 1000, op: 'remove', arg: 4 },
  create10k: { op: 'create', arg: 10_000, few: true },
  append1k: { prepare: 1000, op: 'append', arg: 1000 },
  clear1k: { prepare: 1000, op: 'clear' },
};
export const more = {
  one1k: { prepare: 1000, op: 'update1', arg: 'turn' },
  one10k: { prepare: 10_000, op: 'update1', arg: 'turn', few: true },
  reverse1k: { prepare: 1000, op: 'reverse' },
};
/** 1,000 components with two properties. */
export const cards = { cards1k: { op: 'create', arg: 1000, cards: true } };
const withCards = new Set(['souk', 'glass-easel']);

const css = fs.readFileSync(path.join(here, 'program/app.acss'), 'utf8');
export const html = (name) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>body { margin: 0; font: 14px sans-serif; }\n${css}</style><div id="main"></div>
<script src="/${name}.js"></script>${name === 'souk' ? '<script src="/made/frame.js"></script>' : ''}<script src="/measure.js"></script>`;

const turns = 3;

/**
 * Fills out: implementation → operation → {script, layout: medians, scriptBest, layoutBest, samples, rows}, milliseconds. What is there already
 * stays. Each operation gets its share of `minutes`; an implementation that is slow gets fewer samples. `saved` is called after each operation.
 */
export async function measureRows(out, names, operations, made, { samples, minutes }, say, saved) {
  const pages = { '/measure.js': fs.readFileSync(path.join(here, 'measure.js'), 'utf8') };
  for (const name of names) {
    pages[`/${name}.js`] = await bundle(name);
    pages[`/${name}`] = html(name);
  }
  const server = await serve(pages, made), browser = await launch(true), until = Date.now() + minutes * 60_000;
  const todo = Object.entries(operations).filter(([key]) => names.some((name) => !out[name]?.[key]));
  const parts = ([, o]) => (o.few ? 3 : 1); // 10,000 rows take their time
  try {
    for (const [n, [key, o]] of todo.entries()) {
      const able = names.filter((name) => !o.cards || withCards.has(name));
      const left = todo.slice(n).reduce((sum, one) => sum + parts(one), 0);
      const got = await oneOperation(browser, server.url, able, o, samples, (until - Date.now()) * parts([key, o]) / left / able.length);
      for (const name of able) {
        (out[name] ??= {})[key] = got[name];
        say(`${key.padEnd(11)} ${name.padEnd(12)} script ${got[name].script.toFixed(2).padStart(8)}  with layout ${got[name].layout.toFixed(2).padStart(8)}  samples ${got[name].samples}  rows ${got[name].rows}`);
      }
      saved();
    }
  } finally {
    await browser.close();
    server.close();
  }
}

/** most: milliseconds for each implementation, setting up included; three samples there are always. */
async function oneOperation(browser, url, names, o, samples, most) {
  const tabs = {}, values = {};
  for (const name of names) {
    const context = await browser.newContext(), page = await context.newPage();
    page.on('pageerror', (e) => { throw new Error(`${name}: ${e.message}`); });
    page.on('console', (m) => { if (m.type() === 'error') console.error(`${name}: ${m.text()}`); });
    await page.goto(`${url}/${name}${o.cards ? '?cards' : ''}`);
    await page.evaluate(() => impl.setup(document.getElementById('main')));
    await page.evaluate(([o, n, most]) => sample(o, n, most), [o, 4, most / 5]);
    tabs[name] = page;
    values[name] = [];
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const name of names) {
      const part = Math.ceil((samples - values[name].length) / (turns - turn));
      await tabs[name].bringToFront();
      const got = await tabs[name].evaluate(([o, n, most]) => sample(o, n, most), [o, part + 1, most * 0.7 / turns]);
      values[name].push(...got.slice(got.length > 1 ? 1 : 0)); // the first after a pause is not counted where there are more
    }
  }
  const out = {};
  for (const name of names) {
    const script = values[name].map(([s]) => s), layout = values[name].map(([, l]) => l), [rows] = await tabs[name].evaluate(() => rowsNow());
    out[name] = { script: median(script), layout: median(layout), scriptBest: Math.min(...script), layoutBest: Math.min(...layout), samples: script.length, rows };
    await tabs[name].context().close();
  }
  return out;
}

/** Geometric mean of an implementation's times over vanilla's. What is under 0.05 ms counts as 0.05. */
export function mean(of, floor, what) {
  const keys = Object.keys(nine).filter((k) => of[k] && floor[k]);
  return Math.exp(keys.reduce((sum, k) => sum + Math.log(Math.max(of[k][what], 0.05) / Math.max(floor[k][what], 0.05)), 0) / keys.length);
}
