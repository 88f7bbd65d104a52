package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/grafana/sobek"

	"souk/compiler/diag"
	"souk/compiler/sjs"
	"souk/conformance/cases"
)

// A case is the files of a program with index.axml in the middle, and what must
// come of it: view.json and code.js (the two halves), remarks, and with data.json
// the first paint, html. settings.json is Input's Components, Scope and KeepData,
// and slotProps for scoped slots.
func TestConformance(t *testing.T) {
	cases.Each(t, "axml", []string{"html", "remarks", "view.json", "code.js"}, func(t *testing.T, c cases.Case) map[string]string { return results(t, c.Files) })
}

type settings struct {
	Components map[string]string
	Scope      string
	KeepData   bool
	SlotProps  map[string]any
}

func results(t *testing.T, files map[string][]byte) map[string]string {
	var set settings
	if text, ok := files["settings.json"]; ok {
		if err := json.Unmarshal(text, &set); err != nil {
			t.Fatal(err)
		}
	}
	bag := &diag.Bag{}
	in := Input{
		Path: "index.axml", Source: files["index.axml"], Components: set.Components, Scope: set.Scope, KeepData: set.KeepData,
		Read: func(p string) ([]byte, bool) { src, ok := files[p]; return src, ok },
	}
	out := Compile(in, bag)
	got := map[string]string{"view.json": viewText(t, out.View), "code.js": prettyJS(t, out.Code), "remarks": remarks(bag, files)}
	if data, ok := files["data.json"]; ok {
		got["html"] = strings.ReplaceAll(firstPaint(t, files, out, data, set.SlotProps), "><", ">\n<") + "\n"
	}
	return got
}

func remarks(bag *diag.Bag, files map[string][]byte) string {
	var b strings.Builder
	for _, d := range bag.Sorted() {
		b.WriteString(diag.Render(d, files[d.File]))
	}
	return b.String()
}

func viewText(t *testing.T, v View) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), `{"n":`, "\n{\"n\":") + "\n"
}

// prettyJS formats the code with esbuild, which also proves that it parses.
func prettyJS(t *testing.T, code string) string {
	r := api.Transform("("+code+")", api.TransformOptions{LogLevel: api.LogLevelSilent, Charset: api.CharsetUTF8})
	if len(r.Errors) > 0 {
		t.Fatalf("esbuild refuses the output: %s\n%s", r.Errors[0].Text, code)
	}
	return string(r.Code)
}

// firstPaint runs the program in a JavaScript engine.
func firstPaint(t *testing.T, files map[string][]byte, out Output, data []byte, slotProps map[string]any) string {
	renderer, err := os.ReadFile("testdata/render.js")
	if err != nil {
		t.Fatal(err)
	}
	var js bytes.Buffer
	js.Write(renderer)
	js.WriteString("\nvar mods={},done={};function sjs(p){if(done[p])return done[p];var e=done[p]={};mods[p](e,sjs);return e}\n")
	for p, src := range files {
		if strings.HasSuffix(p, ".sjs") {
			code, _ := sjs.Compile(p, src, (&compiler{in: Input{Read: func(p string) ([]byte, bool) { src, ok := files[p]; return src, ok }}}).resolve, nil)
			fmt.Fprintf(&js, "mods[%q]=%s;\n", p, code)
		}
	}
	view, _ := json.Marshal(out.View)
	props, _ := json.Marshal(slotProps)
	fmt.Fprintf(&js, "render(%s,(%s)(sjs),%s,{slotProps:%s})", view, out.Code, data, props)
	v, err := sobek.New().RunString(js.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, out.Code)
	}
	return v.String()
}
