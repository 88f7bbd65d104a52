package ledger

import (
	"context"
	"errors"

	"souk/kit/db"
)

// OutToday is what counts against an account's day limit today: what left it, or was held, since midnight in China. Error: ErrAccountNotFound.
func OutToday(_ context.Context, tx *db.Tx, id AccountID) (int64, error) {
	var out int64
	err := tx.QueryRow(`SELECT CASE WHEN day = $1 THEN day_out ELSE 0 END FROM ledger_account WHERE id = $2`, string(DayOf(tx.Now())), string(id)).Scan(&out)
	if errors.Is(err, db.ErrNoRows) {
		return 0, ErrAccountNotFound.With("%s", id)
	}
	return out, err
}
