package host

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/passkey"
	"souk/platform/wallet"
)

var (
	errPayee   = fault.New(fault.NotFound, "PAYEE_UNKNOWN", "nobody here has this phone number")
	errBalance = fault.New(fault.Conflict, "WALLET_BALANCE", "the balance is not enough for this")
	errLimit   = fault.New(fault.TooMany, "WALLET_DAY_LIMIT", "this is more than may leave the wallet in a day; you can raise the limit")
)

// payeesPerHour bounds how many phone numbers a person may try: a transfer must not become a directory.
const payeesPerHour = 60

const hourMillis = 60 * 60 * 1000

// spending is what every way out of the wallet takes.
type spending struct {
	passkey.Proof
	Amount string // yuan
	Key    string // of the tap: the same key again spends nothing more
	Note   string
	// One of these for a transfer: the payee's phone number, or the collecting code that was scanned.
	Phone   string
	Collect string
}

// withdraw moves money to the simulated bank. {amount, key, pin} → the balance.
func (d door) withdraw(ctx context.Context, who asking, body []byte) (any, error) {
	return d.spend(ctx, who, body, withdrawing, func(tx *db.Tx, in spending, r wallet.Request) error {
		return wallet.Withdraw(ctx, tx, r)
	})
}

// transfer moves money to another person. {phone or collect, amount, note, key, pin} → the balance.
func (d door) transfer(ctx context.Context, who asking, body []byte) (any, error) {
	return d.spend(ctx, who, body, transferring, func(tx *db.Tx, in spending, r wallet.Request) error {
		r.Title = in.Note
		if in.Collect != "" {
			return wallet.PayCollect(ctx, tx, r, in.Collect)
		}
		to, err := payee(ctx, tx, in.Phone)
		if err != nil {
			return err
		}
		return wallet.Transfer(ctx, tx, r, to.ID)
	})
}

// deed is what a passkey's answer must have been given for, and the amount in it.
func (in spending) deed(verb string) (passkey.Deed, money.Fen, error) {
	amount, err := money.ParseYuan(in.Amount)
	return passkey.For(verb, amount.Yuan(), in.Key, in.Note, in.Phone, in.Collect), amount, err
}

// spend proves the person, then moves the money. What cannot be is refused before the PIN is asked for its tries.
func (d door) spend(ctx context.Context, who asking, body []byte, verb string, move func(*db.Tx, spending, wallet.Request) error) (any, error) {
	var in spending
	if err := parse(body, &in); err != nil {
		return nil, err
	}
	deed, amount, err := in.deed(verb)
	if err != nil {
		return nil, err
	}
	if err := in.Proof.Check(ctx, d.DB, who.origin, who.ID, deed); err != nil {
		return nil, err
	}
	var out walletOut
	err = d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err := move(tx, in, wallet.Request{Person: who.ID, Key: in.Key, Amount: amount}); err != nil {
			return walletFault(err)
		}
		out, err = readWallet(ctx, tx, who.Person)
		return err
	})
	return out, err
}

func payee(ctx context.Context, tx *db.Tx, phone string) (identity.Person, error) {
	number, err := identity.ParsePhone(phone)
	if err != nil {
		return identity.Person{}, err
	}
	p, err := identity.ByPhone(ctx, tx, number)
	if errors.Is(err, identity.ErrPersonNotFound) {
		err = errPayee
	}
	return p, err
}

// findPayee tells enough of a name that the payer recognises whom they mean. {phone} → {name, nameZh, phone}.
func (d door) findPayee(ctx context.Context, who asking, body []byte) (any, error) {
	var in struct{ Phone string }
	if err := parse(body, &in); err != nil {
		return nil, err
	}
	var p identity.Person
	err := d.DB.Write(ctx, func(tx *db.Tx) error { return identity.Spend(tx, "payee/"+string(who.ID), payeesPerHour, hourMillis) })
	if err == nil {
		err = d.DB.Read(ctx, func(tx *db.Tx) (err error) { p, err = payee(ctx, tx, in.Phone); return err })
	}
	if err == nil && p.ID == who.ID {
		err = wallet.ErrSamePayee
	}
	if err != nil {
		return nil, err
	}
	return masked(p), nil
}

// masked is a person as strangers see them.
func masked(p identity.Person) personOut {
	return personOut{Name: maskName(p.Name), NameZh: maskName(p.NameZh), Phone: maskPhone(p.Phone)}
}

// maskName hides the family name of 林夏 as *夏, and all but first letter and last word of Lin Xia as L* Xia.
func maskName(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	first, size := utf8.DecodeRuneInString(words[0])
	switch {
	case len(words) > 1:
		return string(first) + "* " + words[len(words)-1]
	case first >= 0x2E80: // written without spaces: the family name is one character
		return "*" + words[0][size:]
	}
	return string(first) + "**"
}

// maskPhone shows country and beginning, and the last four digits.
func maskPhone(phone string) string {
	if len(phone) < 8 {
		return ""
	}
	return "+" + phone[:len(phone)-8] + "****" + phone[len(phone)-4:]
}

type limitOut struct {
	Day   string `json:"day"`
	Today string `json:"today"` // what has left already
	Most  string `json:"most"`
}

// setLimit changes what may leave the wallet in a day. {amount, pin} → the wallet.
func (d door) setLimit(ctx context.Context, who asking, body []byte) (any, error) {
	return d.spend(ctx, who, body, limiting, func(tx *db.Tx, _ spending, r wallet.Request) error {
		return wallet.SetLimit(ctx, tx, r.Person, r.Amount)
	})
}
