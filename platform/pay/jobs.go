package pay

import (
	"context"
	"time"

	"souk/kit/db"
	"souk/kit/job"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

const (
	endBatch      = 200
	merchantsPage = 100
	// settleDays is how far back settlement looks for trades that were not settled in time: frozen ones, or days when nothing ran.
	settleDays = 40
	dayMillis  = 24 * 60 * 60 * 1000
)

var china = time.FixedZone("CST", 8*60*60)

// Jobs are the room's chores: close unpaid trades every ten seconds; at 02:00 in China settle what was paid until yesterday, and finish
// trades that are too old to be refunded.
func Jobs(d *db.DB) []job.Kind {
	return []job.Kind{
		{Name: "pay.close", Workers: 1, Next: job.Every(10 * time.Second), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
			return nil, repeat(ctx, d, endBatch, func(tx *db.Tx) (int, error) { return CloseExpired(ctx, tx, endBatch) })
		}},
		{Name: "pay.settle", Workers: 1, Timeout: time.Hour, Next: job.Daily(2, 0, china), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
			return nil, SettleAll(ctx, d)
		}},
	}
}

// repeat runs f, a transaction each, until it does less than a full batch.
func repeat(ctx context.Context, d *db.DB, batch int, f func(*db.Tx) (int, error)) error {
	for {
		done := 0
		if err := d.Write(ctx, func(tx *db.Tx) (err error) {
			done, err = f(tx)
			return err
		}); err != nil || done < batch {
			return err
		}
	}
}

// SettleAll settles every merchant's past days and finishes its old trades.
func SettleAll(ctx context.Context, d *db.DB) error {
	after := merchant.ID("")
	for {
		var page []merchant.Merchant
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			page, err = merchant.List(ctx, tx, after, merchantsPage)
			return err
		}); err != nil || len(page) == 0 {
			return err
		}
		for _, m := range page {
			if err := settleMerchant(ctx, d, m.ID); err != nil {
				return err
			}
			after = m.ID
		}
	}
}

func settleMerchant(ctx context.Context, d *db.DB, m merchant.ID) error {
	for back := settleDays; back >= 1; back-- {
		day := ledger.DayOf(d.Now() - int64(back)*dayMillis)
		if err := repeat(ctx, d, SettleBatch, func(tx *db.Tx) (int, error) {
			s, err := Settle(ctx, tx, m, day)
			return s.Trades, err
		}); err != nil {
			return err
		}
	}
	return repeat(ctx, d, endBatch, func(tx *db.Tx) (int, error) { return Finish(ctx, tx, m, endBatch) })
}
