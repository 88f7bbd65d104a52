package less

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// frame is a scope: the rules of a block, the variables bound in it, the scope outside.
type frame struct {
	up    *frame
	rules []rule
	vars  map[string]binding
	busy  map[string]bool // variables under evaluation: one that needs itself is an error
	// closures are mixins and variables that a called mixin brought in, with the scope they came from.
	brought []*frame
}

// binding is a variable with a value (a mixin's argument) or with rules.
type binding struct {
	value value
	rules []rule
	scope *frame
}

// target is where declarations go.
type target struct {
	around    []string
	selectors []string // of the parent rule, joined
	body      *[]string
	important bool
}

// expand replaces imports of Less files by their rules, before anything is evaluated: variables are known everywhere.
func (c *compiler) expand(rules []rule, depth int) []rule {
	var out []rule
	for _, r := range rules {
		if r.kind != importing {
			out = append(out, r)
			continue
		}
		out = append(out, c.load(r, depth)...)
	}
	return out
}

var importForm = regexp.MustCompile(`^(?:\(([\w\s,]*)\)\s*)?(?:url\(\s*)?["']?([^"')]+)["']?\s*\)?\s*(.*)$`)

// load gives the rules of an import, or the statement itself when it is for CSS.
func (c *compiler) load(r rule, depth int) []rule {
	m := importForm.FindStringSubmatch(r.text)
	if m == nil {
		c.fail(r.origin, "@import names no file")
		return nil
	}
	options, ref, media := m[1], strings.TrimSpace(m[2]), m[3]
	plain := strings.Contains(options, "css") || strings.Contains(ref, "//") || strings.HasSuffix(ref, ".css") || strings.HasSuffix(ref, ".acss")
	if strings.Contains(ref, "//") {
		return []rule{{kind: statement, name: "@import", text: r.text, origin: r.origin}}
	}
	name, ok := c.in.Resolve(r.file.name, ref)
	if !ok {
		if !strings.Contains(options, "optional") {
			c.fail(r.origin, "the style sheet %q is not there", ref)
		}
		return nil
	}
	if (plain || path.Ext(name) != ".less") && !strings.Contains(options, "less") {
		return []rule{{kind: statement, name: "@import", text: `"/` + name + `" ` + media, origin: r.origin}}
	}
	if c.imported[name] && !strings.Contains(options, "multiple") || depth >= maxDepth {
		return nil
	}
	c.imported[name] = true
	src, ok := c.in.Read(name)
	if !ok {
		c.fail(r.origin, "the style sheet %q cannot be read", ref)
		return nil
	}
	rules := c.expand(c.parse(name, src), depth+1)
	for i := range rules {
		rules[i].reference = rules[i].reference || strings.Contains(options, "reference")
	}
	if media != "" {
		return []rule{{kind: atRule, name: "@media", text: media, body: rules, origin: r.origin}}
	}
	return rules
}

// rules evaluates a block's rules into t.
func (c *compiler) rules(list []rule, f *frame, t target) {
	f.rules = append(f.rules, list...)
	for _, r := range list {
		c.step(r.origin)
		c.rule(r, f, t)
	}
}

func (c *compiler) rule(r rule, f *frame, t target) {
	switch r.kind {
	case declaration:
		c.declare(r, f, t)
	case ruleset:
		if !r.reference && (r.guard == "" || c.holds(r.guard, f, r.origin, false)) {
			c.deeper(r.origin, func() { c.ruleset(r, f, t) })
		}
	case atRule:
		c.deeper(r.origin, func() { c.atRule(r, f, t) })
	case call:
		c.deeper(r.origin, func() { c.callMixin(r, f, t) })
	case detachedCall:
		b, ok := c.detached(r.name, f)
		if !ok {
			c.fail(r.origin, "@%s is no rule set", r.name)
			return
		}
		c.deeper(r.origin, func() { c.rules(b.rules, &frame{up: b.scope}, t) })
	case eachCall:
		c.deeper(r.origin, func() { c.each(r, f, t) })
	case statement:
		c.put(block{around: t.around, statement: strings.TrimSpace(r.name + " " + c.interpolate(r.text, f, r.origin))})
	case importing:
		for _, inner := range c.load(r, 0) { // an import inside a block
			c.rule(inner, f, t)
		}
	}
}

// declare adds a declaration.
func (c *compiler) declare(r rule, f *frame, t target) {
	name := c.interpolate(r.name, f, r.origin)
	if t.body == nil {
		c.fail(r.origin, "%s stands outside any rule", name)
		return
	}
	var text string
	if strings.HasPrefix(name, "--") && strings.Contains(r.text, "{") {
		text = c.prelude(r.text, f, r.origin)
	} else {
		value, important := cutImportant(r.text)
		text = c.evaluate(value, f, r.origin).css()
		if important || t.important {
			text += " !important"
		}
	}
	if r.guard != "" && c.merge(name, text, r.guard, t) {
		return
	}
	if text != "" {
		*t.body = append(*t.body, name+": "+text)
	}
}

func cutImportant(text string) (string, bool) {
	if m := importantWord.FindStringIndex(text); m != nil {
		return text[:m[0]], true
	}
	return text, false
}

// merge joins "name+: a" and "name+: b" with a comma, "+_" with a space.
func (c *compiler) merge(name, text, how string, t target) bool {
	joint := ", "
	if how == "+_" {
		joint = " "
	}
	for i, d := range *t.body {
		if strings.HasPrefix(d, name+": ") {
			(*t.body)[i] = d + joint + text
			return true
		}
	}
	return false
}

// ruleset evaluates a rule with selectors.
func (c *compiler) ruleset(r rule, f *frame, t target) {
	own := splitTop(c.interpolate(r.text, f, r.origin), ',')
	joined := join(t.selectors, own)
	if len(joined) > maxSelectors {
		c.fail(r.origin, "more than %d selectors", maxSelectors)
		panic(stop{})
	}
	c.inside(r, f, t.around, joined, strings.Join(joined, ", "), t.important)
}

// inside evaluates a rule's block. All its declarations come before what is nested in it, wherever they stand.
func (c *compiler) inside(r rule, f *frame, around, selectors []string, written string, important bool) {
	var body []string
	place := len(c.blocks)
	c.put(block{around: around, selector: written})
	c.rules(r.body, &frame{up: f}, target{around: around, selectors: selectors, body: &body, important: important})
	for _, d := range body {
		c.size += len(d)
	}
	c.blocks[place].body = withoutRepeats(body)
}

// join puts a rule's selectors below its parents': & is the parent, else a space stands between.
func join(parents, own []string) []string {
	var out []string
	for _, s := range own {
		s = strings.Join(strings.Fields(s), " ")
		switch {
		case s == "":
		case len(parents) == 0:
			out = append(out, strings.TrimSpace(strings.ReplaceAll(s, "&", "")))
		default:
			for _, parent := range parents {
				if strings.Contains(s, "&") {
					out = append(out, strings.ReplaceAll(s, "&", parent))
				} else {
					out = append(out, parent+" "+s)
				}
			}
		}
	}
	return out
}

// atRule evaluates a rule that begins with @ and has a block.
func (c *compiler) atRule(r rule, f *frame, t target) {
	prelude := strings.TrimSpace(r.name + " " + c.prelude(r.text, f, r.origin))
	around := append(slices.Clone(t.around), prelude)
	switch {
	case strings.HasSuffix(r.name, "keyframes"):
		c.rules(r.body, &frame{up: f}, target{around: around, important: t.important})
	case r.name == "@font-face" || r.name == "@page" || r.name == "@property":
		c.inside(rule{body: r.body, origin: r.origin}, f, around, nil, "", false)
	default: // @media, @supports, @layer, @container: they move out around the selectors
		c.inside(rule{body: r.body, origin: r.origin}, f, around, t.selectors, strings.Join(t.selectors, ", "), t.important)
	}
}

var variableUse = regexp.MustCompile(`@@?[\w-]+`)

// prelude puts variables into text that is no value: the condition of an at-rule, a custom property.
func (c *compiler) prelude(text string, f *frame, o origin) string {
	text = c.interpolate(text, f, o)
	return variableUse.ReplaceAllStringFunc(text, func(name string) string {
		return c.evaluate(name, f, o).text()
	})
}

var interpolation = regexp.MustCompile(`@\{([\w-]+)\}`)

// interpolate replaces @{name} by the variable's text.
func (c *compiler) interpolate(text string, f *frame, o origin) string {
	if !strings.Contains(text, "@{") {
		return text
	}
	return interpolation.ReplaceAllStringFunc(text, func(use string) string {
		return c.lookup(use[2:len(use)-1], f, o).text()
	})
}

// variable finds the rule that sets a variable: the last one of the nearest scope that has any.
func find(name string, f *frame) (binding, *frame, bool) {
	for at := f; at != nil; at = at.up {
		if b, ok := at.vars[name]; ok {
			return b, at, true
		}
		for i := len(at.rules) - 1; i >= 0; i-- {
			if r := at.rules[i]; r.kind == variable && r.name == name {
				return binding{rules: []rule{r}, scope: at}, at, true
			}
		}
		for i := len(at.brought) - 1; i >= 0; i-- {
			if b, owner, ok := find1(name, at.brought[i]); ok {
				return b, owner, true
			}
		}
	}
	return binding{}, nil, false
}

// find1 looks in one scope only.
func find1(name string, f *frame) (binding, *frame, bool) {
	alone := *f
	alone.up = nil
	b, owner, ok := find(name, &alone)
	if owner == &alone {
		owner = f
		if b.scope == &alone {
			b.scope = f
		}
	}
	return b, owner, ok
}

// lookup is a variable's value, evaluated where it was set.
func (c *compiler) lookup(name string, f *frame, o origin) value {
	b, owner, ok := find(name, f)
	if !ok {
		c.fail(o, "the variable @%s is not set anywhere", name)
		return word("")
	}
	if b.value != nil {
		return b.value
	}
	r := b.rules[0]
	if r.body != nil {
		return rulesValue{binding{rules: r.body, scope: owner}}
	}
	if owner.busy[name] {
		c.fail(o, "the variable @%s needs itself", name)
		return word("")
	}
	if owner.busy == nil {
		owner.busy = map[string]bool{}
	}
	owner.busy[name] = true
	defer delete(owner.busy, name)
	text, important := cutImportant(r.text)
	v := c.evaluate(text, owner, r.origin)
	if important {
		return word(v.css() + " !important")
	}
	return v
}

// detached gives the rules that a variable holds.
func (c *compiler) detached(name string, f *frame) (binding, bool) {
	b, owner, ok := find(name, f)
	switch {
	case !ok:
		return binding{}, false
	case b.value != nil:
		rules, is := b.value.(rulesValue)
		return rules.binding, is
	case b.rules[0].body != nil:
		return binding{rules: b.rules[0].body, scope: owner}, true
	}
	v, is := c.evaluate(b.rules[0].text, owner, b.rules[0].origin).(rulesValue)
	return v.binding, is
}

// splitTop cuts at a separator outside brackets, strings and @{…}.
func splitTop(s string, at byte) []string {
	var parts []string
	from, depth := 0, 0
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '"' || ch == '\'':
			i = endOfString(s, i)
		case ch == '(' || ch == '[' || ch == '{':
			depth++
		case ch == ')' || ch == ']' || ch == '}':
			depth--
		case ch == at && depth == 0:
			parts = append(parts, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[from:]))
}
