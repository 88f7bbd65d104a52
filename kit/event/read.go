package event

import (
	"context"
	"fmt"

	"souk/kit/db"
)

// gap is ids that are missing before a visible event. On PostgreSQL a transaction may take an id and commit after one that
// took a later id: the missing ids are still to come, or were rolled back. Once every transaction that ran when the gap
// was first seen has ended (their numbers are below horizon), what is still missing will never come.
// A transaction has its number before it takes an id (see schema/0001), so none is overlooked.
type gap struct {
	from    int64
	horizon int64
}

// batch is a run of events after a position that no earlier event can join any more.
type batch struct {
	events []Stored
	end    int64 // the position after them
	gap    bool  // a gap came before the next one
}

const snapshotSQL = `SELECT CAST(CAST(pg_snapshot_xmin(s) AS TEXT) AS BIGINT), CAST(CAST(pg_snapshot_xmax(s) AS TEXT) AS BIGINT)
	FROM pg_current_snapshot() AS s`

// next reads up to limit events after position, and stops before a gap that may still be filled.
func (g *gap) next(ctx context.Context, d *db.DB, position int64, limit int) (b batch, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		var oldest, newest int64
		if tx.Engine() == db.Postgres {
			if err := tx.QueryRow(snapshotSQL).Scan(&oldest, &newest); err != nil {
				return err
			}
		}
		events, err := eventsAfter(tx, position, limit)
		if err != nil {
			return err
		}
		b = batch{end: position}
		for _, e := range events {
			if tx.Engine() == db.Postgres && e.ID != b.end+1 && !g.passed(b.end+1, oldest, newest) {
				b.gap = true
				return nil
			}
			b.events = append(b.events, e)
			b.end = e.ID
		}
		return nil
	})
	return b, err
}

// passed tells whether the gap that begins at id from will never be filled. oldest is the oldest transaction under way
// in this snapshot, newest the next to be numbered.
func (g *gap) passed(from, oldest, newest int64) bool {
	if g.from != from {
		*g = gap{from: from, horizon: newest}
	}
	return oldest >= g.horizon
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
