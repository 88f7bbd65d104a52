package template

import (
	"fmt"
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
	"souk/compiler/expr"
)

// templateCall compiles <template is="…" data="…"/>. A definition draws nothing.
func (w *where) templateCall(b *block, n *axml.Node) []Node {
	is := n.Attr("is")
	if is == nil {
		if n.Attr("name") == nil {
			w.report(diag.Warning, "axml-template", n.Pos, n.Pos+len("<template"), "<template> has neither name nor is, so it draws nothing", `write <template is="row" data="{{…}}"/>`)
		}
		return nil
	}
	name := w.attribute(is)
	if name.Constant() && !w.known(is, expr.Text(name)) {
		return nil
	}
	return []Node{w.region(b, func(w *where) []byte {
		js := []byte(`{k:"tpl",is:`)
		var deps expr.Paths
		if name.Constant() {
			js = expr.AppendString(js, w.reference(strings.TrimSpace(expr.Text(name))))
		} else {
			c := w.compile(w.dynamicName(name))
			js, deps = c.appendFunction(js), c.reads
		}
		data := w.compile(w.templateData(n.Attr("data")))
		for _, p := range data.reads {
			deps.Add(p)
		}
		js = expr.AppendPaths(append(js, ",d:"...), deps)
		return data.appendFunction(append(js, ",data:"...))
	})}
}

// templateData reads data="{{a, ...b}}"; without it the template has no data.
func (w *where) templateData(a *axml.Attr) *expr.Node {
	if a == nil || blank(a.Value) {
		return &expr.Node{Kind: expr.Object}
	}
	n := w.text(a.Value, a.ValuePos, expr.ParseData)
	switch n.Kind {
	case expr.String, expr.Concat, expr.Template, expr.Number, expr.Bool:
		w.report(diag.Warning, "axml-template-data", a.ValuePos, a.ValuePos+len(a.Value), "a template's data is an object, not text", `write data="{{title, ...item}}"`)
		return &expr.Node{Kind: expr.Object}
	case expr.Undefined, expr.Null:
		return &expr.Node{Kind: expr.Object}
	case expr.Object:
		return n
	}
	return &expr.Node{Kind: expr.Object, Kids: []*expr.Node{{Kind: expr.Spread, Kids: []*expr.Node{n}}}}
}

// find looks a template up as the file of w sees it: its own, then those of the
// files that it imports (not those that they import), then where it is included.
func (w *where) find(name string) (*source, *axml.Node) {
	for at := w; at != nil; at = at.outer {
		if n, ok := at.src.templates[name]; ok {
			return at.src, n
		}
		for i := len(at.src.imports) - 1; i >= 0; i-- {
			if n, ok := at.src.imports[i].templates[name]; ok {
				return at.src.imports[i], n
			}
		}
	}
	return nil, nil
}

func (w *where) known(is *axml.Attr, name string) bool {
	name = strings.TrimSpace(name)
	if _, n := w.find(name); n != nil {
		return true
	}
	hint := "define it with <template name=" + quote(name) + ">, or import the file that does"
	visible := map[string]bool{}
	for _, other := range w.visible() {
		visible[other] = true
	}
	if near := closest(name, visible); near != "" {
		hint = "did you mean " + quote(near) + "?"
	}
	w.report(diag.Warning, "axml-unknown-template", is.ValuePos, is.ValuePos+len(is.Value), fmt.Sprintf("there is no template named %s here, so nothing is drawn", quote(name)), hint)
	return false
}

// visible lists the names of the templates that the file of w can call.
func (w *where) visible() []string {
	var names []string
	for at := w; at != nil; at = at.outer {
		names = append(names, at.src.order...)
		for _, imported := range at.src.imports {
			names = append(names, imported.order...)
		}
	}
	return names
}

// reference gives the key in t of a template that is called by name. The root
// file's names stand for themselves; a name that means something else in an
// imported file is written with that file's number.
func (w *where) reference(name string) string {
	src, n := w.find(name)
	root := &where{c: w.c, src: w.c.sources[w.c.in.Path]}
	key := name
	if _, seen := root.find(name); seen != n {
		key = numbered(src, name)
	}
	w.c.call(key, src, n)
	return key
}

func numbered(src *source, name string) string { return fmt.Sprintf("%d:%s", src.number, name) }

// dynamicName gives the expression for a computed `is`, and compiles every
// template that it may name.
func (w *where) dynamicName(name *expr.Node) *expr.Node {
	outermost := w
	for outermost.outer != nil {
		outermost = outermost.outer
	}
	isRoot := outermost.src.number == 0
	for _, visible := range w.visible() {
		src, n := w.find(visible)
		if isRoot {
			w.c.call(visible, src, n)
		} else {
			w.c.call(numbered(outermost.src, visible), src, n)
		}
	}
	if isRoot {
		return name
	}
	return expr.Join([]string{numbered(outermost.src, ""), ""}, []*expr.Node{name})
}

// call makes sure that t[key] is the block of the template n of src.
func (c *compiler) call(key string, src *source, n *axml.Node) {
	if _, done := c.calls[key]; done {
		return
	}
	at, done := c.bodies[n]
	if !done {
		at = c.templateBody(src, n)
	}
	if _, done := c.calls[key]; !done { // a template that calls itself came first
		c.callOrder = append(c.callOrder, key)
	}
	c.calls[key] = at
}

// templateBody compiles a definition, whose only data is what its caller passes.
func (c *compiler) templateBody(src *source, n *axml.Node) int {
	w := &where{c: c, src: src, reads: &roots{}}
	return w.block(func(b *block) []Node {
		c.bodies[n] = len(c.blocks) - 1
		return w.children(b, n.Children)
	})
}
