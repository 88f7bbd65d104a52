package open

import (
	"context"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/job"
	"souk/kit/money"
	"souk/platform/openapp"
	"souk/platform/pay"
)

// Red packets: a person pays into one (fund.trans.app.pay, fund.trans.page.pay), the app hands the money on with fund.trans.uni.transfer, and
// what is left goes back to its payer when the time has come. Each is a trade without a fee whose money waits.

const (
	packetScene   = "PERSONAL_PAY"
	collectScene  = "PERSONAL_COLLECTION"
	packetLife    = 24 * time.Hour
	longestPacket = 15 * 24 * time.Hour
	packetBatch   = 50
)

// packetFields are what the two ways to pay into a red packet share.
type packetFields struct {
	OutBizNo text `json:"out_biz_no"`
	Amount   text `json:"trans_amount"`
	Product  text `json:"product_code"`
	Scene    text `json:"biz_scene"`
	Title    text `json:"order_title"`
	Remark   text `json:"remark"`
	Back     text `json:"refund_time_expire"`
	Expire   text `json:"time_expire"`
	Passback text `json:"passback_params"`
}

// create makes the trade of a red packet, or finds the one that was made before and is not paid.
func (in packetFields) create(ctx context.Context, tx *db.Tx, c *call) (pay.Trade, error) {
	if in.Product != pay.RedPacket || in.Scene != packetScene {
		return pay.Trade{}, refuse("PRODUCT_NOT_SIGN", "only product_code STD_RED_PACKET with biz_scene PERSONAL_PAY is offered")
	}
	if err := need("order_title", in.Title, maxText); err != nil {
		return pay.Trade{}, err
	}
	back := time.UnixMilli(tx.Now()).Add(packetLife)
	if in.Back != "" {
		at, err := time.ParseInLocation("2006-01-02 15:04", string(in.Back), china)
		if now := time.UnixMilli(tx.Now()); err != nil || !at.After(now) || at.After(now.Add(longestPacket)) {
			return pay.Trade{}, invalid("refund_time_expire", "must look like 2006-01-02 15:04 and be within 15 days")
		}
		back = at
	}
	if _, err := amount("trans_amount", in.Amount); err != nil {
		return pay.Trade{}, err
	}
	fields := orderFields{OutTradeNo: in.OutBizNo, Total: in.Amount, Subject: in.Title, Body: in.Remark, Product: pay.RedPacket, TimeExpire: in.Expire, Passback: in.Passback}
	if in.OutBizNo == "" {
		return pay.Trade{}, invalid("out_biz_no", "is missing")
	}
	order, err := fields.order(ctx, tx, c, pay.RedPacket)
	if err != nil {
		return pay.Trade{}, err
	}
	order.Frozen, order.NoFee = true, true
	t, err := c.findOrMake(ctx, tx, order)
	if err != nil {
		return t, err
	}
	return t, openapp.KeepPacket(ctx, tx, string(t.No), c.app.ID, back.UnixMilli())
}

// packetPage makes the red packet of a signed link when the payer's browser opens it.
func packetPage(ctx context.Context, c *call) (any, error) {
	var in packetFields
	if err := first(c.bind(&in), checkURL("return_url", c.returnURL)); err != nil {
		return nil, err
	}
	return c.write(ctx, func(tx *db.Tx) (any, error) {
		t, err := in.create(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		err = openapp.KeepOrder(ctx, tx, openapp.Order{TradeNo: string(t.No), AppID: c.app.ID, Method: c.method, ReturnURL: c.returnURL})
		return cashier(t.No, c.returnURL != "", ""), err
	})
}

// packetState is how a red packet stands, as fund.trans.common.query spells it.
func packetState(t pay.Trade) string {
	switch {
	case t.Status == pay.Waiting:
		return "WAIT_PAY"
	case t.PaidAt == 0:
		return "CLOSED"
	case t.Refunded > 0:
		return "REFUND"
	}
	return "SUCCESS"
}

// findPacket answers fund.trans.common.query about a red packet.
func findPacket(ctx context.Context, tx *db.Tx, c *call, outBizNo, orderID text) (transferState, error) {
	t, err := pay.FindOut(ctx, tx, c.appID(), pay.No(orderID), string(outBizNo))
	if errors.Is(err, pay.ErrNotFound) || err == nil && t.Product != pay.RedPacket {
		return transferState{}, pay.ErrTransferFound
	}
	return transferState{t.OutTradeNo, string(t.No), string(t.No), t.Total.Yuan(), packetState(t), stamp(t.PaidAt), money.Fen(0).Yuan()}, err
}

// packetKind is the chore that gives the rest of red packets back to their payers.
func (d *Door) packetKind() job.Kind {
	return job.Kind{Name: "open.packets", Workers: 1, Next: job.Every(30 * time.Second), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
		return nil, d.returnPackets(ctx)
	}}
}

// returnPackets ends every red packet whose time has come, each in a transaction of its own.
func (d *Door) returnPackets(ctx context.Context) error {
	for {
		var due []openapp.Packet
		if err := d.DB.Read(ctx, func(tx *db.Tx) (err error) { due, err = openapp.DuePackets(ctx, tx, packetBatch); return err }); err != nil {
			return err
		}
		for _, p := range due {
			err := d.DB.Write(ctx, func(tx *db.Tx) error { return returnPacket(ctx, tx, p) })
			if err != nil && !errors.Is(err, openapp.ErrPacketEnded) {
				return err
			}
		}
		if len(due) < packetBatch {
			return nil
		}
	}
}

func returnPacket(ctx context.Context, tx *db.Tx, p openapp.Packet) error {
	if err := openapp.EndPacket(ctx, tx, p.TradeNo); err != nil {
		return err
	}
	t, err := pay.Find(ctx, tx, pay.No(p.TradeNo))
	rest := t.Total - t.Refunded - t.Split
	if err != nil || t.Status != pay.Success || rest <= 0 {
		return err
	}
	_, err = pay.Refund(ctx, tx, pay.RefundRequest{App: t.App, No: t.No, OutRequestNo: "expired", Amount: rest, Reason: "红包超时退回"})
	return err
}
