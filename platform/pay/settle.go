package pay

import (
	"context"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/ledger"
)

// Fees is the account of what settlement keeps for the platform.
const Fees ledger.AccountID = "platform/fees/CNY"

// fee of an amount at bp ten-thousandths, rounded half up.
func fee(amount money.Fen, bp int64) money.Fen { return (amount*money.Fen(bp) + 5000) / 10000 }

// OpenBooks makes the platform's own account; a second call changes nothing.
func OpenBooks(ctx context.Context, tx *db.Tx) error {
	return ledger.Open(ctx, tx, ledger.Account{ID: Fees, Unit: ledger.CNY, Floor: ledger.Zero()})
}
