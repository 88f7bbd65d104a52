package identity

import (
	"context"
	"encoding/hex"
	"slices"

	"souk/kit/db"
	"souk/kit/fault"
)

// ErrSessionUnknown refuses to end what is not there.
var ErrSessionUnknown = fault.New(fault.NotFound, "SESSION_UNKNOWN", "there is no such session")

// maxSessions bounds a person's list; a new session beyond it ends the oldest.
const maxSessions = 50

const maxAgent = 256

// SignedIn is one session as its person sees it.
type SignedIn struct {
	ID      string // not the token: names the session to its own person only
	Agent   string // the browser as it named itself; "" unknown
	MadeAt  int64
	EndsAt  int64
	Current bool // the session that asks

	hash []byte
}

// StartSessionOn signs a person in with a browser that names itself so, and answers the token for the cookie. Error: ErrPersonNotFound.
func StartSessionOn(ctx context.Context, tx *db.Tx, person PersonID, agent string) (token string, err error) {
	if token, err = StartSession(ctx, tx, person); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`UPDATE identity_session SET agent = $1 WHERE hash = $2`, clip(agent, maxAgent), hashOf(token)); err != nil {
		return "", err
	}
	all, err := Sessions(ctx, tx, person, token)
	for _, old := range all[min(len(all), maxSessions):] {
		if _, err := tx.Exec(`DELETE FROM identity_session WHERE hash = $1`, old.hash); err != nil {
			return "", err
		}
	}
	return token, err
}

// Sessions lists where a person is signed in, newest first. token is the session that asks.
func Sessions(ctx context.Context, tx *db.Tx, person PersonID, token string) ([]SignedIn, error) {
	rows, err := tx.Query(`SELECT hash, agent, made_at, expires_at FROM identity_session WHERE person_id = $1 AND expires_at > $2
		ORDER BY made_at DESC, expires_at DESC LIMIT 500`, string(person), tx.Now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	own, list := hashOf(token), []SignedIn{}
	for rows.Next() {
		var s SignedIn
		if err := rows.Scan(&s.hash, &s.Agent, &s.MadeAt, &s.EndsAt); err != nil {
			return nil, err
		}
		s.ID, s.Current = hex.EncodeToString(s.hash[:8]), slices.Equal(s.hash, own)
		list = append(list, s)
	}
	return list, rows.Err()
}

// EndSessions signs a person out of the session named, or of all others than token's when id is "". Error: ErrSessionUnknown.
func EndSessions(ctx context.Context, tx *db.Tx, person PersonID, token, id string) (ended int, err error) {
	all, err := Sessions(ctx, tx, person, token)
	if err != nil {
		return 0, err
	}
	for _, s := range all {
		if id == "" && s.Current || id != "" && s.ID != id {
			continue
		}
		if _, err := tx.Exec(`DELETE FROM identity_session WHERE hash = $1 AND person_id = $2`, s.hash, string(person)); err != nil {
			return ended, err
		}
		ended++
	}
	if ended == 0 && id != "" {
		return 0, ErrSessionUnknown
	}
	return ended, nil
}

// clip cuts s at a whole character.
func clip(s string, most int) string {
	for i := range s {
		if i > most {
			return s[:i]
		}
	}
	return s
}
