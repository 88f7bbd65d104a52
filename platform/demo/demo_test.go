package demo_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/ledger"
	"souk/platform/pay"
	"souk/platform/wallet"
)

func seeded(t *testing.T, d *db.DB) {
	t.Helper()
	for range 2 {
		if err := demo.Seed(context.Background(), d); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSeedingTwiceGivesEveryoneTheirMoneyOnceAndTheBooksVerify(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			for _, p := range demo.People {
				b, err := wallet.Read(context.Background(), tx, p.ID)
				if err != nil {
					return err
				}
				if b.Total != p.Balance || b.Available != p.Balance {
					t.Errorf("%s has %v, not %v", p.Name, b, p.Balance)
				}
			}
			r, err := ledger.Verify(context.Background(), tx)
			if len(r.Differences) > 0 || r.Entries != 3 {
				t.Errorf("verify: %+v", r)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestPayingTwiceAtOnceTakesTheMoneyOnce(t *testing.T) {
	const taps = 64
	ctx := context.Background()
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		payer := demo.People[0]
		var trade pay.Trade
		if err := d.Write(ctx, func(tx *db.Tx) (err error) {
			trade, _, err = pay.Create(ctx, tx, pay.Order{App: demo.Coffee, OutTradeNo: "taps", Subject: "Latte", Total: 28_00})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var first, again, other int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range taps {
			wg.Go(func() {
				var repeated bool
				err := d.Write(ctx, func(tx *db.Tx) (err error) {
					_, repeated, err = pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: payer.ID})
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil:
					other++
					t.Error(err)
				case repeated:
					again++
				default:
					first++
				}
			})
		}
		wg.Wait()
		if first != 1 || again != taps-1 || other != 0 {
			t.Errorf("%d paid, %d read the receipt, %d failed", first, again, other)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			b, err := wallet.Read(ctx, tx, payer.ID)
			if b.Total != payer.Balance-28_00 {
				t.Errorf("the wallet holds %v", b.Total)
			}
			if r, err := ledger.Verify(ctx, tx); err != nil || len(r.Differences) > 0 {
				t.Errorf("verify: %v %+v", err, r)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			_, _, err := pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: demo.People[1].ID})
			return err
		})
		if !errors.Is(err, pay.ErrPaid) {
			t.Errorf("another person's confirmation: %v", err)
		}
	})
}
