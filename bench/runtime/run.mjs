// Measures the runtime beside other frameworks, in one Chromium in one run. README.md says how to read the result.
// usage: node bench/runtime/run.mjs [--impl=souk,vanilla,…] [--ops=create1k,…] [--samples=15] [--minutes=6] [--compile=DIR] [--opening=no] [--write] [--resume]
import fs from 'node:fs';
import path from 'node:path';
import { cards, measureRows, more, nine } from './rows.mjs';
import { measureOpening } from './opening.mjs';
import { report } from './report.mjs';
import { fetchPackages, go, here, machine, root } from './tools.mjs';

const options = Object.fromEntries(process.argv.slice(2).map((a) => /^--([a-z]+)(?:=(.*))?$/.exec(a)?.slice(1) ?? fail(a)).map(([k, v]) => [k, v ?? true]));
function fail(argument) {
  console.error(`${argument}: not understood; see the head of bench/runtime/run.mjs`);
  process.exit(2);
}
const names = (options.impl ?? 'vanilla,souk,solid,lit,preact,glass-easel').split(',');
const samples = Number(options.samples ?? 15), minutes = Number(options.minutes ?? 6);
const made = path.join(root, '.cache/bench/runtime');

function chosen() {
  const all = { ...nine, ...more, ...cards };
  if (options.ops === undefined) return all;
  return Object.fromEntries(options.ops.split(',').filter(Boolean).map((k) => [k, all[k] ?? fail(k)]));
}

fetchPackages();
const started = machine();
const sizes = JSON.parse(go(['run', './bench/runtime/assemble', '-o', made, path.join(here, 'program')]));
const kept = path.join(root, '.cache/bench/rows.json');
const rows = options.resume && fs.existsSync(kept) ? JSON.parse(fs.readFileSync(kept, 'utf8')) : {};
const figures = { rows, sizes, opening: null, compile: null, samples, started, command: `node bench/runtime/run.mjs${options.impl ? ` --impl=${options.impl}` : ''} --samples=${samples} --minutes=${minutes}${options.compile ? ' --compile=DIR' : ''} --write` };

/** Kept after each step, so that a run that is cut short leaves what it has, and --resume goes on from there. */
function save() {
  fs.writeFileSync(kept, JSON.stringify(rows));
  const text = report({ ...figures, ended: machine() });
  if (options.write) fs.writeFileSync(path.join(here, 'figures.md'), text);
  return text;
}

if (options.compile) figures.compile = JSON.parse(go(['run', './bench/runtime/assemble', '-compile', options.compile]));
await measureRows(rows, names, chosen(), made, { samples, minutes }, console.log, save);
if (options.opening !== 'no') figures.opening = await measureOpening(console.log);
console.log('\n' + save());
