package ledger

import (
	"context"
	"time"

	"souk/kit/db"
	"souk/kit/job"
)

// expireBatch is how many holds one transaction ends.
const expireBatch = 200

// Jobs are the room's own chores: seal new entries into the chain every minute, end holds whose time is over every ten seconds, and at 01:00 in China close
// the days that are over. An hour is longer than any transaction that began before midnight may last.
func Jobs(d *db.DB) []job.Kind {
	return []job.Kind{
		chore("ledger.seal", time.Minute, d, SealBatch, func(ctx context.Context, tx *db.Tx) (int, error) { return Seal(ctx, tx) }),
		chore("ledger.expire", 10*time.Second, d, expireBatch, func(ctx context.Context, tx *db.Tx) (int, error) { return Expire(ctx, tx, expireBatch) }),
		{Name: "ledger.close", Workers: 1, Timeout: time.Hour, Next: job.Daily(1, 0, china), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
			_, err := CloseDays(ctx, d, dayNumbered(DayOf(d.Now()).number()-1))
			return nil, err
		}},
	}
}

// chore repeats f, a transaction each, until it does less than a full batch.
func chore(name string, every time.Duration, d *db.DB, batch int, f func(context.Context, *db.Tx) (int, error)) job.Kind {
	return job.Kind{Name: name, Workers: 1, Next: job.Every(every), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
		for {
			done := 0
			if err := d.Write(ctx, func(tx *db.Tx) (err error) {
				done, err = f(ctx, tx)
				return err
			}); err != nil || done < batch {
				return nil, err
			}
		}
	}}
}
