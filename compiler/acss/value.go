package acss

import (
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// value rewrites a declaration's value: rpx and url().
func (p *parser) value(toks []token) string {
	var out strings.Builder
	toks = trim(toks)
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if n, ok := rpx(t); ok {
			if i > 0 && isNumber(toks[i-1]) {
				out.WriteString(" + ") // 1px+2rpx
			}
			out.WriteString(length(n))
			continue
		}
		switch {
		case t.TokenType == css.URLToken:
			out.WriteString(quoteURL(p.asset(urlContent(t.text), t)))
		case t.TokenType == css.FunctionToken && strings.EqualFold(t.text, "url("):
			ref, used := address(toks[i:])
			out.WriteString(quoteURL(p.asset(ref, t)))
			i += used - 1
		case t.TokenType == css.CustomPropertyValueToken:
			out.WriteString(p.custom(t))
		default:
			out.WriteString(t.text)
		}
	}
	return out.String()
}

func isNumber(t token) bool {
	return t.TokenType == css.NumberToken || t.TokenType == css.DimensionToken || t.TokenType == css.PercentageToken
}

// custom rewrites the value of a custom property, which the lexer gives as one piece. A value that could upset what
// follows becomes empty.
func (p *parser) custom(t token) string {
	inner := scan([]byte(t.text))
	for i := range inner {
		inner[i].offset += t.offset
	}
	if !p.usable(inner) {
		return ""
	}
	return p.value(inner)
}

// rpx reads a length in rpx; any case counts.
func rpx(t token) (float64, bool) {
	if t.TokenType != css.DimensionToken || len(t.text) < 4 || !strings.EqualFold(t.text[len(t.text)-3:], "rpx") {
		return 0, false
	}
	number := t.text[:len(t.text)-3]
	if parse.Number([]byte(number)) != len(number) {
		return 0, false
	}
	n, err := strconv.ParseFloat(number, 64)
	return n, err == nil
}

// length writes n rpx so that a change of the phone's width needs no new sheet.
func length(n float64) string {
	if n == 0 {
		return "0px"
	}
	return "calc(var(--rpx)*" + format(n) + ")"
}

func format(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// unquote takes the quotes and escapes off a CSS string.
func unquote(s string) string {
	if len(s) < 2 {
		return ""
	}
	return unescape(s[1 : len(s)-1])
}

// urlContent gives what stands in url(…) without quotes.
func urlContent(s string) string {
	inner := strings.TrimSpace(strings.TrimSuffix(s[4:], ")"))
	if len(inner) >= 2 && (inner[0] == '"' || inner[0] == '\'') && inner[len(inner)-1] == inner[0] {
		return unquote(inner)
	}
	return unescape(inner)
}

// unescape resolves \" and \00e9 in strings and addresses.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		digits := 0
		for digits < 6 && i+1+digits < len(s) && strings.IndexByte("0123456789abcdefABCDEF", s[i+1+digits]) >= 0 {
			digits++
		}
		if digits == 0 {
			i++
			if s[i] != '\n' {
				out.WriteByte(s[i])
			}
			continue
		}
		code, _ := strconv.ParseUint(s[i+1:i+1+digits], 16, 32) // at most six hexadecimal digits: cannot fail
		out.WriteRune(rune(code))
		i += digits
		if i+1 < len(s) && s[i+1] == ' ' {
			i++
		}
	}
	return out.String()
}

func quoteURL(s string) string {
	return `url("` + quoteEscapes.Replace(s) + `")`
}

var quoteEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\a `, "\r", `\d `, "\f", `\c `)

// familiar are words of a font value that end it: a generic family, or a word that stands for the whole value.
var familiar = map[string]bool{
	"serif": true, "sans-serif": true, "monospace": true, "cursive": true, "fantasy": true, "system-ui": true, "math": true, "emoji": true,
	"ui-serif": true, "ui-sans-serif": true, "ui-monospace": true, "ui-rounded": true, "inherit": true, "initial": true, "unset": true,
	"revert": true, "revert-layer": true, "caption": true, "icon": true, "menu": true, "message-box": true, "small-caption": true, "status-bar": true,
}

// generic ends a list of font families with sans-serif where it names no generic one: a phone falls back to its sans-serif
// system font, a browser on a desk to a serif one.
func generic(value string) string {
	list, important, marked := strings.Cut(value, "!")
	lower := strings.ToLower(list)
	if strings.TrimSpace(lower) == "" || strings.Contains(lower, "var(") {
		return value
	}
	for _, word := range strings.FieldsFunc(lower, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' }) {
		if familiar[word] {
			return value
		}
	}
	list = strings.TrimRight(list, ", ") + ", sans-serif"
	if marked {
		return list + " !" + important
	}
	return list
}
