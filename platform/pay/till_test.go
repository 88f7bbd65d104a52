package pay_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// atOnce runs n callers of one till together.
func atOnce(n int, f func(i int)) {
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { f(i) })
	}
	group.Wait()
}

func TestATillTakesTheMoneyOfATradeOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 2)
		till, trade := pay.NewTill(d), order(t, d, "one", 10_00)
		var first, repeated atomic.Int64
		atOnce(64, func(i int) {
			r, err := till.Confirm(ctx, pay.Confirmation{No: trade.No, Payer: person(0)})
			switch {
			case err != nil:
				t.Error(err)
			case r.Repeated:
				repeated.Add(1)
			default:
				first.Add(1)
			}
		})
		if first.Load() != 1 || repeated.Load() != 63 {
			t.Errorf("%d paid and %d read the receipt", first.Load(), repeated.Load())
		}
		if left := balance(t, d, wallet.Account(person(0))); left != 990_00 {
			t.Errorf("the payer has %s", left.Yuan())
		}
		verify(t, d)
	})
}

// Three persons have money for 10 of the 30 payments that each makes at once, in the company of persons who can pay.
func TestAPayerWithoutMoneyStopsNobodyElseAtTheTill(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		const persons, each, price = 9, 30, 100_00
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		market(t, d, persons)
		for i := 3; i < persons; i++ {
			do(t, d, func(tx *db.Tx) error {
				for k := range 2 {
					if err := wallet.TopUp(ctx, tx, wallet.Request{Person: person(i), Key: fmt.Sprint("more", k), Amount: 1000_00}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		trades := make([]pay.Trade, persons*each)
		for i := range trades {
			trades[i] = order(t, d, fmt.Sprint("t", i), price)
		}
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(trades), func(i, j int) { trades[i], trades[j] = trades[j], trades[i] })
		till := pay.NewTill(d)
		var paid, poor [persons]atomic.Int64
		atOnce(len(trades), func(i int) {
			r, err := till.Confirm(ctx, pay.Confirmation{No: trades[i].No, Payer: person(i % persons)})
			switch {
			case errors.Is(err, pay.ErrBuyerBalance):
				poor[i%persons].Add(1)
			case err != nil || r.Trade.No != trades[i].No || r.Trade.Buyer != person(i%persons) || r.Trade.Status != pay.Success:
				t.Errorf("trade %d: %+v, %v", i, r.Trade, err)
			default:
				paid[i%persons].Add(1)
			}
		})
		for i := range persons {
			want, left := int64(each), money.Fen(0)
			if i < 3 {
				want = 10
			}
			if paid[i].Load() != want || poor[i].Load() != each-want {
				t.Errorf("person %d paid %d and was refused %d", i, paid[i].Load(), poor[i].Load())
			}
			if has := balance(t, d, wallet.Account(person(i))); has != left {
				t.Errorf("person %d has %s left", i, has.Yuan())
			}
		}
		if r := verify(t, d); r.Sums[ledger.CNY] != 0 {
			t.Errorf("the balances sum to %d", r.Sums[ledger.CNY])
		}
	})
}

func TestATillAnswersEachRefusalAsConfirmDoes(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 4)
		till := pay.NewTill(d)
		foreign := paid(t, d, "foreign", 1_00)
		closed := order(t, d, "closed", 1_00)
		do(t, d, func(tx *db.Tx) error {
			_, err := pay.Close(ctx, tx, shop, closed.No, "")
			return err
		})
		good := make([]pay.Trade, 40)
		for i := range good {
			good[i] = order(t, d, fmt.Sprint("good", i), 1_00)
		}
		atOnce(len(good), func(i int) {
			var want error
			c := pay.Confirmation{No: good[i].No, Payer: person(1 + i%3)}
			switch i % 8 {
			case 1:
				c.No, want = "20260101000000000000000000000", pay.ErrNotFound
			case 3:
				c.No, want = foreign.No, pay.ErrPaid
			case 5:
				c.No, want = closed.No, pay.ErrClosed
			case 7:
				c.Payer, want = "", pay.ErrInvalid
			}
			if _, err := till.Confirm(ctx, c); !errors.Is(err, want) {
				t.Errorf("%d: %v, want %v", i, err, want)
			}
		})
		verify(t, d)
	})
}
