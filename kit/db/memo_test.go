package db_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

func countOf(tx *db.Tx) (n int64, err error) {
	err = tx.QueryRow(`SELECT count FROM sheet_row WHERE id = 1`).Scan(&n)
	return n, err
}

func TestWhatIsRememberedIsForgottenBeforeTheChangeIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		now := d.Now()
		d.SetClock(func() int64 { return now })
		memo, reads := db.NewMemo[int64, int64](d, "sheet_row"), 0
		look := func() int64 {
			t.Helper()
			n, err := memo.Look(bg, 1, func(tx *db.Tx) (int64, error) { reads++; return countOf(tx) })
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if _, err := memo.Look(bg, 1, countOf); err == nil {
			t.Fatal("an absent row was found")
		}
		for i, change := range []string{
			`INSERT INTO sheet_row (id, name, count) VALUES (1, 'a', 7)`, ` update  sheet_row SET count = 8`,
			"DELETE\n FROM sheet_row", `INSERT INTO sheet_row (id, name, count) VALUES (1, 'a', 9)`,
			`WITH x AS (SELECT 1 AS id) UPDATE sheet_row SET count = 10 WHERE id IN (SELECT id FROM x)`,
		} {
			write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(change); return err })
			if i == 2 {
				continue
			}
			for range 2 {
				if got, want := look(), []int64{7, 8, 0, 9, 10}[i]; got != want {
					t.Errorf("after %s: %d", change, got)
				}
			}
		}
		if reads != 4 {
			t.Errorf("%d reads for 4 changes", reads)
		}
		write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO sheet_log (line) VALUES ('x')`); return err })
		d.Write(bg, func(tx *db.Tx) error { tx.Exec(`UPDATE sheet_row SET count = 99`); return errNo })
		if look(); reads != 4 {
			t.Error("another table's change, or one that was undone, made it forget")
		}
		now += 61_000
		if look(); reads != 5 {
			t.Error("it is remembered for ever")
		}
		memo.Forget(1)
		if look(); reads != 6 {
			t.Error("it was not forgotten")
		}
	})
}

// Every reader knows of a commit that was answered, whatever is remembered meanwhile.
func TestNobodyIsServedWhatWasBeforeAChangeThatTheyKnowOf(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return add(tx, 1, "row", 0) })
		memo := db.NewMemo[int64, int64](d, "sheet_row")
		var answered atomic.Int64
		together(9, func(i int) {
			for range 60 {
				if i == 0 {
					write(t, d, func(tx *db.Tx) error { _, err := tx.Exec(`UPDATE sheet_row SET count = count + 1`); return err })
					answered.Add(1)
					continue
				}
				least := answered.Load()
				got, ok := memo.Get(1)
				if mark := memo.Mark(); !ok {
					if err := d.ReadTogether(bg, func(tx *db.Tx) (err error) { got, err = countOf(tx); return err }); err != nil {
						t.Error(err)
					}
					memo.Keep(mark, 1, got)
				}
				if got < least {
					t.Errorf("%d, when %d was answered", got, least)
				}
			}
		})
	})
}

func TestAnotherProcessesChangeIsNoticedSoon(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		ours, other := dbtest.Open(t, url, sheet), dbtest.Open(t, url, sheet)
		write(t, ours, func(tx *db.Tx) error { return add(tx, 1, "row", 1) })
		memo := db.NewMemo[int64, int64](ours, "sheet_row")
		for i := int64(2); i < 5; i++ {
			memo.Look(bg, 1, countOf)
			write(t, other, func(tx *db.Tx) error { _, err := tx.Exec(fmt.Sprint(`UPDATE sheet_row SET count = `, i)); return err })
			for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				if n, err := memo.Look(bg, 1, countOf); err == nil && n == i {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("%s: still what was before the change", ours.Engine())
				}
			}
		}
	})
}
