package ledger

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"

	"souk/kit/db"
	"souk/kit/fault"
)

var (
	ErrHoldNotFound = fault.New(fault.NotFound, "HOLD_NOT_FOUND", "no such hold")
	ErrHoldMismatch = fault.New(fault.Conflict, "HOLD_MISMATCH", "another hold with this id and other content exists")
	ErrHoldEnded    = fault.New(fault.Conflict, "HOLD_ENDED", "this hold has ended")
	ErrHoldExceeded = fault.New(fault.Conflict, "HOLD_EXCEEDED", "this is more than the hold reserves")
)

// HoldID is chosen by the caller.
type HoldID string

// Hold reserves Amount of an account until ExpiresAt (ms). It ends exactly once: posted (up to the amount, the rest becomes
// available again), voided, or expired.
type Hold struct {
	ID        HoldID
	Account   AccountID
	Unit      Unit
	Amount    int64
	ExpiresAt int64
	State     string // held, posted, voided, expired
	Used      int64
	Entry     EntryID // the entry that used it
}

// Place makes a hold; the very same one again changes nothing and answers true.
// Errors: ErrHoldMismatch, ErrBalance, ErrDayLimit, ErrAccountNotFound, ErrAccountClosed.
func Place(ctx context.Context, tx *db.Tx, h Hold) (repeated bool, err error) {
	if h.ID == "" || len(h.ID) > maxID || h.Amount <= 0 || h.Amount > MaxAmount || h.ExpiresAt <= tx.Now() {
		return false, ErrEntryInvalid.With("hold %q of %d", h.ID, h.Amount)
	}
	n, err := tx.Exec(`INSERT INTO ledger_hold (id, account_id, amount, state, made_at, expires_at)
		VALUES ($1, $2, $3, 'held', $4, $5) ON CONFLICT (id) DO NOTHING`,
		string(h.ID), string(h.Account), h.Amount, tx.Now(), h.ExpiresAt)
	if err != nil {
		return false, err
	}
	if n == 1 {
		return false, move{account: h.Account, unit: h.Unit, held: h.Amount}.apply(tx)
	}
	was, err := FindHold(ctx, tx, h.ID)
	if err == nil && (was.Account != h.Account || was.Amount != h.Amount) {
		err = ErrHoldMismatch.With("%s", h.ID)
	}
	return true, err
}

// FindHold reads a hold. Error: ErrHoldNotFound.
func FindHold(ctx context.Context, tx *db.Tx, id HoldID) (Hold, error) {
	h := Hold{ID: id}
	var entry *string
	err := tx.QueryRow(`SELECT account_id, amount, expires_at, state, used, entry_id FROM ledger_hold WHERE id = $1`, string(id)).
		Scan(&h.Account, &h.Amount, &h.ExpiresAt, &h.State, &h.Used, &entry)
	if errors.Is(err, db.ErrNoRows) {
		return h, ErrHoldNotFound.With("%s", id)
	}
	if entry != nil {
		h.Entry = EntryID(*entry)
	}
	return h, err
}

// Capture ends a hold by posting e, which takes at most the held amount from the hold's account; what is left over is
// available again. The same e again changes nothing and answers true.
// Errors: those of Post, ErrHoldNotFound, ErrHoldEnded, ErrHoldExceeded.
func Capture(ctx context.Context, tx *db.Tx, id HoldID, e Entry) (repeated bool, err error) {
	h, err := FindHold(ctx, tx, id)
	if err != nil {
		return false, err
	}
	if h.Entry == e.ID {
		return post(tx, e, nil)
	}
	used := int64(0)
	for _, l := range e.Lines {
		if l.Account == h.Account {
			used = -l.Amount
		}
	}
	if used <= 0 || used > h.Amount {
		return false, ErrHoldExceeded.With("%d of %d", used, h.Amount)
	}
	n, err := tx.Exec(`UPDATE ledger_hold SET state = 'posted', used = $1, entry_id = $2, ended_at = $3
		WHERE id = $4 AND CASE state WHEN 'held' THEN expires_at END > $3 AND amount >= $1`, used, string(e.ID), tx.Now(), string(id))
	if err != nil {
		return false, err
	}
	if n == 0 {
		return false, ErrHoldEnded.With("%s", id)
	}
	repeated, err = post(tx, e, map[AccountID]int64{h.Account: h.Amount})
	if err == nil && repeated {
		return false, ErrEntryMismatch.With("%s was posted without this hold", e.ID)
	}
	return repeated, err
}

// Void ends a hold without using it; voiding it again changes nothing and answers true. Errors: ErrHoldNotFound, ErrHoldEnded.
func Void(ctx context.Context, tx *db.Tx, id HoldID) (repeated bool, err error) {
	h, err := FindHold(ctx, tx, id)
	if err != nil || h.State == "voided" {
		return h.State == "voided", err
	}
	ended, err := h.end(tx, "voided")
	if err == nil && !ended {
		return false, ErrHoldEnded.With("%s", id)
	}
	return false, err
}

// end claims the hold for the state given and gives its amount back to the account; false when another was first.
func (h Hold) end(tx *db.Tx, state string) (bool, error) {
	n, err := tx.Exec(`UPDATE ledger_hold SET state = $1, ended_at = $2 WHERE id = $3 AND CASE state WHEN 'held' THEN true END`, state, tx.Now(), string(h.ID))
	if err != nil || n == 0 {
		return false, err
	}
	n, err = tx.Exec(`UPDATE ledger_account SET held = held - $1 WHERE id = $2 AND held >= $1`, h.Amount, string(h.Account))
	if err == nil && n != 1 {
		panic("ledger: account " + string(h.Account) + " holds less than its holds")
	}
	return true, err
}

// Expire ends up to limit holds whose time is over, and answers how many. A job calls it until it answers less than limit.
func Expire(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	rows, err := tx.Query(`SELECT id, account_id, amount FROM ledger_hold WHERE state = 'held' AND expires_at <= $1
		ORDER BY expires_at, id LIMIT $2`, tx.Now(), int64(limit))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	holds := []Hold{}
	for rows.Next() {
		var h Hold
		if err := rows.Scan(&h.ID, &h.Account, &h.Amount); err != nil {
			return 0, err
		}
		holds = append(holds, h)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	rows.Close()
	slices.SortFunc(holds, func(a, b Hold) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.ID, b.ID))
	})
	for _, h := range holds {
		if _, err := h.end(tx, "expired"); err != nil {
			return 0, err
		}
	}
	return len(holds), nil
}

func randomID() string {
	b := make([]byte, 12)
	rand.Read(b)
	return hex.EncodeToString(b)
}
