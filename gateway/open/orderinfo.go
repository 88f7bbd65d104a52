package open

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/openapp"
)

// orderSync keeps what a merchant tells about a paid order: how it went on.
func orderSync(ctx context.Context, c *call) (any, error) {
	var in struct {
		tradeKey
		Request text `json:"out_request_no"`
		Type    text `json:"biz_type"`
		Content text `json:"order_biz_info"`
	}
	if err := first(c.bind(&in), need("trade_no", in.TradeNo, 64), need("out_request_no", in.Request, 64), short("order_biz_info", in.Content, 4096)); err != nil {
		return nil, err
	}
	if in.Type != "CREDIT_AUTH" && in.Type != "CREDIT_DEDUCT" {
		return nil, invalid("biz_type", "must be CREDIT_AUTH or CREDIT_DEDUCT")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := in.find(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		if t.PaidAt == 0 {
			return nil, refuse("ACQ.NOTIFY_STATUS_INVALID", "the trade is not paid")
		}
		err = openapp.KeepSync(ctx, tx, openapp.Sync{
			TradeNo: string(t.No), OutRequestNo: string(in.Request), AppID: c.app.ID, BizType: string(in.Type), Content: string(in.Content),
		})
		if errors.Is(err, openapp.ErrOtherSync) {
			return nil, refuse("ACQ.CONTEXT_INCONSISTENT", "this out_request_no was used with other content")
		}
		if err != nil {
			return nil, err
		}
		b, err := payerOf(ctx, tx, t)
		return struct {
			tradeNames
			buyer
		}{names(t), b}, err
	})
}

// quota tells the bounds of one transfer; here they are those of any amount.
func quota(context.Context, *call) (any, error) {
	return struct {
		Most  string `json:"new_quota_single_max"`
		Least string `json:"new_quota_single_min"`
	}{money.Fen(maxMoney).Yuan(), money.Fen(1).Yuan()}, nil
}
