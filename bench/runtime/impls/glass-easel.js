// glass-easel, WeChat's engine, in one thread: updates by path and splice, its quickest way. `cards` makes every row a
// component with two properties.
import * as ge from 'glass-easel';
import templates from 'virtual:templates';
import { makeRows } from '../program/rows.js';

const cards = location.search.includes('cards');
let page;

function define() {
  const groupList = templates(), space = new ge.ComponentSpace();
  const row = space.define('row').template({ groupList, content: groupList.row }).property('item', Object).property('on', Boolean)
    .methods({ onSelect() { this.triggerEvent('select', { id: this.data.item.id }); } }).registerComponent();
  return space.define('page').usingComponents({ row: row.general() })
    .template({ groupList, content: groupList[cards ? 'cards' : 'rows'] })
    .data(() => ({ rows: [], sel: null }))
    .methods({
      onSelect(e) { page.setData({ sel: e.detail?.id ?? e.target.dataset.id }); },
      onRemove(e) { page.setData({ rows: page.data.rows.filter((r) => r.id !== e.target.dataset.id) }); },
    }).registerComponent();
}

globalThis.impl = {
  setup(root) {
    page = ge.Component.createWithContext('root', define().general(), new ge.CurrentWindowBackendContext());
    const parent = root.appendChild(document.createElement('div')), place = parent.appendChild(document.createElement('div'));
    ge.Element.replaceDocumentElement(page, parent, place);
  },
  create(count) { page.setData({ rows: makeRows(count), sel: null }); },
  append(count) { page.spliceArrayDataOnPath(['rows'], page.data.rows.length, 0, makeRows(count)); page.applyDataUpdates(); },
  update10() {
    const patch = {}, { rows } = page.data;
    for (let i = 0; i < rows.length; i += 10) patch[`rows[${i}].label`] = rows[i].label + ' !!!';
    page.setData(patch);
  },
  update1(i) { page.setData({ [`rows[${i}].label`]: 'x' + i + Math.random() }); },
  select(i) { page.setData({ sel: page.data.rows[i].id }); },
  swap() { const { rows } = page.data; page.setData({ 'rows[1]': rows[998], 'rows[998]': rows[1] }); },
  reverse() { page.setData({ rows: page.data.rows.slice().reverse() }); },
  remove(i) { page.spliceArrayDataOnPath(['rows'], i, 1, []); page.applyDataUpdates(); },
  clear() { page.setData({ rows: [], sel: null }); },
};
