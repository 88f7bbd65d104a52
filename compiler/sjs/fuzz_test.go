package sjs

import (
	"strings"
	"testing"

	"souk/compiler/diag"
)

// FuzzCompile looks for a panic or an endless loop. Whatever comes out is one function expression.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"", "export default { a: 1 }", "import b from './b.sjs'; export const c = b.constructor", "module.exports = getDate()", "`${x", "function (", "eval('1')", "x['constructor']", "/[/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		var bag diag.Bag
		code, _ := Compile("a.sjs", []byte(src), func(_, ref string) (string, bool) { return ref, strings.HasSuffix(ref, ".sjs") }, &bag)
		if !strings.HasPrefix(code, "function($e,$r){") || !strings.HasSuffix(code, "}") {
			t.Errorf("no function: %q", code)
		}
	})
}
