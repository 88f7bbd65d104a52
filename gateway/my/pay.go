package my

import (
	"context"
	"encoding/json"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/passkey"
	trades "souk/platform/pay"
	"souk/platform/wallet"
)

var errLimit = fault.New(fault.Invalid, "TRADE_NO_INVALID", "tradeNO must be a trade's number")

// tradeOf reads the trade that a call names by tradeNO. It must be of this program.
func (c call) tradeOf(ctx context.Context, tx *db.Tx, no string) (trades.Trade, error) {
	if no == "" || len(no) > 64 {
		return trades.Trade{}, errLimit
	}
	t, err := trades.Find(ctx, tx, trades.No(no))
	if err == nil && t.App != c.app.ID {
		err = trades.ErrNotFound
	}
	return t, err
}

// due is what the cashier shows.
type due struct {
	TradeNO    string        `json:"tradeNO"`
	Amount     string        `json:"amount"` // yuan, two decimals
	Merchant   string        `json:"merchant"`
	MerchantZh string        `json:"merchantZh"`
	Subject    string        `json:"subject"`
	Tenders    []dueTender   `json:"tenders"`
	Status     trades.Status `json:"status"`
	ExpiresAt  int64         `json:"expiresAt"`
	HasPIN     bool          `json:"hasPin"`
}

type dueTender struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Available string `json:"available"`
	Enough    bool   `json:"enough"`
}

// cashier tells the shell what it must show before the person pays. {tradeNO} → due. A trade that cannot be paid (any more) is refused.
func cashier(ctx context.Context, c call) (any, error) {
	var in struct{ TradeNO string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if isMerged(in.TradeNO) {
		return c.mergedDue(ctx, in.TradeNO)
	}
	var t trades.Trade
	var b wallet.Balance
	var m merchant.Merchant
	var hasPIN bool
	err := c.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if t, err = c.tradeOf(ctx, tx, in.TradeNO); err != nil {
			return err
		}
		if err := trades.Payable(t, c.person.ID, tx.Now()); err != nil {
			return err
		}
		if t.OpenedAt == 0 {
			if err := trades.Reveal(ctx, tx, t.No); err != nil {
				return err
			}
		}
		if m, err = merchant.Find(ctx, tx, t.Merchant); err != nil {
			return err
		}
		if hasPIN, err = identity.HasPIN(ctx, tx, c.person.ID); err != nil {
			return err
		}
		b, err = wallet.Read(ctx, tx, c.person.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	own := dueTender{ID: "balance", Kind: "balance", Available: b.Available.Yuan(), Enough: b.Available >= t.Total}
	return due{TradeNO: string(t.No), Amount: t.Total.Yuan(), Merchant: m.Name, MerchantZh: m.NameZh, Subject: t.Subject,
		Tenders: []dueTender{own}, Status: t.Status, ExpiresAt: t.ExpiresAt, HasPIN: hasPIN}, nil
}

// payment is what pay is asked: {tradeNO, pin or passkey}.
type payment struct {
	TradeNO string
	passkey.Proof
}

// lookAtPayment refuses what cannot be paid before a proof is asked for. Whoever has paid it already may go on, to the receipt.
func lookAtPayment(ctx context.Context, tx *db.Tx, c *call) error {
	if err := c.decode(&c.paying); err != nil {
		return err
	}
	if isMerged(c.paying.TradeNO) {
		return c.lookAtMerged(ctx, tx)
	}
	t, err := c.tradeOf(ctx, tx, c.paying.TradeNO)
	c.total = t.Total
	if err == nil && !(t.PaidAt > 0 && t.Buyer == c.person.ID) {
		err = trades.Payable(t, c.person.ID, tx.Now())
	}
	return err
}

// paid is the answer of pay: Result is JSON text, as the JSAPI has it.
type paid struct {
	Memo       string `json:"memo"`
	Result     string `json:"result"`
	ResultCode string `json:"resultCode"`
}

type paidResult struct {
	Response struct {
		App        string `json:"app_id"`
		Code       string `json:"code"`
		Msg        string `json:"msg"`
		OutTradeNo string `json:"out_trade_no"`
		Total      string `json:"total_amount"`
		No         string `json:"trade_no"`
	} `json:"alipay_trade_app_pay_response"`
}

// pay confirms a trade → {resultCode: "9000", result: JSON text}. Whoever has paid it already gets the receipt again.
func pay(ctx context.Context, c call) (any, error) {
	if isMerged(c.paying.TradeNO) {
		return c.payMerged(ctx)
	}
	if err := c.prove(ctx); err != nil {
		return nil, err
	}
	receipt, err := c.till.Confirm(ctx, trades.Confirmation{No: trades.No(c.paying.TradeNO), Payer: c.person.ID})
	if err != nil {
		return nil, err
	}
	t, result := receipt.Trade, paidResult{}
	result.Response.App, result.Response.Code, result.Response.Msg = string(t.App), "10000", "Success"
	result.Response.OutTradeNo, result.Response.Total, result.Response.No = t.OutTradeNo, t.Total.Yuan(), string(t.No)
	text, err := json.Marshal(result)
	return paid{Result: string(text), ResultCode: "9000"}, err
}

// prove is nil when the person proved that it is they who pay this, and not another trade or another amount.
func (c call) prove(ctx context.Context) error {
	p := c.paying.Proof
	if len(p.Passkey) == 0 {
		return c.Prove(ctx, c.DB, c.person.ID, p.PIN)
	}
	return p.Check(ctx, c.DB, c.origin, c.person.ID, passkey.Paying(c.paying.TradeNO, c.total))
}

// askPasskey puts the question whose answer pays one trade. {tradeNO} → what navigator.credentials takes.
func askPasskey(ctx context.Context, c call) (question any, err error) {
	site, err := passkey.At(c.origin)
	if err != nil {
		return nil, err
	}
	err = c.DB.Write(ctx, func(tx *db.Tx) (err error) {
		question, err = site.Ask(ctx, tx, passkey.Spend, c.person.ID, passkey.Paying(c.paying.TradeNO, c.total))
		return err
	})
	return question, err
}

// trade tells where a trade of this person stands. {tradeNO} → {tradeNO, status, amount, refunded}.
func trade(ctx context.Context, c call) (any, error) {
	var in struct{ TradeNO string }
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if isMerged(in.TradeNO) {
		return c.mergedState(ctx, in.TradeNO)
	}
	var t trades.Trade
	if err := c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		t, err = c.tradeOf(ctx, tx, in.TradeNO)
		if err == nil && t.Buyer != "" && t.Buyer != c.person.ID {
			err = trades.ErrNotFound
		}
		return err
	}); err != nil {
		return nil, err
	}
	return struct {
		TradeNO   string        `json:"tradeNO"`
		Status    trades.Status `json:"status"`
		Amount    string        `json:"amount"`
		AmountFen money.Fen     `json:"amountFen"`
		Refunded  string        `json:"refunded"`
		PaidAt    int64         `json:"paidAt,omitempty"`
	}{string(t.No), t.Status, t.Total.Yuan(), t.Total, t.Refunded.Yuan(), t.PaidAt}, nil
}
