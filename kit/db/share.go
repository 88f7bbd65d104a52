package db

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of shared snapshots.
const (
	maxShared    = 64 // reads of one snapshot
	shareTimeout = 30 * time.Second
)

// shares are the reads that wait for a snapshot.
type shares struct {
	mu      sync.Mutex
	waiting []*share
	working int
}

// share is one caller of ReadTogether. Its fields after done belong to the worker until done is closed.
type share struct {
	ctx   context.Context
	f     func(*Tx) error
	done  chan struct{}
	taken atomic.Bool // by the worker, to run f, or by the caller, to leave

	err   error
	begun bool // taken by the worker
	again bool // not answered: to be done by the caller itself, alone
}

// ReadTogether is Read for a few quick look-ups: callers of the same moment share one snapshot, taken after all of them had asked, and run one
// after the other. A busy SQLite is then asked at a third of the cost, since a snapshot that follows a commit forgets all cached pages. On PostgreSQL,
// where they would wait for each other's round trips, it is Read. What takes long belongs in Read: others would wait for it. f returns or panics.
// When ctx ends before f was begun, f is never run.
func (d *DB) ReadTogether(ctx context.Context, f func(*Tx) error) error {
	if d.Engine() == Postgres {
		return d.Read(ctx, f)
	}
	s := &share{ctx: ctx, f: f, done: make(chan struct{})}
	d.shares.mu.Lock()
	d.shares.waiting = append(d.shares.waiting, s)
	if d.shares.working < sharers() {
		d.shares.working++
		go d.shares.work(d)
	}
	d.shares.mu.Unlock()
	select {
	case <-s.done:
	case <-ctx.Done():
		if s.taken.CompareAndSwap(false, true) {
			return ctx.Err() // the worker passes it over
		}
		<-s.done // f runs: what it writes to is the caller's
	}
	if s.again {
		return d.Read(ctx, f)
	}
	return s.err
}

// sharers is how many snapshots are read at once: on few processors one, so that more share it.
func sharers() int { return max(1, runtime.GOMAXPROCS(0)/2) }

// work takes what waits, until nothing does.
func (q *shares) work(d *DB) {
	for {
		runtime.Gosched() // lets those who are about to ask do so
		q.mu.Lock()
		n := min(len(q.waiting), maxShared)
		if n == 0 {
			q.working--
			q.mu.Unlock()
			return
		}
		group := append([]*share{}, q.waiting[:n]...)
		q.waiting = append(q.waiting[:0], q.waiting[n:]...)
		q.mu.Unlock()
		readGroup(d, group)
		for _, s := range group {
			close(s.done)
		}
	}
}

// readGroup lets all read from one snapshot. Who was not reached, because the snapshot was lost or another's statement spoiled it, reads alone.
func readGroup(d *DB, group []*share) {
	for _, s := range group {
		s.again = true
	}
	ctx, cancel := context.WithTimeout(context.Background(), shareTimeout) // the callers' contexts differ, and none may end the others
	defer cancel()
	d.engine.read(ctx, func(c session) error {
		for _, s := range group {
			if !s.again || !s.begin() {
				continue // answered from a first snapshot, if this is a second one; or its caller has left
			}
			if !s.read(newTx(ctx, d, c)) {
				return errShare
			}
		}
		return nil
	})
}

var errShare = errors.New("db: the snapshot is not shared on")

// begin is false when the caller has left.
func (s *share) begin() bool {
	s.begun = s.begun || s.taken.CompareAndSwap(false, true)
	return s.begun
}

// read runs one caller's function; false when the snapshot is of no more use. What panics or fails at a statement is done again alone, where it belongs.
func (s *share) read(tx *Tx) (usable bool) {
	defer func() {
		if recover() != nil {
			usable = false
		}
	}()
	if err := s.ctx.Err(); err != nil {
		s.err, s.again = err, false
		return true
	}
	err := tx.run(s.f)
	if tx.failed != nil {
		return false
	}
	s.err, s.again = err, false
	return true
}
