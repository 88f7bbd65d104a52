package my_test

import (
	"context"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/demo"
	"souk/platform/merge"
	"souk/platform/pay"
)

func TestAMergedPaymentStandsAtTheCashierLikeOneTradeAndTakesOnePIN(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		sign := seeded(t, d, false)
		lin, empty := sign(demo.People[0].ID), sign(demo.People[3].ID)
		var o merge.Order
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			var trades []pay.Trade
			for out, total := range map[string]int64{"a": 30_00, "b": 12_50} {
				made, _, err := pay.Create(context.Background(), tx, pay.Order{App: demo.Coffee, OutTradeNo: out, Subject: "Box " + out, Total: money.Fen(total)})
				if err != nil {
					return err
				}
				trades = append(trades, made)
			}
			var err error
			o, err = merge.Together(context.Background(), tx, demo.Coffee, "m1", trades)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ask := map[string]any{"tradeNO": o.No}
		status, due := lin.my("cashier", ask)
		lin.want("cashier", status, due, 200, map[string]any{"tradeNO": o.No, "amount": "42.50", "status": "WAIT_BUYER_PAY"})
		status, state := lin.my("trade", ask)
		lin.want("before", status, state, 200, map[string]any{"status": "WAIT_BUYER_PAY"})
		status, refused := lin.my("pay", map[string]any{"tradeNO": o.No, "pin": "000000"})
		lin.want("a wrong PIN", status, refused, 403, map[string]any{"fault": "PIN_WRONG"})
		status, refused = empty.my("pay", map[string]any{"tradeNO": o.No, "pin": demo.PIN})
		lin.want("no money", status, refused, 409, map[string]any{"fault": "BUYER_BALANCE_NOT_ENOUGH"})
		for range 2 {
			status, paid := lin.my("pay", map[string]any{"tradeNO": o.No, "pin": demo.PIN})
			lin.want("pay", status, paid, 200, map[string]any{"resultCode": "9000"})
		}
		status, state = lin.my("trade", ask)
		lin.want("after", status, state, 200, map[string]any{"status": "TRADE_SUCCESS"})
		status, refused = empty.my("cashier", ask)
		lin.want("paid by another", status, refused, 409, map[string]any{"fault": "TRADE_HAS_SUCCESS"})
		status, refused = lin.my("cashier", map[string]any{"tradeNO": merge.Prefix + "none"})
		lin.want("no such", status, refused, 404, nil)
	})
}
