package openapp

import (
	"context"
	"errors"

	"souk/kit/db"
)

// MerchantOrder is what a merchant tells the order centre about one order of a person.
type MerchantOrder struct {
	AppID      string
	OutBizNo   string // its key within the app
	OrderID    string
	RecordID   string
	Person     string
	TradeNo    string
	Status     string
	Content    string // JSON as it came
	ModifiedAt int64  // ms by the merchant's clock
}

// KeepMerchantOrder records the newest word about an order. A word older than the one that is there changes nothing: kept is then that one.
// The order's number stays; the record's changes with every word. Error: ErrOtherSync when the order is another person's.
func KeepMerchantOrder(ctx context.Context, tx *db.Tx, in MerchantOrder) (kept MerchantOrder, err error) {
	in.OrderID, in.RecordID = newNotifyID(tx.Now()), newNotifyID(tx.Now())
	_, err = tx.Exec(`INSERT INTO openapp_merchant_order (app_id, out_biz_no, order_id, record_id, person, trade_no, status, content, modified_at, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (app_id, out_biz_no) DO UPDATE SET record_id = excluded.record_id,
		trade_no = excluded.trade_no, status = excluded.status, content = excluded.content, modified_at = excluded.modified_at
		WHERE openapp_merchant_order.modified_at < excluded.modified_at AND openapp_merchant_order.person = excluded.person`,
		in.AppID, in.OutBizNo, in.OrderID, in.RecordID, in.Person, in.TradeNo, in.Status, in.Content, in.ModifiedAt, tx.Now())
	if err != nil {
		return kept, err
	}
	kept = MerchantOrder{AppID: in.AppID, OutBizNo: in.OutBizNo}
	err = tx.QueryRow(`SELECT order_id, record_id, person, trade_no, status, content, modified_at FROM openapp_merchant_order WHERE app_id = $1 AND out_biz_no = $2`,
		in.AppID, in.OutBizNo).Scan(&kept.OrderID, &kept.RecordID, &kept.Person, &kept.TradeNo, &kept.Status, &kept.Content, &kept.ModifiedAt)
	if err == nil && kept.Person != in.Person {
		err = ErrOtherSync.With("the order is another person's")
	}
	return kept, err
}

// MerchantOrders lists a person's orders as their merchants told of them, newest first, at most MaxPage.
func MerchantOrders(_ context.Context, tx *db.Tx, person string) ([]MerchantOrder, error) {
	rows, err := tx.Query(`SELECT app_id, out_biz_no, order_id, record_id, person, trade_no, status, content, modified_at FROM openapp_merchant_order
		WHERE person = $1 ORDER BY modified_at DESC, order_id LIMIT $2`, person, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []MerchantOrder{}
	for rows.Next() {
		var o MerchantOrder
		if err := rows.Scan(&o.AppID, &o.OutBizNo, &o.OrderID, &o.RecordID, &o.Person, &o.TradeNo, &o.Status, &o.Content, &o.ModifiedAt); err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// KeepPacket remembers when what is left of a red packet goes back to its payer.
func KeepPacket(_ context.Context, tx *db.Tx, tradeNo, appID string, backAt int64) error {
	_, err := tx.Exec(`INSERT INTO openapp_packet (trade_no, app_id, back_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, tradeNo, appID, backAt)
	return err
}

// Packet is a red packet's trade and its app.
type Packet struct{ TradeNo, AppID string }

// DuePackets lists red packets whose time has come, at most limit.
func DuePackets(_ context.Context, tx *db.Tx, limit int) ([]Packet, error) {
	rows, err := tx.Query(`SELECT trade_no, app_id FROM openapp_packet WHERE ended_at IS NULL AND back_at <= $1 ORDER BY back_at, trade_no LIMIT $2`, tx.Now(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Packet
	for rows.Next() {
		var p Packet
		if err := rows.Scan(&p.TradeNo, &p.AppID); err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// ErrPacketEnded says that a red packet has gone back before.
var ErrPacketEnded = errors.New("openapp: this red packet has ended")

// EndPacket claims a red packet's return, once. Error: ErrPacketEnded.
func EndPacket(_ context.Context, tx *db.Tx, tradeNo string) error {
	n, err := tx.Exec(`UPDATE openapp_packet SET ended_at = $1 WHERE trade_no = $2 AND ended_at IS NULL`, tx.Now(), tradeNo)
	if err == nil && n == 0 {
		return ErrPacketEnded
	}
	return err
}
