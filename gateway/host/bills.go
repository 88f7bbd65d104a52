package host

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

const billsPerPage = 20

type billItem struct {
	Title  string `json:"title"`
	Amount string `json:"amount"`
	At     int64  `json:"at"`
}

// billOut is one movement of the wallet with what is known of the trade behind it.
type billOut struct {
	ID           string     `json:"id"`
	Kind         string     `json:"kind"`  // payment, refund, topup, withdraw, transfer, …
	State        string     `json:"state"` // paid, refunded
	Title        string     `json:"title"`
	Counterparty string     `json:"counterparty"`
	CounterZh    string     `json:"counterpartyZh,omitempty"`
	Amount       string     `json:"amount"` // yuan with a sign: what the person gained
	Refunded     string     `json:"refunded,omitempty"`
	TradeNo      string     `json:"tradeNo,omitempty"`
	OutTradeNo   string     `json:"outTradeNo,omitempty"`
	At           int64      `json:"at"`
	Items        []billItem `json:"items,omitempty"`
}

// kinds are the shell's words for the ledger's, where they differ.
var kinds = map[string]string{"pay": "payment"}

// ledgerKinds are the ledger's words for those that a person may filter by.
var ledgerKinds = map[string]string{"": "", "payment": "pay", "refund": "refund", "topup": "topup", "withdraw": "withdraw", "transfer": "transfer"}

func describeBill(ctx context.Context, tx *db.Tx, m ledger.Movement) (billOut, error) {
	b := billOut{ID: encodeCursor(m.Cursor()), Kind: m.Kind, State: "paid", Title: m.Title, Amount: signed(m.Amount), At: m.At}
	if kind, ok := kinds[m.Kind]; ok {
		b.Kind = kind
	}
	if m.Kind != "pay" && m.Kind != "refund" {
		return b, b.nameOther(ctx, tx, m)
	}
	t, err := pay.Find(ctx, tx, pay.No(m.Ref))
	if err != nil {
		return b, err
	}
	seller, err := merchant.Find(ctx, tx, t.Merchant)
	if err != nil {
		return b, err
	}
	b.Counterparty, b.CounterZh, b.TradeNo, b.OutTradeNo = seller.Name, seller.NameZh, string(t.No), t.OutTradeNo
	if m.Kind == "pay" && t.Refunded > 0 {
		b.Refunded = t.Refunded.Yuan()
		if t.Refunded >= t.Total {
			b.State = "refunded"
		}
	}
	return b, nil
}

// nameOther finds who is on the other side of a movement without a trade. An account of no person or merchant is nobody in particular.
func (b *billOut) nameOther(ctx context.Context, tx *db.Tx, m ledger.Movement) error {
	e, err := ledger.Read(ctx, tx, m.Entry)
	if err != nil {
		return err
	}
	for _, l := range e.Lines {
		owner := strings.Split(string(l.Account), "/")
		if (l.Amount < 0) == (m.Amount < 0) || len(owner) < 3 {
			continue
		}
		switch owner[0] {
		case "person":
			p, err := identity.Find(ctx, tx, identity.PersonID(owner[1]))
			b.Counterparty, b.CounterZh = p.Name, p.NameZh
			return ignore(err, identity.ErrPersonNotFound)
		case "merchant":
			seller, err := merchant.Find(ctx, tx, merchant.ID(owner[1]))
			b.Counterparty, b.CounterZh = seller.Name, seller.NameZh
			return ignore(err, merchant.ErrMerchantNotFound)
		}
	}
	return nil
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

func signed(fen int64) string {
	if fen < 0 {
		return "-" + money.Fen(-fen).Yuan()
	}
	return "+" + money.Fen(fen).Yuan()
}

// billSearch reads what bills are wanted: ?before= the id of the last one seen, ?q= words, ?kind=, ?from= and ?to= days in China, both included.
func billSearch(query url.Values) (s ledger.Search, err error) {
	if s.After, err = decodeCursor(query.Get("before")); err != nil {
		return s, err
	}
	known := false
	if s.Kind, known = ledgerKinds[query.Get("kind")]; !known {
		return s, errBillSearch.With("no kind %.20q", query.Get("kind"))
	}
	if s.Text = strings.TrimSpace(query.Get("q")); len(s.Text) > maxBillWords {
		return s, errBillSearch.With("more than %d bytes to search for", maxBillWords)
	}
	if from := query.Get("from"); from != "" {
		day, err := ledger.ParseDay(from)
		if err != nil {
			return s, errBillSearch.With("from is a day such as 2026-11-22")
		}
		s.From, _ = day.Span()
	}
	if to := query.Get("to"); to != "" {
		day, err := ledger.ParseDay(to)
		if err != nil {
			return s, errBillSearch.With("to is a day such as 2026-11-22")
		}
		_, s.To = day.Span()
	}
	return s, nil
}

const maxBillWords = 128

var errBillSearch = fault.New(fault.Invalid, "BILL_SEARCH_INVALID", "bills cannot be searched like this")

// bills is one page, newest first; see billSearch.
func bills(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	search, err := billSearch(r.URL.Query())
	if err != nil {
		return nil, err
	}
	list, next, err := billPage(ctx, tx, person, search, billsPerPage)
	if err != nil {
		return nil, err
	}
	answer := map[string]any{"bills": list}
	if next != "" {
		answer["next"] = next
	}
	return answer, nil
}

// maxLooked bounds the movements that one search by words looks at; the next page goes on from there.
const maxLooked = 2000

// billPage is up to limit bills; next is the id after which to go on, "" at the end. What is searched for is looked for in everything that a bill
// shows, so also in the names of the other side, which no column has.
func billPage(ctx context.Context, tx *db.Tx, person identity.Person, search ledger.Search, limit int) (list []billOut, next string, err error) {
	words := strings.ToLower(search.Text)
	search.Text, search.Limit, list = "", limit, []billOut{}
	for looked := 0; looked < maxLooked; {
		page, err := wallet.Bills(ctx, tx, person.ID, search)
		if err != nil {
			return nil, "", err
		}
		for _, m := range page {
			b, err := describeBill(ctx, tx, m)
			if err != nil {
				return nil, "", err
			}
			looked++
			search.After = m.Cursor()
			if words == "" || b.mentions(words) {
				list = append(list, b)
			}
			if len(list) == limit {
				return list, b.ID, nil
			}
		}
		if len(page) < search.Limit {
			return list, "", nil
		}
	}
	return list, encodeCursor(search.After), nil
}

// mentions tells whether lower-case words stand anywhere in what the bill shows, in either language.
func (b billOut) mentions(words string) bool {
	for _, shown := range []string{b.Title, b.Counterparty, b.CounterZh, b.Kind, kindsZh[b.Kind], b.TradeNo, b.OutTradeNo, b.Amount} {
		if strings.Contains(strings.ToLower(shown), words) {
			return true
		}
	}
	return false
}

// bill reads one movement of the person's own wallet, with the refunds of a payment.
func bill(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	at, err := decodeCursor(r.PathValue("id"))
	if err != nil || at.At == 0 {
		return nil, errBill
	}
	// The page after a place just behind the movement begins with it.
	behind := ledger.Cursor{At: at.At, Entry: at.Entry + "!"}
	page, err := wallet.Bills(ctx, tx, person.ID, ledger.Search{After: behind, From: at.At, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(page) == 0 || page[0].Entry != at.Entry {
		return nil, errBill
	}
	b, err := describeBill(ctx, tx, page[0])
	if err != nil || b.Kind != "payment" || b.Refunded == "" {
		return b, err
	}
	t, err := pay.Find(ctx, tx, pay.No(b.TradeNo))
	if err != nil {
		return nil, err
	}
	refunds, err := pay.Refunds(ctx, tx, t)
	for _, refund := range refunds {
		b.Items = append(b.Items, billItem{Title: refund.Reason, Amount: "+" + refund.Buyer.Yuan(), At: refund.At})
	}
	return b, err
}

// A bill's id is its place in the wallet's list.
func encodeCursor(c ledger.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.At, 10) + " " + string(c.Entry)))
}

func decodeCursor(id string) (ledger.Cursor, error) {
	if id == "" {
		return ledger.Cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	ms, entry, ok := strings.Cut(string(raw), " ")
	at, notNumber := strconv.ParseInt(ms, 10, 64)
	if err != nil || !ok || notNumber != nil || at <= 0 || len(entry) > 200 {
		return ledger.Cursor{}, errBill
	}
	return ledger.Cursor{At: at, Entry: ledger.EntryID(entry)}, nil
}
