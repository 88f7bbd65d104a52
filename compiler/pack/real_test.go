package pack

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"souk/compiler/diag"
)

// npmCache is where cmd/selftest puts other people's packages.
const npmCache = "../../.cache/npm"

// TestStandInProgramsCompile: the programs of conformance/programs have no error, and their code runs.
func TestStandInProgramsCompile(t *testing.T) {
	programs, err := filepath.Glob("../../conformance/programs/*/app.json")
	if err != nil || len(programs) < 3 {
		t.Fatalf("conformance/programs is missing: %v", err)
	}
	for _, app := range programs {
		dir := filepath.Dir(app)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			p, bag := CompileDir(context.Background(), dir, Options{})
			noErrors(t, bag)
			for _, line := range evaluate(t, string(p.Script)) {
				if strings.Contains(line, "threw") {
					t.Error(line)
				}
			}
		})
	}
}

// TestMiniAliUICompiles: every component of the npm package, each on a page of its own, has no error.
func TestMiniAliUICompiles(t *testing.T) {
	const home = "node_modules/mini-ali-ui/es"
	modules := os.DirFS(npmCache)
	if _, err := fs.Stat(modules, home); err != nil {
		t.Fatalf("%s/%s is not there: go run ./cmd/selftest fetches it with npm (Debian package: npm)", npmCache, home)
	}
	own := fstest.MapFS{"app.js": {Data: []byte("App({})")}}
	var pages []string
	err := fs.WalkDir(modules, home, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".axml" {
			return err
		}
		page := "pages/" + strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(name, home+"/"), ".axml"), "/", "-")
		pages = append(pages, page)
		ref := strings.TrimSuffix(strings.TrimPrefix(name, "node_modules/"), ".axml")
		own[page+".json"] = &fstest.MapFile{Data: []byte(`{"usingComponents": {"one": "` + ref + `"}}`)}
		own[page+".axml"] = &fstest.MapFile{Data: []byte(`<one/>`)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	app, err := json.Marshal(map[string]any{"pages": pages})
	if err != nil {
		t.Fatal(err)
	}
	own["app.json"] = &fstest.MapFile{Data: app}
	p, bag := Compile(context.Background(), withModules{own, modules}, Options{})
	noErrors(t, bag)
	if len(p.Bundle.Components) < 50 {
		t.Errorf("%d components are in the bundle; the package has more than 50", len(p.Bundle.Components))
	}
	for _, line := range evaluate(t, string(p.Script)) {
		if strings.Contains(line, "threw") {
			t.Error(line)
		}
	}
}

func noErrors(t *testing.T, bag *diag.Bag) {
	t.Helper()
	for _, d := range bag.Sorted() {
		if d.Severity == diag.Error {
			t.Error(diag.Render(d, nil))
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}
