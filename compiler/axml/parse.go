package axml

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"souk/compiler/diag"
)

type parser struct {
	f     *File
	src   string
	at    int
	bag   *diag.Bag
	root  Node
	open  []*Node // elements whose end tag is still to come
	nodes int
	full  bool // MaxNodes was reached
	noEnd int  // there is no }} before this offset, from the last {{ that had none
}

func (p *parser) run() {
	if strings.HasPrefix(p.src, "\ufeff") {
		p.at = len("\ufeff")
	}
	for p.at < len(p.src) && !p.full {
		p.step()
	}
	p.finish()
}

// step reads one piece: a comment, a tag, or a stretch of text.
func (p *parser) step() {
	rest := p.src[p.at:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		p.skipTo("-->", "this comment is never closed", "add -->")
	case strings.HasPrefix(rest, "<![CDATA["):
		p.cdata()
	case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
		p.skipTo(">", "this declaration is never closed", "add >")
	case strings.HasPrefix(rest, "</") && len(rest) > 2 && isTagStart(rest[2]):
		p.endTag()
	case len(rest) > 1 && rest[0] == '<' && isTagStart(rest[1]):
		p.startTag()
	default:
		p.text()
	}
}

// skipTo moves behind the next occurrence of mark.
func (p *parser) skipTo(mark, message, hint string) {
	start := p.at
	i := strings.Index(p.src[p.at:], mark)
	if i < 0 {
		p.at = len(p.src)
		p.warn("axml-unclosed", start, start+2, message, hint)
		return
	}
	p.at += i + len(mark)
}

func (p *parser) cdata() {
	start := p.at + len("<![CDATA[")
	p.skipTo("]]>", "this CDATA section is never closed", "add ]]>")
	end := p.at
	if strings.HasSuffix(p.src[start:end], "]]>") {
		end -= len("]]>")
	}
	p.addText(start, end)
}

// text reads up to the next tag. A `<` inside {{ }} belongs to the expression,
// and one that starts no tag is text.
func (p *parser) text() {
	start := p.at
	i := p.at
	for i < len(p.src) {
		if p.src[i] == '{' && strings.HasPrefix(p.src[i:], "{{") {
			i = p.mustacheEnd(i)
			continue
		}
		if i > start && p.src[i] == '<' && startsMarkup(p.src[i:]) {
			break
		}
		i++
	}
	p.at = i
	p.addText(start, i)
}

// mustacheEnd gives the offset behind the }} that ends the {{ at i, or behind
// the {{ when there is none before the next end tag.
func (p *parser) mustacheEnd(i int) int {
	limit := min(i+maxMustache, len(p.src))
	from := max(i+2, p.noEnd-1)
	if from >= limit || !strings.Contains(p.src[from:limit], "}}") {
		p.noEnd = limit
		return i + 2
	}
	end := MustacheEnd(p.src, i)
	if j := strings.Index(p.src[i:end], "</"); j >= 0 && isTagStart(p.src[min(i+j+2, len(p.src)-1)]) {
		return i + 2
	}
	return end
}

// maxMustache is the longest expression in bytes, braces included.
const maxMustache = 8 << 10

// MustacheEnd gives the offset behind the }} that ends the {{ at offset i of s,
// minding brackets and quoted strings, or -1 when there is none within 8 KiB.
// Where brackets do not balance it is the first }}.
func MustacheEnd(s string, i int) int {
	s = s[:min(len(s), i+maxMustache)]
	depth := 0
	for j := i + 2; j < len(s); j++ {
		switch c := s[j]; c {
		case '\'', '"', '`':
			end := stringEnd(s, j)
			if end < 0 {
				return firstClose(s, i)
			}
			j = end
		case '{':
			depth++
		case '}':
			if depth == 0 {
				if strings.HasPrefix(s[j:], "}}") {
					return j + 2
				}
				return firstClose(s, i)
			}
			depth--
		}
	}
	return firstClose(s, i)
}

func firstClose(s string, i int) int {
	j := strings.Index(s[i+2:], "}}")
	if j < 0 {
		return -1
	}
	return i + 2 + j + 2
}

// stringEnd gives the offset of the quote that closes the one at i, or -1. A
// string does not reach over }} and a line's end, so a lone apostrophe does no
// harm beyond its expression.
func stringEnd(s string, i int) int {
	for j := i + 1; j < len(s); j++ {
		switch s[j] {
		case '\\':
			j++
		case s[i]:
			return j
		case '\n':
			if s[i] != '`' {
				return -1
			}
		}
	}
	return -1
}

func (p *parser) addText(start, end int) {
	if start >= end {
		return
	}
	p.add(&Node{Text: p.src[start:end], Pos: start, End: end})
}

func (p *parser) startTag() {
	start := p.at
	p.at++
	n := &Node{Tag: p.name(), Pos: start}
	selfClosed := p.attributes(n)
	n.End = p.at
	p.add(n)
	if selfClosed || p.full {
		return
	}
	if len(p.open) >= MaxDepth {
		p.f.Report(p.bag, diag.Error, "axml-too-deep", start, start+1+len(n.Tag), fmt.Sprintf("elements are nested more than %d deep", MaxDepth), "close the tags above, or move a part into a component")
		return
	}
	p.open = append(p.open, n)
}

// attributes reads up to the end of the start tag and says whether it was
// closed by />.
func (p *parser) attributes(n *Node) bool {
	for {
		p.space()
		if p.at >= len(p.src) {
			p.warn("axml-unclosed", n.Pos, n.Pos+1+len(n.Tag), fmt.Sprintf("the tag <%s is never finished", n.Tag), "add >")
			return true
		}
		switch c := p.src[p.at]; {
		case c == '>':
			p.at++
			return false
		case c == '/':
			p.at++
			if p.at < len(p.src) && p.src[p.at] == '>' {
				p.at++
				return true
			}
		case c == '<' && startsMarkup(p.src[p.at:]):
			p.warn("axml-unclosed", n.Pos, n.Pos+1+len(n.Tag), fmt.Sprintf("the tag <%s has no > before the next tag begins", n.Tag), "add >")
			return false
		default:
			p.attribute(n)
		}
	}
}

// maxAttributes bounds one element.
const maxAttributes = 256

func (p *parser) attribute(n *Node) {
	a := Attr{Pos: p.at}
	a.Name = p.attrName()
	if a.Name == "" { // a stray quote, = or {{…}}
		p.strayInTag(n)
		return
	}
	p.space()
	if p.at < len(p.src) && p.src[p.at] == '=' {
		p.at++
		p.space()
		a.Value, a.ValuePos = p.value(n)
	} else {
		a.Bare, a.ValuePos = true, a.Pos
	}
	if len(n.Attrs) >= maxAttributes {
		p.f.Report(p.bag, diag.Error, "axml-too-many-attributes", n.Pos, n.Pos+1+len(n.Tag), fmt.Sprintf("<%s> has more than %d attributes", n.Tag, maxAttributes), "remove some")
		return
	}
	if n.Attr(a.Name) != nil {
		p.warn("axml-duplicate-attribute", a.Pos, a.Pos+len(a.Name), fmt.Sprintf("<%s> has the attribute %s twice; the first one counts", n.Tag, a.Name), "remove one of them")
		return
	}
	n.Attrs = append(n.Attrs, a)
}

func (p *parser) strayInTag(n *Node) {
	start := p.at
	if end := p.at; strings.HasPrefix(p.src[end:], "{{") {
		p.at = p.mustacheEnd(end)
	} else {
		_, size := utf8.DecodeRuneInString(p.src[p.at:])
		p.at += size
	}
	p.warn("axml-stray", start, p.at, fmt.Sprintf("%q is not an attribute of <%s>", clip(p.src[start:p.at]), n.Tag), "attributes are written name=\"value\"")
}

// value reads what follows the = of an attribute.
func (p *parser) value(n *Node) (string, int) {
	if p.at >= len(p.src) {
		return "", p.at
	}
	if q := p.src[p.at]; q == '"' || q == '\'' {
		p.at++
		return p.quoted(n, q)
	}
	start := p.at
	for p.at < len(p.src) {
		rest := p.src[p.at:]
		if strings.HasPrefix(rest, "{{") {
			p.at = p.mustacheEnd(p.at)
			continue
		}
		if c := rest[0]; isSpace(c) || c == '>' || strings.HasPrefix(rest, "/>") {
			break
		}
		p.at++
	}
	return p.src[start:p.at], start
}

// quoted reads up to the quote q. A quote inside an unfinished {{ is taken as
// part of the expression when that expression goes on behind it.
func (p *parser) quoted(n *Node, q byte) (string, int) {
	start := p.at
	end := strings.IndexByte(p.src[start:], q)
	if end < 0 {
		return p.unclosedQuote(n, start)
	}
	end += start
	if open := strings.LastIndex(p.src[start:end], "{{"); open >= 0 && !strings.Contains(p.src[start+open:end], "}}") {
		if e := p.nestedQuotes(start+open, q); e > 0 {
			p.warn("axml-nested-quotes", end, end+1, fmt.Sprintf("the quote %c inside {{ }} is the one that encloses the attribute", q), "use the other kind of quote inside {{ }}")
			end = e
		}
	}
	p.at = end + 1
	if p.at < len(p.src) && isNameByte(p.src[p.at]) {
		p.warn("axml-no-space", p.at, p.at+1, "there is no space between two attributes", "add a space")
	}
	return p.src[start:end], start
}

// nestedQuotes looks for the }} of the {{ at open, on the same line and before
// another {{, with the closing quote behind it; 0 if it is not so.
func (p *parser) nestedQuotes(open int, q byte) int {
	rest := p.src[open+2:]
	i := strings.Index(rest, "}}")
	if i < 0 || strings.ContainsAny(rest[:i], "\n<") || strings.Contains(rest[:i], "{{") || strings.Contains(rest[:i], "=\"") {
		return 0
	}
	j := strings.IndexByte(rest[i:], q)
	if j < 0 || strings.ContainsAny(rest[i:i+j], "\n<>=") {
		return 0
	}
	return open + 2 + i + j
}

// unclosedQuote recovers from a missing closing quote: the value ends at the
// end of its line or at the > of the tag.
func (p *parser) unclosedQuote(n *Node, start int) (string, int) {
	end := strings.IndexAny(p.src[start:], ">\n")
	if end < 0 {
		end = len(p.src) - start
	}
	p.at = start + end
	p.warn("axml-unclosed-quote", start-1, start, fmt.Sprintf("a value of <%s> has no closing quote", n.Tag), "add the quote")
	return strings.TrimSuffix(p.src[start:p.at], "/"), start
}

// name reads a tag's name.
func (p *parser) name() string {
	start := p.at
	for p.at < len(p.src) && (isNameByte(p.src[p.at]) || p.src[p.at] == ':' || p.src[p.at] == '.') {
		p.at++
	}
	return p.src[start:p.at]
}

// attrName reads an attribute's name: anything but what ends one.
func (p *parser) attrName() string {
	start := p.at
	for p.at < len(p.src) {
		c := p.src[p.at]
		if isSpace(c) || strings.IndexByte("=>/\"'<{}", c) >= 0 {
			break
		}
		p.at++
	}
	return p.src[start:p.at]
}

func (p *parser) space() {
	for p.at < len(p.src) && isSpace(p.src[p.at]) {
		p.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

func isTagStart(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }

func isNameByte(c byte) bool { return isTagStart(c) || '0' <= c && c <= '9' || c == '-' || c >= 0x80 }

// startsMarkup says whether s, which begins with <, begins a tag, an end tag,
// a comment or a declaration.
func startsMarkup(s string) bool {
	return len(s) > 1 && (isTagStart(s[1]) || s[1] == '!' || s[1] == '?' || s[1] == '/' && len(s) > 2 && isTagStart(s[2]))
}

func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	return strings.ToValidUTF8(s[:40], "") + "…"
}
