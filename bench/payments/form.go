package payments

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// form is one way of doing something, done by so many clients at once.
type form struct {
	name    string
	unit    string
	clients int
	// ready prepares up to n of it, not measured, and answers what does the i-th of them and how many there are.
	ready func(ctx context.Context, n int) (do func(i int) error, have int, err error)
	// pieces is into how many pieces a turn is cut that alternate with those of the neighbours that are cut as often. What only computes is told
	// apart by a few percent, and processors change their pace by more than that from one second to the next.
	pieces int
	turns  []turn
	guess  int // how many a turn will need
}

// turn is what one turn reached.
type turn struct {
	rate, p50, p99, cpu, others float64
	count                       int64
}

const (
	firstGuess = 1_000
	maxGuess   = 400_000
)

// endless is ready for a form that needs no preparation.
func endless(do func(i int) error) func(context.Context, int) (func(int) error, int, error) {
	return func(context.Context, int) (func(int) error, int, error) { return do, 1 << 40, nil }
}

// piece is what was measured of a turn: all of it, or a part.
type piece struct {
	waits    []time.Duration
	took     time.Duration
	cpu, all time.Duration // of this process, and of the machine
}

// prepare makes ready for a turn; run measures a piece of it.
func (f *form) prepare(ctx context.Context) (run func(time.Duration) (piece, error), err error) {
	f.guess = max(f.guess, firstGuess)
	do, have, err := f.ready(ctx, f.guess)
	if err != nil {
		return nil, err
	}
	var next atomic.Int64
	return func(long time.Duration) (p piece, err error) {
		cpu, all := ownCPU(), machineCPU()
		began := time.Now()
		p.waits, err = f.load(ctx, do, &next, have, began.Add(long))
		p.took, p.cpu, p.all = time.Since(began), ownCPU()-cpu, machineCPU()-all
		return p, err
	}, nil
}

// sum adds up the pieces of a turn of so long.
func (f *form) sum(pieces []piece, long time.Duration) (turn, error) {
	var p piece
	for _, part := range pieces {
		p.waits = append(p.waits, part.waits...)
		p.took, p.cpu, p.all = p.took+part.took, p.cpu+part.cpu, p.all+part.all
	}
	n := len(p.waits)
	if n == 0 {
		return turn{}, fmt.Errorf("not one was done in %s", p.took)
	}
	slices.Sort(p.waits)
	t := turn{rate: float64(n) / p.took.Seconds(), count: int64(n), cpu: float64(p.cpu.Microseconds()) / float64(n),
		p50: millis(p.waits[n/2]), p99: millis(p.waits[n*99/100])}
	if room := p.took.Seconds() * cpus; room > 0 {
		t.others = max(0, (p.all-p.cpu).Seconds()/room)
	}
	f.guess = min(maxGuess, max(f.guess, int(t.rate*long.Seconds()*1.4)+f.clients))
	return t, nil
}

// load lets the clients work, each doing the next one that nobody has begun.
func (f *form) load(ctx context.Context, do func(int) error, next *atomic.Int64, have int, end time.Time) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	var group sync.WaitGroup
	for range f.clients {
		group.Go(func() {
			waits := make([]time.Duration, 0, 1024)
			var err error
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				at := time.Now()
				if i >= have || !at.Before(end) {
					break
				}
				if err = do(i); err != nil {
					break
				}
				waits = append(waits, time.Since(at))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, waits...)
			if failed == nil {
				failed = err
			}
		})
	}
	group.Wait()
	if failed == nil {
		failed = ctx.Err()
	}
	return all, failed
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (f *form) figure() Figure {
	of := func(pick func(turn) float64) float64 {
		var values []float64
		for _, t := range f.turns {
			values = append(values, pick(t))
		}
		return median(values)
	}
	out := Figure{Name: f.name, Unit: f.unit,
		Rate: of(func(t turn) float64 { return t.rate }), P50: of(func(t turn) float64 { return t.p50 }), P99: of(func(t turn) float64 { return t.p99 }),
		CPU: of(func(t turn) float64 { return t.cpu }), Others: of(func(t turn) float64 { return t.others })}
	for _, t := range f.turns {
		out.Count += t.count
		out.Turns = append(out.Turns, math.Round(t.rate))
	}
	return out
}

// tick is the unit of /proc/stat; every Linux that Go runs on has 100 a second.
const tick = 10 * time.Millisecond

// machineCPU is what all processes have used since the machine started; 0 where there is no /proc.
func machineCPU() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	var used time.Duration
	for i, field := range bytes.Fields(line) {
		if n, err := strconv.ParseInt(string(field), 10, 64); err == nil && i != 4 && i != 5 && i < 8 { // without idle, iowait, steal and guests
			used += time.Duration(n) * tick
		}
	}
	return used
}
