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

// Sync is what a merchant tells about an order after it was paid.
type Sync struct {
	TradeNo      string
	OutRequestNo string // its key within the trade
	AppID        string
	BizType      string
	Content      string
}

// ErrOtherSync refuses a request number that was used with other content.
var ErrOtherSync = fault.New(fault.Conflict, "OPENAPP_SYNC_DIFFERS", "this out_request_no was used with other content")

// KeepSync records in, once for each request number. Error: ErrOtherSync.
func KeepSync(_ context.Context, tx *db.Tx, in Sync) error {
	n, err := tx.Exec(`INSERT INTO openapp_order_sync (trade_no, out_request_no, app_id, biz_type, content, made_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (trade_no, out_request_no) DO NOTHING`,
		in.TradeNo, in.OutRequestNo, in.AppID, in.BizType, in.Content, tx.Now())
	if err != nil || n == 1 {
		return err
	}
	var same bool
	err = tx.QueryRow(`SELECT biz_type = $3 AND content = $4 FROM openapp_order_sync WHERE trade_no = $1 AND out_request_no = $2`,
		in.TradeNo, in.OutRequestNo, in.BizType, in.Content).Scan(&same)
	if err == nil && !same {
		return ErrOtherSync
	}
	return err
}
