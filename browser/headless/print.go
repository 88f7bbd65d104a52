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
func (n *node) attr(name string) any {
	if name == "style" && n.above != "" {
		own := n.written(name)
		if textOf(own) == "" {
			return n.above
		}
		return textOf(own) + "; " + n.above
	}
	return n.written(name)
}

// written is an attribute as the template has it.
func (n *node) written(name string) any {
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
		if value == nil || (name == "class" || name == "style" || name == "id") && textOf(value) == "" {
			continue
		}
		fmt.Fprintf(&b, " %s=%s", name, strconv.Quote(textOf(value)))
	}
	return b.String()
}

// textOf is a value as a template shows it.
func textOf(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case map[string]any, []any:
		b, err := json.Marshal(v)
		if err != nil {
			return "?"
		}
		return string(b)
	}
	return fmt.Sprint(value)
}
