package headless

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// answer is what a frame without layout says to a call.
func (t *tree) answer(c frameCall) any {
	switch {
	case c.name == "package" && len(c.args) > 0:
		t.addPackage(c.args[0])
	case c.name == "dress" && len(c.args) > 1:
		t.dress(c.args[1])
	case c.name == "query" && len(c.args) > 1:
		return t.query(c.args[1])
	}
	return nil
}

// query answers questions about elements: rectangles and places are zeros.
func (t *tree) query(raw json.RawMessage) any {
	var questions [][]json.RawMessage
	if json.Unmarshal(raw, &questions) != nil {
		return nil
	}
	out := make([]any, len(questions))
	for i, parts := range questions {
		out[i] = t.ask(parts)
	}
	return out
}

// ask answers one question: [selector or place, all, kind, fields, within, below].
func (t *tree) ask(parts []json.RawMessage) any {
	var all int
	var kind string
	var wanted struct{ Properties []string }
	var within *int
	var below, at []int
	var selector *string
	if len(parts) == 0 || fields(parts[1:], &all, &kind, &wanted, &within, &below) != nil {
		return nil
	}
	zero := zeros(kind)
	if json.Unmarshal(parts[0], &at) == nil && len(at) == 2 {
		n := t.nodeAt(at)
		if n == nil {
			return nil
		}
		return n.described(zero, wanted.Properties)
	}
	if json.Unmarshal(parts[0], &selector) != nil {
		return nil
	}
	if selector == nil {
		return zero
	}
	found := t.find(*selector)
	if within != nil {
		around := t.blocks[*within]
		found = slices.DeleteFunc(found, func(n *node) bool { return around == nil || !n.isWithin(around) })
	}
	if len(below) == 2 {
		around := t.nodeAt(below)
		found = slices.DeleteFunc(found, func(n *node) bool { return around == nil || n == around || !n.isBelow(around) })
	}
	entries := make([]any, len(found))
	for i, n := range found {
		entries[i] = n.described(zero, wanted.Properties)
	}
	if all == 1 {
		return entries
	}
	if len(entries) == 0 {
		return nil
	}
	return entries[0]
}

func (n *node) isBelow(around *node) bool {
	for at := n; at != nil; at = at.up() {
		if at == around {
			return true
		}
	}
	return false
}

func (n *node) isWithin(around *block) bool {
	for b := n.block; b != nil; b = b.up {
		if b == around {
			return true
		}
	}
	return false
}

func (n *node) described(zero map[string]any, properties []string) map[string]any {
	entry := map[string]any{"at": []int{n.block.id, n.index}, "id": textOf(n.attr("id"))}
	maps.Copy(entry, zero)
	for _, name := range properties {
		entry[name] = n.attr(name)
	}
	return entry
}

// nodeAt finds an element by its block and number.
func (t *tree) nodeAt(at []int) *node {
	b := t.blocks[at[0]]
	if b == nil {
		return nil
	}
	for _, n := range b.nodes {
		if n.index == at[1] && n.kind == element {
			return n
		}
	}
	return nil
}

// dress does what an SJS function wants of elements: [what, place, value].
func (t *tree) dress(raw json.RawMessage) {
	var effects [][]json.RawMessage
	if json.Unmarshal(raw, &effects) != nil {
		return
	}
	for _, parts := range effects {
		var what string
		var at []int
		var value json.RawMessage
		if fields(parts, &what, &at, &value) != nil || len(at) != 2 {
			continue
		}
		if n := t.nodeAt(at); n != nil {
			n.dress(what, value)
		}
	}
}

func (n *node) dress(what string, value json.RawMessage) {
	if n.values == nil {
		n.values = map[string]json.RawMessage{}
	}
	names := strings.Fields(textOf(n.attr("class")))
	var list []string
	_ = json.Unmarshal(value, &list) // a style is no list
	for _, name := range list {
		names = slices.DeleteFunc(names, func(have string) bool { return have == name })
		if what == "addClass" {
			names = append(names, name)
		}
	}
	switch what {
	case "addClass", "removeClass":
		n.values["class"] = json.RawMessage(mustJSON(strings.Join(names, " ")))
	case "style":
		n.above = styleText(value)
		if isNull(n.written("style")) {
			n.values["style"] = json.RawMessage(`""`)
		}
	}
}

// styleText is a style as text, its properties in the order in which the program wrote them.
func styleText(value json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(value))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return textOf(value)
	}
	var list []string
	for d.More() {
		name, err := d.Token()
		var given json.RawMessage
		if err != nil || d.Decode(&given) != nil {
			break
		}
		list = append(list, fmt.Sprintf("%s: %s", name, textOf(given)))
	}
	return strings.Join(list, "; ")
}

// addPackage puts a sub-package's views into their places; one that cannot be read leaves them empty, which the
// operations that need them then say.
func (t *tree) addPackage(raw json.RawMessage) {
	var text string
	var p struct {
		Views map[int]view `json:"views"`
	}
	if json.Unmarshal(raw, &text) != nil || json.Unmarshal([]byte(text), &p) != nil {
		return
	}
	for n, v := range p.Views {
		if n >= 0 && n < len(t.views) {
			t.views[n] = v
		}
	}
}

// zeros is the answer to a question of this kind: "rect", "scroll" or "fields", which may ask for both.
func zeros(kind string) map[string]any {
	zero := map[string]any{}
	if kind != "scroll" {
		for _, name := range []string{"left", "top", "right", "bottom", "width", "height"} {
			zero[name] = 0
		}
	}
	if kind != "rect" {
		zero["scrollLeft"], zero["scrollTop"] = 0, 0
	}
	return zero
}
