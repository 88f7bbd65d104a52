package wallet

import (
	"context"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
)

// MaxDayLimit is the highest limit that a person may choose.
const MaxDayLimit money.Fen = 200_000_00

// ErrLimit refuses a limit.
var ErrLimit = fault.New(fault.Invalid, "WALLET_LIMIT", "the limit for a day is between 0.00 and 200000.00 yuan")

// Limit is what may leave a wallet in a day, and what has left it today (midnight to midnight in China), holds included.
type Limit struct{ Day, Today money.Fen }

// ReadLimit tells a wallet's limit. Error: ledger.ErrAccountNotFound.
func ReadLimit(ctx context.Context, tx *db.Tx, person identity.PersonID) (Limit, error) {
	a, err := ledger.Find(ctx, tx, Account(person))
	if err != nil {
		return Limit{}, err
	}
	l := Limit{Day: MaxDayLimit}
	if a.DayLimit != nil {
		l.Day = money.Fen(*a.DayLimit)
	}
	today, err := ledger.OutToday(ctx, tx, Account(person))
	l.Today = money.Fen(today)
	return l, err
}

// SetLimit changes what may leave a wallet in a day; 0 stops all paying. Errors: ErrLimit, ledger.ErrAccountNotFound.
func SetLimit(ctx context.Context, tx *db.Tx, person identity.PersonID, limit money.Fen) error {
	if limit < 0 || limit > MaxDayLimit {
		return ErrLimit
	}
	fen := int64(limit)
	return ledger.SetDayLimit(ctx, tx, Account(person), &fen)
}
