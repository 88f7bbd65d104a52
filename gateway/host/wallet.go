package host

import (
	"context"
	"errors"
	"net/http"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/wallet"
)

type walletOut struct {
	Balance   string   `json:"balance"`
	Available string   `json:"available"`
	Limit     limitOut `json:"limit"`
}

func readWallet(ctx context.Context, tx *db.Tx, person identity.Person) (walletOut, error) {
	b, err := wallet.Read(ctx, tx, person.ID)
	if err != nil {
		return walletOut{}, err
	}
	l, err := wallet.ReadLimit(ctx, tx, person.ID)
	return walletOut{b.Total.Yuan(), b.Available.Yuan(), limitOut{l.Day.Yuan(), l.Today.Yuan(), wallet.MaxDayLimit.Yuan()}}, err
}

// walletFault says in a payer's words why the ledger refused.
func walletFault(err error) error {
	switch {
	case errors.Is(err, ledger.ErrBalance):
		return errBalance
	case errors.Is(err, ledger.ErrDayLimit):
		return errLimit
	}
	return err
}

func balance(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	return readWallet(ctx, tx, person)
}

// topUp moves money from the simulated bank. {amount: yuan, key} → the balance; the same key twice moves it once.
func topUp(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ Amount, Key string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	amount, err := money.ParseYuan(in.Amount)
	if err != nil {
		return nil, err
	}
	if err := wallet.TopUp(ctx, tx, wallet.Request{Person: person.ID, Key: in.Key, Amount: amount}); err != nil {
		return nil, err
	}
	return balance(ctx, tx, person, r)
}
