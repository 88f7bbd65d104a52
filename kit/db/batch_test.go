package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/fstest"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

func TestStatementsSentTogetherRunInOrderAndAreUndoneTogether(t *testing.T) {
	ctx := context.Background()
	thing := db.Schema{Room: "thing", Files: fstest.MapFS{"schema/0001_thing.sql": {Data: []byte(`CREATE TABLE thing_row (id TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n >= 0));`)}}}
	dbtest.Each(t, []db.Schema{thing}, func(t *testing.T, d *db.DB) {
		insert := func(id string, n int) db.Step {
			return db.Step{SQL: `INSERT INTO thing_row (id, n) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, Args: []any{id, n}}
		}
		take := func(id string, n int) db.Step {
			return db.Step{SQL: `UPDATE thing_row SET n = n - $1 WHERE id = $2 AND n >= $1`, Args: []any{n, id}}
		}
		run := func(first bool, steps ...db.Step) (touched []int64, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				if !first { // not the first statement of its transaction
					if err := tx.QueryRow(`SELECT COUNT(*) FROM thing_row`).Scan(new(int64)); err != nil {
						return err
					}
				}
				touched, err = tx.ExecAll(steps...)
				return err
			})
			return touched, err
		}
		for i, c := range []struct {
			steps []db.Step
			want  []int64
		}{
			{[]db.Step{insert("a", 5), insert("a", 6), take("a", 3), take("a", 3)}, []int64{1, 0, 1, 0}},
			{[]db.Step{insert("a", 5), take("a", 2), take("b", 1)}, []int64{0, 1, 0}},
			{nil, []int64{}},
		} {
			if got, err := run(i%2 == 0, c.steps...); err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%d: %v %v", i, got, err)
			}
		}
		for _, first := range []bool{true, false} {
			_, err := run(first, insert("c", 1), db.Step{SQL: `UPDATE thing_row SET n = -1 WHERE id = 'c'`}, insert("d", 1))
			if !db.IsCheck(err) {
				t.Errorf("a refused statement: %v", err)
			}
		}
		undo := errors.New("undo")
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.ExecAll(insert("e", 1), insert("f", 1)); err != nil {
				return err
			}
			return undo
		}); !errors.Is(err, undo) {
			t.Error(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			var rows, n int64
			err := tx.QueryRow(`SELECT COUNT(*), SUM(n) FROM thing_row`).Scan(&rows, &n)
			if rows != 1 || n != 0 {
				t.Errorf("%d rows with %d", rows, n)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}
