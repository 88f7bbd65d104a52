// Package cardpack is what a person holds of merchants: cards, vouchers and tickets, each a pass with a number, a face and a state.
//
// A merchant's app issues a pass to a person under its own number (Serial), once: the same again answers the pass that is there. A pass is usable
// until it is used (vouchers and tickets, once), expires or is withdrawn, and never comes back. What happened is appended as pass.issued,
// pass.changed, pass.used, pass.expired and pass.withdrawn. This room knows what is held, not what it is worth: it computes no discount, moves
// no money and knows no HTTP; Params and a template's content belong to the door that made them. Start reading at Pass, then Issue, Change and Use.
package cardpack

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/money"
	"souk/platform/identity"
	"souk/platform/merchant"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "cardpack", Files: files}

var (
	ErrNotFound     = fault.New(fault.NotFound, "PASS_NOT_FOUND", "there is no such card, voucher or ticket")
	ErrInvalid      = fault.New(fault.Invalid, "PASS_INVALID", "this pass is not well formed")
	ErrInconsistent = fault.New(fault.Conflict, "PASS_CONTENT_DIFFERS", "this number was used for another pass")
	ErrFull         = fault.New(fault.TooMany, "PASS_TOO_MANY", "the person holds too many usable passes of this merchant")
	ErrUsed         = fault.New(fault.Conflict, "PASS_USED", "this pass was used already")
	ErrExpired      = fault.New(fault.Conflict, "PASS_EXPIRED", "this pass has expired")
	ErrEarly        = fault.New(fault.Conflict, "PASS_EARLY", "this pass is not valid yet")
	ErrVoid         = fault.New(fault.Conflict, "PASS_VOID", "this pass was withdrawn")
	ErrCard         = fault.New(fault.Conflict, "PASS_IS_CARD", "a card is shown as often as one likes and never used up")
	ErrTemplate     = fault.New(fault.NotFound, "PASS_TEMPLATE_NOT_FOUND", "there is no such template of this app")
	ErrTemplateBad  = fault.New(fault.Invalid, "PASS_TEMPLATE_INVALID", "this template is not well formed")
)

// Bounds: characters of texts, bytes of JSON, and how many.
const (
	MaxTitle    = 64
	MaxLine     = 160
	MaxLabel    = 40
	MaxValue    = 1000
	MaxFacts    = 30
	MaxCode     = 128 // bytes: what a QR code that a phone shows still reads well
	MaxParams   = 16 << 10
	MaxContent  = 64 << 10
	MaxOfOne    = 200 // usable passes of one merchant with one person
	MaxPage     = 50
	maxSerial   = 64
	maxPagePath = 1024
)

// ID is Souk's number of a pass (passId).
type ID string

// Kind is what sort of pass it is.
type Kind string

const (
	Card    Kind = "card"
	Voucher Kind = "voucher"
	Ticket  Kind = "ticket"
)

// State is where a pass stands.
type State string

const (
	Usable  State = "usable"
	Used    State = "used"
	Expired State = "expired"
	Void    State = "void"
)

// Fact is a line on a pass: "Valid at", "every Northpier". The Zh twins may be empty.
type Fact struct {
	Label   string `json:"label"`
	LabelZh string `json:"labelZh,omitempty"`
	Value   string `json:"value"`
	ValueZh string `json:"valueZh,omitempty"`
}

// Face is what a person sees of a pass.
type Face struct {
	Title, TitleZh string
	Line, LineZh   string     // under the title
	Colour         string     // #rrggbb, "" for the pack's own
	Amount         *money.Fen // a card's balance or a voucher's face value
	Facts          []Fact
	Code           string // what its barcode and QR code say
	Page           string // the program's page about it, with its query
	ValidFrom      int64  // ms; 0 at once
	ValidUntil     int64  // ms; 0 for good
}

// Order is a pass to issue.
type Order struct {
	Kind     Kind
	App      merchant.AppID
	Person   identity.PersonID
	Serial   string // the merchant's own number
	Template string // "" without one
	Params   string // JSON of the issuer's door; "" is {}
	Face
}

// Pass is a card, voucher or ticket that a person holds.
type Pass struct {
	Order
	ID        ID
	Merchant  merchant.ID
	State     State // as it was written: At says how it is now
	UsedCode  string
	MadeAt    int64
	ChangedAt int64
	EndedAt   int64
	Removed   bool // by the person, from the pack
	hash      string
}

// At is the pass's state at a moment: its time may be over before the chore has written so.
func (p Pass) At(now int64) State {
	if p.State == Usable && p.ValidUntil > 0 && p.ValidUntil <= now {
		return Expired
	}
	return p.State
}

const columns = `pass_id, kind, app_id, merchant_id, person_id, serial, template_id, params, issue_hash, title, title_zh, line, line_zh, colour,
	amount_fen, facts, code, page, valid_from, valid_until, state, used_code, made_at, changed_at, COALESCE(ended_at, 0), removed`

func scan(row db.Scanner) (p Pass, err error) {
	var facts string
	err = row.Scan(&p.ID, &p.Kind, &p.App, &p.Merchant, &p.Person, &p.Serial, &p.Template, &p.Params, &p.hash, &p.Title, &p.TitleZh, &p.Line, &p.LineZh,
		&p.Colour, &p.Amount, &facts, &p.Code, &p.Page, &p.ValidFrom, &p.ValidUntil, &p.State, &p.UsedCode, &p.MadeAt, &p.ChangedAt, &p.EndedAt, &p.Removed)
	if errors.Is(err, db.ErrNoRows) {
		return p, ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(facts), &p.Facts)
	}
	return p, err
}

// Find reads a person's pass. Error: ErrNotFound, for another's and for one that was removed too.
func Find(_ context.Context, tx *db.Tx, person identity.PersonID, id ID) (Pass, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM cardpack_pass WHERE pass_id = $1 AND person_id = $2 AND NOT removed`, id, person))
}

// FindSerial reads a merchant's pass by the merchant's own number. Error: ErrNotFound.
func FindSerial(_ context.Context, tx *db.Tx, m merchant.ID, serial string) (Pass, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM cardpack_pass WHERE merchant_id = $1 AND serial = $2`, m, serial))
}

// FindOf reads a merchant's pass by Souk's number. Error: ErrNotFound.
func FindOf(_ context.Context, tx *db.Tx, m merchant.ID, id ID) (Pass, error) {
	return scan(tx.QueryRow(`SELECT `+columns+` FROM cardpack_pass WHERE pass_id = $1 AND merchant_id = $2`, id, m))
}

// Search says which of a person's passes to list.
type Search struct {
	Kind     Kind        // "" for every kind
	Merchant merchant.ID // "" for every merchant
	Over     bool        // those that can be used no more, instead of those that can
	Before   int64       // with BeforeID, where the page before ended
	BeforeID ID
}

// Of lists a person's passes, those issued last first, at most MaxPage.
func Of(_ context.Context, tx *db.Tx, person identity.PersonID, s Search) ([]Pass, error) {
	usable := `state = 'usable' AND (valid_until = 0 OR valid_until > $2)`
	if s.Over {
		usable = `NOT (` + usable + `)`
	}
	if s.Before == 0 {
		s.Before = tx.Now() + 1
	}
	rows, err := tx.Query(`SELECT `+columns+` FROM cardpack_pass WHERE person_id = $1 AND NOT removed AND `+usable+` AND ($3 = '' OR kind = $3) AND ($4 = '' OR merchant_id = $4)
		AND (made_at, pass_id) < ($5, $6) ORDER BY made_at DESC, pass_id DESC LIMIT $7`, person, tx.Now(), s.Kind, s.Merchant, s.Before, s.BeforeID, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Pass{}
	for rows.Next() {
		p, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// Merchants lists whose passes a person holds, in the order of their ids, at most MaxPage.
func Merchants(_ context.Context, tx *db.Tx, person identity.PersonID) ([]merchant.ID, error) {
	rows, err := tx.Query(`SELECT DISTINCT merchant_id FROM cardpack_pass WHERE person_id = $1 AND NOT removed ORDER BY merchant_id LIMIT $2`, person, MaxPage)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []merchant.ID{}
	for rows.Next() {
		var id merchant.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, rows.Err()
}

var colour = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func (o Order) check() error {
	switch {
	case o.Kind != Card && o.Kind != Voucher && o.Kind != Ticket:
		return ErrInvalid.With("its kind is card, voucher or ticket")
	case o.Person == "":
		return ErrInvalid.With("somebody must hold it")
	case o.Serial == "" || len(o.Serial) > maxSerial || !printable(o.Serial):
		return ErrInvalid.With("its number has 1 to %d characters", maxSerial)
	case len(o.Params) > MaxParams:
		return ErrInvalid.With("its parameters have more than %d bytes", MaxParams)
	}
	return o.Face.check()
}

func (f Face) check() error {
	switch {
	case f.Title == "" || long(MaxTitle, f.Title, f.TitleZh):
		return ErrInvalid.With("its title has 1 to %d characters", MaxTitle)
	case long(MaxLine, f.Line, f.LineZh):
		return ErrInvalid.With("the line under its title has at most %d characters", MaxLine)
	case f.Colour != "" && !colour.MatchString(f.Colour):
		return ErrInvalid.With("its colour is #rrggbb")
	case f.Amount != nil && (*f.Amount < 0 || *f.Amount > money.Max):
		return ErrInvalid.With("its amount is at most %s", money.Max.Yuan())
	case len(f.Facts) > MaxFacts:
		return ErrInvalid.With("more than %d lines", MaxFacts)
	case len(f.Code) > MaxCode || !printable(f.Code):
		return ErrInvalid.With("its code has at most %d bytes", MaxCode)
	case len(f.Page) > maxPagePath || strings.Contains(f.Page, "://") || !printable(f.Page):
		return ErrInvalid.With("its page is a path of the program with its query")
	case f.ValidFrom < 0 || f.ValidUntil < 0 || f.ValidUntil > 0 && f.ValidUntil <= f.ValidFrom:
		return ErrInvalid.With("its end comes after its beginning")
	}
	for _, fact := range f.Facts {
		if fact.Label == "" || long(MaxLabel, fact.Label, fact.LabelZh) || long(MaxValue, fact.Value, fact.ValueZh) {
			return ErrInvalid.With("a line has a label of 1 to %d characters and a value of at most %d", MaxLabel, MaxValue)
		}
	}
	return nil
}

func long(most int, texts ...string) bool {
	for _, text := range texts {
		if utf8.RuneCountInString(text) > most {
			return true
		}
	}
	return false
}

func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}
