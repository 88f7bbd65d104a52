package pay

import (
	"context"

	"souk/kit/db"
	"souk/kit/event"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// Event is what is appended when a trade moves: kind trade.paid, trade.refunded, trade.closed or trade.finished, key the trade's number.
type Event struct {
	TradeNo      No                `json:"tradeNo"`
	App          merchant.AppID    `json:"app"`
	Merchant     merchant.ID       `json:"merchant"`
	OutTradeNo   string            `json:"outTradeNo"`
	Buyer        identity.PersonID `json:"buyer,omitempty"`
	Status       Status            `json:"status"`
	Total        money.Fen         `json:"totalFen"`
	Refunded     money.Fen         `json:"refundedFen,omitempty"`
	OutRequestNo string            `json:"outRequestNo,omitempty"` // of a refund
	At           int64             `json:"at"`
}

func announce(ctx context.Context, tx *db.Tx, kind string, t Trade, outRequestNo string) error {
	return event.Append(ctx, tx, moved(tx, kind, t, outRequestNo))
}

func moved(tx *db.Tx, kind string, t Trade, outRequestNo string) event.Event {
	return event.Event{Kind: kind, Key: string(t.No), Data: Event{
		TradeNo: t.No, App: t.App, Merchant: t.Merchant, OutTradeNo: t.OutTradeNo, Buyer: t.Buyer, Status: t.Status,
		Total: t.Total, Refunded: t.Refunded, OutRequestNo: outRequestNo, At: tx.Now(),
	}}
}
