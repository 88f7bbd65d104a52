package event

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"souk/kit/db"
)

const (
	maxBatch   = 64                     // events handled in one transaction
	lease      = 20 * time.Second       // a consumer's process that is silent for so long is replaced
	pollEvery  = time.Second            // for events of other processes and for stuck ones; our own wake us
	gapPause   = 5 * time.Millisecond   // before looking again whether a gap is filled
	errorPause = 2 * time.Second        // after an error of the database
	firstRetry = 500 * time.Millisecond // of a stuck event, doubled each time
	lastRetry  = 10 * time.Minute
	maxStuck   = 16 // stuck events tried in one round
	maxError   = 500
)

// Handler deals with one event in tx. It may run again for the same event, never after its effects were committed.
type Handler func(ctx context.Context, tx *db.Tx, e Stored) error

// Consume hands events to handle until ctx ends, and returns ctx's error. name is the consumer's for ever: its cursor
// is kept under it, and a new name starts at the oldest event kept. Without kinds it gets all.
// Errors of the database are logged and waited out.
func Consume(ctx context.Context, d *db.DB, name string, handle Handler, kinds ...string) error {
	c := newConsumer(d, name, handle, kinds)
	defer c.leave()
	woken, stop := d.Listen(topic)
	defer stop()
	for ctx.Err() == nil {
		pause, err := c.round(ctx)
		if err != nil {
			c.leased = time.Time{}
			if ctx.Err() == nil && !errors.Is(err, errNotOurs) {
				slog.Error("event: consumer waits after an error", "consumer", name, "err", err)
			}
			pause = errorPause
		}
		select {
		case <-woken:
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// CatchUp hands name every event that is there now and every stuck one that is due, and returns how many it handled.
// For tests and for commands; a server uses Consume.
func CatchUp(ctx context.Context, d *db.DB, name string, handle Handler, kinds ...string) (handled int, err error) {
	c := newConsumer(d, name, handle, kinds)
	defer c.leave()
	for {
		pause, err := c.round(ctx)
		if err != nil || pause == pollEvery {
			return c.handled, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return c.handled, ctx.Err()
		}
	}
}

// consumer is one process's work for one name.
type consumer struct {
	d        *db.DB
	name     string
	handle   Handler
	kinds    []string
	owner    string
	leased   time.Time // until when the lease need not be renewed
	position int64     // while it is leased
	gap      gap
	handled  int
}

func newConsumer(d *db.DB, name string, handle Handler, kinds []string) *consumer {
	return &consumer{d: d, name: name, handle: handle, kinds: kinds, owner: rand.Text()}
}

// errNotOurs says that another process works for this consumer.
var errNotOurs = errors.New("event: another process works for this consumer")

// round handles the stuck events that are due and one batch, and says how long to wait before the next round.
func (c *consumer) round(ctx context.Context) (pause time.Duration, err error) {
	if err := c.take(ctx); err != nil {
		return 0, err
	}
	retried, err := c.retryStuck(ctx)
	if err != nil {
		return 0, err
	}
	b, err := c.gap.next(ctx, c.d, c.position, maxBatch)
	if err != nil {
		return 0, err
	}
	if len(b.events) > 0 {
		if err := c.run(ctx, b); err != nil {
			return 0, err
		}
	}
	switch {
	case b.gap:
		return gapPause, nil
	case retried || len(b.events) == maxBatch:
		return 0, nil
	}
	return pollEvery, nil
}

// take gets the lease, or renews it when half of it is over, so that an idle consumer seldom writes.
func (c *consumer) take(ctx context.Context) error {
	if time.Now().Before(c.leased) {
		return nil
	}
	begin := time.Now()
	err := c.d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO event_cursor (consumer, position, owner, leased_until) VALUES ($1, 0, '', 0)
			ON CONFLICT (consumer) DO NOTHING`, c.name); err != nil {
			return err
		}
		err := tx.QueryRow(`UPDATE event_cursor SET owner = $2, leased_until = $3 WHERE consumer = $1 AND (owner = $2 OR leased_until < $4)
			RETURNING position`, c.name, c.owner, tx.Now()+lease.Milliseconds(), tx.Now()).Scan(&c.position)
		if errors.Is(err, db.ErrNoRows) {
			return errNotOurs
		}
		return err
	})
	if err == nil {
		c.leased = begin.Add(lease / 2)
	}
	return err
}

// leave gives the lease back, so that another process need not wait for its end.
func (c *consumer) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := c.d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE event_cursor SET owner = '', leased_until = 0 WHERE consumer = $1 AND owner = $2`, c.name, c.owner)
		return err
	})
	if err != nil && !errors.Is(err, db.ErrClosed) {
		slog.Warn("event: lease not given back", "consumer", c.name, "err", err)
	}
}

// run handles a batch in one transaction; if that fails, event by event, so that only the bad one is set aside.
func (c *consumer) run(ctx context.Context, b batch) error {
	wanted := slices.DeleteFunc(slices.Clone(b.events), func(e Stored) bool { return !c.wants(e) })
	var failed *handlerError
	err := c.runTogether(ctx, b.end, wanted)
	if err == nil || !errors.As(err, &failed) {
		return err
	}
	for i, e := range wanted {
		end := e.ID
		if i == len(wanted)-1 {
			end = b.end
		}
		err := c.runTogether(ctx, end, wanted[i:i+1])
		if errors.As(err, &failed) {
			err = c.setAside(ctx, end, e, failed.cause)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *consumer) wants(e Stored) bool {
	return len(c.kinds) == 0 || slices.Contains(c.kinds, e.Kind)
}

// handlerError is a handler's own failure, as opposed to one of the database around it.
type handlerError struct{ cause error }

func (h *handlerError) Error() string { return h.cause.Error() }
func (h *handlerError) Unwrap() error { return h.cause }

// runTogether handles events and moves the cursor to end, all or nothing. Events of a key that has a
// stuck one are set behind it.
func (c *consumer) runTogether(ctx context.Context, end int64, events []Stored) error {
	handled := 0
	err := c.d.Write(ctx, func(tx *db.Tx) error {
		handled = 0
		if err := c.move(tx, end); err != nil {
			return err
		}
		for _, e := range events {
			behind, err := c.hasStuck(tx, e.Key)
			if err != nil {
				return err
			}
			if behind {
				if err := c.park(tx, e, 0, tx.Now(), "behind another of the same key"); err != nil {
					return err
				}
				continue
			}
			if err := c.call(ctx, tx, e); err != nil {
				return err
			}
			handled++
		}
		return nil
	})
	if err == nil {
		c.handled += handled
		c.position = end
	}
	return err
}

// call runs the handler and turns its panic into an error: one bad event must not end the consumer.
func (c *consumer) call(ctx context.Context, tx *db.Tx, e Stored) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &handlerError{fmt.Errorf("panic: %v", p)}
		}
	}()
	err = cmp.Or(c.handle(ctx, tx, e), tx.Err())
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return &handlerError{err}
}

// move is the fence: it fails when another process has taken over.
func (c *consumer) move(tx *db.Tx, end int64) error {
	n, err := tx.Exec(`UPDATE event_cursor SET position = $4, leased_until = $5 WHERE consumer = $1 AND owner = $2 AND position = $3`,
		c.name, c.owner, c.position, end, tx.Now()+lease.Milliseconds())
	if err == nil && n != 1 {
		return errNotOurs
	}
	return err
}
