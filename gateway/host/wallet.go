package host

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

const billsPerPage = 20

type walletOut struct {
	Balance   string `json:"balance"`
	Available string `json:"available"`
}

func balance(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	b, err := wallet.Read(ctx, tx, person.ID)
	return walletOut{Balance: b.Total.Yuan(), Available: b.Available.Yuan()}, err
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

type billItem struct {
	Title  string `json:"title"`
	Amount string `json:"amount"`
	At     int64  `json:"at"`
}

// billOut is one movement of the wallet with what is known of the trade behind it.
type billOut struct {
	ID           string     `json:"id"`
	Kind         string     `json:"kind"`  // payment, refund, topup, withdraw, transfer
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

var kinds = map[string]string{"pay": "payment"}

func describeBill(ctx context.Context, tx *db.Tx, m ledger.Movement) (billOut, error) {
	b := billOut{ID: encodeCursor(m.Cursor()), Kind: m.Kind, State: "paid", Title: m.Title, Amount: signed(m.Amount), At: m.At}
	if kind, ok := kinds[m.Kind]; ok {
		b.Kind = kind
	}
	if m.Kind != "pay" && m.Kind != "refund" {
		return b, nil
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

func signed(fen int64) string {
	if fen < 0 {
		return "-" + money.Fen(-fen).Yuan()
	}
	return "+" + money.Fen(fen).Yuan()
}

// bills is one page, newest first. ?before= is the id of the last one seen, ?q= searches.
func bills(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	query := r.URL.Query()
	after, err := decodeCursor(query.Get("before"))
	if err != nil {
		return nil, err
	}
	page, err := wallet.Bills(ctx, tx, person.ID, ledger.Search{After: after, Text: query.Get("q"), Limit: billsPerPage})
	if err != nil {
		return nil, err
	}
	list := []billOut{}
	for _, m := range page {
		b, err := describeBill(ctx, tx, m)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	answer := map[string]any{"bills": list}
	if len(page) == billsPerPage {
		answer["next"] = list[len(list)-1].ID
	}
	return answer, nil
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
