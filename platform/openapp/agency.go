package openapp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
)

// Refusals of agency.
var (
	ErrGrantCode    = fault.New(fault.Invalid, "AUTH_CODE_NOT_VALID", "this app_auth_code is unknown, used, too old or another app's")
	ErrGrantRefresh = fault.New(fault.Invalid, "REFRESH_TOKEN_NOT_VALID", "this app_refresh_token is unknown, used, too old or another app's")
	ErrGrantToken   = fault.New(fault.Unauthorized, "AUTH_TOKEN_NOT_EXISTED", "this app_auth_token is unknown, ended or another app's")
	ErrGrantOld     = fault.New(fault.Unauthorized, "AUTH_TOKEN_TIME_OUT", "this app_auth_token is too old; renew it")
	ErrGrantSelf    = fault.New(fault.Invalid, "GRANT_SELF", "an app needs no permission to act for itself")
	ErrNoGrant      = fault.New(fault.NotFound, "GRANT_NOT_FOUND", "this app does not act for the other")
)

// Lifetimes of what a grant gives.
const (
	GrantCodeLife    = 24 * time.Hour
	GrantTokenLife   = 365 * 24 * time.Hour
	GrantRefreshLife = 372 * 24 * time.Hour
)

// MaxGrants bounds Grants.
const MaxGrants = 100

// Grant says that Agent may act for App.
type Grant struct {
	Agent, App string
	GrantedAt  int64 // ms
	EndedAt    int64 // 0 while it holds
}

// GrantTokens are what an agent gets for a code.
type GrantTokens struct {
	App             string
	Access, Refresh string
	StartedAt       int64 // ms
}

// Allow lets agent act for app, and makes the code that agent exchanges for tokens. Errors: ErrUnknown when agent is no app of the open API, ErrGrantSelf.
func Allow(ctx context.Context, tx *db.Tx, app, agent string) (code string, err error) {
	if app == agent {
		return "", ErrGrantSelf
	}
	if _, err := Find(ctx, tx, agent); err != nil {
		return "", err
	}
	if _, err := tx.Exec(`INSERT INTO openapp_grant (agent, app_id, granted_at) VALUES ($1, $2, $3)
		ON CONFLICT (agent, app_id) DO UPDATE SET granted_at = $3, ended_at = NULL`, agent, app, tx.Now()); err != nil {
		return "", err
	}
	return newGrantSecret(tx, "code", agent, app, GrantCodeLife)
}

func newGrantSecret(tx *db.Tx, kind, agent, app string, life time.Duration) (string, error) {
	var raw [16]byte
	rand.Read(raw[:])
	text := time.UnixMilli(tx.Now()).UTC().Format("200601") + "BB" + hex.EncodeToString(raw[:])
	_, err := tx.Exec(`INSERT INTO openapp_grant_secret (hash, kind, agent, app_id, made_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		grantHash(text), kind, agent, app, tx.Now(), tx.Now()+life.Milliseconds())
	return text, err
}

func grantHash(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// ExchangeGrant trades a code for tokens, once. Error: ErrGrantCode.
func ExchangeGrant(_ context.Context, tx *db.Tx, agent, code string) (GrantTokens, error) {
	return spendGrant(tx, agent, "code", code, ErrGrantCode)
}

// RenewGrant trades a refresh token for new tokens; the old ones end. Error: ErrGrantRefresh.
func RenewGrant(_ context.Context, tx *db.Tx, agent, refresh string) (GrantTokens, error) {
	return spendGrant(tx, agent, "refresh", refresh, ErrGrantRefresh)
}

func spendGrant(tx *db.Tx, agent, kind, secret string, refusal error) (t GrantTokens, err error) {
	err = tx.QueryRow(`UPDATE openapp_grant_secret SET ended_at = $1 WHERE hash = $2 AND kind = $3 AND agent = $4 AND ended_at IS NULL AND expires_at > $1
		RETURNING app_id`, tx.Now(), grantHash(secret), kind, agent).Scan(&t.App)
	if errors.Is(err, db.ErrNoRows) {
		return t, refusal
	}
	if err != nil {
		return t, err
	}
	if _, err := tx.Exec(`UPDATE openapp_grant_secret SET ended_at = $1 WHERE agent = $2 AND app_id = $3 AND kind <> 'code' AND ended_at IS NULL`, tx.Now(), agent, t.App); err != nil {
		return t, err
	}
	t.StartedAt = tx.Now()
	if t.Access, err = newGrantSecret(tx, "access", agent, t.App, GrantTokenLife); err != nil {
		return t, err
	}
	t.Refresh, err = newGrantSecret(tx, "refresh", agent, t.App, GrantRefreshLife)
	return t, err
}

// GrantToken is an access token as its agent may ask about it.
type GrantToken struct {
	App               string
	StartedAt, EndsAt int64 // ms
}

// GrantedTo tells for which app a token of agent's stands. Errors: ErrGrantToken, ErrGrantOld.
func GrantedTo(_ context.Context, tx *db.Tx, agent, token string) (t GrantToken, err error) {
	var ended *int64
	err = tx.QueryRow(`SELECT app_id, made_at, expires_at, ended_at FROM openapp_grant_secret WHERE hash = $1 AND kind = 'access' AND agent = $2`, grantHash(token), agent).
		Scan(&t.App, &t.StartedAt, &t.EndsAt, &ended)
	switch {
	case errors.Is(err, db.ErrNoRows), err == nil && ended != nil:
		return t, ErrGrantToken
	case err == nil && t.EndsAt <= tx.Now():
		return t, ErrGrantOld
	}
	return t, err
}

// EndGrant takes the permission back: codes and tokens end with it. Error: ErrNoGrant.
func EndGrant(_ context.Context, tx *db.Tx, app, agent string) error {
	n, err := tx.Exec(`UPDATE openapp_grant SET ended_at = $1 WHERE agent = $2 AND app_id = $3 AND ended_at IS NULL`, tx.Now(), agent, app)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNoGrant
	}
	_, err = tx.Exec(`UPDATE openapp_grant_secret SET ended_at = $1 WHERE agent = $2 AND app_id = $3 AND ended_at IS NULL`, tx.Now(), agent, app)
	return err
}

// Grants lists who acts or acted for an app, newest first, at most MaxGrants.
func Grants(_ context.Context, tx *db.Tx, app string) ([]Grant, error) {
	rows, err := tx.Query(`SELECT agent, app_id, granted_at, COALESCE(ended_at, 0) FROM openapp_grant WHERE app_id = $1 ORDER BY granted_at DESC, agent LIMIT $2`, app, MaxGrants)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Grant{}
	for rows.Next() {
		var g Grant
		if err := rows.Scan(&g.Agent, &g.App, &g.GrantedAt, &g.EndedAt); err != nil {
			return nil, err
		}
		list = append(list, g)
	}
	return list, rows.Err()
}

// KeepAgent remembers who made an order for its owner; an order made without an agent has none. The first word counts.
func KeepAgent(_ context.Context, tx *db.Tx, number, agent string) error {
	if agent == "" || number == "" {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO openapp_agent_order (number, agent) VALUES ($1, $2) ON CONFLICT DO NOTHING`, number, agent)
	return err
}

// AgentOf is the app that made an order for its owner, or "".
func AgentOf(_ context.Context, tx *db.Tx, number string) (agent string, err error) {
	err = tx.QueryRow(`SELECT agent FROM openapp_agent_order WHERE number = $1`, number).Scan(&agent)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return agent, err
}
