// Package diag holds what the compiler has to say about a program: errors,
// warnings and hints, each with its place in a source file.
//
// It is the ground floor of the compiler: every phase writes into a Bag and no
// phase prints. It never reads files and never decides whether a build fails.
// Start reading at Diagnostic, then Bag; render.go draws one for a terminal.
package diag

import (
	"cmp"
	"slices"
	"sync"
)

// Severity says how bad a diagnostic is; a higher value is worse.
type Severity uint8

// The severities: a hint is advice, a warning is a likely mistake that still
// runs, an error is something whose meaning is lost.
const (
	Hint Severity = iota
	Warning
	Error
)

func (s Severity) String() string {
	return [...]string{"hint", "warning", "error"}[min(s, Error)]
}

// MarshalText writes the severity as a word, for the JSON form.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText wrote; an unknown word is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	switch string(text) {
	case "hint":
		*s = Hint
	case "warning":
		*s = Warning
	default:
		*s = Error
	}
	return nil
}

// Diagnostic is one remark. File is relative to the program's root with
// forward slashes. Line and Column count from 1, Column and Length in Unicode
// characters; Line 0 means the whole file. Hint says what to do, if we know.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	File     string   `json:"file"`
	Line     int      `json:"line,omitempty"`
	Column   int      `json:"column,omitempty"`
	Length   int      `json:"length,omitempty"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
}

// maxKept bounds a bag: a program that is wrong everywhere is told so once.
const maxKept = 1000

// Bag collects diagnostics. The zero Bag is ready and may be used by several
// goroutines at once. A nil *Bag swallows everything.
type Bag struct {
	mu      sync.Mutex
	kept    []Diagnostic
	seen    map[Diagnostic]struct{}
	dropped int
	errors  int
}

// Add keeps d unless the same diagnostic is already there (an imported file is
// read by each of its importers) or the bag is full.
func (b *Bag) Add(d Diagnostic) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, dup := b.seen[d]; dup {
		return
	}
	if d.Severity == Error {
		b.errors++
	}
	if len(b.kept) >= maxKept {
		b.dropped++
		return
	}
	if b.seen == nil {
		b.seen = map[Diagnostic]struct{}{}
	}
	b.seen[d] = struct{}{}
	b.kept = append(b.kept, d)
}

// Errors is the number of errors added, those not kept included.
func (b *Bag) Errors() int {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.errors
}

// Dropped is the number of diagnostics that did not fit.
func (b *Bag) Dropped() int {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropped
}

// Sorted gives a copy in the order of file, line, column, then worst first.
func (b *Bag) Sorted() []Diagnostic {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	out := slices.Clone(b.kept)
	b.mu.Unlock()
	slices.SortStableFunc(out, func(x, y Diagnostic) int {
		return cmp.Or(
			cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column),
			cmp.Compare(y.Severity, x.Severity), cmp.Compare(x.Code, y.Code), cmp.Compare(x.Message, y.Message),
		)
	})
	return out
}
