// Package random makes mini-programs of which nobody knows what they look like: a template of every construct put together by chance, and
// changes of its data by chance. Page "index" shows the template and takes changes (the JSON of Changes, put into the input #run);
// page "fresh", behind #open, shows the same template anew with the data as they are. Tests hold the two against each other, on
// the engine inside Go and in Chromium. It compiles and runs nothing itself. Start reading at New.
package random

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
)

// Program is one of them, with its changes to come.
type Program struct {
	Files    map[string]string // app.json, pages, components
	Template string            // the pages' AXML without the buttons
	rand     *rand.Rand
}

// New makes the program of a seed: the same seed makes the same template and the same changes.
func New(seed uint64) *Program {
	g := &Program{Files: maps.Clone(program), rand: rand.New(rand.NewPCG(seed, 1))}
	g.Template = g.nodes(0, nil) + `<template name="tpl"><view>{{label}} {{obj.c}} {{n}}</view></template>`
	for _, page := range []string{"index/index", "fresh/fresh"} {
		g.Files["pages/"+page+".axml"] = g.Template + `<input id="run" maxlength="-1" onInput="run"/><button id="open" onTap="open"/>`
	}
	return g
}

// A generated template reads data of this shape, so that every path may be there, missing or of another kind.
const firstData = `{ n: 1, s: 'x', on: true, sel: 2, obj: { a: { b: 1 }, c: 'c' }, nums: [3, 1, 2],
  list: [{ id: 1, label: 'a', on: true, sub: [{ id: 1, t: 'p' }, { id: 2, t: 'q' }] }, { id: 2, label: 'b', sub: [] }, { id: 3, label: 'c' }] }`

// program is what every one of them has.
var program = map[string]string{
	"app.json": `{"pages": ["pages/index/index", "pages/fresh/fresh"]}`,
	"app.js":   `App({ data: null })`,
	"pages/index/index.js": `Page({
  data: ` + firstData + `,
  run(e) {
    const page = this
    const at = path => path.split('.').reduce((d, k) => d == null ? d : d[k], page.data)
    JSON.parse(e.detail.value).forEach(function (op) {
      if (op.k === 'set') page.setData(op.patch)
      if (op.k === 'splice') page.$spliceData(op.patch)
      if (op.k === 'mutate') {
        const list = at(op.path)
        if (!Array.isArray(list)) return
        if (op.how === 'reverse') list.reverse()
        if (op.how === 'rotate' && list.length) list.push(list.shift())
        if (op.how === 'pop') list.pop()
        if (op.how === 'touch' && list[0] && typeof list[0] === 'object') list[0].label = 'touched' + op.n
        page.setData({ [op.path]: list })
      }
    })
    getApp().data = this.data
  },
  open() { my.navigateTo({ url: '/pages/fresh/fresh' }) }
})`,
	"pages/fresh/fresh.js": `
const copy = v => Array.isArray(v) ? Array.from(v, copy) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(e => [e[0], copy(e[1])])) : v
Page({ data() { return copy(getApp().data) }, run() {}, open() {} })`,
	"pages/index/index.json":      `{"usingComponents": {"box": "/components/box/box", "row": "/components/row/row", "shell": "/components/shell/shell"}}`,
	"pages/fresh/fresh.json":      `{"usingComponents": {"box": "/components/box/box", "row": "/components/row/row", "shell": "/components/shell/shell"}}`,
	"components/box/box.json":     `{"component": true}`,
	"components/box/box.axml":     `<view class="box {{kind}}"><slot name="head">none {{kind}}</slot><view a:for="{{rows}}" a:key="id"><slot name="each" row="{{item}}" at="{{index}}">{{item.id}}</slot></view><slot/></view>`,
	"components/box/box.js":       `Component({ props: { rows: [], kind: 'k' } })`,
	"components/shell/shell.json": `{"component": true, "usingComponents": {"box": "/components/box/box", "row": "/components/row/row"}}`,
	"components/shell/shell.axml": `<box rows="{{rows}}" kind="{{label}}"><row slot="head" item="{{first}}" index="{{count}}"/><view slot="each" slot-scope="c"><slot name="line" row="{{c.row}}" n="{{c.at + count}}">{{c.at}} {{label}}</slot></view><slot>{{label}} empty</slot></box><slot a:if="{{count > 1}}" name="line" row="{{first}}" n="{{-1}}"/><slot/>`,
	"components/shell/shell.js": `Component({ options: { virtualHost: false, observers: true }, data: { count: 0, first: null }, props: { rows: [], label: '' },
  observers: { 'rows.**'(rows) { this.setData({ first: Array.isArray(rows) && rows[0] || null }) } },
  onInit() { const { rows } = this.props; this.setData({ first: Array.isArray(rows) && rows[0] || null }) },
  deriveDataFromProps(p) { this.setData({ count: Array.isArray(p.rows) ? p.rows.length : 0 }) } })`,
	"components/row/row.json": `{"component": true}`,
	"components/row/row.axml": `<text>{{item.label}} {{doubled}} {{index}} {{item.sub.length}}</text><text a:if="{{item.on}}">on</text>`,
	"components/row/row.js":   `Component({ data: { doubled: 0 }, props: { item: {}, index: 0 }, onInit() {}, deriveDataFromProps(p) { this.setData({ doubled: p.index * 2 }) } })`,
}

// ---- templates --------------------------------------------------------------------------------------------------------

func (g *Program) pick(from ...string) string { return from[g.rand.IntN(len(from))] }

// item and index names of the loops around, innermost last.
type loops []string

func (g *Program) value(l loops) string {
	outside := []string{"n", "s", "on", "sel", "obj.a.b", "obj.c", "nums[1]", "list[0].label", "list.length", "nums", "obj", "n + 1", "on ? s : obj.c", "list[n].label", "missing.deep"}
	if len(l) > 0 && g.rand.IntN(3) > 0 {
		i := l[g.rand.IntN(len(l))]
		return g.pick(i, i+".label", i+".id", i+"Index", i+".id === sel", i+".on && s", i+".sub.length", "nums["+i+"Index]", "list["+i+"Index].label + "+i+"Index")
	}
	return g.pick(outside...)
}

func (g *Program) condition(l loops) string {
	if len(l) > 0 && g.rand.IntN(2) == 0 {
		i := l[len(l)-1]
		return g.pick(i+".on", i+".id === sel", i+"Index % 2", i+".label")
	}
	return g.pick("on", "n > 1", "list.length > 2", "obj.a", "nums[0] === 3", "s")
}

func (g *Program) nodes(depth int, l loops) string {
	var b strings.Builder
	for range 1 + g.rand.IntN(3) {
		b.WriteString(g.node(depth, l))
	}
	return b.String()
}

func (g *Program) node(depth int, l loops) string {
	if depth > 3 {
		return fmt.Sprintf(`<text id="t{{%s}}">{{%s}}</text>`, g.value(l), g.value(l))
	}
	kinds := 12
	if depth > 1 {
		kinds = 7 // components around components draw their content many times: only near the root
	}
	switch g.rand.IntN(kinds) {
	case 0:
		return fmt.Sprintf(`<view a:if="{{%s}}">%s</view><view a:elif="{{%s}}">elif {{%s}}</view><view a:else>%s</view>`,
			g.condition(l), g.nodes(depth+1, l), g.condition(l), g.value(l), g.nodes(depth+1, l))
	case 1, 2:
		return g.loop(depth, l)
	case 3:
		return fmt.Sprintf(`<box rows="{{%s}}" kind="{{%s}}"><view slot="head">%s</view><view slot="each" slot-scope="p">{{p.row.label}} {{p.at}} {{%s}}</view>%s</box>`,
			g.list(l), g.value(l), g.nodes(depth+1, l), g.value(l), g.nodes(depth+2, l))
	case 4:
		if len(l) == 0 {
			return fmt.Sprintf(`<row a:for="{{%s}}" a:key="id" item="{{item}}" index="{{index}}"/>`, g.list(l))
		}
		return fmt.Sprintf(`<row item="{{%s}}" index="{{%sIndex}}"/>`, l[len(l)-1], l[len(l)-1])
	case 5:
		return fmt.Sprintf(`<template is="tpl" data="{{%s}}"/>`, g.pick("label: s, obj, n", "...obj, obj, n: sel", "label: list[0].label"))
	case 7:
		return fmt.Sprintf(`<shell id="s{{%s}}" class="{{%s}}" rows="{{%s}}" label="{{%s}}"><view slot="line" slot-scope="q">{{q.row.label}} {{q.n}} {{%s}}<row item="{{q.row}}" index="{{q.n}}"/></view>%s</shell>`,
			g.value(l), g.value(l), g.list(l), g.value(l), g.value(l), g.nodes(depth+2, l))
	case 8:
		return fmt.Sprintf(`<box rows="{{%s}}"><text a:for="{{%s}}" a:for-item="w" slot="{{w.on ? 'head' : ''}}">{{w.label}} {{%s}}</text></box>`, g.list(l), g.pick("list", "nums"), g.value(l))
	case 6:
		return fmt.Sprintf(`<box kind="{{%s}}"><text slot="{{on ? 'head' : ''}}">{{%s}}</text></box>`, g.value(l), g.value(l))
	}
	return fmt.Sprintf(`<view class="a {{%s ? 'b' : ''}}" style="width: {{%s}}px" hidden="{{%s}}">{{%s}}%s</view>`,
		g.condition(l), g.value(l), g.condition(l), g.value(l), g.nodes(depth+1, l))
}

func (g *Program) list(l loops) string {
	if len(l) > 0 && g.rand.IntN(2) == 0 {
		return l[len(l)-1] + ".sub"
	}
	return g.pick("list", "list", "nums", "obj", "n", "on ? list : nums")
}

func (g *Program) loop(depth int, l loops) string {
	name := fmt.Sprintf("i%d", len(l))
	key := g.pick("", ` a:key="id"`, ` a:key="*this"`, ` a:key="id"`)
	inner := append(append(loops{}, l...), name)
	return fmt.Sprintf(`<view a:for="{{%s}}" a:for-item="%s" a:for-index="%sIndex"%s>{{%sIndex}}%s</view>`,
		g.list(l), name, name, key, name, g.nodes(depth+1, inner))
}

// ---- changes ----------------------------------------------------------------------------------------------------------

// Changes are the next ones, made in one task: what #run understands, as JSON. One in four is a $spliceData alone.
func (g *Program) Changes() []any {
	if g.rand.IntN(4) == 0 {
		return []any{g.splice()}
	}
	ops := make([]any, 1+g.rand.IntN(3))
	for i := range ops {
		ops[i] = g.change()
	}
	return ops
}

func (g *Program) change() map[string]any {
	switch g.rand.IntN(6) {
	case 0:
		return g.splice()
	case 1:
		return map[string]any{"k": "mutate", "path": g.pick("list", "nums"), "how": g.pick("reverse", "rotate", "pop", "touch"), "n": g.rand.IntN(100)}
	}
	patch := map[string]any{}
	for range 1 + g.rand.IntN(3) {
		path, value := g.write()
		patch[path] = value
	}
	return map[string]any{"k": "set", "patch": patch}
}

func (g *Program) splice() map[string]any {
	path := g.pick("list", "list", "nums", "list[0].sub")
	args := []any{g.rand.IntN(6) - 1, g.rand.IntN(3)}
	for range g.rand.IntN(3) {
		args = append(args, g.element(path))
	}
	return map[string]any{"k": "splice", "patch": map[string]any{path: args}}
}

func (g *Program) element(path string) any {
	if path == "nums" {
		return g.rand.IntN(10)
	}
	return map[string]any{"id": 1 + g.rand.IntN(8), "label": g.pick("a", "b", "new"), "on": g.rand.IntN(2) == 0, "t": g.pick("u", "v"), "sub": g.elements("sub", 3)}
}

func (g *Program) elements(path string, most int) []any {
	out := []any{}
	for range g.rand.IntN(most + 1) {
		if path == "sub" {
			out = append(out, map[string]any{"id": g.rand.IntN(5), "t": g.pick("p", "q"), "label": g.pick("x", "y")})
		} else {
			out = append(out, g.element(path))
		}
	}
	return out
}

func (g *Program) write() (string, any) {
	i := g.rand.IntN(5)
	switch g.rand.IntN(15) {
	case 0:
		return "n", g.rand.IntN(4)
	case 1:
		return "s", g.pick("x", "y", "")
	case 2:
		return "on", g.rand.IntN(2) == 0
	case 3:
		return "sel", g.rand.IntN(5)
	case 4:
		return "obj.a.b", g.rand.IntN(5)
	case 5:
		return "obj.c", g.pick("c", "d")
	case 6:
		return "obj", map[string]any{"a": map[string]any{"b": g.rand.IntN(5)}, g.pick("c", "e"): "z"}
	case 7:
		return "nums", g.elements("nums", 5)
	case 8:
		return fmt.Sprintf("nums[%d]", i), g.rand.IntN(10)
	case 9:
		return "list", g.elements("list", 6)
	case 10:
		return fmt.Sprintf("list[%d]", i), g.element("list")
	case 11:
		return fmt.Sprintf("list[%d].id", i), 1 + g.rand.IntN(8)
	case 12:
		return fmt.Sprintf("list[%d].sub", i), g.elements("sub", 4)
	case 13:
		return fmt.Sprintf("list[%d].sub[%d].label", i, g.rand.IntN(3)), g.pick("x", "y", "z")
	}
	return fmt.Sprintf("list[%d].label", i), g.pick("a", "b", "c", "d")
}
