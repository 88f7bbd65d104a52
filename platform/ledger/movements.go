package ledger

import (
	"context"
	"math"
	"strings"

	"souk/kit/db"
)

// MaxPage is the most rows of one page of movements.
const MaxPage = 100

// Movement is one posting as its account's owner sees it. Amount is gained when positive.
type Movement struct {
	Entry  EntryID
	Kind   string
	Title  string
	Ref    string
	Amount int64
	At     int64 // ms
}

// Cursor is the place after a movement; the zero Cursor is before the newest.
type Cursor struct {
	At    int64
	Entry EntryID
}

// Search says which movements: of one account, from a moment on (From, inclusive) until another (To, exclusive; 0 is now), of one
// Kind ("" is all), whose title, ref or kind contains Text, older than After.
type Search struct {
	Account  AccountID
	From, To int64
	Kind     string
	Text     string
	After    Cursor
	Limit    int
}

// Movements answers one page, newest first. Ask again with After set to the last one's Cursor; a page shorter than Limit is the last.
func Movements(ctx context.Context, tx *db.Tx, s Search) ([]Movement, error) {
	if s.Limit <= 0 || s.Limit > MaxPage {
		s.Limit = MaxPage
	}
	if s.To == 0 {
		s.To = math.MaxInt64
	}
	if s.After.At == 0 {
		s.After.At = math.MaxInt64
	}
	like := "%" + likeEscape.Replace(strings.ToLower(s.Text)) + "%"
	page := []Movement{}
	err := each(tx, func(rows *db.Rows) error {
		var m Movement
		err := rows.Scan(&m.Entry, &m.Kind, &m.Title, &m.Ref, &m.Amount, &m.At)
		page = append(page, m)
		return err
	}, `SELECT e.id, e.kind, e.title, e.ref, p.amount, p.posted_at FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id
		WHERE p.account_id = $1 AND (p.posted_at, p.entry_id) < ($2, $3) AND p.posted_at >= $4 AND p.posted_at < $5
		AND (CAST($6 AS TEXT) = '' OR e.kind = $6) AND (lower(e.title) LIKE $7 ESCAPE '!' OR lower(e.ref) LIKE $7 ESCAPE '!' OR e.kind LIKE $7 ESCAPE '!')
		ORDER BY p.posted_at DESC, p.entry_id DESC LIMIT $8`,
		string(s.Account), s.After.At, string(s.After.Entry), s.From, s.To, s.Kind, like, int64(s.Limit))
	return page, err
}

var likeEscape = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// Cursor is the place after m.
func (m Movement) Cursor() Cursor { return Cursor{At: m.At, Entry: m.Entry} }
