package host

import (
	"context"
	"net/http"

	"souk/kit/db"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/passkey"
	"souk/platform/wallet"
)

type authOut struct {
	AuthNO     string      `json:"authNO"`
	Status     hold.Status `json:"status"`
	Amount     string      `json:"amount"`
	Available  string      `json:"available"`
	Title      string      `json:"title"`
	Merchant   string      `json:"merchant"`
	MerchantZh string      `json:"merchantZh,omitempty"`
}

// authorisation tells what an authorisation would reserve, for the person who may agree to it.
func authorisation(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	a, err := hold.Find(ctx, tx, hold.No(r.PathValue("no")))
	if err != nil {
		return nil, err
	}
	if a.Payer != "" && a.Payer != person.ID {
		return nil, hold.ErrPayer
	}
	return describeAuth(ctx, tx, person, a)
}

func describeAuth(ctx context.Context, tx *db.Tx, person identity.Person, a hold.Auth) (any, error) {
	m, err := merchant.Find(ctx, tx, a.Merchant)
	if err != nil {
		return nil, err
	}
	b, err := wallet.Read(ctx, tx, person.ID)
	return authOut{string(a.No), a.Status, a.Total.Yuan(), b.Available.Yuan(), a.Title, m.Name, m.NameZh}, err
}

// agree reserves the amount. {authNO, pin} → the authorisation; whoever agreed already gets it again.
func (d door) agree(ctx context.Context, who asking, body []byte) (any, error) {
	var in struct {
		passkey.Proof
		AuthNO hold.No
	}
	if err := parse(body, &in); err != nil {
		return nil, err
	}
	deed, err := d.agreement(ctx, in.AuthNO)
	if err != nil {
		return nil, err
	}
	if err := in.Proof.Check(ctx, d.DB, who.origin, who.ID, deed); err != nil {
		return nil, err
	}
	var out any
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		a, _, err := hold.Freeze(ctx, tx, in.AuthNO, who.ID)
		if err != nil {
			return err
		}
		out, err = describeAuth(ctx, tx, who.Person, a)
		return err
	})
	return out, err
}

// agreement is what a passkey's answer must have been given for: this authorisation at this amount.
func (d door) agreement(ctx context.Context, no hold.No) (deed passkey.Deed, err error) {
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		a, err := hold.Find(ctx, tx, no)
		deed = passkey.For(agreeing, string(no), a.Total.Yuan())
		return err
	})
	return deed, err
}
