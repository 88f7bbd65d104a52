package acss

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"souk/compiler/diag"
)

var update = flag.Bool("update", false, "write what the compiler gives into the txtar files")

// TestEachSheetBecomesItsCSS runs conformance/acss: a file in.acss (and what it imports) gives want.css, want.fonts
// and want.remarks. Lines "scope: x" and "host: x" before the first file set Input.Scope and Input.Host.
func TestEachSheetBecomesItsCSS(t *testing.T) {
	cases, err := filepath.Glob("../../conformance/acss/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { runCase(t, name) })
	}
}

func runCase(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var bag diag.Bag
	sheet := Compile(inputOf(archive), &bag)
	got := map[string]string{"want.css": pretty(sheet.CSS), "want.fonts": pretty(sheet.Fonts), "want.remarks": remarks(&bag)}
	want := map[string]string{}
	var kept []txtar.File
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "want.") {
			want[f.Name] = string(f.Data)
			continue
		}
		kept = append(kept, f)
	}
	for _, part := range []string{"want.css", "want.fonts", "want.remarks"} {
		if *update && got[part] != "" {
			kept = append(kept, txtar.File{Name: part, Data: []byte(got[part])})
		}
		if !*update && got[part] != want[part] {
			t.Errorf("%s is\n%s\nwant\n%s", part, got[part], want[part])
		}
	}
	if *update {
		archive.Files = kept
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func inputOf(archive *txtar.Archive) Input {
	files := map[string][]byte{}
	for _, f := range archive.Files {
		files[f.Name] = f.Data
	}
	in := Input{Path: "in.acss", Source: files["in.acss"]}
	for _, line := range strings.Split(string(archive.Comment), "\n") {
		if scope, ok := strings.CutPrefix(line, "scope: "); ok {
			in.Scope = scope
		}
		if host, ok := strings.CutPrefix(line, "host: "); ok {
			in.Host = host
		}
	}
	in.Read = func(name string) ([]byte, bool) { data, ok := files[name]; return data, ok }
	in.Resolve = func(from, ref string) (string, bool) {
		name := path.Join(path.Dir(from), ref)
		if strings.HasPrefix(ref, "/") {
			name = ref[1:]
		}
		_, ok := files[name]
		return name, ok
	}
	return in
}

// pretty puts a rule on a line of its own.
func pretty(css string) string {
	return strings.ReplaceAll(css, "}", "}\n")
}

func remarks(bag *diag.Bag) string {
	var out strings.Builder
	for _, d := range bag.Sorted() {
		fmt.Fprintf(&out, "%s:%d:%d %s %s\n", d.File, d.Line, d.Column, d.Severity, d.Message)
	}
	return out.String()
}

// FuzzCompile: whatever a sheet holds, the compiler ends, and its CSS never closes more braces than it opened.
func FuzzCompile(f *testing.F) {
	cases, _ := filepath.Glob("../../conformance/acss/*.txtar")
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		sheet := Compile(Input{Path: "in.acss", Source: src, Scope: "s-1",
			Read:    func(string) ([]byte, bool) { return src, true },
			Resolve: func(_, ref string) (string, bool) { return "other.acss", len(ref) < 10 }}, nil)
		depth := 0
		lexer := css.NewLexer(parse.NewInput(bytes.NewReader([]byte(sheet.CSS))))
		for {
			kind, _ := lexer.Next()
			if kind == css.ErrorToken {
				break
			}
			switch kind {
			case css.LeftBraceToken:
				depth++
			case css.RightBraceToken:
				depth--
			}
			if depth < 0 {
				t.Fatalf("a } too many in %q from %q", sheet.CSS, src)
			}
		}
	})
}
