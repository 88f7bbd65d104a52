package open

import (
	"context"
	"regexp"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// confirmAbove is the largest payment by code that needs no yes of the payer:
// above it the trade waits in the payer's app and the answer is 10003.
const confirmAbove money.Fen = 1000_00

// paymentCode is the number under a payer's bar code.
var paymentCode = regexp.MustCompile(`^(2[5-9]|30)[0-9]{14,22}$`)

// paying is the answer 10003: the trade waits for its payer.
type paying struct{ tradeState }

func (paying) gatewayCode() string { return "10003" }

// tradePay takes money by the bar code that a payer shows, in one transaction:
// when the money cannot be taken, no trade and no used code remain.
func tradePay(ctx context.Context, c *call) (any, error) {
	var in struct {
		orderFields
		AuthCode text `json:"auth_code"`
		Scene    text `json:"scene"`
		AuthNo   text `json:"auth_no"`
		Mode     text `json:"auth_confirm_mode"`
		Paper    object[struct {
			No text `json:"agreement_no"`
		}] `json:"agreement_params"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if in.AuthNo != "" {
		return c.write(ctx, func(tx *db.Tx) (any, error) { return payFrozen(ctx, tx, c, in.orderFields, in.AuthNo, in.Mode) })
	}
	if no := in.Paper.Value.No; no != "" {
		return c.write(ctx, func(tx *db.Tx) (any, error) { return payByAgreement(ctx, tx, c, in.orderFields, string(no)) })
	}
	if in.Scene != "" && in.Scene != "bar_code" {
		return nil, invalid("scene", "must be bar_code; faces and tags are not read here")
	}
	if !paymentCode.MatchString(string(in.AuthCode)) {
		return nil, refuse("ACQ.PAYMENT_AUTH_CODE_INVALID", "支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款: auth_code is 16 to 24 digits beginning 25 to 30")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		return payByCode(ctx, tx, c, in.orderFields, string(in.AuthCode))
	})
}

func payByCode(ctx context.Context, tx *db.Tx, c *call, in orderFields, code string) (any, error) {
	payer, err := wallet.UseCode(ctx, tx, code, c.app.ID+"/"+string(in.OutTradeNo))
	if err != nil {
		return nil, err
	}
	order, err := in.order(ctx, tx, c, "FACE_TO_FACE_PAYMENT")
	if err != nil {
		return nil, err
	}
	if order.Total > confirmAbove {
		order.Buyer = payer
	}
	t, _, err := pay.Create(ctx, tx, order)
	if err != nil {
		return nil, err
	}
	if t.PaidAt == 0 && order.Total <= confirmAbove {
		t, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: t.No, Payer: payer})
	}
	if err == nil && t.Buyer != payer {
		err = pay.ErrPaid
	}
	if err == nil && t.Status == pay.Closed {
		err = pay.ErrClosed
	}
	if err != nil {
		return nil, err
	}
	return paidAnswer(ctx, tx, t)
}

// paidAnswer is what pay answers for a trade: the receipt, or that it waits.
func paidAnswer(ctx context.Context, tx *db.Tx, t pay.Trade) (any, error) {
	b, err := payerOf(ctx, tx, t)
	s := state(t, b)
	if t.PaidAt == 0 {
		return paying{s}, err
	}
	s.GmtPayment, s.FundBillList = stamp(t.PaidAt), fundBills(t.Tenders)
	return s, err
}
