package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/alexedwards/argon2id"

	"souk/kit/db"
	"souk/kit/fault"
)

// PINTries wrong PINs in a row lock the PIN for PINLockMillis.
const (
	PINTries      = 5
	PINLockMillis = 3 * 60 * 60 * 1000
)

var (
	ErrPINInvalid = fault.New(fault.Invalid, "PIN_INVALID", "a PIN has six digits")
	ErrPINWeak    = fault.New(fault.Invalid, "PIN_WEAK", "this PIN is too easy to guess")
	ErrPINMissing = fault.New(fault.Conflict, "PIN_MISSING", "this person has set no PIN")
	ErrPINWrong   = fault.New(fault.Forbidden, "PIN_WRONG", "the PIN is wrong")
	ErrPINLocked  = fault.New(fault.TooMany, "PIN_LOCKED", "too many wrong PINs; paying is locked for a while")
)

// argon bounds one PIN check to 19 MiB and some 30 ms, and hashing keeps the number that run at once to two.
var (
	argon   = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	hashing = make(chan struct{}, 2)
)

// HashPIN prepares a PIN for SetPIN, outside any transaction because it is slow on purpose. Errors: ErrPINInvalid, ErrPINWeak.
func HashPIN(ctx context.Context, pin string) (string, error) {
	if !pinOK(pin) {
		return "", ErrPINInvalid
	}
	if strings.Count(pin, pin[:1]) == len(pin) || strings.Contains("01234567890", pin) || strings.Contains("9876543210", pin) {
		return "", ErrPINWeak
	}
	var hash string
	err := oneOfFew(ctx, func() (err error) {
		hash, err = argon2id.CreateHash(pin, argon)
		return err
	})
	return hash, err
}

// SetPIN stores what HashPIN made, and forgets wrong tries.
func SetPIN(ctx context.Context, tx *db.Tx, person PersonID, hash string) error {
	_, err := tx.Exec(`INSERT INTO identity_pin (person_id, hash) VALUES ($1, $2)
		ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, tries = 0, locked_until = 0, changes = identity_pin.changes + 1`, string(person), hash)
	return err
}

// ErrPINSet refuses a first PIN where there is one.
var ErrPINSet = fault.New(fault.Conflict, "PIN_SET", "there is a PIN already; changing it needs the old one, or a code sent to the phone")

// SetFirstPIN stores what HashPIN made for a person who has no PIN yet. Error: ErrPINSet.
func SetFirstPIN(ctx context.Context, tx *db.Tx, person PersonID, hash string) error {
	n, err := tx.Exec(`INSERT INTO identity_pin (person_id, hash, changes) VALUES ($1, $2, 1) ON CONFLICT (person_id) DO NOTHING`, string(person), hash)
	if err == nil && n == 0 {
		return ErrPINSet
	}
	return err
}

// HasPIN tells whether the person has set one.
func HasPIN(ctx context.Context, tx *db.Tx, person PersonID) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT COUNT(*) FROM identity_pin WHERE person_id = $1`, string(person)).Scan(&n)
	return n > 0, err
}

// PINState is what a person may know of their own PIN.
type PINState struct {
	Set         bool
	Changed     bool  // the person chose it; it is not the one that a demo gave
	TriesLeft   int64 // before it locks
	LockedUntil int64 // ms; 0 when it is not locked
}

// ReadPIN tells how a person's PIN stands.
func ReadPIN(ctx context.Context, tx *db.Tx, person PersonID) (PINState, error) {
	s := PINState{TriesLeft: PINTries}
	var tries, until, changes int64
	err := tx.QueryRow(`SELECT tries, locked_until, changes FROM identity_pin WHERE person_id = $1`, string(person)).Scan(&tries, &until, &changes)
	if errors.Is(err, db.ErrNoRows) {
		return s, nil
	}
	s.Set, s.Changed = true, changes > 0
	if tries >= PINTries && until > tx.Now() {
		s.LockedUntil, s.TriesLeft = until, 0
	} else if tries < PINTries {
		s.TriesLeft = PINTries - tries
	}
	return s, err
}

// CheckPIN proves the person by PIN. The try is counted, durably, before the PIN is compared, so that guessing in parallel, or
// pulling the plug, gains no try; a right PIN forgets the count. It owns its transactions because a refusal must stay counted and
// the hash is too slow for inside. Errors: ErrPINWrong (says how many tries are left), ErrPINLocked, ErrPINMissing, ErrPINInvalid.
func CheckPIN(ctx context.Context, d *db.DB, person PersonID, pin string) error {
	if !pinOK(pin) {
		return ErrPINInvalid
	}
	var hash string
	var left int64
	if err := d.Write(ctx, func(tx *db.Tx) (err error) {
		hash, left, err = countTry(tx, person)
		return err
	}); err != nil {
		return err
	}
	right := false
	if err := oneOfFew(ctx, func() (err error) {
		right, err = argon2id.ComparePasswordAndHash(pin, hash)
		return err
	}); err != nil {
		return err
	}
	if !right && left == 0 {
		return ErrPINLocked
	}
	if !right {
		return ErrPINWrong.With("%d tries left", left)
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE identity_pin SET tries = 0, locked_until = 0 WHERE person_id = $1 AND hash = $2`, string(person), hash)
		return err
	})
}

func countTry(tx *db.Tx, person PersonID) (hash string, left int64, err error) {
	var tries int64
	err = tx.QueryRow(`UPDATE identity_pin SET tries = CASE WHEN tries < $1 THEN tries + 1 ELSE 1 END,
		locked_until = CASE WHEN tries = $1 - 1 THEN CAST($2 AS BIGINT) ELSE 0 END
		WHERE person_id = $3 AND (tries < $1 OR locked_until <= $4) RETURNING hash, tries`,
		int64(PINTries), tx.Now()+PINLockMillis, string(person), tx.Now()).Scan(&hash, &tries)
	if !errors.Is(err, db.ErrNoRows) {
		return hash, PINTries - tries, err
	}
	has, err := HasPIN(context.Background(), tx, person)
	if err == nil && !has {
		return "", 0, ErrPINMissing
	}
	if err == nil {
		err = ErrPINLocked
	}
	return "", 0, err
}

func pinOK(pin string) bool {
	return len(pin) == 6 && strings.Trim(pin, "0123456789") == ""
}

// oneOfFew runs f when fewer than two others run, or gives up with ctx.
func oneOfFew(ctx context.Context, f func() error) error {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-hashing }()
	return f()
}
