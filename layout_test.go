// Package souk_test holds the rules of the house: sizes, floors, names and whose tables a room may touch.
// It reads the tree as text and as Go syntax, and runs nothing. When a rule bites, fix the code.
package souk_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

const (
	maxFileLines     = 800
	maxFunctionLines = 70
	maxKitPackages   = 8
)

// stairs names, for each room of platform, the rooms below it that it may use, in Go and by foreign key.
// A room may also use what those rooms use.
var stairs = map[string][]string{
	"ledger":    nil,
	"identity":  nil,
	"merchant":  {"ledger"},
	"product":   {"merchant"},
	"wallet":    {"ledger", "identity"},
	"hold":      {"ledger", "merchant", "identity", "wallet"},
	"pay":       {"ledger", "hold", "merchant", "identity", "wallet"},
	"openapp":   {"merchant", "identity"},
	"agreement": {"merchant", "identity"},
	"cardpack":  {"merchant", "identity"},
	"notice":    {"merchant", "identity"},
	"merge":     {"pay"},
	"staff":     {"merchant"},
	"charter":   nil,
	"audit":     nil,
	"messenger": nil,
	"passkey":   {"identity"},
	"program":   {"merchant"},
	"demo":      {"product", "pay", "openapp", "program", "messenger", "passkey", "agreement", "merge", "cardpack", "notice"},
}

var bannedNames = map[string]bool{"util": true, "utils": true, "common": true, "helper": true, "helpers": true, "shared": true, "base": true, "misc": true}

type goFile struct {
	path string // slash-separated, from the root
	text string
	tree *ast.File
	pos  *token.FileSet
}

func (f goFile) dir() string  { return path.Dir(f.path) }
func (f goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// sources returns the files of the tree with one of the endings, without ignored and hidden folders.
func sources(t *testing.T, endings ...string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && p != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "data" || name == "testdata") {
			return filepath.SkipDir
		}
		for _, e := range endings {
			if !d.IsDir() && strings.HasSuffix(name, e) {
				out = append(out, filepath.ToSlash(p))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(out)
	return out
}

func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	for _, p := range sources(t, ".go") {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, p, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, goFile{p, string(text), tree, set})
	}
	return out
}

func TestFilesAreAtMost800Lines(t *testing.T) {
	for _, p := range sources(t, ".go", ".ts", ".css", ".js", ".axml", ".acss", ".html") {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "\n"); n > maxFileLines {
			t.Errorf("%s has %d lines; at most %d", p, n, maxFileLines)
		}
	}
}

// A longer function is allowed only as one long switch or table, and says so: a comment "// long: why" inside it.
func TestFunctionsAreAtMost70Lines(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, d := range f.tree.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			from, to := f.pos.Position(fn.Pos()), f.pos.Position(fn.End())
			if n := to.Line - from.Line + 1; n > maxFunctionLines && !strings.Contains(f.text[from.Offset:to.Offset], "// long: ") {
				t.Errorf("%s:%d: func %s has %d lines; at most %d", f.path, from.Line, fn.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented, seen := map[string]bool{}, map[string]string{}
	for _, f := range goFiles(t) {
		if f.isTest() && f.dir() != "." {
			continue
		}
		seen[f.dir()] = f.tree.Name.Name
		if f.tree.Doc != nil && len(f.tree.Doc.Text()) > 40 {
			documented[f.dir()] = true
		}
	}
	for dir, name := range seen {
		if !documented[dir] {
			t.Errorf("%s: package %s has no package comment: say what the room is for, what it never does, where to start reading", dir, name)
		}
		if bannedNames[name] || bannedNames[path.Base(dir)] {
			t.Errorf("%s: the name says nothing; name the thing", dir)
		}
	}
}

// floor returns the height of a package in the house: 0 kit, 1 compiler and browser, 2 platform, 3 gateway and console, 4 cmd and tests.
func floor(dir string) int {
	switch first, _, _ := strings.Cut(dir, "/"); first {
	case "kit":
		return 0
	case "compiler", "browser":
		return 1
	case "platform":
		return 2
	case "gateway", "console":
		return 3
	}
	return 4
}

func imports(f goFile) []string {
	var out []string
	for _, spec := range f.tree.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		if rest, ok := strings.CutPrefix(p, "souk/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

func TestImportsGoDownwards(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() {
			continue
		}
		from := f.dir()
		for _, to := range imports(f) {
			if floor(from) == 4 || strings.HasPrefix(to, "showcase") {
				continue
			}
			switch {
			case floor(to) > floor(from):
				t.Errorf("%s imports %s, which is above it", f.path, to)
			case floor(from) == 1 && strings.HasPrefix(from, "compiler") && strings.HasPrefix(to, "browser"):
				t.Errorf("%s imports %s: the compiler knows no browser", f.path, to)
			case floor(from) == 2 && floor(to) == 2 && !mayUse(room(from), room(to)):
				t.Errorf("%s imports %s: no stairs from %s to %s (see stairs in layout_test.go)", f.path, to, room(from), room(to))
			}
		}
	}
}

// room is the second part of a package path: platform/pay/x → pay.
func room(dir string) string {
	parts := strings.Split(dir, "/")
	if len(parts) < 2 {
		return dir
	}
	return parts[1]
}

func mayUse(from, to string) bool {
	if from == to {
		return true
	}
	for _, below := range stairs[from] {
		if below == to || mayUse(below, to) {
			return true
		}
	}
	return false
}

func TestEveryRoomOfPlatformHasItsStairsWritten(t *testing.T) {
	rooms, err := filepath.Glob("platform/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rooms {
		if _, ok := stairs[filepath.Base(r)]; !ok {
			t.Errorf("%s is not in stairs (layout_test.go): write there which rooms it may use", r)
		}
	}
}

func TestKitHasAtMostEightPackages(t *testing.T) {
	rooms, err := filepath.Glob("kit/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(rooms) > maxKitPackages {
		t.Errorf("kit has %d packages, at most %d: %v", len(rooms), maxKitPackages, rooms)
	}
}

var (
	tableName  = regexp.MustCompile(`(?:FROM|INTO|UPDATE|JOIN|REFERENCES|DELETE FROM|CREATE TABLE(?: IF NOT EXISTS)?)\s+([a-z][a-z0-9]*)_[a-z0-9_]+`)
	looksLikeQ = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b`)
)

// A room's Go code reads and writes its own tables only; what it needs of another room it asks of that room's verbs.
func TestARoomsQueriesNameOnlyItsOwnTables(t *testing.T) {
	for _, f := range goFiles(t) {
		if f.isTest() || floor(f.dir()) != 2 {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING || !looksLikeQ.MatchString(lit.Value) {
				return true
			}
			for _, owner := range tableOwners(lit.Value) {
				if _, isRoom := stairs[owner]; isRoom && owner != room(f.dir()) {
					t.Errorf("%s:%d: SQL of room %s names a table of %s", f.path, f.pos.Position(lit.Pos()).Line, room(f.dir()), owner)
				}
			}
			return true
		})
	}
}

// A foreign key is an import: it points at the room's own tables or down its stairs.
func TestForeignKeysGoDownTheStairs(t *testing.T) {
	for _, p := range sources(t, ".sql") {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, owner := range tableOwners(string(text)) {
			if _, isRoom := stairs[owner]; isRoom && floor(path.Dir(p)) == 2 && !mayUse(room(p), owner) {
				t.Errorf("%s names a table of %s: no stairs from %s", p, owner, room(p))
			}
		}
	}
}

func tableOwners(sql string) []string {
	var out []string
	for _, m := range tableName.FindAllStringSubmatch(sql, -1) {
		out = append(out, m[1])
	}
	return out
}

// Generated bundles, other people's packages and big files do not belong into the repository.
func TestNothingBigOrForeignIsInTheTree(t *testing.T) {
	const maxBytes = 1 << 20
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (p == ".git" || p == ".cache" || p == "data") {
			return filepath.SkipDir
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "vendor") {
			return fmt.Errorf("%s: other people's code is fetched at test time into .cache, never kept here", p)
		}
		if info, err := d.Info(); err == nil && !d.IsDir() && info.Size() > maxBytes {
			t.Errorf("%s has %d bytes; at most %d", p, info.Size(), maxBytes)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
