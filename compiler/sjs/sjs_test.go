package sjs

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/grafana/sobek"

	"souk/compiler/diag"
)

// program compiles modules by their paths and gives what an expression over
// their exports yields; `sjs(path)` is at hand, as the worker has it.
func program(t *testing.T, files map[string]string, expression string) (string, []diag.Diagnostic) {
	t.Helper()
	bag := &diag.Bag{}
	resolve := func(from, ref string) (string, bool) {
		p := path.Join(path.Dir(from), ref)
		_, ok := files[p]
		return p, ok
	}
	var b strings.Builder
	b.WriteString("var mods={},done={};function sjs(p){if(done[p])return done[p];var e=done[p]={};mods[p](e,sjs);return e}\n")
	for p, src := range files {
		code, _ := Compile(p, []byte(src), resolve, bag)
		b.WriteString("mods[" + `"` + p + `"]=` + code + ";\n")
	}
	if r := api.Transform(b.String(), api.TransformOptions{LogLevel: api.LogLevelSilent}); len(r.Errors) > 0 {
		t.Fatalf("esbuild refuses the output: %s\n%s", r.Errors[0].Text, b.String())
	}
	v, err := sobek.New().RunString(b.String() + "JSON.stringify(" + expression + ")")
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	return v.String(), bag.Sorted()
}

func TestModulesRunAsInAlipay(t *testing.T) {
	for _, row := range []struct {
		name, expression, want string
		files                  map[string]string
	}{
		{"default object", `sjs("a.sjs").default.f(2)`, `4`, map[string]string{"a.sjs": "const f = x => x * 2\nexport default { f }"}},
		{"named exports", `[sjs("a.sjs").n, sjs("a.sjs").f()]`, `[1,1]`, map[string]string{"a.sjs": "export const n = 1; export function f() { return n }"}},
		{"live binding", `(sjs("a.sjs").up(), sjs("a.sjs").n)`, `1`, map[string]string{"a.sjs": "export let n = 0; export function up() { n++ }"}},
		{"import", `sjs("a.sjs").default`, `"<x>1"`, map[string]string{
			"a.sjs":       "import wrap, { one as uno } from './lib/b.sjs'; export default wrap('x') + uno",
			"lib/b.sjs":   "export { one } from './c'; export default s => `<${s}>`",
			"lib/c.sjs":   "export const one = 1",
			"unused.sjs":  "",
			"lib/d/e.sjs": "import * as b from '../b.sjs'; export default b",
		}},
		{"circle", `sjs("a.sjs").even(10)`, `true`, map[string]string{
			"a.sjs": "import { odd } from './b.sjs'; export function even(n) { return n === 0 || odd(n - 1) }",
			"b.sjs": "import { even } from './a.sjs'; export function odd(n) { return n !== 0 && even(n - 1) }",
		}},
		{"constructor is a string", `sjs("a.sjs").default`, `["Array","String","Object","Number","Function","Date","RegExp","Boolean"]`, map[string]string{
			"a.sjs": "export default [[], 'a', {}, 1, () => 1, getDate(), getRegExp('a'), true].map(x => x.constructor)",
		}},
		{"constructor by index", `sjs("a.sjs").default`, `["Array",null]`, map[string]string{"a.sjs": "export default [[]['constructor'], (void 0)?.constructor === undefined ? null : 1]"}},
		{"dates and patterns", `sjs("a.sjs").default`, `[2020,true]`, map[string]string{"a.sjs": "export default [getDate(2020, 1, 1).getFullYear(), getRegExp('^a', 'i').test('Ab')]"}},
		{"no outside", `sjs("a.sjs").default`, `["undefined","undefined","undefined"]`, map[string]string{"a.sjs": "export default [typeof my, typeof globalThis, typeof setTimeout]"}},
		{"module.exports", `sjs("a.sjs").f()`, `3`, map[string]string{"a.sjs": "module.exports = { f: function () { return 3 } }"}},
		{"module.exports of a function", `sjs("a.sjs").default()`, `4`, map[string]string{"a.sjs": "module.exports = function () { return 4 }"}},
		{"local names like ours", `sjs("a.sjs").default`, `[1,2]`, map[string]string{"a.sjs": "const exports = 1, module = 2; export default [exports, module]"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, remarks := program(t, row.files, row.expression)
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			for _, d := range remarks {
				if d.Severity == diag.Error {
					t.Errorf("unexpected: %v", d)
				}
			}
		})
	}
}

func TestMistakesAreSaidWhereTheyAre(t *testing.T) {
	for _, row := range []struct {
		src          string
		severity     diag.Severity
		code         string
		line, column int
	}{
		{"export default {", diag.Error, "sjs-syntax", 1, 17},
		{"const a = 1\nimport b from './gone.sjs'\nexport default b", diag.Error, "sjs-import", 2, 16},
		{"export default () =>\n  my.alert()", diag.Warning, "sjs-global", 2, 3},
		{"export default Date.now()", diag.Hint, "sjs-global", 1, 16},
		{"import x from './page.js'\nexport default x", diag.Error, "sjs-import", 1, 16},
	} {
		bag := &diag.Bag{}
		Compile("a.sjs", []byte(row.src), func(_, ref string) (string, bool) { return "page.js", ref == "./page.js" }, bag)
		found := slices.ContainsFunc(bag.Sorted(), func(d diag.Diagnostic) bool {
			return d.Severity == row.severity && d.Code == row.code && d.Line == row.line && d.Column == row.column
		})
		if !found {
			t.Errorf("%q: want %s %s at %d:%d, got %+v", row.src, row.severity, row.code, row.line, row.column, bag.Sorted())
		}
	}
}
