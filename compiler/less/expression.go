package less

import (
	"regexp"
	"strconv"
	"strings"
)

// expression reads one value.
type expression struct {
	c      *compiler
	f      *frame
	o      origin
	s      string
	at     int
	parens int  // division counts only inside brackets
	asIs   bool // inside calc(): variables, but no arithmetic
	depth  int
}

// evaluate computes a value's text in a scope.
func (c *compiler) evaluate(text string, f *frame, o origin) value {
	c.step(o)
	text = strings.TrimSpace(text)
	if !strings.ContainsAny(text, "@~(+*-/%`$") && !strings.HasPrefix(text, "#") {
		if n, ok := plainNumber(text); ok {
			return n
		}
		if !strings.ContainsAny(text, ", \"'") {
			return word(text)
		}
	}
	e := &expression{c: c, f: f, o: o, s: text}
	var v value
	c.deeper(o, func() { v = e.commas() })
	if e.at < len(e.s) {
		rest := word(e.s[e.at:]) // a bracket too many: passed on as it stands
		return list{items: []value{v, rest}, sep: ""}
	}
	return v
}

var numberForm = regexp.MustCompile(`^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(%|[a-zA-Z]+)?`)

func plainNumber(text string) (number, bool) {
	m := numberForm.FindStringSubmatch(text)
	if m == nil || len(m[0]) != len(text) {
		return number{}, false
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, m[1]), 64)
	return number{n, m[1]}, err == nil
}

func (e *expression) space() bool {
	from := e.at
	for e.at < len(e.s) && strings.IndexByte(" \t\r\n\f", e.s[e.at]) >= 0 {
		e.at++
	}
	return e.at > from
}

func (e *expression) peek() byte {
	if e.at < len(e.s) {
		return e.s[e.at]
	}
	return 0
}

// commas reads values parted by commas.
func (e *expression) commas() value {
	var items []value
	for {
		e.space()
		items = append(items, e.words())
		e.space()
		if e.peek() != ',' {
			break
		}
		e.at++
	}
	if len(items) == 1 {
		return items[0]
	}
	return list{items: items, sep: ", "}
}

// words reads values parted by blanks, or by nothing: 12px/1.5, progid:x.
func (e *expression) words() value {
	var items []value
	var seps []string
	spaced := false
	for e.at < len(e.s) && e.s[e.at] != ',' && e.s[e.at] != ')' && e.s[e.at] != ']' {
		before := e.at
		v := e.sum()
		if e.at == before { // nothing was read: take a character as it stands
			v = word(e.s[e.at : e.at+1])
			e.at++
		}
		sep := ""
		if spaced {
			sep = " "
		}
		items, seps = append(items, v), append(seps, sep)
		spaced = e.space()
	}
	switch len(items) {
	case 0:
		return word("")
	case 1:
		return items[0]
	}
	return list{items: items, sep: " ", seps: seps}
}

// operator looks for one of ops; + and - need a blank behind them or none before, else they begin the next value.
func (e *expression) operator(ops string) (byte, bool) {
	if e.asIs {
		return 0, false
	}
	from := e.at
	spaced := e.space()
	op := e.peek()
	if op == '.' && strings.HasPrefix(e.s[e.at:], "./") && strings.Contains(ops, "/") {
		e.at += 2
		return '/', true
	}
	ok := op != 0 && strings.IndexByte(ops, op) >= 0
	if ok && (op == '+' || op == '-') {
		next := byte(' ')
		if e.at+1 < len(e.s) {
			next = e.s[e.at+1]
		}
		ok = !spaced || next == ' '
	}
	if ok && op == '/' && e.parens == 0 {
		ok = false
	}
	if !ok {
		e.at = from
		return 0, false
	}
	e.at++
	return op, true
}

func (e *expression) sum() value { return e.chain("+-", e.product) }

func (e *expression) product() value { return e.chain("*/", e.primary) }

// chain reads operands joined by operators of one rank.
func (e *expression) chain(ops string, operand func() value) value {
	left := operand()
	for {
		from := e.at
		op, ok := e.operator(ops)
		if !ok {
			return left
		}
		e.space()
		right := operand()
		v, fits := operate(left, op, right)
		if !fits {
			e.at = from
			return left
		}
		left = v
	}
}

var (
	variableForm = regexp.MustCompile(`^@(@?)([\w-]+)`)
	wordForm     = regexp.MustCompile(`^-{0,2}[A-Za-z_\x80-\xff](?:[\w-]|[\x80-\xff]|\\.)*`)
	hexForm      = regexp.MustCompile(`^#[0-9a-fA-F]{3,8}\b`)
	unicodeForm  = regexp.MustCompile(`^[Uu]\+[0-9A-Fa-f?]+(?:-[0-9A-Fa-f]+)?`)
	lookupForm   = regexp.MustCompile(`^\[\s*([@$]{0,2}[\w-]*)\s*\]`)
)

// primary reads one operand.
func (e *expression) primary() value {
	rest := e.s[e.at:]
	switch ch := e.peek(); {
	case ch == 0:
		return word("")
	case ch == '(':
		return e.bracket()
	case ch == '"' || ch == '\'':
		return e.str()
	case ch == '~' && len(rest) > 1 && (rest[1] == '"' || rest[1] == '\''):
		e.at++
		q := e.str().(quoted)
		return quoted{s: q.s}
	case ch == '`' || ch == '~' && strings.HasPrefix(rest, "~`"):
		e.c.fail(e.o, "JavaScript in backticks is not supported")
		e.at = len(e.s)
		return word("")
	case ch == '@' && strings.HasPrefix(rest, "@{"):
		return e.interpolated()
	case ch == '@':
		return e.variable(rest)
	case ch == '$' && wordForm.MatchString(rest[1:]):
		e.c.fail(e.o, "properties as variables (%s) are not supported; use a variable", rest)
		e.at = len(e.s)
		return word("")
	case ch == '-' && len(rest) > 1 && (rest[1] == '@' || rest[1] == '('):
		e.at++
		if v, ok := operate(e.primary(), '*', number{n: -1}); ok {
			return v
		}
		return word("-")
	}
	return e.token(rest)
}

// token reads what needs no evaluation: colours, numbers, words and functions.
func (e *expression) token(rest string) value {
	if m := hexForm.FindString(rest); m != "" {
		if c, ok := hexColor(m); ok {
			e.at += len(m)
			return c
		}
	}
	if m := unicodeForm.FindString(rest); m != "" {
		e.at += len(m)
		return word(m)
	}
	if m := numberForm.FindString(rest); m != "" {
		n, ok := plainNumber(m)
		e.at += len(m)
		if !ok {
			return word(m)
		}
		return n
	}
	if strings.HasPrefix(rest, "%(") {
		e.at++
		return e.function("%")
	}
	if m := wordForm.FindString(rest); m != "" {
		e.at += len(m)
		if e.peek() == '(' {
			return e.function(m)
		}
		if strings.HasPrefix(e.s[e.at:], "@{") {
			inner := e.interpolated()
			return word(m + inner.text())
		}
		return word(m)
	}
	e.at++
	return word(rest[:1])
}

// interpolated reads @{name} with what is glued to it.
func (e *expression) interpolated() value {
	end := strings.IndexByte(e.s[e.at:], '}')
	if end < 0 {
		e.at = len(e.s)
		return word("")
	}
	text := e.c.interpolate(e.s[e.at:e.at+end+1], e.f, e.o)
	e.at += end + 1
	return word(text)
}

func (e *expression) bracket() value {
	e.at++
	e.parens++
	inner := e.commas()
	e.parens--
	if e.peek() == ')' {
		e.at++
	}
	switch inner.(type) {
	case number, color:
		if !e.asIs {
			return inner
		}
	}
	return word("(" + inner.css() + ")")
}

func (e *expression) str() value {
	end := endOfString(e.s, e.at)
	q := quoted{quote: e.s[e.at]}
	if end > e.at {
		q.s = e.c.interpolate(e.s[e.at+1:end], e.f, e.o)
	}
	e.at = end + 1
	return q
}

// variable reads @name, @@name, and what follows in brackets: @map[key], @rules().
func (e *expression) variable(rest string) value {
	m := variableForm.FindStringSubmatch(rest)
	if m == nil {
		e.at++
		return word("@")
	}
	e.at += len(m[0])
	v := e.c.lookup(m[2], e.f, e.o)
	if m[1] != "" {
		v = e.c.lookup(v.text(), e.f, e.o)
	}
	for {
		m := lookupForm.FindStringSubmatch(e.s[e.at:])
		rules, isRules := v.(rulesValue)
		if m == nil || !isRules {
			return v
		}
		e.at += len(m[0])
		v = e.member(rules, m[1])
	}
}

// member looks a key up in a rule set: the last declaration or variable of that name.
func (e *expression) member(rules rulesValue, key string) value {
	name, isVariable := strings.CutPrefix(key, "@")
	if inner, twice := strings.CutPrefix(name, "@"); twice {
		name = e.c.lookup(inner, e.f, e.o).text()
	}
	name = strings.TrimPrefix(name, "$")
	scope := &frame{up: rules.scope, rules: rules.rules}
	for i := len(rules.rules) - 1; i >= 0; i-- {
		r := rules.rules[i]
		if wanted := r.kind == declaration && !isVariable || r.kind == variable && isVariable; wanted && (key == "" || r.name == name) {
			if r.body != nil {
				return rulesValue{binding{rules: r.body, scope: scope}}
			}
			return e.c.evaluate(r.text, scope, r.origin)
		}
	}
	e.c.fail(e.o, "there is no %q in this map", key)
	return word("")
}

// function reads name(…) and computes it, or writes it as it stands with its arguments computed.
func (e *expression) function(name string) value {
	lower := strings.ToLower(name)
	open := e.at
	switch lower {
	case "url":
		if v, ok := e.rawURL(); ok {
			return v
		}
	case "if", "boolean":
		return e.conditional(lower)
	}
	wasAsIs, wasParens := e.asIs, e.parens
	e.asIs = e.asIs || lower == "calc"
	e.at, e.parens = open+1, 0
	args := itemsAt(e.commas())
	if e.peek() == ')' {
		e.at++
	}
	asIs := e.asIs
	e.asIs, e.parens = wasAsIs, wasParens
	if f, known := functions[lower]; known && !asIs {
		if v, ok := f(args); ok {
			return v
		}
	}
	return word(name + "(" + list{items: args, sep: ", "}.css() + ")")
}

// itemsAt is a comma list's items, or the value as the only argument.
func itemsAt(v value) []value {
	if l, ok := v.(list); ok && l.sep == ", " {
		return l.items
	}
	if w, ok := v.(word); ok && w == "" {
		return nil
	}
	return []value{v}
}

// rawURL takes an address without quotes as it stands.
func (e *expression) rawURL() (value, bool) {
	end := strings.IndexByte(e.s[e.at:], ')')
	inner := strings.TrimSpace(e.s[e.at+1 : max(e.at+1, e.at+end)])
	if end < 0 || strings.HasPrefix(inner, `"`) || strings.HasPrefix(inner, "'") || strings.HasPrefix(inner, "@") && !strings.HasPrefix(inner, "@{") || strings.HasPrefix(inner, "~") {
		return nil, false
	}
	e.at += end + 1
	return word("url(" + e.c.interpolate(inner, e.f, e.o) + ")"), true
}

// conditional computes if((condition), a, b) and boolean(condition).
func (e *expression) conditional(name string) value {
	end := e.at
	for depth := 0; end < len(e.s); end++ {
		if e.s[end] == '"' || e.s[end] == '\'' {
			end = endOfString(e.s, end)
			continue
		}
		if e.s[end] == '(' {
			depth++
		}
		if e.s[end] == ')' {
			if depth--; depth == 0 {
				break
			}
		}
	}
	inner := e.s[min(e.at+1, len(e.s)):min(end, len(e.s))]
	e.at = min(end+1, len(e.s))
	parts := listParts(inner)
	yes := e.c.holds(parts[0], e.f, e.o, false)
	if name == "boolean" {
		return word(strconv.FormatBool(yes))
	}
	for i, part := range parts[1:] {
		if (i == 0) == yes {
			return e.c.evaluate(part, e.f, e.o)
		}
	}
	return word("")
}
