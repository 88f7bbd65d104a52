package cardpack

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"souk/kit/db"
	"souk/kit/event"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// Issue gives a person a pass. repeated is true when the same order was issued before: p is then that pass, as it has become since. Errors:
// ErrInvalid, ErrInconsistent when the merchant used the number for another pass, ErrFull, ErrExpired when its time is over, merchant.ErrAppNotFound.
func Issue(ctx context.Context, tx *db.Tx, o Order) (p Pass, repeated bool, err error) {
	if o.Params == "" {
		o.Params = "{}"
	}
	if err := o.check(); err != nil {
		return p, false, err
	}
	app, err := merchant.FindApp(ctx, tx, o.App)
	if err != nil {
		return p, false, err
	}
	was, err := FindSerial(ctx, tx, app.Merchant.ID, o.Serial)
	if err == nil {
		return issuedBefore(was, o)
	}
	if !errors.Is(err, ErrNotFound) {
		return p, false, err
	}
	if o.ValidUntil > 0 && o.ValidUntil <= tx.Now() {
		return p, false, ErrExpired
	}
	p = Pass{Order: o, ID: number(tx.Now()), Merchant: app.Merchant.ID, State: Usable, MadeAt: tx.Now(), ChangedAt: tx.Now(), hash: o.hash()}
	facts, err := factsText(o.Facts)
	if err != nil {
		return p, false, err
	}
	n, err := tx.Exec(`INSERT INTO cardpack_pass (pass_id, kind, app_id, merchant_id, person_id, serial, template_id, params, issue_hash, title, title_zh, line,
		line_zh, colour, amount_fen, facts, code, page, valid_from, valid_until, state, made_at, changed_at)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT), CAST($7 AS TEXT), CAST($8 AS TEXT),
		CAST($9 AS TEXT), CAST($10 AS TEXT), CAST($11 AS TEXT), CAST($12 AS TEXT), CAST($13 AS TEXT), CAST($14 AS TEXT), CAST($15 AS BIGINT), CAST($16 AS TEXT),
		CAST($17 AS TEXT), CAST($18 AS TEXT), CAST($19 AS BIGINT), CAST($20 AS BIGINT), 'usable', CAST($21 AS BIGINT), CAST($21 AS BIGINT)
		WHERE (SELECT COUNT(*) FROM cardpack_pass WHERE person_id = $5 AND merchant_id = $4 AND state = 'usable') < $22
		ON CONFLICT (merchant_id, serial) DO NOTHING`,
		p.ID, p.Kind, p.App, p.Merchant, p.Person, p.Serial, p.Template, p.Params, p.hash, p.Title, p.TitleZh, p.Line, p.LineZh, p.Colour, p.Amount, facts,
		p.Code, p.Page, p.ValidFrom, p.ValidUntil, p.MadeAt, MaxOfOne)
	if err != nil {
		return p, false, err
	}
	if n == 1 {
		return p, false, announce(ctx, tx, "pass.issued", p)
	}
	if was, err = FindSerial(ctx, tx, p.Merchant, p.Serial); errors.Is(err, ErrNotFound) {
		return p, false, ErrFull.With("at most %d", MaxOfOne)
	}
	if err != nil { // another call of the same moment issued it
		return p, false, err
	}
	return issuedBefore(was, o)
}

func issuedBefore(was Pass, o Order) (Pass, bool, error) {
	if was.hash != o.hash() {
		return was, true, ErrInconsistent.With("%s", o.Serial)
	}
	return was, true, nil
}

// hash is of all that was ordered.
func (o Order) hash() string {
	text, err := json.Marshal(o)
	if err != nil {
		panic("cardpack: an order is plain data: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Change gives a merchant's usable pass another face. remake is told the pass as it is, which nobody else changes meanwhile, and answers the face
// and the parameters it is made of. Errors: ErrNotFound, ErrUsed, ErrExpired, ErrVoid, ErrInvalid, remake's.
func Change(ctx context.Context, tx *db.Tx, m merchant.ID, id ID, remake func(Pass) (Face, string, error)) (Pass, error) {
	p, err := scan(tx.QueryRow(`UPDATE cardpack_pass SET changes = changes + 1 WHERE pass_id = $1 AND merchant_id = $2 AND state = 'usable'
		AND (valid_until = 0 OR valid_until > $3) RETURNING `+columns, id, m, tx.Now()))
	if errors.Is(err, ErrNotFound) {
		return refusedOf(ctx, tx, m, id)
	}
	if err != nil {
		return p, err
	}
	if p.Face, p.Params, err = remake(p); err != nil {
		return p, err
	}
	if err := p.Order.check(); err != nil {
		return p, err
	}
	if p.ValidUntil > 0 && p.ValidUntil <= tx.Now() {
		return p, ErrInvalid.With("its end is past already: withdraw it instead")
	}
	facts, err := factsText(p.Facts)
	if err != nil {
		return p, err
	}
	p.ChangedAt = tx.Now()
	_, err = tx.Exec(`UPDATE cardpack_pass SET title = $1, title_zh = $2, line = $3, line_zh = $4, colour = $5, amount_fen = $6, facts = $7, code = $8, page = $9,
		valid_from = $10, valid_until = $11, params = $12, changed_at = $13 WHERE pass_id = $14`,
		p.Title, p.TitleZh, p.Line, p.LineZh, p.Colour, p.Amount, facts, p.Code, p.Page, p.ValidFrom, p.ValidUntil, p.Params, p.ChangedAt, p.ID)
	if err != nil {
		return p, err
	}
	return p, announce(ctx, tx, "pass.changed", p)
}

func factsText(facts []Fact) (string, error) {
	if facts == nil {
		facts = []Fact{}
	}
	text, err := json.Marshal(facts)
	return string(text), err
}

// Event is what is appended about a pass.
type Event struct {
	ID     ID                `json:"passId"`
	Kind   Kind              `json:"kind"`
	App    merchant.AppID    `json:"app"`
	Person identity.PersonID `json:"person"`
	Serial string            `json:"serial"`
}

func announce(ctx context.Context, tx *db.Tx, kind string, p Pass) error {
	return event.Append(ctx, tx, event.Event{Kind: kind, Key: string(p.ID), Data: Event{p.ID, p.Kind, p.App, p.Person, p.Serial}})
}

var china = time.FixedZone("CST", 8*60*60)

// number is 20 digits: the day in China, then randomness.
func number(now int64) ID {
	n, err := rand.Int(rand.Reader, big.NewInt(1e12))
	if err != nil {
		panic("cardpack: no randomness: " + err.Error())
	}
	return ID(fmt.Sprintf("%s%012d", time.UnixMilli(now).In(china).Format("20060102"), n))
}
