package wallet_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/wallet"
)

var ctx = context.Background()

var schemas = []db.Schema{ledger.Schema, identity.Schema, wallet.Schema}

const ann, bob identity.PersonID = "ann", "bob"

func wallets(t *testing.T, d *db.DB) {
	t.Helper()
	for _, p := range []identity.PersonID{ann, bob} {
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if err := identity.Add(ctx, tx, identity.Person{ID: p, Name: "A"}); err != nil {
				return err
			}
			if err := wallet.Open(ctx, tx, p); err != nil {
				return err
			}
			return wallet.TopUp(ctx, tx, wallet.Request{Person: p, Key: "start", Amount: 100_00, Title: "Start"})
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func has(t *testing.T, d *db.DB, p identity.PersonID, want money.Fen) {
	t.Helper()
	if err := d.Read(ctx, func(tx *db.Tx) error {
		b, err := wallet.Read(ctx, tx, p)
		if b.Total != want {
			t.Errorf("%s has %s, not %s", p, b.Total.Yuan(), want.Yuan())
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestMoneyMovesOnceForEachKeyAndNeverInOddAmounts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		wallets(t, d)
		do := func(f func(ctx context.Context, tx *db.Tx, r wallet.Request) error, r wallet.Request) error {
			return d.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx, r) })
		}
		toBob := func(ctx context.Context, tx *db.Tx, r wallet.Request) error { return wallet.Transfer(ctx, tx, r, bob) }
		for range 2 {
			if err := do(toBob, wallet.Request{Person: ann, Key: "k", Amount: 30_00}); err != nil {
				t.Fatal(err)
			}
			if err := do(wallet.Withdraw, wallet.Request{Person: ann, Key: "k", Amount: 10_00}); err != nil {
				t.Fatal(err)
			}
		}
		for what, c := range map[string]struct {
			r    wallet.Request
			want error
		}{
			"nothing": {wallet.Request{Person: ann, Key: "a"}, wallet.ErrAmount}, "less": {wallet.Request{Person: ann, Key: "a", Amount: -1}, wallet.ErrAmount},
			"the smallest": {wallet.Request{Person: ann, Key: "a", Amount: math.MinInt64}, wallet.ErrAmount}, "the largest": {wallet.Request{Person: ann, Key: "a", Amount: math.MaxInt64}, wallet.ErrAmount},
			"no key": {wallet.Request{Person: ann, Amount: 1}, wallet.ErrKey}, "a strange key": {wallet.Request{Person: ann, Key: "a:b", Amount: 1}, wallet.ErrKey},
			"to oneself": {wallet.Request{Person: bob, Key: "a", Amount: 1}, wallet.ErrSamePayee}, "too much": {wallet.Request{Person: ann, Key: "a", Amount: 60_01}, ledger.ErrBalance},
			"a used key": {wallet.Request{Person: ann, Key: "k", Amount: 31_00}, ledger.ErrEntryMismatch},
		} {
			if err := do(toBob, c.r); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		has(t, d, ann, 60_00)
		has(t, d, bob, 130_00)
		if err := d.Read(ctx, func(tx *db.Tx) error {
			bills, err := wallet.Bills(ctx, tx, ann, ledger.Search{Kind: "withdraw"})
			if len(bills) != 1 || bills[0].Amount != -10_00 {
				t.Errorf("bills %+v", bills)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAPaymentCodeIsEighteenDigitsGoodOnceForAMinute(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		wallets(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		fresh := func() (code string) {
			if err := d.Write(ctx, func(tx *db.Tx) (err error) { code, err = wallet.NewCode(ctx, tx, ann); return err }); err != nil {
				t.Fatal(err)
			}
			return code
		}
		use := func(code, trade string) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				p, err := wallet.UseCode(ctx, tx, code, trade)
				if err == nil && p != ann {
					t.Errorf("the code is %s's", p)
				}
				return err
			})
		}
		code := fresh()
		if len(code) != 18 || !strings.HasPrefix(code, "28") {
			t.Errorf("code %s", code)
		}
		won := 0
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				err := use(code, fmt.Sprint("trade", i))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if !errors.Is(err, wallet.ErrCode) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Errorf("%d tills used one code", won)
		}
		late := fresh()
		now += wallet.CodeMillis
		if err := use(late, "t"); !errors.Is(err, wallet.ErrCode) {
			t.Errorf("too late: %v", err)
		}
		if err := use("281234567890123456", "t"); !errors.Is(err, wallet.ErrCode) {
			t.Errorf("a guess: %v", err)
		}
	})
}
