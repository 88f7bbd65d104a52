// Package runtime_test plays one small program a construct of the framework, twice: on the engine inside Go (package
// headless) and in Chromium, on the real frame and worker. What the program says and what the page shows after each step
// must be what the case says, and the same in both.
//
// It never starts a server of ours and never draws the shell. A case is a txtar file: a line that says what it shows, the
// program's files (app.json and app.js may be left out), "steps" with a command a line, and "want":
//
//	tree · ops · calls · stack          print
//	tap SELECTOR · fire SELECTOR EVENT [JSON] · gesture WHAT [JSON] · event NAME [JSON] · settle MS
//
// -update writes what happened in package headless into the cases. Start reading at TestEachProgram….
package runtime_test

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

	"souk/browser/headless"
	"souk/compiler/diag"
	"souk/compiler/pack"
)

var update = flag.Bool("update", false, "write what happened into the cases")

// kase is one case, compiled.
type kase struct {
	name, file string
	archive    *txtar.Archive
	steps      []string
	want       string
	in         headless.Input
	frame      map[string]any // the frame's half of the bundle
}

// stage is where a program runs.
type stage interface {
	// step runs a command and answers what it prints, with the console lines and problems that followed.
	step(command string) string
}

func TestEachProgramBehavesAsItsCaseSays(t *testing.T) {
	for _, c := range readCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			said := inGo(t, c)
			got := c.transcript(said)
			if *update {
				c.write(t, got)
				return
			}
			if got != c.want {
				t.Errorf("%s\n%s", c.file, parting(got, c.want))
			}
		})
	}
}

func readCases(t *testing.T) []kase {
	t.Helper()
	files, err := filepath.Glob("*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	cases := make([]kase, len(files))
	for i, file := range files {
		cases[i] = readCase(t, file)
	}
	return cases
}

func readCase(t *testing.T, file string) kase {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := kase{name: strings.TrimSuffix(file, ".txtar"), file: file, archive: a}
	program := fstest.MapFS{}
	for _, f := range a.Files {
		switch f.Name {
		case "steps":
			c.steps = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		case "want":
			c.want = string(f.Data)
		default:
			program[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	compile(t, &c, program)
	return c
}

// compile fills in both halves of a case's program.
func compile(t *testing.T, c *kase, program fstest.MapFS) {
	t.Helper()
	complete(program)
	p, bag := pack.Compile(context.Background(), program, pack.Options{Dev: true})
	for _, d := range bag.Sorted() {
		if d.Severity == diag.Error {
			t.Fatalf("%s: %s:%d:%d: %s", c.file, d.File, d.Line, d.Column, d.Message)
		}
	}
	b := p.Bundle
	bundle, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	c.in = headless.Input{Bundle: bundle, Script: p.Script, Ops: true, Packages: map[string]headless.Package{}}
	for _, sub := range p.Packages {
		c.in.Packages[sub.Root] = headless.Package{Script: sub.Script, Frame: sub.Frame}
	}
	c.frame = map[string]any{"views": b.Views, "styles": b.Styles, "fonts": b.Fonts, "pages": b.Pages, "app": b.App}
}

// complete adds an app.json that lists every page, and an app.js, where they are left out.
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

// transcript joins what was said before the first step and after each.
func (c kase) transcript(said []string) string {
	var b strings.Builder
	b.WriteString(said[0])
	for i, command := range c.steps {
		b.WriteString("> " + command + "\n" + said[i+1])
	}
	return b.String()
}

func (c kase) write(t *testing.T, got string) {
	t.Helper()
	var files []txtar.File
	for _, f := range c.archive.Files {
		if f.Name != "want" {
			files = append(files, f)
		}
	}
	a := &txtar.Archive{Comment: c.archive.Comment, Files: append(files, txtar.File{Name: "want", Data: []byte(got)})}
	if err := os.WriteFile(c.file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// parting shows the first lines where two texts part, with some before.
func parting(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	show := func(lines []string) string {
		return strings.Join(lines[max(0, min(at, len(lines))-6):min(len(lines), at+8)], "\n") + "\n"
	}
	return "--- got\n" + show(a) + "--- want\n" + show(b)
}

// ---- on the engine inside Go ------------------------------------------------------------------------------------------

type engine struct{ *headless.Session }

func inGo(t *testing.T, c kase) []string {
	t.Helper()
	s, err := headless.Open(c.in)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e := engine{s}
	said := []string{e.told()}
	for _, command := range c.steps {
		said = append(said, e.step(command))
	}
	return said
}

func (e engine) step(command string) string {
	printed, err := e.run(command)
	if err != nil {
		printed += fmt.Sprintf("! %v\n", err)
	}
	return printed + e.told()
}

func (e engine) told() string {
	var b strings.Builder
	for _, l := range e.Console() {
		fmt.Fprintf(&b, "%s: %s\n", l.Level, l.Text)
	}
	for _, p := range e.Problems() {
		fmt.Fprintf(&b, "problem: %s\n", p.Message)
	}
	return b.String()
}

func (e engine) run(command string) (string, error) {
	verb, rest, _ := strings.Cut(command, " ")
	words := strings.SplitN(rest, " ", 3)
	switch verb {
	case "tree", "ops", "calls", "stack":
		return e.show(verb), nil
	case "tap":
		return "", e.Tap(rest)
	case "fire":
		selector, event, data := fireWords(rest)
		return "", e.Fire(selector, event, data)
	case "gesture":
		return "", e.Gesture(words[0], value(strings.TrimPrefix(rest, words[0])))
	case "event":
		return "", e.Event(words[0], value(strings.TrimPrefix(rest, words[0])))
	case "settle":
		ms, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			return "", err
		}
		return "", e.Settle(ms)
	}
	return "", fmt.Errorf("unknown command %q", verb)
}

func (e engine) show(what string) string {
	var b strings.Builder
	switch what {
	case "tree":
		return e.Tree()
	case "ops":
		for _, f := range e.Flushes() {
			b.WriteString(f + "\n")
		}
	case "calls":
		for _, c := range e.Calls() {
			fmt.Fprintf(&b, "%s %s\n", c.API, c.Opts)
		}
	case "stack":
		for _, entry := range e.Stack() {
			query, _ := json.Marshal(entry.Query) // strings always marshal
			fmt.Fprintf(&b, "%s %s\n", entry.Path, query)
		}
	}
	return b.String()
}

// fireWords reads "SELECTOR EVENT [JSON]".
func fireWords(rest string) (selector, event string, data any) {
	words := strings.SplitN(rest, " ", 3)
	if len(words) > 2 {
		data = value(words[2])
	}
	return words[0], words[1], data
}

// value reads JSON; what is none is a text, and nothing is nil.
func value(text string) any {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	var v any
	if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&v); err != nil {
		return text
	}
	return v
}
