package headless

import (
	"encoding/json"
	"errors"
	"fmt"
)

// view is the static half of a template (docs/runtime.md §2).
type view struct {
	Path   string      `json:"path"`
	Blocks []viewBlock `json:"blocks"`
}

type viewBlock struct {
	N []json.RawMessage   `json:"n"`
	H [][]json.RawMessage `json:"h"` // [kind, node, name?]
	E [][]json.RawMessage `json:"e"` // [node, type, flags]
	R []int               `json:"r"`
	M []int               `json:"m"` // elements with marks

	template *template // read on first use
}

// template is a block read once.
type template struct {
	roots  []*templateNode
	count  int
	holes  []hole
	events map[int][]listener // by node
	marks  []int
}

type templateNode struct {
	index    int
	kind     nodeKind
	tag      string
	text     string
	attrs    map[string]json.RawMessage
	children []*templateNode
}

type nodeKind uint8

const (
	element nodeKind = iota
	text
	anchor
)

type hole struct {
	kind int
	node int
	name string
}

type listener struct {
	name  string
	flags int
}

const (
	flagCatch   = 1
	flagCapture = 2
)

// node is one node of a live block.
type node struct {
	*templateNode
	block    *block
	parent   *node                      // within the block; a root's parent is its region's anchor's parent
	values   map[string]json.RawMessage // as the worker wrote them: an object's keys keep their order
	text     string
	children []*node
	region   int    // anchors: which region they hold
	above    string // the style that an SJS function set, above the template's own
}

type block struct {
	id      int
	t       *template
	roots   []*node
	nodes   []*node
	regions [][]*block
	up      *block
	anchor  *node // the anchor of the region it stands in; nil for a page
	page    *page
}

type page struct {
	root *block
	path string
}

type tree struct {
	views  []view
	blocks map[int]*block
	pages  map[int]*page
	shown  *page
}

func newTree(views []view) *tree {
	return &tree{views: views, blocks: map[int]*block{}, pages: map[int]*page{}}
}

// ---- reading templates ------------------------------------------------------------------------------------------------

func (t *tree) template(view, def int) (*template, error) {
	if view < 0 || view >= len(t.views) || def < 0 || def >= len(t.views[view].Blocks) {
		return nil, fmt.Errorf("there is no view %d block %d", view, def)
	}
	b := &t.views[view].Blocks[def]
	if b.template == nil {
		read, err := readTemplate(b)
		if err != nil {
			return nil, fmt.Errorf("%s, block %d: %w", t.views[view].Path, def, err)
		}
		b.template = read
	}
	return b.template, nil
}

func readTemplate(b *viewBlock) (*template, error) {
	t := &template{events: map[int][]listener{}, marks: b.M}
	for _, raw := range b.N {
		n, err := t.read(raw)
		if err != nil {
			return nil, err
		}
		t.roots = append(t.roots, n)
	}
	for _, h := range b.H {
		var read hole
		if err := fields(h, &read.kind, &read.node, &read.name); err != nil {
			return nil, fmt.Errorf("hole: %w", err)
		}
		t.holes = append(t.holes, read)
	}
	for _, e := range b.E {
		var at int
		var l listener
		if err := fields(e, &at, &l.name, &l.flags); err != nil {
			return nil, fmt.Errorf("event: %w", err)
		}
		t.events[at] = append(t.events[at], l)
	}
	return t, nil
}

// fields reads a JSON array's leading members into targets; missing ones keep their zero value.
func fields(raw []json.RawMessage, targets ...any) error {
	for i, target := range targets {
		if i >= len(raw) {
			return nil
		}
		if err := json.Unmarshal(raw[i], target); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) read(raw json.RawMessage) (*templateNode, error) {
	n := &templateNode{index: t.count}
	t.count++
	if len(raw) == 0 {
		return nil, errors.New("an empty node")
	}
	switch raw[0] {
	case '"':
		n.kind = text
		return n, json.Unmarshal(raw, &n.text)
	case '0':
		n.kind = text
		return n, nil
	case '1':
		n.kind = anchor
		return n, nil
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	if len(parts) < 2 {
		return nil, fmt.Errorf("an element needs a tag and attributes: %s", raw)
	}
	if err := json.Unmarshal(parts[0], &n.tag); err != nil {
		return nil, err
	}
	if parts[1][0] == '{' {
		if err := json.Unmarshal(parts[1], &n.attrs); err != nil {
			return nil, err
		}
	}
	for _, part := range parts[2:] {
		child, err := t.read(part)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
	}
	return n, nil
}

// ---- operations -----------------------------------------------------------------------------------------------------------

// frameCall is operation 8.
type frameCall struct {
	id   int
	name string
	args []json.RawMessage
}

// apply carries out one flush and answers its number and the calls in it.
func (t *tree) apply(flush string) (seq int, calls []frameCall, err error) {
	var parts []json.RawMessage
	if err := json.Unmarshal([]byte(flush), &parts); err != nil {
		return 0, nil, err
	}
	var kind int
	var ops [][]json.RawMessage
	if err := fields(parts, &kind, &seq, &ops); err != nil {
		return 0, nil, err
	}
	for _, op := range ops {
		call, err := t.operate(op)
		if err != nil {
			return 0, nil, fmt.Errorf("operation %s: %w", mustJSON(op), err)
		}
		if call != nil {
			calls = append(calls, *call)
		}
	}
	return seq, calls, nil
}

func (t *tree) operate(op []json.RawMessage) (*frameCall, error) {
	var code, a int
	if err := fields(op, &code, &a); err != nil {
		return nil, err
	}
	switch code {
	case 0:
		var path string
		if err := fields(op[2:], &path); err != nil {
			return nil, err
		}
		return nil, t.open(a, path)
	case 1:
		var into, region, at, view, def, first, count int
		var values []json.RawMessage
		if err := fields(op[1:], &into, &region, &at, &view, &def, &first, &count, &values); err != nil {
			return nil, err
		}
		return nil, t.insert(into, region, at, view, def, first, count, values)
	case 2:
		return nil, t.set(op)
	case 3, 4, 5:
		return nil, t.regionOp(code, op)
	case 6:
		t.shown = t.pages[a]
		return nil, nil
	case 7:
		if p := t.pages[a]; p != nil {
			t.drop(p.root)
			delete(t.pages, a)
		}
		return nil, nil
	case 9:
		return nil, t.insertEach(op)
	case 8:
		c := frameCall{id: a, args: op[3:]}
		return &c, json.Unmarshal(op[2], &c.name)
	}
	return nil, fmt.Errorf("unknown operation %d", code)
}

func (t *tree) open(id int, path string) error {
	if t.blocks[id] != nil {
		return fmt.Errorf("block %d exists", id)
	}
	root := &block{id: id, t: &template{}, regions: make([][]*block, 1)}
	p := &page{root: root, path: path}
	root.page = p
	t.blocks[id], t.pages[id] = root, p
	return nil
}

func (t *tree) region(id, region int) (*block, error) {
	b := t.blocks[id]
	if b == nil {
		return nil, fmt.Errorf("there is no block %d", id)
	}
	if region < 0 || region >= len(b.regions) {
		return nil, fmt.Errorf("block %d has no region %d", id, region)
	}
	return b, nil
}

// insertEach puts one block into each of several that follow each other.
func (t *tree) insertEach(op []json.RawMessage) error {
	var into, region, view, def, first, count int
	var values []json.RawMessage
	if err := fields(op[1:], &into, &region, &view, &def, &first, &count, &values); err != nil {
		return err
	}
	if count < 1 || len(values)%count != 0 {
		return fmt.Errorf("%d values for %d blocks", len(values), count)
	}
	width := len(values) / count
	for i := range count {
		if err := t.insert(into+i, region, 0, view, def, first+i, 1, values[i*width:(i+1)*width]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) insert(into, region, at, view, def, first, count int, values []json.RawMessage) error {
	up, err := t.region(into, region)
	if err != nil {
		return err
	}
	tpl, err := t.template(view, def)
	if err != nil {
		return err
	}
	if at < 0 || at > len(up.regions[region]) || len(values) != count*len(tpl.holes) {
		return fmt.Errorf("place %d of %d, %d values for %d blocks of %d holes", at, len(up.regions[region]), len(values), count, len(tpl.holes))
	}
	fresh := make([]*block, count)
	for i := range fresh {
		b := t.build(first+i, tpl, up, region)
		for h, hole := range tpl.holes {
			b.fill(hole, values[i*len(tpl.holes)+h])
		}
		if t.blocks[b.id] != nil {
			return fmt.Errorf("block %d exists", b.id)
		}
		t.blocks[b.id] = b
		fresh[i] = b
	}
	list := up.regions[region]
	up.regions[region] = append(list[:at:at], append(fresh, list[at:]...)...)
	return nil
}

func (t *tree) build(id int, tpl *template, up *block, region int) *block {
	b := &block{id: id, t: tpl, up: up, page: up.page, nodes: make([]*node, 0, tpl.count)}
	for _, n := range up.nodes {
		if n.kind == anchor && n.region == region {
			b.anchor = n
		}
	}
	for _, n := range tpl.roots {
		b.roots = append(b.roots, b.copy(n, nil))
	}
	return b
}

func (b *block) copy(n *templateNode, parent *node) *node {
	c := &node{templateNode: n, block: b, parent: parent, text: n.text}
	b.nodes = append(b.nodes, c)
	if n.kind == anchor {
		c.region = len(b.regions)
		b.regions = append(b.regions, nil)
	}
	for _, child := range n.children {
		c.children = append(c.children, b.copy(child, c))
	}
	return c
}

func (b *block) fill(h hole, value json.RawMessage) {
	n := b.nodes[h.node]
	if h.kind == 0 {
		n.text = textOf(value)
		return
	}
	if n.values == nil {
		n.values = map[string]json.RawMessage{}
	}
	name := h.name
	if h.kind == 2 {
		name = "class"
	}
	if h.kind == 3 {
		name = "style"
	}
	n.values[name] = value
}

func (t *tree) set(op []json.RawMessage) error {
	var id, hole int
	var value json.RawMessage
	if err := fields(op[1:], &id, &hole, &value); err != nil {
		return err
	}
	b := t.blocks[id]
	if b == nil || hole < 0 || hole >= len(b.t.holes) {
		return fmt.Errorf("block %d has no hole %d", id, hole)
	}
	b.fill(b.t.holes[hole], value)
	return nil
}

func (t *tree) regionOp(code int, op []json.RawMessage) error {
	var id, region int
	if err := fields(op[1:], &id, &region); err != nil {
		return err
	}
	b, err := t.region(id, region)
	if err != nil {
		return err
	}
	list := b.regions[region]
	switch code {
	case 3:
		var at, count int
		if err := fields(op[3:], &at, &count); err != nil {
			return err
		}
		if at < 0 || count < 0 || at+count > len(list) {
			return fmt.Errorf("cannot remove %d at %d of %d", count, at, len(list))
		}
		for _, gone := range list[at : at+count] {
			t.drop(gone)
		}
		b.regions[region] = append(list[:at:at], list[at+count:]...)
	case 4:
		for _, gone := range list {
			t.drop(gone)
		}
		b.regions[region] = nil
	case 5:
		var moves []int
		if err := fields(op[3:], &moves); err != nil {
			return err
		}
		return move(b.regions[region], moves)
	}
	return nil
}

func move(list []*block, moves []int) error {
	for i := 0; i+1 < len(moves); i += 2 {
		from, to := moves[i], moves[i+1]
		if from < 0 || to < 0 || from >= len(list) || to >= len(list) {
			return fmt.Errorf("cannot move %d to %d of %d", from, to, len(list))
		}
		b := list[from]
		copy(list[from:], list[from+1:])
		copy(list[to+1:], list[to:len(list)-1])
		list[to] = b
	}
	return nil
}

// drop forgets a block and everything below it.
func (t *tree) drop(b *block) {
	delete(t.blocks, b.id)
	for _, list := range b.regions {
		for _, inner := range list {
			t.drop(inner)
		}
	}
}
