package pay

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"regexp"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

// Lifetimes of an unpaid trade, ms.
const (
	DefaultMillis = 15 * 24 * 60 * 60 * 1000
	MaxMillis     = 15 * 24 * 60 * 60 * 1000
)

// Limits of an order.
const (
	MaxGoods     = 100
	maxGoodsJSON = 32 << 10
)

// Order is what a seller asks to be paid.
type Order struct {
	App        merchant.AppID
	OutTradeNo string // 1 to 64 letters, digits and _
	Product    string // "" is JSAPI_PAY
	Subject    string // 1 to 256 characters
	Body       string
	Goods      []Good
	Total      money.Fen
	Buyer      identity.PersonID // who alone may pay; "" is anybody
	ExpiresAt  int64             // ms; 0 is DefaultMillis from now
	NotifyURL  string
	Passback   string
	Hidden     bool // the trade exists only when its payer opens it (precreate)
	Frozen     bool // its money waits for royalty splits
	NoFee      bool // the money only passes through the seller (a red packet)
}

var outNo = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

func (o Order) check(now int64) error {
	switch {
	case !outNo.MatchString(o.OutTradeNo):
		return ErrInvalid.With("out_trade_no has 1 to 64 letters, digits and _")
	case o.Total <= 0 || o.Total > money.Max:
		return ErrInvalid.With("the amount is between 0.01 and %s yuan", money.Max.Yuan())
	case o.Subject == "" || utf8.RuneCountInString(o.Subject) > 256:
		return ErrInvalid.With("the subject has 1 to 256 characters")
	case utf8.RuneCountInString(o.Body) > 400 || len(o.NotifyURL) > 512 || len(o.Passback) > 2048 || len(o.Product) > 64:
		return ErrInvalid.With("body, notify_url, passback_params or product_code is too long")
	case len(o.Goods) > MaxGoods:
		return ErrInvalid.With("more than %d goods", MaxGoods)
	case o.ExpiresAt <= now || o.ExpiresAt > now+MaxMillis:
		return ErrInvalid.With("a trade expires between now and 15 days from now")
	}
	for _, g := range o.Goods {
		if g.Price < 0 || g.Price > money.Max || g.Count < 1 || g.Count > 1_000_000 {
			return ErrInvalid.With("goods have a price and a count")
		}
	}
	return nil
}

// digest covers what a repeated creation must repeat: who sells what to whom for how much.
func (o Order) digest(goods []byte) []byte {
	b, err := json.Marshal([]any{o.App, o.OutTradeNo, o.Product, o.Subject, o.Total, o.Buyer, string(goods)})
	if err != nil {
		panic("pay: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// Create makes a trade, or answers the one that the same order made before, whatever its state now (repeated is true then).
// Errors: ErrInvalid, ErrInconsistent, merchant.ErrAppNotFound.
func Create(ctx context.Context, tx *db.Tx, o Order) (t Trade, repeated bool, err error) {
	if o.ExpiresAt == 0 {
		o.ExpiresAt = tx.Now() + DefaultMillis
	}
	if o.Product == "" {
		o.Product = "JSAPI_PAY"
	}
	if err := o.check(tx.Now()); err != nil {
		return t, false, err
	}
	app, err := merchant.FindApp(ctx, tx, o.App)
	if err != nil {
		return t, false, err
	}
	goods, err := json.Marshal(append([]Good{}, o.Goods...))
	if err != nil || len(goods) > maxGoodsJSON {
		return t, false, ErrInvalid.With("the goods take more than %d bytes", maxGoodsJSON)
	}
	digest := o.digest(goods)
	t, made, err := insert(tx, o, app, string(goods), digest)
	if made || err != nil {
		return t, false, err
	}
	return sameOrder(tx, o, digest)
}

func insert(tx *db.Tx, o Order, app merchant.App, goods string, digest []byte) (t Trade, made bool, err error) {
	m := app.Merchant
	t = Trade{No: newNo(tx.Now()), App: o.App, OutTradeNo: o.OutTradeNo, Merchant: m.ID, Product: o.Product, Subject: o.Subject, Body: o.Body,
		Goods: o.Goods, NotifyURL: o.NotifyURL, Passback: o.Passback, Total: o.Total, Buyer: o.Buyer, Status: Waiting,
		MadeAt: tx.Now(), ExpiresAt: o.ExpiresAt, Frozen: o.Frozen, seller: m.Pending(), stripes: m.Stripes, feeBP: m.FeeBP}
	if o.NoFee {
		t.feeBP = 0
	}
	shard := ledger.ShardOf("app/" + string(o.App))
	var buyer *string
	if o.Buyer != "" {
		buyer, shard = (*string)(&o.Buyer), ledger.ShardOf("person/"+string(o.Buyer))
	}
	var openedAt *int64
	if !o.Hidden {
		openedAt, t.OpenedAt = &t.MadeAt, t.MadeAt
	}
	n, err := tx.Exec(`INSERT INTO pay_trade (trade_no, shard, app_id, out_trade_no, merchant_id, seller, stripes, fee_bp, product, subject, body,
		goods, notify_url, passback, total_fen, buyer_id, status, digest, made_at, expires_at, opened_at, frozen, named)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'WAIT_BUYER_PAY', $17, $18, $19, $20, $21, $22)
		ON CONFLICT (app_id, out_trade_no) DO NOTHING`,
		t.No, shard, t.App, t.OutTradeNo, t.Merchant, t.seller, t.stripes, t.feeBP, t.Product, t.Subject, t.Body,
		goods, t.NotifyURL, t.Passback, t.Total, buyer, digest, t.MadeAt, t.ExpiresAt, openedAt, t.Frozen, buyer != nil)
	return t, n == 1, err
}

func sameOrder(tx *db.Tx, o Order, digest []byte) (Trade, bool, error) {
	var was []byte
	if err := tx.QueryRow(`SELECT digest FROM pay_trade WHERE app_id = $1 AND out_trade_no = $2`, o.App, o.OutTradeNo).Scan(&was); err != nil {
		return Trade{}, false, err
	}
	if string(was) != string(digest) {
		return Trade{}, false, ErrInconsistent.With("%s", o.OutTradeNo)
	}
	t, err := findOwn(tx, o.App, "", o.OutTradeNo)
	return t, true, err
}

// Reveal makes a hidden trade exist for its seller's queries: its payer has opened it. Error: ErrNotFound.
func Reveal(ctx context.Context, tx *db.Tx, no No) error {
	n, err := tx.Exec(`UPDATE pay_trade SET opened_at = COALESCE(opened_at, $1) WHERE trade_no = $2`, tx.Now(), no)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}
