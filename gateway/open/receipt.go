package open

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// Electronic receipts: a PDF that says what moved in the merchant's own money. Nothing is stored; the file's id is a signed ticket that says
// what it is about, and the PDF is made when it is opened.

// receiptLife is how long a file_id, and the address made of it, may be used.
const receiptLife = 24 * time.Hour

// maxReceiptRows bounds the movements of one receipt.
const maxReceiptRows = 2000

// receiptType is what ereceipt.apply offers, with its title.
var receiptType = map[string]string{
	"ACCOUNT_LOG_DETAIL":      "余额收支证明 Proof of one movement",
	"FUND_DETAIL":             "转入转出收支证明 Proof of a transfer or trade",
	"ACCOUNT_FLOW_DETAIL":     "余额收支流水证明 Statement of movements",
	"ACCOUNT_LOG_SUM_DAILY":   "收支汇总证明（日） Summary of a day",
	"ACCOUNT_LOG_SUM_MONTHLY": "收支汇总证明（月） Summary of a month",
}

func receiptApply(ctx context.Context, c *call) (any, error) {
	var in struct {
		User text `json:"bill_user_id"`
		Type text `json:"type"`
		Key  text `json:"key"`
	}
	if err := first(c.bind(&in), need("type", in.Type, 64), need("key", in.Key, 128)); err != nil {
		return nil, err
	}
	if receiptType[string(in.Type)] == "" {
		return nil, refuse("BIZ_ERROR", "type must be ACCOUNT_LOG_DETAIL, FUND_DETAIL, ACCOUNT_FLOW_DETAIL, ACCOUNT_LOG_SUM_DAILY or ACCOUNT_LOG_SUM_MONTHLY")
	}
	if err := c.ownOnly(ctx, string(in.User)); err != nil {
		return nil, err
	}
	ticket := billTicket{Type: string(in.Type), Days: []string{string(in.Key), ""}, Until: c.door.DB.Now() + receiptLife.Milliseconds()}
	err := c.door.DB.Read(ctx, func(tx *db.Tx) error {
		app, err := merchant.FindApp(ctx, tx, c.appID())
		if err != nil {
			return err
		}
		ticket.Merchant = string(app.Merchant.ID)
		_, err = receiptRows(ctx, tx, app.Merchant, ticket)
		return err
	})
	return struct {
		File string `json:"file_id"`
	}{c.door.sealTicket(ticket)}, err
}

func receiptQuery(ctx context.Context, c *call) (any, error) {
	var in struct {
		File text `json:"file_id"`
	}
	if err := first(c.bind(&in), need("file_id", in.File, 2048)); err != nil {
		return nil, err
	}
	ticket, ok := c.door.openTicket(string(in.File))
	mine := ok && receiptType[ticket.Type] != ""
	if mine {
		if err := c.ownOnly(ctx, ticket.Merchant); err != nil {
			mine = false
		}
	}
	if !mine {
		return nil, refuse("BIZ_ERROR", "file_id is unknown, another merchant's or older than a day; apply again")
	}
	return struct {
		Status string `json:"status"`
		URL    string `json:"download_url"`
	}{"SUCCESS", c.door.Base + receiptPath + string(in.File)}, nil
}

// receipt is what stands in the PDF.
type receipt struct {
	rows    []ledger.Movement
	from    string
	in, out money.Fen
}

// receiptRows finds what a ticket's receipt is about. Errors: refusals in the words of ereceipt.apply.
func receiptRows(ctx context.Context, tx *db.Tx, m merchant.Merchant, ticket billTicket) (r receipt, err error) {
	key := ticket.Days[0]
	r.from = key
	keep := func(v ledger.Movement, _ money.Fen) error {
		if len(r.rows) == maxReceiptRows {
			return errEnough
		}
		r.rows = append(r.rows, v)
		if v.Amount > 0 {
			r.in += money.Fen(v.Amount)
		} else {
			r.out -= money.Fen(v.Amount)
		}
		return nil
	}
	switch ticket.Type {
	case "ACCOUNT_LOG_DETAIL", "FUND_DETAIL":
		err = movementsNamed(ctx, tx, m, key, ticket.Type == "FUND_DETAIL", keep)
	default:
		from, to, ok := receiptSpan(ticket.Type, key)
		if !ok {
			return r, refuse("BIZ_ERROR", "key must be a day 2006-01-02, a month 2006-01, or for ACCOUNT_FLOW_DETAIL two days 20060102-20060131 at most 31 days apart")
		}
		err = eachMovement(ctx, tx, m.Settled(), from, to, keep)
	}
	if errors.Is(err, errEnough) {
		return r, refuse("BIZ_ERROR", "more than 2000 movements: ask for a shorter time")
	}
	if err == nil && len(r.rows) == 0 {
		err = refuse("BIZ_ERROR", "nothing of this merchant's own money moved there")
	}
	return r, err
}

// movementsNamed finds one entry, or all that belong to one number.
func movementsNamed(ctx context.Context, tx *db.Tx, m merchant.Merchant, key string, all bool, keep func(ledger.Movement, money.Fen) error) error {
	ref := key
	if !all {
		e, err := ledger.Read(ctx, tx, ledger.EntryID(key))
		if errors.Is(err, ledger.ErrEntryNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		ref = e.Ref
	}
	page, err := ledger.Movements(ctx, tx, ledger.Search{Account: m.Settled(), Text: ref, Limit: ledger.MaxPage})
	if err != nil {
		return err
	}
	for _, v := range page {
		if string(v.Entry) == key || all && v.Ref == key {
			if err := keep(v, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func receiptSpan(kind, key string) (from, to int64, ok bool) {
	form := map[string]string{"ACCOUNT_LOG_SUM_DAILY": time.DateOnly, "ACCOUNT_LOG_SUM_MONTHLY": "2006-01"}[kind]
	if form != "" {
		at, err := time.ParseInLocation(form, key, china)
		end := at.AddDate(0, 0, 1)
		if kind == "ACCOUNT_LOG_SUM_MONTHLY" {
			end = at.AddDate(0, 1, 0)
		}
		return at.UnixMilli(), end.UnixMilli(), err == nil
	}
	first, last, _ := strings.Cut(key, "-")
	a, errA := time.ParseInLocation("20060102", first, china)
	b, errB := time.ParseInLocation("20060102", last, china)
	return a.UnixMilli(), b.AddDate(0, 0, 1).UnixMilli(), errA == nil && errB == nil && !b.Before(a) && b.Sub(a) < maxLogSpan
}

// serveReceipt answers the PDF of a file_id.
func (d *Door) serveReceipt(w http.ResponseWriter, r *http.Request) {
	ticket, ok := d.openTicket(r.PathValue("ticket"))
	if !ok || receiptType[ticket.Type] == "" {
		writeNotice(w, http.StatusNotFound, "BILL_NOT_EXIST", "this address is unknown or older than a day; ask for a new one")
		return
	}
	var body []byte
	err := d.DB.Read(r.Context(), func(tx *db.Tx) error {
		m, err := merchant.Find(r.Context(), tx, merchant.ID(ticket.Merchant))
		if err != nil {
			return err
		}
		found, err := receiptRows(r.Context(), tx, m, ticket)
		body = drawReceipt(m, ticket.Type, found, d.now())
		return err
	})
	if err != nil {
		bad := d.explain(newTrace(), "alipay.data.bill.ereceipt.query", err)
		writeNotice(w, http.StatusNotFound, bad.sub, bad.words)
		return
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="receipt.pdf"`)
	w.Header().Set("Cache-Control", "no-store")
	w.Write(body)
}

func drawReceipt(m merchant.Merchant, kind string, r receipt, now time.Time) []byte {
	name := m.Name
	if m.NameZh != "" {
		name = m.NameZh + " " + m.Name
	}
	lines := []string{receiptType[kind], "", "户名 Account: " + name + "  " + string(m.ID), "内容 About: " + r.from,
		"收入合计 In: " + r.in.Yuan() + "    支出合计 Out: " + r.out.Yuan() + "    笔数 Count: " + fmt.Sprint(len(r.rows)),
		"出具时间 Issued: " + now.Format(dateTime), ""}
	if !strings.HasPrefix(kind, "ACCOUNT_LOG_SUM") {
		for _, v := range r.rows {
			lines = append(lines, fmt.Sprintf("%s  %s  %s", stamp(v.At), money.Fen(v.Amount).Yuan(), v.Title), "    "+string(v.Entry)+"  "+v.Kind)
		}
	}
	return pdfOf(lines)
}
