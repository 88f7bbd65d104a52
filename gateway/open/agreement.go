package open

import (
	"context"
	"errors"
	"net/url"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/agreement"
	"souk/platform/identity"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// signFields are those of alipay.user.agreement.page.sign that mean something here.
type signFields struct {
	External text `json:"external_agreement_no"`
	Product  text `json:"personal_product_code"`
	Code     text `json:"product_code"`
	Scene    text `json:"sign_scene"`
	Subject  text `json:"external_logon_id"`
	Period   object[struct {
		Type   text `json:"period_type"`
		Period text `json:"period"`
		First  text `json:"execute_time"`
		Single text `json:"single_amount"`
		Total  text `json:"total_amount"`
		Times  text `json:"total_payments"`
	}] `json:"period_rule_params"`
}

// cycle is the product whose payments follow a plan.
const cycle = "CYCLE_PAY_AUTH"

func (in signFields) paper(c *call) (agreement.Paper, error) {
	p := agreement.Paper{App: c.appID(), ExternalNo: string(in.External), Product: string(in.Product), Scene: string(in.Scene), Subject: string(in.Subject),
		NotifyURL: c.notifyURL, ReturnURL: c.returnURL}
	if err := first(need("personal_product_code", in.Product, 64), checkURL("notify_url", c.notifyURL), checkURL("return_url", c.returnURL)); err != nil {
		return p, err
	}
	rule := in.Period.Value
	if !in.Period.Set {
		if in.Code == cycle {
			return p, invalid("period_rule_params", "is needed for CYCLE_PAY_AUTH")
		}
		return p, nil
	}
	var err error
	if p.Single, err = amount("single_amount", rule.Single); err != nil {
		return p, err
	}
	if rule.Total != "" {
		if p.Total, err = amount("total_amount", rule.Total); err != nil {
			return p, err
		}
	}
	p.Times = int64(whole(rule.Times, 0))
	p.Plan = agreement.Plan{Type: string(rule.Type), Period: int64(whole(rule.Period, 0)), First: string(rule.First)}
	return p, nil
}

// agreementSign makes the agreement of a signed link when the person's browser opens it, and sends the browser to the page that asks.
func agreementSign(ctx context.Context, c *call) (any, error) {
	var in signFields
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	p, err := in.paper(c)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, err := agreement.Ask(ctx, tx, p)
		if err != nil {
			return nil, err
		}
		return redirect(agreePath + string(a.No)), openapp.KeepAgent(ctx, tx, string(a.No), c.agent)
	})
}

// agreementKey names an agreement: by Souk's number, by the merchant's, or by the person and the product.
type agreementKey struct {
	No       text `json:"agreement_no"`
	External text `json:"external_agreement_no"`
	Product  text `json:"personal_product_code"`
	UserID   text `json:"alipay_user_id"`
	OpenID   text `json:"alipay_open_id"`
}

func (k agreementKey) find(ctx context.Context, tx *db.Tx, c *call) (agreement.Agreement, error) {
	if err := first(short("agreement_no", k.No, 64), short("external_agreement_no", k.External, 64), short("personal_product_code", k.Product, 64)); err != nil {
		return agreement.Agreement{}, err
	}
	who := k.OpenID
	if who == "" {
		who = k.UserID
	}
	switch {
	case k.No != "" || k.External != "":
		return agreement.FindOut(ctx, tx, c.appID(), agreement.No(k.No), string(k.External), string(k.Product))
	case who == "" || k.Product == "":
		return agreement.Agreement{}, invalid("agreement_no", "or external_agreement_no with personal_product_code, or a person with personal_product_code, is needed")
	}
	p, err := identity.PersonOf(ctx, tx, c.app.ID, string(who))
	if errors.Is(err, identity.ErrPersonNotFound) {
		return agreement.Agreement{}, refuse("USER_NOT_EXIST_ERROR", "用户不存在: this app knows no such open_id or user_id")
	}
	if err != nil {
		return agreement.Agreement{}, err
	}
	return agreement.FindPerson(ctx, tx, c.appID(), p.ID, string(k.Product))
}

// planLine is an ExecutionPlan: the next payment.
type planLine struct {
	Single  string `json:"single_amount"`
	Execute string `json:"execute_time"`
	Number  int64  `json:"period_id"`
}

func agreementQuery(ctx context.Context, c *call) (any, error) {
	var in agreementKey
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, err := in.find(ctx, tx, c)
		if err != nil && !errors.Is(err, agreement.ErrNotFound) {
			return nil, err
		}
		if err != nil || a.Status == agreement.Temp {
			return nil, refuse("USER_AGREEMENT_NOT_EXIST", "用户协议不存在: there is none, or nobody has signed it yet")
		}
		b, err := payerOf(ctx, tx, pay.Trade{App: a.App, Buyer: a.Person})
		plans := []planLine{}
		if a.NextOn != "" && a.Status == agreement.Normal {
			plans = append(plans, planLine{a.Single.Yuan(), a.NextOn, a.Payments + 1})
		}
		return struct {
			agreementState
			Single string     `json:"single_quota"`
			Last   string     `json:"last_deduct_time,omitempty"`
			Next   string     `json:"next_deduct_time,omitempty"`
			Plans  []planLine `json:"execution_plans,omitempty"`
			Kind   string     `json:"pricipal_type"`
			Who    string     `json:"principal_id"`
			WhoID  string     `json:"principal_open_id"`
			Third  string     `json:"third_party_type"`
		}{stateOf(a, b), a.Single.Yuan(), stamp(a.LastAt), a.NextOn, plans, "CARD", b.UserID, b.OpenID, "PARTNER"}, err
	})
}

// agreementState is what answers and notifications say of an agreement.
type agreementState struct {
	No       string `json:"agreement_no"`
	External string `json:"external_agreement_no"`
	Product  string `json:"personal_product_code"`
	Scene    string `json:"sign_scene"`
	Status   string `json:"status"`
	Signed   string `json:"sign_time"`
	Valid    string `json:"valid_time"`
	Invalid  string `json:"invalid_time"`
	Logon    string `json:"alipay_logon_id,omitempty"`
}

func stateOf(a agreement.Agreement, b buyer) agreementState {
	until := a.ValidUntil
	if a.EndedAt > 0 {
		until = a.EndedAt
	}
	return agreementState{string(a.No), a.ExternalNo, a.Product, a.Scene, string(a.Status), stamp(a.SignedAt), stamp(a.SignedAt), stamp(until), b.LogonID}
}

func agreementUnsign(ctx context.Context, c *call) (any, error) {
	var in agreementKey
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, err := in.find(ctx, tx, c)
		if err == nil {
			_, err = agreement.End(ctx, tx, a.No)
		}
		if errors.Is(err, agreement.ErrStatus) {
			return nil, refuse("USER_AGREEMENT_STATUS_NOT_NORMAL", "用户协议状态不正常: it was never signed")
		}
		return struct{}{}, err
	})
}

func planModify(ctx context.Context, c *call) (any, error) {
	var in struct {
		No   text `json:"agreement_no"`
		Date text `json:"deduct_time"`
		Memo text `json:"memo"`
	}
	if err := first(c.bind(&in), need("agreement_no", in.No, 64), need("deduct_time", in.Date, 32), short("memo", in.Memo, maxText)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		a, err := agreement.Move(ctx, tx, c.appID(), agreement.No(in.No), string(in.Date))
		if errors.Is(err, agreement.ErrStatus) || errors.Is(err, agreement.ErrNotFound) {
			return nil, refuse("ILLEGAL_AGREEMENT", "协议不合法: no signed agreement of this app with a plan has this number")
		}
		return struct {
			No   string `json:"agreement_no"`
			Date string `json:"deduct_time"`
		}{string(a.No), a.NextOn}, err
	})
}

// payByAgreement takes a payment that a person agreed to beforehand: alipay.trade.pay with agreement_params. The same out_trade_no
// again answers the receipt and charges nothing.
func payByAgreement(ctx context.Context, tx *db.Tx, c *call, in orderFields, no string) (any, error) {
	a, err := agreement.FindOut(ctx, tx, c.appID(), agreement.No(no), "", "")
	if err != nil {
		return nil, err
	}
	order, err := in.order(ctx, tx, c, "GENERAL_WITHHOLDING")
	if err != nil {
		return nil, err
	}
	if order.Buyer != "" && order.Buyer != a.Person {
		return nil, pay.ErrBuyer
	}
	order.Buyer = a.Person
	if a.Person == "" {
		return nil, agreement.ErrStatus
	}
	t, _, err := pay.Create(ctx, tx, order)
	if err == nil && t.PaidAt == 0 {
		if _, err = agreement.Charge(ctx, tx, c.appID(), a.No, t.Total); err == nil {
			t, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: t.No, Payer: a.Person})
		}
	}
	if err != nil {
		return nil, err
	}
	return paidAnswer(ctx, tx, t)
}

// agreementFields are a notification that an agreement was signed or has ended.
func agreementFields(a agreement.Agreement, kind string, b buyer) map[string]string {
	s := stateOf(a, b)
	fields := map[string]string{
		"notify_type": "dut_user_sign", "agreement_no": s.No, "external_agreement_no": s.External, "personal_product_code": s.Product, "sign_scene": s.Scene,
		"status": s.Status, "sign_time": s.Signed, "valid_time": s.Valid, "invalid_time": s.Invalid, "alipay_user_id": b.UserID, "alipay_open_id": b.OpenID,
		"alipay_logon_id": b.LogonID, "partner_id": string(a.Merchant),
	}
	if kind == "agreement.ended" {
		fields["notify_type"], fields["unsign_time"] = "dut_user_unsign", stamp(a.EndedAt)
	}
	return fields
}

// signedAgreementReturn is where the browser goes after signing: return_url with the signed facts.
func (d *Door) signedAgreementReturn(ctx context.Context, a agreement.Agreement, b buyer, agent string) (string, error) {
	s := stateOf(a, b)
	return d.signedAddress(ctx, a.ReturnURL, string(a.App), agent, "alipay.user.agreement.page.sign.return", map[string]string{
		"agreement_no": s.No, "external_agreement_no": s.External, "personal_product_code": s.Product, "sign_scene": s.Scene, "status": s.Status,
		"sign_time": s.Signed, "valid_time": s.Valid, "invalid_time": s.Invalid, "alipay_open_id": b.OpenID, "alipay_user_id": b.UserID, "alipay_logon_id": s.Logon,
	})
}

// consult tells whether a payment could be taken that the platform would advance. It advances none, and says so; what it can tell is whether
// the person and the agreement are there, and what the person has still to pay this app.
func consult(ctx context.Context, c *call) (any, error) {
	var in struct {
		agreementKey
		Scene  text `json:"consult_scene"`
		Amount text `json:"estimated_order_amount"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if in.Amount != "" {
		if _, err := amount("estimated_order_amount", in.Amount); err != nil {
			return nil, err
		}
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		if in.No != "" {
			a, err := in.find(ctx, tx, c)
			if errors.Is(err, agreement.ErrNotFound) || err == nil && a.Status != agreement.Normal {
				return nil, refuse("ILLEGAL_AGREEMENT", "协议不合法: no agreement in force has this number")
			}
			if err != nil {
				return nil, err
			}
		} else if in.UserID != "" {
			if _, err := identity.PersonOf(ctx, tx, c.app.ID, string(in.UserID)); errors.Is(err, identity.ErrPersonNotFound) {
				return nil, refuse("USER_NOT_EXIST", "用户不存在: this app knows no such user_id")
			} else if err != nil {
				return nil, err
			}
		} else {
			return nil, invalid("alipay_user_id", "or agreement_no is needed")
		}
		return struct {
			Result  bool   `json:"refer_result"`
			Code    string `json:"result_code"`
			Message string `json:"result_message"`
			Rest    string `json:"wait_repayment_amount"`
			Count   int    `json:"wait_repayment_order_count"`
		}{false, "BUYER_NOT_SUPPORT_ADVANCEPAY", "this platform advances no payment: there is nothing to repay", money.Fen(0).Yuan(), 0}, nil
	})
}

// agreed is where the shell's address of the page that asks for agreement is.
func agreeURL(no agreement.No) string { return agreePath + url.PathEscape(string(no)) }
