package db_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

func TestAnErrorUndoesTheTransactionAndComesBackAsItIs(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Write(bg, func(tx *db.Tx) error {
			if err := add(tx, 1, "a", 1); err != nil {
				return err
			}
			return errNo
		})
		if err != errNo {
			t.Fatalf("error %v, want %v", err, errNo)
		}
		if n := countRows(t, d); n != 0 {
			t.Fatalf("%d rows are left", n)
		}
	})
}

// together starts writers at once, so that SQLite groups them, and waits for all.
func together(n int, f func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { f(i) })
	}
	group.Wait()
}

// hold makes a Write that holds the writer until release is called, so that those after it form a group.
func hold(t *testing.T, d *db.DB) (release func()) {
	t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		if err := d.Write(bg, func(*db.Tx) error {
			close(begun)
			<-end
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
	<-begun
	return func() {
		close(end)
		group.Wait()
	}
}

func TestFailingWritesOfAGroupUndoOnlyThemselves(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		const writers = 90
		var failures [writers]error
		var panicked [writers]any
		var release func()
		if d.Engine() == db.SQLite {
			release = hold(t, d)
			time.AfterFunc(200*time.Millisecond, release)
		}
		together(writers, func(i int) {
			defer func() { panicked[i] = recover() }()
			failures[i] = d.Write(bg, func(tx *db.Tx) error {
				if err := add(tx, int64(i), "row "+strings.Repeat("x", i), 1); err != nil {
					return err
				}
				switch i % 6 {
				case 1:
					return errNo
				case 3:
					panic("oh")
				case 5:
					_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count) VALUES ($1, 'negative', -1)`, 1000+i)
					return err
				}
				return nil
			})
		})
		for i := range writers {
			var good bool
			switch i % 6 {
			case 0, 2, 4:
				good = failures[i] == nil && panicked[i] == nil
			case 1:
				good = failures[i] == errNo
			case 3:
				good = panicked[i] == "oh"
			case 5:
				good = db.IsCheck(failures[i])
			}
			if !good {
				t.Errorf("writer %d: error %v, panic %v", i, failures[i], panicked[i])
			}
		}
		var left []int64
		read(t, d, func(tx *db.Tx) (err error) {
			left, err = numbers(tx.Query(`SELECT id FROM sheet_row ORDER BY id`))
			return err
		})
		if len(left) != writers/2 || slices.ContainsFunc(left, func(id int64) bool { return id%2 == 1 }) {
			t.Fatalf("rows left: %v", left)
		}
	})
}

// t.FailNow in a Write's function ends only that goroutine.
func TestAFunctionThatEndsItsGoroutineUndoesItself(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		together(1, func(int) {
			d.Write(bg, func(tx *db.Tx) error {
				if err := add(tx, 1, "a", 1); err != nil {
					return err
				}
				runtime.Goexit()
				return nil
			})
		})
		write(t, d, func(tx *db.Tx) error { return add(tx, 2, "b", 1) })
		if n := countRows(t, d); n != 1 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestWritesThatWaitTogetherShareOneCommit(t *testing.T) {
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), sheet)
	before := d.Stats()
	release := hold(t, d)
	const writers = 100
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			if err := d.Write(bg, func(tx *db.Tx) error { return add(tx, int64(i), string(rune('A'+i)), 1) }); err != nil {
				t.Error(err)
			}
		})
	}
	for db.Waiting(d) < writers {
		time.Sleep(time.Millisecond)
	}
	release()
	group.Wait()
	after := d.Stats()
	if n := after.Writes - before.Writes; n != writers+1 {
		t.Fatalf("%d writes counted", n)
	}
	if n := after.Commits - before.Commits; n != 2 {
		t.Fatalf("%d commits for the holder and the %d that waited, want 2", n, writers)
	}
}

func TestConcurrentWritesToOneRowAddUp(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", 0) })
		const writers, times = 16, 25
		together(writers, func(int) {
			for range times {
				if err := d.Write(bg, func(tx *db.Tx) error {
					_, err := tx.Exec(`UPDATE sheet_row SET count = count + 1 WHERE id = 1`)
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
		var n int64
		read(t, d, func(tx *db.Tx) error { return tx.QueryRow(`SELECT count FROM sheet_row WHERE id = 1`).Scan(&n) })
		if n != writers*times {
			t.Fatalf("count %d, want %d", n, writers*times)
		}
	})
}

func TestAGuardedUpdateSellsNoMoreThanThereIs(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		const there, buyers = 10, 40
		write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", there) })
		var mu sync.Mutex
		sold := 0
		together(buyers, func(int) {
			var n int64
			err := d.Write(bg, func(tx *db.Tx) (err error) {
				n, err = tx.Exec(`UPDATE sheet_row SET count = count - $1 WHERE id = $2 AND count >= $1`, 1, 1)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			sold += int(n)
			mu.Unlock()
		})
		if sold != there {
			t.Fatalf("sold %d of %d", sold, there)
		}
	})
}

func TestACancelledWriteThatHasNotBegunIsNotRun(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(bg)
		cancel()
		if err := d.Write(ctx, func(tx *db.Tx) error { t.Error("it ran"); return nil }); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if d.Engine() == db.Postgres {
			return // nobody waits for a turn there
		}
		release := hold(t, d)
		ctx, cancel = context.WithTimeout(bg, 50*time.Millisecond)
		defer cancel()
		if err := d.Write(ctx, func(tx *db.Tx) error { t.Error("it ran"); return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		release()
		write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", 1) })
	})
}

func TestARefusedDuplicateIsToldAndSpoilsItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", 1) })
		for what, f := range map[string]func(tx *db.Tx) error{
			"primary key":  func(tx *db.Tx) error { return add(tx, 1, "b", 1) },
			"unique index": func(tx *db.Tx) error { return add(tx, 2, "a", 1) },
			"swallowed":    func(tx *db.Tx) error { add(tx, 1, "b", 1); return nil },
			"gone on":      func(tx *db.Tx) error { add(tx, 1, "b", 1); return add(tx, 3, "c", 1) },
			"returning": func(tx *db.Tx) error {
				var id int64
				return tx.QueryRow(`INSERT INTO sheet_row (id, name, count) VALUES (1, 'z', 1) RETURNING id`).Scan(&id)
			},
		} {
			if err := d.Write(bg, f); !db.IsUnique(err) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := d.Write(bg, func(tx *db.Tx) error { return add(tx, 2, "b", -1) }); !db.IsCheck(err) || db.IsUnique(err) {
			t.Errorf("check: %v", err)
		}
		if err := d.Write(bg, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO sheet_child (id, row_id) VALUES (1, 99)`)
			return err
		}); !db.IsForeign(err) {
			t.Errorf("foreign key: %v", err)
		}
		if n := countRows(t, d); n != 1 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestOnConflictDoesNotSpoilTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for want := range 2 {
				n, err := tx.Exec(`INSERT INTO sheet_key (owner, key, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, "o", "k", want)
				if err != nil {
					return err
				}
				if n != int64(1-want) {
					t.Errorf("insert %d touched %d rows", want, n)
				}
			}
			return nil
		})
	})
}

func TestReadsCannotWriteAndSeeOneSnapshot(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		if err := d.Read(bg, func(tx *db.Tx) error { return add(tx, 1, "a", 1) }); err == nil {
			t.Fatal("a Read wrote")
		}
		read(t, d, func(tx *db.Tx) error {
			var before, after int64
			if err := tx.QueryRow(`SELECT count(*) FROM sheet_row`).Scan(&before); err != nil {
				return err
			}
			write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", 1) })
			if err := tx.QueryRow(`SELECT count(*) FROM sheet_row`).Scan(&after); err != nil {
				return err
			}
			if before != 0 || after != 0 {
				t.Errorf("the snapshot shows %d, then %d rows", before, after)
			}
			return nil
		})
		if n := countRows(t, d); n != 1 {
			t.Fatalf("%d rows afterwards", n)
		}
	})
}

func TestAReadEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(bg, 100*time.Millisecond)
		defer cancel()
		err := d.Read(ctx, func(tx *db.Tx) error {
			var n int64
			return tx.QueryRow(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n`).Scan(&n)
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if n := countRows(t, d); n != 0 {
			t.Fatal(n)
		}
	})
}

func TestATransactionIsOverWhenItsFunctionIs(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		write(t, d, func(tx *db.Tx) error { kept = tx; return nil })
		if err := add(kept, 1, "a", 1); err == nil {
			t.Fatal("a Tx outlived its function")
		}
	})
}

func TestTheClockStandsStillInATransaction(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var now int64 = 1000
		d.SetClock(func() int64 { now++; return now })
		write(t, d, func(tx *db.Tx) error {
			if a, b := tx.Now(), tx.Now(); a != b || a <= 1000 {
				t.Errorf("%d, then %d", a, b)
			}
			return nil
		})
	})
}

func TestSignalsComeAfterTheCommitOnly(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		woken, stop := d.Listen("news")
		d.Write(bg, func(tx *db.Tx) error { tx.Signal("news"); return errNo })
		write(t, d, func(tx *db.Tx) error { tx.Signal("other"); return nil })
		select {
		case <-woken:
			t.Fatal("woken without news")
		default:
		}
		write(t, d, func(tx *db.Tx) error { tx.Signal("news"); tx.Signal("news"); return nil })
		select {
		case <-woken:
		default:
			t.Fatal("not woken")
		}
		stop()
		write(t, d, func(tx *db.Tx) error { tx.Signal("news"); return nil })
		select {
		case <-woken:
			t.Fatal("woken after stop")
		default:
		}
	})
}

func TestAClosedDatabaseSaysSo(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		d, err := db.Open(bg, url, sheet)
		if err != nil {
			t.Fatal(err)
		}
		countRows(t, d)
		d.Close()
		if err := d.Write(bg, func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrClosed) {
			t.Errorf("Write: %v", err)
		}
		if err := d.Read(bg, func(*db.Tx) error { return nil }); !errors.Is(err, db.ErrClosed) {
			t.Errorf("Read: %v", err)
		}
		if err := d.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
	})
}
