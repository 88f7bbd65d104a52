// Package suite runs a program's tests without a browser: it opens every page by itself and runs the files
// tests/*.test.js, which open pages, tap, type, wait and look at the tree. The program runs in package headless; a test
// file runs in an engine of its own, so that neither sees the other's globals. What my.* answers is scripted by the test,
// read from souk.mock.json, or a patient person's.
//
// It never speaks to a network, and it writes nothing: snapshots to be written are in the Report. Start reading at Run;
// file.go runs a test file, tools.go is what a test can do, answers.go is what the program hears, report.go the output.
package suite

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"sort"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"souk/browser/headless"
	"souk/browser/mock"
	"souk/browser/stack"
)

// Limits of a run.
const (
	maxFiles    = 500
	maxTests    = 2000 // in one file
	maxPages    = 1000
	pageSettles = 3000 // virtual ms that a page is left alone after it was opened
	testTime    = 30 * time.Second
	shownLines  = 20 // of the console, of a failed test
)

// Input is a compiled program and the folder that it was compiled from.
type Input struct {
	Bundle    []byte
	Script    []byte
	SourceMap []byte
	Packages  map[string]headless.Package
	Files     fs.FS  // for tests, snapshots, souk.mock.json and the files that it names
	Only      string // run only what has this in its name or its file
	Update    bool   // take what is there as the new snapshots
}

// Report is what a run found.
type Report struct {
	Results   []Result          `json:"results"`
	Passed    int               `json:"passed"`
	Failed    int               `json:"failed"`
	Skipped   int               `json:"skipped"`
	Snapshots map[string][]byte `json:"-"` // files to be written (with Update); nil content: to be removed
	Updated   int               `json:"snapshotsUpdated"`
}

// Result is one page opened or one test run.
type Result struct {
	Kind    string   `json:"kind"` // "page" or "test"
	File    string   `json:"file"` // of the test, or the page
	Name    string   `json:"name"`
	Millis  int64    `json:"ms"`
	Skipped string   `json:"skipped,omitempty"` // why
	Faults  []Fault  `json:"faults,omitempty"`
	Console []string `json:"console,omitempty"` // the last lines, where something failed
}

// Fault is one thing that is wrong, with the calls that led there, innermost first.
type Fault struct {
	Message string        `json:"message"`
	Frames  []stack.Frame `json:"frames,omitempty"`
	Page    string        `json:"page,omitempty"`
}

// run is one Run under way.
type run struct {
	in     Input
	places *stack.Reader
	table  mock.Table
	pages  []string
	report Report
}

// Run opens every page and runs every test file. The error is about the folder or the engine, never about the program.
func Run(ctx context.Context, in Input) (Report, error) {
	r := &run{in: in, report: Report{Results: []Result{}, Snapshots: map[string][]byte{}}}
	var err error
	if r.places, err = stack.New(in.SourceMap); err != nil {
		return Report{}, err
	}
	if r.table, err = mock.Read(in.Files); err != nil {
		return Report{}, err
	}
	if r.pages, err = pagesOf(in.Bundle); err != nil {
		return Report{}, err
	}
	files, err := testFiles(in.Files)
	if err != nil {
		return Report{}, err
	}
	r.openPages(ctx)
	for _, file := range files {
		if ctx.Err() != nil {
			break
		}
		if err := r.runFile(file); err != nil {
			return Report{}, err
		}
	}
	return r.report, ctx.Err()
}

// openPages opens them side by side, each in an engine of its own, and reports them in their order.
func (r *run) openPages(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	results := make([]*Result, len(r.pages))
	for i, page := range r.pages {
		if !r.wanted(page) {
			continue
		}
		group.Go(func() error {
			if ctx.Err() == nil {
				result := r.openPage(page)
				results[i] = &result
			}
			return nil
		})
	}
	group.Wait() // the pages' errors are in the results
	for _, result := range results {
		if result != nil {
			r.add(*result)
		}
	}
}

func (r *run) wanted(names ...string) bool {
	return r.in.Only == "" || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, r.in.Only) })
}

func (r *run) add(result Result) {
	switch {
	case result.Skipped != "":
		r.report.Skipped++
	case len(result.Faults) > 0:
		r.report.Failed++
	default:
		r.report.Passed++
		result.Console = nil
	}
	r.report.Results = append(r.report.Results, result)
}

func pagesOf(bundle []byte) ([]string, error) {
	var b struct {
		Pages map[string]json.RawMessage `json:"pages"`
	}
	if err := json.Unmarshal(bundle, &b); err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	var pages []string
	for p := range b.Pages {
		pages = append(pages, p)
	}
	sort.Strings(pages)
	if len(pages) > maxPages {
		return nil, fmt.Errorf("the program has %d pages; at most %d are tested", len(pages), maxPages)
	}
	return pages, nil
}

// testFolder holds a program's tests; it never reaches the bundle.
const testFolder = "tests"

// testFiles lists tests/**/*.test.js and .test.ts.
func testFiles(fsys fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(fsys, testFolder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if name == testFolder {
				return fs.SkipAll // no tests of its own
			}
			return err
		}
		if d.IsDir() && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if !d.IsDir() && (strings.HasSuffix(name, ".test.js") || strings.HasSuffix(name, ".test.ts")) {
			files = append(files, path.Clean(name))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for test files: %w", err)
	}
	if len(files) > maxFiles {
		return nil, fmt.Errorf("%s holds %d test files; at most %d are run", testFolder, len(files), maxFiles)
	}
	return files, nil
}

// openPage opens a page by itself, lets time pass and reports what was thrown.
func (r *run) openPage(page string) Result {
	start := time.Now()
	how := r.table.Pages[page]
	result := Result{Kind: "page", File: page, Name: "opens " + page, Skipped: how.Skip}
	if how.Skip != "" {
		return result
	}
	s, err := headless.Open(headless.Input{Bundle: r.in.Bundle, Script: r.in.Script, Packages: r.in.Packages, Path: page, Query: how.Query, Shell: r.answers(nil)})
	if err == nil {
		err = s.Settle(pageSettles)
	}
	if err != nil {
		result.Faults = append(result.Faults, Fault{Message: err.Error(), Page: page})
	}
	if s != nil {
		result.Faults = append(result.Faults, r.faults(s)...)
		if len(result.Faults) == 0 && s.Tree() == "" {
			result.Faults = append(result.Faults, Fault{Message: "the page stays empty", Page: page})
		}
		result.Console = lines(s.Console())
		s.Close()
	}
	result.Millis = time.Since(start).Milliseconds()
	return result
}

// faults are the program's uncaught errors since the last look.
func (r *run) faults(s *headless.Session) []Fault {
	var out []Fault
	for _, p := range s.Problems() {
		out = append(out, Fault{Message: "uncaught " + p.Message, Frames: r.places.Frames(p.Stack), Page: p.Page})
	}
	return out
}

func lines(console []headless.Line) []string {
	var out []string
	for _, l := range console[max(0, len(console)-shownLines):] {
		out = append(out, l.Level+": "+l.Text)
	}
	return out
}
