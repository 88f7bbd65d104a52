package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
)

// What a code sent to a phone is for; one made for signing in changes no PIN.
const (
	ForSignIn = "signin"
	ForPIN    = "pin"
)

// Limits of codes sent to phones.
const (
	PhoneCodeMillis  = 5 * 60 * 1000
	PhoneCodeTries   = 5
	codesPerPhone    = 5   // an hour
	codesAltogether  = 600 // an hour: messages cost money
	hour             = 60 * 60 * 1000
	phoneCodeLength  = 6
	phoneNationality = "86" // of numbers written without their country
)

var (
	ErrPhoneInvalid = fault.New(fault.Invalid, "PHONE_INVALID", "a phone number has 5 to 15 digits, with its country's code unless it is a mobile number of China")
	ErrPhoneCode    = fault.New(fault.Forbidden, "PHONE_CODE_WRONG", "this code is wrong, used or too old; after five tries ask for a new one")
)

// ParsePhone reads a number as people write it, "+86 138-0000-0001" or "13800000001", into E.164 digits without plus.
func ParsePhone(s string) (string, error) {
	if len(s) > 32 {
		return "", ErrPhoneInvalid
	}
	plain := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(s)
	digits, foreign := strings.CutPrefix(plain, "+")
	if !foreign && len(digits) == 11 && digits[0] == '1' {
		digits = phoneNationality + digits
	}
	if digits == "" || !phoneOK(digits) {
		return "", ErrPhoneInvalid
	}
	return digits, nil
}

// NewPhoneCode makes the six digits to send to a phone, in place of earlier ones for the same purpose. Whoever sends them does so after the
// transaction. Errors: ErrTooOften (five an hour for a phone).
func NewPhoneCode(ctx context.Context, tx *db.Tx, purpose, phone string) (string, error) {
	if err := Spend(tx, "code/"+phone, codesPerPhone, hour); err != nil {
		return "", err
	}
	if err := Spend(tx, "code", codesAltogether, hour); err != nil {
		return "", err
	}
	code, nonce := digits("", phoneCodeLength), make([]byte, 16)
	rand.Read(nonce)
	_, err := tx.Exec(`INSERT INTO identity_phone_code (phone, purpose, nonce, hash, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (phone, purpose) DO UPDATE SET nonce = excluded.nonce, hash = excluded.hash, tries = 0, expires_at = excluded.expires_at`,
		phone, purpose, nonce, hashCode(nonce, code), tx.Now()+PhoneCodeMillis)
	return code, err
}

func hashCode(nonce []byte, code string) []byte {
	sum := sha256.Sum256(append(append([]byte{}, nonce...), code...))
	return sum[:]
}

// CheckPhoneCode proves that somebody has the phone. As with a PIN the try is counted, durably, before the digits are compared; the right
// ones work once. It owns its transactions because a refusal must stay counted. Error: ErrPhoneCode.
func CheckPhoneCode(ctx context.Context, d *db.DB, purpose, phone, code string) error {
	var nonce, hash []byte
	if err := d.Write(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(`UPDATE identity_phone_code SET tries = tries + 1 WHERE phone = $1 AND purpose = $2 AND expires_at > $3 AND tries < $4
			RETURNING nonce, hash`, phone, purpose, tx.Now(), int64(PhoneCodeTries)).Scan(&nonce, &hash)
		return orNotFound(err, ErrPhoneCode)
	}); err != nil {
		return err
	}
	if subtle.ConstantTimeCompare(hashCode(nonce, code), hash) != 1 {
		return ErrPhoneCode
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM identity_phone_code WHERE phone = $1 AND purpose = $2 AND hash = $3`, phone, purpose, hash)
		if err == nil && n == 0 {
			return ErrPhoneCode // another has used it in between
		}
		return err
	})
}

// Arrive finds who has a proven phone number, or makes a person of it, named by its last four digits; fresh is true then.
func Arrive(ctx context.Context, tx *db.Tx, phone string) (p Person, fresh bool, err error) {
	p, err = ByPhone(ctx, tx, phone)
	if !errors.Is(err, ErrPersonNotFound) {
		return p, false, err
	}
	end := phone[max(0, len(phone)-4):]
	p = Person{ID: NewPersonID(), Name: "Guest " + end, NameZh: "用户" + end, Phone: phone}
	return p, true, Add(ctx, tx, p)
}

// Rename changes how a person is called, in both languages. Errors: ErrPersonInvalid, ErrPersonNotFound.
func Rename(ctx context.Context, tx *db.Tx, person PersonID, name, nameZh string) error {
	if strings.TrimSpace(name) == "" || len(name) > 128 || len(nameZh) > 128 {
		return ErrPersonInvalid
	}
	n, err := tx.Exec(`UPDATE identity_person SET name = $1, name_zh = $2 WHERE id = $3 AND closed_at IS NULL`, name, nameZh, string(person))
	if err == nil && n == 0 {
		return ErrPersonNotFound
	}
	return err
}
