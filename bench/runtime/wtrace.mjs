import fs from 'node:fs'; import path from 'node:path';
import { cards, html, more, nine } from './rows.mjs';
import { bundle, go, here, launch, median, root, serve } from './tools.mjs';
const made = path.join(root, '.cache/bench/dev'), all = { ...nine, ...more, ...cards };
go(['run', './bench/runtime/assembledev', '-o', made, path.join(here, 'program')]);
let w = fs.readFileSync(path.join(made,'worker.js'),'utf8').replace(/\/\/# sourceMappingURL.*/,'');
const rep = (a, b) => { if (!w.includes(a)) throw new Error('no ' + a); w = w.replace(a, b); };
rep('function flush() {', 'function flush() { __m("flush");');
rep('    work();', '    work(); __m("worked");');
rep('post2(encode([0, seq, sent2]))', '(()=>{const t=encode([0, seq, sent2]); __m("encoded"); post2(t); __m("posted"); })()');
rep('function shellEvent(', 'function shellEvent(){ __m("event"); shellEvent_.apply(this, arguments); __m("handled"); }\n  function shellEvent_(');
w = 'let __M=[]; const __p=self.postMessage.bind(self); const __m=(k)=>__M.push([k,performance.now()]); setInterval(()=>{ if(__M.length){ __p(__M); __M=[]; } }, 30);\n' + w;
fs.writeFileSync(path.join(made,'worker.js'), w);
const f = path.join(made,'frame.js'); fs.writeFileSync(f, fs.readFileSync(f,'utf8').replace(/\/\/# sourceMappingURL.*/,''));
const pages = { '/measure.js': fs.readFileSync(path.join(here, 'measure.js'), 'utf8'), '/souk.js': await bundle('souk'), '/souk': html('souk') };
const server = await serve(pages, made), browser = await launch(true);
for (const key of process.argv[2].split(',')) {
const n = +process.argv[3];
const ctx = await browser.newContext(); const page = await ctx.newPage();
await page.addInitScript(() => { const N = Worker; globalThis.marks = []; globalThis.Worker = function (u) { const m = new N(u); m.addEventListener('message', (e) => { marks.push(...e.data); }); return m; }; });
await page.goto(`${server.url}/souk${all[key].cards ? '?cards' : ''}`);
await page.evaluate(() => impl.setup(document.getElementById('main')));
await page.evaluate(([o, n]) => sample(o, n), [all[key], 4]);
const acc = {};
for (let i = 0; i < n; i++) {
  await page.evaluate(() => new Promise(r => setTimeout(r, 40))); await page.evaluate(() => { marks.length = 0; });
  await page.evaluate(([o]) => sample(o, 1), [all[key]]);
  await page.evaluate(() => new Promise(r => setTimeout(r, 80)));
  const m = await page.evaluate(() => marks);
  let k = m.length - 1; while (k >= 0 && m[k][0] !== 'event') k--;
  const part = m.slice(k); 
  for (let j = 1; j < part.length; j++) { (acc[part[j-1][0] + '→' + part[j][0]] ??= []).push(part[j][1] - part[j-1][1]); }
}
console.log(key, Object.entries(acc).map(([k, v]) => `${k} ${median(v).toFixed(3)}`).join('  '));
await page.close(); }
await browser.close(); server.close();
