package hold

import (
	"context"
	"time"

	"souk/kit/db"
	"souk/kit/job"
)

// expireBatch is how many authorisations one transaction ends.
const expireBatch = 100

// Jobs are the room's chores: every ten seconds, end authorisations whose time is over.
func Jobs(d *db.DB) []job.Kind {
	return []job.Kind{{Name: "hold.expire", Workers: 1, Next: job.Every(10 * time.Second), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
		for {
			ended := 0
			if err := d.Write(ctx, func(tx *db.Tx) (err error) {
				ended, err = Expire(ctx, tx, expireBatch)
				return err
			}); err != nil || ended < expireBatch {
				return nil, err
			}
		}
	}}}
}
