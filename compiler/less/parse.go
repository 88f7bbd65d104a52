package less

import (
	"regexp"
	"strings"

	"souk/compiler/place"
)

// rule is one statement of a Less file.
type rule struct {
	kind                 ruleKind
	name                 string // declaration's or variable's name, mixin's name, at-rule's name
	text                 string // value, selector, prelude, arguments
	guard                string // after "when"
	body                 []rule // of what has a block
	important, reference bool
	origin
}

type ruleKind int

const (
	declaration  ruleKind = iota
	variable              // @name: text, or with body a detached rule set
	ruleset               // text { body }
	mixin                 // name(text) when guard { body }
	call                  // name(text);
	detachedCall          // @name();
	atRule                // name text { body }
	statement             // name text;
	importing             // @import text;
	eachCall              // each(text)
)

var (
	variableStart  = regexp.MustCompile(`^@([\w-]+)\s*:`)
	detachedStart  = regexp.MustCompile(`^@([\w-]+)\s*\(\s*\)$`)
	mixinStart     = regexp.MustCompile(`^([.#][\w-]+)\s*\(`)
	callStart      = regexp.MustCompile(`^[.#][\w-]+(?:\s*>?\s*[.#][\w-]+)*\s*(?:\(|$|!important)`)
	propertyStart  = regexp.MustCompile(`^([\w*-]*(?:@\{[\w-]+\}[\w-]*)*)\s*(\+_?)?\s*:`)
	whenWord       = regexp.MustCompile(`\bwhen\b`)
	importantWord  = regexp.MustCompile(`\s*!\s*important\s*$`)
	unknownFeature = map[string]string{"@plugin": "@plugin is not supported: a plugin is JavaScript"}
)

const noExtend = ":extend is not supported; call the rule as a mixin instead"

// parser reads one file.
type parser struct {
	c    *compiler
	file *source
	at   int
}

// parse reads a file's rules.
func (c *compiler) parse(name string, src []byte) []rule {
	text := blankComments(string(src))
	p := &parser{c: c, file: &source{name, text, place.New(name, src)}}
	return p.rules(0)
}

// blankComments overwrites both kinds of comment by spaces, outside strings and url(…), so that places stay.
func blankComments(s string) string {
	out := []byte(s)
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '"' || out[i] == '\'':
			i = endOfString(s, i)
		case strings.HasPrefix(s[i:], "url(") && !strings.HasPrefix(strings.TrimLeft(s[i+4:], " \n"), `"`) && !strings.HasPrefix(strings.TrimLeft(s[i+4:], " \n"), "'"):
			if end := strings.IndexAny(s[i:], ")\n"); end > 0 {
				i += end
			}
		case strings.HasPrefix(s[i:], "/*"):
			end := len(s)
			if n := strings.Index(s[i+2:], "*/"); n >= 0 {
				end = i + n + 4
			}
			for ; i < end; i++ {
				if out[i] != '\n' {
					out[i] = ' '
				}
			}
			i--
		case strings.HasPrefix(s[i:], "//"):
			for ; i < len(out) && out[i] != '\n'; i++ {
				out[i] = ' '
			}
		}
	}
	return string(out)
}

// endOfString is the index of the closing quote, or of the last character.
func endOfString(s string, open int) int {
	for i := open + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[open]:
			return i
		}
	}
	return len(s) - 1
}

// chunk reads up to the ; { or } that ends a statement, outside brackets, strings and @{…}. It returns what ended it (0 at the
// end of the file) and stands behind it, but in front of a }.
func (p *parser) chunk() (text string, at int, end byte) {
	s := p.file.text
	for p.at < len(s) && strings.IndexByte(" \t\r\n\f", s[p.at]) >= 0 {
		p.at++
	}
	from, depth := p.at, 0
	for ; p.at < len(s); p.at++ {
		switch ch := s[p.at]; {
		case ch == '"' || ch == '\'':
			p.at = endOfString(s, p.at)
		case ch == '(' || ch == '[':
			depth++
		case ch == ')' || ch == ']':
			depth = max(depth-1, 0)
		case ch == '{' && p.at > 0 && s[p.at-1] == '@':
			if n := strings.IndexByte(s[p.at:], '}'); n > 0 {
				p.at += n
			}
		case ch == '{' && depth > 0:
			p.at = endOfBlock(s, p.at)
		case depth == 0 && (ch == ';' || ch == '{' || ch == '}'):
			text = strings.TrimSpace(s[from:p.at])
			if ch != '}' {
				p.at++
			}
			return text, from, ch
		case ch == ';' || ch == '}':
			if ch == '}' { // a bracket was never closed: the statement ends here
				return strings.TrimSpace(s[from:p.at]), from, ch
			}
		}
	}
	return strings.TrimSpace(s[from:]), from, 0
}

// endOfBlock is the index of the } that closes the { at open.
func endOfBlock(s string, open int) int {
	depth := 0
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '"', '\'':
			i = endOfString(s, i)
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s) - 1
}

// rules reads statements up to the end of the block or the file.
func (p *parser) rules(depth int) []rule {
	var list []rule
	for p.at < len(p.file.text) {
		text, at, end := p.chunk()
		o := origin{p.file, at}
		switch {
		case end == '{':
			if depth >= maxDepth {
				p.c.fail(o, "more than %d nested blocks", maxDepth)
				p.at = len(p.file.text)
				return list
			}
			r := p.withBlock(text, o)
			r.body = p.rules(depth + 1)
			if p.at >= len(p.file.text) {
				p.c.fail(o, "this block is never closed")
			}
			p.at++
			list = append(list, r)
		case text != "":
			if r, ok := p.plain(text, o); ok {
				list = append(list, r)
			}
		}
		if end == '}' {
			if depth > 0 {
				return list
			}
			p.c.fail(origin{p.file, p.at}, "this } closes nothing")
			p.at++
		}
	}
	return list
}

// withBlock classifies a statement that has a block.
func (p *parser) withBlock(text string, o origin) rule {
	if m := variableStart.FindStringSubmatch(text); m != nil && len(m[0]) == len(text) {
		return rule{kind: variable, name: m[1], origin: o}
	}
	if strings.HasPrefix(text, "@") && !strings.HasPrefix(text, "@{") {
		name, prelude := cutWord(text)
		return rule{kind: atRule, name: name, text: prelude, origin: o}
	}
	if i := strings.Index(text, ":extend("); i >= 0 {
		p.c.fail(o, "%s", noExtend)
		text = strings.TrimSpace(text[:i])
	}
	head, guard := cutGuard(text)
	if m := mixinStart.FindStringSubmatch(head); m != nil && strings.HasSuffix(head, ")") {
		return rule{kind: mixin, name: m[1], text: strings.TrimSpace(head[len(m[0]) : len(head)-1]), guard: guard, origin: o}
	}
	return rule{kind: ruleset, text: head, guard: guard, origin: o}
}

// cutGuard parts a selector or mixin head from what stands after "when".
func cutGuard(text string) (head, guard string) {
	if m := whenWord.FindStringIndex(text); m != nil && m[0] > 0 && strings.IndexByte(" )", text[m[0]-1]) >= 0 {
		return strings.TrimSpace(text[:m[0]]), strings.TrimSpace(text[m[1]:])
	}
	return text, ""
}

func cutWord(text string) (word, rest string) {
	if i := strings.IndexAny(text, " \t\r\n(\"'"); i > 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}

// plain classifies a statement without a block.
func (p *parser) plain(text string, o origin) (rule, bool) {
	if m := variableStart.FindStringSubmatch(text); m != nil {
		return rule{kind: variable, name: m[1], text: strings.TrimSpace(text[len(m[0]):]), origin: o}, true
	}
	if m := detachedStart.FindStringSubmatch(text); m != nil {
		return rule{kind: detachedCall, name: m[1], origin: o}, true
	}
	if strings.HasPrefix(text, "@") && !strings.HasPrefix(text, "@{") {
		name, rest := cutWord(text)
		if why, known := unknownFeature[name]; known {
			p.c.fail(o, "%s", why)
			return rule{}, false
		}
		if name == "@import" {
			return rule{kind: importing, text: rest, origin: o}, true
		}
		return rule{kind: statement, name: name, text: rest, origin: o}, true
	}
	if strings.Contains(text, ":extend(") {
		p.c.fail(o, "%s", noExtend)
		return rule{}, false
	}
	if inner, ok := strings.CutPrefix(text, "each("); ok {
		return rule{kind: eachCall, text: strings.TrimSuffix(inner, ")"), origin: o}, true
	}
	if callStart.MatchString(text) {
		return p.mixinCall(text, o), true
	}
	m := propertyStart.FindStringSubmatch(text)
	if m == nil || m[1] == "" {
		p.c.fail(o, "this is neither a declaration nor a rule: is a ; or a { missing?")
		return rule{}, false
	}
	value := strings.TrimSpace(text[len(m[0]):])
	return rule{kind: declaration, name: m[1], guard: m[2], text: value, origin: o}, true
}

func (p *parser) mixinCall(text string, o origin) rule {
	r := rule{kind: call, origin: o}
	if m := importantWord.FindStringIndex(text); m != nil {
		r.important, text = true, text[:m[0]]
	}
	r.name = text
	if i := strings.IndexByte(text, '('); i >= 0 {
		r.name = strings.TrimSpace(text[:i])
		r.text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text[i+1:]), ")"))
	}
	return r
}
