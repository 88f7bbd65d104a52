package db

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"souk/kit/fault"
)

// Limits of a Gather.
const (
	maxGathered = 64 // inputs of one transaction
	// On SQLite half as many cost no more each, and whoever just missed a group waits half as long for the next one.
	maxGatheredSQLite = 32
	lanes             = 2 // PostgreSQL: transactions at once; SQLite has one writer

	gatherTimeout = time.Minute
)

// Gather lets callers that ask for the same thing at the same moment share one transaction and its statements: on PostgreSQL round
// trips, on SQLite turns of the writer. Make it with NewGather; Do may be called from any goroutine.
type Gather[In, Out any] struct {
	d        *DB
	lane     func(In) int64
	together Together[In, Out]
	alone    func(ctx context.Context, tx *Tx, in In) (Out, error)

	mu      sync.Mutex
	waiting [lanes][]*request[In, Out]
	working [lanes]bool
}

// Together does several inputs in one transaction, out[i] answering in[i], and may leave out whatever it finds difficult: left are the
// places of those for which nothing was changed. With an error the transaction is undone, and left are those to blame, if they are known: the
// others are done together once more. Whoever is left is done alone, as if the others had never been, so what is wrong
// with one input never reaches another.
type Together[In, Out any] func(ctx context.Context, tx *Tx, in []In) (out []Out, left []int, err error)

// NewGather says how it is done; together and alone may run again, as any function given to Write. Transactions that run at once hold inputs of
// different lane (its remainder counts): give what touches the same rows the same lane, and they never wait for each other.
func NewGather[In, Out any](d *DB, lane func(In) int64, together Together[In, Out], alone func(context.Context, *Tx, In) (Out, error)) *Gather[In, Out] {
	return &Gather[In, Out]{d: d, lane: lane, together: together, alone: alone}
}

// laneOf is the place of an input's lane.
func (g *Gather[In, Out]) laneOf(in In) int {
	if g.d.Engine() == SQLite {
		return 0
	}
	return int(uint64(g.lane(in)) % lanes)
}

// most is how many inputs one transaction takes.
func (g *Gather[In, Out]) most() int {
	if g.d.Engine() == SQLite {
		return maxGatheredSQLite
	}
	return maxGathered
}

// request is one caller. Its fields after done belong to the worker until done is closed.
type request[In, Out any] struct {
	ctx  context.Context
	in   In
	done chan struct{}

	out       Out
	err       error
	undecided bool // to be done by the caller itself, alone
}

// Do answers when the effects are durable. When ctx ends before they are begun, nothing is done.
func (g *Gather[In, Out]) Do(ctx context.Context, in In) (Out, error) {
	r := &request[In, Out]{ctx: ctx, in: in, done: make(chan struct{})}
	lane := g.laneOf(in)
	g.mu.Lock()
	g.waiting[lane] = append(g.waiting[lane], r)
	if !g.working[lane] {
		g.working[lane] = true
		go g.work(lane)
	}
	g.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		if g.withdraw(lane, r) {
			return r.out, ctx.Err()
		}
		<-r.done
	}
	if r.undecided {
		return g.single(ctx, in)
	}
	return r.out, r.err
}

// single runs on the caller's own goroutine, so that a panic is the caller's.
func (g *Gather[In, Out]) single(ctx context.Context, in In) (out Out, err error) {
	err = g.d.Write(ctx, func(tx *Tx) (err error) {
		out, err = g.alone(ctx, tx, in)
		return err
	})
	return out, err
}

// withdraw takes back a request that nobody has begun.
func (g *Gather[In, Out]) withdraw(lane int, r *request[In, Out]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting[lane], r)
	if i >= 0 {
		g.waiting[lane] = slices.Delete(g.waiting[lane], i, i+1)
	}
	return i >= 0
}

// work takes groups of a lane until nobody waits in it.
func (g *Gather[In, Out]) work(lane int) {
	for {
		runtime.Gosched() // whoever was just answered may have more to ask: fuller groups cost less each
		g.mu.Lock()
		n := min(len(g.waiting[lane]), g.most())
		if n == 0 {
			g.working[lane] = false
			g.mu.Unlock()
			return
		}
		group := slices.Clone(g.waiting[lane][:n])
		g.waiting[lane] = slices.Delete(g.waiting[lane], 0, n)
		g.mu.Unlock()
		g.run(group)
		for _, r := range group {
			close(r.done)
		}
	}
}

// run does a group together, and once more without those to blame if there are some. Who is left over is undecided: each does it itself,
// alone; not so when the database does not answer or the outcome is unknown.
func (g *Gather[In, Out]) run(group []*request[In, Out]) {
	for _, r := range group {
		r.undecided = true
	}
	left, err := g.try(group)
	if err != nil && !isUnavailable(err) && len(left) > 0 && len(left) < len(group) {
		rest := without(group, left)
		if _, err = g.try(rest); isUnavailable(err) {
			group = rest
		}
	}
	if isUnavailable(err) {
		for _, r := range group {
			r.undecided, r.err = false, err
		}
	}
}

func isUnavailable(err error) bool {
	f, known := fault.Of(err)
	return err != nil && known && f.Kind == fault.Unavailable
}

// try does requests in one transaction and answers those that were not left out of it.
func (g *Gather[In, Out]) try(group []*request[In, Out]) (left []int, err error) {
	inputs := make([]In, len(group))
	for i, r := range group {
		inputs[i] = r.in
	}
	outs, left, err := g.transact(inputs)
	if err != nil {
		return left, err
	}
	for i, r := range group {
		if !slices.Contains(left, i) {
			r.undecided, r.out = false, outs[i]
		}
	}
	return left, nil
}

// without is the group but for those at the places given.
func without[T any](group []T, places []int) []T {
	var rest []T
	for i, r := range group {
		if !slices.Contains(places, i) {
			rest = append(rest, r)
		}
	}
	return rest
}

var errTogether = errors.New("db: not possible together")

// transact turns a panic into a refusal: alone, it will panic where it belongs.
func (g *Gather[In, Out]) transact(inputs []In) (outs []Out, left []int, err error) {
	defer func() {
		if recover() != nil {
			left, err = nil, errTogether
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout) // the callers' contexts differ, and none may undo the others
	defer cancel()
	err = g.d.Write(ctx, func(tx *Tx) (err error) {
		outs, left, err = g.together(ctx, tx, inputs)
		if err == nil && len(outs) != len(inputs) {
			err = errTogether
		}
		return err
	})
	return outs, left, err
}
