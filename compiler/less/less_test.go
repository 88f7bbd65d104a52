package less

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"souk/compiler/diag"
)

var update = flag.Bool("update", false, "write what the compiler gives into the txtar files")

// TestEachLessFileBecomesItsCSS runs conformance/less: in.less, and what it imports, gives want.css and want.remarks. The
// expected sheets were compared with those of the official compiler (4.x, math parens-division) when they were written.
func TestEachLessFileBecomesItsCSS(t *testing.T) {
	cases, err := filepath.Glob("../../conformance/less/*.txtar")
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
	files, want := map[string][]byte{}, map[string]string{}
	var kept []txtar.File
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "want.") {
			want[f.Name] = string(f.Data)
			continue
		}
		files[f.Name] = f.Data
		kept = append(kept, f)
	}
	var bag diag.Bag
	css := string(Compile(inputOf(files), &bag))
	var said strings.Builder
	for _, d := range bag.Sorted() {
		fmt.Fprintf(&said, "%s:%d:%d %s\n", d.File, d.Line, d.Column, d.Message)
	}
	got := map[string]string{"want.css": css, "want.remarks": said.String()}
	for _, part := range []string{"want.css", "want.remarks"} {
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

func inputOf(files map[string][]byte) Input {
	return Input{Path: "in.less", Source: files["in.less"],
		Read: func(name string) ([]byte, bool) { data, ok := files[name]; return data, ok },
		Resolve: func(from, ref string) (string, bool) {
			for _, ending := range []string{"", ".less"} {
				if name := path.Join(path.Dir(from), ref) + ending; files[name] != nil {
					return name, true
				}
			}
			return "", false
		}}
}

// FuzzCompile: whatever a file holds, the compiler ends without a panic.
func FuzzCompile(f *testing.F) {
	cases, _ := filepath.Glob("../../conformance/less/*.txtar")
	for _, name := range cases {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, src string) {
		Compile(inputOf(map[string][]byte{"in.less": []byte(src), "other.less": []byte(".x(@a) { y: @a }")}), nil)
	})
}
