// Package trade is one trade of a merchant: how it stands, how it was paid, its refunds, and refunding more of it. The rules of refunds are
// platform/pay's. Start reading at Add.
package trade

import (
	"context"
	"crypto/rand"
	"embed"

	"souk/console/desk"
	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/merchant"
	"souk/platform/pay"
)

//go:embed page.html
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "trade", Files: files}

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/trades/{no}", desk.Members, show)
	d.Act("/trades/{no}/refund", desk.Treasurers, refund)
}

type data struct {
	Trade   pay.Trade
	App     merchant.App
	Refunds []pay.Refunded
	Left    money.Fen // what may still be refunded; 0 when nothing may
	Key     string    // the next refund's number: the form sent twice refunds once
	Amount  string
	Reason  string
}

// find reads a trade that the visitor may see. Another merchant's does not exist.
func find(ctx context.Context, tx *db.Tx, v *desk.Visit) (pay.Trade, error) {
	t, err := pay.Find(ctx, tx, pay.No(v.Part("no")))
	if err == nil && !v.Yours(t.Merchant) {
		return pay.Trade{}, pay.ErrNotFound
	}
	return t, err
}

func show(ctx context.Context, v *desk.Visit) (desk.View, error) {
	return page(ctx, v, "console-"+rand.Text(), "", "")
}

func page(ctx context.Context, v *desk.Visit, key, amount, reason string) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) error {
		t, err := find(ctx, tx, v)
		if err != nil {
			return err
		}
		out = data{Trade: t, Key: key, Amount: amount, Reason: reason}
		if out.App, err = merchant.FindApp(ctx, tx, t.App); err != nil {
			return err
		}
		if t.Status == pay.Success {
			out.Left = t.Total - t.Refunded
		}
		out.Refunds, err = pay.Refunds(ctx, tx, t)
		return err
	})
	if err != nil {
		return desk.View{}, err
	}
	return desk.View{Page: "trade", Section: "trades", Title: out.Trade.Subject, Data: out}, nil
}

func refund(ctx context.Context, v *desk.Visit) (desk.View, error) {
	key, amount, reason := v.Post("key"), v.Post("amount"), v.Post("reason")
	fen, err := money.ParseYuan(amount)
	if err == nil {
		err = v.Write(ctx, func(tx *db.Tx) error {
			t, err := find(ctx, tx, v)
			if err != nil {
				return err
			}
			_, err = pay.Refund(ctx, tx, pay.RefundRequest{App: t.App, No: t.No, OutRequestNo: key, Amount: fen, Reason: reason})
			return err
		})
	}
	if err != nil {
		view, failed := page(ctx, v, key, amount, reason)
		if failed != nil {
			return desk.View{}, failed
		}
		return view, err
	}
	return desk.To("/trades/"+v.Part("no"), "refundDone"), nil
}
