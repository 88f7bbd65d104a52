// Package commerce is the door for mini-programs that have no server of their own: REST under /commerce/v1, described by
// /commerce/v1/openapi.json. A program reaches it through my.request with a path; the shell adds who asks and from which program.
//
// Who: the session cookie. Which program: the header X-Souk-App. From the shell and nobody else: X-Souk: 1. Prices come from the
// server's items, a client only names them. It holds no rule; it decodes, runs verbs of platform rooms in one transaction, and encodes.
// Errors are {"error": code, "errorMessage": words}. Start reading at New.
package commerce

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/product"
)

// Limits of a call.
const (
	maxBody = 64 << 10
	maxKey  = 128
	// unpaidMillis is how long a trade made here waits for its payer.
	unpaidMillis = 30 * 60 * 1000
)

//go:embed openapi.json
var openapi []byte

var (
	errSite = fault.New(fault.Forbidden, "NOT_FROM_SHELL", "calls need the headers X-Souk: 1 and X-Souk-App, and JSON bodies")
	errBody = fault.New(fault.Invalid, "BODY_INVALID", "the body is not the JSON object that this address takes")
	errKey  = fault.New(fault.Invalid, "KEY_INVALID", "key has 1 to 128 characters; a retry of the same purchase repeats it")
	errPage = fault.New(fault.Invalid, "PAGE_INVALID", "before is the number of a trade of yours")
)

type door struct {
	d   *db.DB
	log *slog.Logger
}

// who is the caller: a person in a program.
type who struct {
	person identity.Person
	app    merchant.App
}

type verb func(ctx context.Context, tx *db.Tx, w who, r *http.Request) (any, error)

// New is the handler of /commerce/v1/. log may be nil.
func New(d *db.DB, log *slog.Logger) http.Handler {
	if log == nil {
		log = slog.Default()
	}
	c := door{d, log}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /commerce/v1/openapi.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(openapi)
	})
	mux.HandleFunc("GET /commerce/v1/items", c.handle(d.Read, items))
	mux.HandleFunc("POST /commerce/v1/trades", c.handle(d.Write, createTrade))
	mux.HandleFunc("GET /commerce/v1/trades", c.handle(d.Read, trades))
	mux.HandleFunc("GET /commerce/v1/trades/{no}", c.handle(d.Read, trade))
	mux.HandleFunc("/commerce/v1/", c.handle(d.Read, func(context.Context, *db.Tx, who, *http.Request) (any, error) {
		return nil, fault.New(fault.NotFound, "ADDRESS_UNKNOWN", "there is nothing at this address; see /commerce/v1/openapi.json")
	}))
	return mux
}

// handle checks who calls and runs v in one transaction of the kind given.
func (c door) handle(within func(context.Context, func(*db.Tx) error) error, v verb) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var answer any
		err := c.admit(w, r)
		if err == nil {
			err = within(r.Context(), func(tx *db.Tx) error {
				caller, err := callerOf(r.Context(), tx, r)
				if err != nil {
					return err
				}
				answer, err = v(r.Context(), tx, caller, r)
				return err
			})
		}
		if err != nil {
			c.refuse(w, r, err)
			return
		}
		reply(w, http.StatusOK, answer)
	}
}

type bodyKey struct{}

// admit checks the headers and reads the body, once, since a transaction may run again.
func (c door) admit(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("X-Souk") != "1" || r.Header.Get("X-Souk-App") == "" {
		return errSite
	}
	if r.Method == http.MethodGet {
		return nil
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return errSite
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return errBody.With("more than %d bytes", maxBody)
	}
	*r = *r.WithContext(context.WithValue(r.Context(), bodyKey{}, body))
	return nil
}

func decode(r *http.Request, v any) error {
	body, _ := r.Context().Value(bodyKey{}).([]byte)
	if err := json.Unmarshal(body, v); err != nil {
		return errBody
	}
	return nil
}

func callerOf(ctx context.Context, tx *db.Tx, r *http.Request) (w who, err error) {
	cookie, err := r.Cookie("souk_session")
	if err != nil {
		return w, identity.ErrNoSession
	}
	if w.person, err = identity.Session(ctx, tx, cookie.Value); err != nil {
		return w, err
	}
	w.app, err = merchant.FindApp(ctx, tx, merchant.AppID(r.Header.Get("X-Souk-App")))
	return w, err
}

// words is a text in the languages that Souk speaks.
type words struct {
	En string `json:"en"`
	Zh string `json:"zh"`
}

func both(en, zh string) words {
	if zh == "" {
		zh = en
	}
	return words{en, zh}
}

type item struct {
	ID       product.ItemID `json:"id"`
	Name     words          `json:"name"`
	Note     words          `json:"note"`
	PriceFen money.Fen      `json:"priceFen"`
	Price    string         `json:"price"`
	Image    string         `json:"image"`
}

func items(ctx context.Context, tx *db.Tx, w who, r *http.Request) (any, error) {
	found, err := product.List(ctx, tx, w.app.ID, product.Item{Position: -1 << 62})
	list := []item{}
	for _, it := range found {
		list = append(list, item{it.ID, both(it.Name, it.NameZh), both(it.Detail, it.DetailZh), it.Price, it.Price.Yuan(), it.Image})
	}
	return map[string]any{"items": list}, err
}

// createTrade takes {key, items: [{id, quantity}]} and answers the trade to pay with my.tradePay; the same key again, the same trade.
func createTrade(ctx context.Context, tx *db.Tx, w who, r *http.Request) (any, error) {
	var in struct {
		Key   string
		Items []struct {
			ID       product.ItemID
			Quantity int64
		}
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Key == "" || len(in.Key) > maxKey {
		return nil, errKey
	}
	wishes := []product.Wish{}
	for _, it := range in.Items {
		wishes = append(wishes, product.Wish{Item: it.ID, Count: it.Quantity})
	}
	outTradeNo := numberOf(w.person.ID, in.Key)
	// A retry finds the trade as it was made, even if a price has changed since.
	if t, err := pay.FindOut(ctx, tx, w.app.ID, "", outTradeNo); err == nil && sameItems(t, wishes) {
		return shown(t), nil
	}
	basket, err := product.Price(ctx, tx, w.app.ID, wishes)
	if err != nil {
		return nil, err
	}
	t, _, err := pay.Create(ctx, tx, pay.Order{App: w.app.ID, OutTradeNo: outTradeNo, Subject: basket.Subject(wantsChinese(r)), Goods: goodsOf(basket),
		Total: basket.Total, Buyer: w.person.ID, ExpiresAt: tx.Now() + unpaidMillis})
	if err != nil {
		return nil, err
	}
	return shown(t), nil
}

// wantsChinese tells the language of the bill's words: that of the program when the person buys.
func wantsChinese(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "zh")
}

// numberOf makes an out_trade_no from the person's key, so that two persons' keys never meet.
func numberOf(person identity.PersonID, key string) string {
	sum := sha256.Sum256([]byte(string(person) + "\x00" + key))
	return "c" + hex.EncodeToString(sum[:16])
}

func goodsOf(b product.Basket) []pay.Good {
	goods := []pay.Good{}
	for _, l := range b.Lines {
		goods = append(goods, pay.Good{ID: string(l.Item.ID), Name: l.Item.Name, NameZh: l.Item.NameZh, Price: l.Item.Price, Count: l.Count, Image: l.Item.Image})
	}
	return goods
}

func sameItems(t pay.Trade, wishes []product.Wish) bool {
	counts := map[string]int64{}
	for _, w := range wishes {
		counts[string(w.Item)] += w.Count
	}
	for _, g := range t.Goods {
		counts[g.ID] -= g.Count
	}
	for _, n := range counts {
		if n != 0 {
			return false
		}
	}
	return true
}

type line struct {
	ID       string    `json:"id"`
	Name     words     `json:"name"`
	Quantity int64     `json:"quantity"`
	PriceFen money.Fen `json:"priceFen"`
	Image    string    `json:"image"`
}

type tradeJSON struct {
	TradeNo     pay.No     `json:"tradeNo"`
	Status      pay.Status `json:"status"`
	Subject     string     `json:"subject"`
	TotalFen    money.Fen  `json:"totalFen"`
	Total       string     `json:"total"`
	RefundedFen money.Fen  `json:"refundedFen"`
	CreatedAt   int64      `json:"createdAt"`
	ExpiresAt   int64      `json:"expiresAt"`
	PaidAt      int64      `json:"paidAt,omitempty"`
	ClosedAt    int64      `json:"closedAt,omitempty"`
	Lines       []line     `json:"lines"`
}

func shown(t pay.Trade) tradeJSON {
	out := tradeJSON{TradeNo: t.No, Status: t.Status, Subject: t.Subject, TotalFen: t.Total, Total: t.Total.Yuan(), RefundedFen: t.Refunded,
		CreatedAt: t.MadeAt, ExpiresAt: t.ExpiresAt, PaidAt: t.PaidAt, ClosedAt: t.ClosedAt, Lines: []line{}}
	for _, g := range t.Goods {
		out.Lines = append(out.Lines, line{g.ID, both(g.Name, g.NameZh), g.Count, g.Price, g.Image})
	}
	return out
}

// trades lists the person's trades in this program, newest first; ?before=<tradeNo> is the next page.
func trades(ctx context.Context, tx *db.Tx, w who, r *http.Request) (any, error) {
	var after pay.Trade
	if before := r.URL.Query().Get("before"); before != "" {
		var err error
		if after, err = own(ctx, tx, w, pay.No(before)); err != nil {
			return nil, errPage
		}
	}
	found, err := pay.Bought(ctx, tx, w.person.ID, w.app.ID, after, 50)
	list := []tradeJSON{}
	for _, t := range found {
		list = append(list, shown(t))
	}
	return map[string]any{"trades": list}, err
}

func trade(ctx context.Context, tx *db.Tx, w who, r *http.Request) (any, error) {
	t, err := own(ctx, tx, w, pay.No(r.PathValue("no")))
	if err != nil {
		return nil, err
	}
	return shown(t), nil
}

// own finds a trade of this person in this program; others' do not exist.
func own(ctx context.Context, tx *db.Tx, w who, no pay.No) (pay.Trade, error) {
	t, err := pay.FindOut(ctx, tx, w.app.ID, no, "")
	if err == nil && t.Buyer != w.person.ID {
		return pay.Trade{}, pay.ErrNotFound
	}
	return t, err
}

var statuses = map[fault.Kind]int{
	fault.Internal: http.StatusInternalServerError, fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Unauthorized: http.StatusUnauthorized,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

func (c door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Internal {
		c.log.Error("commerce", "path", r.URL.Path, "error", err)
		f = fault.New(fault.Internal, "SYSTEM_ERROR", "something went wrong here; please try again")
	}
	reply(w, statuses[f.Kind], map[string]string{"error": f.Code, "errorMessage": f.Message})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
