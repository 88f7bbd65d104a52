package headless

import (
	"fmt"
	"slices"
	"strings"
)

// bubbling are the events that go up; all others stay with the element.
var bubbling = map[string]bool{
	"tap": true, "longTap": true, "touchStart": true, "touchMove": true, "touchEnd": true, "touchCancel": true,
}

// Tap taps the first element that matches the selector (see Find), as a person would.
func (s *Session) Tap(selector string) error { return s.Fire(selector, "tap", nil) }

// Fire sends an event with a detail to the first element that matches the selector. It is an error when nothing
// matches; an event that nobody listens to goes by.
func (s *Session) Fire(selector, event string, detail any) error {
	found := s.tree.find(selector)
	if len(found) == 0 {
		return fmt.Errorf("nothing on the page matches %q", selector)
	}
	target := found[0]
	hits := hitsOf(target, event)
	if len(hits) == 0 {
		return nil
	}
	if detail == nil {
		detail = map[string]any{}
	}
	message := []any{2, event, hits, map[string]any{"ts": s.now, "detail": detail, "target": []int{target.block.id, target.index, 0, 0}, "marks": marksOf(target)}}
	if err := s.call("frame", mustJSON(message)); err != nil {
		return err
	}
	return s.drain()
}

// Scroll, ReachBottom and PullDownRefresh tell the page in front of a gesture: what is "scroll", "reachBottom" or
// "pullDownRefresh".
func (s *Session) Gesture(what string, data any) error {
	if s.tree.shown == nil {
		return fmt.Errorf("no page is shown")
	}
	if err := s.call("frame", mustJSON([]any{3, s.tree.shown.root.id, what, data})); err != nil {
		return err
	}
	return s.drain()
}

// hitsOf lists the handlers in the order in which they run: capture from the outside in, then from the target up to the
// first catch.
func hitsOf(target *node, event string) [][3]int {
	path := []*node{target}
	if bubbling[event] {
		for n := target.up(); n != nil; n = n.up() {
			path = append(path, n)
		}
	}
	var hits [][3]int
	for i := len(path) - 1; i >= 0; i-- {
		if l := path[i].listens(event, true); l != nil {
			hits = append(hits, [3]int{path[i].block.id, path[i].index, l.flags})
			if l.flags&flagCatch != 0 {
				return hits
			}
		}
	}
	for _, n := range path {
		if l := n.listens(event, false); l != nil {
			hits = append(hits, [3]int{n.block.id, n.index, l.flags})
			if l.flags&flagCatch != 0 {
				break
			}
		}
	}
	return hits
}

// marksOf lists the elements with marks from the target outwards.
func marksOf(target *node) [][2]int {
	marks := [][2]int{}
	for n := target; n != nil; n = n.up() {
		if slices.Contains(n.block.t.marks, n.index) {
			marks = append(marks, [2]int{n.block.id, n.index})
		}
	}
	return marks
}

func (n *node) listens(event string, capture bool) *listener {
	for _, l := range n.block.t.events[n.index] {
		if strings.EqualFold(l.name, event) && (l.flags&flagCapture != 0) == capture {
			return &l
		}
	}
	return nil
}

// up is the element around a node, across blocks.
func (n *node) up() *node {
	if n.parent != nil {
		return n.parent
	}
	if a := n.block.anchor; a != nil {
		if a.parent != nil {
			return a.parent
		}
		return a.up()
	}
	return nil
}

// Find says whether anything matches, and the text below the first match. A selector is a CSS-like chain of tag, #id,
// .class, [name], [name=value] and :text(words), parts separated by spaces; ":n(2)" at the end takes the third match.
func (s *Session) Find(selector string) (text string, ok bool) {
	found := s.tree.find(selector)
	if len(found) == 0 {
		return "", false
	}
	return found[0].allText(), true
}

// Count is how many elements match.
func (s *Session) Count(selector string) int { return len(s.tree.find(selector)) }

func (n *node) allText() string {
	var b strings.Builder
	n.each(func(x *node) {
		if x.kind == text {
			b.WriteString(x.text)
		}
	})
	return b.String()
}

// each visits the node and everything drawn below it.
func (n *node) each(visit func(*node)) {
	visit(n)
	if n.kind == anchor {
		for _, inner := range n.block.regions[n.region] {
			for _, root := range inner.roots {
				root.each(visit)
			}
		}
	}
	for _, child := range n.children {
		child.each(visit)
	}
}
