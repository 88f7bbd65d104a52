// Where an operation's time goes: to the worker, in the worker, to the frame, in the frame. Souk only.
// usage: node bench/runtime/trace.mjs [operation,…] [samples]
import fs from 'node:fs';
import path from 'node:path';
import { cards, html, more, nine } from './rows.mjs';
import { bundle, go, here, launch, median, root, serve } from './tools.mjs';

const made = path.join(root, '.cache/bench/runtime'), all = { ...nine, ...more, ...cards };
const keys = process.argv[2]?.split(',') ?? Object.keys(all), samples = Number(process.argv[3] ?? 9);
go(['run', './bench/runtime/assemble', '-o', made, path.join(here, 'program')]);
const pages = { '/measure.js': fs.readFileSync(path.join(here, 'measure.js'), 'utf8'), '/souk.js': await bundle('souk'), '/souk': html('souk') };
const server = await serve(pages, made), browser = await launch(true);
console.log('operation     there  worker    back   frame (ms)  message (KB)');
for (const key of keys) {
  const page = await browser.newPage(), got = [];
  page.on('console', (m) => { if (m.type() === 'error') console.error(m.text()); });
  await page.goto(`${server.url}/souk?trace${all[key].cards ? '&cards' : ''}`);
  await page.evaluate(() => impl.setup(document.getElementById('main')));
  await page.evaluate(([o, n]) => sample(o, n), [all[key], all[key].few ? 1 : 4]);
  for (let n = 0; n < (all[key].few ? Math.ceil(samples / 3) : samples); n++) got.push(await page.evaluate(async (o) => { await sample(o, 1); return parts(); }, all[key]));
  const one = (part) => median(got.map((g) => g[part])).toFixed(2).padStart(8);
  console.log(key.padEnd(11) + one('there') + one('worker') + one('back') + one('frame') + (median(got.map((g) => g.bytes)) / 1024).toFixed(1).padStart(14));
  await page.close();
}
await browser.close();
server.close();
