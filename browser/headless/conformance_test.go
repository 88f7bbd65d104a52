package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"souk/compiler/diag"
	"souk/compiler/pack"
)

var update = flag.Bool("update", false, "write what happened into the cases")

// TestEachProgramBehavesAsItsCaseSays runs conformance/runtime: a case is a small program, a file "steps" with a command
// a line, and a file "want" with what was seen: console lines, problems and what the commands print.
//
//	tree · ops · calls · stack          print
//	tap SELECTOR · fire SELECTOR EVENT [JSON] · gesture WHAT [JSON] · event NAME [JSON] · settle MS
func TestEachProgramBehavesAsItsCaseSays(t *testing.T) {
	cases, err := filepath.Glob("../../conformance/runtime/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runCase(t, file)
		})
	}
}

func runCase(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	program := fstest.MapFS{}
	var steps, want string
	for _, f := range a.Files {
		switch f.Name {
		case "steps":
			steps = string(f.Data)
		case "want":
			want = string(f.Data)
		default:
			program[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	got := transcript(t, program, steps)
	if *update {
		a.Files = append(withoutWant(a.Files), txtar.File{Name: "want", Data: []byte(got)})
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s\n--- got\n%s--- want\n%s", file, got, want)
	}
}

func withoutWant(files []txtar.File) []txtar.File {
	out := files[:0]
	for _, f := range files {
		if f.Name != "want" {
			out = append(out, f)
		}
	}
	return out
}

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

func transcript(t testing.TB, program fstest.MapFS, steps string) string {
	bundle, script := compile(t, program)
	s, err := Open(Input{Bundle: bundle, Script: script, Ops: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var out strings.Builder
	tell(&out, s)
	for _, line := range strings.Split(strings.TrimSpace(steps), "\n") {
		fmt.Fprintf(&out, "> %s\n", line)
		if err := step(&out, s, line); err != nil {
			fmt.Fprintf(&out, "! %v\n", err)
		}
		tell(&out, s)
	}
	return out.String()
}

func tell(out *strings.Builder, s *Session) {
	for _, l := range s.Console() {
		fmt.Fprintf(out, "%s: %s\n", l.Level, l.Text)
	}
	for _, p := range s.Problems() {
		fmt.Fprintf(out, "problem: %s\n", p.Message)
	}
}

func step(out *strings.Builder, s *Session, line string) error {
	command, rest, _ := strings.Cut(line, " ")
	switch command {
	case "tree":
		out.WriteString(s.Tree())
	case "ops":
		for _, f := range s.Flushes() {
			out.WriteString(f + "\n")
		}
	case "calls":
		for _, c := range s.Calls() {
			fmt.Fprintf(out, "%s %s\n", c.API, c.Opts)
		}
	case "stack":
		for _, e := range s.Stack() {
			query, _ := json.Marshal(e.Query) // strings always marshal
			fmt.Fprintf(out, "%s %s\n", e.Path, query)
		}
	case "tap":
		return s.Tap(rest)
	case "fire":
		words := strings.SplitN(rest, " ", 3)
		return s.Fire(words[0], words[1], detail(words, 2))
	case "gesture":
		words := strings.SplitN(rest, " ", 2)
		return s.Gesture(words[0], detail(words, 1))
	case "event":
		words := strings.SplitN(rest, " ", 2)
		return s.Event(words[0], detail(words, 1))
	case "settle":
		ms, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return err
		}
		return s.Settle(ms)
	default:
		return fmt.Errorf("unknown command %q", command)
	}
	return nil
}

func detail(words []string, at int) any {
	if len(words) <= at {
		return nil
	}
	var v any
	d := json.NewDecoder(bytes.NewReader([]byte(words[at])))
	if err := d.Decode(&v); err != nil {
		return words[at]
	}
	return v
}
