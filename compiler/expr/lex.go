package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokKind uint8

const (
	tokEnd tokKind = iota
	tokName
	tokNumber
	tokString
	tokTemplate // from ` on; the parser reads the rest
	tokPunct
)

type token struct {
	kind     tokKind
	text     string // a name, a punctuator, or a string's value
	num      float64
	pos, end int
}

// puncts is tried in order: longer ones first.
var puncts = []string{
	">>>=", "...", "===", "!==", "**=", ">>>", "<<=", ">>=", "&&=", "||=", "??=",
	"=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "**", "<<", ">>",
	"{", "}", "(", ")", "[", "]", ".", ",", ":", "?", "+", "-", "*", "/", "%", "<", ">", "!", "~", "&", "|", "^", "=", ";", "#", "@", "\\",
}

// fail leaves the parser; Parse turns it into its result.
func (p *parser) fail(pos, end int, hint, format string, args ...any) {
	panic(&Error{Pos: pos, End: max(end, pos+1), Message: fmt.Sprintf(format, args...), Hint: hint})
}

// rescue turns a fail into the error of Parse and lets other panics pass.
func (p *parser) rescue(err **Error) {
	switch e := recover().(type) {
	case nil:
	case *Error:
		*err = e
	default:
		panic(e)
	}
}

// next reads the token that begins behind the current one.
func (p *parser) next() {
	i := p.tok.end
	for i < len(p.src) {
		r, size := utf8.DecodeRuneInString(p.src[i:])
		if !unicode.IsSpace(r) && r != '\ufeff' {
			break
		}
		i += size
	}
	p.tok = token{pos: i, end: i}
	if i >= len(p.src) {
		return
	}
	switch c := p.src[i]; {
	case isNameStart(p.src[i:]):
		p.lexName(i)
	case isDigit(c), c == '.' && i+1 < len(p.src) && isDigit(p.src[i+1]):
		p.lexNumber(i)
	case c == '"' || c == '\'':
		p.lexString(i, c)
	case c == '`':
		p.tok = token{kind: tokTemplate, text: "`", pos: i, end: i + 1}
	default:
		p.lexPunct(i)
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameStart(s string) bool {
	c := s[0]
	if c < utf8.RuneSelf {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

func (p *parser) lexName(i int) {
	j := i
	for j < len(p.src) && (isDigit(p.src[j]) || isNameStart(p.src[j:])) {
		_, size := utf8.DecodeRuneInString(p.src[j:])
		j += size
	}
	p.tok = token{kind: tokName, text: p.src[i:j], pos: i, end: j}
}

func (p *parser) lexNumber(i int) {
	j := i
	if p.src[i] == '0' && i+1 < len(p.src) && strings.IndexByte("xXoObB", p.src[i+1]) >= 0 {
		j = i + 2
		for j < len(p.src) && (isDigit(p.src[j]) || isNameStart(p.src[j:])) {
			j++
		}
		n, err := strconv.ParseUint(p.src[i:j], 0, 64)
		if err != nil {
			p.fail(i, j, "", "%s is not a number", p.src[i:j])
		}
		p.tok = token{kind: tokNumber, num: float64(n), pos: i, end: j}
		return
	}
	j = p.digits(j)
	if j < len(p.src) && p.src[j] == '.' {
		j = p.digits(j + 1)
	}
	if j < len(p.src) && (p.src[j] == 'e' || p.src[j] == 'E') {
		k := j + 1
		if k < len(p.src) && (p.src[k] == '+' || p.src[k] == '-') {
			k++
		}
		if end := p.digits(k); end > k {
			j = end
		}
	}
	n, err := strconv.ParseFloat(p.src[i:j], 64)
	if err != nil && !math.IsInf(n, 0) {
		p.fail(i, j, "", "%s is not a number", p.src[i:j])
	}
	if j < len(p.src) && isNameStart(p.src[j:]) {
		p.fail(j, j+1, "a name cannot begin with a digit", "a name follows a number without an operator")
	}
	p.tok = token{kind: tokNumber, num: n, pos: i, end: j}
}

func (p *parser) digits(j int) int {
	for j < len(p.src) && isDigit(p.src[j]) {
		j++
	}
	return j
}

func (p *parser) lexString(i int, quote byte) {
	var b strings.Builder
	j := i + 1
	for {
		if j >= len(p.src) {
			p.fail(i, i+1, "close it with "+string(quote), "this string has no end")
		}
		c := p.src[j]
		if c == quote {
			break
		}
		if c == '\\' {
			j = p.escape(&b, j)
			continue
		}
		b.WriteByte(c)
		j++
	}
	p.tok = token{kind: tokString, text: b.String(), pos: i, end: j + 1}
}

var simpleEscapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'b': "\b", 'f': "\f", 'v': "\v", '0': "\x00", '\n': ""}

// escape writes what the backslash at j stands for and gives the offset behind it.
func (p *parser) escape(b *strings.Builder, j int) int {
	if j+1 >= len(p.src) {
		p.fail(j, j+1, "", "this string ends in a backslash")
	}
	c := p.src[j+1]
	if s, ok := simpleEscapes[c]; ok {
		b.WriteString(s)
		return j + 2
	}
	if c != 'u' && c != 'x' {
		_, size := utf8.DecodeRuneInString(p.src[j+1:])
		b.WriteString(p.src[j+1 : j+1+size])
		return j + 1 + size
	}
	digits, end := p.hexDigits(j, c)
	n, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || n > utf8.MaxRune {
		p.fail(j, end, `write \u and four hexadecimal digits`, "this escape is not a character")
	}
	r := rune(n)
	if 0xD800 <= n && n < 0xDC00 && strings.HasPrefix(p.src[end:], `\u`) { // a surrogate pair
		low, lowEnd := p.hexDigits(end, 'u')
		if m, err := strconv.ParseUint(low, 16, 32); err == nil && 0xDC00 <= m && m < 0xE000 {
			r, end = rune((n-0xD800)<<10+(m-0xDC00)+0x10000), lowEnd
		}
	}
	b.WriteRune(r)
	return end
}

// hexDigits gives the digits of the escape at j and the offset behind it.
func (p *parser) hexDigits(j int, kind byte) (string, int) {
	start := j + 2
	if kind == 'u' && start < len(p.src) && p.src[start] == '{' {
		if i := strings.IndexByte(p.src[start:], '}'); i >= 0 {
			return p.src[start+1 : start+i], start + i + 1
		}
	}
	width := 4
	if kind == 'x' {
		width = 2
	}
	end := min(start+width, len(p.src))
	return p.src[start:end], end
}

func (p *parser) lexPunct(i int) {
	if strings.IndexByte("(){}[],:~", p.src[i]) >= 0 { // alone in any company
		p.tok = token{kind: tokPunct, text: p.src[i : i+1], pos: i, end: i + 1}
		return
	}
	for _, s := range puncts {
		if !strings.HasPrefix(p.src[i:], s) {
			continue
		}
		if s == "?." && i+2 < len(p.src) && isDigit(p.src[i+2]) { // a?.5:1
			s = "?"
		}
		p.tok = token{kind: tokPunct, text: s, pos: i, end: i + len(s)}
		return
	}
	_, size := utf8.DecodeRuneInString(p.src[i:])
	p.fail(i, i+size, "", "%q cannot stand in an expression", p.src[i:i+size])
}
