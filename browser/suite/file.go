package suite

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"
	"modernc.org/quickjs"

	"souk/browser/headless"
	"souk/browser/stack"
)

//go:embed harness.ts
var harnessSource string

var harness = sync.OnceValues(func() (string, error) {
	out := api.Transform(harnessSource, api.TransformOptions{Loader: api.LoaderTS, Target: api.ES2022, Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent})
	if len(out.Errors) > 0 {
		return "", fmt.Errorf("preparing the test tools: %s", out.Errors[0].Text)
	}
	return "(() => {" + strings.TrimSuffix(strings.TrimSpace(string(out.Code)), "export {};") + "\n})();", nil
})

// file is one test file being run.
type file struct {
	run    *run
	name   string
	vm     *quickjs.VM
	places *stack.Reader // of the test file itself
	snaps  *snapshots

	// of the test being run
	test     string
	session  *headless.Session
	storage  map[string]json.RawMessage // for the next open
	mocks    []mocked
	scripts  map[string][]script
	calls    []headless.Call
	printed  []string
	ended    bool
	faults   []Fault
	snapshot int
}

// script is a value, or the number of a function in the harness.
type script struct {
	Value json.RawMessage `json:"value"`
	Ask   *int            `json:"ask"`
}

type mocked struct {
	url    string
	method string
	script script
}

// runFile runs the tests of a file one after the other, each with a program of its own.
func (r *run) runFile(name string) error {
	f := &file{run: r, name: name}
	code, sourceMap, fault := bundle(r.in.Files, name)
	if fault != nil {
		r.add(Result{Kind: "test", File: name, Name: "(the file)", Faults: []Fault{*fault}})
		return nil
	}
	var err error
	if f.places, err = stack.New(sourceMap); err != nil {
		return err
	}
	if f.snaps, err = readSnapshots(r.in.Files, name); err != nil {
		return err
	}
	if err := f.start(); err != nil {
		return err
	}
	defer f.vm.Close()
	names, fault, err := f.load(code)
	if err != nil {
		return err
	}
	if fault != nil {
		r.add(Result{Kind: "test", File: name, Name: "(the file)", Faults: []Fault{*fault}})
		return nil
	}
	for i, test := range names {
		if r.wanted(name, test) {
			r.add(f.runTest(i, test))
		} else {
			f.snaps.keep(test)
		}
	}
	f.snaps.finish(r)
	return nil
}

func (f *file) start() error {
	code, err := harness()
	if err != nil {
		return err
	}
	if f.vm, err = quickjs.NewVM(); err != nil {
		return fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	f.vm.SetMemoryLimit(256 << 20)
	if err := f.vm.SetEvalTimeout(testTime); err != nil {
		return fmt.Errorf("limiting a test's time: %w", err)
	}
	if err := f.vm.RegisterFunc("__souk", f.tool, false); err != nil {
		return fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	_, err = f.vm.Eval(code+"\n0", quickjs.EvalGlobal)
	return err
}

// load evaluates the file, which registers its tests.
func (f *file) load(code string) (names []string, fault *Fault, err error) {
	told, err := f.vm.Call("__eval", code)
	if err != nil {
		return nil, &Fault{Message: stoppedBy(err)}, nil
	}
	if text, _ := told.(string); text != "" {
		var p thrown
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return nil, nil, fmt.Errorf("%s: reading what was thrown: %w", f.name, err)
		}
		return nil, &Fault{Message: p.Message, Frames: f.places.Frames(p.Stack)}, nil
	}
	list, err := f.vm.Call("__names")
	if err != nil {
		return nil, nil, fmt.Errorf("%s: listing the tests: %w", f.name, err)
	}
	text, _ := list.(string)
	if err := json.Unmarshal([]byte(text), &names); err != nil {
		return nil, nil, fmt.Errorf("%s: listing the tests: %w", f.name, err)
	}
	switch {
	case len(names) == 0:
		return nil, &Fault{Message: "there is no test in this file; a test is written test('name', async ({ open, tap, expect }) => { … })"}, nil
	case len(names) > maxTests:
		return nil, &Fault{Message: fmt.Sprintf("more than %d tests in one file", maxTests)}, nil
	}
	return names, nil, nil
}

type thrown struct{ Message, Stack string }

func (f *file) runTest(index int, name string) Result {
	start := time.Now()
	f.test, f.session, f.storage, f.mocks, f.scripts = name, nil, map[string]json.RawMessage{}, nil, map[string][]script{}
	f.calls, f.printed, f.ended, f.faults, f.snapshot = nil, nil, false, nil, 0
	_, err := f.vm.Call("__run", index)
	if err == nil {
		_, err = f.vm.ExecutePendingJobs()
	}
	switch {
	case err != nil:
		f.faults = append(f.faults, Fault{Message: stoppedBy(err)})
	case !f.ended:
		f.faults = append(f.faults, Fault{Message: "the test never ends: it awaits something that does not come (timers are not part of a test; use wait)"})
	}
	f.leave()
	if len(f.faults) > 0 {
		f.snaps.keep(name)
	}
	return Result{Kind: "test", File: f.name, Name: name, Millis: time.Since(start).Milliseconds(), Faults: f.faults,
		Console: f.printed[max(0, len(f.printed)-shownLines):]}
}

// leave closes the program; what it threw is a fault of the test.
func (f *file) leave() {
	if f.session == nil {
		return
	}
	f.look()
	f.session.Close()
	f.session = nil
}

// look takes over what the program printed, called and threw.
func (f *file) look() {
	for _, l := range f.session.Console() {
		f.printed = append(f.printed, l.Level+": "+l.Text)
	}
	f.calls = append(f.calls, f.session.Calls()...)
	f.faults = append(f.faults, f.run.faults(f.session)...)
}

func stoppedBy(err error) string {
	var e *quickjs.Error
	if errors.As(err, &e) && e.Message == "interrupted" {
		return fmt.Sprintf("the test ran for more than %v", testTime)
	}
	return strings.TrimPrefix(err.Error(), "Error: ")
}
