package template

import (
	"fmt"
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
	"souk/compiler/expr"
)

type compiler struct {
	in      Input
	bag     *diag.Bag
	sources map[string]*source
	files   []string
	blocks  []*block
	nodes   int // compiled so far, includes counted each time

	modules  map[string]string // .sjs path → variable
	sjs      []string
	sjsVars  map[sjsName]string // imported value → variable
	sjsOrder []sjsName

	calls     map[string]int     // key in t → block
	callOrder []string           // keys in the order in which they were met
	bodies    map[*axml.Node]int // <template name> → block
	hosts     map[string]int     // tag → the host block of a component without attributes

	uses Uses
}

// block is both halves of a block while it is being written.
type block struct {
	view    Block
	count   int      // nodes so far
	holes   [][]byte // [fn,deps]
	regions [][]byte
	events  []byte // members of e
	info    []byte // members of n
}

func compile(in Input, bag *diag.Bag) Output {
	c := &compiler{
		in: in, bag: bag,
		sources: map[string]*source{}, modules: map[string]string{}, sjsVars: map[sjsName]string{},
		calls: map[string]int{}, bodies: map[*axml.Node]int{}, hosts: map[string]int{},
	}
	src := c.load(in.Path, in.Source)
	w := &where{c: c, src: src, reads: &roots{}}
	w.block(func(b *block) []Node { return w.children(b, src.file.Roots) })
	for _, name := range src.order {
		c.call(name, src, src.templates[name])
	}
	out := Output{View: View{Path: in.Path}, Sjs: c.sjs, Files: c.files, Uses: c.uses, Code: string(c.code())}
	for _, b := range c.blocks {
		out.View.Blocks = append(out.View.Blocks, b.view)
	}
	return out
}

// block makes a new block of what fill returns and gives its number.
func (w *where) block(fill func(*block) []Node) int {
	b := &block{}
	number := len(w.c.blocks)
	w.c.blocks = append(w.c.blocks, b)
	b.view.Nodes = fill(b)
	return number
}

// number gives the next node its place in document order.
func (b *block) number() int {
	b.count++
	return b.count - 1
}

func (b *block) hole(kind HoleKind, node int, name string, value compiled) {
	b.view.Holes = append(b.view.Holes, Hole{Kind: kind, Node: node, Name: name})
	js := value.appendFunction(append(make([]byte, 0, len(value.js)+48), '['))
	js = expr.AppendPaths(append(js, ','), value.reads)
	b.holes = append(b.holes, append(js, ']'))
}

// region adds an anchor. write gives the region's JavaScript but for its u,
// which is what write reads.
func (w *where) region(b *block, write func(w *where) []byte) Node {
	b.view.Regions = append(b.view.Regions, b.number())
	at := len(b.regions)
	b.regions = append(b.regions, nil)
	var reads roots
	js := write(w.collecting(&reads))
	js = reads.append(append(js, ",u:"...))
	b.regions[at] = append(js, '}')
	w.reads.merge(reads)
	return Node{Kind: Anchor}
}

// children compiles siblings, among which conditions find their branches.
func (w *where) children(b *block, nodes []*axml.Node) []Node {
	var out []Node
	for i := 0; i < len(nodes); {
		n := nodes[i]
		if n.Tag == "" {
			out = w.textNode(b, out, n)
			i++
			continue
		}
		chain, next := w.chain(nodes, i)
		out = append(out, w.sibling(b, chain)...)
		i = next
	}
	return out
}

// chain gives the branches that begin at nodes[i], with a nil hole for none: a
// node alone, or an a:if with the a:elif and a:else that follow it.
func (w *where) chain(nodes []*axml.Node, i int) (chain []*axml.Node, next int) {
	chain, next = nodes[i:i+1:i+1], i+1
	if nodes[i].Attr("a:if") == nil {
		return chain, next
	}
	for j := next; j < len(nodes); j++ {
		n := nodes[j]
		if n.Tag == "" {
			if blank(n.Text) {
				continue
			}
			break
		}
		if n.Attr("a:elif") == nil && n.Attr("a:else") == nil || n.Attr("a:if") != nil {
			break
		}
		chain, next = append(chain, n), j+1
		if n.Attr("a:elif") == nil {
			break
		}
	}
	return chain, next
}

// sibling compiles a chain. Where a:if and a:for meet on one element the loop is
// outside, unless other branches follow: they must share one condition.
func (w *where) sibling(b *block, chain []*axml.Node) []Node {
	n := chain[0]
	if len(chain) == 1 && n.Attr("a:for") != nil {
		return []Node{w.forRegion(b, n)}
	}
	if n.Attr("a:if") != nil {
		return []Node{w.ifRegion(b, chain)}
	}
	if a := n.Attr("a:else"); a != nil {
		w.report(diag.Warning, "axml-else", a.Pos, a.Pos+len(a.Name), "a:else without an a:if before it: always shown", "put it directly behind the element with a:if or a:elif")
	}
	if a := n.Attr("a:elif"); a != nil {
		w.report(diag.Warning, "axml-else", a.Pos, a.Pos+len(a.Name), "a:elif without an a:if before it: taken as a:if", "put it directly behind the element with a:if or a:elif")
		return []Node{w.ifRegion(b, chain)}
	}
	return w.plain(b, n)
}

// body makes a block of a node whose condition is dealt with; its loop may not be.
func (w *where) body(n *axml.Node, loopDone bool) int {
	return w.block(func(b *block) []Node {
		if !loopDone && n.Attr("a:for") != nil {
			return []Node{w.forRegion(b, n)}
		}
		return w.plain(b, n)
	})
}

func (w *where) ifRegion(b *block, chain []*axml.Node) Node {
	return w.region(b, func(w *where) []byte {
		js := append(make([]byte, 0, 256), `{k:"if",c:[`...)
		for i, n := range chain {
			js = append(comma(js, i), '[')
			cond := n.Attr("a:if")
			if cond == nil {
				cond = n.Attr("a:elif")
			}
			if i > 0 {
				cond = n.Attr("a:elif")
			}
			if cond == nil {
				js = append(js, "null,null,"...)
			} else {
				value := w.compile(w.condition(cond))
				js = expr.AppendPaths(append(value.appendFunction(js), ','), value.reads)
				js = append(js, ',')
			}
			js = append(appendInt(js, w.body(n, len(chain) == 1 && n.Attr("a:for") != nil)), ']')
		}
		return append(js, ']')
	})
}

// condition reads a:if and a:elif; text without braces is a string and so true.
func (w *where) condition(a *axml.Attr) *expr.Node {
	if !strings.Contains(a.Value, "{{") && !a.Bare {
		w.report(diag.Warning, "axml-braces", a.ValuePos, a.ValuePos+len(a.Value), fmt.Sprintf("%s=%s has no braces: text that is not empty is always true", a.Name, quote(a.Value)), fmt.Sprintf(`write %s="{{%s}}"`, a.Name, a.Value))
	}
	return w.attribute(a)
}

func (w *where) forRegion(b *block, n *axml.Node) Node {
	return w.region(b, func(w *where) []byte {
		js, inner := w.loop(append(make([]byte, 0, 256), `{k:"for",`...), n)
		js = append(js, ",b:"...)
		if cond := n.Attr("a:if"); cond != nil {
			return appendInt(js, inner.block(func(b *block) []Node { return []Node{inner.ifRegion(b, []*axml.Node{n})} }))
		}
		return appendInt(js, inner.body(n, true))
	})
}

// loop writes the members l, d, p and key of an a:for and gives the
// surroundings of its body.
func (w *where) loop(js []byte, n *axml.Node) ([]byte, *where) {
	a := n.Attr("a:for")
	if !strings.Contains(a.Value, "{{") {
		w.report(diag.Warning, "axml-braces", a.ValuePos, a.ValuePos+len(a.Value), "a:for="+quote(a.Value)+" has no braces, so it runs over that text", `write a:for="{{list}}"`)
	}
	list := w.compile(w.attribute(a))
	sc := &scope{item: w.word(n.Attr("a:for-item"), "item"), index: w.word(n.Attr("a:for-index"), "index")}
	sc.origin.addPaths(list.reads, w.scope)
	inner := w.with(sc)
	js = list.appendFunction(append(js, "l:"...))
	js = expr.AppendPaths(append(js, ",d:"...), list.reads)
	js = append(js, ",p:"...)
	if list.isPure {
		js = expr.AppendPath(js, list.path)
	} else {
		js = append(js, "null"...)
	}
	return inner.appendKey(append(js, ",key:"...), n), inner
}

// appendKey writes the key function of a loop, or null for keys by position.
func (w *where) appendKey(js []byte, n *axml.Node) []byte {
	a := keyOf(n)
	if a == nil {
		return append(js, "null"...)
	}
	name := strings.TrimSpace(a.Value)
	sc := w.scope
	switch {
	case strings.Contains(name, "{{"):
		return w.appendKeyExpression(js, a, w.attribute(a))
	case name == "*this" || name == "this" || name == sc.item:
		return append(js, "s=>s.i"...)
	case name == "" || name == sc.index || name == "index":
		return append(js, "null"...)
	}
	n2, err := expr.Parse(name)
	if err != nil {
		w.report(diag.Warning, "axml-key", a.Pos, a.Pos+len(a.Name), quote(name)+" is not a property's name; the list is matched by position", `write a:key="id" or a:key="*this"`)
		return append(js, "null"...)
	}
	if strings.HasPrefix(name, sc.item+".") || strings.HasPrefix(name, sc.item+"[") { // a:key="item.id"
		return w.appendKeyExpression(js, a, n2)
	}
	return expr.Emit(append(js, "s=>"...), under(sc.item, n2), w.name)
}

// under turns id into item.id, and a.b into item.a.b.
func under(item string, n *expr.Node) *expr.Node {
	switch n.Kind {
	case expr.Ident:
		return &expr.Node{Kind: expr.Member, Str: n.Str, Kids: []*expr.Node{{Kind: expr.Ident, Str: item}}}
	case expr.Member, expr.Index:
		out := *n
		out.Kids = append([]*expr.Node{under(item, n.Kids[0])}, n.Kids[1:]...)
		return &out
	}
	return n
}

func (w *where) appendKeyExpression(js []byte, a *axml.Attr, n *expr.Node) []byte {
	quiet := w.collecting(&roots{})
	key := quiet.compile(n)
	switch {
	case len(key.reads) == 0:
		w.report(diag.Hint, "axml-key", a.Pos, a.Pos+len(a.Name), "this key is the same for every item; the list is matched by position", `write key="{{item.id}}"`)
		return append(js, "null"...)
	case key.isPure && key.path.Up == 0 && key.path.IsIndex():
		return append(js, "null"...)
	case key.usesD:
		w.reads.merge(*quiet.reads)
		return key.appendBody(append(js, "(s,d={})=>"...))
	}
	return key.appendBody(append(js, "s=>"...))
}

// keyOf finds a loop's key: on the element, or on the first element of a block.
func keyOf(n *axml.Node) *axml.Attr {
	if a := n.Attr("a:key"); a != nil {
		return a
	}
	if a := n.Attr("key"); a != nil {
		return a
	}
	if n.Tag != "block" {
		return nil
	}
	for _, kid := range n.Children {
		if kid.Tag != "" && kid.Attr("a:for") == nil {
			return kid.Attr("key")
		}
	}
	return nil
}

func (w *where) textNode(b *block, out []Node, n *axml.Node) []Node {
	text, offset := trimText(n.Text)
	if text == "" {
		return out
	}
	value := w.text(text, n.Pos+offset, readAttribute)
	if value.Constant() {
		shown := expr.Text(value)
		if value.Kind <= expr.Null || shown == "" {
			return out
		}
		b.number()
		return append(out, Node{Kind: TextNode, Text: shown})
	}
	b.hole(HoleText, b.number(), "", w.compile(value))
	return append(out, Node{Kind: TextHole})
}
