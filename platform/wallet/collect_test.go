package wallet_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/wallet"
)

func collect(t *testing.T, d *db.DB, amount money.Fen, note string) (c wallet.Collect) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) (err error) { c, err = wallet.NewCollect(ctx, tx, ann, amount, note); return err }); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhoeverScansACollectingCodePaysItsPersonWhatItAsks(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		wallets(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		pay := func(p identity.PersonID, id, key string, amount money.Fen) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				return wallet.PayCollect(ctx, tx, wallet.Request{Person: p, Key: key, Amount: amount}, id)
			})
		}
		open, fixed := collect(t, d, 0, ""), collect(t, d, 25_00, "Dinner 晚饭")
		if again := collect(t, d, 0, ""); again.ID != open.ID || fixed.ID == open.ID || len(open.ID) != 22 {
			t.Errorf("the standing code changed: %s, %s", open.ID, again.ID)
		}
		for what, c := range map[string]struct {
			err  error
			want error
		}{
			"the wrong amount": {pay(bob, fixed.ID, "a", 24_99), wallet.ErrCollectAmount}, "no such code": {pay(bob, "x", "a", 1), wallet.ErrCollect},
			"one's own": {pay(ann, fixed.ID, "a", 25_00), wallet.ErrSamePayee}, "nothing": {pay(bob, open.ID, "a", 0), wallet.ErrAmount},
			"more than there is": {pay(bob, open.ID, "a", 100_01), ledger.ErrBalance},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: %v", what, c.err)
			}
		}
		var wg sync.WaitGroup
		for range 8 { // the same tap, repeated
			wg.Go(func() {
				if err := pay(bob, fixed.ID, "tap", 25_00); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := pay(bob, open.ID, "b", 1_50); err != nil {
			t.Fatal(err)
		}
		has(t, d, ann, 126_50)
		has(t, d, bob, 73_50)
		if err := d.Read(ctx, func(tx *db.Tx) error {
			came, err := wallet.Collected(ctx, tx, fixed, 10)
			if len(came) != 1 || came[0].Amount != 25_00 || came[0].Title != "Dinner 晚饭" {
				t.Errorf("collected %+v", came)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		now += wallet.CollectMillis
		if err := pay(bob, fixed.ID, "late", 25_00); !errors.Is(err, wallet.ErrCollect) {
			t.Errorf("too late: %v", err)
		}
		if err := pay(bob, open.ID, "late", 1_00); err != nil {
			t.Errorf("the standing code ended: %v", err)
		}
	})
}

func TestCollectingCodesAreBoundedInAmountWordsAndNumber(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		wallets(t, d)
		ask := func(amount money.Fen, note string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := wallet.NewCollect(ctx, tx, ann, amount, note); return err })
		}
		for what, c := range map[string]struct {
			err  error
			want error
		}{
			"negative": {ask(-1, ""), wallet.ErrAmount}, "huge": {ask(math.MaxInt64, ""), wallet.ErrAmount}, "a long note": {ask(1, strings.Repeat("长", 61)), wallet.ErrNote},
		} {
			if !errors.Is(c.err, c.want) {
				t.Errorf("%s: %v", what, c.err)
			}
		}
		for range 50 {
			if err := ask(1, ""); err != nil {
				t.Fatal(err)
			}
		}
		if err := ask(1, ""); !errors.Is(err, wallet.ErrCollectMany) {
			t.Errorf("the 51st: %v", err)
		}
	})
}

func TestTheDayLimitHoldsHoweverManyPayAtOnceAndCanBeRaised(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		wallets(t, d)
		set := func(limit money.Fen) error {
			return d.Write(ctx, func(tx *db.Tx) error { return wallet.SetLimit(ctx, tx, ann, limit) })
		}
		for _, bad := range []money.Fen{-1, wallet.MaxDayLimit + 1} {
			if err := set(bad); !errors.Is(err, wallet.ErrLimit) {
				t.Errorf("%d: %v", bad, err)
			}
		}
		if err := set(30_00); err != nil {
			t.Fatal(err)
		}
		var sent atomic.Int64
		send := func(key string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				return wallet.Transfer(ctx, tx, wallet.Request{Person: ann, Key: key, Amount: 10_00}, bob)
			})
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if err := send("k" + string(rune('a'+i))); err == nil {
					sent.Add(1)
				} else if !errors.Is(err, ledger.ErrDayLimit) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if sent.Load() != 3 {
			t.Errorf("%d times 10.00 left under a limit of 30.00", sent.Load())
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			l, err := wallet.ReadLimit(ctx, tx, ann)
			if l.Day != 30_00 || l.Today != 30_00 {
				t.Errorf("limit %+v", l)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := set(40_00); err != nil {
			t.Fatal(err)
		}
		if err := send("more"); err != nil {
			t.Errorf("after raising: %v", err)
		}
	})
}

func TestAPersonHasAFewPaymentCodesAtOnceAndSeesWhatTheyWereUsedFor(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		wallets(t, d)
		var code string
		fresh := func() error {
			return d.Write(ctx, func(tx *db.Tx) (err error) { code, err = wallet.NewCode(ctx, tx, ann); return err })
		}
		for range 20 {
			if err := fresh(); err != nil {
				t.Fatal(err)
			}
		}
		mine := code
		if err := fresh(); !errors.Is(err, wallet.ErrCodeMany) {
			t.Errorf("the 21st: %v", err)
		}
		use := func(p identity.PersonID) (use string, err error) {
			err = d.Read(ctx, func(tx *db.Tx) error { use, err = wallet.CodeUse(ctx, tx, p, mine); return err })
			return use, err
		}
		if u, err := use(ann); u != "" || err != nil {
			t.Errorf("unused: %q %v", u, err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := wallet.UseCode(ctx, tx, mine, "app/order"); return err }); err != nil {
			t.Fatal(err)
		}
		if u, err := use(ann); u != "app/order" || err != nil {
			t.Errorf("used: %q %v", u, err)
		}
		if _, err := use(bob); !errors.Is(err, wallet.ErrCode) {
			t.Errorf("another's: %v", err)
		}
	})
}
