// Package merge is merged payments: several waiting trades, perhaps of several sellers, that a payer pays with one yes, all of them or none.
//
// It keeps which trades belong together; the trades and their money are platform/pay's. Pay confirms each in one transaction, in the
// order of their numbers. It checks no PIN and knows no HTTP. Start reading at Together and Pay.
package merge

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"errors"
	"sort"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "merge", Files: files}

// Refusals.
var (
	ErrNotFound     = fault.New(fault.NotFound, "TRADE_NOT_EXIST", "there is no such merged payment")
	ErrInvalid      = fault.New(fault.Invalid, "INVALID_PARAMETER", "a merged payment is of 2 to 20 waiting trades")
	ErrInconsistent = fault.New(fault.Conflict, "CONTEXT_INCONSISTENT", "this out_merge_no was used with other trades")
)

// MaxTrades bounds a merged payment.
const MaxTrades = 20

// Prefix begins the number of every merged payment, so that it is never taken for a trade's.
const Prefix = "M"

// Order is one merged payment.
type Order struct {
	No     string // Prefix and the first trade's number
	App    merchant.AppID
	OutNo  string
	Total  money.Fen
	Trades []pay.Trade // in the order of their numbers
}

// Together makes a merged payment of trades, or answers the one that the same trades made before. Errors: ErrInvalid, ErrInconsistent.
func Together(ctx context.Context, tx *db.Tx, app merchant.AppID, outNo string, trades []pay.Trade) (Order, error) {
	if len(trades) < 2 || len(trades) > MaxTrades || len(outNo) > 64 {
		return Order{}, ErrInvalid
	}
	trades = append([]pay.Trade{}, trades...)
	sort.Slice(trades, func(i, j int) bool { return trades[i].No < trades[j].No })
	o := Order{No: Prefix + string(trades[0].No), App: app, OutNo: outNo, Trades: trades}
	if o.OutNo == "" {
		o.OutNo = o.No
	}
	numbers := []pay.No{}
	for i, t := range trades {
		if i > 0 && t.No == trades[i-1].No {
			return Order{}, ErrInvalid.With("a trade stands in it twice")
		}
		numbers = append(numbers, t.No)
		o.Total += t.Total
	}
	text, err := json.Marshal(numbers)
	if err != nil || o.Total > money.Max {
		return Order{}, ErrInvalid.With("the sum is too large")
	}
	digest := sha256.Sum256(text)
	return o, keep(tx, o, digest[:])
}

func keep(tx *db.Tx, o Order, digest []byte) error {
	n, err := tx.Exec(`INSERT INTO merge_order (merge_no, app_id, out_merge_no, digest, total_fen, made_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, o.No, o.App, o.OutNo, digest, o.Total, tx.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		var was []byte
		err := tx.QueryRow(`SELECT digest FROM merge_order WHERE app_id = $1 AND out_merge_no = $2`, o.App, o.OutNo).Scan(&was)
		if errors.Is(err, db.ErrNoRows) || err == nil && string(was) != string(digest) {
			return ErrInconsistent
		}
		return err
	}
	for _, t := range o.Trades {
		if _, err := tx.Exec(`INSERT INTO merge_trade (merge_no, trade_no) VALUES ($1, $2)`, o.No, t.No); err != nil {
			return err
		}
	}
	return nil
}

// Find reads a merged payment with its trades as they stand. Error: ErrNotFound.
func Find(ctx context.Context, tx *db.Tx, no string) (Order, error) {
	o := Order{No: no}
	err := tx.QueryRow(`SELECT app_id, out_merge_no, total_fen FROM merge_order WHERE merge_no = $1`, no).Scan((*string)(&o.App), &o.OutNo, (*int64)(&o.Total))
	if errors.Is(err, db.ErrNoRows) {
		return o, ErrNotFound
	}
	if err != nil {
		return o, err
	}
	numbers, err := tradesOf(tx, no)
	if err != nil {
		return o, err
	}
	for _, number := range numbers {
		t, err := pay.Find(ctx, tx, number)
		if err != nil {
			return o, err
		}
		o.Trades = append(o.Trades, t)
	}
	return o, nil
}

func tradesOf(tx *db.Tx, no string) ([]pay.No, error) {
	rows, err := tx.Query(`SELECT trade_no FROM merge_trade WHERE merge_no = $1 ORDER BY trade_no LIMIT $2`, no, MaxTrades)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []pay.No
	for rows.Next() {
		var number pay.No
		if err := rows.Scan((*string)(&number)); err != nil {
			return nil, err
		}
		out = append(out, number)
	}
	return out, rows.Err()
}

// Paid tells whether every trade is paid by this person.
func (o Order) Paid(by identity.PersonID) bool {
	for _, t := range o.Trades {
		if t.PaidAt == 0 || t.Buyer != by {
			return false
		}
	}
	return true
}

// Payable refuses what Pay would refuse before money is looked at. Errors: pay.Payable's.
func (o Order) Payable(person identity.PersonID, now int64) error {
	for _, t := range o.Trades {
		if err := pay.Payable(t, person, now); err != nil {
			return err
		}
	}
	return nil
}

// Pay takes all trades from the payer's wallet, or none: whoever had paid them all gets the same answer again. Errors: ErrNotFound,
// pay.Confirm's; pay.ErrPaid when some but not all of them were paid before.
func Pay(ctx context.Context, tx *db.Tx, no string, payer identity.PersonID) (Order, error) {
	o, err := Find(ctx, tx, no)
	if err != nil || o.Paid(payer) {
		return o, err
	}
	for i, t := range o.Trades {
		paid, repeated, err := pay.Confirm(ctx, tx, pay.Confirmation{No: t.No, Payer: payer})
		if err != nil {
			return o, err
		}
		if repeated {
			return o, pay.ErrPaid.With("%s was paid by itself", t.OutTradeNo)
		}
		o.Trades[i] = paid
	}
	return o, nil
}
