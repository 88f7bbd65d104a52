// What an operation costs the worker alone: its runtime runs in Node, on stand-ins for its two ports, and processor time and
// bytes allocated are counted, which other work on the machine disturbs little. The first times count too: a page that opens is cold.
// usage: node --expose-gc --single-threaded bench/runtime/worker.mjs operation [samples]
import fs from 'node:fs';
import path from 'node:path';
import { cards, more, nine } from './rows.mjs';
import { go, here, median, root } from './tools.mjs';

const made = path.join(root, '.cache/bench/runtime'), all = { ...nine, ...more, ...cards };
const key = process.argv[2], samples = Number(process.argv[3] ?? 40), o = all[key];
if (!o || !globalThis.gc) throw new Error(`usage: node --expose-gc --single-threaded bench/runtime/worker.mjs operation [samples]; operations: ${Object.keys(all).join(', ')}`);
go(['run', './bench/runtime/assemble', '-o', made, path.join(here, 'program')]);
const text = (name) => fs.readFileSync(path.join(made, name), 'utf8'), evaluate = globalThis.eval;

/** Puts a worker's globals in place and answers its two ports; what it posts goes to `heard`. */
function startWorker(heard) {
  const scripts = new Map();
  globalThis.Blob = class { constructor(parts) { this.text = parts.join(''); } };
  globalThis.URL = { createObjectURL(blob) { scripts.set(String(scripts.size), blob.text); return String(scripts.size - 1); }, revokeObjectURL() {} };
  Object.assign(globalThis, { self: globalThis, importScripts: (url) => evaluate(scripts.get(url)), addEventListener() {}, postMessage() {} });
  evaluate(text('worker.js'));
  const ports = ['shell', 'frame'].map((name) => ({ postMessage: (m) => heard(name, m) }));
  globalThis.onmessage({ data: { k: 'start' }, ports });
  return ports;
}

let flush = '[0,0,[]]';
const [shell, frame] = startWorker((port, m) => {
  if (port === 'frame') flush = m;
  if (m.k === 'error') throw new Error(m.message);
});
const settled = () => new Promise((done) => setImmediate(done));

async function drawn() {
  await settled();
  frame.onmessage({ data: JSON.stringify([0, JSON.parse(flush)[1]]) });
  await settled();
}

/** Runs an operation; answers [processor time in ms, KB allocated], the latter too small when garbage was collected meanwhile. */
async function run(op, arg) {
  const heap = process.memoryUsage().heapUsed, began = process.cpuUsage();
  shell.onmessage({ data: { k: 'event', name: 'resize', data: { size: { op, arg } } } });
  await null;
  await null;
  const { user, system } = process.cpuUsage(began), more = process.memoryUsage().heapUsed - heap;
  await drawn();
  return [(user + system) / 1000, more / 1024];
}

const { app, pages, components } = JSON.parse(text('bundle.json')), where = o.cards ? 'pages/cards/cards' : 'pages/rows/rows';
shell.onmessage({ data: { k: 'boot', appId: 'bench', bundle: { app, pages, components }, script: text('app.js'), query: {}, path: where, scene: '1001', system: {}, storage: {}, person: {}, dev: false, language: 'en', settings: {} } });
await drawn();
const got = [];
for (let n = 0; n < samples; n++) {
  await run('clear');
  if (o.prepare) await run('create', o.prepare);
  gc();
  got.push(await run(o.op, o.arg === 'turn' ? 5 + (n * 7) % 900 : o.arg));
}
const times = got.map(([ms]) => ms);
console.log(`${key}: first ${times.slice(0, 3).map((ms) => ms.toFixed(1)).join(', ')} ms; median ${median(times).toFixed(2)}, best ${Math.min(...times).toFixed(2)} ms; ${median(got.map(([, kb]) => kb)).toFixed(0)} KB; message ${(flush.length / 1024).toFixed(1)} KB`);
process.exit();
