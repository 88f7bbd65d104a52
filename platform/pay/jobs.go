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
	// settleDays is how far back settlement looks on an ordinary night for trades that were not settled in time, such as frozen ones. On the first of a
	// month, and when it has not settled for longer than that, it looks back to the beginning.
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
	var days []ledger.Day
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { days, err = unsettled(tx, m); return err }); err != nil {
		return err
	}
	for _, day := range days {
		if err := repeat(ctx, d, SettleBatch, func(tx *db.Tx) (int, error) {
			s, err := Settle(ctx, tx, m, day)
			return s.Trades, err
		}); err != nil {
			return err
		}
	}
	return repeat(ctx, d, endBatch, func(tx *db.Tx) (int, error) { return Finish(ctx, tx, m, endBatch) })
}

// unsettled lists the past days on which a merchant has trades to settle, oldest first.
func unsettled(tx *db.Tx, m merchant.ID) ([]ledger.Day, error) {
	today, _ := ledger.DayOf(tx.Now()).Span()
	from := today - settleDays*dayMillis
	var last string
	if err := tx.QueryRow(`SELECT COALESCE(MAX(day), '') FROM pay_settlement WHERE merchant_id = $1`, m).Scan(&last); err != nil {
		return nil, err
	}
	if last < string(ledger.DayOf(from)) || time.UnixMilli(tx.Now()).In(china).Day() == 1 {
		from = 0
	}
	days := []ledger.Day{}
	err := each(tx, func(rows *db.Rows) error {
		var n int64
		err := rows.Scan(&n)
		days = append(days, ledger.DayOf(n*dayMillis-28800000))
		return err
	}, `SELECT DISTINCT (paid_at + 28800000) / 86400000 AS day FROM pay_trade
		WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at < $3 AND settlement IS NULL AND NOT frozen ORDER BY day`, m, from, today)
	return days, err
}
