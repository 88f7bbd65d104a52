package event

import (
	"context"
	"fmt"

	"souk/kit/db"
)

// gap is ids that are missing before a visible event. On PostgreSQL a transaction may take an id and commit after one that
// took a later id: the missing ids are still to come, or were rolled back. Every transaction that appends holds a shared
// advisory lock of this database from before it takes an id until it ends (see insertSQL), so those that may still fill
// a gap are among the lock's holders right after the gap was seen. Once they have ended, what a later reading misses will never come.
// Other transactions of the server, however long, do not matter.
type gap struct {
	upTo    int64           // ids below it were taken before the holders were listed
	holders map[string]bool // who may still fill it
}

// The advisory lock's two numbers: "souk", "evnt".
const (
	lockClass  = "1936684395"
	lockObject = "1702260340"
)

// batch is a run of events after a position that no earlier event can join any more.
type batch struct {
	events []Stored
	end    int64 // the position after them
	gap    bool  // a gap came before the next one
}

// next reads up to limit events after position, and stops before a gap that may still be filled.
func (g *gap) next(ctx context.Context, d *db.DB, position int64, limit int) (b batch, err error) {
	passable := int64(0) // gaps below it will never be filled
	if g.upTo > position {
		now, err := holders(ctx, d) // before the snapshot that is read below
		if err != nil {
			return b, err
		}
		if !meet(g.holders, now) {
			passable = g.upTo
		}
	}
	var events []Stored
	if err := d.Read(ctx, func(tx *db.Tx) error {
		events, err = eventsAfter(tx, position, limit)
		return err
	}); err != nil {
		return b, err
	}
	b = batch{end: position}
	for _, e := range events {
		if d.Engine() == db.Postgres && e.ID != b.end+1 && e.ID > passable {
			b.gap = true
			break
		}
		b.events = append(b.events, e)
		b.end = e.ID
	}
	if b.gap && (g.upTo <= b.end || passable > 0) { // a gap not seen before
		g.upTo = events[len(events)-1].ID
		g.holders, err = holders(ctx, d) // after the snapshot in which it was seen
	}
	return b, err
}

// holders lists the transactions of this database that have appended and not ended.
func holders(ctx context.Context, d *db.DB) (map[string]bool, error) {
	found := map[string]bool{}
	err := d.Read(ctx, func(tx *db.Tx) error {
		clear(found)
		rows, err := tx.Query(`SELECT CAST(pid AS TEXT) || ' ' || virtualtransaction FROM pg_locks
			WHERE locktype = 'advisory' AND classid = ` + lockClass + ` AND objid = ` + lockObject + ` AND granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var who string
			if err := rows.Scan(&who); err != nil {
				return err
			}
			found[who] = true
		}
		return rows.Err()
	})
	return found, err
}

func meet(a, b map[string]bool) bool {
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

func eventsAfter(tx *db.Tx, position int64, limit int) ([]Stored, error) {
	return scanEvents(tx.Query(`SELECT id, kind, key, at, data FROM event_log WHERE id > $1 ORDER BY id LIMIT $2`, position, limit))
}

func scanEvents(rows *db.Rows, err error) ([]Stored, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var events []Stored
	for rows.Next() {
		var e Stored
		var data string
		if err := rows.Scan(&e.ID, &e.Kind, &e.Key, &e.At, &data); err != nil {
			return nil, fmt.Errorf("event: %w", err)
		}
		e.Data = []byte(data)
		events = append(events, e)
	}
	return events, rows.Err()
}
