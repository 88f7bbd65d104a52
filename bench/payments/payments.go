// Package payments measures how many durable payments Souk takes in a second, beside the raw limits of the same machine in
// the same run: fdatasync, RSA signatures, a handler that does nothing, a bare program that writes the same rows, and
// PostgreSQL used by the textbook. Only ratios of one run mean anything: machines, disks and neighbours differ.
//
// Forms take turns, a second each, round after round; a ratio is the median over the rounds, so that a neighbour's burst hits both
// of its sides or is voted down. Everything is made in files and schemas of its own and removed again; all books are verified
// at the end. It measures, and has no rule of its own. Start reading at Run, then form.go (a turn), rooms.go (what is
// measured), bare.go, textbook.go and limits.go (what it is measured against).
package payments

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
)

// Limits of a run.
const (
	MaxClients = 1024
	MaxSeconds = 60
)

// Parts are what may be measured alone, in this order.
var Parts = []string{"limits", "sqlite", "http", "open", "postgres"}

// ErrOptions refuses a run that cannot be.
var ErrOptions = fault.New(fault.Invalid, "BENCH_OPTIONS", "this cannot be measured")

// Options of a run. Seconds is how many turns each form takes, after one to warm up.
type Options struct {
	Folder   string   // where the SQLite files go: on the disk that is to be measured
	Postgres string   // a server's address, or "" to leave PostgreSQL out
	Only     []string // names of Parts; none is all
	Clients  int
	Seconds  int
	Turn     time.Duration // how long a turn is; 0 is a second
	Persons  int           // who pay; 0 is 20,000
	Schemas  []db.Schema   // all rooms' tables
	Profile  string        // a file for a profile of the processor's time in all turns, or ""
	Progress func(string)
}

// Figure is what a form reached: medians over its turns.
type Figure struct {
	Name   string    `json:"name"`
	Unit   string    `json:"unit"`
	Rate   float64   `json:"perSecond"`
	P50    float64   `json:"p50Millis"`
	P99    float64   `json:"p99Millis"`
	CPU    float64   `json:"cpuMicros"` // of this process, clients included, for one
	Others float64   `json:"othersCPU"` // part of the machine that other processes took meanwhile
	Count  int64     `json:"count"`     // in all turns, warming up left out
	Turns  []float64 `json:"turns"`     // the rate of each turn
}

// Ratio compares two forms, or a figure with a limit. Target is the least that is wanted, or the most when AtMost.
type Ratio struct {
	Name    string  `json:"name"`
	Value   float64 `json:"value"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Target  float64 `json:"target,omitempty"`
	AtMost  bool    `json:"atMost,omitempty"`
	Reached bool    `json:"reached"`
}

// Report is a whole run.
type Report struct {
	Machine string   `json:"machine"`
	Load    string   `json:"load"`
	Clients int      `json:"clients"`
	Seconds int      `json:"seconds"`
	Figures []Figure `json:"figures"`
	Ratios  []Ratio  `json:"ratios"`
	Books   []string `json:"books"` // one line for each database that was verified
}

// Run measures. It fails when anything is refused or any books do not verify; a missed target is no failure, but told.
func Run(ctx context.Context, o Options) (Report, error) {
	r := Report{Machine: machine(), Clients: o.Clients, Seconds: o.Seconds}
	if o.Clients < 1 || o.Clients > MaxClients || o.Seconds < 1 || o.Seconds > MaxSeconds {
		return r, ErrOptions.With("1 to %d clients and 1 to %d seconds", MaxClients, MaxSeconds)
	}
	for _, name := range o.Only {
		if !slices.Contains(Parts, name) {
			return r, ErrOptions.With("no part %q; there are %s", name, strings.Join(Parts, ", "))
		}
	}
	if o.Persons == 0 {
		o.Persons = manyPersons
	}
	if o.Turn == 0 {
		o.Turn = time.Second
	}
	before := loadAverage()
	b := &bench{Options: o}
	defer b.close()
	steps := map[string]func(context.Context) error{"limits": b.addLimits, "sqlite": b.addSQLite, "http": b.addHTTP, "open": b.addOpen, "postgres": b.addPostgres}
	for _, part := range Parts {
		if !o.measures(part) {
			continue
		}
		if err := steps[part](ctx); err != nil {
			return r, err
		}
	}
	if err := b.profiled(func() error { return b.takeTurns(ctx) }); err != nil {
		return r, err
	}
	for _, f := range b.forms {
		r.Figures = append(r.Figures, f.figure())
	}
	r.Ratios = b.ratios()
	r.Load = fmt.Sprintf("load average %s before, %s after", before, loadAverage())
	for _, verify := range b.verify {
		line, err := verify(ctx)
		if err != nil {
			return r, err
		}
		r.Books = append(r.Books, line)
	}
	return r, nil
}

// measures says whether a part is wanted.
func (o Options) measures(part string) bool {
	if part == "postgres" && o.Postgres == "" {
		return false
	}
	return len(o.Only) == 0 || slices.Contains(o.Only, part)
}

// bench is a run under way.
type bench struct {
	Options
	forms  []*form
	verify []func(context.Context) (string, error)
	undo   []func()

	file  *house // Souk's on SQLite
	notes []note
}

func (b *bench) close() {
	for _, undo := range slices.Backward(b.undo) {
		undo()
	}
}

func (b *bench) say(format string, args ...any) {
	if b.Progress != nil {
		b.Progress(fmt.Sprintf(format, args...))
	}
}

// takeTurns lets every form run for a second, again and again.
func (b *bench) takeTurns(ctx context.Context) error {
	for round := range b.Seconds + 1 {
		for _, group := range alternating(b.forms) {
			if round == 0 {
				b.say("warming up: %s", group[0].name)
			}
			turns, err := b.takeTurn(ctx, group)
			if err != nil {
				return err
			}
			if round > 0 {
				for i, f := range group {
					f.turns = append(f.turns, turns[i])
				}
			}
		}
		if round > 0 {
			b.say("round %d of %d", round, b.Seconds)
		}
	}
	return nil
}

// alternating groups neighbours whose turns are cut into as many pieces.
func alternating(forms []*form) (groups [][]*form) {
	for i, f := range forms {
		if last := len(groups) - 1; i > 0 && f.pieces > 1 && forms[i-1].pieces == f.pieces {
			groups[last] = append(groups[last], f)
			continue
		}
		groups = append(groups, []*form{f})
	}
	return groups
}

// takeTurn lets each form of a group have its turn, piece by piece.
func (b *bench) takeTurn(ctx context.Context, group []*form) ([]turn, error) {
	runs := make([]func(time.Duration) (piece, error), len(group))
	for i, f := range group {
		var err error
		if runs[i], err = f.prepare(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	count := max(1, group[0].pieces)
	pieces := make([][]piece, len(group))
	for range count {
		for i, f := range group {
			p, err := runs[i](b.Turn / time.Duration(count))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", f.name, err)
			}
			pieces[i] = append(pieces[i], p)
		}
	}
	turns := make([]turn, len(group))
	for i, f := range group {
		var err error
		if turns[i], err = f.sum(pieces[i], b.Turn); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return turns, nil
}

// profiled writes down where the processor's time goes while f runs.
func (b *bench) profiled(f func() error) error {
	if b.Profile == "" {
		return f()
	}
	file, err := os.Create(b.Profile)
	if err != nil {
		return ErrOptions.With("the profile cannot be written: %w", err)
	}
	defer file.Close()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

// note is a ratio to be told at the end.
type note struct {
	name   string
	values func() []float64 // one a round
	target float64
	atMost bool
}

// compare asks for the ratio of two forms' rates.
func (b *bench) compare(name string, part, whole *form, target float64) {
	b.notes = append(b.notes, note{name: name, target: target, values: func() []float64 {
		var values []float64
		for i := range part.turns {
			values = append(values, part.turns[i].rate/whole.turns[i].rate)
		}
		return values
	}})
}

func (b *bench) ratios() []Ratio {
	var list []Ratio
	for _, n := range b.notes {
		values := n.values()
		r := Ratio{Name: n.name, Value: median(values), Low: slices.Min(values), High: slices.Max(values), Target: n.target, AtMost: n.atMost}
		r.Reached = n.target == 0 || (r.Value >= n.target) != n.atMost
		list = append(list, r)
	}
	return list
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return 0
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d CPUs, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) == 0 {
		return "unknown"
	}
	return fields[0]
}
