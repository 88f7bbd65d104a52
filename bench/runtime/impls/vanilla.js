// The floor: a row is cloned and filled by hand, events are delegated.
import { makeRows } from '../program/rows.js';

let body, rows = [], selected = null;
const prototype = document.createElement('div');
prototype.className = 'row';
prototype.innerHTML = '<div class="col-1"> </div><div class="col-2"><a class="label"> </a></div><div class="col-3"><a class="remove"><span class="x"></span></a></div><div class="col-4"></div>';

function make(data) {
  const el = prototype.cloneNode(true), id = el.firstChild, label = id.nextSibling.firstChild.firstChild;
  id.firstChild.nodeValue = data.id;
  label.nodeValue = data.label;
  el.data = data;
  el.text = label;
  return el;
}

function select(el) {
  if (selected) selected.className = 'row';
  selected = el;
  el.className = 'row danger';
}

function remove(el) {
  rows.splice(rows.indexOf(el), 1);
  el.remove();
}

globalThis.impl = {
  setup(root) {
    const table = document.createElement('div');
    body = table.appendChild(document.createElement('div'));
    root.appendChild(table);
    table.addEventListener('click', (e) => {
      const el = e.target.closest('.row');
      if (el && e.target.closest('.remove')) remove(el);
      else if (el && e.target.closest('.label')) select(el);
    });
  },
  create(count) { this.clear(); this.append(count); },
  append(count) { for (const data of makeRows(count)) { const el = make(data); rows.push(el); body.appendChild(el); } },
  update10() { for (let i = 0; i < rows.length; i += 10) rows[i].text.nodeValue = rows[i].data.label += ' !!!'; },
  update1(i) { rows[i].text.nodeValue = rows[i].data.label = 'x' + i + Math.random(); },
  select(i) { select(rows[i]); },
  swap() {
    const a = rows[1], b = rows[998];
    rows[1] = b;
    rows[998] = a;
    body.insertBefore(b, a);
    body.insertBefore(a, rows[999] ?? null);
  },
  reverse() { rows.reverse(); for (const el of rows) body.appendChild(el); },
  remove(i) { remove(rows[i]); },
  clear() { body.textContent = ''; rows = []; selected = null; },
};
