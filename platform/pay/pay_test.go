package pay_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/event"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

var schemas = []db.Schema{event.Schema, ledger.Schema, identity.Schema, merchant.Schema, wallet.Schema, hold.Schema, pay.Schema}

var ctx = context.Background()

const shop merchant.AppID = "2021000000000009"

var seller = merchant.Merchant{ID: "shop", Name: "Shop", FeeBP: 60}

func person(i int) identity.PersonID { return identity.PersonID(fmt.Sprintf("p%03d", i)) }

// market has a shop and some persons with 1,000 yuan each.
func market(t *testing.T, d *db.DB, persons int) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		if err := pay.OpenBooks(ctx, tx); err != nil {
			return err
		}
		if err := merchant.Add(ctx, tx, seller); err != nil {
			return err
		}
		if err := merchant.AddApp(ctx, tx, merchant.App{ID: shop, Merchant: seller, Name: "Shop"}); err != nil {
			return err
		}
		for i := range persons {
			if err := identity.Add(ctx, tx, identity.Person{ID: person(i), Name: "Person"}); err != nil {
				return err
			}
			if err := wallet.Open(ctx, tx, person(i)); err != nil {
				return err
			}
			if err := wallet.TopUp(ctx, tx, wallet.Request{Person: person(i), Key: "start", Amount: 1000_00}); err != nil {
				return err
			}
		}
		return nil
	})
}

func do(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func order(t *testing.T, d *db.DB, out string, total money.Fen) pay.Trade {
	t.Helper()
	var trade pay.Trade
	do(t, d, func(tx *db.Tx) (err error) {
		trade, _, err = pay.Create(ctx, tx, pay.Order{App: shop, OutTradeNo: out, Subject: "Thing", Total: total})
		return err
	})
	return trade
}

func paid(t *testing.T, d *db.DB, out string, total money.Fen, tenders ...pay.Tender) pay.Trade {
	t.Helper()
	trade := order(t, d, out, total)
	do(t, d, func(tx *db.Tx) (err error) {
		trade, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: person(0), Tenders: tenders})
		return err
	})
	return trade
}

func refund(d *db.DB, trade pay.Trade, key string, amount money.Fen) (r pay.Refunded, err error) {
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		r, err = pay.Refund(ctx, tx, pay.RefundRequest{App: shop, No: trade.No, OutRequestNo: key, Amount: amount})
		return err
	})
	return r, err
}

func balance(t *testing.T, d *db.DB, id ledger.AccountID) money.Fen {
	t.Helper()
	var a ledger.Account
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		a, err = ledger.Find(ctx, tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return money.Fen(a.Balance)
}

func verify(t *testing.T, d *db.DB) ledger.Report {
	t.Helper()
	var r ledger.Report
	if err := d.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = ledger.Verify(ctx, tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, difference := range r.Differences {
		t.Error(difference)
	}
	if err := d.Read(ctx, func(tx *db.Tx) error {
		trades, err := pay.Verify(ctx, tx)
		for _, difference := range trades.Differences {
			t.Error(difference)
		}
		if err != nil {
			return err
		}
		auths, err := hold.Verify(ctx, tx)
		for _, difference := range auths.Differences {
			t.Error(difference)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARepeatedOrderAnswersTheSameTradeAndOtherContentIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 1)
		first := order(t, d, "n1", 10_00)
		if again := order(t, d, "n1", 10_00); again.No != first.No {
			t.Errorf("%s became %s", first.No, again.No)
		}
		for what, o := range map[string]pay.Order{
			"another amount":  {App: shop, OutTradeNo: "n1", Subject: "Thing", Total: 10_01},
			"another subject": {App: shop, OutTradeNo: "n1", Subject: "Other", Total: 10_00},
			"another buyer":   {App: shop, OutTradeNo: "n1", Subject: "Thing", Total: 10_00, Buyer: person(0)},
		} {
			if err := d.Write(ctx, func(tx *db.Tx) error { _, _, err := pay.Create(ctx, tx, o); return err }); !errors.Is(err, pay.ErrInconsistent) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for what, total := range map[string]money.Fen{"nothing": 0, "a negative amount": -1, "too much": money.Max + 1, "the largest number": 1<<63 - 1} {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				_, _, err := pay.Create(ctx, tx, pay.Order{App: shop, OutTradeNo: "bad", Subject: "Thing", Total: total})
				return err
			}); !errors.Is(err, pay.ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// The example of Alipay's documents: 100 paid with 80 of one's own and a voucher of 20; own money goes back first.
func TestRefundsGiveOwnMoneyBackFirstAndTheVoucherLast(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 1)
		const vouchers ledger.AccountID = "platform/vouchers/CNY"
		do(t, d, func(tx *db.Tx) error { return ledger.Open(ctx, tx, ledger.Account{ID: vouchers, Unit: ledger.CNY}) })
		trade := paid(t, d, "t", 100_00,
			pay.Tender{Kind: "balance", Account: wallet.Account(person(0)), Funder: pay.ByBuyer, Amount: 80_00},
			pay.Tender{Kind: "voucher", Account: vouchers, Funder: pay.ByPlatform, Amount: 20_00})
		for i, want := range []struct{ ask, buyer, platform, wallet money.Fen }{
			{60_00, 60_00, 0, 980_00},
			{40_00, 20_00, 20_00, 1000_00},
		} {
			got, err := refund(d, trade, fmt.Sprint("r", i), want.ask)
			if err != nil {
				t.Fatal(err)
			}
			if got.Buyer != want.buyer || got.Platform != want.platform || got.Merchant != 0 {
				t.Errorf("refund of %s: buyer %s, platform %s", want.ask.Yuan(), got.Buyer.Yuan(), got.Platform.Yuan())
			}
			if has := balance(t, d, wallet.Account(person(0))); has != want.wallet {
				t.Errorf("the wallet holds %s", has.Yuan())
			}
		}
		if got := balance(t, d, vouchers); got != 0 {
			t.Errorf("the voucher account holds %s", got.Yuan())
		}
		if _, err := refund(d, trade, "more", 1); !errors.Is(err, pay.ErrRefundAmount) {
			t.Errorf("one fen more: %v", err)
		}
		verify(t, d)
	})
}

func TestARefundIsTheSameHoweverItIsCut(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), schemas...)
	market(t, d, 1)
	const vouchers, coupons ledger.AccountID = "platform/vouchers/CNY", "merchant/shop/coupons"
	do(t, d, func(tx *db.Tx) error {
		if err := ledger.Open(ctx, tx, ledger.Account{ID: vouchers, Unit: ledger.CNY}); err != nil {
			return err
		}
		return ledger.Open(ctx, tx, ledger.Account{ID: coupons, Unit: ledger.CNY})
	})
	for round := range 40 {
		parts := []money.Fen{1 + money.Fen(random.IntN(30)), 1 + money.Fen(random.IntN(30)), 1 + money.Fen(random.IntN(30))}
		trade := paid(t, d, fmt.Sprint("t", round), parts[0]+parts[1]+parts[2],
			pay.Tender{Kind: "balance", Account: wallet.Account(person(0)), Funder: pay.ByBuyer, Amount: parts[0]},
			pay.Tender{Kind: "coupon", Account: coupons, Funder: pay.ByMerchant, Amount: parts[1]},
			pay.Tender{Kind: "voucher", Account: vouchers, Funder: pay.ByPlatform, Amount: parts[2]})
		var buyer, platform, seller money.Fen
		for i, left := 0, trade.Total; left > 0; i++ {
			piece := 1 + money.Fen(random.Int64N(int64(left)))
			r, err := refund(d, trade, fmt.Sprint(i), piece)
			if err != nil {
				t.Fatal(err)
			}
			if r.Buyer+r.Platform+r.Merchant != piece || r.Buyer < 0 || r.Platform < 0 || r.Merchant < 0 {
				t.Fatalf("parts of %d: %+v", piece, r)
			}
			buyer, platform, seller, left = buyer+r.Buyer, platform+r.Platform, seller+r.Merchant, left-piece
			if done := trade.Total - left; buyer != min(done, parts[0]) || seller != max(0, min(done-parts[0], parts[1])) {
				t.Fatalf("after %d of %v: buyer %d, merchant %d", done, parts, buyer, seller)
			}
		}
		if buyer != parts[0] || seller != parts[1] || platform != parts[2] {
			t.Fatalf("%v came back as %d, %d, %d", parts, buyer, seller, platform)
		}
	}
	verify(t, d)
}

func TestARefundHappensOnceForItsNumberAndNeverMoreThanWasPaid(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 1)
		trade := paid(t, d, "t", 50_00)
		first, err := refund(d, trade, "r", 20_00)
		if err != nil || first.Repeated {
			t.Fatal(first, err)
		}
		again, err := refund(d, trade, "r", 20_00)
		if err != nil || !again.Repeated || again.Amount != 20_00 || again.Trade.Refunded != 20_00 {
			t.Errorf("again: %+v %v", again, err)
		}
		if _, err := refund(d, trade, "r", 20_01); !errors.Is(err, pay.ErrRefundKey) {
			t.Errorf("the number with another amount: %v", err)
		}
		for what, amount := range map[string]money.Fen{"nothing": 0, "less than nothing": -1, "the largest number": 1<<63 - 1} {
			if _, err := refund(d, trade, "bad", amount); !errors.Is(err, pay.ErrInvalid) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := refund(d, trade, "r2", 30_01); !errors.Is(err, pay.ErrRefundAmount) {
			t.Errorf("more than is left: %v", err)
		}
		if last, err := refund(d, trade, "r2", 30_00); err != nil || last.Trade.Status != pay.Closed {
			t.Errorf("the rest: %+v %v", last, err)
		}
		if again, err := refund(d, trade, "r2", 30_00); err != nil || !again.Repeated {
			t.Errorf("the rest again: %+v %v", again, err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := pay.Refund(ctx, tx, pay.RefundRequest{App: "2021000000000010", No: trade.No, OutRequestNo: "x", Amount: 1})
			return err
		})
		if !errors.Is(err, pay.ErrNotFound) {
			t.Errorf("another app's refund: %v", err)
		}
		verify(t, d)
	})
}

func TestTradesOnlyMoveForward(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 2)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		confirm := func(no pay.No) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				_, _, err := pay.Confirm(ctx, tx, pay.Confirmation{No: no, Payer: person(0)})
				return err
			})
		}
		closed := order(t, d, "closed", 1_00)
		do(t, d, func(tx *db.Tx) error { _, err := pay.Close(ctx, tx, shop, closed.No, ""); return err })
		if err := confirm(closed.No); !errors.Is(err, pay.ErrClosed) {
			t.Errorf("paying a closed trade: %v", err)
		}
		if _, err := refund(d, closed, "r", 1_00); !errors.Is(err, pay.ErrStatus) {
			t.Errorf("refunding an unpaid trade: %v", err)
		}
		bought := paid(t, d, "bought", 1_00)
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := pay.Close(ctx, tx, shop, bought.No, ""); return err }); !errors.Is(err, pay.ErrStatus) {
			t.Errorf("closing a paid trade: %v", err)
		}
		var action string
		do(t, d, func(tx *db.Tx) (err error) { _, action, err = pay.Cancel(ctx, tx, shop, bought.No, ""); return err })
		if action != "refund" || balance(t, d, wallet.Account(person(0))) != 1000_00 {
			t.Errorf("cancelling a paid trade: %q", action)
		}
		slow := order(t, d, "slow", 1_00)
		now += pay.DefaultMillis
		if err := confirm(slow.No); !errors.Is(err, pay.ErrClosed) {
			t.Errorf("paying too late: %v", err)
		}
		var ended int
		do(t, d, func(tx *db.Tx) (err error) { ended, err = pay.CloseExpired(ctx, tx, 10); return err })
		if ended != 1 {
			t.Errorf("%d trades ended", ended)
		}
		old := paid(t, d, "old", 1_00)
		now += pay.RefundMillis
		do(t, d, func(tx *db.Tx) (err error) { ended, err = pay.Finish(ctx, tx, seller.ID, 10); return err })
		if _, err := refund(d, old, "r", 1_00); !errors.Is(err, pay.ErrFinished) || ended != 1 {
			t.Errorf("refunding a finished trade: %v", err)
		}
		verify(t, d)
	})
}

func TestSettlementIsWhatWasPaidLessRefundsAndFeesAndTheBillEqualsTheLedger(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 3)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		day := ledger.DayOf(now)
		a, b := paid(t, d, "a", 100_00), paid(t, d, "b", 33_33)
		if _, err := refund(d, b, "r", 3_33); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := pay.Settle(ctx, tx, seller.ID, day); return err }); !errors.Is(err, pay.ErrDayOpen) {
			t.Errorf("settling today: %v", err)
		}
		now += 24 * 60 * 60 * 1000
		for range 2 { // the second run has nothing to do
			if err := pay.SettleAll(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		if got := balance(t, d, seller.Settled()); got != 130_00-78 { // 0.6 % of 100.00 is 60 fen, of 30.00 it is 18
			t.Errorf("settled %s", got.Yuan())
		}
		if got := balance(t, d, pay.Fees); got != 78 {
			t.Errorf("fees %s", got.Yuan())
		}
		if _, err := refund(d, a, "r", 50_00); err != nil { // gives half of the fee back
			t.Fatal(err)
		}
		if got := balance(t, d, seller.Settled()); got != 80_00-48 {
			t.Errorf("after a late refund %s", got.Yuan())
		}
		for _, of := range []struct {
			day                ledger.Day
			payments, refunds  int
			paid, refunded, in money.Fen
		}{{day, 2, 1, 133_33, 3_33, 133_33}, {ledger.DayOf(now), 0, 1, 0, 50_00, 0}} {
			var r pay.Reconciliation
			if err := d.Read(ctx, func(tx *db.Tx) (err error) { r, err = pay.Reconcile(ctx, tx, seller, of.day); return err }); err != nil {
				t.Fatal(err)
			}
			if len(r.Differences) > 0 || r.Payments != of.payments || r.Refunds != of.refunds || r.Paid != of.paid || r.Refunded != of.refunded || r.LedgerIn != of.in {
				t.Errorf("%s: %+v", of.day, r)
			}
		}
		verify(t, d)
	})
}
