package open

import (
	"context"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// PersonCard is a person as `souk person list --json` prints them.
type PersonCard struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameZh  string `json:"nameZh,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Balance string `json:"balance"` // yuan
}

const maxPersons = 200

// Persons lists the people of a demo with their wallets, at most 200.
func Persons(ctx context.Context, d *db.DB) (cards []PersonCard, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		people, err := identity.List(ctx, tx, "", maxPersons)
		if err != nil {
			return err
		}
		cards = cards[:0]
		for _, p := range people {
			b, err := wallet.Read(ctx, tx, p.ID)
			if err != nil {
				return err
			}
			cards = append(cards, PersonCard{string(p.ID), p.Name, p.NameZh, p.Phone, b.Total.Yuan()})
		}
		return nil
	})
	return cards, err
}

// NewPerson is somebody to try things with.
type NewPerson struct {
	Name, NameZh, Phone, PIN string
	Balance                  string // yuan
}

// AddPerson adds somebody with a PIN and money; like PayAs for developer mode only. Errors: ErrDeveloperOnly, money's, identity's for a phone number
// that is somebody's already, a bad name or a weak PIN.
func AddPerson(ctx context.Context, d *db.DB, developer bool, in NewPerson) (PersonCard, error) {
	if !developer {
		return PersonCard{}, ErrDeveloperOnly
	}
	balance, err := money.ParseYuan(in.Balance)
	if err != nil {
		return PersonCard{}, err
	}
	phone, err := identity.ParsePhone(in.Phone)
	if err != nil {
		return PersonCard{}, err
	}
	pin, err := identity.HashPIN(ctx, in.PIN)
	if err != nil {
		return PersonCard{}, err
	}
	p := identity.Person{ID: identity.NewPersonID(), Name: in.Name, NameZh: in.NameZh, Phone: phone}
	err = d.Write(ctx, func(tx *db.Tx) error {
		if err := identity.Add(ctx, tx, p); err != nil {
			return err
		}
		if err := wallet.Open(ctx, tx, p.ID); err != nil {
			return err
		}
		if err := identity.SetPIN(ctx, tx, p.ID, pin); err != nil || balance == 0 {
			return err
		}
		return wallet.TopUp(ctx, tx, wallet.Request{Person: p.ID, Key: "added", Amount: balance})
	})
	return PersonCard{string(p.ID), p.Name, p.NameZh, p.Phone, balance.Yuan()}, err
}

// ErrDeveloperOnly refuses to pay in somebody's name.
var ErrDeveloperOnly = fault.New(fault.Forbidden, "DEVELOPER_ONLY", "paying as somebody else is for demo and developer mode only")

// Receipt is a payment as `souk pay --json` prints it.
type Receipt struct {
	TradeNo    string `json:"tradeNo"`
	OutTradeNo string `json:"outTradeNo"`
	Amount     string `json:"amount"` // yuan
	Status     string `json:"status"`
	Repeated   bool   `json:"repeated"` // it was paid before, by the same person
}

// PayAs confirms a trade as person would, without a PIN. developer must be
// true: a real service never does this. Errors: ErrDeveloperOnly,
// identity.ErrPersonNotFound, pay's.
func PayAs(ctx context.Context, d *db.DB, developer bool, tradeNo, person string) (Receipt, error) {
	if !developer {
		return Receipt{}, ErrDeveloperOnly
	}
	var t pay.Trade
	var repeated bool
	err := d.Write(ctx, func(tx *db.Tx) error {
		p, err := identity.Find(ctx, tx, identity.PersonID(person))
		if err != nil {
			return err
		}
		if err := pay.Reveal(ctx, tx, pay.No(tradeNo)); err != nil {
			return err
		}
		t, repeated, err = pay.Confirm(ctx, tx, pay.Confirmation{No: pay.No(tradeNo), Payer: p.ID})
		return err
	})
	return Receipt{string(t.No), t.OutTradeNo, money.Fen(t.Total).Yuan(), string(t.Status), repeated}, err
}
