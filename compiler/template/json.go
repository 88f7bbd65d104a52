package template

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// MarshalJSON writes a block as docs/runtime.md §2 has it. Numbers of nodes are
// small, so the form is made of arrays.
func (b Block) MarshalJSON() ([]byte, error) {
	out := append([]byte(nil), `{"n":`...)
	out = appendNodes(out, b.Nodes, '[')
	out = append(out, `],"h":[`...)
	for i, h := range b.Holes {
		out = comma(out, i)
		out = fmt.Appendf(out, "[%d,%d", h.Kind, h.Node)
		if h.Kind == HoleAttr {
			out = appendJSON(append(out, ','), h.Name)
		}
		out = append(out, ']')
	}
	out = append(out, `],"e":[`...)
	for i, e := range b.Events {
		out = comma(out, i)
		out = strconv.AppendInt(append(out, '['), int64(e.Node), 10)
		out = appendJSON(append(out, ','), e.Name)
		out = strconv.AppendInt(append(out, ','), int64(e.flags()), 10)
		out = append(out, ']')
	}
	out = append(out, `],"r":[`...)
	for i, r := range b.Regions {
		out = strconv.AppendInt(comma(out, i), int64(r), 10)
	}
	if len(b.Marks) > 0 {
		out = append(out, `],"m":[`...)
		for i, m := range b.Marks {
			out = strconv.AppendInt(comma(out, i), int64(m), 10)
		}
	}
	return append(out, "]}"...), nil
}

func (e Event) flags() int {
	n := 0
	if e.Catch {
		n |= 1
	}
	if e.Capture {
		n |= 2
	}
	if e.CatchIf {
		n |= 4
	}
	return n
}

func comma(out []byte, i int) []byte {
	if i > 0 {
		return append(out, ',')
	}
	return out
}

func appendNodes(out []byte, nodes []Node, first byte) []byte {
	for i, n := range nodes {
		if i == 0 {
			out = append(out, first)
		} else {
			out = append(out, ',')
		}
		out = appendNode(out, n)
	}
	if len(nodes) == 0 && first == '[' {
		out = append(out, first)
	}
	return out
}

func appendNode(out []byte, n Node) []byte {
	switch n.Kind {
	case TextNode:
		return appendJSON(out, n.Text)
	case TextHole:
		return append(out, '0')
	case Anchor:
		return append(out, '1')
	}
	out = appendJSON(append(out, '['), n.Tag)
	if len(n.Attrs) == 0 {
		out = append(out, ",0"...)
	} else {
		out = append(out, ",{"...)
		for i, a := range n.Attrs {
			out = appendJSON(comma(out, i), a.Name)
			out = appendJSON(append(out, ':'), a.Value)
		}
		out = append(out, '}')
	}
	return append(appendNodes(out, n.Children, ','), ']')
}

// appendJSON appends a string, bool or number. They cannot fail to marshal
// but for NaN and infinities, which become null as in JSON.stringify.
func appendJSON(out []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return append(out, "null"...)
	}
	return append(out, text...)
}
