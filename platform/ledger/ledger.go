// Package ledger keeps the books: accounts in several units, entries whose lines sum to zero, and holds.
//
// Every value in Souk (yuan, points, gift cards, what is owed to a merchant, what came from a bank) is a balance here, in whole
// numbers. One sign everywhere: a positive amount is value that an account gains. The world outside is an account too, and may
// be negative, so that per unit all balances sum to zero at all times.
//
// Rules: an entry's id is chosen by the caller, posting it twice is posting it once, and posting other content under it is
// refused. Entries are never changed; a mistake is reversed by another entry. Accounts are touched in the order of their ids, each
// guarded in the WHERE of its own UPDATE, so opposite transfers do not deadlock and nothing goes below its floor. A busy
// account is striped: credits go to its stripes, a sweep gathers them. A job seals entries into a hash chain (seal.go).
//
// The room knows no persons, trades or merchants, calls nobody and has no effect but on the given transaction.
// Start reading at Post; then hold.go, and verify.go, which proves it all again from the postings.
package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"souk/kit/db"
	"souk/kit/fault"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the room's tables.
var Schema = db.Schema{Room: "ledger", Files: files}

// Limits. MaxAmount keeps sums far from the ends of an int64 (a thousand billion yuan in fen).
const (
	MaxAmount = 100_000_000_000_000
	MaxLines  = 64
	maxID     = 128
	maxText   = 256
)

var (
	ErrEntryInvalid    = fault.New(fault.Invalid, "ENTRY_INVALID", "this ledger entry is not well formed")
	ErrEntryMismatch   = fault.New(fault.Conflict, "ENTRY_MISMATCH", "another entry with this id and other content exists")
	ErrEntryNotFound   = fault.New(fault.NotFound, "ENTRY_NOT_FOUND", "no such ledger entry")
	ErrReversed        = fault.New(fault.Conflict, "ENTRY_REVERSED", "this entry was reversed already")
	ErrAccountNotFound = fault.New(fault.NotFound, "ACCOUNT_NOT_FOUND", "no such account")
	ErrAccountClosed   = fault.New(fault.Conflict, "ACCOUNT_CLOSED", "this account is closed")
	ErrAccountMismatch = fault.New(fault.Conflict, "ACCOUNT_MISMATCH", "this account exists with other properties")
	ErrBalance         = fault.New(fault.Conflict, "BALANCE_NOT_ENOUGH", "the balance is not enough")
	ErrDayLimit        = fault.New(fault.TooMany, "DAY_LIMIT_EXCEEDED", "this is more than may leave the account in a day")
)

// EntryID is chosen by the caller, at most 128 characters: "pay:2026…", "refund:2026…:1".
type EntryID string

// Line is one leg of an entry: the account gains Amount (or loses it, when negative) in Unit.
type Line struct {
	Account AccountID
	Unit    Unit
	Amount  int64
}

// Entry is a fact about value that moved. Lines sum to zero in each unit and name no account twice.
type Entry struct {
	ID       EntryID
	Kind     string // pay, refund, topup, …: a word for programs
	Title    string // a few words for the person whose bill shows it
	Ref      string // what it belongs to, for instance a trade number
	Reverses EntryID
	Lines    []Line
}

// Post books an entry. The answer is true when the very same entry had been posted before, and nothing moved now.
// Errors: ErrEntryInvalid, ErrEntryMismatch, ErrReversed, ErrAccountNotFound, ErrAccountClosed, ErrBalance, ErrDayLimit.
func Post(ctx context.Context, tx *db.Tx, e Entry) (repeated bool, err error) {
	return post(tx, e, nil)
}

// post books e and lets go of the given holds' amounts (by account) in the same touch of each account.
func post(tx *db.Tx, e Entry, release map[AccountID]int64) (repeated bool, err error) {
	lines, err := e.check()
	if err != nil {
		return false, err
	}
	e.Lines = lines
	digest := e.digest()
	repeated, err = insertEntry(tx, e, digest)
	if repeated || err != nil {
		return repeated, err
	}
	moves := make([]move, len(lines))
	steps := tx.Rows(postingHead, "", "", twoLines, e.postings(tx.Now())...)
	first := len(steps)
	for i, l := range lines { // sorted by account: see check
		moves[i] = move{account: l.Account, unit: l.Unit, amount: l.Amount, held: -release[l.Account]}
		steps = append(steps, moves[i].step(tx.Now()))
	}
	touched, err := tx.ExecAll(steps...)
	if err != nil {
		return false, err
	}
	for i, m := range moves {
		if touched[first+i] != 1 {
			return false, m.whyNot(tx)
		}
	}
	return false, nil
}

// check refuses malformed entries and returns the lines sorted by account.
func (e Entry) check() ([]Line, error) {
	switch {
	case e.ID == "" || len(e.ID) > maxID:
		return nil, ErrEntryInvalid.With("the id has %d characters, not 1 to %d", len(e.ID), maxID)
	case e.Kind == "" || len(e.Kind) > 32 || len(e.Title) > maxText || len(e.Ref) > maxID:
		return nil, ErrEntryInvalid.With("kind, title or ref is empty or too long")
	case len(e.Lines) < 2 || len(e.Lines) > MaxLines:
		return nil, ErrEntryInvalid.With("%d lines, not 2 to %d", len(e.Lines), MaxLines)
	}
	lines := slices.Clone(e.Lines)
	slices.SortFunc(lines, func(a, b Line) int { return cmp.Compare(a.Account, b.Account) })
	sums := map[Unit]int64{}
	for i, l := range lines {
		if l.Amount == 0 || l.Amount > MaxAmount || l.Amount < -MaxAmount {
			return nil, ErrEntryInvalid.With("amount %d of %s", l.Amount, l.Account)
		}
		if i > 0 && lines[i-1].Account == l.Account {
			return nil, ErrEntryInvalid.With("%s is named twice", l.Account)
		}
		if strings.ContainsFunc(string(l.Account), unicode.IsControl) || strings.ContainsFunc(string(l.Unit), unicode.IsSpace) {
			return nil, ErrEntryInvalid.With("account %q, unit %q", l.Account, l.Unit)
		}
		sums[l.Unit] += l.Amount
	}
	for unit, sum := range sums {
		if sum != 0 {
			return nil, ErrEntryInvalid.With("the lines in %s sum to %d, not to 0", unit, sum)
		}
	}
	return lines, nil
}

// digest is SHA-256 over the content; lines must be sorted. Every field is preceded by its length.
func (e Entry) digest() []byte {
	b := make([]byte, 0, 256)
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	for _, s := range []string{"1", string(e.ID), e.Kind, e.Title, e.Ref, string(e.Reverses)} {
		text(s)
	}
	for _, l := range e.Lines {
		text(string(l.Account))
		text(string(l.Unit))
		b = binary.AppendVarint(b, l.Amount)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// text is the lines as the entry's row keeps them: see schema/0002_lines.sql.
func (e Entry) text() string {
	b := make([]byte, 0, 64*len(e.Lines))
	for i, l := range e.Lines {
		if i > 0 {
			b = append(b, '\n')
		}
		b = strconv.AppendInt(b, l.Amount, 10)
		b = append(append(b, ' '), l.Unit...)
		b = append(append(b, ' '), l.Account...)
	}
	return string(b)
}

// readLines reads what text wrote. What does not look like a line gives one that check refuses.
func readLines(text string) (lines []Line) {
	for part := range strings.SplitSeq(text, "\n") {
		amount, rest, _ := strings.Cut(part, " ")
		unit, account, _ := strings.Cut(rest, " ")
		n, err := strconv.ParseInt(amount, 10, 64)
		if err != nil {
			n = 0
		}
		lines = append(lines, Line{Account: AccountID(account), Unit: Unit(unit), Amount: n})
	}
	return lines
}

// An entry that is there already is not inserted: its statement touches nothing.
const (
	entryHead = `INSERT INTO ledger_entry (id, kind, title, ref, reverses, digest, posted_at, lines)`
	entryTail = ` ON CONFLICT (id) DO NOTHING`
	entrySQL  = entryHead + ` VALUES ($1, $2, $3, $4, $5, $6, $7, $8)` + entryTail

	postingHead = `INSERT INTO ledger_posting (entry_id, line, shard, account_id, amount, posted_at)`
	twoLines    = 2 // of an entry, commonly
)

// row is what entrySQL takes.
func (e Entry) row(digest []byte, now int64) []any {
	var reverses *string
	if e.Reverses != "" {
		reverses = (*string)(&e.Reverses)
	}
	return []any{string(e.ID), e.Kind, e.Title, e.Ref, reverses, digest, now, e.text()}
}

func insertEntry(tx *db.Tx, e Entry, digest []byte) (repeated bool, err error) {
	n, err := tx.Exec(entrySQL, e.row(digest, tx.Now())...)
	if db.IsUnique(err) {
		return false, ErrReversed.With("%s", e.Reverses)
	}
	if err != nil || n == 1 {
		return false, err
	}
	var was []byte
	if err := tx.QueryRow(`SELECT digest FROM ledger_entry WHERE id = $1`, string(e.ID)).Scan(&was); err != nil {
		return false, err
	}
	if string(was) != string(digest) {
		return false, ErrEntryMismatch.With("%s", e.ID)
	}
	return true, nil
}

// postings are the rows of an entry's lines.
func (e Entry) postings(now int64) [][]any {
	rows := make([][]any, len(e.Lines))
	for i, l := range e.Lines {
		rows[i] = []any{string(e.ID), int64(i), l.Account.Shard(), string(l.Account), l.Amount, now}
	}
	return rows
}

// Reverse posts the opposite of an entry under the id given. An entry is reversed at most once.
func Reverse(ctx context.Context, tx *db.Tx, entry, as EntryID, title string) (repeated bool, err error) {
	e, err := Read(ctx, tx, entry)
	if err != nil {
		return false, err
	}
	back := Entry{ID: as, Kind: "reversal", Title: title, Ref: e.Ref, Reverses: e.ID}
	for _, l := range e.Lines {
		back.Lines = append(back.Lines, Line{Account: l.Account, Unit: l.Unit, Amount: -l.Amount})
	}
	return post(tx, back, nil)
}

// Read finds an entry with its lines. Error: ErrEntryNotFound.
func Read(ctx context.Context, tx *db.Tx, id EntryID) (Entry, error) {
	e := Entry{ID: id}
	var reverses *string
	var lines string
	err := tx.QueryRow(`SELECT kind, title, ref, reverses, lines FROM ledger_entry WHERE id = $1`, string(id)).
		Scan(&e.Kind, &e.Title, &e.Ref, &reverses, &lines)
	if errors.Is(err, db.ErrNoRows) {
		return e, ErrEntryNotFound.With("%s", id)
	}
	if reverses != nil {
		e.Reverses = EntryID(*reverses)
	}
	e.Lines = readLines(lines)
	return e, err
}
