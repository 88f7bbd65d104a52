package headless

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"souk/conformance/random"
)

// TestAnUpdatedTreeEqualsAFreshOne makes random templates and changes data at random: after every change the tree that
// was brought up to date must be the one that a new page with the same data shows.
func TestAnUpdatedTreeEqualsAFreshOne(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	templates := 20
	if testing.Short() {
		templates = 5
	}
	t.Logf("seed %d", seed)
	for n := range templates {
		differential(t, seed+uint64(n))
	}
}

func FuzzAnUpdatedTreeEqualsAFreshOne(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(20261122))
	f.Fuzz(func(t *testing.T, seed uint64) { differential(t, seed) })
}

func differential(t *testing.T, seed uint64) {
	t.Helper()
	g := random.New(seed)
	program := fstest.MapFS{}
	for name, text := range g.Files {
		program[name] = &fstest.MapFile{Data: []byte(text)}
	}
	bundle, script := compile(t, program)
	s, err := Open(Input{Bundle: bundle, Script: script})
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, g.Template)
	}
	defer s.Close()
	var done []any
	for range 12 {
		ops := g.Changes()
		done = append(done, ops)
		updated, fresh := bothTrees(t, s, ops)
		if problems := s.Problems(); len(problems) > 0 {
			t.Fatalf("seed %d: %s\n%s\n%s", seed, problems[0].Message, problems[0].Stack, g.Template)
		}
		if updated != fresh {
			t.Fatalf("seed %d: after %s\n%s--- template\n%s", seed, mustJSON(done), difference(updated, fresh), g.Template)
		}
	}
}

// difference shows the first place where two trees part, with the lines before it.
func difference(updated, fresh string) string {
	a, b := strings.Split(updated, "\n"), strings.Split(fresh, "\n")
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	show := func(lines []string) string {
		return strings.Join(lines[max(0, min(at, len(lines))-8):min(len(lines), at+5)], "\n") + "\n"
	}
	return "--- updated\n" + show(a) + "--- fresh\n" + show(b)
}

func bothTrees(t *testing.T, s *Session, ops []any) (updated, fresh string) {
	t.Helper()
	do := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	do(s.Fire("#run", "input", map[string]any{"value": mustJSON(ops)}))
	updated = s.Tree()
	do(s.Tap("#open"))
	fresh = s.Tree()
	do(s.Event("back", nil))
	return updated, fresh
}
