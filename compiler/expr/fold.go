package expr

import (
	"math"
	"strconv"
	"strings"
)

// fold replaces an operation on literals by its result, with JavaScript's
// rules. What is not certain stays as it is.
func fold(n *Node) *Node {
	switch n.Kind {
	case Unary:
		return foldUnary(n)
	case Binary:
		return foldBinary(n)
	case Cond:
		if c := n.Kids[0]; c.Constant() {
			if c.truthy() {
				return n.Kids[1]
			}
			return n.Kids[2]
		}
	case Template, Concat:
		return foldTemplate(n)
	}
	return n
}

func literal(at *Node, kind Kind, num float64, str string) *Node {
	return &Node{Kind: kind, Num: num, Str: str, Pos: at.Pos, End: at.End}
}

func boolean(at *Node, b bool) *Node {
	if b {
		return literal(at, Bool, 1, "")
	}
	return literal(at, Bool, 0, "")
}

func foldUnary(n *Node) *Node {
	a := n.Kids[0]
	switch {
	case n.Str == "!" && a.Constant():
		return boolean(n, !a.truthy())
	case n.Str == "-" && a.Kind == Number:
		return literal(n, Number, -a.Num, "")
	case n.Str == "+" && a.Kind == Number:
		return literal(n, Number, a.Num, "")
	case n.Str == "void" && a.Constant():
		return literal(n, Undefined, 0, "")
	}
	return n
}

func foldBinary(n *Node) *Node {
	a, b := n.Kids[0], n.Kids[1]
	if !a.Constant() {
		return n
	}
	switch n.Str {
	case "&&":
		if a.truthy() {
			return b
		}
		return a
	case "||":
		if a.truthy() {
			return a
		}
		return b
	case "??":
		if a.Kind == Null || a.Kind == Undefined {
			return b
		}
		return a
	}
	if !b.Constant() {
		return n
	}
	switch {
	case a.Kind == Number && b.Kind == Number:
		return foldNumbers(n, a.Num, b.Num)
	case n.Str == "+" && (a.Kind == String || b.Kind == String):
		return literal(n, String, 0, Text(a)+Text(b))
	case a.Kind == b.Kind && (n.Str == "==" || n.Str == "==="):
		return boolean(n, a.Num == b.Num && a.Str == b.Str)
	case a.Kind == b.Kind && (n.Str == "!=" || n.Str == "!=="):
		return boolean(n, a.Num != b.Num || a.Str != b.Str)
	}
	return n
}

func foldNumbers(n *Node, a, b float64) *Node {
	switch n.Str {
	case "+":
		return literal(n, Number, a+b, "")
	case "-":
		return literal(n, Number, a-b, "")
	case "*":
		return literal(n, Number, a*b, "")
	case "/":
		return literal(n, Number, a/b, "")
	case "%":
		return literal(n, Number, math.Mod(a, b), "")
	case "<":
		return boolean(n, a < b)
	case ">":
		return boolean(n, a > b)
	case "<=":
		return boolean(n, a <= b)
	case ">=":
		return boolean(n, a >= b)
	case "==", "===":
		return boolean(n, a == b)
	case "!=", "!==":
		return boolean(n, a != b)
	}
	return n
}

// foldTemplate puts literals into the text around them.
func foldTemplate(n *Node) *Node {
	out := &Node{Kind: n.Kind, Parts: []string{n.Parts[0]}, Pos: n.Pos, End: n.End}
	for i, kid := range n.Kids {
		if kid.Constant() {
			text := Text(kid)
			if n.Kind == Concat && kid.Kind <= Null {
				text = ""
			}
			out.Parts[len(out.Parts)-1] += text + n.Parts[i+1]
			continue
		}
		out.Kids = append(out.Kids, kid)
		out.Parts = append(out.Parts, n.Parts[i+1])
	}
	if len(out.Kids) == 0 {
		return literal(n, String, 0, out.Parts[0])
	}
	return out
}

// Text is a literal as JavaScript's String() shows it.
func Text(n *Node) string {
	switch n.Kind {
	case Undefined:
		return "undefined"
	case Null:
		return "null"
	case Bool:
		return strconv.FormatBool(n.Num != 0)
	case Number:
		return numberText(n.Num)
	default:
		return n.Str
	}
}

// numberText is Number.prototype.toString.
func numberText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	}
	if abs := math.Abs(f); abs >= 1e21 || abs < 1e-6 {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
		return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
