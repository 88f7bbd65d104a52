package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/ledger"
)

var ctx = context.Background()

var schemas = []db.Schema{ledger.Schema}

const (
	world ledger.AccountID = "world/bank/CNY"
	ann   ledger.AccountID = "person/ann/CNY"
	bob   ledger.AccountID = "person/bob/CNY"
	shop  ledger.AccountID = "merchant/shop/pending"
)

func do(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

// books has Ann with 100, Bob with 100, and a shop with eight stripes.
func books(t *testing.T, d *db.DB) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		for _, a := range []ledger.Account{{ID: world}, {ID: ann, Floor: ledger.Zero()}, {ID: bob, Floor: ledger.Zero()}, {ID: shop, Floor: ledger.Zero(), Stripes: 8}} {
			a.Unit = ledger.CNY
			for range 2 {
				if err := ledger.Open(ctx, tx, a); err != nil {
					return err
				}
			}
		}
		return nil
	})
	for _, to := range []ledger.AccountID{ann, bob} {
		if _, err := post(d, "start:"+string(to), line(world, -100), line(to, 100)); err != nil {
			t.Fatal(err)
		}
	}
}

func line(id ledger.AccountID, amount int64) ledger.Line {
	return ledger.Line{Account: id, Unit: ledger.CNY, Amount: amount}
}

func entry(id string, lines ...ledger.Line) ledger.Entry {
	return ledger.Entry{ID: ledger.EntryID(id), Kind: "test", Lines: lines}
}

func post(d *db.DB, id string, lines ...ledger.Line) (repeated bool, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		repeated, err = ledger.Post(ctx, tx, entry(id, lines...))
		return err
	})
	return repeated, err
}

func find(t *testing.T, d *db.DB, id ledger.AccountID) ledger.Account {
	t.Helper()
	var a ledger.Account
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { a, err = ledger.Find(ctx, tx, id); return err }); err != nil {
		t.Fatal(err)
	}
	return a
}

func verify(t *testing.T, d *db.DB) ledger.Report {
	t.Helper()
	var r ledger.Report
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { r, err = ledger.Verify(ctx, tx); return err }); err != nil {
		t.Fatal(err)
	}
	return r
}

func right(t *testing.T, d *db.DB) {
	t.Helper()
	for _, difference := range verify(t, d).Differences {
		t.Error(difference)
	}
}

func TestPostingTwiceIsPostingOnceAndOtherContentIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		for i, want := range []bool{false, true, true} {
			if repeated, err := post(d, "e", line(ann, -30), line(bob, 30)); err != nil || repeated != want {
				t.Errorf("time %d: %v %v", i, repeated, err)
			}
		}
		if repeated, err := post(d, "e", line(bob, 30), line(ann, -30)); err != nil || !repeated {
			t.Errorf("the order of lines: %v %v", repeated, err)
		}
		if _, err := post(d, "e", line(ann, -31), line(bob, 31)); !errors.Is(err, ledger.ErrEntryMismatch) {
			t.Errorf("other content: %v", err)
		}
		if a, b := find(t, d, ann).Balance, find(t, d, bob).Balance; a != 70 || b != 130 {
			t.Errorf("Ann %d, Bob %d", a, b)
		}
		right(t, d)
	})
}

func TestMalformedEntriesAreRefusedAndNothingMoves(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		many := []ledger.Line{}
		for i := range ledger.MaxLines + 1 {
			many = append(many, line(ledger.AccountID(fmt.Sprint("a/b/", i)), 1))
		}
		for what, e := range map[string]ledger.Entry{
			"no id": entry("", line(ann, -1), line(bob, 1)), "one line": entry("x", line(ann, -1)), "a sum": entry("x", line(ann, -1), line(bob, 2)),
			"zero": entry("x", line(ann, 0), line(bob, 0)), "an account twice": entry("x", line(ann, -1), line(ann, 1)), "too many lines": entry("x", many...),
			"the smallest number": entry("x", line(ann, math.MinInt64), line(bob, math.MinInt64)), "the largest": entry("x", line(ann, -math.MaxInt64), line(bob, math.MaxInt64)),
			"sums over units": entry("x", line(ann, -1), ledger.Line{Account: bob, Unit: "points", Amount: 1}), "a long id": entry(strings.Repeat("x", 129), line(ann, -1), line(bob, 1)),
		} {
			err := d.Write(ctx, func(tx *db.Tx) error { _, err := ledger.Post(ctx, tx, e); return err })
			if !errors.Is(err, ledger.ErrEntryInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for want, lines := range map[error][]ledger.Line{
			ledger.ErrBalance:         {line(ann, -101), line(bob, 101)},
			ledger.ErrAccountNotFound: {line("person/eve/CNY", 1), line(ann, -1)},
			ledger.ErrAccountMismatch: {{Account: ann, Unit: "points", Amount: -1}, {Account: bob, Unit: "points", Amount: 1}},
		} {
			if _, err := post(d, "y", lines...); !errors.Is(err, want) {
				t.Errorf("%v: %v", want, err)
			}
		}
		if r := verify(t, d); r.Entries != 2 || len(r.Differences) > 0 {
			t.Errorf("%+v", r)
		}
	})
}

// holder holds, captures and voids Ann's money until a moment.
type holder struct {
	d     *db.DB
	until int64
}

func (h holder) place(id ledger.HoldID, amount int64) error {
	return h.d.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Place(ctx, tx, ledger.Hold{ID: id, Account: ann, Unit: ledger.CNY, Amount: amount, ExpiresAt: h.until})
		return err
	})
}

func (h holder) capture(id ledger.HoldID, e string, amount int64) error {
	return h.d.Write(ctx, func(tx *db.Tx) error {
		_, err := ledger.Capture(ctx, tx, id, entry(e, line(ann, -amount), line(bob, amount)))
		return err
	})
}

func (h holder) void(id ledger.HoldID) error {
	return h.d.Write(ctx, func(tx *db.Tx) error { _, err := ledger.Void(ctx, tx, id); return err })
}

func TestHeldMoneyIsNeitherSpentNorHeldAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		h := holder{d, d.Now() + 60_000}
		for range 2 {
			if err := h.place("h", 60); err != nil {
				t.Fatal(err)
			}
		}
		if a := find(t, d, ann); a.Balance != 100 || a.Held != 60 || a.Available() != 40 {
			t.Errorf("%+v", a)
		}
		_, over := post(d, "over", line(ann, -41), line(bob, 41))
		for what, c := range map[string]struct{ got, want error }{
			"spending held money":           {over, ledger.ErrBalance},
			"holding held money":            {h.place("h2", 41), ledger.ErrBalance},
			"the id with another amount":    {h.place("h", 61), ledger.ErrHoldMismatch},
			"capturing more than is held":   {h.capture("h", "c", 61), ledger.ErrHoldExceeded},
			"capturing what was never held": {h.capture("x", "c", 1), ledger.ErrHoldNotFound},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%s: %v", what, c.got)
			}
		}
		right(t, d)
	})
}

func TestAHoldEndsExactlyOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		h := holder{d, d.Now() + 60_000}
		if err := h.place("h", 60); err != nil {
			t.Fatal(err)
		}
		var captured, voided atomic.Int64
		var wg sync.WaitGroup
		for i := range 16 { // eight captures under eight ids and eight voids at once
			wg.Go(func() {
				if i%2 == 0 && h.capture("h", fmt.Sprint("c", i), 50) == nil {
					captured.Add(1)
				}
				if i%2 == 1 && h.void("h") == nil {
					voided.Add(1)
				}
			})
		}
		wg.Wait()
		if a := find(t, d, ann); a.Held != 0 || a.Balance != 100-50*captured.Load() {
			t.Errorf("%+v", a)
		}
		if captured.Load() > 1 || captured.Load() == 1 && voided.Load() > 0 || captured.Load()+voided.Load() == 0 {
			t.Errorf("captured %d times, voided %d times", captured.Load(), voided.Load())
		}
		right(t, d)
	})
}

func TestAHoldWhoseTimeIsOverIsGivenBackOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		h := holder{d, now + 1000}
		if err := h.place("late", 10); err != nil {
			t.Fatal(err)
		}
		now += 1000
		if err := h.capture("late", "c", 10); !errors.Is(err, ledger.ErrHoldEnded) {
			t.Errorf("capturing too late: %v", err)
		}
		for _, want := range []int{1, 0} {
			do(t, d, func(tx *db.Tx) error {
				n, err := ledger.Expire(ctx, tx, 10)
				if n != want {
					t.Errorf("%d expired", n)
				}
				return err
			})
		}
		if a := find(t, d, ann); a.Held != 0 {
			t.Errorf("%+v", a)
		}
		right(t, d)
	})
}

func TestOppositeTransfersDoNotDeadlock(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				from, to := ann, bob
				if i%2 == 0 {
					from, to = bob, ann
				}
				if _, err := post(d, fmt.Sprint("t", i), line(from, -1), line(to, 1)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if retries := d.Stats().Retries; retries != 0 {
			t.Errorf("%d transactions had to be run again", retries)
		}
		if a := find(t, d, ann); a.Balance != 100 {
			t.Errorf("Ann has %d", a.Balance)
		}
		right(t, d)
	})
}

func TestAStripedAccountIsTheSumOfItsStripesAndASweepKeepsIt(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		used := map[ledger.AccountID]bool{}
		for i := range 40 {
			payer := ledger.AccountID(fmt.Sprintf("person/p%d/CNY", i))
			to := shop.Stripe(8, payer)
			used[to] = true
			if _, err := post(d, fmt.Sprint("s", i), line(world, -5), line(to, 5)); err != nil {
				t.Fatal(err)
			}
		}
		if len(used) < 4 {
			t.Errorf("40 payers met in %d stripes", len(used))
		}
		for range 2 {
			if a := find(t, d, shop); a.Balance != 200 {
				t.Errorf("the shop has %d", a.Balance)
			}
			do(t, d, func(tx *db.Tx) error { _, err := ledger.Sweep(ctx, tx, shop); return err })
		}
		do(t, d, func(tx *db.Tx) error {
			own, err := ledger.Own(ctx, tx, shop)
			if own.Balance != 200 {
				t.Errorf("after the sweep the account itself has %d", own.Balance)
			}
			return err
		})
		right(t, d)
	})
}

func TestAReversalTakesAnEntryBackOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		post(d, "e", line(ann, -30), line(bob, 30))
		reverse := func(as ledger.EntryID) (bool, error) {
			repeated := false
			err := d.Write(ctx, func(tx *db.Tx) (err error) {
				repeated, err = ledger.Reverse(ctx, tx, "e", as, "oops")
				return err
			})
			return repeated, err
		}
		for _, want := range []bool{false, true} {
			if repeated, err := reverse("r"); err != nil || repeated != want {
				t.Errorf("%v %v", repeated, err)
			}
		}
		if _, err := reverse("r2"); !errors.Is(err, ledger.ErrReversed) {
			t.Errorf("a second reversal: %v", err)
		}
		if a := find(t, d, ann); a.Balance != 100 {
			t.Errorf("Ann has %d", a.Balance)
		}
		right(t, d)
	})
}

func TestTheDayLimitCountsWhatLeavesAndStartsAnewTheNextDay(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		limit := int64(50)
		do(t, d, func(tx *db.Tx) error { return ledger.SetDayLimit(ctx, tx, ann, &limit) })
		for i, c := range []struct {
			amount int64
			err    error
		}{{30, nil}, {21, ledger.ErrDayLimit}, {20, nil}, {1, ledger.ErrDayLimit}} {
			if _, err := post(d, fmt.Sprint("d", i), line(ann, -c.amount), line(bob, c.amount)); !errors.Is(err, c.err) {
				t.Errorf("%d: %v", c.amount, err)
			}
		}
		first := ledger.DayOf(now)
		now += 24 * 60 * 60 * 1000
		if _, err := post(d, "next", line(ann, -50), line(bob, 50)); err != nil {
			t.Errorf("the next day: %v", err)
		}
		_, end := first.Span()
		do(t, d, func(tx *db.Tx) error {
			sum, err := ledger.BalanceAt(ctx, tx, ann, end)
			if sum != 50 {
				t.Errorf("at the end of %s Ann had %d", first, sum)
			}
			return err
		})
		right(t, d)
	})
}

func TestMovementsPageAndSearch(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		now := d.Now()
		d.SetClock(func() int64 { now++; return now / 2 }) // pairs share a moment
		for i := range 10 {
			do(t, d, func(tx *db.Tx) error {
				e := entry(fmt.Sprint("m", i), line(ann, -1), line(bob, 1))
				e.Title = []string{"Latte 拿铁", "Tea 100% _green_"}[i%2]
				_, err := ledger.Post(ctx, tx, e)
				return err
			})
		}
		pages := func(s ledger.Search) (ids []string) {
			s.Account, s.Limit = ann, 3
			for {
				var page []ledger.Movement
				if err := d.Read(ctx, func(tx *db.Tx) (err error) { page, err = ledger.Movements(ctx, tx, s); return err }); err != nil {
					t.Fatal(err)
				}
				for _, m := range page {
					ids = append(ids, string(m.Entry))
					s.After = m.Cursor()
				}
				if len(page) < s.Limit {
					return ids
				}
			}
		}
		if got := pages(ledger.Search{Kind: "test"}); len(got) != 11 {
			t.Errorf("all: %v", got)
		}
		for text, want := range map[string]int{"latte": 5, "拿铁": 5, "100% _g": 5, "0%%": 0, "%": 5, "_": 5} {
			if got := pages(ledger.Search{Text: text}); len(got) != want {
				t.Errorf("%q: %v", text, got)
			}
		}
	})
}

func TestVerifyFindsEverySortOfTampering(t *testing.T) {
	tampering := map[string]string{
		"a balance":           `UPDATE ledger_account SET balance = balance + 1 WHERE id = 'person/ann/CNY'`,
		"two balances":        `UPDATE ledger_account SET balance = balance + CASE WHEN id = 'person/ann/CNY' THEN 1 ELSE -1 END WHERE id IN ('person/ann/CNY', 'person/bob/CNY')`,
		"a held amount":       `UPDATE ledger_account SET held = 3 WHERE id = 'person/ann/CNY'`,
		"a posting":           `UPDATE ledger_posting SET amount = amount + 1 WHERE entry_id = 'e' AND line = 0`,
		"a posting's account": `UPDATE ledger_posting SET account_id = 'person/eve/CNY' WHERE entry_id = 'e' AND line = 0`,
		"a lost posting":      `DELETE FROM ledger_posting WHERE entry_id = 'e'`,
		"a lost entry":        `DELETE FROM ledger_entry WHERE id = 'e'`,
		"a title":             `UPDATE ledger_entry SET title = 'other' WHERE id = 'e'`,
		"a line of an entry":  `UPDATE ledger_entry SET lines = '30 CNY person/bob/CNY' WHERE id = 'e'`,
		"two postings":        `UPDATE ledger_posting SET entry_id = CASE entry_id WHEN 'e' THEN 'after' ELSE 'e' END WHERE entry_id IN ('e', 'after')`,
		"a posting's moment":  `UPDATE ledger_posting SET posted_at = posted_at - 1 WHERE entry_id = 'e' AND line = 1`,
		"a moment":            `UPDATE ledger_entry SET posted_at = posted_at - 1 WHERE id = 'e'`,
		"an unsealed entry":   `UPDATE ledger_entry SET seal = NULL WHERE id = 'e'`,
		"a seal":              `DELETE FROM ledger_seal WHERE seq = 1`,
		"a hold":              `UPDATE ledger_hold SET used = 1`,
	}
	undo := errors.New("undo")
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		books(t, d)
		post(d, "e", line(ann, -30), line(bob, 30))
		do(t, d, func(tx *db.Tx) error {
			_, err := ledger.Place(ctx, tx, ledger.Hold{ID: "h", Account: bob, Unit: ledger.CNY, Amount: 5, ExpiresAt: tx.Now() + 1000})
			return err
		})
		do(t, d, func(tx *db.Tx) error { _, err := ledger.Seal(ctx, tx); return err })
		post(d, "after", line(ann, -1), line(bob, 1))
		do(t, d, func(tx *db.Tx) error { _, err := ledger.Seal(ctx, tx); return err })
		for what, sql := range tampering {
			right(t, d)
			err := d.Write(ctx, func(tx *db.Tx) error {
				if n, err := tx.Exec(sql); err != nil || n == 0 {
					return fmt.Errorf("%d rows: %w", n, err)
				}
				r, err := ledger.Verify(ctx, tx)
				if err != nil {
					return err
				}
				if len(r.Differences) == 0 {
					t.Errorf("%s was not found", what)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}
