package pay

import (
	"context"
	"errors"

	"souk/kit/db"
	"souk/platform/merchant"
)

// RefundMillis is how long after payment a trade can be refunded; then it is finished.
const RefundMillis = 365 * 24 * 60 * 60 * 1000

// Close ends an unpaid trade of an app; closing it again changes nothing. Errors: ErrNotFound, ErrStatus when it was paid.
func Close(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outTradeNo string) (Trade, error) {
	t, err := findOwn(tx, app, no, outTradeNo)
	if err != nil {
		return t, err
	}
	closed, err := one(tx.QueryRow(`UPDATE pay_trade SET status = 'TRADE_CLOSED', closed_at = $1
		WHERE trade_no = $2 AND CASE status WHEN 'WAIT_BUYER_PAY' THEN true END RETURNING `+columns, tx.Now(), t.No))
	if err == nil {
		return closed, announce(ctx, tx, "trade.closed", closed, "")
	}
	if !errors.Is(err, ErrNotFound) {
		return t, err
	}
	t, err = Find(ctx, tx, t.No)
	if err == nil && t.PaidAt > 0 {
		return t, ErrStatus.With("it was paid")
	}
	return t, err
}

// Cancel undoes a trade whatever its state: unpaid it is closed (action "close"), paid it is wholly refunded (action "refund"), closed
// before it stays so (action ""). Errors: ErrNotFound, ErrFinished, ErrSellerBalance.
func Cancel(ctx context.Context, tx *db.Tx, app merchant.AppID, no No, outTradeNo string) (t Trade, action string, err error) {
	t, err = Close(ctx, tx, app, no, outTradeNo)
	if err == nil && t.ClosedAt == tx.Now() {
		return t, "close", nil
	}
	if err == nil || !errors.Is(err, ErrStatus) {
		return t, "", err
	}
	if t.Status == Closed {
		return t, "", nil
	}
	r, err := Refund(ctx, tx, RefundRequest{App: app, No: t.No, OutRequestNo: "cancel-" + string(t.No), Amount: t.Total - t.Refunded, Reason: "cancelled"})
	return r.Trade, "refund", err
}

// CloseExpired closes up to limit unpaid trades whose time is over, and answers how many; a job calls it.
func CloseExpired(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	return endMany(ctx, tx, "trade.closed", `UPDATE pay_trade SET status = 'TRADE_CLOSED', closed_at = $1
		WHERE CASE status WHEN 'WAIT_BUYER_PAY' THEN true END AND trade_no IN (SELECT trade_no FROM pay_trade WHERE status = 'WAIT_BUYER_PAY' AND expires_at <= $1
		ORDER BY expires_at, trade_no LIMIT $2) RETURNING `+columns, tx.Now(), limit)
}

// Finish ends up to limit paid trades of a merchant that can no longer be refunded, and answers how many; a job calls it.
func Finish(ctx context.Context, tx *db.Tx, m merchant.ID, limit int) (int, error) {
	return endMany(ctx, tx, "trade.finished", `UPDATE pay_trade SET status = 'TRADE_FINISHED', closed_at = $1
		WHERE status = 'TRADE_SUCCESS' AND trade_no IN (SELECT trade_no FROM pay_trade WHERE merchant_id = $2 AND status = 'TRADE_SUCCESS'
		AND paid_at <= $3 ORDER BY paid_at, trade_no LIMIT $4) RETURNING `+columns, tx.Now(), m, tx.Now()-RefundMillis, limit)
}

func endMany(ctx context.Context, tx *db.Tx, event, sql string, args ...any) (int, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	ended := []Trade{}
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return 0, err
		}
		ended = append(ended, t)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	rows.Close()
	for _, t := range ended {
		if err := announce(ctx, tx, event, t, ""); err != nil {
			return 0, err
		}
	}
	return len(ended), nil
}
