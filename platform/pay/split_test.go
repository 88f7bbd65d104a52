package pay_test

import (
	"errors"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

func TestASplitGoesToBoundReceiversOnceAndComesBackWithARefund(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 3)
		trade := paid(t, d, "t", 100_00)
		guide, host := wallet.Account(person(1)), wallet.Account(person(2))
		split := func(key string, finish bool, lines ...pay.SplitLine) (s pay.Split, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				s, err = pay.MakeSplit(ctx, tx, pay.SplitRequest{App: shop, No: trade.No, OutRequestNo: key, Lines: lines, Finish: finish})
				return err
			})
			return s, err
		}
		if _, err := split("s", false, pay.SplitLine{Receiver: guide, Amount: 10_00}); !errors.Is(err, pay.ErrReceiver) {
			t.Errorf("an unbound receiver: %v", err)
		}
		do(t, d, func(tx *db.Tx) error {
			return pay.Bind(ctx, tx, shop, []pay.Receiver{{Account: guide, Name: "Guide"}, {Account: host, Name: "Host"}})
		})
		for i := range 2 {
			if s, err := split("s", false, pay.SplitLine{Receiver: guide, Amount: 10_00}, pay.SplitLine{Receiver: host, Amount: 5_00}); err != nil || s.Repeated != (i == 1) || len(s.Lines) != 2 {
				t.Errorf("%+v %v", s, err)
			}
		}
		if _, err := split("s", false, pay.SplitLine{Receiver: guide, Amount: 11_00}); !errors.Is(err, pay.ErrRefundKey) {
			t.Errorf("the number with other content: %v", err)
		}
		if _, err := split("s2", false, pay.SplitLine{Receiver: guide, Amount: 84_41}); !errors.Is(err, pay.ErrSplitAmount) { // the fee's 60 fen stay
			t.Errorf("more than is left: %v", err)
		}
		if got := balance(t, d, guide); got != 1010_00 {
			t.Errorf("the guide has %s", got.Yuan())
		}
		if _, err := refund(d, trade, "r", 100_00); !errors.Is(err, pay.ErrRefundAmount) {
			t.Errorf("a refund of what receivers have: %v", err)
		}
		do(t, d, func(tx *db.Tx) error {
			_, err := pay.Refund(ctx, tx, pay.RefundRequest{App: shop, No: trade.No, OutRequestNo: "r", Amount: 100_00,
				TakeBack: []pay.SplitLine{{Receiver: guide, Amount: 10_00}, {Receiver: host, Amount: 5_00}}})
			return err
		})
		for i, id := range []ledger.AccountID{wallet.Account(person(0)), guide, host} {
			if got := balance(t, d, id); got != 1000_00 {
				t.Errorf("person %d has %s", i, got.Yuan())
			}
		}
		verify(t, d)
	})
}

func TestAFrozenTradeIsSettledOnlyAfterTheLastSplit(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 2)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		var trade pay.Trade
		do(t, d, func(tx *db.Tx) (err error) {
			if err := pay.Bind(ctx, tx, shop, []pay.Receiver{{Account: wallet.Account(person(1))}}); err != nil {
				return err
			}
			if trade, _, err = pay.Create(ctx, tx, pay.Order{App: shop, OutTradeNo: "t", Subject: "Tour", Total: 100_00, Frozen: true}); err != nil {
				return err
			}
			_, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: person(0)})
			return err
		})
		settled := func() money.Fen {
			now += 24 * 60 * 60 * 1000
			if err := pay.SettleAll(ctx, d); err != nil {
				t.Fatal(err)
			}
			return balance(t, d, seller.Settled())
		}
		if got := settled(); got != 0 {
			t.Errorf("settled %s before the last split", got.Yuan())
		}
		do(t, d, func(tx *db.Tx) error {
			_, err := pay.MakeSplit(ctx, tx, pay.SplitRequest{App: shop, No: trade.No, OutRequestNo: "s", Finish: true, Lines: []pay.SplitLine{{Receiver: wallet.Account(person(1)), Amount: 30_00}}})
			return err
		})
		if got := settled(); got != 70_00-60 {
			t.Errorf("settled %s", got.Yuan())
		}
		verify(t, d)
	})
}

func TestATransferOutOfAMerchantsOwnMoneyHappensOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 1)
		do(t, d, func(tx *db.Tx) error {
			_, err := ledger.Post(ctx, tx, ledger.Entry{ID: "float", Kind: "topup", Lines: []ledger.Line{
				{Account: wallet.Bank, Unit: ledger.CNY, Amount: -10_00}, {Account: seller.Settled(), Unit: ledger.CNY, Amount: 10_00}}})
			return err
		})
		send := func(key string, amount money.Fen, app merchant.AppID) (tr pay.Transfer, repeated bool, err error) {
			err = d.Write(ctx, func(tx *db.Tx) (err error) {
				tr, repeated, err = pay.Send(ctx, tx, pay.Transfer{App: app, OutBizNo: key, Payee: wallet.Account(person(0)), Amount: amount, Title: "Prize"})
				return err
			})
			return tr, repeated, err
		}
		first, _, err := send("k", 6_00, shop)
		if err != nil {
			t.Fatal(err)
		}
		if again, repeated, err := send("k", 6_00, shop); err != nil || !repeated || again.OrderID != first.OrderID {
			t.Errorf("%+v %v %v", again, repeated, err)
		}
		if _, _, err := send("k", 6_01, shop); !errors.Is(err, pay.ErrTransferKey) {
			t.Errorf("the key with another amount: %v", err)
		}
		if _, _, err := send("k2", 4_01, shop); !errors.Is(err, pay.ErrPayer) {
			t.Errorf("more than there is: %v", err)
		}
		if _, _, err := send("k", 1, "nobody"); !errors.Is(err, merchant.ErrAppNotFound) {
			t.Errorf("an unknown app: %v", err)
		}
		if got := balance(t, d, wallet.Account(person(0))); got != 1006_00 {
			t.Errorf("the payee has %s", got.Yuan())
		}
		verify(t, d)
	})
}
