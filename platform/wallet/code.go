package wallet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
)

// CodeMillis is how long a payment code is good.
const CodeMillis = 60 * 1000

// maxCodes is how many codes a person may have at once: a screen that is opened again and again makes a new one each time.
const maxCodes = 20

var (
	// ErrCode refuses a payment code that is unknown, used or too old.
	ErrCode     = fault.New(fault.Invalid, "PAYMENT_AUTH_CODE_INVALID", "this payment code is unknown, used or too old")
	ErrCodeMany = fault.New(fault.TooMany, "PAYMENT_CODE_TOO_MANY", "there are too many payment codes at once; wait a minute")
)

// NewCode makes a payment code: 18 digits beginning 28, good once, for a minute. Error: ErrCodeMany.
func NewCode(ctx context.Context, tx *db.Tx, person identity.PersonID) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e16))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("28%016d", n)
	if _, err := tx.Exec(`DELETE FROM wallet_code WHERE person_id = $1 AND expires_at < $2`, person, tx.Now()-60*CodeMillis); err != nil {
		return "", err
	}
	var live int64
	if err := tx.QueryRow(`SELECT COUNT(*) FROM wallet_code WHERE person_id = $1 AND used_by IS NULL AND expires_at > $2`, person, tx.Now()).Scan(&live); err != nil {
		return "", err
	}
	if live >= maxCodes {
		return "", ErrCodeMany
	}
	_, err = tx.Exec(`INSERT INTO wallet_code (code, person_id, made_at, expires_at) VALUES ($1, $2, $3, $4)`, code, person, tx.Now(), tx.Now()+CodeMillis)
	return code, err
}

// UseCode claims a code for one use (a trade's number) and tells whose it is; the same use may claim it again, so that a
// repeated request finds its person. Error: ErrCode.
func UseCode(ctx context.Context, tx *db.Tx, code, use string) (identity.PersonID, error) {
	var person identity.PersonID
	err := tx.QueryRow(`UPDATE wallet_code SET used_by = $1 WHERE code = $2 AND (used_by = $1 OR used_by IS NULL AND expires_at > $3) RETURNING person_id`,
		use, code, tx.Now()).Scan(&person)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrCode
	}
	return person, err
}

// CodeUse tells what a person's own code was used for; "" while it was not. Error: ErrCode for another's, and for one that ended unused.
func CodeUse(ctx context.Context, tx *db.Tx, person identity.PersonID, code string) (use string, err error) {
	err = tx.QueryRow(`SELECT COALESCE(used_by, '') FROM wallet_code WHERE code = $1 AND person_id = $2 AND (used_by IS NOT NULL OR expires_at > $3)`,
		code, person, tx.Now()).Scan(&use)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrCode
	}
	return use, err
}
