package event

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"souk/kit/db"
)

// StuckEvent is an event that a consumer could not handle yet. Attempts is 0 for one that waits behind another of its key.
type StuckEvent struct {
	Consumer string
	Event    Stored
	Attempts int64
	NextAt   int64 // milliseconds
	Error    string
}

// Stuck lists up to limit stuck events, the oldest first.
func Stuck(ctx context.Context, tx *db.Tx, limit int) ([]StuckEvent, error) {
	rows, err := tx.Query(`SELECT s.consumer, s.attempt_count, s.next_at, s.error, l.id, l.kind, l.key, l.at, l.data
		FROM event_stuck s JOIN event_log l ON l.id = s.event_id ORDER BY s.event_id, s.consumer LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []StuckEvent
	for rows.Next() {
		var s StuckEvent
		var data string
		if err := rows.Scan(&s.Consumer, &s.Attempts, &s.NextAt, &s.Error, &s.Event.ID, &s.Event.Kind, &s.Event.Key, &s.Event.At, &data); err != nil {
			return nil, err
		}
		s.Event.Data = []byte(data)
		all = append(all, s)
	}
	return all, rows.Err()
}

// Skip gives a stuck event up: the consumer never sees it again, and those behind it go on. False when it is not stuck.
func Skip(ctx context.Context, tx *db.Tx, consumer string, id int64) (bool, error) {
	n, err := tx.Exec(`DELETE FROM event_stuck WHERE consumer = $1 AND event_id = $2`, consumer, id)
	tx.Signal(topic)
	return n == 1, err
}

func (c *consumer) hasStuck(tx *db.Tx, key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	var one int64
	err := tx.QueryRow(`SELECT 1 FROM event_stuck WHERE consumer = $1 AND key = $2 LIMIT 1`, c.name, key).Scan(&one)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (c *consumer) park(tx *db.Tx, e Stored, attempts, nextAt int64, why string) error {
	_, err := tx.Exec(`INSERT INTO event_stuck (consumer, event_id, key, attempt_count, next_at, error) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (consumer, event_id) DO UPDATE SET attempt_count = excluded.attempt_count, next_at = excluded.next_at, error = excluded.error`,
		c.name, e.ID, e.Key, attempts, nextAt, why)
	return err
}

// setAside parks an event that failed and moves on.
func (c *consumer) setAside(ctx context.Context, end int64, e Stored, cause error) error {
	slog.Warn("event: set aside", "consumer", c.name, "event", e.ID, "kind", e.Kind, "key", e.Key, "err", cause)
	err := c.d.Write(ctx, func(tx *db.Tx) error {
		if err := c.move(tx, end); err != nil {
			return err
		}
		return c.park(tx, e, 1, tx.Now()+retryPause(1).Milliseconds(), shorten(cause))
	})
	if err == nil {
		c.position = end
	}
	return err
}

func retryPause(attempts int64) time.Duration {
	pause := firstRetry
	for range min(attempts, 40) - 1 {
		pause = min(2*pause, lastRetry)
	}
	return pause
}

func shorten(err error) string {
	s := strings.Map(func(r rune) rune {
		if r == 0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(err.Error(), "?"))
	return strings.ToValidUTF8(s[:min(len(s), maxError)], "")
}

// retryStuck tries the first stuck event of each key that is due, and says whether there was one.
func (c *consumer) retryStuck(ctx context.Context) (some bool, err error) {
	due, err := c.due(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range due {
		if err := c.retry(ctx, s); err != nil {
			return false, err
		}
	}
	return len(due) > 0, nil
}

// due lists stuck events that head their key and whose time has come.
func (c *consumer) due(ctx context.Context) (due []StuckEvent, err error) {
	err = c.d.Read(ctx, func(tx *db.Tx) error {
		due = nil
		rows, err := tx.Query(`SELECT s.attempt_count, l.id, l.kind, l.key, l.at, l.data
			FROM event_stuck s JOIN event_log l ON l.id = s.event_id
			WHERE s.consumer = $1 AND s.next_at <= $2 AND (s.key = '' OR NOT EXISTS (
				SELECT 1 FROM event_stuck b WHERE b.consumer = s.consumer AND b.key = s.key AND b.event_id < s.event_id))
			ORDER BY s.event_id LIMIT $3`, c.name, tx.Now(), maxStuck)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s StuckEvent
			var data string
			if err := rows.Scan(&s.Attempts, &s.Event.ID, &s.Event.Kind, &s.Event.Key, &s.Event.At, &data); err != nil {
				return err
			}
			s.Event.Data = []byte(data)
			due = append(due, s)
		}
		return rows.Err()
	})
	return due, err
}

func (c *consumer) retry(ctx context.Context, s StuckEvent) error {
	err := c.d.Write(ctx, func(tx *db.Tx) error {
		if err := c.move(tx, c.position); err != nil {
			return err
		}
		if n, err := tx.Exec(`DELETE FROM event_stuck WHERE consumer = $1 AND event_id = $2`, c.name, s.Event.ID); err != nil || n == 0 {
			return err // skipped meanwhile
		}
		return c.call(ctx, tx, s.Event)
	})
	var failed *handlerError
	if err == nil {
		c.handled++
		return nil
	}
	if !errors.As(err, &failed) {
		return err
	}
	slog.Warn("event: still stuck", "consumer", c.name, "event", s.Event.ID, "kind", s.Event.Kind, "attempts", s.Attempts+1, "err", failed.cause)
	return c.d.Write(ctx, func(tx *db.Tx) error {
		if err := c.move(tx, c.position); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE event_stuck SET attempt_count = $3, next_at = $4, error = $5 WHERE consumer = $1 AND event_id = $2`,
			c.name, s.Event.ID, s.Attempts+1, tx.Now()+retryPause(s.Attempts+1).Milliseconds(), shorten(failed.cause))
		return err
	})
}

// Progress is how far a consumer has come.
type Progress struct {
	Consumer string
	Position int64 // id of the last event that it is past
	Behind   int64 // events after that
	Stuck    int64
}

// Consumers lists every consumer there ever was.
func Consumers(ctx context.Context, tx *db.Tx) ([]Progress, error) {
	rows, err := tx.Query(`SELECT c.consumer, c.position, (SELECT count(*) FROM event_log l WHERE l.id > c.position),
		(SELECT count(*) FROM event_stuck s WHERE s.consumer = c.consumer) FROM event_cursor c ORDER BY c.consumer`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Progress
	for rows.Next() {
		var p Progress
		if err := rows.Scan(&p.Consumer, &p.Position, &p.Behind, &p.Stuck); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

// Purge deletes up to limit events from before a time (milliseconds) that every consumer is past and none is stuck on,
// and returns how many. A consumer that starts later does not see them.
func Purge(ctx context.Context, tx *db.Tx, before int64, limit int) (int64, error) {
	return tx.Exec(`DELETE FROM event_log WHERE id IN (SELECT l.id FROM event_log l WHERE l.at < $1
		AND l.id <= (SELECT coalesce(min(position), 0) FROM event_cursor)
		AND NOT EXISTS (SELECT 1 FROM event_stuck s WHERE s.event_id = l.id) ORDER BY l.id LIMIT $2)`, before, limit)
}

// Forget removes a consumer that will not come back, so that Purge need not wait for it.
func Forget(ctx context.Context, tx *db.Tx, consumer string) error {
	if _, err := tx.Exec(`DELETE FROM event_stuck WHERE consumer = $1`, consumer); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM event_cursor WHERE consumer = $1`, consumer)
	return err
}
