package pack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/go-sourcemap/sourcemap"
	"modernc.org/quickjs"

	"souk/compiler/diag"
	"souk/compiler/script"
	"souk/conformance/cases"
)

// TestEachFolderBecomesItsBundle runs conformance/pack: the files of a program give "want": what the compiler said, what the
// bundle holds, and what the program's code logs when the app, then every component and page is evaluated.
func TestEachFolderBecomesItsBundle(t *testing.T) {
	cases.Each(t, "pack", []string{"want"}, func(t *testing.T, c cases.Case) map[string]string {
		fsys := fstest.MapFS{}
		for name, text := range c.Files {
			fsys[name] = &fstest.MapFile{Data: text}
		}
		program, bag := Compile(context.Background(), fsys, Options{Dev: true})
		return map[string]string{"want": describe(t, fsys, program, bag)}
	})
}

func describe(t *testing.T, fsys fstest.MapFS, p *Program, bag *diag.Bag) string {
	var out strings.Builder
	for _, d := range bag.Sorted() {
		out.WriteString(diag.Render(d, Source(fsys, d.File)))
	}
	if p == nil {
		return out.String()
	}
	line := func(title string, v any) {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s: %s\n", title, data)
	}
	line("app", p.Bundle.App)
	styles := func(list []int) (names []string) {
		for _, i := range list {
			names = append(names, p.Bundle.Styles[i].Path)
		}
		return names
	}
	for _, name := range sortedKeys(p.Bundle.Pages) {
		page := p.Bundle.Pages[name]
		line("page "+name, []any{page.Config, styles(page.Styles)})
	}
	for _, name := range sortedKeys(p.Bundle.Components) {
		line("component "+name, p.Bundle.Components[name].Config)
	}
	for _, s := range p.Bundle.Styles {
		fmt.Fprintf(&out, "style %s: %s\n", s.Path, s.CSS)
	}
	if len(p.Bundle.Assets) > 0 {
		line("assets", p.Bundle.Assets)
	}
	whole := string(p.Script)
	for _, sub := range p.Packages {
		fmt.Fprintf(&out, "package %s: %s\n", sub.Root, sub.Frame)
		whole += "\nlines.push(\"package " + sub.Root + "\");\n" + string(sub.Script)
	}
	for _, text := range evaluate(t, whole) {
		fmt.Fprintf(&out, "> %s\n", text)
	}
	return out.String()
}

func sortedKeys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// stub plays the worker: it keeps what app.js registers and evaluates every module in order.
const stub = `
var lines = [], modules = [], shown = function (v) { return typeof v === "string" ? v : JSON.stringify(v); };
var console = { log: function () { lines.push([].map.call(arguments, shown).join(" ")); } };
var globals = [], table = [];
var souk = {
  template: function (n, f) { if (typeof f !== "function") throw new Error("no template function"); },
  sjs: function (path) { lines.push("sjs " + path); },
  components: function (path, tags, stand) { lines.push("uses " + path + " " + JSON.stringify(tags) + (stand ? " until then " + JSON.stringify(stand) : "")); },
  module: function (name, f) { modules.push([name, f]); },
  table: function (files, load) { table = [files, load]; },
  run: function (f) {
    var register = function (kind) { return function (o) { lines.push("  " + kind + " " + Object.keys(o).join(",")); }; };
    var my = new Proxy({}, { get: function () { return function () { return {}; }; } });
    globals = [register("App"), register("Page"), register("Component"), function (o) { return o; }, my, function () { return { app: 1 }; },
      function () { return []; }, function () {}, { fake: true }];
    f.apply(null, globals);
    souk.evaluated();
  },
  extend: function (f) { f.apply(null, table.concat(globals)); souk.evaluated(); },
  evaluated: function () {
    modules.splice(0).forEach(function (m) {
      lines.push("module " + m[0]);
      try { m[1](); } catch (e) { lines.push("  threw " + e.message); }
    });
  },
};`

func evaluate(t *testing.T, code string) []string {
	vm, err := quickjs.NewVM()
	if err != nil {
		t.Fatal(err)
	}
	defer vm.Close()
	if _, err := vm.Eval(stub, quickjs.EvalGlobal); err != nil {
		t.Fatal(err)
	}
	if _, err := vm.Eval(code, quickjs.EvalGlobal); err != nil {
		t.Fatalf("app.js does not run: %v\n%s", err, code)
	}
	lines, err := vm.Eval(`lines.join("\n")`, quickjs.EvalGlobal)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(lines.(string), "\n")
}

// A program's code must not see the worker's own names: every one of them is a parameter that nobody passes.
func TestTheWorkersNamesAreUndefinedInAProgram(t *testing.T) {
	fsys := fstest.MapFS{
		"app.json":               {Data: []byte(`{"pages":["pages/index/index"]}`)},
		"app.js":                 {Data: []byte(`console.log([` + strings.Join(script.Params[9:], ",") + `].every(function (v) { return v === undefined }))`)},
		"pages/index/index.axml": {Data: []byte(`<view/>`)},
	}
	p, bag := Compile(context.Background(), fsys, Options{})
	if bag.Errors() > 0 {
		t.Fatal(bag.Sorted())
	}
	if lines := strings.Join(evaluate(t, string(p.Script)), "\n"); !strings.Contains(lines, "true") {
		t.Errorf("some name is defined: %s", lines)
	}
}

// An error in the running program names a place in app.js; the map leads from there to the file.
func TestTheSourceMapLeadsToTheLineInTheFile(t *testing.T) {
	fsys := fstest.MapFS{
		"app.json": {Data: []byte(`{"pages": ["p"]}`)},
		"app.js":   {Data: []byte("import { late } from './lib';\n// a comment\nApp({ late });\n")},
		"lib.js":   {Data: []byte("export function late() {\n\n\n  throw new Error('here');\n}\n")},
		"p.axml":   {Data: []byte(`<view/>`)},
	}
	p, bag := Compile(context.Background(), fsys, Options{Dev: true})
	noErrors(t, bag)
	at := strings.Index(string(p.Script), "throw new Error(\"here\")")
	line := strings.Count(string(p.Script[:at]), "\n") + 1
	column := at - strings.LastIndexByte(string(p.Script[:at]), '\n') - 1
	consumer, err := sourcemap.Parse("", p.SourceMap)
	if err != nil {
		t.Fatal(err)
	}
	source, _, l, c, ok := consumer.Source(line, column)
	if !ok || source != "lib.js" || l != 4 || c != 2 {
		t.Errorf("line %d column %d leads to %s:%d:%d (%v), want lib.js:4:2", line, column, source, l, c, ok)
	}
}

// What runs handlers and observers in SJS comes only with programs that have some.
func TestAProgramSaysWhetherEventsRunItsSjs(t *testing.T) {
	for markup, want := range map[string]string{
		`<view>{{m.f(1)}}</view>`:                                             "[]",
		`<view onTap="f" data-a="{{m.f(1)}}"/>`:                               "[]",
		`<view onTap="{{m.f}}"/>`:                                             "[sjs]",
		`<view><view a:if="{{a}}" catchTouchMove="{{a ? m.f : ''}}"/></view>`: "[sjs]",
		`<view data-n="{{a}}" change:data-n="{{m.f}}"/>`:                      "[sjs]",
	} {
		p, bag := Compile(context.Background(), fstest.MapFS{
			"app.json": {Data: []byte(`{"pages": ["p"]}`)},
			"p.axml":   {Data: []byte(`<import-sjs name="m" from="./m.sjs"/>` + markup)},
			"m.sjs":    {Data: []byte("export default { f: (x) => x };")},
		}, Options{})
		if p == nil {
			t.Fatalf("%s does not compile: %v", markup, bag.Sorted())
		}
		if got := fmt.Sprint(p.Bundle.Uses.Words); got != want {
			t.Errorf("%s: %s, want %s", markup, got, want)
		}
	}
}
