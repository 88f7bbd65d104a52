package open

import (
	"context"
	"errors"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/pay"
)

type refundFields struct {
	tradeKey
	Amount       text                    `json:"refund_amount"`
	OutRequestNo text                    `json:"out_request_no"`
	Reason       text                    `json:"refund_reason"`
	Options      []string                `json:"query_options"`
	Royalty      object[[]refundRoyalty] `json:"refund_royalty_parameters"`
}

// refundRoyalty is what a receiver of a split gives back: it is the payer here.
type refundRoyalty struct {
	Type   text `json:"trans_out_type"`
	Who    text `json:"trans_out"`
	Amount text `json:"amount"`
}

func (in refundFields) takeBack(ctx context.Context, tx *db.Tx, c *call) ([]pay.SplitLine, error) {
	lines := make([]splitLine, 0, len(in.Royalty.Value))
	for _, r := range in.Royalty.Value {
		lines = append(lines, splitLine{Type: r.Type, Who: r.Who, Amount: r.Amount})
	}
	return splitLines(ctx, tx, c, lines)
}

// request turns the fields into what platform/pay wants. Without a number of
// its own a refund is the trade's only one, so it must be the whole.
func (in refundFields) request(ctx context.Context, tx *db.Tx, c *call) (pay.RefundRequest, error) {
	fen, err := amount("refund_amount", in.Amount)
	if err != nil {
		return pay.RefundRequest{}, err
	}
	if utf8.RuneCountInString(string(in.Reason)) > 256 {
		return pay.RefundRequest{}, invalid("refund_reason", "is too long")
	}
	t, err := in.find(ctx, tx, c)
	if err != nil {
		return pay.RefundRequest{}, err
	}
	if in.OutRequestNo == "" {
		if fen < t.Total {
			return pay.RefundRequest{}, invalid("out_request_no", "is needed for a refund of a part")
		}
		in.OutRequestNo = text(t.OutTradeNo)
	}
	back, err := in.takeBack(ctx, tx, c)
	return pay.RefundRequest{App: c.appID(), No: t.No, OutRequestNo: string(in.OutRequestNo), Amount: fen, Reason: string(in.Reason), TakeBack: back}, err
}

// refundState is what refund and its query say about the money.
type refundState struct {
	tradeNames
	GmtRefundPay string     `json:"gmt_refund_pay,omitempty"`
	SendBack     string     `json:"send_back_fee,omitempty"`
	Buyer        string     `json:"present_refund_buyer_amount,omitempty"`
	Discount     string     `json:"present_refund_discount_amount,omitempty"`
	MDiscount    string     `json:"present_refund_mdiscount_amount,omitempty"`
	Details      []fundBill `json:"refund_detail_item_list,omitempty"`
}

func refunded(r pay.Refunded, options []string) refundState {
	s := refundState{
		tradeNames: names(r.Trade), GmtRefundPay: stamp(r.At), SendBack: r.Buyer.Yuan(),
		Buyer: r.Buyer.Yuan(), Discount: r.Platform.Yuan(), MDiscount: r.Merchant.Yuan(),
	}
	if wants(options, "refund_detail_item_list") {
		s.Details = fundBills(r.Parts)
	}
	return s
}

// pageRefund gives money back when a browser opens the signed link, and sends the browser on to return_url with the signed facts. Opened again it
// gives nothing more, since its out_request_no is the refund's key.
func pageRefund(ctx context.Context, c *call) (any, error) {
	var in refundFields
	if err := first(c.bind(&in), in.check(), need("out_request_no", in.OutRequestNo, 64), checkURL("return_url", c.returnURL)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		r, err := in.run(ctx, tx, c)
		if err != nil || c.returnURL == "" {
			return told{"REFUND_SUCCESS", "已退款 Refunded: " + r.Amount.Yuan()}, err
		}
		to, err := c.door.signedAddress(ctx, c.returnURL, c.app.ID, c.agent, c.method+".return", map[string]string{
			"trade_no": string(r.Trade.No), "out_trade_no": r.Trade.OutTradeNo, "out_request_no": r.OutRequestNo, "refund_amount": r.Amount.Yuan(),
		})
		return redirect(to), err
	})
}

func tradeRefund(ctx context.Context, c *call) (any, error) {
	var in refundFields
	if err := first(c.bind(&in), in.check()); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		r, err := in.run(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		b, err := payerOf(ctx, tx, r.Trade)
		change := "Y"
		if r.Repeated {
			change = "N"
		}
		return struct {
			refundState
			buyer
			Change string `json:"fund_change"`
			Fee    string `json:"refund_fee"` // of the trade so far, not of this refund
		}{refunded(r, in.Options), b, change, r.Trade.Refunded.Yuan()}, err
	})
}

func (in refundFields) run(ctx context.Context, tx *db.Tx, c *call) (pay.Refunded, error) {
	request, err := in.request(ctx, tx, c)
	if err != nil {
		return pay.Refunded{}, err
	}
	return pay.Refund(ctx, tx, request)
}

// refundApply promises a refund and says how far it is: here it is done at once.
func refundApply(ctx context.Context, c *call) (any, error) {
	var in refundFields
	if err := first(c.bind(&in), in.check(), need("out_request_no", in.OutRequestNo, 64)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		r, err := in.run(ctx, tx, c)
		return struct {
			tradeNames
			OutRequestNo string `json:"out_request_no"`
			Amount       string `json:"refund_amount"`
			Status       string `json:"refund_status"`
		}{names(r.Trade), r.OutRequestNo, r.Amount.Yuan(), "REFUND_SUCCESS"}, err
	})
}

// refundQuery answers success without refund_status when there is no such
// refund: that is how callers learn to try again with the same number.
func refundQuery(ctx context.Context, c *call) (any, error) {
	var in refundFields
	if err := first(c.bind(&in), in.check(), need("out_request_no", in.OutRequestNo, 64)); err != nil {
		return nil, err
	}
	var r pay.Refunded
	err := c.door.DB.Read(ctx, func(tx *db.Tx) error {
		t, err := in.find(ctx, tx, c)
		if err != nil {
			return err
		}
		r, err = pay.FindRefund(ctx, tx, c.appID(), t.No, "", string(in.OutRequestNo))
		if errors.Is(err, pay.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil || r.OutRequestNo == "" {
		return struct{}{}, err
	}
	return refundAnswer(r, in.Options), nil
}

func refundAnswer(r pay.Refunded, options []string) any {
	s := refunded(r, options)
	if !wants(options, "gmt_refund_pay") {
		s.GmtRefundPay = ""
	}
	return struct {
		refundState
		OutRequestNo string `json:"out_request_no"`
		Amount       string `json:"refund_amount"`
		Total        string `json:"total_amount"`
		Reason       string `json:"refund_reason,omitempty"`
		Status       string `json:"refund_status"`
	}{s, r.OutRequestNo, money.Fen(r.Amount).Yuan(), r.Trade.Total.Yuan(), r.Reason, "REFUND_SUCCESS"}
}
