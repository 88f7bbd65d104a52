package compat_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/evanw/esbuild/pkg/api"
	"modernc.org/quickjs"

	"souk/browser/headless"
	"souk/compiler/compat"
	"souk/compiler/pack"
)

// shellTable are the names that the shell's table answers, from the table itself.
func shellTable(t *testing.T) []string {
	t.Helper()
	built := api.Build(api.BuildOptions{
		EntryPoints: []string{"../../browser/shell/my/table.ts"}, Bundle: true, Format: api.FormatIIFE, GlobalName: "table", Target: api.ES2020,
	})
	if len(built.Errors) > 0 {
		t.Fatal(built.Errors[0].Text)
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	names, err := vm.Eval(string(built.OutputFiles[0].Contents)+"\nJSON.stringify(Object.keys(table.handlers))", quickjs.EvalGlobal)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal([]byte(names.(string)), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// leaving are the supported functions of my that call the shell, found by calling each.
func leaving(t *testing.T) map[string]string {
	t.Helper()
	var names []string
	for _, e := range compat.All() {
		if e.Kind == compat.API && e.Status != compat.Missing {
			names = append(names, e.Name)
		}
	}
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	program, bag := pack.Compile(context.Background(), fstest.MapFS{
		"app.json": {Data: []byte(`{"pages": ["p"]}`)},
		"p.axml":   {Data: []byte(`<view/>`)},
		"p.js": {Data: []byte(`Page({ onLoad() { ` + string(list) + `.forEach(function (name) {
			const f = name.split('.').reduce(function (of, member) { return of && of[member]; }, my);
			if (typeof f !== 'function' || /^(exitMiniProgram|navigate|redirectTo|switchTab|reLaunch)/.test(name)) return;
			console.log(name); try { f(name === 'call' ? 'alert' : { url: 'https://x.test', key: 'k', success: function () {}, fail: function () {} }); } catch (e) {} }); } });`)},
	}, pack.Options{})
	if bag.Errors() > 0 {
		t.Fatal(bag.Sorted())
	}
	apis := map[string]string{}
	var session *headless.Session
	if session, err = headless.Open(headless.Input{Bundle: program.JSON(), Script: program.Script, Shell: func(name string, _ json.RawMessage) (any, error) {
		apis[name] = name
		return nil, headless.ErrNoAnswer
	}}); err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	return apis
}

// TestTheShellAnswersWhateverASupportedFunctionAsksOfIt: a function that only forwards to nobody is not supported.
func TestTheShellAnswersWhateverASupportedFunctionAsksOfIt(t *testing.T) {
	table, asked := shellTable(t), leaving(t)
	if len(asked) < 60 {
		t.Errorf("only %d functions called the shell", len(asked))
	}
	for name := range asked {
		if !slices.Contains(table, name) {
			t.Errorf("my.%s is supported in my.txt and asks the shell, whose table does not know it", name)
		}
	}
	for _, name := range table {
		if name != "shareResult" && asked[name] == "" {
			if e, ok := compat.Find(compat.API, name); !ok || e.Status != compat.Missing {
				continue
			}
			t.Errorf("the shell answers my.%s, which my.txt calls missing", name)
		}
	}
}
