package openapp

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/kit/fault"
)

// Order is where the payer's browser goes after paying an order that a page
// created.
type Order struct {
	TradeNo   string
	AppID     string
	Method    string // the method that created the trade
	ReturnURL string // empty: the payer stays
	QuitURL   string // empty: no way back without paying
}

// ErrNoOrder says that no page created this trade.
var ErrNoOrder = fault.New(fault.NotFound, "OPENAPP_NO_ORDER", "no page of the open API created this trade")

// KeepOrder remembers in. The first word counts: repeating an order does not
// send its payer elsewhere.
func KeepOrder(_ context.Context, tx *db.Tx, in Order) error {
	_, err := tx.Exec(`INSERT INTO openapp_order (trade_no, app_id, method, return_url, quit_url, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		in.TradeNo, in.AppID, in.Method, in.ReturnURL, in.QuitURL, tx.Now())
	return err
}

// FindOrder returns what a trade's order said. Error: ErrNoOrder.
func FindOrder(_ context.Context, tx *db.Tx, tradeNo string) (Order, error) {
	o := Order{TradeNo: tradeNo}
	err := tx.QueryRow(`SELECT app_id, method, return_url, quit_url FROM openapp_order WHERE trade_no = $1`, tradeNo).
		Scan(&o.AppID, &o.Method, &o.ReturnURL, &o.QuitURL)
	if errors.Is(err, db.ErrNoRows) {
		return Order{}, ErrNoOrder
	}
	return o, err
}
