package pay

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

const verifyPage = 500

// refundOrder wants each refund to begin where the one before it ended.
func (r *Report) refundOrder(ctx context.Context, tx *db.Tx) error {
	return r.rows(tx, "a refund of trade %s says that %s had been refunded before it, it was %s", `SELECT trade_no, refunded_before, before FROM
		(SELECT trade_no, refunded_before, CAST(SUM(amount_fen) OVER (PARTITION BY trade_no ORDER BY refunded_before, out_request_no) - amount_fen AS BIGINT) AS before FROM pay_refund) x
		WHERE refunded_before <> before ORDER BY trade_no LIMIT 100`)
}

// trades compares each paid trade with its refunds and splits, and with the lines of its ledger entries: whose money it was, and to whom it went back.
func (r *Report) trades(ctx context.Context, tx *db.Tx) error {
	after := No("")
	for {
		page, err := list(tx, `SELECT `+columns+` FROM pay_trade WHERE trade_no > $1 AND paid_at IS NOT NULL ORDER BY trade_no LIMIT $2`, after, verifyPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, t := range page {
			after = t.No
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.trade(ctx, tx, t); err != nil {
				return err
			}
		}
	}
}

func (r *Report) trade(ctx context.Context, tx *db.Tx, t Trade) error {
	if err := checkTenders(t); err != nil {
		r.differ("trade %s: %v", t.No, err)
		return nil
	}
	if (t.Status == Closed) != (t.Refunded == t.Total) {
		r.differ("trade %s is %s with %s of %s refunded", t.No, t.Status, t.Refunded.Yuan(), t.Total.Yuan())
	}
	if err := r.entry(ctx, tx, "pay:"+string(t.No), t.Tenders, -1); err != nil {
		return err
	}
	refunds, err := Refunds(ctx, tx, t)
	if err != nil {
		return err
	}
	var before money.Fen
	for _, refund := range refunds {
		done := t.refunded(refund.OutRequestNo, "", before, refund.Amount, 0)
		if err := r.entry(ctx, tx, "refund:"+string(t.No)+":"+refund.OutRequestNo, done.Parts, 1); err != nil {
			return err
		}
		before += refund.Amount
	}
	if before != t.Refunded {
		r.differ("trade %s says %s refunded, its refunds say %s", t.No, t.Refunded.Yuan(), before.Yuan())
	}
	return nil
}

// entry wants a ledger entry that moves each part's amount, times sign, on the part's account.
func (r *Report) entry(ctx context.Context, tx *db.Tx, id string, parts []Tender, sign int64) error {
	e, err := ledger.Read(ctx, tx, ledger.EntryID(id))
	if errors.Is(err, ledger.ErrEntryNotFound) {
		r.differ("%s has no ledger entry", id)
		return nil
	}
	if err != nil {
		return err
	}
	lines := map[ledger.AccountID]int64{}
	for _, l := range e.Lines {
		lines[l.Account] = l.Amount
	}
	for _, part := range parts {
		if lines[part.Account] != sign*int64(part.Amount) {
			r.differ("%s moved %s on %s, not %s", id, money.Fen(lines[part.Account]).Yuan(), part.Account, money.Fen(sign*int64(part.Amount)).Yuan())
		}
	}
	return nil
}

// splits compares what royalty receivers have of each trade with the trade, and each split with its entry.
func (r *Report) splits(ctx context.Context, tx *db.Tx) error {
	if err := r.rows(tx, "trade %s says %s went to royalty receivers, its splits say %s", `SELECT t.trade_no, t.split_fen, CAST(COALESCE(s.sum, 0) AS BIGINT) FROM pay_trade t
		LEFT JOIN (SELECT trade_no, SUM(amount_fen - returned_fen) AS sum FROM pay_split_line GROUP BY trade_no) s ON s.trade_no = t.trade_no
		WHERE t.split_fen <> COALESCE(s.sum, 0) ORDER BY t.trade_no LIMIT 100`); err != nil {
		return err
	}
	entries := map[string][]Tender{}
	if err := each(tx, func(rows *db.Rows) error {
		var no string
		var part Tender
		err := rows.Scan(&no, (*string)(&part.Account), (*int64)(&part.Amount))
		entries["split:"+no] = append(entries["split:"+no], part)
		return err
	}, `SELECT settle_no, receiver, amount_fen FROM pay_split_line ORDER BY settle_no, line`); err != nil {
		return err
	}
	for id, parts := range entries {
		if err := r.entry(ctx, tx, id, parts, 1); err != nil {
			return err
		}
	}
	return nil
}

// settlements compares what each part of a settlement says with its trades and its entry: the merchant got captured less refunds less fee.
func (r *Report) settlements(ctx context.Context, tx *db.Tx) error {
	if err := r.rows(tx, "settlement %s says %s captured, its trades say %s", `SELECT s.id, s.captured_fen, CAST(COALESCE(t.sum, 0) AS BIGINT) FROM pay_settlement s
		LEFT JOIN (SELECT settlement, SUM(total_fen) AS sum FROM pay_trade WHERE settlement IS NOT NULL GROUP BY settlement) t ON t.settlement = s.id
		WHERE s.captured_fen <> COALESCE(t.sum, 0) ORDER BY s.id LIMIT 100`); err != nil {
		return err
	}
	if err := each(tx, func(rows *db.Rows) error {
		var id string
		var says, is int64
		err := rows.Scan(&id, &says, &is)
		r.differ("settlement %s says it has %d trades, it has %d", id, says, is)
		return err
	}, `SELECT s.id, s.trades, COALESCE(t.n, 0) FROM pay_settlement s
		LEFT JOIN (SELECT settlement, COUNT(*) AS n FROM pay_trade WHERE settlement IS NOT NULL GROUP BY settlement) t ON t.settlement = s.id
		WHERE s.trades <> COALESCE(t.n, 0) ORDER BY s.id LIMIT 100`); err != nil {
		return err
	}
	if err := each(tx, func(rows *db.Rows) error {
		var id string
		err := rows.Scan(&id)
		r.differ("trades name the settlement %s, which does not exist", id)
		return err
	}, `SELECT DISTINCT t.settlement FROM pay_trade t LEFT JOIN pay_settlement s ON s.id = t.settlement WHERE t.settlement IS NOT NULL AND s.id IS NULL LIMIT 100`); err != nil {
		return err
	}
	parts := map[string][]Tender{}
	if err := each(tx, func(rows *db.Rows) error {
		var id, of string
		var captured, refunded, fee money.Fen
		err := rows.Scan(&id, &of, (*int64)(&captured), (*int64)(&refunded), (*int64)(&fee))
		if captured > refunded {
			parts["settle:"+id] = []Tender{{Account: merchant.Merchant{ID: merchant.ID(of)}.Settled(), Amount: captured - refunded - fee}, {Account: Fees, Amount: fee}}
		}
		return err
	}, `SELECT id, merchant_id, captured_fen, refunded_fen, fee_fen FROM pay_settlement`); err != nil {
		return err
	}
	for id, want := range parts {
		if err := r.entry(ctx, tx, id, want, 1); err != nil {
			return err
		}
	}
	return nil
}

// transfers compares each transfer with its entry, or, of a red packet's money, with the split that passed it on.
func (r *Report) transfers(ctx context.Context, tx *db.Tx) error {
	direct := map[string][]Tender{}
	if err := each(tx, func(rows *db.Rows) error {
		var id string
		var part Tender
		err := rows.Scan(&id, (*string)(&part.Account), (*int64)(&part.Amount))
		direct["send:"+id] = append(direct["send:"+id], part)
		return err
	}, `SELECT order_id, payee, amount_fen FROM pay_transfer f WHERE NOT EXISTS (SELECT 1 FROM pay_split s JOIN pay_split_line l ON l.settle_no = s.settle_no
		JOIN pay_trade t ON t.trade_no = s.trade_no WHERE t.app_id = f.app_id AND s.out_request_no = f.out_biz_no AND l.receiver = f.payee AND l.amount_fen = f.amount_fen)`); err != nil {
		return err
	}
	for id, parts := range direct {
		if err := r.entry(ctx, tx, id, parts, 1); err != nil {
			return err
		}
	}
	return nil
}

// sent wants a transfer for each entry that took a merchant's own money to somebody.
func (r *Report) sent(ctx context.Context, tx *db.Tx, m merchant.Merchant) error {
	for after, more := (ledger.Cursor{}), true; more; {
		page, err := ledger.Flows(ctx, tx, [2]ledger.AccountID{m.Settled(), m.Settled()}, "transfer", 0, math.MaxInt64, after, verifyPage)
		if err != nil {
			return err
		}
		for _, f := range page {
			after = ledger.Cursor{At: f.At, Entry: f.Entry}
			order, ours := strings.CutPrefix(string(f.Entry), "send:")
			if !ours || f.Amount > 0 { // another merchant sent it here
				continue
			}
			var n int64
			if err := tx.QueryRow(`SELECT COUNT(*) FROM pay_transfer WHERE order_id = $1`, order).Scan(&n); err != nil {
				return err
			}
			if n == 0 {
				r.differ("the ledger has %s of %s, and there is no such transfer", f.Entry, money.Fen(-f.Amount).Yuan())
			}
		}
		more = len(page) == verifyPage
	}
	return nil
}

// rows reports what a query finds: a name and two amounts.
func (r *Report) rows(tx *db.Tx, words, sql string) error {
	return each(tx, func(rows *db.Rows) error {
		var name string
		var says, is money.Fen
		err := rows.Scan(&name, (*int64)(&says), (*int64)(&is))
		r.differ(words, name, says.Yuan(), is.Yuan())
		return err
	}, sql)
}

func each(tx *db.Tx, f func(*db.Rows) error, sql string, args ...any) error {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (r *Report) differ(format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
	}
}
