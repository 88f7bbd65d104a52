// usage: node prof.mjs op n : CPU profile of the frame's thread, names kept; self time by function
import fs from 'node:fs'; import path from 'node:path';
import { cards, html, more, nine } from './rows.mjs';
import { bundle, go, here, launch, median, root, serve } from './tools.mjs';
const made = path.join(root, '.cache/bench/dev'), all = { ...nine, ...more, ...cards };
go(['run', './bench/runtime/assembledev', '-o', made, path.join(here, 'program')]);
for (const f of ['frame.js','worker.js']) { const p=path.join(made,f); fs.writeFileSync(p, fs.readFileSync(p,'utf8').replace(/\/\/# sourceMappingURL.*/,'')); }
const pages = { '/measure.js': fs.readFileSync(path.join(here, 'measure.js'), 'utf8'), '/souk.js': await bundle('souk'), '/souk': html('souk') };
const server = await serve(pages, made), browser = await launch(true);
const key = process.argv[2], n = +process.argv[3];
const ctx = await browser.newContext(); const page = await ctx.newPage();
await page.goto(`${server.url}/souk${all[key].cards ? '?cards' : ''}`);
await page.evaluate(() => impl.setup(document.getElementById('main')));
await page.evaluate(([o, n]) => sample(o, n), [all[key], 4]);
const s = await ctx.newCDPSession(page); await s.send('Profiler.enable'); await s.send('Profiler.setSamplingInterval', { interval: 100 });
await s.send('Profiler.start');
const got = await page.evaluate(([o, n]) => sample(o, n), [all[key], n]);
const { profile } = await s.send('Profiler.stop');
console.log(key, 'script', median(got.map(g => g[0])).toFixed(2), 'layout', median(got.map(g => g[1])).toFixed(2));
const self = {}; const dt = profile.timeDeltas; const by = new Map(profile.nodes.map(x => [x.id, x]));
profile.samples.forEach((id, i) => { const c = by.get(id).callFrame; const k = `${c.functionName || '(anon)'} ${c.url.split('/').pop()}:${c.lineNumber+1}`; self[k] = (self[k] || 0) + dt[i]; });
console.log(Object.entries(self).sort((a, b) => b[1] - a[1]).slice(0, 25).map(([k, v]) => (v / 1000 / n).toFixed(3).padStart(9) + '  ' + k).join('\n'));
await browser.close(); server.close();
