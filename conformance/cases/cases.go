// Package cases runs the promise as files: each conformance/ROOM/*.txtar holds the input of one construct and what must come of it. With
// -update what came is written into the files. It never judges a result beyond comparing its text. Start reading at Each.
package cases

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what came into the txtar files of conformance")

// Case is the input of one file.
type Case struct {
	Comment string // what stands before the first file
	Files   map[string][]byte
}

// Each runs all cases of a room of conformance, from a package two folders below the root. results names the files that say what must come,
// in the order in which -update writes them; run answers their texts, where "" is a file that is not there.
func Each(t *testing.T, room string, results []string, run func(t *testing.T, c Case) map[string]string) {
	t.Helper()
	for _, file := range files(t, room) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { play(t, file, results, run) })
	}
}

// Seed hands every file of a room's cases to a fuzzer.
func Seed(t testing.TB, room string, add func(name string, text []byte)) {
	t.Helper()
	for _, file := range files(t, room) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range archive.Files {
			add(part.Name, part.Data)
		}
	}
}

func files(t testing.TB, room string) []string {
	t.Helper()
	found, err := filepath.Glob("../../conformance/" + room + "/*.txtar")
	if err != nil || len(found) == 0 {
		t.Fatalf("no cases in conformance/%s: %v", room, err)
	}
	return found
}

func play(t *testing.T, file string, results []string, run func(t *testing.T, c Case) map[string]string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, want := Case{Comment: string(archive.Comment), Files: map[string][]byte{}}, map[string]string{}
	var kept []txtar.File
	for _, f := range archive.Files {
		if slices.Contains(results, f.Name) {
			want[f.Name] = string(f.Data)
			continue
		}
		c.Files[f.Name] = f.Data
		kept = append(kept, f)
	}
	got := run(t, c)
	for _, name := range results {
		if *update && got[name] != "" {
			kept = append(kept, txtar.File{Name: name, Data: []byte(got[name])})
		}
		if !*update && got[name] != want[name] {
			t.Errorf("%s is\n%s\nwant\n%s", name, got[name], want[name])
		}
	}
	if *update {
		archive.Files = kept
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
