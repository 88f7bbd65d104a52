package expr

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Name is what an identifier means where the expression stands.
type Name struct {
	JS     string // how to read it: "d.user", "s.u.i", "m0"
	Path   Path   // what reading it depends on
	Module bool   // an SJS module or a value of one: always there, never changes
}

// Names resolves identifiers.
type Names func(name string) Name

// Emit appends n as JavaScript. Member access and calls forgive what is missing:
// the value is then undefined.
func Emit(b []byte, n *Node, names Names) []byte {
	e := emitter{b: b, names: names}
	e.node(n, powerCond)
	return e.b
}

type emitter struct {
	b     []byte
	names Names
}

func (e *emitter) text(s string) { e.b = append(e.b, s...) }

// power is how tightly the outermost operator of n binds.
func power(n *Node) int {
	switch n.Kind {
	case Cond:
		return powerCond
	case Binary:
		return binaryPower[n.Str]
	case Concat:
		return binaryPower["+"]
	case Unary, Undefined:
		return powerUnary
	case Number: // 1?.x and -1 need care
		return powerUnary
	case Object:
		return powerPostfix - 1
	case Member, Index, Call:
		return powerPostfix
	default:
		return powerPrimary
	}
}

// node appends n, in parentheses if it binds less tightly than floor.
func (e *emitter) node(n *Node, floor int) {
	if power(n) < floor {
		e.text("(")
		e.bare(n)
		e.text(")")
		return
	}
	e.bare(n)
}

func (e *emitter) bare(n *Node) {
	switch n.Kind {
	case Undefined:
		e.text("void 0")
	case Null:
		e.text("null")
	case Bool:
		e.b = strconv.AppendBool(e.b, n.Num != 0)
	case Number:
		e.number(n.Num)
	case String:
		e.b = AppendString(e.b, n.Str)
	case Template:
		e.template(n)
	case Concat:
		e.concat(n)
	case Ident:
		e.text(e.names(n.Str).JS)
	case Member, Index:
		e.access(n)
	case Call:
		e.node(n.Kids[0], powerPostfix)
		e.text("?.(")
		e.list(n.Kids[1:])
		e.text(")")
	case Unary:
		e.unary(n)
	case Binary:
		e.binary(n)
	case Cond:
		e.node(n.Kids[0], powerCond+1)
		e.text("?")
		e.node(n.Kids[1], powerCond)
		e.text(":")
		e.node(n.Kids[2], powerCond)
	case Array:
		e.text("[")
		e.list(n.Kids)
		e.text("]")
	case Object:
		e.object(n)
	case Spread:
		e.text("...")
		e.node(n.Kids[0], powerCond)
	}
}

func (e *emitter) list(nodes []*Node) {
	for i, n := range nodes {
		if i > 0 {
			e.text(",")
		}
		if n.Kind == Spread { // spreading what is missing adds nothing
			e.text("...(")
			e.node(n.Kids[0], binaryPower["&&"]+1)
			e.text("??[])")
			continue
		}
		e.node(n, powerCond)
	}
}

func (e *emitter) number(f float64) {
	switch {
	case math.IsNaN(f):
		e.text("(0/0)")
	case math.IsInf(f, 0):
		e.text("(" + strconv.Itoa(int(math.Copysign(1, f))) + "/0)")
	case f == 0 && math.Signbit(f):
		e.text("-0")
	default:
		e.text(numberText(f))
	}
}

// access appends a.b or a[b], with ?. wherever a may be missing.
func (e *emitter) access(n *Node) {
	from := n.Kids[0]
	e.node(from, powerPostfix)
	sure := from.Kind == String || from.Kind == Template || from.Kind == Array || from.Kind == Object ||
		from.Kind == Concat || from.Kind == Ident && e.names(from.Str).Module
	if !sure {
		e.text("?.")
	}
	if n.Kind == Member {
		if sure {
			e.text(".")
		}
		e.text(n.Str)
		return
	}
	e.text("[")
	e.node(n.Kids[1], powerCond)
	e.text("]")
}

func (e *emitter) unary(n *Node) {
	e.text(n.Str)
	if n.Str == "typeof" || n.Str == "void" {
		e.text(" ")
	}
	operand := n.Kids[0]
	if operand.Kind == Unary || operand.Kind == Number && math.Signbit(operand.Num) { // - -a
		e.node(operand, powerPostfix)
		return
	}
	e.node(operand, powerUnary)
}

func (e *emitter) binary(n *Node) {
	left, right, p := n.Kids[0], n.Kids[1], binaryPower[n.Str]
	leftFloor, rightFloor := p, p+1
	if n.Str == "**" {
		leftFloor, rightFloor = powerPostfix, p
	}
	if mixes(n.Str, left) {
		leftFloor = powerPostfix
	}
	if mixes(n.Str, right) {
		rightFloor = powerPostfix
	}
	e.node(left, leftFloor)
	if n.Str == "in" { // a missing object has no members
		e.text(" in Object(")
		e.node(right, powerCond)
		e.text(")")
		return
	}
	e.text(n.Str)
	start := len(e.b)
	e.node(right, rightFloor)
	// a- -1 is no decrement, and a<!--b would begin a comment.
	if c := e.b[start]; (c == '+' || c == '-') && c == n.Str[0] || c == '!' && n.Str == "<" {
		e.b = slices.Insert(e.b, start, ' ')
	}
}

// concat appends a+(b??"")+c. It begins with a string, so that the whole is one.
func (e *emitter) concat(n *Node) {
	if n.Parts[0] != "" || !IsString(n.Kids[0]) {
		e.b = AppendString(e.b, n.Parts[0])
		e.text("+")
	}
	for i, kid := range n.Kids {
		if i > 0 {
			e.text("+")
		}
		e.piece(kid)
		if part := n.Parts[i+1]; part != "" {
			e.text("+")
			e.b = AppendString(e.b, part)
		}
	}
}

// piece appends an operand of a concatenation.
func (e *emitter) piece(n *Node) {
	if NeverNull(n) {
		start := len(e.b)
		e.node(n, binaryPower["+"]+1)
		if e.b[start] == '+' { // "a"+ +b
			e.b = slices.Insert(e.b, start, ' ')
		}
		return
	}
	e.text("(")
	if power(n) <= binaryPower["&&"] {
		e.node(n, powerPrimary)
	} else {
		e.node(n, binaryPower["??"]+1)
	}
	e.text(`??"")`)
}

// mixes says whether JavaScript wants parentheses: ?? beside && or ||.
func mixes(op string, n *Node) bool {
	if n.Kind != Binary {
		return false
	}
	logical := func(s string) bool { return s == "&&" || s == "||" }
	return op == "??" && logical(n.Str) || logical(op) && n.Str == "??"
}

func (e *emitter) template(n *Node) {
	e.text("`")
	for i, part := range n.Parts {
		e.b = appendTemplatePart(e.b, part)
		if i < len(n.Kids) {
			e.text("${")
			e.node(n.Kids[i], powerCond)
			e.text("}")
		}
	}
	e.text("`")
}

func (e *emitter) object(n *Node) {
	e.text("{")
	for i, prop := range n.Kids {
		if i > 0 {
			e.text(",")
		}
		if prop.Kind == Spread {
			e.text("...")
			e.node(prop.Kids[0], powerCond)
			continue
		}
		if len(prop.Kids) > 1 {
			e.text("[")
			e.node(prop.Kids[1], powerCond)
			e.text("]")
		} else {
			e.b = AppendKey(e.b, prop.Str)
		}
		e.text(":")
		e.node(prop.Kids[0], powerCond)
	}
	e.text("}")
}

// AppendKey appends a property name of an object literal.
func AppendKey(b []byte, key string) []byte {
	if key == "__proto__" { // as a plain key it would set the prototype
		return append(b, `["__proto__"]`...)
	}
	if isIdentifier(key) {
		return append(b, key...)
	}
	return AppendString(b, key)
}

func isIdentifier(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || !isNameStart(s[i:i+1]) && (i == 0 || !isDigit(c)) {
			return false
		}
	}
	return s != ""
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JavaScript string literal that is also safe
// inside a <script> element. Invalid UTF-8 becomes U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	b = appendEscaped(b, s, '"')
	return append(b, '"')
}

func appendTemplatePart(b []byte, s string) []byte { return appendEscaped(b, s, '`') }

func appendEscaped(b []byte, s string, quote byte) []byte {
	for i, r := range s {
		switch {
		case r == rune(quote) || r == '\\' || r == '$' && quote == '`':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r < 0x20 || r == 0x7f:
			b = append(b, '\\', 'x', hexDigits[r>>4], hexDigits[r&15])
		case r == '\u2028' || r == '\u2029':
			b = append(b, '\\', 'u', '2', '0', '2', hexDigits[r&15])
		case r == '/' && i > 0 && s[i-1] == '<', r == '!' && i > 0 && s[i-1] == '<':
			b = append(b, '\\', byte(r))
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
