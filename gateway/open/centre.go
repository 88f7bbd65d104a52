package open

import (
	"context"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// maxCentre bounds one order of the order centre, in bytes.
const maxCentre = 16 << 10

// merchantOrder keeps what a merchant tells a person's order centre: what was ordered and how it stands. The newest word counts.
func merchantOrder(ctx context.Context, c *call) (any, error) {
	var in struct {
		OutBizNo text `json:"out_biz_no"`
		BuyerID  text `json:"buyer_id"`
		BuyerOID text `json:"buyer_open_id"`
		TradeNo  text `json:"trade_no"`
		Amount   text `json:"amount"`
		PayFee   text `json:"pay_amount"`
		Modified text `json:"order_modified_time"`
		Created  text `json:"order_create_time"`
		Items    object[[]struct {
			Name text `json:"item_name"`
		}] `json:"item_order_list"`
		Ext object[[]struct {
			Key   text `json:"ext_key"`
			Value text `json:"ext_value"`
		}] `json:"ext_info"`
	}
	if err := first(c.bind(&in), need("out_biz_no", in.OutBizNo, 64), short("trade_no", in.TradeNo, 64)); err != nil {
		return nil, err
	}
	if len(c.biz) > maxCentre || len(in.Items.Value) > pay.MaxGoods || len(in.Ext.Value) > pay.MaxGoods {
		return nil, invalid("item_order_list", "the order is too large")
	}
	for _, fee := range []struct {
		name  string
		value text
	}{{"amount", in.Amount}, {"pay_amount", in.PayFee}} {
		if fee.value == "" {
			continue
		}
		if fen, err := money.ParseYuan(string(fee.value)); err != nil || fen > maxMoney {
			return nil, refuse("AMOUNT_ILLEGAL", "金额非法: "+fee.name+" must be yuan with at most two decimals")
		}
	}
	status := ""
	for _, e := range in.Ext.Value {
		if e.Key == "merchant_order_status" {
			status = string(e.Value)
		}
	}
	if len(status) > 64 {
		return nil, refuse("MERCHANT_ORDER_STATUS_ILLEGAL", "merchant_order_status is too long")
	}
	who := in.BuyerOID
	if who == "" {
		who = in.BuyerID
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		modified, err := wordTime(in.Modified, in.Created, tx.Now())
		if err != nil {
			return nil, err
		}
		person, err := c.orderOf(ctx, tx, who, in.TradeNo)
		if err != nil {
			return nil, err
		}
		o, err := openapp.KeepMerchantOrder(ctx, tx, openapp.MerchantOrder{AppID: c.app.ID, OutBizNo: string(in.OutBizNo), Person: string(person), TradeNo: string(in.TradeNo),
			Status: status, Content: string(c.biz), ModifiedAt: modified})
		if errors.Is(err, openapp.ErrOtherSync) {
			return nil, refuse("DATA_INCONSISTENT", "数据不一致: this out_biz_no is another buyer's order")
		}
		return struct {
			OrderID  string `json:"order_id"`
			RecordID string `json:"record_id"`
			Status   string `json:"order_status,omitempty"`
		}{o.OrderID, o.RecordID, o.Status}, err
	})
}

func wordTime(modified, created text, now int64) (int64, error) {
	if modified == "" {
		modified = created
	}
	if modified == "" {
		return now, nil
	}
	at, err := time.ParseInLocation(dateTime, string(modified), china)
	if err != nil {
		return 0, invalid("order_modified_time", "must look like 2006-01-02 15:04:05")
	}
	return at.UnixMilli(), nil
}

// orderOf finds whose order it is: the buyer named, who must be the payer of the trade when one is named too.
func (c *call) orderOf(ctx context.Context, tx *db.Tx, who, tradeNo text) (identity.PersonID, error) {
	var payer identity.PersonID
	if tradeNo != "" {
		t, err := pay.FindOut(ctx, tx, c.appID(), pay.No(tradeNo), "")
		if errors.Is(err, pay.ErrNotFound) {
			return "", refuse("TRADE_NOT_EXIST", "交易不存在")
		}
		if err != nil {
			return "", err
		}
		payer = t.Buyer
	}
	if who == "" {
		if payer == "" {
			return "", refuse("BUYER_ID_IS_NULL", "buyer_open_id, buyer_id or the trade_no of a paid trade is needed")
		}
		return payer, nil
	}
	p, err := identity.PersonOf(ctx, tx, c.app.ID, clip(string(who), 64))
	if errors.Is(err, identity.ErrPersonNotFound) {
		return "", refuse("BUYER_NOT_FOUND", "买家不存在: this app knows no such open_id or user_id")
	}
	if err == nil && payer != "" && payer != p.ID {
		err = refuse("TRADE_NO_NOT_MATCH", "the trade was paid by somebody else")
	}
	return p.ID, err
}

// withdrawals tells which people took their consent back on a day.
func withdrawals(ctx context.Context, c *call) (any, error) {
	var in struct {
		Date   text `json:"date"`
		Limit  text `json:"limit"`
		Offset text `json:"offset"`
	}
	if err := c.bind(&in); err != nil {
		return nil, err
	}
	day, err := time.ParseInLocation("20060102", string(in.Date), china)
	if err != nil {
		return nil, invalid("date", "must be a day such as 20261122")
	}
	limit, skip := min(whole(in.Limit, 100), 100), whole(in.Offset, 0)
	type line struct {
		OpenID string `json:"open_id"`
		UserID string `json:"user_id"`
		At     string `json:"del_auth_time"`
	}
	type details struct {
		Details []line `json:"details"`
	}
	out := struct {
		Response *details `json:"response,omitempty"`
	}{}
	err = c.door.DB.Read(ctx, func(tx *db.Tx) error {
		out.Response = nil
		list, err := identity.Withdrawals(ctx, tx, c.app.ID, day.UnixMilli(), day.AddDate(0, 0, 1).UnixMilli(), skip+limit)
		if err != nil || len(list) <= skip {
			return err
		}
		lines := []line{}
		for _, w := range list[skip:] {
			link, found, err := identity.FindLink(ctx, tx, c.app.ID, w.Person)
			if err != nil {
				return err
			}
			if found {
				lines = append(lines, line{link.OpenID, link.UserID, stamp(w.At)})
			}
		}
		out.Response = &details{lines}
		return nil
	})
	return out, err
}
