package pay

import (
	"context"
	"fmt"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// billPage is how many lines of a bill are read at once.
const billPage = 500

// maxDifferences bounds the difference list of a reconciliation.
const maxDifferences = 100

// BillLine is one payment, or one refund, of a merchant's day. Amount is what the payer paid or got back; FeeBack is the fee that
// went back to the seller with a refund after settlement.
type BillLine struct {
	Trade        Trade
	OutRequestNo string // of a refund; "" is a payment
	Amount       money.Fen
	FeeBack      money.Fen
	At           int64
}

// entry is the ledger entry that must stand behind the line.
func (l BillLine) entry() ledger.EntryID {
	if l.OutRequestNo == "" {
		return ledger.EntryID("pay:" + string(l.Trade.No))
	}
	return ledger.EntryID("refund:" + string(l.Trade.No) + ":" + l.OutRequestNo)
}

// toSeller is what the line brought to the seller's accounts.
func (l BillLine) toSeller() int64 {
	if l.OutRequestNo == "" {
		return int64(l.Amount)
	}
	return -int64(l.Amount - l.FeeBack)
}

// Bill calls each with every payment of a merchant's day, oldest first, then with every refund. The day's bill never changes once the day is over.
func Bill(ctx context.Context, tx *db.Tx, m merchant.ID, day ledger.Day, each func(BillLine) error) error {
	from, to := day.Span()
	for _, page := range []func(BillLine) ([]BillLine, error){
		func(after BillLine) ([]BillLine, error) { return payments(tx, m, max(from, after.At), to, after) },
		func(after BillLine) ([]BillLine, error) { return refunds(ctx, tx, m, max(from, after.At), to, after) },
	} {
		var after BillLine
		for {
			lines, err := page(after)
			if err != nil {
				return err
			}
			for _, l := range lines {
				if err := each(l); err != nil {
					return err
				}
			}
			if len(lines) < billPage {
				break
			}
			after = lines[len(lines)-1]
		}
	}
	return nil
}

func payments(tx *db.Tx, m merchant.ID, from, to int64, after BillLine) ([]BillLine, error) {
	rows, err := tx.Query(`SELECT `+columns+` FROM pay_trade WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at < $3
		AND (paid_at, trade_no) > ($4, $5) ORDER BY paid_at, trade_no LIMIT $6`, m, from, to, after.At, after.Trade.No, billPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	lines := []BillLine{}
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		lines = append(lines, BillLine{Trade: t, Amount: t.Total, At: t.PaidAt})
	}
	return lines, rows.Err()
}

func refunds(ctx context.Context, tx *db.Tx, m merchant.ID, from, to int64, after BillLine) ([]BillLine, error) {
	rows, err := tx.Query(`SELECT trade_no, out_request_no, amount_fen, fee_back_fen, made_at FROM pay_refund WHERE merchant_id = $1
		AND made_at >= $2 AND made_at < $3 AND (made_at, trade_no, out_request_no) > ($4, $5, $6)
		ORDER BY made_at, trade_no, out_request_no LIMIT $7`, m, from, to, after.At, after.Trade.No, after.OutRequestNo, billPage)
	return refundLines(ctx, tx, rows, err)
}

// refundLines reads the columns trade_no, out_request_no, amount_fen, fee_back_fen, made_at, and each one's trade.
func refundLines(ctx context.Context, tx *db.Tx, rows *db.Rows, err error) ([]BillLine, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	lines := []BillLine{}
	for rows.Next() {
		var l BillLine
		if err := rows.Scan(&l.Trade.No, &l.OutRequestNo, &l.Amount, &l.FeeBack, &l.At); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	for i, l := range lines {
		if lines[i].Trade, err = Find(ctx, tx, l.Trade.No); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// Reconciliation compares a merchant's day in the bill with the ledger. Differences is empty when each line has its entry, each entry its line,
// with the same amount.
type Reconciliation struct {
	Payments, Refunds   int
	Paid, Refunded      money.Fen
	LedgerIn, LedgerOut money.Fen // what the ledger says came to the seller by payments, and left by refunds
	FeeBack             money.Fen
	Differences         []string
}

// Reconcile compares the bill of a day with the ledger, line by line.
func Reconcile(ctx context.Context, tx *db.Tx, m merchant.Merchant, day ledger.Day) (Reconciliation, error) {
	r := Reconciliation{}
	for _, kind := range []string{"pay", "refund"} {
		next := flows(ctx, tx, m, kind, day)
		entry, err := next()
		if err != nil {
			return r, err
		}
		if err := Bill(ctx, tx, m.ID, day, func(l BillLine) error {
			if (l.OutRequestNo == "") != (kind == "pay") {
				return nil
			}
			r.count(l)
			// Both lists are in the order of time and number, so whichever is behind has something that the other lacks.
			for entry != nil && before(*entry, l) {
				r.differ("the ledger has %s of %s, the bill does not", entry.Entry, money.Fen(entry.Amount).Yuan())
				if entry, err = next(); err != nil {
					return err
				}
			}
			if entry == nil || entry.Entry != l.entry() {
				r.differ("the bill has %s of %s, the ledger does not", l.entry(), l.Amount.Yuan())
				return nil
			}
			r.book(*entry)
			if entry.Amount != l.toSeller() {
				r.differ("%s is %s in the bill and %s in the ledger", l.entry(), money.Fen(l.toSeller()).Yuan(), money.Fen(entry.Amount).Yuan())
			}
			entry, err = next()
			return err
		}); err != nil {
			return r, err
		}
		for ; entry != nil && err == nil; entry, err = next() {
			r.differ("the ledger has %s of %s, the bill does not", entry.Entry, money.Fen(entry.Amount).Yuan())
		}
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

func before(f ledger.Flow, l BillLine) bool {
	return f.At < l.At || f.At == l.At && f.Entry < l.entry()
}

// flows gives the ledger's entries of the day one by one; nil at the end.
func flows(ctx context.Context, tx *db.Tx, m merchant.Merchant, kind string, day ledger.Day) func() (*ledger.Flow, error) {
	from, to := day.Span()
	page, cursor, last := []ledger.Flow{}, ledger.Cursor{}, false
	return func() (*ledger.Flow, error) {
		if len(page) == 0 && !last {
			var err error
			page, err = ledger.Flows(ctx, tx, [2]ledger.AccountID{m.Pending(), m.Settled()}, kind, from, to, cursor, billPage)
			if err != nil {
				return nil, err
			}
			last = len(page) < billPage
		}
		if len(page) == 0 {
			return nil, nil
		}
		f := page[0]
		page, cursor = page[1:], ledger.Cursor{At: f.At, Entry: f.Entry}
		return &f, nil
	}
}

func (r *Reconciliation) count(l BillLine) {
	if l.OutRequestNo == "" {
		r.Payments, r.Paid = r.Payments+1, r.Paid+l.Amount
		return
	}
	r.Refunds, r.Refunded, r.FeeBack = r.Refunds+1, r.Refunded+l.Amount, r.FeeBack+l.FeeBack
}

func (r *Reconciliation) book(f ledger.Flow) {
	if f.Amount > 0 {
		r.LedgerIn += money.Fen(f.Amount)
		return
	}
	r.LedgerOut -= money.Fen(f.Amount)
}

func (r *Reconciliation) differ(format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
	}
}
