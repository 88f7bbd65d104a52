package ledger_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/ledger"
)

const hour = 60 * 60 * 1000

func closed(t *testing.T, d *db.DB, id ledger.AccountID, day ledger.Day) int64 {
	t.Helper()
	var b int64
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { b, err = ledger.ClosedBalance(ctx, tx, id, day); return err }); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheBalanceAsOfAClosedDayIsFixedAndEqualsThePostings(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 1))
		now := int64(1_763_740_800_000) // midnight in China
		d.SetClock(func() int64 { return now })
		books(t, d)
		type asOf struct {
			id  ledger.AccountID
			day ledger.Day
		}
		accounts := []ledger.AccountID{world, ann, bob, shop}
		want := map[asOf]int64{}
		for day := range 12 {
			for i := range random.IntN(4) { // some days nothing moves
				now += random.Int64N(5 * hour)
				from, to := ann, ledger.AccountID("merchant/shop/pending#"+fmt.Sprint(random.IntN(8)))
				if random.IntN(2) == 0 {
					from, to = world, ann
				}
				if _, err := post(d, fmt.Sprint("e", day, "_", i), line(from, -1), line(to, 1)); err != nil {
					t.Fatal(err)
				}
			}
			today := ledger.DayOf(now)
			for _, id := range accounts {
				want[asOf{id, today}] = find(t, d, id).Balance
			}
			if _, err := ledger.CloseDays(ctx, d, today); !errors.Is(err, ledger.ErrDayNotClosed) {
				t.Fatalf("a day that is not over: %v", err)
			}
			_, now = today.Span()
			if random.IntN(3) == 0 || day == 11 { // the job does not run every day
				if _, err := ledger.CloseDays(ctx, d, today); err != nil {
					t.Fatal(err)
				}
				if again, err := ledger.CloseDays(ctx, d, today); again != 0 || err != nil {
					t.Fatalf("closing again wrote %d: %v", again, err)
				}
			}
		}
		for at, balance := range want {
			if got := closed(t, d, at.id, at.day); got != balance {
				t.Errorf("%s held %d at the end of %s, it was closed with %d", at.id, balance, at.day, got)
			}
		}
		if err := d.Read(ctx, func(tx *db.Tx) error { _, err := ledger.ClosedBalance(ctx, tx, ann, ledger.DayOf(now)); return err }); !errors.Is(err, ledger.ErrDayNotClosed) {
			t.Errorf("today: %v", err)
		}
		right(t, d)
		if r := verify(t, d); r.Closings == 0 {
			t.Error("no closing was verified")
		}
		for what, sql := range map[string]string{
			"another balance": `UPDATE ledger_closing SET balance = balance + 1 WHERE account_id = 'person/bob/CNY'`,
			"a lost balance":  `DELETE FROM ledger_closing WHERE account_id = 'person/bob/CNY'`,
			"a new balance":   `INSERT INTO ledger_closing (account_id, day, balance) VALUES ('person/eve/CNY', 20414, 5)`,
			"a late posting":  `INSERT INTO ledger_posting (account_id, posted_at, entry_id, line, shard, amount) VALUES ('person/bob/CNY', 1763740800001, 'late', 0, 1, 5)`,
		} {
			finds(t, d, what, sql)
		}
	})
}

var errUndo = errors.New("undo")

// finds tampers with the tables, and wants Verify to say so.
func finds(t *testing.T, d *db.DB, what, sql string) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		if n, err := tx.Exec(sql); err != nil || n == 0 {
			return fmt.Errorf("%d rows: %w", n, err)
		}
		r, err := ledger.Verify(ctx, tx)
		if err == nil && len(r.Differences) == 0 {
			t.Errorf("%s was not found", what)
		}
		return errors.Join(err, errUndo)
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("%s: %v", what, err)
	}
}

func TestClosingADayGoesOnWhereACrashLeftIt(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := int64(1_763_740_800_000)
		d.SetClock(func() int64 { return now })
		books(t, d)
		today := ledger.DayOf(now)
		_, now = today.Span()
		errStop := errors.New("stop")
		for n := range 20 {
			before := dbtest.ContentOf(t, d)
			writes := 0
			faulty := db.Faulty(d, func() db.Strike {
				return func(int, string) error {
					if writes++; writes-1 == n {
						return errStop
					}
					return nil
				}
			})
			_, err := ledger.CloseDays(ctx, faulty, today)
			if err == nil {
				break
			}
			if !errors.Is(err, errStop) {
				t.Fatal(err)
			}
			if n == 0 && before.Diff(dbtest.ContentOf(t, d)) != "" {
				t.Error("nothing was done and something changed")
			}
			right(t, d)
		}
		if got := closed(t, d, ann, today); got != 100 {
			t.Errorf("closed with %d", got)
		}
		right(t, d)
	})
}
