package axml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// entities are those that Alipay's <text decode> documents, with " and '.
var entities = map[string]string{
	"amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
	"nbsp": "\u00a0", "ensp": "\u2002", "emsp": "\u2003",
}

// maxEntity is the longest text between & and ; that is looked at.
const maxEntity = 10

// Decode replaces character references in static text and in expressions;
// unknown ones stay as written.
func Decode(s string) string {
	i := strings.IndexByte(s, '&')
	if i < 0 {
		return s
	}
	var b strings.Builder
	for i >= 0 {
		b.WriteString(s[:i])
		s = s[i:]
		text, size := reference(s)
		b.WriteString(text)
		s = s[size:]
		i = strings.IndexByte(s, '&')
	}
	b.WriteString(s)
	return b.String()
}

// reference decodes the reference at the start of s and gives its size; where
// there is none it gives the & itself.
func reference(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), maxEntity+2)], ';')
	if end < 2 {
		return "&", 1
	}
	name := s[1:end]
	if text, ok := entities[name]; ok {
		return text, end + 1
	}
	if name[0] != '#' {
		return "&", 1
	}
	base, digits := 10, name[1:]
	if digits != "" && (digits[0] == 'x' || digits[0] == 'X') {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return "&", 1
	}
	return string(rune(n)), end + 1
}
