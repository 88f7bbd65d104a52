package my

import (
	"context"

	"souk/kit/fault"
)

var errOrder = fault.New(fault.Invalid, "ORDER_STRING", "this is not a signed order string of the open API")

// maxOrder bounds an order string, in bytes.
const maxOrder = 16_000

// orderStr {orderStr} → {tradeNO}: the signed string that a merchant's server made for my.tradePay becomes a trade. Who signed it, gateway/open finds out.
func orderStr(ctx context.Context, c call) (any, error) {
	var in struct {
		Order string `json:"orderStr"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if c.SubmitOrder == nil || in.Order == "" || len(in.Order) > maxOrder {
		return nil, errOrder
	}
	return c.SubmitOrder(ctx, in.Order)
}
