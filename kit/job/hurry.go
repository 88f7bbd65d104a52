package job

import (
	"context"

	"souk/kit/db"
)

// Hurry makes the task of a unique key due now, with all its attempts again, also one that was given up. found is false when there is none
// to hurry; one that is being worked on stays as it is.
func Hurry(_ context.Context, tx *db.Tx, kind, uniqueKey string) (found bool, err error) {
	n, err := tx.Exec(`UPDATE job_task SET state = 'waiting', due_at = $3, attempt_count = 0 WHERE kind = $1 AND unique_key = $2 AND state <> 'claimed'`,
		kind, uniqueKey, tx.Now())
	tx.Signal(topic(kind))
	return n > 0, err
}
