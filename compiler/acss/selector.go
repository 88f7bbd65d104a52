package acss

import (
	"slices"
	"strings"

	"github.com/tdewolff/parse/v2/css"
)

// hosts are the names of the page's root.
var hosts = []string{"page", "body", "html", ":root", ":host"}

// selector rewrites a selector list: tags get their prefix, the page's names become :host, and with a scope every
// subject (the last compound) asks for the scope's class.
func (p *parser) selector(toks []token) string {
	var out strings.Builder
	for i, one := range split(toks, css.CommaToken) {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(p.complex(trim(one)))
	}
	return out.String()
}

// split cuts at a separator outside brackets.
func split(toks []token, at css.TokenType) [][]token {
	var parts [][]token
	from, depth := 0, 0
	for i, t := range toks {
		switch t.TokenType {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth--
		case at:
			if depth == 0 {
				parts = append(parts, toks[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, toks[from:])
}

// complex rewrites one selector: compounds joined by combinators.
func (p *parser) complex(toks []token) string {
	var out strings.Builder
	compounds, joins := compoundsOf(toks)
	for i, compound := range compounds {
		out.WriteString(joins[i])
		out.WriteString(p.compound(compound, i == len(compounds)-1))
	}
	out.WriteString(joins[len(compounds)])
	return out.String()
}

// compoundsOf cuts a selector at its combinators; joins[i] stands before compound i, the last one at the end.
func compoundsOf(toks []token) (compounds [][]token, joins []string) {
	join, depth := "", 0
	var current []token
	flush := func() {
		if len(current) > 0 {
			compounds, joins = append(compounds, current), append(joins, join)
			current, join = nil, ""
		}
	}
	for _, t := range toks {
		switch t.TokenType {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth--
		}
		switch {
		case depth > 0 || t.TokenType != css.WhitespaceToken && !isCombinator(t):
			current = append(current, t)
		case t.TokenType == css.WhitespaceToken:
			flush()
			if join == "" {
				join = " "
			}
		default:
			flush()
			join = t.text
		}
	}
	flush()
	if len(compounds) > 0 && joins[0] == " " {
		joins[0] = ""
	}
	return compounds, append(joins, strings.TrimSpace(join))
}

func isCombinator(t token) bool {
	return t.TokenType == css.DelimToken && (t.text == ">" || t.text == "+" || t.text == "~")
}

// compound rewrites what stands between two combinators. subject says that it is the last one.
func (p *parser) compound(toks []token, subject bool) string {
	if name, used := hostName(toks); used > 0 {
		return p.host(name, toks[used:])
	}
	if p.c.in.Host != "" && len(toks) > 1 && strings.EqualFold(toks[1].text, "host(") {
		end := closing(toks, 1)
		return p.c.in.Host + text(trim(toks[2:end])) + text(toks[min(end+1, len(toks)):])
	}
	var out strings.Builder
	scoped := !subject || p.c.in.Scope == ""
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if !scoped && t.TokenType == css.ColonToken {
			scoped = true
			out.WriteString("." + p.c.in.Scope)
		}
		switch {
		case t.TokenType == css.IdentToken && i == 0:
			out.WriteString(TagName(t.text))
		case t.TokenType == css.FunctionToken:
			end := closing(toks, i)
			out.WriteString(t.text + p.arguments(t.text, toks[i+1:end]))
			i = end - 1
		case t.TokenType == css.LeftBracketToken:
			p.noteAttribute(toks[i+1:])
			end := closing(toks, i)
			out.WriteString(text(toks[i:end]))
			i = end - 1
		case t.TokenType == css.DelimToken && t.text == "." && i+1 < len(toks) && toks[i+1].TokenType == css.IdentToken:
			out.WriteString(class(toks[i+1].text))
			i++
		default:
			out.WriteString(t.text)
			if t.TokenType == css.DelimToken && t.text == "." || t.TokenType == css.ColonToken {
				i = p.name(&out, toks, i)
			}
		}
	}
	if !scoped {
		out.WriteString("." + p.c.in.Scope)
	}
	return out.String()
}

// stateClasses are classes that Alipay's own controls carry in some state and that libraries (mini-ali-ui) build upon. Ours say their state in
// an attribute.
var stateClasses = map[string]string{
	"a-radio-checked":     `:where(` + TagName("radio") + `)[aria-checked="true"]`,
	"a-radio-disabled":    `:where(` + TagName("radio") + `)[aria-disabled="true"]`,
	"a-checkbox-checked":  `:where(` + TagName("checkbox") + `)[aria-checked="true"]`,
	"a-checkbox-disabled": `:where(` + TagName("checkbox") + `)[aria-disabled="true"]`,
}

// class is the selector of a class by its name.
func class(name string) string {
	if state, known := stateClasses[name]; known {
		return state
	}
	return "." + name
}

// name writes the identifier that follows a dot or colon, which is no tag.
func (p *parser) name(out *strings.Builder, toks []token, i int) int {
	if i+1 < len(toks) && toks[i+1].TokenType == css.IdentToken {
		out.WriteString(toks[i+1].text)
		return i + 1
	}
	return i
}

// closing is the index of the bracket that closes the one at i, or len(toks).
func closing(toks []token, i int) int {
	depth := 0
	for ; i < len(toks); i++ {
		switch toks[i].TokenType {
		case css.FunctionToken, css.LeftParenthesisToken, css.LeftBracketToken:
			depth++
		case css.RightParenthesisToken, css.RightBracketToken:
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// arguments rewrites what stands in :not(…), :is(…), :where(…) and :has(…); other functions are left as they are.
func (p *parser) arguments(function string, toks []token) string {
	switch strings.ToLower(function) {
	case "not(", "is(", "where(", "has(", "matches(", "-webkit-any(":
		scope := p.c.in.Scope
		p.c.in.Scope = "" // the class belongs to the subject outside
		defer func() { p.c.in.Scope = scope }()
		return p.selector(toks)
	}
	return text(toks)
}

// hostName recognises page, body, html, :root and :host at the start of a compound.
func hostName(toks []token) (string, int) {
	if len(toks) == 0 {
		return "", 0
	}
	if toks[0].TokenType == css.IdentToken && slices.Contains(hosts, strings.ToLower(toks[0].text)) {
		return strings.ToLower(toks[0].text), 1
	}
	if len(toks) > 1 && toks[0].TokenType == css.ColonToken {
		if name := ":" + strings.ToLower(toks[1].text); toks[1].TokenType == css.IdentToken && slices.Contains(hosts, name) {
			return name, 2
		}
	}
	return "", 0
}

// host writes the page's root, or the component's own node where :host stands in a component. Classes and attributes
// go into :host(…), pseudo-elements stay behind it.
func (p *parser) host(name string, rest []token) string {
	var inner, after strings.Builder
	for i := 0; i < len(rest); i++ {
		if rest[i].TokenType == css.ColonToken && i+1 < len(rest) && rest[i+1].TokenType == css.ColonToken || isOldPseudoElement(rest[i:]) {
			after.WriteString(text(rest[i:]))
			break
		}
		if rest[i].TokenType == css.LeftBracketToken {
			p.noteAttribute(rest[i+1:])
		}
		inner.WriteString(rest[i].text)
	}
	if name == ":host" && p.c.in.Host != "" {
		return p.c.in.Host + inner.String() + after.String()
	}
	if inner.Len() > 0 {
		return ":host(" + inner.String() + ")" + after.String()
	}
	return ":host" + after.String()
}

// isOldPseudoElement knows :before and :after, written with one colon.
func isOldPseudoElement(toks []token) bool {
	return len(toks) > 1 && toks[0].TokenType == css.ColonToken && (strings.EqualFold(toks[1].text, "before") || strings.EqualFold(toks[1].text, "after"))
}

// noteAttribute remembers whether a selector looks at data-*.
func (p *parser) noteAttribute(toks []token) {
	if inner := trim(toks); len(inner) > 0 && strings.HasPrefix(strings.ToLower(inner[0].text), "data-") {
		p.c.sheet.UsesData = true
	}
}
