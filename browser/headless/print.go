package headless

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

func (t *tree) print() string {
	if t.shown == nil {
		return ""
	}
	var b strings.Builder
	for _, inner := range t.shown.root.regions[0] {
		inner.print(&b, 0)
	}
	return b.String()
}

func (b *block) print(out *strings.Builder, depth int) {
	for _, n := range b.roots {
		n.print(out, depth)
	}
}

func (n *node) print(out *strings.Builder, depth int) {
	indent := strings.Repeat("  ", depth)
	switch n.kind {
	case text:
		if n.text != "" {
			out.WriteString(indent + strings.ReplaceAll(n.text, "\n", "\\n") + "\n")
		}
	case anchor:
		for _, inner := range n.block.regions[n.region] {
			inner.print(out, depth)
		}
	default:
		out.WriteString(indent + "<" + n.tag + n.attrText() + ">\n")
		for _, child := range n.children {
			child.print(out, depth+1)
		}
	}
}

// attr is an attribute's value now: what a hole filled, else the static one.
func (n *node) attr(name string) json.RawMessage {
	if name == "style" && n.above != "" {
		style := n.above
		if own := textOf(n.written(name)); own != "" {
			style = own + "; " + n.above
		}
		return json.RawMessage(mustJSON(style))
	}
	return n.written(name)
}

// written is an attribute as the template has it.
func (n *node) written(name string) json.RawMessage {
	if v, ok := n.values[name]; ok {
		return v
	}
	return n.attrs[name]
}

func (n *node) attrText() string {
	names := make([]string, 0, len(n.attrs)+len(n.values))
	for name := range n.attrs {
		names = append(names, name)
	}
	for name := range n.values {
		if _, static := n.attrs[name]; !static {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var b strings.Builder
	for _, name := range names {
		value := n.attr(name)
		if isNull(value) || (name == "class" || name == "style" || name == "id") && textOf(value) == "" {
			continue
		}
		fmt.Fprintf(&b, " %s=%s", name, strconv.Quote(textOf(value)))
	}
	return b.String()
}

// textOf is a value as a template shows it: a text itself, nothing for null, the JSON of all else.
func textOf(value json.RawMessage) string {
	if isNull(value) {
		return ""
	}
	if value[0] != '"' {
		return string(value)
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return "?"
	}
	return text
}

func isNull(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }
