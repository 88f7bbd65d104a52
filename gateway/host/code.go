package host

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

type payCodeOut struct {
	Code     string   `json:"code"`
	Bars     string   `json:"bars"` // modules of the barcode, 1 is dark
	QR       []string `json:"qr"`   // rows of modules
	LivesFor int64    `json:"livesFor"`
}

// newPayCode makes a payment code for a till to read. {} → the code, drawn.
func newPayCode(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	code, err := wallet.NewCode(ctx, tx, person.ID)
	if err != nil {
		return nil, err
	}
	out := payCodeOut{Code: code, LivesFor: wallet.CodeMillis}
	if out.Bars, err = drawBars(code); err != nil {
		return nil, err
	}
	out.QR, err = drawQR(code)
	return out, err
}

// payCodeUse tells what became of a code: {state: open}, {state: paid, …} or, above what a code pays by itself, {state: asks, tradeNO, appId}.
func payCodeUse(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	type useOut struct {
		State      string `json:"state"`
		TradeNO    string `json:"tradeNO,omitempty"`
		AppID      string `json:"appId,omitempty"`
		Amount     string `json:"amount,omitempty"`
		Merchant   string `json:"merchant,omitempty"`
		MerchantZh string `json:"merchantZh,omitempty"`
		Subject    string `json:"subject,omitempty"`
	}
	use, err := wallet.CodeUse(ctx, tx, person.ID, r.PathValue("code"))
	app, outTradeNo, used := strings.Cut(use, "/")
	if err != nil || !used {
		return useOut{State: "open"}, err
	}
	t, err := pay.FindOut(ctx, tx, merchant.AppID(app), "", outTradeNo)
	if errors.Is(err, pay.ErrNotFound) || err == nil && t.Buyer != person.ID {
		return useOut{State: "open"}, nil // claimed for a trade that was not made for this person
	}
	if err != nil {
		return nil, err
	}
	m, err := merchant.Find(ctx, tx, t.Merchant)
	out := useOut{"asks", string(t.No), string(t.App), t.Total.Yuan(), m.Name, m.NameZh, t.Subject}
	switch {
	case t.PaidAt > 0:
		out.State = "paid"
	case t.Status == pay.Closed:
		out.State = "closed"
	}
	return out, err
}

type collectOut struct {
	ID        string       `json:"id"`
	Amount    string       `json:"amount,omitempty"` // "" lets the payer say
	Note      string       `json:"note,omitempty"`
	ExpiresAt int64        `json:"expiresAt,omitempty"`
	Payee     personOut    `json:"payee"`
	Mine      bool         `json:"mine"`
	URL       string       `json:"url,omitempty"`
	QR        []string     `json:"qr,omitempty"`
	Received  []receivedIn `json:"received,omitempty"`
}

type receivedIn struct {
	From   string `json:"from"`
	FromZh string `json:"fromZh,omitempty"`
	Amount string `json:"amount"`
	At     int64  `json:"at"`
}

var errOrigin = fault.New(fault.Invalid, "ORIGIN_INVALID", "origin must be the address at which the shell is open, such as https://host")

// newCollect makes a code that collects money. {amount?, note?, origin} → the code, drawn; origin is what stands before it in the address.
func newCollect(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ Amount, Note, Origin string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if len(in.Origin) > 128 || !strings.HasPrefix(in.Origin, "http://") && !strings.HasPrefix(in.Origin, "https://") {
		return nil, errOrigin
	}
	var amount money.Fen
	var err error
	if in.Amount != "" {
		if amount, err = money.ParseYuan(in.Amount); err != nil {
			return nil, err
		}
		if amount == 0 {
			return nil, wallet.ErrAmount
		}
	}
	c, err := wallet.NewCollect(ctx, tx, person.ID, amount, in.Note)
	if err != nil {
		return nil, err
	}
	out := describeCollect(c, person)
	out.Payee, out.Mine, out.URL = personOut{Name: person.Name, NameZh: person.NameZh}, true, in.Origin+"/#/collect/"+c.ID
	out.QR, err = drawQR(out.URL)
	return out, err
}

func describeCollect(c wallet.Collect, person identity.Person) collectOut {
	out := collectOut{ID: c.ID, Note: c.Note, ExpiresAt: c.ExpiresAt, Payee: masked(person)}
	if c.Amount > 0 {
		out.Amount = c.Amount.Yuan()
	}
	return out
}

const receivedShown = 20

// collect tells whom a code pays; its own person also sees who paid by it.
func collect(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	c, err := wallet.FindCollect(ctx, tx, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	owner, err := identity.Find(ctx, tx, c.Person)
	if err != nil {
		return nil, wallet.ErrCollect
	}
	out := describeCollect(c, owner)
	if out.Mine = c.Person == person.ID; !out.Mine {
		return out, nil
	}
	came, err := wallet.Collected(ctx, tx, c, receivedShown)
	if err != nil {
		return nil, err
	}
	for _, m := range came {
		b, err := describeBill(ctx, tx, m)
		if err != nil {
			return nil, err
		}
		out.Received = append(out.Received, receivedIn{b.Counterparty, b.CounterZh, b.Amount, m.At})
	}
	return out, nil
}

// due tells of which program a trade is, for a cashier that was opened by an address. ?tradeNO= → {appId, paid}.
func due(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	no := r.URL.Query().Get("tradeNO")
	if len(no) > 64 {
		return nil, pay.ErrNotFound
	}
	t, err := pay.Find(ctx, tx, pay.No(no))
	if err != nil {
		return nil, err
	}
	if t.Buyer != "" && t.Buyer != person.ID {
		return nil, pay.ErrBuyer
	}
	return map[string]any{"appId": t.App, "paid": t.PaidAt > 0, "amount": t.Total.Yuan(), "subject": t.Subject}, nil
}
