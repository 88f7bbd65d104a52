// Package openapp keeps what the open API needs to know of an app: its public
// key or certificates, its AES key, the platform's own key and certificates,
// nonces seen, what its orders said about notification, and the log of calls.
//
// It does not know who owns an app (platform/merchant does), decodes no
// request and speaks to no network: gateway/open does both.
//
// Start reading at App and Find, then certificate.go, notification.go, call.go.
package openapp

import (
	"context"
	"crypto/rsa"
	"embed"
	"errors"
	"sync"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is this room's tables.
var Schema = db.Schema{Room: "openapp", Files: files}

// Refusals of this room.
var (
	ErrUnknown = fault.New(fault.NotFound, "OPENAPP_UNKNOWN", "this app has no key for the open API")
	ErrKey     = fault.New(fault.Invalid, "OPENAPP_KEY", "an app needs an RSA public key of 2048 to 4096 bits, or a certificate")
	ErrAppID   = fault.New(fault.Invalid, "OPENAPP_ID", "an app id is 16 digits")
	ErrOwnKey  = fault.New(fault.Invalid, "OPENAPP_OWN_KEY", "this is the platform's public key; use the app's own")
)

// App is how one app proves that it is calling.
type App struct {
	ID         string
	Key        *rsa.PublicKey // nil when the app only uses certificates
	AESKey     string         // Base64; empty when the app encrypts nothing
	MessageURL string         // where messages go; empty for nowhere
	Signer     string         // serial of the platform key that signs for it; see Own.For
}

// Register stores how an app signs, replacing what was known; certificates
// stay valid. publicKey may be empty when certificates follow; aesKey may be
// empty, messageURL too.
type Register struct {
	AppID      string
	PublicKey  string // PEM or Base64
	AESKey     string // Base64
	MessageURL string
}

// Save registers in. Errors: ErrAppID, ErrKey, ErrOwnKey.
func Save(ctx context.Context, tx *db.Tx, in Register) (App, error) {
	if !validAppID(in.AppID) {
		return App{}, ErrAppID
	}
	app := App{ID: in.AppID, AESKey: in.AESKey, MessageURL: in.MessageURL}
	text := ""
	if in.PublicKey != "" {
		key, err := sign.ParsePublicKey(in.PublicKey)
		if err != nil {
			return App{}, ErrKey.With("%w", err)
		}
		app.Key, text = key, sign.PublicText(key)
		if err := refuseOwnKey(ctx, tx, key); err != nil {
			return App{}, err
		}
	}
	if in.AESKey != "" {
		if err := sign.CheckAESKey(in.AESKey); err != nil {
			return App{}, ErrKey.With("%w", err)
		}
	}
	aes, err := seal(ctx, tx, place("openapp_app", "aes_key", in.AppID), in.AESKey)
	if err != nil {
		return App{}, err
	}
	if app.Signer, err = presentSerial(ctx, tx); err != nil {
		return App{}, err
	}
	err = tx.QueryRow(`INSERT INTO openapp_app (app_id, public_key, aes_key, message_url, updated_at, signer) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (app_id) DO UPDATE SET public_key = $2, aes_key = $3, message_url = $4, updated_at = $5 RETURNING signer`,
		in.AppID, text, aes, in.MessageURL, tx.Now(), app.Signer).Scan(&app.Signer)
	return app, err
}

// refuseOwnKey: the Java SDK will not start when both public keys are equal,
// and a caller that holds our private key is no stranger but a leak.
func refuseOwnKey(ctx context.Context, tx *db.Tx, key *rsa.PublicKey) error {
	own, err := Platform(ctx, tx)
	if errors.Is(err, ErrNoPlatform) {
		return nil
	}
	if err != nil {
		return err
	}
	if own.Key.PublicKey.Equal(key) {
		return ErrOwnKey
	}
	return nil
}

// KeyTables are what Find and HasCertificate read, for a db.Memo of them.
var KeyTables = []string{"openapp_app", "openapp_certificate"}

// Find returns an app. Error: ErrUnknown.
func Find(_ context.Context, tx *db.Tx, appID string) (App, error) {
	app := App{ID: appID}
	var text string
	err := tx.QueryRow(`SELECT public_key, aes_key, message_url, signer FROM openapp_app WHERE app_id = $1`, appID).
		Scan(&text, &app.AESKey, &app.MessageURL, &app.Signer)
	if errors.Is(err, db.ErrNoRows) {
		return App{}, ErrUnknown
	}
	if err == nil {
		app.AESKey, err = unseal(place("openapp_app", "aes_key", appID), app.AESKey)
	}
	if err != nil || text == "" {
		return app, err
	}
	app.Key, err = publicKey(text)
	return app, err
}

// maxParsed bounds the public keys that are kept as they were parsed.
const maxParsed = 4096

// parsed are public keys by their texts: every call reads its app's text, and few are new.
var parsed struct {
	mu   sync.Mutex
	keys map[string]*rsa.PublicKey
}

// publicKey parses a key, or remembers how the same text was parsed before.
func publicKey(text string) (*rsa.PublicKey, error) {
	parsed.mu.Lock()
	key := parsed.keys[text]
	parsed.mu.Unlock()
	if key != nil {
		return key, nil
	}
	key, err := sign.ParsePublicKey(text)
	if err != nil {
		return nil, err
	}
	parsed.mu.Lock()
	defer parsed.mu.Unlock()
	if parsed.keys == nil || len(parsed.keys) >= maxParsed {
		parsed.keys = map[string]*rsa.PublicKey{}
	}
	parsed.keys[text] = key
	return key, nil
}

// NonceLife is how long a v3 nonce may not come again: twice the accepted
// difference of clocks.
const NonceLife = 20 * time.Minute

// maxForgotten bounds how many old nonces one claim clears away.
const maxForgotten = 20

// ErrReplayed refuses a nonce that was used before.
var ErrReplayed = fault.New(fault.Conflict, "NONCE_REPLAYED", "this nonce was used before; every request needs its own")

// ClaimNonce uses up a nonce of an app. Error: ErrReplayed.
func ClaimNonce(_ context.Context, tx *db.Tx, appID, nonce string) error {
	now := tx.Now()
	if _, err := tx.Exec(`DELETE FROM openapp_nonce WHERE (app_id, nonce) IN
		(SELECT app_id, nonce FROM openapp_nonce WHERE expires_at < $1 ORDER BY expires_at, app_id, nonce LIMIT $2)`, now, maxForgotten); err != nil {
		return err
	}
	n, err := tx.Exec(`INSERT INTO openapp_nonce (app_id, nonce, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		appID, nonce, now+NonceLife.Milliseconds())
	if err == nil && n == 0 {
		return ErrReplayed
	}
	return err
}

func validAppID(id string) bool {
	if len(id) != 16 {
		return false
	}
	for _, c := range id {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// SetAESKey gives an app another content key (Base64). Errors: ErrUnknown, ErrKey.
func SetAESKey(ctx context.Context, tx *db.Tx, appID, key string) error {
	if err := sign.CheckAESKey(key); err != nil {
		return ErrKey.With("%w", err)
	}
	sealed, err := seal(ctx, tx, place("openapp_app", "aes_key", appID), key)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE openapp_app SET aes_key = $2, updated_at = $3 WHERE app_id = $1`, appID, sealed, tx.Now())
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}
