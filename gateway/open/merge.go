package open

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/merge"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// mergedResult is a PreOrderResult: how one order of a merged payment went.
type mergedResult struct {
	App        string `json:"app_id"`
	OutTradeNo string `json:"out_trade_no"`
	TradeNo    string `json:"trade_no,omitempty"`
	Success    bool   `json:"success"`
	Code       string `json:"result_code"`
}

// mergedOrder is an OrderDetail.
type mergedOrder struct {
	orderFields
	App text `json:"app_id"`
}

// mergePrecreate makes the trades of a merged payment, all or none. Orders of other apps of the same merchant may stand in it.
func mergePrecreate(ctx context.Context, c *call) (any, error) {
	var in struct {
		OutNo   text                  `json:"out_merge_no"`
		Expire  text                  `json:"time_expire"`
		Timeout text                  `json:"timeout_express"`
		Orders  object[[]mergedOrder] `json:"order_details"`
	}
	if err := first(c.bind(&in), short("out_merge_no", in.OutNo, 64)); err != nil {
		return nil, err
	}
	if n := len(in.Orders.Value); n < 2 || n > merge.MaxTrades {
		return nil, invalid("order_details", "must name 2 to 20 orders")
	}
	type answer struct {
		Orders []mergedResult `json:"order_detail_results"`
		OutNo  string         `json:"out_merge_no,omitempty"`
		PreNo  string         `json:"pre_order_no"`
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		out := answer{OutNo: string(in.OutNo), Orders: []mergedResult{}}
		var trades []pay.Trade
		for _, o := range in.Orders.Value {
			o.TimeExpire, o.Timeout = in.Expire, in.Timeout
			t, err := c.createFor(ctx, tx, o)
			if err != nil {
				return nil, err
			}
			trades = append(trades, t)
			out.Orders = append(out.Orders, mergedResult{string(t.App), t.OutTradeNo, string(t.No), true, "SUCCESS"})
		}
		m, err := merge.Together(ctx, tx, c.appID(), string(in.OutNo), trades)
		out.PreNo = m.No
		return out, err
	})
}

// createFor makes one trade of a merged payment, in the app that the order names.
func (c *call) createFor(ctx context.Context, tx *db.Tx, o mergedOrder) (pay.Trade, error) {
	if o.App == "" || string(o.App) == c.app.ID {
		return c.create(ctx, tx, o.orderFields, "QUICK_MSECURITY_PAY", false)
	}
	own, err := merchant.FindApp(ctx, tx, c.appID())
	if err != nil {
		return pay.Trade{}, err
	}
	other, err := merchant.FindApp(ctx, tx, merchant.AppID(clip(string(o.App), 32)))
	if errors.Is(err, merchant.ErrAppNotFound) || err == nil && other.Merchant.ID != own.Merchant.ID {
		return pay.Trade{}, refuse("ACQ.PARTNER_ERROR", "应用APP_ID填写错误: order_details names an app that is not the merchant's")
	}
	if err != nil {
		return pay.Trade{}, err
	}
	as := *c
	as.app = openapp.App{ID: string(other.ID)}
	return as.create(ctx, tx, o.orderFields, "QUICK_MSECURITY_PAY", false)
}

// merged reads the merged payment that an order string names; only the app that made it may ask for payment.
func (c *call) merged(ctx context.Context) (no string, err error) {
	var in struct {
		No text `json:"pre_order_no"`
	}
	if err := first(c.bind(&in), need("pre_order_no", in.No, 64)); err != nil {
		return "", err
	}
	err = c.door.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := merge.Find(ctx, tx, string(in.No))
		if err == nil && string(o.App) != c.app.ID {
			err = merge.ErrNotFound
		}
		return err
	})
	return string(in.No), err
}
