// Which functions of the frame an operation's time goes to: a profile of the page's thread, names kept. Souk only.
// usage: node bench/runtime/prof.mjs operation [samples]
import fs from 'node:fs';
import path from 'node:path';
import { cards, html, more, nine } from './rows.mjs';
import { bundle, go, here, launch, median, root, serve } from './tools.mjs';

const made = path.join(root, '.cache/bench/dev'), all = { ...nine, ...more, ...cards };
const key = process.argv[2], samples = Number(process.argv[3] ?? 15), o = all[key];
if (!o) throw new Error(`which operation? ${Object.keys(all).join(', ')}`);
go(['run', './bench/runtime/assemble', '-dev', '-o', made, path.join(here, 'program')]);
const pages = { '/measure.js': fs.readFileSync(path.join(here, 'measure.js'), 'utf8'), '/souk.js': await bundle('souk'), '/souk': html('souk') };
const server = await serve(pages, made), browser = await launch(true), page = await browser.newPage();
await page.goto(`${server.url}/souk${o.cards ? '?cards' : ''}`);
await page.evaluate(() => impl.setup(document.getElementById('main')));
await page.evaluate((o) => sample(o, 4), o);
const session = await page.context().newCDPSession(page);
await session.send('Profiler.enable');
await session.send('Profiler.setSamplingInterval', { interval: 100 });
await session.send('Profiler.start');
const got = await page.evaluate(([o, n]) => sample(o, n), [o, samples]);
const { profile } = await session.send('Profiler.stop');
console.log(`${key}: script ${median(got.map(([script]) => script)).toFixed(2)} ms, with layout ${median(got.map(([, layout]) => layout)).toFixed(2)} ms\nms a sample, preparing it included:`);
const frames = new Map(profile.nodes.map((n) => [n.id, n.callFrame])), own = {};
profile.samples.forEach((id, i) => {
  const { functionName, url, lineNumber } = frames.get(id), name = `${functionName || '(no name)'} ${path.basename(url)}:${lineNumber + 1}`;
  own[name] = (own[name] ?? 0) + profile.timeDeltas[i] / 1000 / samples;
});
for (const [name, ms] of Object.entries(own).sort((a, b) => b[1] - a[1]).slice(0, 25)) console.log(ms.toFixed(3).padStart(9), name);
await browser.close();
server.close();
