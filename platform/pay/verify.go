package pay

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// Report is what Verify found: how much was compared, and every difference (at most 100).
type Report struct {
	Merchants   int      `json:"merchants"`
	Days        int      `json:"days"`
	Payments    int      `json:"payments"`
	Refunds     int      `json:"refunds"`
	Differences []string `json:"differences"`
}

// Verify reconciles every day of every merchant: each payment and refund has its ledger entry of the same amount, and each such
// entry its payment or refund. Trades, splits, settlements and transfers are compared with the lines of their entries. It changes nothing.
// ledger.Verify proves the ledger itself.
func Verify(ctx context.Context, tx *db.Tx) (Report, error) {
	r := Report{}
	for _, check := range []func(context.Context, *db.Tx) error{r.days, r.trades, r.refundOrder, r.splits, r.settlements, r.transfers} {
		if err := check(ctx, tx); err != nil {
			return r, err
		}
	}
	return r, nil
}

// days reconciles day by day.
func (r *Report) days(ctx context.Context, tx *db.Tx) error {
	after := merchant.ID("")
	for {
		page, err := merchant.List(ctx, tx, after, merchantsPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, m := range page {
			after = m.ID
			r.Merchants++
			if err := errors.Join(r.add(ctx, tx, m), r.sent(ctx, tx, m)); err != nil {
				return err
			}
		}
	}
}

func (r *Report) add(ctx context.Context, tx *db.Tx, m merchant.Merchant) error {
	days, err := daysOf(tx, m.ID)
	if err != nil {
		return err
	}
	for _, day := range days {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := Reconcile(ctx, tx, m, day)
		if err != nil {
			return err
		}
		r.Days, r.Payments, r.Refunds = r.Days+1, r.Payments+found.Payments, r.Refunds+found.Refunds
		for _, difference := range found.Differences {
			r.differ("%s, %s: %s", m.ID, day, difference)
		}
	}
	return nil
}

// daysOf lists the days in China on which a merchant was paid or gave back.
func daysOf(tx *db.Tx, m merchant.ID) ([]ledger.Day, error) {
	rows, err := tx.Query(`SELECT (paid_at + 28800000) / 86400000 AS day FROM pay_trade WHERE merchant_id = $1 AND paid_at IS NOT NULL
		UNION SELECT (made_at + 28800000) / 86400000 AS day FROM pay_refund WHERE merchant_id = $1 ORDER BY day`, m)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	days := []ledger.Day{}
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		days = append(days, ledger.DayOf(n*dayMillis-28800000))
	}
	return days, rows.Err()
}
