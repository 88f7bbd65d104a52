package hold_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/event"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/wallet"
)

var ctx = context.Background()

var schemas = []db.Schema{event.Schema, ledger.Schema, identity.Schema, merchant.Schema, wallet.Schema, hold.Schema}

const (
	app merchant.AppID    = "app"
	ann identity.PersonID = "ann"
)

var shop = merchant.Merchant{ID: "shop", Name: "Shop"}

func do(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

// frozen has Ann, with 100 yuan, agree to 60.
func frozen(t *testing.T, d *db.DB) hold.Auth {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		if err := identity.Add(ctx, tx, identity.Person{ID: ann, Name: "Ann"}); err != nil {
			return err
		}
		if err := wallet.Open(ctx, tx, ann); err != nil {
			return err
		}
		if err := wallet.TopUp(ctx, tx, wallet.Request{Person: ann, Key: "k", Amount: 100_00}); err != nil {
			return err
		}
		if err := merchant.Add(ctx, tx, shop); err != nil {
			return err
		}
		return merchant.AddApp(ctx, tx, merchant.App{ID: app, Name: "App", Merchant: shop})
	})
	return ask(t, d, "order", 60_00)
}

func ask(t *testing.T, d *db.DB, out string, amount money.Fen) hold.Auth {
	t.Helper()
	var a hold.Auth
	do(t, d, func(tx *db.Tx) (err error) {
		if a, _, err = hold.Ask(ctx, tx, hold.Request{App: app, OutOrderNo: out, OutRequestNo: "f", Title: "Deposit", Amount: amount}); err != nil {
			return err
		}
		a, _, err = hold.Freeze(ctx, tx, a.No, ann)
		return err
	})
	return a
}

func take(d *db.DB, a hold.Auth, key string, amount money.Fen, complete bool) (op hold.Operation, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		op, err = hold.Take(ctx, tx, app, a.No, key, amount, complete, ledger.Entry{ID: ledger.EntryID("take:" + string(a.No) + key), Kind: "pay", Lines: []ledger.Line{
			{Account: wallet.Account(ann), Unit: ledger.CNY, Amount: -int64(amount)}, {Account: shop.Settled(), Unit: ledger.CNY, Amount: int64(amount)}}})
		return err
	})
	return op, err
}

func has(t *testing.T, d *db.DB, total, available money.Fen) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		b, err := wallet.Read(ctx, tx, ann)
		if b.Total != total || b.Available != available {
			t.Errorf("the wallet has %s, free %s; not %s, %s", b.Total.Yuan(), b.Available.Yuan(), total.Yuan(), available.Yuan())
		}
		r, err2 := ledger.Verify(ctx, tx)
		for _, difference := range r.Differences {
			t.Error(difference)
		}
		return errors.Join(err, err2)
	})
}

func TestAnAuthorisationIsTakenInPartsAndTheRestGoesBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		a := frozen(t, d)
		has(t, d, 100_00, 40_00)
		for range 2 {
			if _, err := take(d, a, "p1", 20_00, false); err != nil {
				t.Fatal(err)
			}
		}
		has(t, d, 80_00, 40_00)
		if _, err := take(d, a, "p2", 40_01, false); !errors.Is(err, hold.ErrAmount) {
			t.Errorf("more than is left: %v", err)
		}
		unfreeze := func(key string, amount money.Fen) (op hold.Operation, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) { op, err = hold.Unfreeze(ctx, tx, app, a.No, key, amount, ""); return err })
			return op, err
		}
		for i := range 2 {
			if op, err := unfreeze("u1", 10_00); err != nil || op.Repeated != (i == 1) {
				t.Errorf("%+v %v", op, err)
			}
		}
		has(t, d, 80_00, 50_00)
		if _, err := unfreeze("u1", 9_00); !errors.Is(err, hold.ErrInconsistent) {
			t.Errorf("the number with another amount: %v", err)
		}
		op, err := take(d, a, "p3", 5_00, true)
		if err != nil || op.Auth.Status != hold.Finished || op.Auth.Paid != 25_00 || op.Auth.Unfrozen != 35_00 {
			t.Errorf("%+v %v", op, err)
		}
		has(t, d, 75_00, 75_00)
		if _, err := unfreeze("u2", 1); !errors.Is(err, hold.ErrFinished) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestAnAuthorisationNeedsItsPayersMoneyAndYes(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		a := frozen(t, d)
		freeze := func(no hold.No, p identity.PersonID) (repeated bool, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) { _, repeated, err = hold.Freeze(ctx, tx, no, p); return err })
			return repeated, err
		}
		if repeated, err := freeze(a.No, ann); err != nil || !repeated {
			t.Errorf("a second yes: %v %v", repeated, err)
		}
		if _, err := freeze(a.No, "bob"); !errors.Is(err, hold.ErrPayer) {
			t.Errorf("another's yes: %v", err)
		}
		var dear hold.Auth
		do(t, d, func(tx *db.Tx) (err error) {
			dear, _, err = hold.Ask(ctx, tx, hold.Request{App: app, OutOrderNo: "dear", OutRequestNo: "f", Title: "Deposit", Amount: 40_01})
			return err
		})
		if _, err := freeze(dear.No, ann); !errors.Is(err, hold.ErrMoney) {
			t.Errorf("more than is free: %v", err)
		}
		do(t, d, func(tx *db.Tx) error {
			_, action, err := hold.Cancel(ctx, tx, app, dear.No, "")
			if action != "close" {
				t.Errorf("action %q", action)
			}
			return err
		})
		if _, err := freeze(dear.No, ann); !errors.Is(err, hold.ErrClosed) {
			t.Errorf("a closed one: %v", err)
		}
		do(t, d, func(tx *db.Tx) error {
			_, action, err := hold.Cancel(ctx, tx, app, "", "order")
			if action != "unfreeze" {
				t.Errorf("action %q", action)
			}
			return err
		})
		has(t, d, 100_00, 100_00)
	})
}

func TestAnAuthorisationThatIsTooOldGivesEverythingBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := d.Now()
		d.SetClock(func() int64 { return now })
		frozen(t, d)
		do(t, d, func(tx *db.Tx) error {
			_, _, err := hold.Ask(ctx, tx, hold.Request{App: app, OutOrderNo: "unanswered", OutRequestNo: "f", Title: "Deposit", Amount: 1})
			return err
		})
		for i, c := range []struct {
			wait  int64
			ended int
			free  money.Fen
		}{{0, 0, 40_00}, {hold.QuestionMillis, 1, 40_00}, {hold.ReservationMillis, 1, 100_00}, {0, 0, 100_00}} {
			now += c.wait
			do(t, d, func(tx *db.Tx) error {
				if i == 2 { // the ledger's own chore may be first
					if _, err := ledger.Expire(ctx, tx, 10); err != nil {
						return err
					}
				}
				n, err := hold.Expire(ctx, tx, 10)
				if n != c.ended {
					t.Errorf("step %d: %d ended", i, n)
				}
				return err
			})
			has(t, d, 100_00, c.free)
		}
	})
}

func TestOneOfManyUnfreezesAtOnceWins(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		a := frozen(t, d)
		results := make(chan error)
		for i := range 16 {
			go func() {
				results <- d.Write(ctx, func(tx *db.Tx) error {
					_, err := hold.Unfreeze(ctx, tx, app, a.No, fmt.Sprint("u", i), 40_00, "")
					return err
				})
			}()
		}
		won := 0
		for range 16 {
			if err := <-results; err == nil {
				won++
			} else if !errors.Is(err, hold.ErrAmount) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d unfroze 40 of 60", won)
		}
		has(t, d, 100_00, 80_00)
	})
}
