package template

import (
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
	"souk/compiler/expr"
)

// component compiles the use of a custom component.
func (w *where) component(b *block, n *axml.Node) Node {
	return w.region(b, func(w *where) []byte {
		var t traits
		var props, calls, generics []byte
		for i := range n.Attrs {
			a := &n.Attrs[i]
			if generic, ok := strings.CutPrefix(a.Name, "generic:"); ok {
				generics = append(expr.AppendKey(comma(generics, len(generics)), generic), ':')
				generics = expr.AppendString(generics, strings.TrimSpace(a.Value))
				continue
			}
			if e, ok := eventOf(a.Name); ok && !e.capture {
				calls = append(expr.AppendKey(comma(calls, len(calls)), a.Name), ':')
				calls = w.appendHandler(calls, w.attribute(a))
				continue
			}
			if strings.HasPrefix(a.Name, watchPrefix) {
				w.report(diag.Hint, "axml-change", a.Pos, a.Pos+len(a.Name), a.Name+" works on the platform's own elements only", "use the component's didUpdate or observers")
				continue
			}
			trait := w.trait(&t, a)
			if trait && !alsoProp(a.Name) || w.ignored(n, a) {
				continue
			}
			props = w.appendProp(props, a)
		}
		js := expr.AppendString(append(make([]byte, 0, 512), `{k:"comp",tag:`...), n.Tag)
		js = append(append(append(js, ",p:["...), props...), ']')
		js = appendMembers(js, ",f:{", calls)
		js = appendMembers(js, ",g:{", generics)
		if t.ref != nil {
			js, _ = w.appendValue(append(js, ",ref:"...), w.attribute(t.ref))
			t.ref = nil
		}
		js = appendInt(append(js, ",host:"...), w.host(n, &t))
		js = append(w.appendSlots(append(js, ",slots:["...), n.Children), ']')
		return js
	})
}

// alsoProp says which looks of a component's host are its props too: without a
// host (the default) a component draws className and style itself.
func alsoProp(name string) bool {
	return name == "id" || name == "class" || name == "className" || name == "style" || strings.HasPrefix(name, "data-")
}

func appendMembers(js []byte, open string, members []byte) []byte {
	if len(members) == 0 {
		return js
	}
	return append(append(append(js, open...), members...), '}')
}

// appendProp writes [name, value, deps]. data-* keep their names.
func (w *where) appendProp(js []byte, a *axml.Attr) []byte {
	name := a.Name
	if !strings.HasPrefix(name, "data-") && !strings.HasPrefix(name, "aria-") {
		name = camel(name)
	}
	if name == "class" {
		name = "className"
	}
	js = expr.AppendString(append(comma(js, len(js)), '['), name)
	js, reads := w.appendValue(append(js, ','), w.attribute(a))
	return append(expr.AppendPaths(append(js, ','), reads), ']')
}

// host makes the block that is drawn around a component whose virtualHost is
// false. Uses without any attribute share one.
func (w *where) host(n *axml.Node, t *traits) int {
	bare := t.id == nil && t.class == nil && t.style == nil && t.data == nil && t.marks == nil
	if at, ok := w.c.hosts[n.Tag]; ok && bare {
		return at
	}
	at := w.block(func(b *block) []Node {
		node := b.number()
		out := Node{Kind: ElementNode, Tag: n.Tag}
		w.appearance(b, &out, node, t)
		w.info(b, node, n.Tag, t, false, true)
		b.view.Regions = append(b.view.Regions, b.number())
		out.Children = []Node{{Kind: Anchor}}
		return []Node{out}
	})
	if bare {
		w.c.hosts[n.Tag] = at
	}
	return at
}

// content is what a component's user passes for one slot.
type content struct {
	name    string     // when static
	dynamic *axml.Attr // else
	each    *axml.Node // the a:for around a dynamic name
	nodes   []*axml.Node
	scoped  bool
}

// appendSlots sorts a component's children by slot and writes each slot's
// content. Content with a dynamic name stands alone.
func (w *where) appendSlots(js []byte, children []*axml.Node) []byte {
	for i, part := range w.contents(children) {
		js = w.appendContent(comma(js, i), part)
	}
	return js
}

func (w *where) contents(children []*axml.Node) []*content {
	var parts []*content
	static := map[string]*content{}
	last := (*content)(nil) // where the branches of a condition go
	for i := 0; i < len(children); i++ {
		n := children[i]
		if n.Tag == "" && blank(n.Text) || n.Tag == "import" || n.Tag == "import-sjs" || n.Tag == "template" && n.Attr("name") != nil {
			continue
		}
		if chain, next := w.chain(children, i); n.Tag != "" && partSlots(chain) {
			parts = shareOut(parts, static, chain)
			i, last = next-1, nil
			continue
		}
		branch := n.Tag != "" && (n.Attr("a:elif") != nil || n.Attr("a:else") != nil)
		if branch && last != nil {
			last.nodes = append(last.nodes, n)
			continue
		}
		name, a := "", n.Attr("slot")
		if a != nil {
			name = strings.TrimSpace(a.Value)
		}
		if strings.Contains(name, "{{") {
			last = &content{dynamic: a, nodes: []*axml.Node{n}}
			if n.Attr("a:for") != nil {
				last.each = n
			}
			parts = append(parts, last)
		} else if last = static[name]; last == nil {
			last = &content{name: name}
			static[name] = last
			parts = append(parts, last)
			last.nodes = append(last.nodes, n)
		} else {
			last.nodes = append(last.nodes, n)
		}
		last.scoped = last.scoped || n.Attr("slot-scope") != nil
	}
	return parts
}

// partSlots says whether the branches of one condition go to different slots, all named in so many words.
func partSlots(chain []*axml.Node) bool {
	part := false
	for _, n := range chain {
		name := slotOf(n)
		if strings.Contains(name, "{{") {
			return false
		}
		part = part || name != slotOf(chain[0])
	}
	return part
}

func slotOf(n *axml.Node) string {
	if a := n.Attr("slot"); a != nil {
		return strings.TrimSpace(a.Value)
	}
	return ""
}

// shareOut gives each slot the whole condition, with nothing in the branches that belong to others: so every slot knows
// which branch is taken.
func shareOut(parts []*content, static map[string]*content, chain []*axml.Node) []*content {
	names := map[string]bool{}
	for _, n := range chain {
		name := slotOf(n)
		if names[name] {
			continue
		}
		names[name] = true
		part := static[name]
		if part == nil {
			part = &content{name: name}
			static[name] = part
			parts = append(parts, part)
		}
		for _, branch := range chain {
			if slotOf(branch) != name {
				branch = emptied(branch)
			}
			part.scoped = part.scoped || branch.Attr("slot-scope") != nil
			part.nodes = append(part.nodes, branch)
		}
	}
	return parts
}

// emptied is a branch with its condition and nothing in it.
func emptied(n *axml.Node) *axml.Node {
	out := &axml.Node{Tag: "block", Pos: n.Pos, End: n.End}
	for _, name := range []string{"a:if", "a:elif", "a:else"} {
		if a := n.Attr(name); a != nil {
			out.Attrs = append(out.Attrs, *a)
		}
	}
	return out
}

// passesOn is the name of the slot that makes up the whole content, as <slot slot="title" name="title"/> does; ok is false for
// other content and for a slot with a fallback of its own.
func (part *content) passesOn() (name string, ok bool) {
	if part.dynamic != nil || len(part.nodes) != 1 || part.nodes[0].Tag != "slot" {
		return "", false
	}
	n := part.nodes[0]
	if a := n.Attr("name"); a != nil {
		name = strings.TrimSpace(a.Value)
	}
	for _, kid := range n.Children {
		if kid.Tag != "" || !blank(kid.Text) {
			return "", false
		}
	}
	return name, n.Attr("a:if") == nil && n.Attr("a:for") == nil && !strings.Contains(name, "{{")
}

// appendContent writes [name, deps, block, scoped, props read, each, the slot it only passes on].
func (w *where) appendContent(js []byte, part *content) []byte {
	js = append(js, '[')
	var each []byte
	if part.each != nil {
		each, w = w.loop([]byte{'{'}, part.each)
	}
	if part.dynamic == nil {
		js = append(expr.AppendString(js, part.name), ",[]"...)
	} else {
		name := w.compile(w.attribute(part.dynamic))
		js = expr.AppendPaths(append(name.appendFunction(js), ','), name.reads)
	}
	props := &slotProps{}
	var reads roots
	inner := w.collecting(&reads)
	number := w.block(func(b *block) []Node { return inner.slotContent(b, part, props) })
	reads.leave(props)
	w.reads.merge(reads)
	js = appendInt(append(js, ','), number)
	if part.scoped && props.all {
		js = append(js, ",1,true"...)
	} else if part.scoped {
		js = props.append(append(js, ",1,"...))
	} else {
		js = append(js, ",0,[]"...)
	}
	if each != nil {
		js = append(append(append(js, ','), each...), '}')
	}
	if name, ok := part.passesOn(); ok {
		js = expr.AppendString(append(js, ",0,"...), name)
	}
	return append(js, ']')
}

// slotContent compiles the nodes of one slot. Each may have its own name for
// the slot's props.
func (w *where) slotContent(b *block, part *content, props *slotProps) []Node {
	if part.each != nil {
		n := part.nodes[0]
		inner := w.slotScope(n, part.scoped, props)
		if n.Attr("a:if") != nil {
			return []Node{inner.ifRegion(b, part.nodes)}
		}
		return inner.plain(b, n)
	}
	var out []Node
	for i := 0; i < len(part.nodes); {
		n := part.nodes[i]
		inner := w.slotScope(n, part.scoped, props)
		if n.Tag == "" {
			out = inner.textNode(b, out, n)
			i++
			continue
		}
		chain, next := inner.chain(part.nodes, i)
		out = append(out, inner.sibling(b, chain)...)
		i = next
	}
	return out
}

func (w *where) slotScope(n *axml.Node, scoped bool, props *slotProps) *where {
	if !scoped {
		return w
	}
	sc := &scope{props: props, origin: roots{slots: []*slotProps{props}}}
	if a := n.Attr("slot-scope"); a != nil {
		sc.item = w.word(a, "props")
	}
	return w.with(sc)
}

// slot compiles <slot> inside a component.
func (w *where) slot(b *block, n *axml.Node) Node {
	return w.region(b, func(w *where) []byte {
		js, deps := []byte(`{k:"slot",name:`), expr.Paths(nil)
		var props []byte
		name := &expr.Node{Kind: expr.String}
		for i := range n.Attrs {
			a := &n.Attrs[i]
			switch {
			case a.Name == "name":
				name = w.attribute(a)
			case a.Name == "id" || a.Name == "class" || a.Name == "style" || w.ignored(n, a):
			default:
				props = w.appendProp(props, a)
			}
		}
		if name.Constant() {
			if name.Kind != expr.String {
				name = &expr.Node{Kind: expr.String, Str: slotName(name)}
			}
			js = expr.AppendString(js, strings.TrimSpace(name.Str))
		} else {
			js, deps = w.appendValue(js, name)
		}
		js = expr.AppendPaths(append(js, ",d:"...), deps)
		js = append(append(append(js, ",p:["...), props...), "],b:"...)
		return appendInt(js, w.fallback(n))
	})
}

func slotName(n *expr.Node) string {
	if n.Kind <= expr.Null {
		return ""
	}
	return expr.Text(n)
}

// fallback makes a block of what stands inside <slot>, or gives -1.
func (w *where) fallback(n *axml.Node) int {
	for _, kid := range n.Children {
		if kid.Tag != "" || !blank(kid.Text) {
			return w.block(func(b *block) []Node { return w.children(b, n.Children) })
		}
	}
	return -1
}

// include compiles another file's content in place.
func (w *where) include(b *block, n *axml.Node) []Node {
	src := w.fetch(n, ".axml")
	if src == nil {
		return nil
	}
	for at := w; at != nil; at = at.outer {
		if at.src == src {
			w.report(diag.Error, "axml-include-circle", n.Pos, n.End, "this file includes itself, directly or through another", "remove one <include> of the circle")
			return nil
		}
	}
	inner := *w
	inner.src, inner.outer = src, w
	return inner.children(b, src.file.Roots)
}
