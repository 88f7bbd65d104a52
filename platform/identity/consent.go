package identity

import (
	"context"
	"errors"
	"slices"

	"souk/kit/db"
)

// Silent is the scope that needs no consent: it tells a program only its own open_id.
const Silent = "auth_base"

// Scopes are what a person can be asked for, besides Silent.
var Scopes = []string{"auth_user", "phoneNumber", "address", "location", "camera", "album", "microphone", "clipboard", "member_card", "run_data"}

// Consent is what a person answered to one program about one scope.
type Consent struct {
	App     string
	Scope   string
	Granted bool
	At      int64 // ms
}

// Decide records an answer; revoking it ends the program's tokens that carry the scope. Error: ErrScopeUnknown.
func Decide(ctx context.Context, tx *db.Tx, app string, person PersonID, scope string, granted bool) error {
	if !slices.Contains(Scopes, scope) {
		return ErrScopeUnknown.With("%q", scope)
	}
	had := Allowed(ctx, tx, app, person, scope)
	if had != nil && !errors.Is(had, ErrConsentMissing) {
		return had
	}
	if _, err := tx.Exec(`INSERT INTO identity_consent (person_id, app_id, scope, granted, changed_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id, app_id, scope) DO UPDATE SET granted = excluded.granted, changed_at = excluded.changed_at`,
		string(person), app, scope, granted, tx.Now()); err != nil {
		return err
	}
	id, _ := secret()
	if _, err := tx.Exec(`INSERT INTO identity_consent_log (id, person_id, app_id, scope, granted, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		id, string(person), app, scope, granted, tx.Now()); err != nil || granted {
		return err
	}
	if had == nil {
		if err := announceWithdrawal(ctx, tx, app, person, scope); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`UPDATE identity_token SET ended_at = $1 WHERE person_id = $2 AND app_id = $3 AND ended_at IS NULL
		AND ' ' || scopes || ' ' LIKE $4`, tx.Now(), string(person), app, "% "+scope+" %")
	return err
}

// Allowed is nil when the person agreed to the scope, or it needs no consent. Errors: ErrScopeUnknown, ErrConsentMissing.
func Allowed(ctx context.Context, tx *db.Tx, app string, person PersonID, scope string) error {
	if scope == Silent {
		return nil
	}
	if !slices.Contains(Scopes, scope) {
		return ErrScopeUnknown.With("%q", scope)
	}
	var granted bool
	err := tx.QueryRow(`SELECT granted FROM identity_consent WHERE person_id = $1 AND app_id = $2 AND scope = $3`,
		string(person), app, scope).Scan(&granted)
	if errors.Is(err, db.ErrNoRows) || err == nil && !granted {
		return ErrConsentMissing.With("%s", scope)
	}
	return err
}

// Consents lists the answers a person gave, to one program or, with app "", to all; at most 500.
func Consents(ctx context.Context, tx *db.Tx, person PersonID, app string) ([]Consent, error) {
	return consents(tx, `SELECT app_id, scope, granted, changed_at FROM identity_consent
		WHERE person_id = $1 AND (app_id = $2 OR CAST($2 AS TEXT) = '') ORDER BY app_id, scope LIMIT 500`, string(person), app)
}

// ConsentLog lists every answer ever given, newest first; at most 500.
func ConsentLog(ctx context.Context, tx *db.Tx, person PersonID) ([]Consent, error) {
	return consents(tx, `SELECT app_id, scope, granted, at FROM identity_consent_log WHERE person_id = $1 ORDER BY at DESC, id LIMIT 500`, string(person))
}

func consents(tx *db.Tx, sql string, args ...any) ([]Consent, error) {
	rows, err := tx.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Consent{}
	for rows.Next() {
		var c Consent
		if err := rows.Scan(&c.App, &c.Scope, &c.Granted, &c.At); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, rows.Err()
}
