package script

import (
	"testing"

	"souk/compiler/diag"
)

// FuzzCompile looks for a panic or an endless loop; what it gives for nonsense is an error, never a file.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{"", "App({})", "import a from './a'; module.exports = a", "require.async('x').then(y)", "export * from 'z'; await 1", "enum A { b }", "`${", "/*", "{\"a\": 1,}", "require(\"\\u0041\")"} {
		for _, name := range []string{"a.js", "a.ts", "a.json"} {
			f.Add(name, seed)
		}
	}
	f.Fuzz(func(t *testing.T, name, src string) {
		switch name {
		case "a.js", "a.ts", "a.json":
		default:
			return // no such file is compiled
		}
		var bag diag.Bag
		file, ok := Compile(name, []byte(src), Options{}, &bag)
		if ok != (bag.Errors() == 0) {
			t.Fatalf("ok is %v with %d errors", ok, bag.Errors())
		}
		if !ok {
			return
		}
		for _, i := range file.Imports {
			if i.From < 0 || i.To < i.From || i.To > len(src) {
				t.Errorf("import %q stands at %d–%d of %d", i.Ref, i.From, i.To, len(src))
			}
		}
		Write(Program{Files: []Linked{{File: file}}, Modules: []Module{{Name: "app", File: name}}})
	})
}
