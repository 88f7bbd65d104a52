// Solid, as its compiler writes it (template, insert, effect, delegated events).
import { batch, createSelector, createSignal } from 'solid-js';
import { createComponent, delegateEvents, effect, className, insert, render, template } from 'solid-js/web';
import { For } from 'solid-js';
import { makeRows } from '../program/rows.js';

const api = {};
const table = template('<div class=table><div class=body>');
const row = template('<div><div class=col-1></div><div class=col-2><a class=label></a></div><div class=col-3><a class=remove><span class=x></span></a></div><div class=col-4>');

function build(count) {
  return makeRows(count).map(({ id, label: text }) => {
    const [label, setLabel] = createSignal(text);
    return { id, label, setLabel };
  });
}

function App() {
  const [rows, setRows] = createSignal([]), [selected, setSelected] = createSignal(null), isSelected = createSelector(selected);
  const change = (f) => setRows((now) => { const next = now.slice(); f(next); return next; });
  Object.assign(api, {
    create(count) { batch(() => { setSelected(null); setRows(build(count)); }); },
    append(count) { setRows((now) => [...now, ...build(count)]); },
    update10() { batch(() => { for (let i = 0, now = rows(); i < now.length; i += 10) now[i].setLabel((text) => text + ' !!!'); }); },
    update1(i) { rows()[i].setLabel('x' + i + Math.random()); },
    select(i) { setSelected(rows()[i].id); },
    swap() { change((next) => { [next[1], next[998]] = [next[998], next[1]]; }); },
    reverse() { change((next) => next.reverse()); },
    remove(i) { change((next) => next.splice(i, 1)); },
    clear() { batch(() => { setRows([]); setSelected(null); }); },
  });
  const remove = (id) => setRows((now) => now.filter((r) => r.id !== id));
  const el = table();
  insert(el.firstChild, createComponent(For, {
    get each() { return rows(); },
    children(r) {
      const { id } = r, made = row(), one = made.firstChild, two = one.nextSibling, label = two.firstChild, gone = two.nextSibling.firstChild;
      one.textContent = id;
      label.$$click = setSelected;
      label.$$clickData = id;
      gone.$$click = remove;
      gone.$$clickData = id;
      effect((before) => { const now = r.label(); if (now !== before) label.textContent = now; return now; });
      effect(() => className(made, isSelected(id) ? 'row danger' : 'row'));
      return made;
    },
  }));
  return el;
}

api.setup = (root) => render(() => createComponent(App, {}), root);
delegateEvents(['click']);
globalThis.impl = api;
