// Package bill is a merchant's day: what was paid and given back, what settlement kept, and whether the bill and the ledger agree, line by
// line. The same lines can be downloaded as CSV. It computes nothing: platform/pay does. Start reading at Add.
package bill

import (
	"bytes"
	"context"
	"embed"
	"encoding/csv"
	"errors"
	"strings"

	"souk/console/desk"
	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
)

//go:embed page.html page.css
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "bill", Files: files}

const (
	maxShown = 200     // lines on the page
	maxFile  = 200_000 // lines of a download
)

var errTooLong = fault.New(fault.Conflict, "BILL_TOO_LONG", "this day has more than 200,000 lines; fetch it with alipay.data.dataservice.bill.downloadurl.query")

// errEnough ends reading a bill.
var errEnough = errors.New("bill: enough lines")

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/bill", desk.Members, show)
	d.Show("/bill.csv", desk.Members, download)
}

type data struct {
	Shop        merchant.Merchant
	Shops       []merchant.Merchant
	Day         ledger.Day
	Over        bool // the day is over: its bill does not change any more
	Sum         pay.Reconciliation
	Settlements []pay.Settlement
	Lines       []pay.BillLine
	Cut         bool // there are more lines than are shown
}

// read finds merchant and day: the one in the address, else today.
func (d *data) read(ctx context.Context, tx *db.Tx, v *desk.Visit) (err error) {
	*d = data{}
	if d.Shop, d.Shops, err = v.Shop(ctx, tx); err != nil {
		return err
	}
	if d.Day, err = ledger.ParseDay(v.Get("day")); err != nil {
		d.Day = ledger.DayOf(tx.Now())
	}
	_, to := d.Day.Span()
	d.Over = to <= tx.Now()
	return nil
}

func show(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) error {
		err := out.read(ctx, tx, v)
		if err != nil {
			return err
		}
		if out.Sum, err = pay.Reconcile(ctx, tx, out.Shop, out.Day); err != nil {
			return err
		}
		if out.Settlements, err = pay.Settlements(ctx, tx, out.Shop.ID, out.Day); err != nil {
			return err
		}
		err = pay.Bill(ctx, tx, out.Shop.ID, out.Day, func(l pay.BillLine) error {
			if len(out.Lines) == maxShown {
				out.Cut = true
				return errEnough
			}
			out.Lines = append(out.Lines, l)
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	})
	return desk.View{Page: "bill", Section: "bill", Title: "bill", Data: out}, err
}

// Signed is what a line brought: negative for a refund.
func (d data) Signed(l pay.BillLine) money.Fen {
	if l.OutRequestNo != "" {
		return -l.Amount
	}
	return l.Amount
}

// Net is what payments brought after refunds.
func (d data) Net() money.Fen { return d.Sum.Paid - d.Sum.Refunded }

func download(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	var body bytes.Buffer
	err := v.Read(ctx, func(tx *db.Tx) error {
		if err := out.read(ctx, tx, v); err != nil {
			return err
		}
		body.Reset()
		return write(ctx, tx, v, out, &body)
	})
	if err != nil {
		return desk.View{}, err
	}
	return desk.View{File: &desk.File{Name: string(out.Shop.ID) + "-" + string(out.Day) + ".csv", Kind: "text/csv; charset=utf-8", Body: body.Bytes()}}, nil
}

func write(ctx context.Context, tx *db.Tx, v *desk.Visit, d data, to *bytes.Buffer) error {
	to.WriteString("\ufeff") // so that spreadsheets read UTF-8
	w := csv.NewWriter(to)
	head := []string{}
	for _, key := range []string{"time", "kind", "tradeNo", "outTradeNo", "refundNo", "subject", "amount", "feeBack"} {
		head = append(head, v.T(key))
	}
	if err := w.Write(head); err != nil {
		return err
	}
	lines := 0
	err := pay.Bill(ctx, tx, d.Shop.ID, d.Day, func(l pay.BillLine) error {
		if lines++; lines > maxFile {
			return errTooLong
		}
		kind := "payment"
		if l.OutRequestNo != "" {
			kind = "refund"
		}
		return w.Write([]string{v.At(l.At), v.T(kind), "\t" + string(l.Trade.No), cell(l.Trade.OutTradeNo), cell(l.OutRequestNo), cell(l.Trade.Subject), d.Signed(l).Yuan(), l.FeeBack.Yuan()})
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

// cell keeps a text from being run as a formula by a spreadsheet.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// Owed is what refunds took from the merchant by the bill: what payers got back, less the fee that came back with it.
func (d data) Owed() money.Fen { return d.Sum.Refunded - d.Sum.FeeBack }
