package pay

import (
	"context"

	"souk/kit/db"
	"souk/platform/merchant"
)

// Span is a time from (ms, inclusive) to (ms, exclusive).
type Span struct{ From, To int64 }

// Sold lists a merchant's trades that were paid in the span, newest payment first, older than after (zero: from the newest); at most MaxPage.
func Sold(_ context.Context, tx *db.Tx, m merchant.ID, s Span, after Trade, limit int) ([]Trade, error) {
	if after.PaidAt == 0 {
		after.PaidAt = s.To
	}
	return list(tx, `SELECT `+columns+` FROM pay_trade WHERE merchant_id = $1 AND paid_at >= $2 AND paid_at < $3
		AND (paid_at, trade_no) < ($4, $5) ORDER BY paid_at DESC, trade_no DESC LIMIT $6`, m, s.From, s.To, after.PaidAt, after.No, min(limit, MaxPage))
}

// Numbered finds a merchant's trades by a number as people read it aloud: Souk's own, or the seller's in any of the apps. Paid or not,
// opened or not.
func Numbered(_ context.Context, tx *db.Tx, m merchant.ID, apps []merchant.AppID, number string) ([]Trade, error) {
	found, err := list(tx, `SELECT `+columns+` FROM pay_trade WHERE trade_no = $1 AND merchant_id = $2`, number, m)
	if err != nil {
		return nil, err
	}
	for _, app := range apps {
		more, err := list(tx, `SELECT `+columns+` FROM pay_trade WHERE app_id = $1 AND out_trade_no = $2 AND merchant_id = $3`, app, number, m)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// GivenBack lists a merchant's refunds made in the span, newest first, older than after (zero: from the newest); at most MaxPage.
func GivenBack(ctx context.Context, tx *db.Tx, m merchant.ID, s Span, after BillLine, limit int) ([]BillLine, error) {
	if after.At == 0 {
		after.At = s.To
	}
	rows, err := tx.Query(`SELECT trade_no, out_request_no, amount_fen, fee_back_fen, made_at FROM pay_refund WHERE merchant_id = $1
		AND made_at >= $2 AND made_at < $3 AND (made_at, trade_no, out_request_no) < ($4, $5, $6)
		ORDER BY made_at DESC, trade_no DESC, out_request_no DESC LIMIT $7`, m, s.From, s.To, after.At, after.Trade.No, after.OutRequestNo, min(limit, MaxPage))
	return refundLines(ctx, tx, rows, err)
}

func list(tx *db.Tx, sql string, args ...any) ([]Trade, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Trade
	for rows.Next() {
		t, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, t)
	}
	return found, rows.Err()
}
