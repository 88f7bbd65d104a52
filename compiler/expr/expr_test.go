package expr

import (
	"fmt"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// names resolves row to the item of a loop one scope up, i to its index, m to an
// SJS module, and anything else to data.
func names(id string) Name {
	switch id {
	case "row":
		return Name{JS: "s.u.i", Path: Path{Up: 1}}
	case "i":
		return Name{JS: "s.u.x", Path: Path{Up: 1, Keys: []string{"#"}}}
	case "m":
		return Name{JS: "m", Module: true}
	}
	return Name{JS: "d." + id, Path: Path{Up: -1, Keys: []string{id}}}
}

// translations are expressions, their JavaScript and what they read; no JavaScript
// means that it is refused.
var translations = []struct{ src, js, reads string }{
	{"a", "d.a", `[["a"]]`},
	{"a.b.c", "d.a?.b?.c", `[["a","b","c"]]`},
	{"a?.b", "d.a?.b", `[["a","b"]]`},
	{"a[0].b", "d.a?.[0]?.b", `[["a","0","b"]]`},
	{"a['b-c']", `d.a?.["b-c"]`, `[["a","b-c"]]`},
	{"a[b].c", "d.a?.[d.b]?.c", `[["b"],["a"]]`},
	{"a[b.c].d[e]", "d.a?.[d.b?.c]?.d?.[d.e]", `[["b","c"],["e"],["a"]]`},
	{"a.length", "d.a?.length", `[["a"]]`},
	{"a.b.length.x", "d.a?.b?.length?.x", `[["a","b"]]`},
	{"a.b.toFixed(2)", "d.a?.b?.toFixed?.(2)", `[["a","b"]]`},
	{"a.b(c)", "d.a?.b?.(d.c)", `[["a"],["c"]]`},
	{"f(a)", "d.f?.(d.a)", `[["f"],["a"]]`},
	{"a[k](b)", "d.a?.[d.k]?.(d.b)", `[["a"],["k"],["b"]]`},
	{"row", "s.u.i", `[[1]]`},
	{"row.x", "s.u.i?.x", `[[1,"x"]]`},
	{"row.x + i", "s.u.i?.x+s.u.x", `[[1,"x"],[1,"#"]]`},
	{"row + i", "s.u.i+s.u.x", `[[1],[1,"#"]]`},
	{"m.f(a.b)", "m.f?.(d.a?.b)", `[["a","b"]]`},
	{"m.table[a]", "m.table?.[d.a]", `[["a"]]`},
	{"a + a.b", "d.a+d.a?.b", `[["a"]]`},
	{"a.b + a", "d.a?.b+d.a", `[["a"]]`},
	{"a ? b : c", "d.a?d.b:d.c", `[["a"],["b"],["c"]]`},
	{"(a ? b : c).d", "(d.a?d.b:d.c)?.d", `[["a"],["b"],["c"]]`},
	{"(a, b)", "", ""},
	{"(a || b).c", "(d.a||d.b)?.c", `[["a"],["b"]]`},
	{"(a + b) * c", "(d.a+d.b)*d.c", `[["a"],["b"],["c"]]`},
	{"a - (b - c)", "d.a-(d.b-d.c)", `[["a"],["b"],["c"]]`},
	{"a - -1", "d.a- -1", `[["a"]]`},
	{"a - -b", "d.a- -d.b", `[["a"],["b"]]`},
	{"- -a", "-(-d.a)", `[["a"]]`},
	{"!a == b", "!d.a==d.b", `[["a"],["b"]]`},
	{"!(a == b)", "!(d.a==d.b)", `[["a"],["b"]]`},
	{"a ** b ** c", "d.a**d.b**d.c", `[["a"],["b"],["c"]]`},
	{"(-a) ** 2", "(-d.a)**2", `[["a"]]`},
	{"(a ?? b) || c", "(d.a??d.b)||d.c", `[["a"],["b"],["c"]]`},
	{"a < !b", "d.a< !d.b", `[["a"],["b"]]`},
	{"'k' in a", `"k" in Object(d.a)`, `[["a"]]`},
	{"typeof a.b", "typeof d.a?.b", `[["a","b"]]`},
	{"{a, b: c.d, 'e-f': 1, ...g, [h]: 2}", `{a:d.a,b:d.c?.d,"e-f":1,...d.g,[d.h]:2}`, `[["a"],["c","d"],["g"],["h"]]`},
	{"{__proto__: a}", `{["__proto__"]:d.a}`, `[["a"]]`},
	{"[a, ...b, , 1]", "[d.a,...(d.b??[]),void 0,1]", `[["a"],["b"]]`},
	{"`a${b}c`", "`a${d.b}c`", `[["b"]]`},
	{"`a${1}\\`$`", `"a1` + "`" + `$"`, `[]`},
	{"1 + 2 * 3", "7", `[]`},
	{"'a' + 1", `"a1"`, `[]`},
	{"1 / 3", "0.3333333333333333", `[]`},
	{"1 / 0", "(1/0)", `[]`},
	{"0.1 + 0.2 + ''", `"0.30000000000000004"`, `[]`},
	{"1e21 + ''", `"1e+21"`, `[]`},
	{"1e-7 + ''", `"1e-7"`, `[]`},
	{"true && a", "d.a", `[["a"]]`},
	{"false && a", "false", `[]`},
	{"null ?? 'x'", `"x"`, `[]`},
	{"'' ? a : b", "d.b", `[["b"]]`},
	{"!0 === true", "true", `[]`},
	{"1.5.toFixed(1)", "(1.5)?.toFixed?.(1)", `[]`},
	{"'a\\u4f60\\n</script>\u2028'", `"a你\n<\/script>\u2028"`, `[]`},
	{"a.class.new", "d.a?.class?.new", `[["a","class","new"]]`},
	{"名字.值", "d.名字?.值", `[["名字","值"]]`},
	{"a?.5:1", "d.a?0.5:1", `[["a"]]`},
	{"0x10 + 0b11", "19", `[]`},
}

func TestExpressionsBecomeForgivingJavaScriptThatSaysWhatItReads(t *testing.T) {
	for _, row := range translations {
		n, err := Parse(row.src)
		if row.js == "" {
			if err == nil {
				t.Errorf("%s: parsed", row.src)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.src, err)
			continue
		}
		if got := string(Emit(nil, n, names)); got != row.js {
			t.Errorf("%s: JavaScript is %s, want %s", row.src, got, row.js)
		}
		if got := string(AppendPaths(nil, Reads(n, names))); got != row.reads {
			t.Errorf("%s: reads %s, want %s", row.src, got, row.reads)
		}
	}
}

func TestWhatIsNoExpressionIsRefusedAtItsPlaceWithAWayOut(t *testing.T) {
	for _, row := range []struct{ src, at, message, hint string }{
		{"a b", "b", "expected the end of the expression", "operator"},
		{"a = 1", "=", "found \"=\"", "=="},
		{"a += 1", "+=", "found", "setData"},
		{"x => x", "=>", "found", "arrow"},
		{"f(x => x)", "=>", "found", "arrow"},
		{"new Date()", "new", "new cannot stand", "script"},
		{"this.a", "this", "this cannot stand", "{{title}}"},
		{"a.", ".", "too early", ""},
		{"a..b", ".b", "a name after the dot", ""},
		{"'abc", "'abc", "no end", "close"},
		{"`a${b", "b", "expected \"}\"", ""},
		{"1a", "a", "name follows a number", ""},
		{"a ? b", "b", "expected \":\"", ""},
		{"[a", "a", "expected \",\"", ""},
		{"{a: }", "}", "a value", ""},
		{"a #", "#", "expected the end", ""},
		{"", "", "nothing between", "braces"},
		{"  ", "  ", "nothing between", "braces"},
		{"a`b`", "`b`", "tagged", "parentheses"},
		{"'\\u12'", "\\u12", "escape", ""},
	} {
		_, err := Parse(row.src)
		if err == nil {
			t.Errorf("%q: parsed", row.src)
			continue
		}
		if !strings.Contains(err.Message, row.message) || !strings.Contains(err.Hint, row.hint) {
			t.Errorf("%q: %q, hint %q", row.src, err.Message, err.Hint)
		}
		if !strings.HasPrefix(row.src[min(err.Pos, len(row.src)):], row.at) {
			t.Errorf("%q: points at %q, want %q", row.src, row.src[min(err.Pos, len(row.src)):], row.at)
		}
	}
}

func TestLongAndDeepExpressionsAreRefusedInWords(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("a+", MaxBytes) + "a",
		strings.Repeat("(", 5000) + "a" + strings.Repeat(")", 100),
		strings.Repeat("[", 5000), strings.Repeat("!", 5000) + "a", strings.Repeat("{a:", 2000),
		"a" + strings.Repeat(".b", 3000), "a" + strings.Repeat("[0]", 2000), strings.Repeat("a?", 2000),
	} {
		if _, err := Parse(src); err == nil || !strings.Contains(err.Message, "expression") && !strings.Contains(err.Message, "expected") {
			t.Errorf("%.20s…: %v", src, err)
		}
	}
}

func TestTemplateDataIsAnObjectFirst(t *testing.T) {
	for src, want := range map[string]string{
		"a":                "{a:d.a}",
		"a, b: 1":          "{a:d.a,b:1}",
		"...a, b":          "{...d.a,b:d.b}",
		"a.b":              "d.a?.b",
		" {a: 1} ":         "{a:1}",
		"'k': v":           "{k:d.v}",
		"a ? {x: 1} : b.c": "d.a?{x:1}:d.b?.c",
		"...a,":            "{...d.a}",
	} {
		n, err := ParseData(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := string(Emit(nil, n, names)); got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

func TestJoinedTextShowsNothingForWhatIsMissing(t *testing.T) {
	parse := func(src string) *Node {
		n, err := Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, row := range []struct {
		parts []string
		kids  []string
		want  string
	}{
		{[]string{"a ", " c"}, []string{"b"}, `"a "+(d.b??"")+" c"`},
		{[]string{"", ""}, []string{"b ? 'x' : 'y'"}, `(d.b?"x":"y")`},
		{[]string{"", "", ""}, []string{"a", "b"}, `""+(d.a??"")+(d.b??"")`},
		{[]string{"a", "b", "c"}, []string{"1 + 1", "null"}, `"a2bc"`},
		{[]string{"a", ""}, []string{"b + 1"}, `"a"+(d.b+1)`},
		{[]string{"a", ""}, []string{"b || 'x'"}, `"a"+(d.b||"x")`},
		{[]string{"a", ""}, []string{"b && 'x'"}, `"a"+((d.b&&"x")??"")`},
		{[]string{"a", ""}, []string{"b ? c : 1"}, `"a"+((d.b?d.c:1)??"")`},
		{[]string{"a", ""}, []string{"b | 1"}, `"a"+(d.b|1)`},
	} {
		var kids []*Node
		for _, src := range row.kids {
			kids = append(kids, parse(src))
		}
		if got := string(Emit(nil, Join(row.parts, kids), names)); got != row.want {
			t.Errorf("%q %q: %s, want %s", row.parts, row.kids, got, row.want)
		}
	}
}

// parses asks esbuild whether code is JavaScript.
func parses(code string) error {
	r := api.Transform(code, api.TransformOptions{LogLevel: api.LogLevelSilent})
	if len(r.Errors) > 0 {
		return fmt.Errorf("%s", r.Errors[0].Text)
	}
	return nil
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a", "a.b[c] + `x${y}`", "{a, ...b}", "'\\u{1F600}\\x41'", "a ?. b ?. [c](d)", "-1 ** 2 - -a", "a<!b", "(a??b)||c", "typeof void 0", "[,,a]", "1.e3", "\"\\\n\"", "a?.5:b", "{'__proto__':a}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, read := range []func(string) (*Node, *Error){Parse, ParseObject, ParseData} {
			n, err := read(src)
			if err != nil {
				if err.Pos < 0 || err.Pos > len(src) || err.End <= err.Pos || err.Message == "" {
					t.Fatalf("%q: error %+v", src, err)
				}
				continue
			}
			Reads(n, names)
			code := "x=(" + string(Emit(nil, n, names)) + ")"
			if err := parses(code); err != nil {
				t.Fatalf("%q becomes %s: %v", src, code, err)
			}
			text := "x=" + string(Emit(nil, Join([]string{"a", "b"}, []*Node{n}), names))
			if err := parses(text); err != nil {
				t.Fatalf("%q becomes %s: %v", src, text, err)
			}
		}
	})
}
