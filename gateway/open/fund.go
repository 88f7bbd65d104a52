package open

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
)

// transferAnswer is what a transfer says of itself.
type transferAnswer struct {
	OutBizNo string `json:"out_biz_no"`
	OrderID  string `json:"order_id"`
	FundID   string `json:"pay_fund_order_id"`
	Status   string `json:"status"`
	Date     string `json:"trans_date"`
	Amount   string `json:"amount"`
}

// transfer pays a person or a merchant out of the app's merchant's own money.
func transfer(ctx context.Context, c *call) (any, error) {
	var in struct {
		OutBizNo text `json:"out_biz_no"`
		Amount   text `json:"trans_amount"`
		Product  text `json:"product_code"`
		Scene    text `json:"biz_scene"`
		Title    text `json:"order_title"`
		Remark   text `json:"remark"`
		Original text `json:"original_order_id"`
		Payee    object[struct {
			Identity text `json:"identity"`
			Type     text `json:"identity_type"`
			Name     text `json:"name"`
		}] `json:"payee_info"`
	}
	if err := first(c.bind(&in), need("out_biz_no", in.OutBizNo, 64), need("order_title", in.Title, maxText), short("remark", in.Remark, 800)); err != nil {
		return nil, err
	}
	packet := in.Product == pay.RedPacket && in.Scene == collectScene
	if !packet && (in.Product != "TRANS_ACCOUNT_NO_PWD" || in.Scene != "DIRECT_TRANSFER" && in.Scene != "") {
		return nil, refuse("PRODUCT_NOT_SIGN", "only TRANS_ACCOUNT_NO_PWD with biz_scene DIRECT_TRANSFER, and STD_RED_PACKET with PERSONAL_COLLECTION, are offered")
	}
	if packet == (in.Original == "") || len(in.Original) > 64 {
		return nil, invalid("original_order_id", "is the order_id of a red packet that was paid, and is given for red packets only")
	}
	fen, err := amount("trans_amount", in.Amount)
	if err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		to, err := party(ctx, tx, c.app.ID, string(in.Payee.Value.Type), string(in.Payee.Value.Identity), string(in.Payee.Value.Name))
		if errors.Is(err, errNoParty) {
			return nil, refuse("PAYEE_NOT_EXIST", "收款账号不存在或姓名有误: no payee of this identity and name")
		}
		if err != nil {
			return nil, err
		}
		t, _, err := pay.Send(ctx, tx, pay.Transfer{
			App: c.appID(), OutBizNo: string(in.OutBizNo), Payee: to, Amount: fen, Title: string(in.Title), Remark: string(in.Remark), From: pay.No(in.Original),
		})
		if err == nil {
			err = message(ctx, tx, c.app.ID, "alipay.fund.trans.order.changed", t.OrderID, map[string]string{
				"out_biz_no": t.OutBizNo, "order_id": t.OrderID, "pay_fund_order_id": t.OrderID, "product_code": string(in.Product), "biz_scene": string(in.Scene),
				"trans_amount": t.Amount.Yuan(), "status": "SUCCESS", "action_type": "FINISH", "pay_date": stamp(t.At),
			})
		}
		return transferAnswer{t.OutBizNo, t.OrderID, t.OrderID, "SUCCESS", stamp(t.At), t.Amount.Yuan()}, err
	})
}

func transferQuery(ctx context.Context, c *call) (any, error) {
	var in struct {
		OutBizNo text `json:"out_biz_no"`
		OrderID  text `json:"order_id"`
		FundID   text `json:"pay_fund_order_id"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if in.OrderID == "" {
		in.OrderID = in.FundID
	}
	if in.OutBizNo == "" && in.OrderID == "" {
		return nil, invalid("out_biz_no", "or order_id is needed")
	}
	var out transferState
	err := c.door.DB.Read(ctx, func(tx *db.Tx) (err error) {
		t, err := pay.FindTransfer(ctx, tx, c.appID(), string(in.OutBizNo), string(in.OrderID))
		if errors.Is(err, pay.ErrTransferFound) {
			out, err = findPacket(ctx, tx, c, in.OutBizNo, in.OrderID)
			return err
		}
		out = transferState{t.OutBizNo, t.OrderID, t.OrderID, t.Amount.Yuan(), "SUCCESS", stamp(t.At), money.Fen(0).Yuan()}
		return err
	})
	return out, err
}

// transferState is how a transfer, or a red packet, stands.
type transferState struct {
	OutBizNo string `json:"out_biz_no"`
	OrderID  string `json:"order_id"`
	FundID   string `json:"pay_fund_order_id"`
	Amount   string `json:"trans_amount"`
	Status   string `json:"status"`
	PayDate  string `json:"pay_date,omitempty"`
	Fee      string `json:"order_fee"`
}

// merchantOf is the id of an app's merchant.
func merchantOf(ctx context.Context, tx *db.Tx, appID string) (string, error) {
	app, err := merchant.FindApp(ctx, tx, merchant.AppID(appID))
	return string(app.Merchant.ID), err
}

// funds is a merchant's money: its own, and what still waits for settlement.
type funds struct {
	own     ledger.Account
	pending ledger.Account
}

func (c *call) funds(ctx context.Context) (f funds, err error) {
	err = c.door.DB.Read(ctx, func(tx *db.Tx) error {
		app, err := merchant.FindApp(ctx, tx, c.appID())
		if err != nil {
			return err
		}
		if f.own, err = ledger.Find(ctx, tx, app.Merchant.Settled()); err != nil {
			return err
		}
		f.pending, err = ledger.Find(ctx, tx, app.Merchant.Pending())
		return err
	})
	return f, err
}

func accountQuery(ctx context.Context, c *call) (any, error) {
	var in struct {
		UserID text `json:"alipay_user_id"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if err := c.ownOnly(ctx, string(in.UserID)); err != nil {
		return nil, err
	}
	f, err := c.funds(ctx)
	return struct {
		Available string `json:"available_amount"`
		Freeze    string `json:"freeze_amount"`
		Total     string `json:"total_amount"`
	}{money.Fen(f.own.Available()).Yuan(), money.Fen(f.own.Held).Yuan(), money.Fen(f.own.Balance).Yuan()}, err
}

// ownOnly refuses to show another merchant's money.
func (c *call) ownOnly(ctx context.Context, userID string) error {
	if userID == "" {
		return nil
	}
	return c.door.DB.Read(ctx, func(tx *db.Tx) error {
		app, err := merchant.FindApp(ctx, tx, c.appID())
		if err == nil && string(app.Merchant.ID) != userID {
			return refuse("NO_PERMISSION", "this is not the app's own merchant")
		}
		return err
	})
}

func billBalance(ctx context.Context, c *call) (any, error) {
	var in struct {
		UserID text `json:"bill_user_id"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	if err := c.ownOnly(ctx, string(in.UserID)); err != nil {
		return nil, err
	}
	f, err := c.funds(ctx)
	return struct {
		Total     string `json:"total_amount"`
		Available string `json:"available_amount"`
		Freeze    string `json:"freeze_amount"`
		Settle    string `json:"settle_amount"`
	}{money.Fen(f.own.Balance + f.pending.Balance).Yuan(), money.Fen(f.own.Available()).Yuan(), money.Fen(f.own.Held).Yuan(), money.Fen(f.pending.Balance).Yuan()}, err
}
