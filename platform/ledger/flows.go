package ledger

import (
	"context"

	"souk/kit/db"
)

// Flow is what one entry brought to a set of accounts together.
type Flow struct {
	Entry  EntryID
	Ref    string
	Amount int64
	At     int64
}

// Flows lists the entries of a kind that touched either account (or its stripes) from one moment (ms, inclusive) to another
// (exclusive), oldest first, after the cursor; at most limit. Source of reconciliation.
func Flows(ctx context.Context, tx *db.Tx, accounts [2]AccountID, kind string, from, to int64, after Cursor, limit int) ([]Flow, error) {
	list := []Flow{}
	err := each(tx, func(rows *db.Rows) error {
		var f Flow
		err := rows.Scan(&f.Entry, &f.Ref, &f.Amount, &f.At)
		list = append(list, f)
		return err
	}, `SELECT e.id, e.ref, CAST(SUM(p.amount) AS BIGINT), p.posted_at FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
		WHERE p.account_id IN (SELECT id FROM ledger_account WHERE id IN ($1, $2) OR parent_id IN ($1, $2))
		AND p.posted_at >= $3 AND p.posted_at < $4 AND (p.posted_at, p.entry_id) > ($5, $6) AND e.kind = $7
		GROUP BY e.id, e.ref, p.posted_at ORDER BY p.posted_at, e.id LIMIT $8`,
		accounts[0], accounts[1], from, to, after.At, after.Entry, kind, limit)
	return list, err
}
