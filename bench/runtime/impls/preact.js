// Preact with a row component that is drawn again only when its item or its selection changed.
import { Component, h, render } from 'preact';
import { makeRows } from '../program/rows.js';

let root, rows = [], sel = null;

class Row extends Component {
  shouldComponentUpdate(next) { return next.item !== this.props.item || next.on !== this.props.on; }
  render({ item, on }) {
    return h('div', { class: on ? 'row danger' : 'row' },
      h('div', { class: 'col-1' }, item.id),
      h('div', { class: 'col-2' }, h('a', { class: 'label', onClick: () => { sel = item.id; draw(); } }, item.label)),
      h('div', { class: 'col-3' }, h('a', { class: 'remove', onClick: () => set(rows.filter((r) => r !== item)) }, h('span', { class: 'x' }))),
      h('div', { class: 'col-4' }));
  }
}

const draw = () => render(h('div', { class: 'table' }, h('div', { class: 'body' }, rows.map((item) => h(Row, { key: item.id, item, on: item.id === sel })))), root);
const set = (next) => { rows = next; draw(); };
const change = (f) => { const next = rows.slice(); f(next); set(next); };

globalThis.impl = {
  setup(el) { root = el; draw(); },
  create(count) { sel = null; set(makeRows(count)); },
  append(count) { set(rows.concat(makeRows(count))); },
  update10() { change((next) => { for (let i = 0; i < next.length; i += 10) next[i] = { id: next[i].id, label: next[i].label + ' !!!' }; }); },
  update1(i) { change((next) => { next[i] = { id: next[i].id, label: 'x' + i + Math.random() }; }); },
  select(i) { sel = rows[i].id; draw(); },
  swap() { change((next) => { [next[1], next[998]] = [next[998], next[1]]; }); },
  reverse() { change((next) => next.reverse()); },
  remove(i) { change((next) => next.splice(i, 1)); },
  clear() { sel = null; set([]); },
};
