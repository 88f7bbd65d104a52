package pay_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/pay"
)

// answered lists the trades whose payment was answered so far.
func (a *auditor) answered() []pay.No {
	a.Lock()
	defer a.Unlock()
	return slices.Collect(maps.Keys(a.trades))
}

// restored opens a copy as a host would, and proves its books.
func restored(t *testing.T, file string) *db.DB {
	t.Helper()
	d := dbtest.Open(t, "sqlite:"+file, schemas...)
	verify(t, d)
	return d
}

func TestACopyTakenWhileManyPayHasRightBooksAndAllThatWasAnsweredBefore(t *testing.T) {
	const actors, copies, between, most = 16, 3, 20, 5000
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), schemas...)
	market(t, d, actors)
	a := newAuditor(actors)
	var enough, ended atomic.Bool
	var wg sync.WaitGroup
	defer func() { enough.Store(true); wg.Wait() }() // before the database is closed, also when the test gives up
	wg.Go(func() {
		defer ended.Store(true)
		a.work(t, d, seed, actors, 0, func(step int) bool { return !enough.Load() && step < most })
	})
	folder := t.TempDir()
	file := func(i int) string { return filepath.Join(folder, fmt.Sprint(i, ".db")) }
	for i := range copies {
		for len(a.answered()) < (i+1)*between {
			one := order(t, d, fmt.Sprint("beside-", i, "-", rand.Uint64()), 1) // waits its turn among the others
			if one.Status != pay.Waiting || ended.Load() {
				t.Fatalf("%d trades were paid, then nobody paid any more; %+v", len(a.answered()), one)
			}
		}
		before := a.answered()
		if err := d.Backup(ctx, file(i)); err != nil {
			t.Error(err)
			break
		}
		copied := restored(t, file(i))
		for _, no := range before {
			if err := copied.Read(ctx, func(tx *db.Tx) error {
				trade, err := pay.Find(ctx, tx, no)
				if err == nil && trade.PaidAt == 0 {
					t.Errorf("%s was answered as paid before the copy and is %s in it", no, trade.Status)
				}
				return err
			}); err != nil {
				t.Errorf("%s: %v", no, err)
			}
		}
	}
	enough.Store(true)
	wg.Wait()
	a.check(t, d)

	// Once nobody pays any more, the copy has what the auditor knows, to the fen; and it is a host's database like any other.
	if err := d.Backup(ctx, file(copies)); err != nil {
		t.Fatal(err)
	}
	last := restored(t, file(copies))
	a.check(t, last)
	a.work(t, last, seed+1, actors, most, upTo(most+2))
	a.check(t, last)
	r := verify(t, last)
	t.Logf("%d trades paid, %d entries", len(a.trades), r.Entries)
}
