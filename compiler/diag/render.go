package diag

import (
	"fmt"
	"strings"
	"unicode"
)

// maxLine is how much of a source line is shown, in characters.
const maxLine = 160

// Render draws a diagnostic for a terminal: the place, the message, the source
// line with a caret under the place, and the hint. source is the file's text;
// empty leaves the line out. Tabs become one space each.
//
//	pages/index/index.axml:3:9: error: expected ), found }}
//	   3 | <view>{{ (a + b }}</view>
//	     |                 ^
//	     = hint: …
func Render(d Diagnostic, source []byte) string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", d.Line, d.Column)
	}
	fmt.Fprintf(&b, ": %s: %s [%s]\n", d.Severity, d.Message, d.Code)
	if line, ok := lineOf(source, d.Line); ok {
		shown, before, under := excerpt(line, d.Column, d.Length)
		fmt.Fprintf(&b, "%5d | %s\n", d.Line, shown)
		fmt.Fprintf(&b, "      | %s%s\n", strings.Repeat(" ", before), strings.Repeat("^", under))
	}
	if d.Hint != "" {
		fmt.Fprintf(&b, "      = hint: %s\n", d.Hint)
	}
	return b.String()
}

func lineOf(source []byte, line int) (string, bool) {
	if line < 1 || len(source) == 0 {
		return "", false
	}
	rest := string(source)
	for range line - 1 {
		_, after, found := strings.Cut(rest, "\n")
		if !found {
			return "", false
		}
		rest = after
	}
	text, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSuffix(text, "\r"), true
}

// excerpt cuts a long line around the place and counts the cells before it and
// under it: Chinese characters are two cells wide.
func excerpt(line string, column, length int) (shown string, before, under int) {
	runes := []rune(strings.ToValidUTF8(strings.TrimPrefix(line, "\ufeff"), "\ufffd"))
	start := min(max(column-1, 0), len(runes))
	end := min(start+max(length, 1), len(runes))
	from := 0
	if len(runes) > maxLine && start > maxLine/2 {
		from = min(start-maxLine/2, len(runes)-maxLine)
	}
	to := min(from+maxLine, len(runes))
	end = min(end, to)
	before, under = cells(runes[from:start]), max(cells(runes[start:max(start, end)]), 1)
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, string(runes[from:to]))
	if from > 0 {
		text, before = "…"+text, before+1
	}
	if to < len(runes) {
		text += "…"
	}
	return text, before, under
}

// cells is the width of text in a terminal.
func cells(runes []rune) int {
	n := 0
	for _, r := range runes {
		n++
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || 0x3000 <= r && r <= 0x303f || 0xff00 <= r && r <= 0xff60 || r >= 0x1f300 && r <= 0x1faff {
			n++
		}
	}
	return n
}
