package open

import (
	"context"
	"errors"
	"strings"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// tradeKey names a trade in a request: trade_no wins when both are given.
type tradeKey struct {
	TradeNo    text `json:"trade_no"`
	OutTradeNo text `json:"out_trade_no"`
}

func (k tradeKey) check() error {
	if k.TradeNo == "" && k.OutTradeNo == "" {
		return invalid("out_trade_no", "or trade_no is needed")
	}
	return first(short("trade_no", k.TradeNo, 64), short("out_trade_no", k.OutTradeNo, 64))
}

func (k tradeKey) find(ctx context.Context, tx *db.Tx, c *call) (pay.Trade, error) {
	return pay.FindOut(ctx, tx, c.appID(), pay.No(k.TradeNo), string(k.OutTradeNo))
}

// tradeNames is the answer of methods that only name the trade.
type tradeNames struct {
	TradeNo    string `json:"trade_no"`
	OutTradeNo string `json:"out_trade_no"`
}

func names(t pay.Trade) tradeNames { return tradeNames{string(t.No), t.OutTradeNo} }

func (c *call) appID() merchant.AppID { return merchant.AppID(c.app.ID) }

// write runs f as one transaction and returns its answer.
func (c *call) write(ctx context.Context, f func(*db.Tx) (any, error)) (out any, err error) {
	err = c.door.DB.Write(ctx, func(tx *db.Tx) (err error) { out, err = f(tx); return err })
	return out, err
}

// buyer is the payer as the app may know them.
type buyer struct {
	OpenID  string `json:"buyer_open_id,omitempty"`
	UserID  string `json:"buyer_user_id,omitempty"`
	LogonID string `json:"buyer_logon_id,omitempty"`
}

// payerOf finds how the app knows a trade's payer, making the names if need be.
func payerOf(ctx context.Context, tx *db.Tx, t pay.Trade) (buyer, error) {
	if t.Buyer == "" {
		return buyer{}, nil
	}
	link, err := identity.LinkTo(ctx, tx, string(t.App), t.Buyer)
	if err != nil {
		return buyer{}, err
	}
	return describe(ctx, tx, link)
}

func describe(ctx context.Context, tx *db.Tx, link identity.Link) (buyer, error) {
	p, err := identity.Find(ctx, tx, link.Person)
	if errors.Is(err, identity.ErrPersonNotFound) { // closed since
		return buyer{OpenID: link.OpenID, UserID: link.UserID}, nil
	}
	return buyer{OpenID: link.OpenID, UserID: link.UserID, LogonID: maskPhone(p.Phone)}, err
}

// maskPhone is a phone number as merchants see it: 138****8000.
func maskPhone(phone string) string {
	if len(phone) < 7 {
		return ""
	}
	return phone[:3] + "****" + phone[len(phone)-4:]
}

func tradeCreate(ctx context.Context, c *call) (any, error) {
	var in orderFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := c.create(ctx, tx, in, "JSAPI_PAY", false)
		return names(t), err
	})
}

// create makes the trade that in asks for, or finds the one that the same
// order made before and that can still be paid.
func (c *call) create(ctx context.Context, tx *db.Tx, in orderFields, product string, hidden bool) (pay.Trade, error) {
	order, err := in.order(ctx, tx, c, product)
	if err != nil {
		return pay.Trade{}, err
	}
	order.Hidden = hidden
	t, err := c.findOrMake(ctx, tx, order)
	if err == nil && t.OpenedAt == 0 && !hidden {
		err = pay.Reveal(ctx, tx, t.No)
	}
	return t, err
}

// findOrMake makes a trade, or finds the one that the same order made before and that can still be paid.
func (c *call) findOrMake(ctx context.Context, tx *db.Tx, order pay.Order) (pay.Trade, error) {
	t, repeated, err := pay.Create(ctx, tx, order)
	if err == nil {
		err = openapp.KeepAgent(ctx, tx, string(t.No), c.agent)
	}
	switch {
	case err != nil || !repeated:
		return t, err
	case t.PaidAt > 0:
		return t, pay.ErrPaid
	case t.Status == pay.Closed:
		return t, pay.ErrClosed
	}
	return t, nil
}

func tradePrecreate(ctx context.Context, c *call) (any, error) {
	var in orderFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := c.create(ctx, tx, in, "FACE_TO_FACE_PAYMENT", true)
		if errors.Is(err, pay.ErrInconsistent) {
			return nil, refuse("ACQ.APPLY_PC_MERCHANT_CODE_ERROR", "申请商户二维码错误: this out_trade_no was precreated with other content")
		}
		return struct {
			OutTradeNo string `json:"out_trade_no"`
			QRCode     string `json:"qr_code"`
		}{t.OutTradeNo, c.door.Base + qrPath + string(t.No)}, err
	})
}

// tradeState is the answer of query and pay.
type tradeState struct {
	tradeNames
	buyer
	Status       string     `json:"trade_status,omitempty"` // query only
	Total        string     `json:"total_amount"`
	BuyerPay     string     `json:"buyer_pay_amount"`
	Receipt      string     `json:"receipt_amount"`
	Invoice      string     `json:"invoice_amount"`
	Point        string     `json:"point_amount"`
	Discount     string     `json:"discount_amount,omitempty"`
	MDiscount    string     `json:"mdiscount_amount,omitempty"`
	SendPayDate  string     `json:"send_pay_date,omitempty"` // query
	GmtPayment   string     `json:"gmt_payment,omitempty"`   // pay
	Subject      string     `json:"subject,omitempty"`
	Body         string     `json:"body,omitempty"`
	Passback     string     `json:"passback_params,omitempty"`
	FundBillList []fundBill `json:"fund_bill_list,omitempty"`
}

// fundBill is one tender as the wire shows it.
type fundBill struct {
	Channel string `json:"fund_channel"`
	Amount  string `json:"amount"`
}

func fundBills(tenders []pay.Tender) []fundBill {
	out := make([]fundBill, 0, len(tenders))
	for _, t := range tenders {
		out = append(out, fundBill{channel(t), t.Amount.Yuan()})
	}
	return out
}

func channel(t pay.Tender) string {
	switch {
	case t.Kind == "points":
		return "POINT"
	case t.Kind == "giftcard":
		return "MCARD"
	case t.Funder == pay.ByMerchant:
		return "MDISCOUNT"
	case t.Funder == pay.ByPlatform:
		return "DISCOUNT"
	}
	return "ALIPAYACCOUNT"
}

func state(t pay.Trade, b buyer) tradeState {
	s := tradeState{tradeNames: names(t), buyer: b, Total: t.Total.Yuan(), Point: money.Fen(0).Yuan()}
	own, platform, seller := t.PaidBy(pay.ByBuyer), t.PaidBy(pay.ByPlatform), t.PaidBy(pay.ByMerchant)
	s.BuyerPay, s.Invoice = own.Yuan(), own.Yuan()
	s.Receipt = (own + platform).Yuan()
	if platform > 0 {
		s.Discount = platform.Yuan()
	}
	if seller > 0 {
		s.MDiscount = seller.Yuan()
	}
	return s
}

func tradeQuery(ctx context.Context, c *call) (any, error) {
	var in struct {
		tradeKey
		Options []string `json:"query_options"`
	}
	if err := first(c.bind(&in), in.check()); err != nil {
		return nil, err
	}
	t, b, err := c.look(ctx, in.tradeKey)
	if err != nil {
		return nil, err
	}
	s := state(t, b)
	s.Status, s.SendPayDate, s.Subject, s.Body, s.Passback = string(t.Status), stamp(t.PaidAt), t.Subject, t.Body, t.Passback
	if wants(in.Options, "fund_bill_list") {
		s.FundBillList = fundBills(t.Tenders)
	}
	return s, nil
}

func wants(options []string, name string) bool {
	for _, o := range options {
		if strings.EqualFold(o, name) {
			return true
		}
	}
	return false
}

// look reads a trade with its payer. Only when the app meets the payer for the
// first time does it write.
func (c *call) look(ctx context.Context, key tradeKey) (t pay.Trade, b buyer, err error) {
	stranger := false
	err = c.door.DB.Read(ctx, func(tx *db.Tx) error {
		if t, err = key.find(ctx, tx, c); err != nil || t.Buyer == "" {
			return err
		}
		link, found, err := identity.FindLink(ctx, tx, c.app.ID, t.Buyer)
		if stranger = !found; stranger || err != nil {
			return err
		}
		b, err = describe(ctx, tx, link)
		return err
	})
	if err == nil && stranger {
		err = c.door.DB.Write(ctx, func(tx *db.Tx) error { b, err = payerOf(ctx, tx, t); return err })
	}
	return t, b, err
}

func tradeClose(ctx context.Context, c *call) (any, error) {
	var in tradeKey
	if err := first(c.bind(&in), in.check()); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := in.find(ctx, tx, c)
		if err == nil && t.Status != pay.Waiting {
			err = pay.ErrStatus.With("it is %s", t.Status)
		}
		if err != nil {
			return nil, err
		}
		t, err = pay.Close(ctx, tx, c.appID(), t.No, "")
		return names(t), err
	})
}

func tradeCancel(ctx context.Context, c *call) (any, error) {
	var in tradeKey
	if err := first(c.bind(&in), in.check()); err != nil {
		return nil, err
	}
	type answer struct {
		TradeNo    string `json:"trade_no,omitempty"`
		OutTradeNo string `json:"out_trade_no,omitempty"`
		Retry      string `json:"retry_flag"`
		Action     string `json:"action,omitempty"`
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, action, err := pay.Cancel(ctx, tx, c.appID(), pay.No(in.TradeNo), string(in.OutTradeNo))
		if errors.Is(err, pay.ErrNotFound) {
			return answer{string(in.TradeNo), string(in.OutTradeNo), "N", ""}, nil
		}
		return answer{string(t.No), t.OutTradeNo, "N", action}, err
	})
}
