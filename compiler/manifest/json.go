package manifest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"souk/compiler/diag"
	"souk/compiler/place"
)

// Kind says what a Value is.
type Kind int

// The kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// maxDepth bounds nesting, so that a hostile file cannot exhaust the stack.
const maxDepth = 64

// Value is a JSON value that remembers where it stands.
type Value struct {
	Kind    Kind
	Text    string // a string's content, a number's or boolean's literal
	Items   []Value
	Members []Member
	Span
}

// Member is a name and its value, in file order.
type Member struct {
	Name  string
	At    Span
	Value Value
}

// Span is where something stands in its file, in bytes.
type Span struct{ From, To int }

// Get returns the last member of that name (as JSON.parse does); ok is false when there is none.
func (v Value) Get(name string) (Value, bool) {
	for i := len(v.Members) - 1; i >= 0; i-- {
		if v.Members[i].Name == name {
			return v.Members[i].Value, true
		}
	}
	return Value{}, false
}

// Any turns the value into Go's plain JSON types; numbers are float64.
func (v Value) Any() any {
	switch v.Kind {
	case Bool:
		return v.Text == "true"
	case Number:
		n, _ := strconv.ParseFloat(v.Text, 64) // the scanner has checked the literal; ±Inf cannot be marshalled
		if n > 1e300 || n < -1e300 {
			return 0.0
		}
		return n
	case String:
		return v.Text
	case Array:
		items := make([]any, 0, len(v.Items))
		for _, item := range v.Items {
			items = append(items, item.Any())
		}
		return items
	case Object:
		members := make(map[string]any, len(v.Members))
		for _, m := range v.Members {
			members[m.Name] = m.Value.Any()
		}
		return members
	}
	return nil
}

// ParseJSON reads JSON as real programs write it: with comments, trailing commas and a byte-order mark. On a
// mistake it adds one diagnostic with its place and returns false.
func ParseJSON(file string, src []byte, bag *diag.Bag) (Value, bool) {
	s := scanner{src: src, bag: bag, index: place.New(file, src)}
	if bytes.HasPrefix(src, []byte("\ufeff")) {
		s.at = 3
	}
	s.space()
	v := s.value(0)
	s.space()
	if !s.failed && s.at < len(s.src) {
		s.fail(s.at, 1, "unexpected text after the end of the JSON value", "")
	}
	return v, !s.failed
}

type scanner struct {
	src    []byte
	at     int
	failed bool
	bag    *diag.Bag
	index  place.Index
}

func (s *scanner) fail(from, length int, message, hint string) {
	if s.failed {
		return
	}
	s.failed = true
	s.bag.Add(s.index.Diagnostic(diag.Error, "json-syntax", from, from+length, message, hint))
}

func (s *scanner) peek() byte {
	if s.at < len(s.src) {
		return s.src[s.at]
	}
	return 0
}

// space skips blanks and both kinds of comment.
func (s *scanner) space() {
	for s.at < len(s.src) {
		rest := s.src[s.at:]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r':
			s.at++
		case bytes.HasPrefix(rest, []byte("//")):
			s.at += lineLength(rest)
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				s.fail(s.at, 2, "this comment is never closed", "end it with */")
				s.at = len(s.src)
				return
			}
			s.at += end + 4
		default:
			return
		}
	}
}

func lineLength(b []byte) int {
	for i, c := range b {
		if c == '\n' {
			return i
		}
	}
	return len(b)
}

func (s *scanner) value(depth int) (v Value) {
	from := s.at
	defer func() {
		v.Span = Span{from, s.at}
	}()
	switch c := s.peek(); {
	case s.failed:
	case depth > maxDepth:
		s.fail(s.at, 1, fmt.Sprintf("more than %d levels of nesting", maxDepth), "")
	case c == '{':
		return s.object(depth)
	case c == '[':
		return s.array(depth)
	case c == '"':
		return Value{Kind: String, Text: s.str()}
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	default:
		return s.word()
	}
	return v
}

func (s *scanner) object(depth int) Value {
	v := Value{Kind: Object}
	open := s.at
	s.at++
	for {
		s.space()
		from := s.at
		switch s.peek() {
		case '}':
			s.at++
			return v
		case '"':
		case 0:
			s.fail(open, 1, "this { is never closed", "add the missing }")
			return v
		case '\'':
			s.fail(from, 1, "names stand in double quotes here", `write "name": instead of 'name':`)
			return v
		default:
			s.fail(from, 1, `expected a name in double quotes or a closing }`, "")
			return v
		}
		name := s.str()
		at := Span{from, s.at}
		s.space()
		if !s.failed && s.peek() != ':' {
			s.fail(s.at, 1, fmt.Sprintf("expected : after %q", name), "")
		}
		s.at++
		s.space()
		value := s.value(depth + 1)
		if s.failed {
			return v
		}
		v.Members = append(v.Members, Member{Name: name, At: at, Value: value})
		if !s.separator('}', open) {
			return v
		}
	}
}

func (s *scanner) array(depth int) Value {
	v := Value{Kind: Array}
	open := s.at
	s.at++
	for {
		s.space()
		if s.peek() == ']' {
			s.at++
			return v
		}
		if s.at >= len(s.src) {
			s.fail(open, 1, "this [ is never closed", "add the missing ]")
			return v
		}
		item := s.value(depth + 1)
		if s.failed {
			return v
		}
		v.Items = append(v.Items, item)
		if !s.separator(']', open) {
			return v
		}
	}
}

// separator reads a comma, or looks at the closing bracket and leaves it; anything else is the mistake most people make.
func (s *scanner) separator(closing byte, open int) bool {
	end := s.at
	s.space()
	switch s.peek() {
	case ',':
		s.at++
		return true
	case closing:
		return true
	case 0:
		s.fail(open, 1, fmt.Sprintf("this %c is never closed", s.src[open]), fmt.Sprintf("add the missing %c", closing))
		return false
	}
	if s.failed {
		return false
	}
	s.fail(max(end-1, 0), 1, fmt.Sprintf("a comma or %c is missing after this", closing), "")
	return false
}

func (s *scanner) number() Value {
	from := s.at
	for s.at < len(s.src) && strings.IndexByte("+-0123456789.eE", s.src[s.at]) >= 0 {
		s.at++
	}
	text := string(s.src[from:s.at])
	if _, err := strconv.ParseFloat(text, 64); err != nil && !strings.Contains(err.Error(), "range") {
		s.fail(from, s.at-from, fmt.Sprintf("%s is not a number", text), "")
	}
	return Value{Kind: Number, Text: text}
}

func (s *scanner) word() Value {
	from := s.at
	for s.at < len(s.src) && isWord(s.src[s.at]) {
		s.at++
	}
	switch text := string(s.src[from:s.at]); text {
	case "true", "false":
		return Value{Kind: Bool, Text: text}
	case "null":
		return Value{Kind: Null}
	case "":
		if from >= len(s.src) {
			s.fail(from, 1, "the file ends where a value is expected", "")
			return Value{}
		}
		r, _ := utf8.DecodeRune(s.src[from:])
		hint := ""
		if r == '\'' {
			hint = "strings stand in double quotes in JSON"
		}
		s.fail(from, 1, fmt.Sprintf("unexpected %q where a value is expected", r), hint)
	default:
		s.fail(from, s.at-from, fmt.Sprintf("%s is not a JSON value", text), "strings stand in double quotes")
	}
	return Value{}
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func (s *scanner) str() string {
	open := s.at
	s.at++
	var out strings.Builder
	for s.at < len(s.src) {
		switch c := s.src[s.at]; c {
		case '"':
			s.at++
			return strings.ToValidUTF8(out.String(), "\ufffd")
		case '\n':
			s.fail(open, s.at-open, "this string is not closed on its line", `add the missing "`)
			return ""
		case '\\':
			s.escape(&out)
			if s.failed {
				return ""
			}
		default:
			out.WriteByte(c)
			s.at++
		}
	}
	s.fail(open, 1, "this string is never closed", `add the missing "`)
	return ""
}

func (s *scanner) escape(out *strings.Builder) {
	from := s.at
	s.at++
	c := s.peek()
	s.at++
	if i := strings.IndexByte(`"\/bfnrt`, c); c != 0 && i >= 0 {
		out.WriteByte("\"\\/\b\f\n\r\t"[i])
		return
	}
	if c != 'u' {
		s.fail(from, 2, fmt.Sprintf(`\%c is not an escape`, c), `write \\ for a backslash`)
		return
	}
	r := s.hex(from)
	if utf16.IsSurrogate(r) && s.at+1 < len(s.src) && s.src[s.at] == '\\' && s.src[s.at+1] == 'u' {
		s.at += 2
		r = utf16.DecodeRune(r, s.hex(from))
	}
	out.WriteRune(r)
}

func (s *scanner) hex(from int) rune {
	if s.at+4 <= len(s.src) {
		if n, err := strconv.ParseUint(string(s.src[s.at:s.at+4]), 16, 32); err == nil {
			s.at += 4
			return rune(n)
		}
	}
	s.fail(from, 2, `\u needs four hexadecimal digits`, "")
	return 0
}
