package wallet

import (
	"context"
	"crypto/rand"
	"errors"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/ledger"
)

// Limits of collecting.
const (
	CollectMillis = 24 * 60 * 60 * 1000 // how long a code with an amount is good
	maxCollects   = 50                  // codes with an amount that a person may have at once
	MaxNote       = 60                  // characters
)

var (
	ErrCollect       = fault.New(fault.NotFound, "COLLECT_UNKNOWN", "this code is unknown or too old; ask for a new one")
	ErrCollectAmount = fault.New(fault.Invalid, "COLLECT_AMOUNT", "this code asks for another amount")
	ErrCollectMany   = fault.New(fault.TooMany, "COLLECT_TOO_MANY", "there are too many codes at once; wait until some have ended")
	ErrNote          = fault.New(fault.Invalid, "NOTE_TOO_LONG", "a note has at most 60 characters")
)

// Collect is a code that collects money for a person. Amount 0 lets the payer say how much.
type Collect struct {
	ID        string
	Person    identity.PersonID
	Amount    money.Fen
	Note      string
	ExpiresAt int64 // ms; 0 never
}

// NewCollect makes a code for one amount, good for a day; without amount and note it answers the person's standing code, always the same.
// Errors: ErrAmount, ErrNote, ErrCollectMany.
func NewCollect(ctx context.Context, tx *db.Tx, person identity.PersonID, amount money.Fen, note string) (Collect, error) {
	c := Collect{ID: rand.Text()[:22], Person: person, Amount: amount, Note: note}
	if amount < 0 || amount > MaxMove {
		return c, ErrAmount
	}
	if utf8.RuneCountInString(note) > MaxNote {
		return c, ErrNote
	}
	if amount == 0 && note == "" {
		return standing(tx, c)
	}
	var open int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM wallet_collect WHERE person_id = $1 AND expires_at > $2`, person, tx.Now()).Scan(&open); err != nil {
		return c, err
	}
	if open >= maxCollects {
		return c, ErrCollectMany
	}
	c.ExpiresAt = tx.Now() + CollectMillis
	var fen *int64
	if amount > 0 {
		n := int64(amount)
		fen = &n
	}
	_, err := tx.Exec(`INSERT INTO wallet_collect (id, person_id, amount_fen, note, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		c.ID, person, fen, note, tx.Now(), c.ExpiresAt)
	return c, err
}

func standing(tx *db.Tx, c Collect) (Collect, error) {
	if _, err := tx.Exec(`INSERT INTO wallet_collect (id, person_id, note, made_at) VALUES ($1, $2, '', $3) ON CONFLICT DO NOTHING`, c.ID, c.Person, tx.Now()); err != nil {
		return c, err
	}
	err := tx.QueryRow(`SELECT id FROM wallet_collect WHERE person_id = $1 AND expires_at IS NULL`, c.Person).Scan(&c.ID)
	return c, err
}

// FindCollect reads a code that is still good. Error: ErrCollect.
func FindCollect(ctx context.Context, tx *db.Tx, id string) (Collect, error) {
	c := Collect{ID: id}
	err := tx.QueryRow(`SELECT person_id, COALESCE(amount_fen, 0), note, COALESCE(expires_at, 0) FROM wallet_collect
		WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)`, id, tx.Now()).Scan(&c.Person, &c.Amount, &c.Note, &c.ExpiresAt)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrCollect
	}
	return c, err
}

// PayCollect transfers what a code asks for to whom it collects for. Errors as Transfer's, ErrCollect, ErrCollectAmount.
func PayCollect(ctx context.Context, tx *db.Tx, r Request, id string) error {
	c, err := FindCollect(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.Amount > 0 && c.Amount != r.Amount {
		return ErrCollectAmount
	}
	if c.Note != "" {
		r.Title = c.Note
	}
	r.Ref = collectRef + c.ID
	return Transfer(ctx, tx, r, c.Person)
}

const collectRef = "collect:"

// Collected lists what came in by a code, newest first.
func Collected(ctx context.Context, tx *db.Tx, c Collect, limit int) ([]ledger.Movement, error) {
	return Bills(ctx, tx, c.Person, ledger.Search{Kind: "transfer", Text: collectRef + c.ID, Limit: limit})
}
