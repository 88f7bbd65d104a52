package less

import (
	"regexp"
	"slices"
	"strings"
)

// candidate is a mixin, or a rule that may be called as one, with the scope it was written in.
type candidate struct {
	rule
	scope *frame
}

var pathPart = regexp.MustCompile(`[.#][\w-]+`)

// candidates finds what a call may mean, in the nearest scope that has anything of that name.
func (c *compiler) candidates(name string, f *frame) []candidate {
	parts := pathPart.FindAllString(name, -1)
	for at := f; at != nil; at = at.up {
		found := within(parts, at.rules, at)
		for _, brought := range at.brought {
			found = append(found, within(parts, brought.rules, brought)...)
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// within looks for a path of names in a list of rules; a namespace's inner rules see its scope.
func within(parts []string, rules []rule, scope *frame) []candidate {
	var found []candidate
	for _, r := range rules {
		if !r.named(parts[0]) {
			continue
		}
		if len(parts) == 1 {
			found = append(found, candidate{r, scope})
			continue
		}
		inner := &frame{up: scope, rules: r.body}
		found = append(found, within(parts[1:], r.body, inner)...)
	}
	return found
}

// named says whether a rule can be called by that name.
func (r rule) named(name string) bool {
	switch r.kind {
	case mixin:
		return r.name == name
	case ruleset:
		return slices.Contains(splitTop(strings.TrimPrefix(r.text, "&"), ','), name)
	}
	return false
}

// callMixin runs every mixin of that name whose parameters and guard fit.
func (c *compiler) callMixin(r rule, f *frame, t target) {
	found := c.candidates(r.name, f)
	if len(found) == 0 {
		c.fail(r.origin, "there is no mixin %s", r.name)
		return
	}
	args, ok := c.arguments(r, f)
	if !ok {
		return
	}
	t.important = t.important || r.important
	ran := 0
	for _, last := range []bool{false, true} { // mixins that ask for default() come last
		for _, m := range found {
			if strings.Contains(m.guard, "default()") != last {
				continue
			}
			scope, fits := c.bind(m, args, r)
			if !fits || m.guard != "" && !c.holds(m.guard, scope, m.origin, ran == 0) {
				continue
			}
			ran++
			c.rules(m.body, scope, t)
			f.brought = append(f.brought, scope)
		}
	}
	if ran == 0 && !slices.ContainsFunc(found, func(m candidate) bool { return m.guard != "" }) {
		c.fail(r.origin, "no mixin %s takes these arguments", r.name)
	}
}

// argument is one value of a call, perhaps by name.
type argument struct {
	name  string
	value value
}

var argumentName = regexp.MustCompile(`^@([\w-]+)\s*:\s*`)

func (c *compiler) arguments(r rule, f *frame) ([]argument, bool) {
	if r.text == "" {
		return nil, true
	}
	var args []argument
	for _, part := range listParts(r.text) {
		if part == "" {
			continue
		}
		a := argument{}
		if m := argumentName.FindStringSubmatch(part); m != nil {
			a.name, part = m[1], part[len(m[0]):]
		}
		if strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}") {
			p := &parser{c: c, file: &source{r.file.name, part[1 : len(part)-1], r.file.index}}
			a.value = rulesValue{binding{rules: p.rules(1), scope: f}}
		} else if rest, spread := strings.CutSuffix(part, "..."); spread {
			for _, v := range itemsOf(c.evaluate(rest, f, r.origin)) {
				args = append(args, argument{value: v})
			}
			continue
		} else {
			a.value = c.evaluate(part, f, r.origin)
		}
		args = append(args, a)
	}
	return args, true
}

// listParts cuts at semicolons, or where there are none at commas.
func listParts(text string) []string {
	if parts := splitTop(text, ';'); len(parts) > 1 {
		return parts
	}
	return splitTop(text, ',')
}

// bind gives the scope of a call, or false when the parameters do not fit.
func (c *compiler) bind(m candidate, args []argument, from rule) (*frame, bool) {
	scope := &frame{up: m.scope, vars: map[string]binding{}}
	if m.kind == ruleset {
		return scope, len(args) == 0
	}
	set := func(name string, v value) { scope.vars[name] = binding{value: v, scope: scope} }
	var free []value
	named := map[string]value{}
	all := []value{}
	for _, a := range args {
		if a.name != "" {
			named[a.name] = a.value
		} else {
			free = append(free, a.value)
		}
	}
	for _, p := range params(m.text) {
		switch {
		case p.rest:
			if p.name != "" {
				set(p.name, list{items: free, sep: " "})
			}
			all, free = append(all, free...), nil
		case p.name == "": // a pattern
			if len(free) == 0 || free[0].css() != p.fallback {
				return nil, false
			}
			all, free = append(all, free[0]), free[1:]
		default:
			v, given := named[p.name]
			switch {
			case given:
				delete(named, p.name)
			case len(free) > 0:
				v, free = free[0], free[1:]
			case p.hasFallback:
				v = c.evaluate(p.fallback, scope, m.origin)
			default:
				return nil, false
			}
			set(p.name, v)
			all = append(all, v)
		}
	}
	set("arguments", list{items: all, sep: " "})
	return scope, len(free) == 0 && len(named) == 0
}

type param struct {
	name, fallback    string
	hasFallback, rest bool
}

func params(text string) []param {
	var list []param
	if text == "" {
		return nil
	}
	for _, part := range listParts(text) {
		if part == "" {
			continue
		}
		if name, rest := strings.CutSuffix(part, "..."); rest {
			list = append(list, param{name: strings.TrimPrefix(strings.TrimSpace(name), "@"), rest: true})
			continue
		}
		if !strings.HasPrefix(part, "@") {
			list = append(list, param{fallback: part})
			continue
		}
		name, fallback, has := strings.Cut(part[1:], ":")
		list = append(list, param{name: strings.TrimSpace(name), fallback: strings.TrimSpace(fallback), hasFallback: has})
	}
	return list
}

// each runs a rule set for every item of a list, with @value, @key and @index.
func (c *compiler) each(r rule, f *frame, t target) {
	parts := listParts(r.text)
	if len(parts) != 2 || !strings.HasPrefix(parts[1], "{") {
		c.fail(r.origin, "each needs a list and a rule set: each(@list, { … })")
		return
	}
	p := &parser{c: c, file: &source{r.file.name, strings.TrimSuffix(parts[1][1:], "}"), r.file.index}}
	body := p.rules(1)
	run := func(key value, index int, v value) {
		scope := &frame{up: f, vars: map[string]binding{"value": {value: v}, "key": {value: key}, "index": {value: number{n: float64(index)}}}}
		c.rules(body, scope, t)
	}
	v := c.evaluate(parts[0], f, r.origin)
	rules, isRules := v.(rulesValue)
	if !isRules {
		for i, item := range itemsOf(v) {
			run(number{n: float64(i + 1)}, i+1, item)
		}
		return
	}
	for i, d := range rules.rules {
		if d.kind == declaration || d.kind == variable {
			run(word(d.name), i+1, c.evaluate(d.text, &frame{up: rules.scope, rules: rules.rules}, d.origin))
		}
	}
}

var comparison = regexp.MustCompile(`>=|=<|<=|>|<|=`)

// holds evaluates a guard: "(a) and (b)", "not (a)", "(a), (b)" and "(a) or (b)".
func (c *compiler) holds(guard string, f *frame, o origin, isDefault bool) bool {
	for _, either := range append(splitTop(guard, ','), []string{}...) {
		if c.alternative(either, f, o, isDefault) {
			return true
		}
	}
	return false
}

func (c *compiler) alternative(text string, f *frame, o origin, isDefault bool) bool {
	for _, either := range splitWord(text, "or") {
		all := true
		for _, one := range splitWord(either, "and") {
			all = all && c.condition(one, f, o, isDefault)
		}
		if all {
			return true
		}
	}
	return false
}

func (c *compiler) condition(text string, f *frame, o origin, isDefault bool) bool {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "not"); ok && rest != "" && strings.IndexByte(" (", rest[0]) >= 0 {
		return !c.condition(rest, f, o, isDefault)
	}
	if text == "default()" {
		return isDefault
	}
	if strings.HasPrefix(text, "(") && closes(text) {
		return c.holds(text[1:len(text)-1], f, o, isDefault)
	}
	for _, m := range comparison.FindAllStringIndex(text, -1) {
		if depthAt(text, m[0]) == 0 {
			return compare(c.evaluate(text[:m[0]], f, o), text[m[0]:m[1]], c.evaluate(text[m[1]:], f, o))
		}
	}
	return c.evaluate(text, f, o).css() == "true"
}

// closes says whether the bracket that opens the text closes at its end.
func closes(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'':
			i = endOfString(text, i)
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i == len(text)-1
			}
		}
	}
	return false
}

func depthAt(text string, at int) int {
	depth := 0
	for i := 0; i < at; i++ {
		switch text[i] {
		case '"', '\'':
			i = endOfString(text, i)
			if i >= at {
				return 1
			}
		case '(':
			depth++
		case ')':
			depth--
		}
	}
	return depth
}

// splitWord cuts at a word outside brackets.
func splitWord(text, at string) []string {
	var parts []string
	from := 0
	for i := 0; i+len(at) <= len(text); i++ {
		boundary := (i == 0 || strings.IndexByte(" )", text[i-1]) >= 0) && (i+len(at) == len(text) || strings.IndexByte(" (", text[i+len(at)]) >= 0)
		if boundary && text[i:i+len(at)] == at && depthAt(text, i) == 0 {
			parts = append(parts, text[from:i])
			from = i + len(at)
		}
	}
	return append(parts, text[from:])
}

func compare(a value, how string, b value) bool {
	x, okX := a.(number)
	y, okY := b.(number)
	if !okX || !okY {
		return how == "=" && a.text() == b.text()
	}
	switch how {
	case "=":
		return x.n == y.n
	case ">":
		return x.n > y.n
	case "<":
		return x.n < y.n
	case ">=":
		return x.n >= y.n
	}
	return x.n <= y.n
}
