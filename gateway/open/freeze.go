package open

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// freezeFields is what the three ways to ask for a pre-authorisation share.
type freezeFields struct {
	OutOrderNo text `json:"out_order_no"`
	Request    text `json:"out_request_no"`
	Title      text `json:"order_title"`
	Amount     text `json:"amount"`
	Product    text `json:"product_code"`
	Timeout    text `json:"timeout_express"`
	PayTimeout text `json:"pay_timeout"`
	AuthCode   text `json:"auth_code"`
	CodeType   text `json:"auth_code_type"`
}

func (in freezeFields) request(tx *db.Tx, c *call) (hold.Request, error) {
	if err := first(need("out_order_no", in.OutOrderNo, 64), need("out_request_no", in.Request, 64), need("order_title", in.Title, 400),
		short("product_code", in.Product, 64), checkURL("notify_url", c.notifyURL)); err != nil {
		return hold.Request{}, err
	}
	fen, err := amount("amount", in.Amount)
	if err != nil {
		return hold.Request{}, err
	}
	expires, err := orderFields{Timeout: in.PayTimeout + in.Timeout}.expires(tx.Now(), "", c.method)
	if in.PayTimeout != "" && in.Timeout != "" {
		err = invalid("pay_timeout", "and timeout_express exclude each other")
	}
	return hold.Request{
		App: c.appID(), OutOrderNo: string(in.OutOrderNo), OutRequestNo: string(in.Request), Title: string(in.Title), Product: string(in.Product),
		NotifyURL: c.notifyURL, Amount: fen, ExpiresAt: expires,
	}, err
}

// ask makes the authorisation that in asks for, or finds it while it can still
// be agreed to.
func (in freezeFields) ask(ctx context.Context, tx *db.Tx, c *call) (hold.Auth, error) {
	r, err := in.request(tx, c)
	if err != nil {
		return hold.Auth{}, err
	}
	a, _, err := hold.Ask(ctx, tx, r)
	return a, err
}

// authNames names an authorisation and one of its operations in answers.
type authNames struct {
	AuthNo      string `json:"auth_no,omitempty"`
	OutOrderNo  string `json:"out_order_no"`
	OperationID string `json:"operation_id,omitempty"`
	Request     string `json:"out_request_no"`
}

func nameAuth(op hold.Operation) authNames {
	return authNames{string(op.Auth.No), op.Auth.OutOrderNo, op.ID, op.OutRequestNo}
}

// payer is who agreed, as the app may know them.
type payer struct {
	UserID  string `json:"payer_user_id,omitempty"`
	OpenID  string `json:"payer_open_id,omitempty"`
	LogonID string `json:"payer_logon_id,omitempty"`
}

func payerOfAuth(ctx context.Context, tx *db.Tx, a hold.Auth) (payer, error) {
	b, err := payerOf(ctx, tx, pay.Trade{App: a.App, Buyer: a.Payer})
	return payer{b.UserID, b.OpenID, b.LogonID}, err
}

// opAnswer is what freeze and unfreeze say.
type opAnswer struct {
	authNames
	payer
	Amount string `json:"amount"`
	Fund   string `json:"fund_amount"`
	Status string `json:"status"`
	At     string `json:"gmt_trans"`
}

func answerOp(op hold.Operation, p payer) opAnswer {
	return opAnswer{nameAuth(op), p, op.Amount.Yuan(), op.Amount.Yuan(), op.Status, stamp(op.At)}
}

// authFreeze reserves money by the bar code that a payer shows.
func authFreeze(ctx context.Context, c *call) (any, error) {
	var in freezeFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if in.CodeType != "" && in.CodeType != "bar_code" || !paymentCode.MatchString(string(in.AuthCode)) {
		return nil, refuse("PAYMENT_AUTH_CODE_INVALID", "auth_code must be the 16 to 24 digits of a bar code")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		who, err := wallet.UseCode(ctx, tx, string(in.AuthCode), c.app.ID+"/auth/"+string(in.OutOrderNo))
		if err != nil {
			return nil, err
		}
		a, err := in.ask(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		if a, _, err = hold.Freeze(ctx, tx, a.No, who); err != nil {
			return nil, err
		}
		op, err := hold.FindOperation(ctx, tx, a, string(in.Request), "")
		if err != nil {
			return nil, err
		}
		p, err := payerOfAuth(ctx, tx, a)
		return answerOp(op, p), err
	})
}

// authVoucher shows the question as a QR code.
func authVoucher(ctx context.Context, c *call) (any, error) {
	var in freezeFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, err := in.ask(ctx, tx, c)
		link := c.door.Base + authPath + string(a.No)
		return struct {
			OutOrderNo string `json:"out_order_no"`
			Request    string `json:"out_request_no"`
			Type       string `json:"code_type"`
			Value      string `json:"code_value"`
		}{a.OutOrderNo, string(in.Request), "qrcode", link}, err
	})
}

// authKey names an authorisation and perhaps one operation.
type authKey struct {
	AuthNo     text `json:"auth_no"`
	OutOrderNo text `json:"out_order_no"`
	Operation  text `json:"operation_id"`
	Request    text `json:"out_request_no"`
}

func (k authKey) check() error {
	if k.AuthNo == "" && k.OutOrderNo == "" {
		return invalid("auth_no", "or out_order_no is needed")
	}
	return first(short("auth_no", k.AuthNo, 64), short("out_order_no", k.OutOrderNo, 64), short("operation_id", k.Operation, 64), short("out_request_no", k.Request, 64))
}

func authUnfreeze(ctx context.Context, c *call) (any, error) {
	var in struct {
		authKey
		Amount text `json:"amount"`
		Remark text `json:"remark"`
	}
	if err := first(c.bind(&in), need("auth_no", in.AuthNo, 64), need("out_request_no", in.Request, 64), short("remark", in.Remark, 400)); err != nil {
		return nil, err
	}
	fen, err := amount("amount", in.Amount)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		op, err := hold.Unfreeze(ctx, tx, c.appID(), hold.No(in.AuthNo), string(in.Request), fen, string(in.Remark))
		return answerOp(op, payer{}), err
	})
}

// authState is what operation.detail.query says: the operation, and where the
// whole authorisation stands.
type authState struct {
	opAnswer
	Title       string `json:"order_title"`
	Operation   string `json:"operation_type"`
	OrderStatus string `json:"order_status"`
	Rest        string `json:"rest_amount"`
	Total       string `json:"total_freeze_amount"`
	Paid        string `json:"total_pay_amount"`
	Created     string `json:"gmt_create"`
	Remark      string `json:"remark,omitempty"`
}

func authQuery(ctx context.Context, c *call) (any, error) {
	var in authKey
	if err := first(c.bind(&in), in.check()); err != nil {
		return nil, err
	}
	if in.Operation == "" && in.Request == "" {
		return nil, invalid("out_request_no", "or operation_id is needed")
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, err := hold.FindOut(ctx, tx, c.appID(), hold.No(in.AuthNo), string(in.OutOrderNo))
		if err != nil {
			return nil, err
		}
		op, err := hold.FindOperation(ctx, tx, a, string(in.Request), string(in.Operation))
		if err != nil {
			return nil, err
		}
		p, err := payerOfAuth(ctx, tx, a)
		return authState{answerOp(op, p), a.Title, op.Kind, string(a.Status), a.Rest().Yuan(), a.Total.Yuan(), a.Paid.Yuan(), stamp(a.MadeAt), op.Remark}, err
	})
}

func authCancel(ctx context.Context, c *call) (any, error) {
	var in authKey
	if err := first(c.bind(&in), in.check()); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, action, err := hold.Cancel(ctx, tx, c.appID(), hold.No(in.AuthNo), string(in.OutOrderNo))
		return struct {
			authNames
			Action string `json:"action,omitempty"`
		}{authNames{string(a.No), a.OutOrderNo, string(in.Operation), string(in.Request)}, action}, err
	})
}

// payFrozen takes a payment out of an authorisation: alipay.trade.pay with
// auth_no.
func payFrozen(ctx context.Context, tx *db.Tx, c *call, in orderFields, authNo, mode text) (any, error) {
	a, err := hold.FindOut(ctx, tx, c.appID(), hold.No(authNo), "")
	if err != nil {
		return nil, err
	}
	order, err := in.order(ctx, tx, c, "PRE_AUTH")
	if err != nil {
		return nil, err
	}
	if order.Buyer != "" && order.Buyer != a.Payer {
		return nil, pay.ErrBuyer
	}
	order.Buyer = a.Payer
	t, _, err := pay.Create(ctx, tx, order)
	if err == nil && t.PaidAt == 0 {
		t, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: t.No, Payer: a.Payer, Auth: a.No, Complete: mode == "COMPLETE"})
	}
	if err != nil {
		return nil, err
	}
	return paidAnswer(ctx, tx, t)
}

// FreezeAs agrees to an authorisation as person would, without a PIN; like
// PayAs for developer mode only.
func FreezeAs(ctx context.Context, d *db.DB, developer bool, authNo, person string) (a hold.Auth, err error) {
	if !developer {
		return a, ErrDeveloperOnly
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		p, err := identity.Find(ctx, tx, identity.PersonID(person))
		if err != nil {
			return err
		}
		a, _, err = hold.Freeze(ctx, tx, hold.No(authNo), p.ID)
		return err
	})
	return a, err
}

// authFields are a notification of an authorisation.
func authFields(ctx context.Context, tx *db.Tx, kind string, a hold.Auth, outRequestNo string) (map[string]string, error) {
	p, err := payerOfAuth(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	fields := map[string]string{
		"notify_type": "fund_auth_freeze", "auth_no": string(a.No), "out_order_no": a.OutOrderNo, "out_request_no": outRequestNo,
		"payer_user_id": p.UserID, "payer_open_id": p.OpenID, "payer_logon_id": p.LogonID, "status": "SUCCESS", "operation_type": "FREEZE",
		"amount": a.Total.Yuan(), "gmt_create": stamp(a.MadeAt), "gmt_trans": stamp(tx.Now()),
		"total_freeze_amount": a.Total.Yuan(), "total_unfreeze_amount": a.Unfrozen.Yuan(), "total_pay_amount": a.Paid.Yuan(), "rest_amount": a.Rest().Yuan(),
	}
	if kind == "auth.unfrozen" {
		fields["notify_type"], fields["operation_type"] = "fund_auth_unfreeze", "UNFREEZE"
	}
	if outRequestNo == "" {
		return fields, nil
	}
	op, err := hold.FindOperation(ctx, tx, a, outRequestNo, "")
	if errors.Is(err, hold.ErrOperation) {
		return fields, nil
	}
	fields["operation_id"], fields["amount"] = op.ID, money.Fen(op.Amount).Yuan()
	return fields, err
}
