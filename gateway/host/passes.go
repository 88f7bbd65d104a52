package host

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"souk/kit/db"
	"souk/platform/cardpack"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// passOut is a card, voucher or ticket. The code and its drawings are there when one pass is asked for that can be used.
type passOut struct {
	ID         cardpack.ID     `json:"id"`
	Kind       cardpack.Kind   `json:"kind"`
	State      cardpack.State  `json:"state"`
	Number     string          `json:"number"` // the merchant's own
	Title      string          `json:"title"`
	TitleZh    string          `json:"titleZh,omitempty"`
	Line       string          `json:"line,omitempty"`
	LineZh     string          `json:"lineZh,omitempty"`
	Colour     string          `json:"colour,omitempty"` // #rrggbb
	Amount     string          `json:"amount,omitempty"` // yuan: a card's balance, a voucher's face value
	Facts      []cardpack.Fact `json:"facts,omitempty"`
	ValidFrom  int64           `json:"validFrom,omitempty"` // while it is still to come
	ValidUntil int64           `json:"validUntil,omitempty"`
	EndedAt    int64           `json:"endedAt,omitempty"`
	MerchantID merchant.ID     `json:"merchantId"`
	Merchant   string          `json:"merchant"`
	MerchantZh string          `json:"merchantZh,omitempty"`
	Icon       string          `json:"icon,omitempty"`
	// The program's page about it; AppID is "" when there is no such program here.
	AppID string   `json:"appId,omitempty"`
	Page  string   `json:"page,omitempty"`
	Query string   `json:"query,omitempty"`
	Code  string   `json:"code,omitempty"`
	Bars  string   `json:"bars,omitempty"` // "" when the code is too long or has characters that a barcode has not
	QR    []string `json:"qr,omitempty"`
}

// merchantRow is a merchant whose passes the person holds.
type merchantRow struct {
	ID     merchant.ID `json:"id"`
	Name   string      `json:"name"`
	NameZh string      `json:"nameZh,omitempty"`
}

// barText is what a barcode on a phone's screen still reads well.
var barText = regexp.MustCompile(`^[ -~]{1,24}$`)

// passes lists what the person holds. ?kind= ?merchant= ?over=1 ?before= → {passes, merchants, next}.
func (d door) passes(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	q := r.URL.Query()
	s := cardpack.Search{Kind: cardpack.Kind(clip(q.Get("kind"))), Merchant: merchant.ID(clip(q.Get("merchant"))), Over: q.Get("over") != ""}
	at, id, more := strings.Cut(clip(q.Get("before")), "-")
	if more {
		s.Before, _ = strconv.ParseInt(at, 10, 64) // what is no page's end is the first page
		s.BeforeID = cardpack.ID(id)
	}
	held, err := cardpack.Of(ctx, tx, person.ID, s)
	if err != nil {
		return nil, err
	}
	list, next := []passOut{}, ""
	for _, p := range held {
		out, err := d.describePass(ctx, tx, p)
		if err != nil {
			return nil, err
		}
		out.Facts = nil
		list = append(list, out)
	}
	if len(held) == cardpack.MaxPage {
		last := held[len(held)-1]
		next = strconv.FormatInt(last.MadeAt, 10) + "-" + string(last.ID)
	}
	ids, err := cardpack.Merchants(ctx, tx, person.ID)
	if err != nil {
		return nil, err
	}
	merchants := []merchantRow{}
	for _, id := range ids {
		m, err := merchant.Find(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		merchants = append(merchants, merchantRow{m.ID, m.Name, m.NameZh})
	}
	return map[string]any{"passes": list, "merchants": merchants, "next": next}, nil
}

// pass is one pass of the person, with its code drawn while it can be used.
func (d door) pass(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	p, err := cardpack.Find(ctx, tx, person.ID, cardpack.ID(clip(r.PathValue("id"))))
	if err != nil {
		return nil, err
	}
	return d.showPass(ctx, tx, p)
}

// passBySerial is the same by the merchant's own number: ?merchant= ?serial=.
func (d door) passBySerial(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	p, err := cardpack.FindSerial(ctx, tx, merchant.ID(clip(r.URL.Query().Get("merchant"))), clip(r.URL.Query().Get("serial")))
	if err != nil {
		return nil, err
	}
	if p.Person != person.ID || p.Removed {
		return nil, cardpack.ErrNotFound
	}
	return d.showPass(ctx, tx, p)
}

// removePass takes a pass out of the person's pack. {id} → {}.
func removePass(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ ID cardpack.ID }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, cardpack.Remove(ctx, tx, person.ID, in.ID)
}

func (d door) showPass(ctx context.Context, tx *db.Tx, p cardpack.Pass) (any, error) {
	out, err := d.describePass(ctx, tx, p)
	if err != nil || out.State != cardpack.Usable || p.Code == "" {
		return out, err
	}
	out.Code = p.Code
	if barText.MatchString(p.Code) {
		if out.Bars, err = drawBars(p.Code); err != nil {
			return nil, err
		}
	}
	out.QR, err = drawQR(p.Code)
	return out, err
}

func (d door) describePass(ctx context.Context, tx *db.Tx, p cardpack.Pass) (passOut, error) {
	app, err := merchant.FindApp(ctx, tx, p.App)
	if err != nil {
		return passOut{}, err
	}
	out := passOut{ID: p.ID, Kind: p.Kind, State: p.At(tx.Now()), Number: p.Serial, Title: p.Title, TitleZh: p.TitleZh, Line: p.Line, LineZh: p.LineZh, Colour: p.Colour,
		Facts: p.Facts, ValidUntil: p.ValidUntil, EndedAt: p.EndedAt, MerchantID: p.Merchant, Merchant: app.Merchant.Name, MerchantZh: app.Merchant.NameZh}
	if p.Amount != nil {
		out.Amount = p.Amount.Yuan()
	}
	if p.ValidFrom > tx.Now() {
		out.ValidFrom = p.ValidFrom
	}
	if program, released := d.describe(app); released {
		out.AppID, out.Icon = program.AppID, program.Icon
		out.Page, out.Query, _ = strings.Cut(strings.TrimPrefix(p.Page, "/"), "?")
	}
	return out, nil
}

const longestName = 128

// clip bounds what came in an address; nothing of ours is longer.
func clip(text string) string {
	if len(text) > longestName {
		return text[:longestName]
	}
	return text
}
