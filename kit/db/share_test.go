package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
)

// Every caller has just written its own row, so a snapshot that is older than its question would not show it.
func TestWhoReadsTogetherSeesAllThatWasAnsweredBefore(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		const callers, rounds = 32, 10
		together(callers, func(i int) {
			for k := range rounds {
				id, got := int64(i*rounds+k), int64(0)
				if err := d.Write(bg, func(tx *db.Tx) error { return add(tx, id, fmt.Sprint("row ", id), id+1) }); err != nil {
					t.Error(err)
				}
				if err := d.ReadTogether(bg, func(tx *db.Tx) error {
					return tx.QueryRow(`SELECT count FROM sheet_row WHERE id = $1`, id).Scan(&got)
				}); err != nil || got != id+1 {
					t.Errorf("%d: %d, %v", id, got, err)
				}
			}
		})
	})
}

func TestWhatIsWrongWithOneReaderReachesNoOther(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return add(tx, 1, "row", 11) })
		ended, end := context.WithCancel(bg)
		end()
		var right atomic.Int64
		together(120, func(i int) {
			ctx, want, sql := bg, error(nil), `SELECT count FROM sheet_row WHERE id = $1`
			defer func() {
				if p := recover(); (p != nil) != (i%10 == 3) {
					t.Errorf("%d panics: %v", i, p)
				}
			}()
			switch i % 10 {
			case 1:
				want = errNo
			case 5:
				sql = `SELECT nothing FROM sheet_row WHERE id = $1`
			case 7:
				ctx, want = ended, context.Canceled
			}
			got := int64(0)
			err := d.ReadTogether(ctx, func(tx *db.Tx) error {
				if err := tx.QueryRow(sql, int64(1)).Scan(&got); err != nil {
					return err
				}
				if i%10 == 3 {
					panic("three")
				}
				return want
			})
			switch {
			case i%10 == 5 && err == nil, i%10 != 5 && !errors.Is(err, want):
				t.Errorf("%d: %v", i, err)
			case err == nil && got == 11:
				right.Add(1)
			}
		})
		if right.Load() != 72 {
			t.Errorf("%d have read the row, not 72", right.Load())
		}
	})
}

func TestReadingTogetherWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		if err := d.ReadTogether(bg, func(tx *db.Tx) error { return add(tx, 1, "row", 1) }); err == nil || countRows(t, d) != 0 {
			t.Errorf("%v, %d rows", err, countRows(t, d))
		}
	})
}

func TestWhoseTimeEndsWhileOthersReadDoesNotWaitForThem(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.Postgres {
			return // nobody waits for another there
		}
		begun, release := make(chan bool), make(chan bool)
		var wg sync.WaitGroup
		for range db.Sharers() { // every snapshot is taken, by one who takes long
			wg.Go(func() {
				if err := d.ReadTogether(bg, func(*db.Tx) error { begun <- true; <-release; return nil }); err != nil {
					t.Error(err)
				}
			})
			<-begun
		}
		ctx, end := context.WithCancel(bg)
		waiting := make(chan error)
		ran := false
		go func() { waiting <- d.ReadTogether(ctx, func(*db.Tx) error { ran = true; return nil }) }()
		end()
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		close(release)
		wg.Wait()
		if err := d.ReadTogether(bg, func(*db.Tx) error { return nil }); err != nil || ran {
			t.Errorf("afterwards: %v; what was called off was done: %v", err, ran)
		}
	})
}
