package db_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"souk/kit/db"
)

// noting is a Gather that adds rows; a negative id is refused, and 13 panics. Every third refusal is known to be this id's fault, and every
// seventh id is left out.
func noting(d *db.DB) *db.Gather[int64, int64] {
	alone := func(_ context.Context, tx *db.Tx, id int64) (int64, error) {
		if err := add(tx, max(id, -id), fmt.Sprint("gathered ", id), 1); err != nil {
			return 0, err
		}
		if id == 13 {
			panic("thirteen")
		}
		if id < 0 {
			return 0, errNo
		}
		return 2 * id, nil
	}
	return db.NewGather(d, func(id int64) int64 { return id }, func(ctx context.Context, tx *db.Tx, ids []int64) (outs []int64, left []int, err error) {
		for i, id := range ids {
			if id%7 == 0 { // difficult
				left = append(left, i)
			}
			if outs = append(outs, 0); id%7 != 0 {
				outs[i], err = alone(ctx, tx, id)
			}
			if err != nil && id%3 == 0 {
				return nil, []int{i}, err
			}
			if err != nil {
				return nil, nil, err
			}
		}
		return outs, left, nil
	}, alone)
}

func TestWhatIsWrongWithOneInputReachesNoOther(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		g := noting(d)
		const callers = 120
		together(callers, func(i int) {
			id := int64(i + 1)
			defer func() {
				if p := recover(); (p != nil) != (id == 13) {
					t.Errorf("%d panics: %v", id, p)
				}
			}()
			if i%10 == 0 {
				if _, err := g.Do(bg, -id); err != errNo {
					t.Errorf("%d: %v", -id, err)
				}
				return
			}
			if out, err := g.Do(bg, id); err != nil || out != 2*id {
				t.Errorf("%d: %d, %v", id, out, err)
			}
		})
		if n := countRows(t, d); n != callers-callers/10-1 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestAGatheredCallWhoseTimeIsOverIsNotRun(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ended, end := context.WithCancel(bg)
		end()
		for id := range int64(20) {
			if _, err := noting(d).Do(ended, id+100); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			} else if n := countRows(t, d); (err == nil) != (n > 0) {
				t.Fatalf("%v, with %d rows", err, n)
			} else if err == nil {
				return // it had begun before it looked
			}
		}
	})
}

func TestRowsAskedForTogetherComeInOrderAndTellWhichIsMissing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for id := range int64(5) {
				if err := add(tx, id, fmt.Sprint("row ", id), 10*id); err != nil {
					return err
				}
			}
			return nil
		})
		const sql = `UPDATE sheet_row SET count = count + 1 WHERE id = $1 RETURNING count`
		write(t, d, func(tx *db.Tx) error {
			want := []int64{21, -1, 1, 41}
			return tx.QueryEach(sql, [][]any{{int64(2)}, {int64(77)}, {int64(0)}, {int64(4)}}, func(i int, row db.Scanner) error {
				got := int64(-1)
				if err := row.Scan(&got); err != nil && !errors.Is(err, db.ErrNoRows) {
					return err
				}
				if got != want[i] {
					t.Errorf("%d: %d, want %d", i, got, want[i])
				}
				return nil
			})
		})
		err := d.Write(bg, func(tx *db.Tx) error {
			return tx.QueryEach(sql, [][]any{{int64(1)}, {int64(2)}, {int64(3)}}, func(i int, row db.Scanner) error {
				if i == 1 {
					return errNo
				}
				return row.Scan(new(int64))
			})
		})
		if err != errNo {
			t.Errorf("%v, want what the function said", err)
		}
		read(t, d, func(tx *db.Tx) error {
			var sum int64
			err := tx.QueryRow(`SELECT CAST(SUM(count) AS BIGINT) FROM sheet_row`).Scan(&sum)
			if sum != 103 {
				t.Errorf("the counts sum to %d: the refused ones left something", sum)
			}
			return err
		})
	})
}
