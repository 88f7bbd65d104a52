package db

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"souk/kit/fault"
)

// Limits of a Gather.
const (
	maxGathered = 64 // inputs of one transaction
	gatherers   = 2  // transactions at once: one is being made durable while the next is filled

	gatherTimeout = time.Minute
)

// Gather lets callers that ask for the same thing at the same moment share one transaction and its round trips. Together does it for
// all inputs or fails for all. When it fails for several, each is done again by Alone, in a transaction of its own, which
// answers as if the others had never been. So what is wrong with one input never reaches another, and Together may refuse whatever it finds
// difficult. Make it with NewGather; Do may be called from any goroutine.
type Gather[In, Out any] struct {
	d        *DB
	together func(ctx context.Context, tx *Tx, in []In) ([]Out, error)
	alone    func(ctx context.Context, tx *Tx, in In) (Out, error)

	mu      sync.Mutex
	waiting []*request[In, Out]
	working int
}

// NewGather says how it is done; both functions may run again, as any function given to Write.
func NewGather[In, Out any](d *DB, together func(context.Context, *Tx, []In) ([]Out, error), alone func(context.Context, *Tx, In) (Out, error)) *Gather[In, Out] {
	return &Gather[In, Out]{d: d, together: together, alone: alone}
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

// Do answers when the effects are durable. When ctx ends before they are begun, nothing is done. On SQLite, where a
// round trip costs nothing and Write shares commits by itself, each goes alone.
func (g *Gather[In, Out]) Do(ctx context.Context, in In) (Out, error) {
	if g.d.Engine() == SQLite {
		return g.single(ctx, in)
	}
	r := &request[In, Out]{ctx: ctx, in: in, done: make(chan struct{})}
	g.mu.Lock()
	g.waiting = append(g.waiting, r)
	if g.working < gatherers {
		g.working++
		go g.work()
	}
	g.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		if g.withdraw(r) {
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
func (g *Gather[In, Out]) withdraw(r *request[In, Out]) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, r)
	if i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	return i >= 0
}

// work takes groups until nobody waits.
func (g *Gather[In, Out]) work() {
	for {
		g.mu.Lock()
		n := min(len(g.waiting), maxGathered)
		if n == 0 {
			g.working--
			g.mu.Unlock()
			return
		}
		group := slices.Clone(g.waiting[:n])
		g.waiting = slices.Delete(g.waiting, 0, n)
		g.mu.Unlock()
		g.run(group)
		for _, r := range group {
			close(r.done)
		}
	}
}

// run does a group together. What a group that failed asked for is left to the callers, each alone; not so when the database does
// not answer or the outcome is unknown.
func (g *Gather[In, Out]) run(group []*request[In, Out]) {
	for _, r := range group {
		r.undecided = true
	}
	inputs := make([]In, len(group))
	for i, r := range group {
		inputs[i] = r.in
	}
	var outs []Out
	err := g.tryTogether(inputs, &outs)
	if f, known := fault.Of(err); err != nil && !(known && f.Kind == fault.Unavailable) {
		return
	}
	for i, r := range group {
		r.undecided, r.err = false, err
		if err == nil {
			r.out = outs[i]
		}
	}
}

var errTogether = errors.New("db: not possible together")

// tryTogether turns a panic into a refusal: alone, it will panic where it belongs.
func (g *Gather[In, Out]) tryTogether(inputs []In, outs *[]Out) (err error) {
	defer func() {
		if recover() != nil {
			err = errTogether
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout) // the callers' contexts differ, and none may undo the others
	defer cancel()
	return g.d.Write(ctx, func(tx *Tx) (err error) {
		*outs, err = g.together(ctx, tx, inputs)
		if err == nil && len(*outs) != len(inputs) {
			err = errTogether
		}
		return err
	})
}
