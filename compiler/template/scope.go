package template

import (
	"slices"
	"strconv"

	"souk/compiler/expr"
)

// scope is what a for or a slot-scope adds to the names around it.
type scope struct {
	up          *scope
	item, index string     // names; index is "" for slot props
	origin      roots      // which data the item comes from
	props       *slotProps // for slot props: those that are read
}

// roots are the first names in d that something reads, and the slots whose props
// it reads: those may come from anywhere.
type roots struct {
	names []string
	slots []*slotProps
}

func (r *roots) add(name string) {
	if i, found := slices.BinarySearch(r.names, name); !found {
		r.names = slices.Insert(r.names, i, name)
	}
}

func (r *roots) merge(o roots) {
	for _, slot := range o.slots {
		if !slices.Contains(r.slots, slot) {
			r.slots = append(r.slots, slot)
		}
	}
	for _, name := range o.names {
		r.add(name)
	}
}

// addPaths notes the paths that an expression standing in sc reads. What comes
// from an item comes from the list that it is an item of.
func (r *roots) addPaths(ps expr.Paths, sc *scope) {
	for _, p := range ps {
		if p.Up < 0 {
			r.add(p.Keys[0])
			continue
		}
		at := sc
		for range p.Up {
			at = at.up
		}
		r.merge(at.origin)
		at.noteProp(p)
	}
}

// slotProps are the first names that a slot's content reads from what the slot
// passes; all says any of them.
type slotProps struct {
	roots
	all bool
}

// leave forgets a slot whose content is behind us: a change of its props begins
// at the slot and not in the data outside.
func (r *roots) leave(p *slotProps) {
	r.slots = slices.DeleteFunc(r.slots, func(q *slotProps) bool { return p == q })
}

// noteProp remembers which of a slot's props the path reads.
func (sc *scope) noteProp(p expr.Path) {
	if sc.props == nil {
		return
	}
	if len(p.Keys) == 0 {
		sc.props.all = true
		return
	}
	sc.props.add(p.Keys[0])
}

// append writes r as the u of a region.
func (r roots) append(b []byte) []byte {
	if len(r.slots) > 0 {
		return append(b, "true"...)
	}
	b = append(b, '[')
	for i, name := range r.names {
		b = expr.AppendString(comma(b, i), name)
	}
	return append(b, ']')
}

// where is the surroundings of a node: whose files its names come from, the
// scopes around it, and who wants to know what is read.
type where struct {
	c     *compiler
	src   *source
	outer *where // of the <include> that brought this file in, else nil
	scope *scope
	reads *roots
}

// with gives the surroundings inside a new scope.
func (w *where) with(sc *scope) *where {
	inner := *w
	sc.up = w.scope
	inner.scope = sc
	return &inner
}

// collecting gives the same surroundings with reads noted in r.
func (w *where) collecting(r *roots) *where {
	inner := *w
	inner.reads = r
	return &inner
}

// name resolves an identifier: the nearest scope first, then SJS, then data.
func (w *where) name(id string) expr.Name {
	up := 0
	for sc := w.scope; sc != nil; sc = sc.up {
		if id == sc.item {
			return expr.Name{JS: scopeJS(up) + ".i", Path: expr.Path{Up: up}}
		}
		if id == sc.index && sc.index != "" {
			return expr.Name{JS: scopeJS(up) + ".x", Path: expr.Path{Up: up, Keys: indexKey}}
		}
		up++
	}
	for at := w; at != nil; at = at.outer {
		if m, ok := at.src.sjs[id]; ok {
			return expr.Name{JS: w.c.sjsVariable(m), Module: true}
		}
	}
	return expr.Name{JS: "d." + id, Path: expr.Path{Up: -1, Keys: []string{id}}}
}

var indexKey = []string{"#"}

func scopeJS(up int) string {
	switch up {
	case 0:
		return "s"
	case 1:
		return "s.u"
	}
	b := []byte("s")
	for range up {
		b = append(b, ".u"...)
	}
	return string(b)
}

// compiled is an expression in its place.
type compiled struct {
	js     []byte
	reads  expr.Paths
	usesD  bool
	usesS  bool
	isPure bool // a path and nothing else
	path   expr.Path
}

// compile turns n into JavaScript and notes what it reads.
func (w *where) compile(n *expr.Node) compiled {
	out := compiled{js: expr.Emit(make([]byte, 0, 48), n, w.name), reads: expr.Reads(n, w.name)}
	for _, p := range out.reads {
		out.usesD = out.usesD || p.Up < 0
		out.usesS = out.usesS || p.Up >= 0
	}
	out.path, out.isPure = expr.PurePath(n, w.name)
	w.reads.addPaths(out.reads, w.scope)
	return out
}

// appendFunction writes c as the shortest arrow function of (d, s).
func (c compiled) appendFunction(b []byte) []byte {
	switch {
	case c.usesS:
		b = append(b, "(d,s)=>"...)
	case c.usesD:
		b = append(b, "d=>"...)
	default:
		b = append(b, "()=>"...)
	}
	return c.appendBody(b)
}

// appendBody writes c as the body of an arrow function.
func (c compiled) appendBody(b []byte) []byte {
	if len(c.js) > 0 && c.js[0] == '{' {
		b = append(b, '(')
		b = append(b, c.js...)
		return append(b, ')')
	}
	return append(b, c.js...)
}

// appendValue writes a literal as itself and anything else as a function.
func (w *where) appendValue(b []byte, n *expr.Node) ([]byte, expr.Paths) {
	if n.Constant() {
		return expr.Emit(b, n, w.name), nil
	}
	c := w.compile(n)
	return c.appendFunction(b), c.reads
}

func appendInt(b []byte, n int) []byte { return strconv.AppendInt(b, int64(n), 10) }
