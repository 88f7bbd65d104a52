package expr

import (
	"strings"
)

type parser struct {
	src   string
	tok   token
	depth int
}

// binaryPower is how tightly an operator binds; ** is right-associative.
var binaryPower = map[string]int{
	"??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6,
	"==": 7, "!=": 7, "===": 7, "!==": 7,
	"<": 8, ">": 8, "<=": 8, ">=": 8, "in": 8,
	"<<": 9, ">>": 9, ">>>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11, "**": 12,
}

const (
	powerCond    = 0
	powerUnary   = 13
	powerPostfix = 15
	powerPrimary = 16
)

// notNames are words that cannot be read from data.
var notNames = map[string]string{
	"function": "functions belong in the page's script or an .sjs module",
	"new":      "make the value in the page's script or an .sjs module",
	"this":     "write the name of the data alone: {{title}}, not {{this.title}}",
	"class":    "", "delete": "", "await": "", "yield": "", "instanceof": "", "var": "", "const": "", "super": "", "import": "",
	"return": "an expression stands alone, without return", "if": "use a ? b : c",
}

func (p *parser) begin() {
	if len(p.src) > MaxBytes {
		p.fail(0, 1, "compute it in the page's script or an .sjs module", "this expression is longer than %d bytes", MaxBytes)
	}
	p.next()
	if p.tok.kind == tokEnd {
		p.fail(0, len(p.src), "write the data to show, or remove the braces", "there is nothing between {{ and }}")
	}
}

func (p *parser) finish() {
	if p.tok.kind != tokEnd {
		p.unexpected("the end of the expression")
	}
}

func (p *parser) is(text string) bool { return p.tok.kind == tokPunct && p.tok.text == text }

// accept takes the punctuator if it is next.
func (p *parser) accept(text string) bool {
	if !p.is(text) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.unexpected("\"" + text + "\"")
	}
}

// unexpected reports the current token; wanted is what should stand there.
func (p *parser) unexpected(wanted string) {
	t, hint := p.tok, ""
	found := strings.TrimSpace(p.src[t.pos:t.end])
	switch {
	case t.kind == tokEnd:
		p.fail(max(t.pos-1, 0), t.pos, "", "the expression ends too early: expected %s", wanted)
	case t.kind == tokPunct && t.text == "=>":
		hint = "arrow functions belong in the page's script or an .sjs module"
	case t.kind == tokPunct && t.text == "=":
		hint = "to compare, write == or ==="
	case t.kind == tokPunct && (strings.HasSuffix(t.text, "=") || t.text == "++" || t.text == "--"):
		hint = "a template cannot change data; call setData in the page's script"
	case t.kind == tokName:
		hint = "an operator such as + or && is missing before it"
	}
	p.fail(t.pos, t.end, hint, "expected %s, found \"%s\"", wanted, found)
}

// nest bounds recursion; call the result when leaving.
func (p *parser) nest() {
	p.depth++
	if p.depth > MaxDepth {
		p.fail(p.tok.pos, p.tok.end, "compute it in the page's script or an .sjs module", "this expression is nested more than %d deep", MaxDepth)
	}
}

// expression reads a conditional expression, the widest there is.
func (p *parser) expression() *Node {
	p.nest()
	n := p.binary(p.unary(), 0)
	if p.is("?") {
		p.next()
		yes := p.expression()
		p.expect(":")
		no := p.expression()
		n = fold(&Node{Kind: Cond, Kids: []*Node{n, yes, no}, Pos: n.Pos, End: no.End})
	}
	p.depth--
	return n
}

// binary extends left by operators that bind more tightly than floor.
func (p *parser) binary(left *Node, floor int) *Node {
	for {
		op := p.tok.text
		if p.tok.kind != tokPunct && (p.tok.kind != tokName || op != "in") {
			return left
		}
		power, ok := binaryPower[op]
		if !ok || power <= floor {
			return left
		}
		p.next()
		right := p.unary()
		if op == "**" {
			right = p.binary(right, power-1)
		} else {
			right = p.binary(right, power)
		}
		left = fold(&Node{Kind: Binary, Str: op, Kids: []*Node{left, right}, Pos: left.Pos, End: right.End})
	}
}

func (p *parser) unary() *Node {
	t := p.tok
	isOp := t.kind == tokPunct && (t.text == "!" || t.text == "-" || t.text == "+" || t.text == "~") ||
		t.kind == tokName && (t.text == "typeof" || t.text == "void")
	if !isOp {
		return p.postfix()
	}
	p.nest()
	p.next()
	operand := p.unary()
	p.depth--
	return fold(&Node{Kind: Unary, Str: t.text, Kids: []*Node{operand}, Pos: t.pos, End: operand.End})
}

func (p *parser) postfix() *Node {
	n := p.primary()
	for links := 0; ; links++ {
		if links > MaxDepth {
			p.nest()
		}
		switch {
		case p.accept("?."):
			switch {
			case p.is("["):
				n = p.index(n)
			case p.is("("):
				n = p.call(n)
			default:
				n = p.member(n)
			}
		case p.accept("."):
			n = p.member(n)
		case p.is("["):
			n = p.index(n)
		case p.is("("):
			n = p.call(n)
		case p.tok.kind == tokTemplate:
			p.fail(p.tok.pos, p.tok.end, "call a function with parentheses", "a tagged template string cannot stand here")
		default:
			return n
		}
	}
}

func (p *parser) member(n *Node) *Node {
	if p.tok.kind != tokName {
		p.unexpected("a name after the dot")
	}
	n = &Node{Kind: Member, Str: p.tok.text, Kids: []*Node{n}, Pos: n.Pos, End: p.tok.end}
	p.next()
	return n
}

func (p *parser) index(n *Node) *Node {
	p.expect("[")
	key := p.expression()
	end := p.tok.end
	p.expect("]")
	return &Node{Kind: Index, Kids: []*Node{n, key}, Pos: n.Pos, End: end}
}

func (p *parser) call(n *Node) *Node {
	p.expect("(")
	out := &Node{Kind: Call, Kids: []*Node{n}, Pos: n.Pos}
	for !p.is(")") {
		out.Kids = append(out.Kids, p.element())
		if !p.is(")") {
			p.expect(",")
		}
	}
	out.End = p.tok.end
	p.expect(")")
	return out
}

// element reads an argument or an array's element, which may be spread.
func (p *parser) element() *Node {
	pos := p.tok.pos
	if !p.accept("...") {
		return p.expression()
	}
	n := p.expression()
	return &Node{Kind: Spread, Kids: []*Node{n}, Pos: pos, End: n.End}
}

func (p *parser) primary() *Node {
	t := p.tok
	switch t.kind {
	case tokName:
		p.next()
		return p.word(t)
	case tokNumber:
		p.next()
		return &Node{Kind: Number, Num: t.num, Pos: t.pos, End: t.end}
	case tokString:
		p.next()
		return &Node{Kind: String, Str: t.text, Pos: t.pos, End: t.end}
	case tokTemplate:
		return p.template()
	}
	switch {
	case p.accept("("):
		n := p.expression()
		if p.is(",") {
			p.fail(p.tok.pos, p.tok.end, "write one expression", "the comma operator cannot stand here")
		}
		p.expect(")")
		if p.is("=>") {
			p.unexpected("an operator")
		}
		return n
	case p.is("["):
		return p.array()
	case p.is("{"):
		p.next()
		n := p.properties(t.pos, tokPunct)
		n.End = p.tok.end
		p.expect("}")
		return n
	}
	p.unexpected("a value")
	return nil
}

func (p *parser) word(t token) *Node {
	n := &Node{Pos: t.pos, End: t.end}
	switch t.text {
	case "true", "false":
		n.Kind = Bool
		if t.text == "true" {
			n.Num = 1
		}
	case "null":
		n.Kind = Null
	case "undefined":
		n.Kind = Undefined
	default:
		if hint, bad := notNames[t.text]; bad {
			p.fail(t.pos, t.end, hint, "%s cannot stand in a template's expression", t.text)
		}
		n.Kind, n.Str = Ident, t.text
	}
	return n
}

func (p *parser) array() *Node {
	n := &Node{Kind: Array, Pos: p.tok.pos}
	p.expect("[")
	for !p.is("]") {
		if p.is(",") { // an elision
			n.Kids = append(n.Kids, &Node{Kind: Undefined, Pos: p.tok.pos, End: p.tok.pos})
			p.next()
			continue
		}
		n.Kids = append(n.Kids, p.element())
		if !p.is("]") {
			p.expect(",")
		}
	}
	n.End = p.tok.end
	p.expect("]")
	return n
}

// properties reads an object literal's inside, up to } or the text's end.
func (p *parser) properties(pos int, until tokKind) *Node {
	p.nest()
	n := &Node{Kind: Object, Pos: pos, End: len(p.src)}
	done := func() bool { return until == tokEnd && p.tok.kind == tokEnd || until == tokPunct && p.is("}") }
	for !done() {
		n.Kids = append(n.Kids, p.property())
		if !done() {
			p.expect(",")
		}
	}
	p.depth--
	return n
}

func (p *parser) property() *Node {
	t := p.tok
	if p.is("...") {
		return p.element()
	}
	prop := &Node{Kind: Property, Pos: t.pos}
	switch {
	case p.accept("["):
		key := p.expression()
		p.expect("]")
		p.expect(":")
		prop.Kids = []*Node{p.expression(), key}
		return p.literalKey(prop)
	case t.kind == tokName:
		prop.Str = t.text
		p.next()
		if !p.is(":") { // shorthand
			prop.Kids, prop.End = []*Node{p.word(t)}, t.end
			return prop
		}
	case t.kind == tokString:
		prop.Str = t.text
		p.next()
	case t.kind == tokNumber:
		prop.Str = numberText(t.num)
		p.next()
	default:
		p.unexpected("a property's name")
	}
	p.expect(":")
	value := p.expression()
	prop.Kids, prop.End = []*Node{value}, value.End
	return prop
}

// literalKey turns a computed key that is a constant string into a plain one.
func (p *parser) literalKey(prop *Node) *Node {
	prop.End = prop.Kids[0].End
	if key := prop.Kids[1]; key.Kind == String {
		prop.Str, prop.Kids = key.Str, prop.Kids[:1]
	}
	return prop
}

// template reads a template string; the current token is its opening quote.
func (p *parser) template() *Node {
	start := p.tok.pos
	n := &Node{Kind: Template, Pos: start}
	var part strings.Builder
	for j := p.tok.end; ; {
		if j >= len(p.src) {
			p.fail(start, start+1, "close it with `", "this template string has no end")
		}
		switch {
		case p.src[j] == '`':
			n.Parts = append(n.Parts, part.String())
			n.End = j + 1
			p.tok.end = n.End
			p.next()
			return fold(n)
		case p.src[j] == '\\':
			j = p.escape(&part, j)
		case strings.HasPrefix(p.src[j:], "${"):
			n.Parts = append(n.Parts, part.String())
			part.Reset()
			p.tok.end = j + 2
			p.next()
			n.Kids = append(n.Kids, p.expression())
			if !p.is("}") {
				p.unexpected("\"}\"")
			}
			j = p.tok.end
		default:
			part.WriteByte(p.src[j])
			j++
		}
	}
}
