package pay

import (
	"context"
	"fmt"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// Fees is the account of what settlement keeps for the platform.
const Fees ledger.AccountID = "platform/fees/CNY"

// SettleBatch is the most trades of one part of a settlement.
const SettleBatch = 2000

// ErrDayOpen refuses to settle a day that is not over.
var ErrDayOpen = fault.New(fault.Conflict, "DAY_NOT_OVER", "this day is not over yet")

// OpenBooks makes the platform's own account; a second call changes nothing.
func OpenBooks(ctx context.Context, tx *db.Tx) error {
	return ledger.Open(ctx, tx, ledger.Account{ID: Fees, Unit: ledger.CNY, Floor: ledger.Zero()})
}

// fee of an amount at bp ten-thousandths, rounded half up. In SQL it is (amount * fee_bp + 5000) / 10000.
func fee(amount money.Fen, bp int64) money.Fen { return (amount*money.Fen(bp) + 5000) / 10000 }

// Settlement is one part of a day's settlement: what of the day's trades became the merchant's own money. A trade settles as it stands
// then: a later refund comes from the merchant's own money, with its fee given back.
type Settlement struct {
	ID       string
	Merchant merchant.ID
	Day      ledger.Day
	Trades   int
	Captured money.Fen // what payers paid
	Refunded money.Fen // of that, given back before settlement
	Split    money.Fen // of that, gone to royalty receivers before settlement
	Fee      money.Fen
	At       int64
}

// Net is what the merchant got.
func (s Settlement) Net() money.Fen { return s.Captured - s.Refunded - s.Split - s.Fee }

// Settle moves up to SettleBatch trades that were paid on the day, and are not settled, from the merchant's pending account to its own,
// less the fee. Call it until Trades is 0. Errors: ErrDayOpen, merchant.ErrMerchantNotFound.
func Settle(ctx context.Context, tx *db.Tx, id merchant.ID, day ledger.Day) (Settlement, error) {
	from, to := day.Span()
	if to > tx.Now() {
		return Settlement{}, ErrDayOpen.With("%s", day)
	}
	m, err := merchant.Find(ctx, tx, id)
	if err != nil {
		return Settlement{}, err
	}
	var parts int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM pay_settlement WHERE merchant_id = $1 AND day = $2`, id, day).Scan(&parts); err != nil {
		return Settlement{}, err
	}
	s := Settlement{ID: fmt.Sprintf("%s/%s/%d", id, day, parts+1), Merchant: id, Day: day, At: tx.Now()}
	if err := s.claim(tx, from, to); err != nil || s.Trades == 0 {
		return s, err
	}
	if _, err := tx.Exec(`INSERT INTO pay_settlement (id, merchant_id, day, trades, captured_fen, refunded_fen, fee_fen, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, s.ID, id, day, s.Trades, s.Captured, s.Refunded+s.Split, s.Fee, s.At); err != nil {
		return s, err
	}
	return s, s.move(ctx, tx, m)
}

// claim marks the trades and adds them up.
func (s *Settlement) claim(tx *db.Tx, from, to int64) error {
	rows, err := tx.Query(`UPDATE pay_trade SET settlement = $1 WHERE settlement IS NULL AND trade_no IN
		(SELECT trade_no FROM pay_trade WHERE merchant_id = $2 AND paid_at >= $3 AND paid_at < $4 AND settlement IS NULL AND NOT frozen
		ORDER BY paid_at, trade_no LIMIT $5) RETURNING total_fen, refunded_fen, split_fen, fee_bp`, s.ID, s.Merchant, from, to, SettleBatch)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var total, refunded, split money.Fen
		var bp int64
		if err := rows.Scan(&total, &refunded, &split, &bp); err != nil {
			return err
		}
		s.Trades++
		s.Captured, s.Refunded, s.Split, s.Fee = s.Captured+total, s.Refunded+refunded, s.Split+split, s.Fee+fee(total-refunded, bp)
	}
	return rows.Err()
}

// move posts the settlement.
func (s *Settlement) move(ctx context.Context, tx *db.Tx, m merchant.Merchant) error {
	out := s.Net() + s.Fee
	if out == 0 {
		return nil
	}
	if err := gather(ctx, tx, m.Pending(), m.Stripes, out); err != nil {
		return err
	}
	e := ledger.Entry{ID: ledger.EntryID("settle:" + s.ID), Kind: "settle", Title: "Settlement of " + string(s.Day), Ref: s.ID}
	for _, l := range []ledger.Line{
		{Account: m.Pending(), Unit: ledger.CNY, Amount: -int64(out)},
		{Account: m.Settled(), Unit: ledger.CNY, Amount: int64(s.Net())},
		{Account: Fees, Unit: ledger.CNY, Amount: int64(s.Fee)},
	} {
		if l.Amount != 0 {
			e.Lines = append(e.Lines, l)
		}
	}
	_, err := ledger.Post(ctx, tx, e)
	return err
}

// Settlements lists the parts of a merchant's day.
func Settlements(ctx context.Context, tx *db.Tx, id merchant.ID, day ledger.Day) ([]Settlement, error) {
	rows, err := tx.Query(`SELECT id, trades, captured_fen, refunded_fen, fee_fen, made_at FROM pay_settlement
		WHERE merchant_id = $1 AND day = $2 ORDER BY id LIMIT 1000`, id, day)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Settlement{}
	for rows.Next() {
		s := Settlement{Merchant: id, Day: day}
		if err := rows.Scan(&s.ID, &s.Trades, &s.Captured, &s.Refunded, &s.Fee, &s.At); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}
