package acss

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"

	"souk/compiler/diag"
	"souk/conformance/cases"
)

// TestEachSheetBecomesItsCSS runs conformance/acss: a file in.acss (and what it imports) gives want.css, want.fonts
// and want.remarks. Lines "scope: x" and "host: x" before the first file set Input.Scope and Input.Host.
func TestEachSheetBecomesItsCSS(t *testing.T) {
	cases.Each(t, "acss", []string{"want.css", "want.fonts", "want.remarks"}, func(_ *testing.T, c cases.Case) map[string]string {
		var bag diag.Bag
		sheet := Compile(inputOf(c), &bag)
		return map[string]string{"want.css": pretty(sheet.CSS), "want.fonts": pretty(sheet.Fonts), "want.remarks": remarks(&bag)}
	})
}

func inputOf(c cases.Case) Input {
	files := c.Files
	in := Input{Path: "in.acss", Source: files["in.acss"]}
	for _, line := range strings.Split(c.Comment, "\n") {
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
	cases.Seed(f, "acss", func(_ string, text []byte) { f.Add(text) })
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
