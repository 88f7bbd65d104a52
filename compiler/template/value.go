package template

import (
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
	"souk/compiler/expr"
)

// reader parses the text of one {{ }}.
type reader func(src string) (*expr.Node, *expr.Error)

// text turns text with {{ }} into one expression: `a{{b}}c` is a concatenation,
// `{{b}}` alone (space around it does not count) is b with its type.
func (w *where) text(raw string, pos int, read reader) *expr.Node {
	open := strings.Index(raw, "{{")
	if open < 0 {
		return &expr.Node{Kind: expr.String, Str: axml.Decode(raw)}
	}
	var kids []*expr.Node
	parts := []string{""}
	at := 0
	for open >= 0 {
		open += at
		end := axml.MustacheEnd(raw, open)
		if end < 0 {
			w.report(diag.Error, "axml-unclosed-braces", pos+open, pos+open+2, "{{ is never closed with }}", "add }}")
			break
		}
		parts[len(parts)-1] += axml.Decode(raw[at:open])
		kids = append(kids, w.mustache(raw[open+2:end-2], pos+open+2, read))
		parts = append(parts, "")
		at = end
		open = strings.Index(raw[at:], "{{")
	}
	parts[len(parts)-1] += axml.Decode(raw[at:])
	if len(kids) == 1 && blank(parts[0]) && blank(parts[1]) {
		return kids[0]
	}
	return expr.Join(parts, kids)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// mustache parses what stands between {{ and }}. What cannot be parsed is
// reported and counts as undefined.
func (w *where) mustache(src string, pos int, read reader) *expr.Node {
	decoded := axml.Decode(src)
	n, err := read(decoded)
	if err == nil {
		return n
	}
	start, end := pos+err.Pos, pos+err.End
	if decoded != src { // offsets do not match: point at the whole
		start, end = pos, pos+len(src)
	}
	if blank(src) {
		w.report(diag.Warning, "expr-empty", pos-2, pos+len(src)+2, err.Message, err.Hint)
	} else {
		w.report(diag.Error, "expr-syntax", start, min(end, pos+len(src)+1), err.Message, err.Hint)
	}
	return &expr.Node{Kind: expr.Undefined}
}

// attribute reads an attribute's value. {{a, ...b}} and {{a: 1}} are objects.
func (w *where) attribute(a *axml.Attr) *expr.Node {
	if a.Bare {
		return &expr.Node{Kind: expr.Bool, Num: 1}
	}
	return w.text(a.Value, a.ValuePos, readAttribute)
}

func readAttribute(src string) (*expr.Node, *expr.Error) {
	n, err := expr.Parse(src)
	if err == nil || blank(src) {
		return n, err
	}
	if object, objectErr := expr.ParseObject(src); objectErr == nil {
		return object, nil
	}
	return n, err
}

// word reads an attribute that must be a plain name, such as a:for-item.
func (w *where) word(a *axml.Attr, fallback string) string {
	if a == nil {
		return fallback
	}
	name := strings.TrimSpace(a.Value)
	if n, err := expr.Parse(name); err == nil && n.Kind == expr.Ident {
		return name
	}
	w.report(diag.Error, "axml-name", a.Pos, a.Pos+len(a.Name), a.Name+" wants a plain name, not "+quote(a.Value), "write "+a.Name+"=\""+fallback+"\"")
	return fallback
}

func quote(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return "\"" + s + "\""
}

// trimText drops what a line's end and indentation put around text.
func trimText(raw string) (text string, offset int) {
	if blank(raw) {
		return "", 0
	}
	inner := strings.TrimLeft(raw, " \t\r\n\f")
	if lead := raw[:len(raw)-len(inner)]; !strings.Contains(lead, "\n") {
		inner = raw
	}
	end := strings.TrimRight(inner, " \t\r\n\f")
	if !strings.Contains(inner[len(end):], "\n") {
		end = inner
	}
	return end, len(raw) - len(inner)
}

// rpx turns the 12rpx of a static style into calc(var(--rpx) * 12), as the
// stylesheets have it.
func rpx(style string) string {
	i := strings.Index(style, "rpx")
	if i < 0 {
		return style
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(style, "rpx") {
		start := i
		for start > 0 && (isDigit(style[start-1]) || style[start-1] == '.') {
			start--
		}
		if start > 0 && start < i && (style[start-1] == '-' || style[start-1] == '+') && (start == 1 || !isWord(style[start-2])) {
			start--
		}
		after := style[i+len("rpx"):]
		if start == i || start > 0 && isWord(style[start-1]) || after != "" && isWord(after[0]) {
			b.WriteString(style[:i+len("rpx")])
		} else {
			b.WriteString(style[:start] + "calc(var(--rpx) * " + style[start:i] + ")")
		}
		style = after
	}
	b.WriteString(style)
	return b.String()
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '-' || c >= 0x80
}
