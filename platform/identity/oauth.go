package identity

import (
	"context"
	"errors"
	"strings"

	"souk/kit/db"
	"souk/kit/fault"
)

// Lifetimes in ms.
const (
	CodeMillis    = 3 * 60 * 1000
	AccessMillis  = 15 * day
	RefreshMillis = 30 * day
)

var (
	ErrCodeInvalid    = fault.New(fault.Invalid, "AUTH_CODE_INVALID", "this auth code is unknown, used or too old")
	ErrTokenInvalid   = fault.New(fault.Unauthorized, "AUTH_TOKEN_INVALID", "this token is unknown, used or too old")
	ErrScopeUnknown   = fault.New(fault.Invalid, "SCOPE_UNKNOWN", "no such scope")
	ErrConsentMissing = fault.New(fault.Forbidden, "CONSENT_MISSING", "the person has not agreed to this")
)

// Tokens are what a program's server gets for an auth code.
type Tokens struct {
	Link      Link
	Access    string
	Refresh   string
	Scopes    []string
	StartedAt int64
}

// NewAuthCode lets a program exchange a code, once and within three minutes, for tokens with these scopes.
// auth_base needs no consent; every other scope does. Errors: ErrScopeUnknown, ErrConsentMissing.
func NewAuthCode(ctx context.Context, tx *db.Tx, app string, person PersonID, scopes []string) (string, error) {
	for _, scope := range scopes {
		if err := Allowed(ctx, tx, app, person, scope); err != nil {
			return "", err
		}
	}
	code, hash := secret()
	_, err := tx.Exec(`INSERT INTO identity_auth_code (hash, app_id, person_id, scopes, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		hash, app, string(person), strings.Join(scopes, " "), tx.Now()+CodeMillis)
	return code, err
}

// Exchange trades an auth code for tokens. Only the program it was made for can, and only once. Error: ErrCodeInvalid.
func Exchange(ctx context.Context, tx *db.Tx, app, code string) (Tokens, error) {
	var person PersonID
	var scopes string
	err := tx.QueryRow(`UPDATE identity_auth_code SET used_at = $1 WHERE hash = $2 AND app_id = $3 AND used_at IS NULL AND expires_at > $1
		RETURNING person_id, scopes`, tx.Now(), hashOf(code), app).Scan(&person, &scopes)
	if err != nil {
		return Tokens{}, orNotFound(err, ErrCodeInvalid)
	}
	return grant(ctx, tx, app, person, scopes)
}

// Renew trades a refresh token for new tokens; the old one is spent. Error: ErrTokenInvalid.
func Renew(ctx context.Context, tx *db.Tx, app, refresh string) (Tokens, error) {
	var person PersonID
	var scopes string
	err := tx.QueryRow(`UPDATE identity_token SET ended_at = $1 WHERE hash = $2 AND kind = 'refresh' AND app_id = $3
		AND ended_at IS NULL AND expires_at > $1 RETURNING person_id, scopes`, tx.Now(), hashOf(refresh), app).Scan(&person, &scopes)
	if err != nil {
		return Tokens{}, orNotFound(err, ErrTokenInvalid)
	}
	return grant(ctx, tx, app, person, scopes)
}

func grant(ctx context.Context, tx *db.Tx, app string, person PersonID, scopes string) (Tokens, error) {
	link, err := LinkTo(ctx, tx, app, person)
	if err != nil {
		return Tokens{}, err
	}
	access, accessHash := secret()
	refresh, refreshHash := secret()
	_, err = tx.Exec(`INSERT INTO identity_token (hash, kind, app_id, person_id, scopes, made_at, expires_at)
		VALUES ($1, 'access', $2, $3, $4, $5, $6), ($7, 'refresh', $2, $3, $4, $5, $8)`,
		accessHash, app, string(person), scopes, tx.Now(), tx.Now()+AccessMillis, refreshHash, tx.Now()+RefreshMillis)
	return Tokens{Link: link, Access: access, Refresh: refresh, Scopes: strings.Fields(scopes), StartedAt: tx.Now()}, err
}

// ByAccess tells whom an access token of this program stands for, if it carries the scope and the person still agrees.
// Errors: ErrTokenInvalid, ErrConsentMissing.
func ByAccess(ctx context.Context, tx *db.Tx, app, access, scope string) (Person, error) {
	var person PersonID
	var scopes string
	err := tx.QueryRow(`SELECT person_id, scopes FROM identity_token WHERE hash = $1 AND kind = 'access' AND app_id = $2
		AND ended_at IS NULL AND expires_at > $3`, hashOf(access), app, tx.Now()).Scan(&person, &scopes)
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, ErrTokenInvalid
	}
	if err != nil {
		return Person{}, err
	}
	if !strings.Contains(" "+scopes+" ", " "+scope+" ") {
		return Person{}, ErrConsentMissing.With("the token lacks the scope %s", scope)
	}
	if err := Allowed(ctx, tx, app, person, scope); err != nil {
		return Person{}, err
	}
	return Find(ctx, tx, person)
}
