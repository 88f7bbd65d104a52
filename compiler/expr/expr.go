// Package expr reads the expressions between {{ and }}: it parses and folds
// them, finds which data they read, and writes them as JavaScript that
// forgives missing members.
//
// It knows nothing of markup, files or blocks, and never evaluates anything
// that depends on data. Start reading at Parse, then Emit and Reads.
package expr

// Kind says what a Node is.
type Kind uint8

// The kinds of nodes, with the fields they use.
const (
	Undefined Kind = iota
	Null
	Bool     // Num is 0 or 1
	Number   // Num
	String   // Str
	Template // Parts between Kids, one more than Kids: `a${b}c`
	Concat   // the same for text like a{{b}}c, where undefined and null show nothing
	Ident    // Str
	Member   // Kids[0].Str
	Index    // Kids[0][Kids[1]]
	Call     // Kids[0](Kids[1:]…)
	Unary    // Str is the operator
	Binary   // Str is the operator, && || ?? included
	Cond     // Kids[0] ? Kids[1] : Kids[2]
	Array    // Kids; a missing element is Undefined
	Object   // Kids are Property and Spread
	Property // Kids[0] is the value; Str the key, or Kids[1] when it is computed
	Spread   // Kids[0]; in Array, Object and Call
)

// Node is an expression. Pos and End are byte offsets in the text parsed.
type Node struct {
	Kind     Kind
	Str      string
	Num      float64
	Kids     []*Node
	Parts    []string
	Pos, End int
}

// Error is why a text is not an expression. Pos and End are byte offsets.
type Error struct {
	Pos, End      int
	Message, Hint string
}

func (e *Error) Error() string { return e.Message }

// Limits of one expression; beyond them Parse gives an Error.
const (
	MaxBytes = 8 << 10
	MaxDepth = 100
)

// Parse reads one expression. Constant parts are folded.
func Parse(src string) (n *Node, err *Error) {
	p := &parser{src: src}
	defer p.rescue(&err)
	p.begin()
	n = p.expression()
	p.finish()
	return n, nil
}

// ParseObject reads the inside of an object literal without its braces, as in
// data="{{...user, title: 'x', count}}".
func ParseObject(src string) (n *Node, err *Error) {
	p := &parser{src: src}
	defer p.rescue(&err)
	p.begin()
	n = p.properties(0, tokEnd)
	p.finish()
	return n, nil
}

// ParseData reads what stands in data="{{ }}" of a <template>: the inside of an
// object literal if it can be one, otherwise an expression.
func ParseData(src string) (*Node, *Error) {
	n, objectErr := ParseObject(src)
	if objectErr == nil {
		return n, nil
	}
	n, err := Parse(src)
	if err != nil && objectErr.Pos > err.Pos {
		err = objectErr
	}
	return n, err
}

// Join makes the text parts[0] kids[0] parts[1] … as in a{{b}}c{{d}}: one part
// more than kids. Undefined and null count as nothing.
func Join(parts []string, kids []*Node) *Node {
	return fold(&Node{Kind: Concat, Parts: parts, Kids: kids})
}

// Constant says whether n is a literal: folding has nothing left to do.
func (n *Node) Constant() bool { return n.Kind <= String }

// truthy is the JavaScript truth of a literal.
func (n *Node) truthy() bool {
	switch n.Kind {
	case Bool, Number:
		return n.Num != 0 && n.Num == n.Num
	case String:
		return n.Str != ""
	default:
		return false
	}
}

// IsString says whether n always gives a string.
func IsString(n *Node) bool {
	switch n.Kind {
	case String, Template, Concat:
		return true
	case Unary:
		return n.Str == "typeof"
	case Binary:
		return n.Str == "+" && (IsString(n.Kids[0]) || IsString(n.Kids[1]))
	case Cond:
		return IsString(n.Kids[1]) && IsString(n.Kids[2])
	default:
		return false
	}
}

// NeverNull says whether n never gives undefined or null.
func NeverNull(n *Node) bool {
	switch n.Kind {
	case Bool, Number, String, Template, Concat, Array, Object:
		return true
	case Unary:
		return n.Str != "void"
	case Binary:
		switch n.Str {
		case "&&":
			return NeverNull(n.Kids[0]) && NeverNull(n.Kids[1])
		case "||", "??":
			return NeverNull(n.Kids[1])
		}
		return true
	case Cond:
		return NeverNull(n.Kids[1]) && NeverNull(n.Kids[2])
	default:
		return false
	}
}
