import { html, render } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { makeRows } from '../program/rows.js';

let root, rows = [], sel = null;

function click(e) {
  const el = e.target.closest('.row'), id = Number(el?.firstElementChild.textContent);
  if (!el) return;
  if (e.target.closest('.remove')) rows = rows.filter((r) => r.id !== id);
  else sel = id;
  draw();
}

const row = (item) => html`<div class=${item.id === sel ? 'row danger' : 'row'}><div class="col-1">${item.id}</div><div class="col-2"><a class="label">${item.label}</a></div><div class="col-3"><a class="remove"><span class="x"></span></a></div><div class="col-4"></div></div>`;
const draw = () => render(html`<div class="table" @click=${click}><div class="body">${repeat(rows, (r) => r.id, row)}</div></div>`, root);

globalThis.impl = {
  setup(el) { root = el; draw(); },
  create(count) { rows = makeRows(count); sel = null; draw(); },
  append(count) { rows = rows.concat(makeRows(count)); draw(); },
  update10() { for (let i = 0; i < rows.length; i += 10) rows[i] = { id: rows[i].id, label: rows[i].label + ' !!!' }; draw(); },
  update1(i) { rows[i] = { id: rows[i].id, label: 'x' + i + Math.random() }; draw(); },
  select(i) { sel = rows[i].id; draw(); },
  swap() { [rows[1], rows[998]] = [rows[998], rows[1]]; draw(); },
  reverse() { rows.reverse(); draw(); },
  remove(i) { rows.splice(i, 1); draw(); },
  clear() { rows = []; sel = null; draw(); },
};
