package template

import (
	"fmt"
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
	"souk/compiler/expr"
)

// watchPrefix begins an attribute that hands changes of another one to an SJS function: change:data-n="{{m.moved}}".
const watchPrefix = "change:"

// watchTag is the component of the worker that does it; it draws nothing.
const watchTag = "souk-watch"

// watches makes a region for each change:… of an element, behind the element.
func (w *where) watches(b *block, n *axml.Node, node int) []Node {
	var out []Node
	for i := range n.Attrs {
		a := &n.Attrs[i]
		name, ok := strings.CutPrefix(a.Name, watchPrefix)
		if !ok {
			continue
		}
		run := w.attribute(a)
		if !w.mentionsModule(run) {
			w.report(diag.Warning, "axml-change", a.Pos, a.Pos+len(a.Name), fmt.Sprintf("%s needs a function of an SJS module", a.Name), fmt.Sprintf(`write %s="{{module.function}}"`, a.Name))
			continue
		}
		value := &expr.Node{Kind: expr.Undefined}
		if watched := n.Attr(name); watched != nil {
			value = w.attribute(watched)
		}
		out = append(out, w.region(b, func(w *where) []byte {
			js, reads := w.appendValue(append([]byte(`{k:"comp",tag:"`), watchTag+`",p:[["value",`...), value)
			js = append(expr.AppendPaths(append(js, ','), reads), `],["run",`...)
			js, reads = w.appendValue(js, run)
			js = append(expr.AppendPaths(append(js, ','), reads), `],["node",`...)
			return append(appendInt(js, node), `,[]]],host:-1,slots:[]`...)
		}))
	}
	return out
}

// mentionsModule says whether an expression names an SJS module: its value may then be a function of one.
func (w *where) mentionsModule(n *expr.Node) bool {
	if n.Kind == expr.Ident && w.name(n.Str).Module {
		return true
	}
	for _, kid := range n.Kids {
		if w.mentionsModule(kid) {
			return true
		}
	}
	return false
}

// appendListener writes an element's handler as appendHandler does; one that may be an SJS function stands in {s: …}.
func (w *where) appendListener(js []byte, value *expr.Node) []byte {
	if value.Constant() || !w.mentionsModule(value) {
		return w.appendHandler(js, value)
	}
	return append(w.appendHandler(append(js, "{s:"...), value), '}')
}

// RunsSjs tells whether events or changes may run functions of SJS modules, beyond what expressions call: appendListener and watches write it.
func (o Output) RunsSjs() bool {
	return strings.Contains(o.Code, "{s:") || strings.Contains(o.Code, `tag:"`+watchTag+`"`)
}
