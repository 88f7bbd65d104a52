package headless

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"souk/compiler/diag"
	"souk/compiler/pack"
)

// compile makes a program; app.json and app.js may be left out, then every page is listed.
func compile(t testing.TB, program fstest.MapFS) (bundle, script []byte) {
	t.Helper()
	complete(program)
	p, bag := pack.Compile(context.Background(), program, pack.Options{Dev: true})
	for _, d := range bag.Sorted() {
		if d.Severity == diag.Error {
			t.Fatalf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
		}
	}
	bundle, err := json.Marshal(p.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	return bundle, p.Script
}

func complete(program fstest.MapFS) {
	if program["app.json"] == nil {
		var pages []string
		for name := range program {
			if strings.HasPrefix(name, "pages/") && strings.HasSuffix(name, ".axml") {
				pages = append(pages, strings.TrimSuffix(name, ".axml"))
			}
		}
		text, _ := json.Marshal(map[string]any{"pages": pages}) // strings always marshal
		program["app.json"] = &fstest.MapFile{Data: text}
	}
	if program["app.js"] == nil {
		program["app.js"] = &fstest.MapFile{Data: []byte("App({})")}
	}
}
