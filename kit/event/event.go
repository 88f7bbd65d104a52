// Package event is the log of what happened: appended in the transaction that made it happen, read later by consumers.
//
//	event.Append(ctx, tx, event.Event{Kind: "trade.paid", Key: trade.ID, Data: Paid{…}})
//	go event.Consume(ctx, d, "points", func(ctx context.Context, tx *db.Tx, e event.Stored) error { … }, "trade.paid")
//
// Every consumer gets every committed event at least once, events of one key in their order. The handler runs in the
// transaction that moves the consumer's cursor, so what it does in tx happens exactly once; what waits for a network
// does not belong in it, but in a job that it adds. An event that fails is set aside with those behind it of the same key,
// and tried again with growing pauses (Stuck lists them); others go on. Of several processes one works for a consumer at a time.
// This room knows no kinds and calls nobody; its tables are event_log, event_cursor, event_stuck.
// Start reading at Append, then consume.go; read.go has the order of ids under PostgreSQL.
package event

import (
	"context"
	"embed"
	"encoding/json"

	"souk/kit/db"
	"souk/kit/fault"
)

//go:embed schema
var files embed.FS

// Schema is this room's tables.
var Schema = db.Schema{Room: "event", Files: files}

const (
	maxData = 64 << 10 // bytes of an event's JSON: it names what happened, it does not carry pictures
	maxName = 200      // characters of a kind or key
)

// ErrEvent refuses an event that cannot be kept.
var ErrEvent = fault.New(fault.Internal, "EVENT_INVALID", "an event needs a kind, and data that is JSON of at most 64 KiB")

const topic = "event"

// Event is what a room appends. Kind is "noun.verb"; Key is what must be seen in order, say a trade's or person's id
// (empty: no order); Data is marshalled as JSON.
type Event struct {
	Kind string
	Key  string
	Data any
}

// Stored is an event as consumers get it. At is the transaction's time, in milliseconds.
type Stored struct {
	ID   int64
	Kind string
	Key  string
	At   int64
	Data json.RawMessage
}

// Decode reads the data into v.
func (s Stored) Decode(v any) error { return json.Unmarshal(s.Data, v) }

// Append adds e to the log when tx commits.
func Append(ctx context.Context, tx *db.Tx, e Event) error {
	row, err := e.row(tx)
	if err == nil {
		_, err = tx.Exec(insertSQL[tx.Engine()], row...)
	}
	return err
}

// Steps is Append of several, as statements that travel with others; the caller runs them in tx, in order.
func Steps(tx *db.Tx, events ...Event) ([]db.Step, error) {
	rows := make([][]any, len(events))
	for i, e := range events {
		var err error
		if rows[i], err = e.row(tx); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	steps := []db.Step{{SQL: insertSQL[tx.Engine()], Args: rows[0]}}
	return append(steps, tx.Rows(`INSERT INTO event_log (kind, key, at, data, tx)`, nextTx[tx.Engine()], "", 1, rows[1:]...)...), nil
}

// row is what insertSQL takes.
func (e Event) row(tx *db.Tx) ([]any, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return nil, ErrEvent.With("%s: %w", e.Kind, err)
	}
	if e.Kind == "" || len(e.Kind) > maxName || len(e.Key) > maxName || len(data) > maxData {
		return nil, ErrEvent.With("kind %.40q, key of %d, data of %d bytes", e.Kind, len(e.Key), len(data))
	}
	tx.Signal(topic)
	return []any{e.Kind, e.Key, tx.Now(), string(data)}, nil
}

// nextTx is the number of the transaction for all events but its first, which has taken the lock.
var nextTx = map[string]string{db.SQLite: `, 0`, db.Postgres: `, CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)`}

var insertSQL = map[string]string{
	db.SQLite: `INSERT INTO event_log (tx, kind, key, at, data) VALUES (0, $1, $2, $3, $4)`,
	db.Postgres: `INSERT INTO event_log (tx, kind, key, at, data)
		VALUES ((SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) FROM pg_advisory_xact_lock_shared(` + lockClass + `, ` + lockObject + `)), $1, $2, $3, $4)`,
}
