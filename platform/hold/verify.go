package hold

import (
	"context"
	"errors"
	"fmt"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
)

const (
	maxDifferences = 100
	verifyPage     = 500
)

// Report is what Verify found.
type Report struct {
	Authorisations int      `json:"authorisations"`
	Differences    []string `json:"differences"`
}

// Verify compares each authorisation with its operations and with the ledger: what is left of it is reserved by exactly one live hold, and nothing is
// when nothing is left. It changes nothing.
func Verify(ctx context.Context, tx *db.Tx) (Report, error) {
	r := Report{}
	for after := No(""); ; {
		page, err := verifySome(tx, after)
		if err != nil || len(page) == 0 {
			return r, err
		}
		for _, a := range page {
			after = a.No
			r.Authorisations++
			if err := r.add(ctx, tx, a); err != nil {
				return r, err
			}
		}
	}
}

// audited is an authorisation with the sums of its operations.
type audited struct {
	Auth
	froze, paid, unfroze money.Fen
}

func verifySome(tx *db.Tx, after No) ([]audited, error) {
	rows, err := tx.Query(`SELECT h.auth_no, h.status, h.total_fen, h.paid_fen, h.unfrozen_fen, h.part, COALESCE(h.payer_id, ''), CAST(COALESCE(o.froze, 0) AS BIGINT),
		CAST(COALESCE(o.paid, 0) AS BIGINT), CAST(COALESCE(o.unfroze, 0) AS BIGINT) FROM (SELECT * FROM hold_auth WHERE auth_no > $1 ORDER BY auth_no LIMIT $2) h
		LEFT JOIN (SELECT auth_no, SUM(CASE WHEN kind = 'FREEZE' THEN amount_fen END) AS froze, SUM(CASE WHEN kind = 'PAY' THEN amount_fen END) AS paid,
			SUM(CASE WHEN kind = 'UNFREEZE' THEN amount_fen END) AS unfroze FROM hold_operation WHERE auth_no > $1 GROUP BY auth_no) o ON o.auth_no = h.auth_no
		ORDER BY h.auth_no`, after, verifyPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	page := []audited{}
	for rows.Next() {
		var a audited
		if err := rows.Scan(&a.No, &a.Status, &a.Total, &a.Paid, &a.Unfrozen, &a.part, &a.Payer, &a.froze, &a.paid, &a.unfroze); err != nil {
			return nil, err
		}
		page = append(page, a)
	}
	return page, rows.Err()
}

func (r *Report) add(ctx context.Context, tx *db.Tx, a audited) error {
	switch {
	case a.froze != a.Total:
		r.differ("authorisation %s is of %s, it was asked for %s", a.No, a.Total.Yuan(), a.froze.Yuan())
	case a.paid != a.Paid:
		r.differ("authorisation %s says %s was taken, its operations say %s", a.No, a.Paid.Yuan(), a.paid.Yuan())
	case a.unfroze > a.Unfrozen:
		r.differ("authorisation %s says %s went back, its operations say %s", a.No, a.Unfrozen.Yuan(), a.unfroze.Yuan())
	case a.Status == Finished && a.Paid+a.Unfrozen != a.Total:
		r.differ("authorisation %s has ended with %s of %s accounted for", a.No, (a.Paid + a.Unfrozen).Yuan(), a.Total.Yuan())
	}
	h, err := ledger.FindHold(ctx, tx, a.holdID())
	if errors.Is(err, ledger.ErrHoldNotFound) {
		h, err = ledger.Hold{}, nil
	}
	held := money.Fen(0)
	if h.State == "held" {
		held = money.Fen(h.Amount)
	}
	if held != a.Rest() && !(a.Status == Authorized && h.State == "expired") { // the ledger's own expiry may be a moment ahead
		r.differ("authorisation %s has %s left, the ledger holds %s for it", a.No, a.Rest().Yuan(), held.Yuan())
	}
	return err
}

func (r *Report) differ(format string, args ...any) {
	if len(r.Differences) < maxDifferences {
		r.Differences = append(r.Differences, fmt.Sprintf(format, args...))
	}
}
