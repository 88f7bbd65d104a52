package my

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/merge"
	trades "souk/platform/pay"
	"souk/platform/wallet"
)

// A merged payment stands at the cashier like one trade: its number begins with merge.Prefix, its amount is the sum.

func isMerged(no string) bool { return strings.HasPrefix(no, merge.Prefix) }

// mergedOf reads the merged payment that a call names. It must be of this program.
func (c call) mergedOf(ctx context.Context, tx *db.Tx, no string) (merge.Order, error) {
	if len(no) > 64 {
		return merge.Order{}, errLimit
	}
	o, err := merge.Find(ctx, tx, no)
	if err == nil && o.App != c.app.ID {
		err = merge.ErrNotFound
	}
	return o, err
}

// mergedDue is what the cashier shows of a merged payment.
func (c call) mergedDue(ctx context.Context, no string) (out due, err error) {
	err = c.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := c.mergedOf(ctx, tx, no)
		if err == nil {
			err = o.Payable(c.person.ID, tx.Now())
		}
		if err != nil {
			return err
		}
		m, err := merchant.Find(ctx, tx, o.Trades[0].Merchant)
		if err != nil {
			return err
		}
		b, err := wallet.Read(ctx, tx, c.person.ID)
		if err != nil {
			return err
		}
		out = due{TradeNO: o.No, Amount: o.Total.Yuan(), Merchant: m.Name, MerchantZh: m.NameZh, Subject: mergedSubject(o), Status: trades.Waiting,
			Tenders: []dueTender{{ID: "balance", Kind: "balance", Available: b.Available.Yuan(), Enough: b.Available >= o.Total}}}
		for _, t := range o.Trades {
			if out.ExpiresAt == 0 || t.ExpiresAt < out.ExpiresAt {
				out.ExpiresAt = t.ExpiresAt
			}
		}
		out.HasPIN, err = identity.HasPIN(ctx, tx, c.person.ID)
		return err
	})
	return out, err
}

// mergedSubject names every order with its amount, as long as that is short.
func mergedSubject(o merge.Order) string {
	var parts []string
	for _, t := range o.Trades {
		parts = append(parts, fmt.Sprintf("%s ¥%s", t.Subject, t.Total.Yuan()))
	}
	if text := strings.Join(parts, " + "); len(text) <= 240 {
		return text
	}
	return fmt.Sprintf("%s + %d", o.Trades[0].Subject, len(o.Trades)-1)
}

// lookAtMerged is lookAtPayment for a merged payment.
func (c *call) lookAtMerged(ctx context.Context, tx *db.Tx) error {
	o, err := c.mergedOf(ctx, tx, c.paying.TradeNO)
	c.total = o.Total
	if err == nil && !o.Paid(c.person.ID) {
		err = o.Payable(c.person.ID, tx.Now())
	}
	return err
}

// payMerged confirms all trades of a merged payment, or none. Whoever has paid it already gets the answer again.
func (c call) payMerged(ctx context.Context) (any, error) {
	if err := c.prove(ctx); err != nil {
		return nil, err
	}
	var o merge.Order
	if err := c.DB.Write(ctx, func(tx *db.Tx) (err error) { o, err = merge.Pay(ctx, tx, c.paying.TradeNO, c.person.ID); return err }); err != nil {
		return nil, err
	}
	type line struct {
		App        string `json:"app_id"`
		OutTradeNo string `json:"out_trade_no"`
		TradeNo    string `json:"trade_no"`
		Total      string `json:"total_amount"`
	}
	lines := []line{}
	for _, t := range o.Trades {
		lines = append(lines, line{string(t.App), t.OutTradeNo, string(t.No), t.Total.Yuan()})
	}
	result, err := json.Marshal(map[string]any{"alipay_trade_app_merge_pay_response": map[string]any{
		"code": "10000", "msg": "Success", "merge_pay_status": "FINISHED", "out_merge_no": o.OutNo, "order_detail_results": lines}})
	return map[string]any{"resultCode": "9000", "memo": "", "result": string(result)}, err
}

// mergedState tells where a merged payment stands: waiting until every trade is paid by this person.
func (c call) mergedState(ctx context.Context, no string) (any, error) {
	var o merge.Order
	err := c.DB.Read(ctx, func(tx *db.Tx) (err error) { o, err = c.mergedOf(ctx, tx, no); return err })
	status := trades.Waiting
	if err == nil && o.Paid(c.person.ID) {
		status = trades.Success
	}
	return struct {
		TradeNO string        `json:"tradeNO"`
		Status  trades.Status `json:"status"`
		Amount  string        `json:"amount"`
	}{o.No, status, o.Total.Yuan()}, err
}
