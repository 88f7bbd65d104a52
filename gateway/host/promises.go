package host

import (
	"context"
	"net/http"

	"souk/kit/db"
	"souk/platform/agreement"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// depositOut is an authorisation that the person agreed to.
type depositOut struct {
	AuthNO     string      `json:"authNO"`
	Status     hold.Status `json:"status"`
	Amount     string      `json:"amount"`
	Rest       string      `json:"rest"` // still reserved
	Paid       string      `json:"paid"`
	Title      string      `json:"title"`
	Merchant   string      `json:"merchant"`
	MerchantZh string      `json:"merchantZh,omitempty"`
	At         int64       `json:"at"`
}

// agreementOut is a standing consent to pay that the person signed.
type agreementOut struct {
	No         string           `json:"no"`
	Status     agreement.Status `json:"status"`
	Subject    string           `json:"subject"`
	Single     string           `json:"single"` // the most of one payment
	Paid       string           `json:"paid"`   // so far
	Payments   int64            `json:"payments"`
	NextOn     string           `json:"nextOn,omitempty"`
	Merchant   string           `json:"merchant"`
	MerchantZh string           `json:"merchantZh,omitempty"`
	At         int64            `json:"at"`
}

// promises lists what the person has let merchants reserve, and take later.
func promises(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	auths, err := hold.Of(ctx, tx, person.ID)
	if err != nil {
		return nil, err
	}
	signed, err := agreement.Of(ctx, tx, person.ID)
	if err != nil {
		return nil, err
	}
	known := map[merchant.ID]merchant.Merchant{}
	name := func(id merchant.ID) merchant.Merchant {
		if _, ok := known[id]; !ok && err == nil {
			known[id], err = merchant.Find(ctx, tx, id)
		}
		return known[id]
	}
	deposits, agreements := []depositOut{}, []agreementOut{}
	for _, a := range auths {
		m := name(a.Merchant)
		deposits = append(deposits, depositOut{string(a.No), a.Status, a.Total.Yuan(), a.Rest().Yuan(), a.Paid.Yuan(), a.Title, m.Name, m.NameZh, a.MadeAt})
	}
	for _, a := range signed {
		m := name(a.Merchant)
		agreements = append(agreements, agreementOut{string(a.No), a.Status, a.Subject, a.Single.Yuan(), a.Paid.Yuan(), a.Payments, a.NextOn, m.Name, m.NameZh, a.SignedAt})
	}
	return map[string]any{"deposits": deposits, "agreements": agreements}, err
}

// endAgreement takes a standing consent back. No PIN is asked: nothing leaves the wallet by it. {no} → {}.
func endAgreement(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ No agreement.No }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	a, err := agreement.Find(ctx, tx, in.No)
	if err != nil {
		return nil, err
	}
	if a.Person != person.ID {
		return nil, agreement.ErrNotFound
	}
	_, err = agreement.End(ctx, tx, a.No)
	return struct{}{}, err
}
