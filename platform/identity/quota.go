package identity

import (
	"errors"

	"souk/kit/db"
	"souk/kit/fault"
)

// ErrTooOften refuses what was asked for too often.
var ErrTooOften = fault.New(fault.TooMany, "TOO_OFTEN", "this was asked for too often; please try again later")

// quotaKeepMillis is how long spans are remembered: longer than the longest in use.
const quotaKeepMillis = 2 * day

// Spend counts one use of the named quota in the span of time that now falls in, and refuses when limit were made there already.
// Because the count is a guarded update, uses at once cannot pass it together. Error: ErrTooOften, and nothing is counted.
func Spend(tx *db.Tx, name string, limit, spanMillis int64) error {
	span := tx.Now() / spanMillis * spanMillis
	var used int64
	err := tx.QueryRow(`INSERT INTO identity_quota (name, span, used) VALUES ($1, $2, 1)
		ON CONFLICT (name, span) DO UPDATE SET used = identity_quota.used + 1 WHERE identity_quota.used < $3 RETURNING used`, name, span, limit).Scan(&used)
	if errors.Is(err, db.ErrNoRows) {
		return ErrTooOften
	}
	if err != nil || used > 1 {
		return err
	}
	_, err = tx.Exec(`DELETE FROM identity_quota WHERE span < $1`, tx.Now()-quotaKeepMillis)
	return err
}
