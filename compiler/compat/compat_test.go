package compat_test

import (
	"context"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"souk/browser/headless"
	"souk/compiler/compat"
	"souk/compiler/pack"
)

var update = flag.Bool("update", false, "write docs/compatibility.md")

// typings is the official description of my, fetched by cmd/selftest.
const typings = "../../.cache/npm/node_modules/@mini-types/my/types/lib.my.d.ts"

var (
	namespace = regexp.MustCompile(`^declare namespace my(?:\.(\w+))? \{`)
	function  = regexp.MustCompile(`^  export function (\w+)`)
)

// typedNames are the functions that the typings declare, each once.
func typedNames(t *testing.T) []string {
	text, err := os.ReadFile(typings)
	if err != nil {
		t.Fatalf("%v: go run ./cmd/selftest fetches it with npm (Debian package: npm)", err)
	}
	var names []string
	group, seen := "", map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		if m := namespace.FindStringSubmatch(line); m != nil {
			group = m[1]
		}
		m := function.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		name := m[1]
		if group != "" {
			name = group + "." + name
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

func TestEveryTypedFunctionIsInTheTable(t *testing.T) {
	names := typedNames(t)
	if len(names) < 293 {
		t.Errorf("only %d names were found in the typings", len(names))
	}
	for _, name := range names {
		if _, ok := compat.Find(compat.API, name); !ok {
			t.Errorf("my.%s is in the typings but not in my.txt", name)
		}
	}
}

func TestEveryEntryStandsOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range compat.All() {
		key := string(e.Kind) + " " + e.Name
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
	}
}

func TestWhatIsMissingOrPartialSaysWhy(t *testing.T) {
	for _, e := range compat.All() {
		if e.Status != compat.Supported && len(e.Note) < 10 {
			t.Errorf("%s %s is %s and does not say why", e.Kind, e.Name, e.Status)
		}
	}
}

func TestWhatIsNotWhollyThereSaysWhy(t *testing.T) {
	for _, e := range compat.All() {
		if e.Status != compat.Supported && len(strings.Fields(e.Note)) < 2 {
			t.Errorf("%s %s is %s, and all that is said of it is %q", e.Kind, e.Name, e.Status, e.Note)
		}
	}
}

// TestTheTableSaysWhatTheRuntimeDoes asks the runtime itself, in a program that has no table to ask.
func TestTheTableSaysWhatTheRuntimeDoes(t *testing.T) {
	var names []string
	for _, e := range compat.All() {
		if e.Kind == compat.API {
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
		"app.js":   {Data: []byte(`App({}); console.log(JSON.stringify(` + string(list) + `.filter(function (n) { return my.canIUse(n); })));`)},
	}, pack.Options{})
	if bag.Errors() > 0 {
		t.Fatal(bag.Sorted())
	}
	session, err := headless.Open(headless.Input{Bundle: program.JSON(), Script: program.Script})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var usable []string
	if err := json.Unmarshal([]byte(session.Console()[0].Text), &usable); err != nil {
		t.Fatal(err)
	}
	works := map[string]bool{}
	for _, name := range usable {
		works[name] = true
	}
	for _, e := range compat.All() {
		if e.Kind != compat.API {
			continue
		}
		if works[e.Name] != (e.Status != compat.Missing) {
			t.Errorf("my.txt says that my.%s is %s, the runtime's my.canIUse says %v", e.Name, e.Status, works[e.Name])
		}
	}
}

// TestWhatIsSupportedIsNamedInTheElements: an attribute or event that nothing in the browser's sources names cannot work.
func TestWhatIsSupportedIsNamedInTheElements(t *testing.T) {
	var text strings.Builder
	for _, folder := range []string{"../../browser/elements", "../../browser/frame"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			text.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	words := map[string]bool{}
	for _, w := range regexp.MustCompile(`[\w-]+`).FindAllString(strings.ToLower(text.String()), -1) {
		words[w] = true
	}
	for _, e := range compat.All() {
		tag, member, _ := strings.Cut(e.Name, ".")
		if tag == "*" || e.Status != compat.Supported || e.Kind != compat.Attribute && e.Kind != compat.Event {
			continue
		}
		kebab := strings.ToLower(member)
		if !words[kebab] && !words[strings.ReplaceAll(kebab, "-", "")] && !words[tag+"-"+kebab] {
			t.Errorf("components.txt says that <%s %s> is supported, but nothing in browser/elements or browser/frame names it", tag, member)
		}
	}
}

func TestTheDocumentIsCurrent(t *testing.T) {
	const file = "../../docs/compatibility.md"
	programs, err := os.ReadFile("../../conformance/programs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	want := compat.Document(typedNames(t), string(programs))
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil || string(have) != want {
		t.Errorf("docs/compatibility.md is not what the table says: go test ./compiler/compat -update (%v)", err)
	}
}

func TestAttributesOfEveryComponentAreFoundUnderItsName(t *testing.T) {
	for _, name := range []string{"view.class", "view.data-id", "button.open-type"} {
		if e, ok := compat.Find(compat.Attribute, name); !ok || e.Status != compat.Supported || e.Name != name {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if _, ok := compat.Find(compat.Attribute, "nonsense.class"); ok {
		t.Error("a component that is not there has attributes")
	}
	if usable := compat.CanIUse(); !usable["button.onGetAuthorize"] || usable["lottie"] || !usable["tradePay"] {
		t.Error("canIUse does not say what the table says")
	}
}
