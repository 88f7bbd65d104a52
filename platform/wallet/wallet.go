// Package wallet is a person's money: one account in yuan, filled from a simulated bank, and the bill of all that moved.
//
// The bank is an account of the world outside, so that money that enters or leaves is an entry like any other. Limits by day stand
// in the account itself (ledger). Paying a trade is platform/pay's; this room knows no trades. Start reading at Open.
package wallet

import (
	"cmp"
	"context"
	"embed"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "wallet", Files: files}

// Bank is the world outside from which top-ups come and to which withdrawals go; its balance is what is outside, negative.
const Bank ledger.AccountID = "world/bank/CNY"

// DayLimit is what may leave a new wallet in a day.
const DayLimit = 50_000_00

// MaxMove bounds one top-up, withdrawal or transfer.
const MaxMove money.Fen = 50_000_00

var (
	ErrAmount    = fault.New(fault.Invalid, "WALLET_AMOUNT", "the amount must be between 0.01 and 50000.00 yuan")
	ErrSamePayee = fault.New(fault.Invalid, "PAYEE_SELF", "payer and payee are the same person")
	ErrKey       = fault.New(fault.Invalid, "REQUEST_KEY", "a request needs a key of 1 to 64 letters, digits, - and _")
)

// Account is the ledger account of a person's wallet.
func Account(person identity.PersonID) ledger.AccountID {
	return ledger.AccountID("person/" + string(person) + "/CNY")
}

// Open gives a person a wallet; a second call changes nothing.
func Open(ctx context.Context, tx *db.Tx, person identity.PersonID) error {
	if err := ledger.Open(ctx, tx, ledger.Account{ID: Bank, Unit: ledger.CNY}); err != nil {
		return err
	}
	limit := int64(DayLimit)
	return ledger.Open(ctx, tx, ledger.Account{ID: Account(person), Unit: ledger.CNY, Floor: ledger.Zero(), DayLimit: &limit})
}

// Balance is what a wallet holds and what of it is free to spend.
type Balance struct{ Total, Available money.Fen }

// Read tells a wallet's balance. Error: ledger.ErrAccountNotFound.
func Read(ctx context.Context, tx *db.Tx, person identity.PersonID) (Balance, error) {
	a, err := ledger.Find(ctx, tx, Account(person))
	return Balance{Total: money.Fen(a.Balance), Available: money.Fen(a.Available())}, err
}

// Request is a move that a person asks for. Key makes asking twice the same as asking once.
type Request struct {
	Person identity.PersonID
	Key    string
	Amount money.Fen
	Title  string
	Ref    string // what it belongs to; "" is the key
}

func (r Request) check() error {
	if r.Amount <= 0 || r.Amount > MaxMove {
		return ErrAmount
	}
	if !keyOK(r.Key) {
		return ErrKey
	}
	if utf8.RuneCountInString(r.Title) > MaxNote {
		return ErrNote
	}
	return nil
}

func keyOK(s string) bool {
	for _, c := range []byte(s) {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// TopUp moves money from the bank into the wallet. Errors: ErrAmount, ErrKey, ledger.ErrEntryMismatch for a used key.
func TopUp(ctx context.Context, tx *db.Tx, r Request) error {
	return move(ctx, tx, "topup", r, Bank, Account(r.Person))
}

// Withdraw moves money from the wallet to the bank. Errors as TopUp's, and ledger.ErrBalance, ledger.ErrDayLimit.
func Withdraw(ctx context.Context, tx *db.Tx, r Request) error {
	return move(ctx, tx, "withdraw", r, Account(r.Person), Bank)
}

// Transfer moves money to another person's wallet. Errors as Withdraw's, and ErrSamePayee.
func Transfer(ctx context.Context, tx *db.Tx, r Request, to identity.PersonID) error {
	if to == r.Person {
		return ErrSamePayee
	}
	return move(ctx, tx, "transfer", r, Account(r.Person), Account(to))
}

func move(ctx context.Context, tx *db.Tx, kind string, r Request, from, to ledger.AccountID) error {
	if err := r.check(); err != nil {
		return err
	}
	_, err := ledger.Post(ctx, tx, ledger.Entry{
		ID:    ledger.EntryID(kind + ":" + string(r.Person) + ":" + r.Key),
		Kind:  kind,
		Title: r.Title,
		Ref:   cmp.Or(r.Ref, r.Key),
		Lines: []ledger.Line{{Account: from, Unit: ledger.CNY, Amount: -int64(r.Amount)}, {Account: to, Unit: ledger.CNY, Amount: int64(r.Amount)}},
	})
	return err
}

// Bills is one page of what moved in a wallet, newest first; see ledger.Search for paging and search. s.Account is set here.
func Bills(ctx context.Context, tx *db.Tx, person identity.PersonID, s ledger.Search) ([]ledger.Movement, error) {
	s.Account = Account(person)
	return ledger.Movements(ctx, tx, s)
}
