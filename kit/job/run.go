package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"souk/kit/db"
)

const (
	lease      = 20 * time.Second // a worker that is silent for so long has lost its task
	pollEvery  = time.Second      // for tasks of other processes and for those whose time comes; our own wake us
	errorPause = 2 * time.Second  // after an error of the database
	maxError   = 500              // bytes of an error kept
)

// Run works on the kinds' tasks until ctx ends, then waits for the attempts under way, whose ctx has ended too.
// It returns ctx's error. Errors of the database are logged and waited out.
func Run(ctx context.Context, d *db.DB, kinds ...Kind) error {
	var group sync.WaitGroup
	for _, k := range kinds {
		group.Go(func() { (&runner{d: d, kind: k.withDefaults()}).loop(ctx) })
	}
	group.Wait()
	return ctx.Err()
}

// RunDue works on what is due, one task at a time, until nothing is, and returns how many attempts it made.
// For tests and commands; a server uses Run.
func RunDue(ctx context.Context, d *db.DB, kinds ...Kind) (attempts int, err error) {
	for again := true; again; {
		again = false
		for _, k := range kinds {
			r := &runner{d: d, kind: k.withDefaults()}
			if err := r.addPeriodic(ctx); err != nil {
				return attempts, err
			}
			claimed, err := r.claim(ctx, 1)
			if err != nil {
				return attempts, err
			}
			for _, c := range claimed {
				again = true
				attempts++
				if err := r.attempt(ctx, c); err != nil {
					return attempts, err
				}
			}
		}
	}
	return attempts, nil
}

func (k Kind) withDefaults() Kind {
	if k.Name == "" || k.Work == nil {
		panic("job: a kind needs a name and work")
	}
	if k.Retry == nil {
		k.Retry = DefaultRetry
	}
	if k.Workers == 0 {
		k.Workers = DefaultWorkers
	}
	if k.Timeout == 0 {
		k.Timeout = DefaultTimeout
	}
	return k
}

// runner is one process's work on one kind.
type runner struct {
	d    *db.DB
	kind Kind
}

// loop claims no more than it has free workers for.
func (r *runner) loop(ctx context.Context) {
	woken, stop := r.d.Listen(topic(r.kind.Name))
	defer stop()
	free := make(chan struct{}, r.kind.Workers)
	for range r.kind.Workers {
		free <- struct{}{}
	}
	var working sync.WaitGroup
	defer working.Wait()
	for ctx.Err() == nil {
		n := takeFree(ctx, free)
		claimed, err := r.claimDue(ctx, n)
		for _, c := range claimed {
			working.Go(func() {
				defer func() { free <- struct{}{} }()
				if err := r.attempt(ctx, c); err != nil && ctx.Err() == nil {
					slog.Error("job: result not written down", "kind", c.Kind, "id", c.ID, "err", err)
				}
			})
		}
		for range n - len(claimed) {
			free <- struct{}{}
		}
		switch {
		case err != nil:
			if ctx.Err() == nil {
				slog.Error("job: runner waits after an error", "kind", r.kind.Name, "err", err)
			}
			pause(ctx, nil, errorPause)
		case len(claimed) == 0:
			pause(ctx, woken, pollEvery)
		}
	}
}

// takeFree waits for one free worker and takes all that are free.
func takeFree(ctx context.Context, free chan struct{}) (n int) {
	select {
	case <-free:
		n = 1
	case <-ctx.Done():
		return 0
	}
	for {
		select {
		case <-free:
			n++
		default:
			return n
		}
	}
}

func pause(ctx context.Context, woken <-chan struct{}, d time.Duration) {
	select {
	case <-woken:
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// claimDue looks with a Read first: an idle runner does not write.
func (r *runner) claimDue(ctx context.Context, n int) ([]Claimed, error) {
	if n == 0 {
		return nil, nil
	}
	if err := r.addPeriodic(ctx); err != nil {
		return nil, err
	}
	due := false
	err := r.d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM job_task WHERE kind = $1 AND state <> 'dead' AND due_at <= $2)`, r.kind.Name, tx.Now()).Scan(&due)
	})
	if err != nil || !due {
		return nil, err
	}
	return r.claim(ctx, n)
}

// claim takes up to n due tasks and leases them. A task whose lease has run out is due again; the attempt it had counts.
func (r *runner) claim(ctx context.Context, n int) (claimed []Claimed, err error) {
	err = r.d.Write(ctx, func(tx *db.Tx) error {
		claimed = nil
		rows, err := tx.Query(`UPDATE job_task SET state = 'claimed', due_at = $3, attempt_count = attempt_count + 1
			WHERE state <> 'dead' AND due_at <= $2 AND id IN (
				SELECT id FROM job_task WHERE kind = $1 AND state <> 'dead' AND due_at <= $2 ORDER BY due_at, id LIMIT $4`+tx.SkipLocked()+`)
			RETURNING id, kind, attempt_count, added_at, args`, r.kind.Name, tx.Now(), tx.Now()+lease.Milliseconds(), n)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var c Claimed
			var args string
			if err := rows.Scan(&c.ID, &c.Kind, &c.Attempt, &c.FirstAt, &args); err != nil {
				return err
			}
			c.Args = []byte(args)
			claimed = append(claimed, c)
		}
		return rows.Err()
	})
	return claimed, err
}

// errLost says that the lease ran out and somebody else may have the task.
var errLost = errors.New("job: the lease was lost")

// attempt does one task and writes the result down.
func (r *runner) attempt(ctx context.Context, c Claimed) error {
	if c.Attempt > int64(len(r.kind.Retry))+1 { // its worker died at the last attempt
		return r.failed(ctx, c, Never(errors.New("the process ended during the last attempt")))
	}
	working, cancel := context.WithTimeoutCause(ctx, r.kind.Timeout, fmt.Errorf("no end within %s", r.kind.Timeout))
	defer cancel()
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		r.renew(working, cancel, c)
	}()
	done, err := r.work(working, c)
	late := context.Cause(working)
	cancel()
	<-renewing
	if err != nil {
		if ctx.Err() != nil {
			return r.giveBack(c)
		}
		if errors.Is(err, context.DeadlineExceeded) && late != nil {
			err = late
		}
		return r.failed(ctx, c, err)
	}
	err = r.done(c, done)
	if err == nil || errors.Is(err, errLost) {
		return err
	}
	return r.failed(ctx, c, err)
}

// work calls Work and turns its panic into an error.
func (r *runner) work(ctx context.Context, c Claimed) (done Done, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.kind.Work(ctx, c)
}

// renew prolongs the lease while the work goes on, and ends the work when the lease is lost.
func (r *runner) renew(ctx context.Context, cancel func(), c Claimed) {
	tick := time.NewTicker(lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := r.d.Write(ctx, func(tx *db.Tx) error {
			return mine(tx.Exec(`UPDATE job_task SET due_at = $3 WHERE id = $1 AND CASE state WHEN 'claimed' THEN attempt_count END = $2`,
				c.ID, c.Attempt, tx.Now()+lease.Milliseconds()))
		})
		if errors.Is(err, errLost) {
			cancel()
			return
		}
	}
}

func mine(n int64, err error) error {
	if err == nil && n != 1 {
		return errLost
	}
	return err
}

// done removes the task and writes down its success. It does so even when the process is stopping: the work is done.
func (r *runner) done(c Claimed, done Done) error {
	ctx, cancel := context.WithTimeout(context.Background(), DefaultTimeout)
	defer cancel()
	return r.d.Write(ctx, func(tx *db.Tx) error {
		if err := mine(tx.Exec(`DELETE FROM job_task WHERE id = $1 AND CASE state WHEN 'claimed' THEN attempt_count END = $2`, c.ID, c.Attempt)); err != nil {
			return err
		}
		if done == nil {
			return nil
		}
		return done(tx)
	})
}

// failed makes the task wait for its next attempt, or makes it dead.
func (r *runner) failed(ctx context.Context, c Claimed, cause error) error {
	state, wait := "waiting", time.Duration(0)
	if c.Attempt > int64(len(r.kind.Retry)) || isNever(cause) {
		state = "dead"
	} else {
		wait = r.kind.Retry[c.Attempt-1]
	}
	slog.Warn("job: attempt failed", "kind", c.Kind, "id", c.ID, "attempt", c.Attempt, "then", state, "in", wait, "err", cause)
	return r.d.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		return mine(tx.Exec(`UPDATE job_task SET state = $3, due_at = $4, error = $5 WHERE id = $1 AND CASE state WHEN 'claimed' THEN attempt_count END = $2`,
			c.ID, c.Attempt, state, tx.Now()+wait.Milliseconds(), shorten(cause)))
	})
}

// giveBack undoes a claim that the stopping process broke off: it does not count as an attempt.
func (r *runner) giveBack(c Claimed) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return r.d.Write(ctx, func(tx *db.Tx) error {
		return mine(tx.Exec(`UPDATE job_task SET state = 'waiting', due_at = $3, attempt_count = attempt_count - 1
			WHERE id = $1 AND CASE state WHEN 'claimed' THEN attempt_count END = $2`, c.ID, c.Attempt, tx.Now()))
	})
}

func shorten(err error) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "?"), "\x00", " ")
	return strings.ToValidUTF8(s[:min(len(s), maxError)], "")
}

// periodicKey keeps a periodic task from being added while the one before is still there.
const periodicKey = "periodic"

// addPeriodic adds a periodic kind's task when its time has come; of several processes one does.
func (r *runner) addPeriodic(ctx context.Context) error {
	if r.kind.Next == nil {
		return nil
	}
	var nextAt int64
	err := r.d.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`SELECT next_at FROM job_period WHERE kind = $1`, r.kind.Name).Scan(&nextAt)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil || nextAt > r.d.Now() {
		return err
	}
	return r.d.Write(ctx, func(tx *db.Tx) error {
		if nextAt == 0 { // never run: the first time is the next one to come
			_, err := tx.Exec(`INSERT INTO job_period (kind, next_at) VALUES ($1, $2) ON CONFLICT (kind) DO NOTHING`, r.kind.Name, r.kind.Next(tx.Now()))
			return err
		}
		n, err := tx.Exec(`UPDATE job_period SET next_at = $2 WHERE kind = $1 AND next_at <= $3`, r.kind.Name, r.kind.Next(tx.Now()), tx.Now())
		if err != nil || n == 0 {
			return err
		}
		// A dead one of before gives way: the work is due again anyhow.
		if _, err := tx.Exec(`DELETE FROM job_task WHERE kind = $1 AND unique_key = $2 AND state = 'dead'`, r.kind.Name, periodicKey); err != nil {
			return err
		}
		_, err = Add(ctx, tx, Task{Kind: r.kind.Name, UniqueKey: periodicKey})
		return err
	})
}
