// Package headless runs a compiled mini-program without a browser: the same worker script in a JavaScript engine inside
// Go, its operations applied to a small tree that can be printed, searched and tapped. Conformance tests and `souk test`
// use it.
//
// It never draws, measures or speaks to a network: what the shell would answer comes from Input.Shell, questions about
// layout are answered with zeros, and time is virtual: a timer of an hour costs nothing. A Session belongs to one
// goroutine. Start reading at Open.
//
// The engine is QuickJS (modernc.org/quickjs): all of ES2023, limits for time, memory and stack, and 1.8 times the speed
// of goja by its authors' figures for this platform.
package headless

import (
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"modernc.org/quickjs"

	"souk/browser"
)

// Limits of one session. A turn is one entry into JavaScript: an event, a timer, an answer.
const (
	turnTime     = 10 * time.Second
	memoryBytes  = 512 << 20
	maxMessages  = 100_000 // between worker, frame and shell in one Settle
	settleTimers = 10_000  // timers run in one Settle
	maxWaitMs    = 1e12    // of a timer; a longer one runs at once, as in browsers
)

// Input is a program and how it is opened.
type Input struct {
	Bundle []byte // bundle.json
	Script []byte // app.js
	Path   string // page to open; the program's first when empty
	Query  map[string]string
	Scene  string
	// Packages are the program's sub-packages by their roots, fetched as a program asks for them.
	Packages map[string]Package
	// Storage is what my.getStorage finds: key → JSON.
	Storage map[string]json.RawMessage
	// System is merged over the built-in answer of my.getSystemInfo.
	System   map[string]any
	Language string // "en" when empty
	// Shell answers my.* calls that leave the worker. nil, or ErrNoAnswer, means the built-in answers.
	Shell func(api string, opts json.RawMessage) (any, error)
	// Ops keeps the text of every flush for Session.Flushes.
	Ops bool
	// WorkerScript overrides the bundled worker, for tests of other builds.
	WorkerScript []byte
}

// Package is a sub-package: its script, and the frame's half as JSON (docs/runtime.md §1).
type Package struct{ Script, Frame []byte }

// Failure is what a my.* call fails with.
type Failure struct {
	Code    int    `json:"error"`
	Message string `json:"errorMessage"`
}

func (f *Failure) Error() string { return fmt.Sprintf("%d: %s", f.Code, f.Message) }

// ErrNoAnswer is returned by Input.Shell for a call that it leaves to the built-in answers.
var ErrNoAnswer = errors.New("no answer")

// Line is one line of the console.
type Line struct{ Level, Text string }

// Problem is an uncaught error of the program.
type Problem struct{ Message, Stack, Page string }

// Session is one running program.
type Session struct {
	in       Input
	vm       *quickjs.VM
	enter    map[string]quickjs.Value // the worker's entries: shell, frame, due
	tree     *tree
	outbox   []message
	timers   timerHeap
	now      int64 // virtual milliseconds
	nextTurn int64
	lines    []Line
	problems []Problem
	flushes  []string
	stack    []StackEntry
	calls    []Call
	exited   bool
	rejected bool // a Promise was rejected in this turn while nobody listened
	stored   map[string]json.RawMessage
}

// StackEntry is one page of the stack, as the shell is told.
type StackEntry struct {
	ID    int               `json:"id"`
	Path  string            `json:"path"`
	Query map[string]string `json:"query"`
}

// Call is one my.* call that left the worker.
type Call struct {
	API  string
	Opts json.RawMessage
}

type message struct{ to, text string }

// Open starts a program and lets it run until nothing is left to do at once (timers wait for Settle).
func Open(in Input) (*Session, error) {
	s := &Session{in: in, enter: map[string]quickjs.Value{}, stored: map[string]json.RawMessage{}}
	maps.Copy(s.stored, in.Storage)
	var b bundle
	if err := json.Unmarshal(in.Bundle, &b); err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	s.tree = newTree(b.Views)
	if err := s.startEngine(); err != nil {
		s.Close()
		return nil, err
	}
	boot := s.boot(b)
	boot["script"] = "" // runs here, compiled
	if err := s.loadProgram(); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.call("shell", mustJSON(boot)); err != nil {
		s.Close()
		return nil, err
	}
	return s, s.drain()
}

type bundle struct {
	App        json.RawMessage `json:"app"`
	Pages      json.RawMessage `json:"pages"`
	Components json.RawMessage `json:"components"`
	Views      []view          `json:"views"`
}

func (s *Session) startEngine() error {
	script := s.in.WorkerScript
	if script == nil {
		assets, err := browser.Build(true)
		if err != nil {
			return err
		}
		script = assets.HeadlessJS
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return fmt.Errorf("starting the JavaScript engine: %w", err)
	}
	s.vm = vm
	watchRejections(vm)
	vm.SetMemoryLimit(memoryBytes)
	if err := vm.SetEvalTimeout(turnTime); err != nil {
		return fmt.Errorf("limiting a turn's time: %w", err)
	}
	hosts := map[string]any{
		"__post":     func(to, text string) { s.outbox = append(s.outbox, message{to, text}) },
		"__timer":    s.addTimer,
		"__rejected": func() { s.rejected = true },
		"__print":    func(level, text string) { s.lines = append(s.lines, Line{level, text}) },
	}
	for name, f := range hosts {
		if err := vm.RegisterFunc(name, f, false); err != nil {
			return fmt.Errorf("starting the JavaScript engine: %w", err)
		}
	}
	return s.loadWorker(script)
}

const prelude = `globalThis.host = {post: __post, timer: __timer, print: __print, rejected: __rejected, evaluate: eval};
delete globalThis.__rejected; delete globalThis.__post; delete globalThis.__timer; delete globalThis.__print;`

func (s *Session) loadWorker(script []byte) error {
	for _, text := range []string{prelude, string(script)} {
		if err := evaluate(s.vm, workerName, text); err != nil {
			return fmt.Errorf("starting the worker: %w", err)
		}
	}
	for _, name := range []string{"shell", "frame", "due", "settled"} {
		v, err := s.vm.EvalValue("soukHeadless."+name, quickjs.EvalGlobal)
		if err != nil {
			return fmt.Errorf("starting the worker: %w", err)
		}
		s.enter[name] = v
	}
	v, err := s.vm.EvalValue("delete globalThis.soukHeadless", quickjs.EvalGlobal)
	if err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	v.Free()
	return nil
}

// loadProgram makes the worker ready for the program's script and runs it: all it does is to hand its body over.
func (s *Session) loadProgram() error {
	if err := s.call("shell", `{"k":"load","script":""}`); err != nil {
		return err
	}
	if err := evaluate(s.vm, programName, string(s.in.Script)); err != nil {
		return s.stopped(err)
	}
	return nil
}

// Close frees the engine.
func (s *Session) Close() {
	if s.vm == nil {
		return
	}
	for _, v := range s.enter {
		v.Free()
	}
	s.vm.Close()
	s.vm = nil
}

// call enters JavaScript for one turn, with its microtasks.
func (s *Session) call(entry string, arg any) error {
	if _, err := s.enter[entry].Call(quickjs.UndefinedValue, arg); err != nil {
		return s.stopped(err)
	}
	if _, err := s.vm.ExecutePendingJobs(); err != nil {
		return s.stopped(err)
	}
	if entry == "settled" || !s.rejected {
		return nil
	}
	s.rejected = false
	return s.call("settled", 0)
}

// stopped tells an error of the program, which is recorded, from the end of the session.
func (s *Session) stopped(err error) error {
	var e *quickjs.Error
	if errors.As(err, &e) && e.Message == "interrupted" {
		return fmt.Errorf("the program ran for more than %v without a break", turnTime)
	}
	p := Problem{Message: err.Error()}
	if e != nil {
		p.Stack = e.Stack
	}
	s.problems = append(s.problems, p)
	return nil
}

// drain hands messages on until none is left.
func (s *Session) drain() error {
	for n := 0; len(s.outbox) > 0; n++ {
		if n > maxMessages {
			return fmt.Errorf("the program sends messages without end (more than %d)", maxMessages)
		}
		m := s.outbox[0]
		s.outbox = s.outbox[1:]
		var err error
		if m.to == "frame" {
			err = s.frame(m.text)
		} else {
			err = s.shell(m.text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) frame(text string) error {
	if s.in.Ops {
		s.flushes = append(s.flushes, text)
	}
	seq, calls, err := s.tree.apply(text)
	if err != nil {
		return fmt.Errorf("applying %s: %w", clip(text, 300), err)
	}
	for _, c := range calls {
		if err := s.call("frame", mustJSON([]any{1, c.id, s.tree.answer(c)})); err != nil {
			return err
		}
	}
	return s.call("frame", mustJSON([]any{0, seq}))
}

// ---- time -----------------------------------------------------------------------------------------------------------

type timer struct {
	id  int
	at  int64
	seq int64
}

type timerHeap []timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(timer)) }
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	*h = old[:len(old)-1]
	return t
}

// addTimer is called by the worker; the engine hands over a whole number as int, any other as float64.
func (s *Session) addTimer(id int, wait any) {
	var ms float64
	switch w := wait.(type) {
	case int:
		ms = float64(w)
	case float64:
		ms = w
	}
	if !(ms >= 0 && ms <= maxWaitMs) {
		ms = 0
	}
	s.nextTurn++
	heap.Push(&s.timers, timer{id, s.now + int64(ms), s.nextTurn})
}

// Settle lets `forMs` virtual milliseconds pass: timers that fall due run in their order, each with its consequences.
func (s *Session) Settle(forMs int64) error {
	until := s.now + forMs
	if err := s.drain(); err != nil {
		return err
	}
	for n := 0; len(s.timers) > 0 && s.timers[0].at <= until; n++ {
		if n > settleTimers {
			return fmt.Errorf("more than %d timers in %d ms", settleTimers, forMs)
		}
		t := heap.Pop(&s.timers).(timer)
		s.now = max(s.now, t.at)
		if err := s.call("due", t.id); err != nil {
			return err
		}
		if err := s.drain(); err != nil {
			return err
		}
	}
	s.now = until
	return nil
}

// ---- what can be seen ---------------------------------------------------------------------------------------------------

// Console gives the lines since the last call.
func (s *Session) Console() []Line {
	out := s.lines
	s.lines = nil
	return out
}

// Problems gives the uncaught errors since the last call.
func (s *Session) Problems() []Problem {
	out := s.problems
	s.problems = nil
	return out
}

// Flushes gives the text of the flushes since the last call (only with Input.Ops).
func (s *Session) Flushes() []string {
	out := s.flushes
	s.flushes = nil
	return out
}

// Calls gives the my.* calls that left the worker since the last call.
func (s *Session) Calls() []Call {
	out := s.calls
	s.calls = nil
	return out
}

// Stack is the page stack, bottom first.
func (s *Session) Stack() []StackEntry { return s.stack }

// Exited says whether the program asked to be closed.
func (s *Session) Exited() bool { return s.exited }

// Tree prints the page in front: an element a line, indented by two spaces, attributes sorted, text as it stands.
func (s *Session) Tree() string { return s.tree.print() }

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("headless: a message of ours must marshal: %v", err))
	}
	return string(b)
}

func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}
