package acss

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"

	"souk/compiler/diag"
	"souk/compiler/place"
)

// parser walks the rules of one file.
type parser struct {
	c       *compiler
	file    string
	toks    []token
	at      int
	index   place.Index
	imports int  // how deep this file stands below the sheet
	made    bool // the text comes from another language: its places mean nothing to anyone
	inFont  bool // output goes to the document's font faces
}

func (p *parser) remark(severity diag.Severity, t token, code, message, hint string) {
	d := p.index.Diagnostic(severity, code, t.offset, t.offset+len(t.text), message, hint)
	if p.made {
		d.Line, d.Column, d.Length = 0, 0, 0
	}
	p.c.bag.Add(d)
}

func (p *parser) warn(t token, code, message, hint string) {
	p.remark(diag.Warning, t, code, message, hint)
}
func (p *parser) fail(t token, code, message, hint string) {
	p.remark(diag.Error, t, code, message, hint)
}

func (p *parser) write(s string) {
	if p.inFont {
		p.c.fonts.WriteString(s)
		return
	}
	p.c.out.WriteString(s)
}

// prelude collects tokens up to the { ; or } that ends them, outside brackets, and returns which it was (0 at the
// end of the file). The ending token is not consumed.
func (p *parser) prelude() ([]token, byte) {
	from, depth := p.at, 0
	for ; p.at < len(p.toks); p.at++ {
		switch p.toks[p.at].TokenType {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth = max(depth-1, 0)
		case css.LeftBraceToken, css.RightBraceToken:
			return trim(p.toks[from:p.at]), p.toks[p.at].text[0]
		case css.SemicolonToken:
			if depth == 0 {
				return trim(p.toks[from:p.at]), ';'
			}
		}
	}
	return trim(p.toks[from:p.at]), 0
}

func trim(toks []token) []token {
	for len(toks) > 0 && toks[0].TokenType == css.WhitespaceToken {
		toks = toks[1:]
	}
	for len(toks) > 0 && toks[len(toks)-1].TokenType == css.WhitespaceToken {
		toks = toks[:len(toks)-1]
	}
	return toks
}

// rules reads rules until the block or the file ends.
func (p *parser) rules(depth int) {
	for p.at < len(p.toks) {
		head, end := p.prelude()
		if end == '}' && depth > 0 {
			p.stray(head)
			return
		}
		if p.at < len(p.toks) {
			p.at++
		}
		switch {
		case end == '}':
			p.warn(p.toks[p.at-1], "acss-brace", "this } closes nothing", "remove it")
		case len(head) == 0 && end != '{':
		case head != nil && len(head) > 0 && head[0].TokenType == css.AtKeywordToken:
			p.atRule(head, end, depth)
		case end == '{':
			p.styleRule(head, depth)
		default:
			p.stray(head)
		}
	}
}

func (p *parser) stray(head []token) {
	if len(head) > 0 {
		p.warn(head[0], "acss-rule", fmt.Sprintf("%q is not a rule and is left out", clip(text(head))), "a rule is a selector and a block: .name { … }")
	}
}

// open reads a block with body and closes it; a missing } is said once.
func (p *parser) open(head []token, depth int, body func(depth int)) {
	if depth >= maxDepth {
		p.warn(p.toks[max(p.at-1, 0)], "acss-depth", fmt.Sprintf("more than %d nested blocks", maxDepth), "")
		p.skip()
		return
	}
	body(depth + 1)
	if p.at < len(p.toks) {
		p.at++
		return
	}
	if len(head) > 0 {
		p.warn(head[0], "acss-brace", "this block is never closed", "add the missing }")
	}
}

// skip passes over a block, its inner blocks included.
func (p *parser) skip() {
	for depth := 1; p.at < len(p.toks) && depth > 0; p.at++ {
		switch p.toks[p.at].TokenType {
		case css.LeftBraceToken:
			depth++
		case css.RightBraceToken:
			depth--
		}
	}
}

// usable says whether what was read can be written again without upsetting what follows: brackets are closed and
// texts end on their line.
func (p *parser) usable(head []token) bool {
	var open []token
	for _, t := range head {
		switch t.TokenType {
		case css.BadStringToken, css.BadURLToken:
			p.warn(t, "acss-value", "this text is not closed on its line and is left out", "")
			return false
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			open = append(open, t)
		case css.RightParenthesisToken, css.RightBracketToken:
			square := t.TokenType == css.RightBracketToken
			if n := len(open); n == 0 || (open[n-1].TokenType == css.LeftBracketToken) != square {
				p.warn(t, "acss-bracket", fmt.Sprintf("this %s closes nothing; %q is left out", t.text, clip(text(head))), "")
				return false
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		p.warn(open[len(open)-1], "acss-bracket", fmt.Sprintf("this bracket is never closed; %q is left out", clip(text(head))), "add the closing bracket")
	}
	return len(open) == 0
}

func (p *parser) styleRule(head []token, depth int) {
	if !p.usable(head) {
		p.skip()
		return
	}
	p.write(p.selector(head))
	p.write("{")
	p.open(head, depth, p.declarations)
	p.write("}")
}

// atRule handles what begins with @.
func (p *parser) atRule(head []token, end byte, depth int) {
	name := strings.ToLower(head[0].text)
	if !p.usable(head) {
		if end == '{' {
			p.skip()
		}
		return
	}
	switch name {
	case "@import":
		p.importRule(head)
	case "@charset", "@namespace":
		if end == '{' {
			p.skip()
		}
	case "@font-face":
		outer := p.inFont
		p.inFont = true
		p.block(name, head, end, depth, p.declarations)
		p.inFont = outer
	case "@media", "@supports", "@layer", "@container", "@scope", "@starting-style", "@document", "@-moz-document":
		p.block(name+p.condition(head[1:]), head, end, depth, p.rules)
	case "@page", "@property", "@counter-style", "@font-feature-values", "@font-palette-values":
		p.block(text(head), head, end, depth, p.declarations)
	default:
		if strings.HasSuffix(name, "keyframes") {
			p.block(text(head), head, end, depth, p.frames)
			return
		}
		p.warn(head[0], "acss-at-rule", fmt.Sprintf("%s is unknown and is left out", head[0].text), "")
		if end == '{' {
			p.skip()
		}
	}
}

func (p *parser) block(start string, head []token, end byte, depth int, body func(depth int)) {
	p.write(start)
	if end != '{' {
		p.write(";")
		return
	}
	p.write("{")
	p.open(head, depth, body)
	p.write("}")
}

// condition writes what stands between @media and its block. Custom properties do not work there, so an rpx counts
// as half a pixel: a phone 375 pixels wide.
func (p *parser) condition(toks []token) string {
	if len(trim(toks)) == 0 {
		return ""
	}
	var out strings.Builder
	for _, t := range trim(toks) {
		if n, ok := rpx(t); ok {
			out.WriteString(format(n/2) + "px")
			continue
		}
		out.WriteString(t.text)
	}
	return " " + out.String()
}

func (p *parser) importRule(head []token) {
	rest := trim(head[1:])
	if len(rest) == 0 {
		p.warn(head[0], "acss-import", "@import names no file", `write @import "./other.acss";`)
		return
	}
	ref, used := address(rest)
	if ref == "" {
		p.warn(rest[0], "acss-import", "@import names no file", `write @import "./other.acss";`)
		return
	}
	p.c.include(p, ref, strings.TrimSpace(text(rest[used:])), rest[0])
}

// address reads "x", 'x', url(x) or url("x") and says how many tokens it took.
func address(toks []token) (string, int) {
	switch t := toks[0]; t.TokenType {
	case css.StringToken:
		return unquote(t.text), 1
	case css.URLToken:
		return urlContent(t.text), 1
	case css.FunctionToken:
		inner := trim(toks[1:])
		if strings.EqualFold(t.text, "url(") && len(inner) > 0 && inner[0].TokenType == css.StringToken {
			end := slices.IndexFunc(toks, func(t token) bool { return t.TokenType == css.RightParenthesisToken })
			return unquote(inner[0].text), max(end, 0) + 1
		}
	}
	return "", 1
}

// frames reads the body of @keyframes: percentages and from/to are no tags.
func (p *parser) frames(depth int) {
	for p.at < len(p.toks) {
		head, end := p.prelude()
		if end == '}' || end == 0 {
			return
		}
		p.at++
		if end == ';' {
			continue
		}
		if !p.usable(head) {
			p.skip()
			continue
		}
		p.write(strings.ReplaceAll(text(head), " ", ""))
		p.write("{")
		p.open(head, depth, p.declarations)
		p.write("}")
	}
}

// declarations reads the body of a rule. What ends in { is a nested rule, everything else a declaration.
func (p *parser) declarations(depth int) {
	for p.at < len(p.toks) {
		head, end := p.prelude()
		if end == '{' {
			p.at++
			p.nested(head, depth)
			continue
		}
		p.declaration(head)
		if end == '}' || end == 0 {
			return
		}
		p.at++
	}
}

func (p *parser) nested(head []token, depth int) {
	if !p.usable(head) {
		p.skip()
		return
	}
	if len(head) > 0 && head[0].TokenType == css.AtKeywordToken {
		name := strings.ToLower(head[0].text)
		if !slices.Contains([]string{"@media", "@supports", "@layer", "@container"}, name) {
			p.warn(head[0], "acss-at-rule", fmt.Sprintf("%s cannot stand inside a rule and is left out", head[0].text), "")
			p.skip()
			return
		}
		p.block(name+p.condition(head[1:]), head, '{', depth, p.declarations)
		return
	}
	p.write(p.selector(head))
	p.write("{")
	p.open(head, depth, p.declarations)
	p.write("}")
}

func (p *parser) declaration(head []token) {
	if len(head) == 0 || !p.usable(head) {
		return
	}
	colon := slices.IndexFunc(head, func(t token) bool { return t.TokenType == css.ColonToken })
	if head[0].TokenType == css.CustomPropertyNameToken {
		colon = max(colon, 1)
	}
	if colon <= 0 || colon >= len(head) {
		p.warn(head[0], "acss-declaration", fmt.Sprintf("%q is not a declaration and is left out", clip(text(head))), "write name: value;")
		return
	}
	name, value := strings.TrimSpace(text(head[:colon])), p.value(head[colon+1:])
	if lower := strings.ToLower(name); (lower == "font-family" || lower == "font") && !p.inFont {
		value = generic(value)
	}
	p.write(name + ":" + value + ";")
}

func text(toks []token) string {
	var out strings.Builder
	for _, t := range toks {
		out.WriteString(t.text)
	}
	return out.String()
}

// clip shortens what a remark quotes.
func clip(s string) string {
	if runes := []rune(s); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return s
}
