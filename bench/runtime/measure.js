// Runs inside the page: samples one operation of `impl`. script = until the operation is over (for Souk: the worker has run
// and the frame has changed the DOM); layout = the same with a forced style and layout.
const channel = new MessageChannel();
const painted = () => new Promise((done) => requestAnimationFrame(() => {
  channel.port1.onmessage = () => done();
  channel.port2.postMessage(0);
}));
let turn = 0;

/** o: {prepare: rows, op, arg: number | 'turn'}. Answers one [script, layout] a sample, in milliseconds: so many samples, or those that fit
 *  into `most` milliseconds, at least one. */
globalThis.sample = async (o, samples, most = Infinity) => {
  const out = [], until = performance.now() + most;
  for (let n = 0; n < samples && (n === 0 || performance.now() < until); n++) {
    const arg = o.arg === 'turn' ? 5 + (turn++ * 7) % 900 : o.arg;
    await impl.clear();
    if (o.prepare) await impl.create(o.prepare);
    await painted();
    globalThis.gc?.();
    await painted();
    if (o.op === 'select') { await impl.select(2); await painted(); }
    const start = performance.now(), p = impl[o.op](arg);
    if (p?.then) await p;
    const script = performance.now();
    document.body.offsetHeight;
    document.body.getBoundingClientRect();
    out.push([script - start, performance.now() - start]);
  }
  return out;
};

/** Rows now in the page, through shadow roots, and how many are selected: shows that the work was done. */
globalThis.rowsNow = () => {
  const count = (root) => {
    let rows = root.querySelectorAll('.row').length, on = root.querySelectorAll('.danger').length;
    for (const el of root.querySelectorAll('.souk-host')) if (el.shadowRoot) { const [r, d] = count(el.shadowRoot); rows += r; on += d; }
    return [rows, on];
  };
  return count(document);
};
