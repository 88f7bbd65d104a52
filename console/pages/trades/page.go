// Package trades lists what a merchant sold and gave back, and finds a trade by either number. It changes nothing; refunding is on the trade's
// own page. Start reading at Add.
package trades

import (
	"context"
	"embed"
	"strconv"
	"strings"

	"souk/console/desk"
	"souk/kit/db"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
)

//go:embed page.html
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "trades", Files: files}

const (
	perPage   = 50
	maxApps   = 200 // of one merchant, in which a seller's number is looked for
	usualDays = 30  // shown when no days are asked for
	dayMillis = 24 * 60 * 60 * 1000
	maxNumber = 64
)

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) { d.Show("/trades", desk.Members, list) }

type data struct {
	Shop    merchant.Merchant
	Shops   []merchant.Merchant
	Number  string
	From    string // days, as in a date field
	To      string
	Refunds bool
	Trades  []pay.Trade
	Lines   []pay.BillLine
	Next    string
}

func list(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		out = data{Number: v.Get("q"), Refunds: v.Get("what") == "refunds"}
		if out.Shop, out.Shops, err = v.Shop(ctx, tx); err != nil {
			return err
		}
		span := out.days(v, tx.Now())
		switch {
		case out.Number != "":
			out.Trades, err = numbered(ctx, tx, out.Shop.ID, out.Number)
		case out.Refunds:
			out.Lines, err = pay.GivenBack(ctx, tx, out.Shop.ID, span, line(v.Get("after")), perPage)
		default:
			at, no, _ := cursor(v.Get("after"))
			out.Trades, err = pay.Sold(ctx, tx, out.Shop.ID, span, pay.Trade{PaidAt: at, No: pay.No(no)}, perPage)
		}
		return err
	})
	if len(out.Lines) == perPage {
		last := out.Lines[perPage-1]
		out.Next = v.With("after", strconv.FormatInt(last.At, 10)+"."+string(last.Trade.No)+"."+last.OutRequestNo)
	}
	if len(out.Trades) == perPage && out.Number == "" {
		last := out.Trades[perPage-1]
		out.Next = v.With("after", strconv.FormatInt(last.PaidAt, 10)+"."+string(last.No)+".")
	}
	return desk.View{Page: "trades", Section: "trades", Title: "trades", Data: out}, err
}

// days reads the days asked for; without any, or with nonsense, the last month.
func (d *data) days(v *desk.Visit, now int64) pay.Span {
	from, err := ledger.ParseDay(v.Get("from"))
	if err != nil {
		from = ledger.DayOf(now - usualDays*dayMillis)
	}
	to, err := ledger.ParseDay(v.Get("to"))
	if err != nil || to < from {
		to = max(from, ledger.DayOf(now))
	}
	d.From, d.To = string(from), string(to)
	first, _ := from.Span()
	_, last := to.Span()
	return pay.Span{From: first, To: last}
}

func numbered(ctx context.Context, tx *db.Tx, m merchant.ID, number string) ([]pay.Trade, error) {
	if len(number) > maxNumber {
		return nil, nil
	}
	apps, err := merchant.AppsOf(ctx, tx, m, "", maxApps)
	if err != nil {
		return nil, err
	}
	ids := make([]merchant.AppID, len(apps))
	for i, a := range apps {
		ids[i] = a.ID
	}
	return pay.Numbered(ctx, tx, m, ids, number)
}

// cursor reads "ms.trade.refund"; anything else is the first page.
func cursor(text string) (at int64, no, refund string) {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 {
		return 0, "", ""
	}
	at, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, "", ""
	}
	return at, parts[1], parts[2]
}

func line(after string) pay.BillLine {
	at, no, refund := cursor(after)
	return pay.BillLine{At: at, Trade: pay.Trade{No: pay.No(no)}, OutRequestNo: refund}
}
