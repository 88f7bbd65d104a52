// What the benchmark asks of a page, as a mini-program's author would write it: paths and splices where they fit, the whole
// list where it is rearranged. The benchmark speaks through the one page event that carries data of the shell's choosing.
import { makeRows } from './rows';

export const work = {
  create(page, count) { page.setData({ rows: makeRows(count), sel: null }); },
  append(page, count) { page.$spliceData({ rows: [page.data.rows.length, 0, ...makeRows(count)] }); },
  update10(page) {
    const patch = {}, { rows } = page.data;
    for (let i = 0; i < rows.length; i += 10) patch[`rows[${i}].label`] = rows[i].label + ' !!!';
    page.setData(patch);
  },
  update1(page, i) { page.setData({ [`rows[${i}].label`]: 'x' + i + Math.random() }); },
  select(page, i) { page.setData({ sel: page.data.rows[i].id }); },
  swap(page) {
    const rows = page.data.rows.slice();
    [rows[1], rows[998]] = [rows[998], rows[1]];
    page.setData({ rows });
  },
  remove(page, i) { page.$spliceData({ rows: [i, 1] }); },
  reverse(page) { page.setData({ rows: page.data.rows.slice().reverse() }); },
  // With a callback there is an answer even where nothing was there to clear.
  clear(page) { page.setData({ rows: [], sel: null }, () => {}); },
};

export function onResize({ size: { op, arg } }) { work[op](this, arg); }
