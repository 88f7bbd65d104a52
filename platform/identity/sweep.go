package identity

import (
	"context"
	"time"

	"souk/kit/db"
	"souk/kit/job"
)

// sweepBatch is how many rows of a table one transaction forgets; keepMillis how long what has ended is kept, to be explained to who asks.
const (
	sweepBatch = 500
	keepMillis = 30 * day
)

// ended are the statements that forget what nobody can use any more: $1 is the moment before which it ended, $2 the most rows.
var ended = []string{
	`DELETE FROM identity_session WHERE hash IN (SELECT hash FROM identity_session WHERE expires_at < $1 LIMIT $2)`,
	`DELETE FROM identity_auth_code WHERE hash IN (SELECT hash FROM identity_auth_code WHERE expires_at < $1 LIMIT $2)`,
	`DELETE FROM identity_token WHERE hash IN (SELECT hash FROM identity_token WHERE expires_at < $1 LIMIT $2)`,
	`DELETE FROM identity_phone_code WHERE (phone, purpose) IN (SELECT phone, purpose FROM identity_phone_code WHERE expires_at < $1 LIMIT $2)`,
	`DELETE FROM identity_quota WHERE (name, span) IN (SELECT name, span FROM identity_quota WHERE span < $1 LIMIT $2)`,
}

// Jobs are the room's chore: every hour, forget sessions, codes and tokens that ended a month ago. What has ended is refused long before, whether
// the row is there or not. Consents and their history are never forgotten.
func Jobs(d *db.DB) []job.Kind {
	return []job.Kind{{Name: "identity.sweep", Workers: 1, Next: job.Every(time.Hour), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
		for _, statement := range ended {
			for gone := int64(sweepBatch); gone == sweepBatch; {
				if err := d.Write(ctx, func(tx *db.Tx) (err error) {
					gone, err = tx.Exec(statement, tx.Now()-keepMillis, sweepBatch)
					return err
				}); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	}}}
}
