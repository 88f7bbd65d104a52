package openapp

import (
	"context"
	"crypto/rsa"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
)

// Organization stands as O in every certificate that we issue: plain ASCII,
// since SDKs rebuild the issuer's text each in its own way.
const Organization = "Souk Open Platform"

// Refusals about certificates.
var (
	ErrNoPlatform  = fault.New(fault.Unavailable, "OPENAPP_NO_PLATFORM", "the platform has no key yet; start it once")
	ErrNoCert      = fault.New(fault.NotFound, "OPENAPP_NO_CERTIFICATE", "this app has no certificate with this serial")
	ErrCertExpired = fault.New(fault.Conflict, "OPENAPP_CERTIFICATE_EXPIRED", "this certificate is revoked, expired or not valid yet")
)

// Own is the platform's signing key with the certificates that vouch for it, and the keys before it that some apps still expect.
type Own struct {
	Signer
	Root sign.Authority
	Old  []Retired // newest first
}

// Signer is a key of the platform's with its certificate.
type Signer struct {
	Key         *rsa.PrivateKey
	Certificate sign.Issued
}

// Retired is an earlier key.
type Retired struct {
	Signer
	RetiredAt, Until int64 // ms
}

// For is the key that signs for an app (App.Signer) at now (ms): its own while that is in its overlap, else the present one. ok is false for a
// serial that is unknown here: this Own was read before that key was made.
func (o Own) For(serial string, now int64) (s Signer, ok bool) {
	if serial == "" || serial == o.Certificate.SN {
		return o.Signer, true
	}
	for _, old := range o.Old {
		if old.Certificate.SN == serial && now < old.Until {
			return old.Signer, true
		}
		if old.Certificate.SN == serial {
			return o.Signer, true
		}
	}
	return o.Signer, false
}

// PublicText is the platform's public key as SDK configurations want it.
func (s Signer) PublicText() string { return sign.PublicText(&s.Key.PublicKey) }

// NewOwn makes a platform key and certificates. It takes a moment, so make it
// before the transaction that Adopts it.
func NewOwn(now time.Time) (Own, error) {
	root, err := sign.NewAuthority(Organization, now)
	if err != nil {
		return Own{}, err
	}
	key, err := sign.NewKey()
	if err != nil {
		return Own{}, err
	}
	certificate, err := root.Issue(Organization+" Signing", &key.PublicKey, now, sign.PlatformLife)
	return Own{Signer: Signer{key, certificate}, Root: root}, err
}

// Adopt stores fresh as the platform's key unless there is one, and returns
// the one that counts: of two processes that start at once, one key stays.
func Adopt(ctx context.Context, tx *db.Tx, fresh Own) (Own, error) {
	key, err := seal(ctx, tx, place("openapp_platform", "private_key", "platform"), sign.PrivateText(fresh.Key))
	if err != nil {
		return Own{}, err
	}
	root, err := seal(ctx, tx, place("openapp_platform", "root_key", "platform"), sign.PrivateText(fresh.Root.Key))
	if err != nil {
		return Own{}, err
	}
	if _, err := tx.Exec(`INSERT INTO openapp_platform (id, private_key, certificate, root_key, root, created_at)
		VALUES ('platform', $1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, key, fresh.Certificate.PEM, root, fresh.Root.Root.PEM, tx.Now()); err != nil {
		return Own{}, err
	}
	return Platform(ctx, tx)
}

// Ensure returns the platform's key and makes it when there is none yet.
func Ensure(ctx context.Context, d *db.DB) (own Own, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error { own, err = Platform(ctx, tx); return err })
	if !errors.Is(err, ErrNoPlatform) {
		return own, err
	}
	fresh, err := NewOwn(time.UnixMilli(d.Now()))
	if err != nil {
		return Own{}, err
	}
	err = d.Write(ctx, func(tx *db.Tx) error { own, err = Adopt(ctx, tx, fresh); return err })
	return own, err
}

// Platform returns the platform's keys. Errors: ErrNoPlatform, ErrLocked.
func Platform(ctx context.Context, tx *db.Tx) (own Own, err error) {
	var key, certificate, rootKey, root string
	err = tx.QueryRow(`SELECT private_key, certificate, root_key, root FROM openapp_platform WHERE id = 'platform'`).
		Scan(&key, &certificate, &rootKey, &root)
	if errors.Is(err, db.ErrNoRows) {
		return Own{}, ErrNoPlatform
	}
	if err != nil {
		return Own{}, err
	}
	if own.Signer, err = readSigner(place("openapp_platform", "private_key", "platform"), key, certificate); err != nil {
		return Own{}, err
	}
	rooted, err := readSigner(place("openapp_platform", "root_key", "platform"), rootKey, root)
	if err != nil {
		return Own{}, err
	}
	own.Root.Key, own.Root.Root = rooted.Key, rooted.Certificate
	own.Old, err = retired(ctx, tx)
	return own, err
}

// readSigner reads a key that stands at a place, and its certificate.
func readSigner(place, key, certificate string) (s Signer, err error) {
	if key, err = unseal(place, key); err != nil {
		return s, err
	}
	if s.Key, err = sign.ParsePrivateKey(key); err != nil {
		return s, err
	}
	s.Certificate, err = sign.ParseCertificate(certificate)
	return s, err
}

// Certify issues a certificate for an app's key. The app must be registered.
func Certify(ctx context.Context, tx *db.Tx, appID string, key *rsa.PublicKey) (sign.Issued, error) {
	if _, err := Find(ctx, tx, appID); err != nil {
		return sign.Issued{}, err
	}
	own, err := Platform(ctx, tx)
	if err != nil {
		return sign.Issued{}, err
	}
	if own.Key.PublicKey.Equal(key) {
		return sign.Issued{}, ErrOwnKey
	}
	issued, err := own.Root.Issue(appID, key, time.UnixMilli(tx.Now()), sign.AppLife)
	if err != nil {
		return sign.Issued{}, err
	}
	return issued, storeCertificate(tx, appID, issued)
}

func storeCertificate(tx *db.Tx, appID string, c sign.Issued) error {
	_, err := tx.Exec(`INSERT INTO openapp_certificate (sn, app_id, pem, not_before, not_after) VALUES ($1, $2, $3, $4, $5)`,
		c.SN, appID, c.PEM, c.Cert.NotBefore.UnixMilli(), c.Cert.NotAfter.UnixMilli())
	return err
}

// CertifiedKey returns the key of an app's certificate. Errors: ErrNoCert when
// the serial is unknown or another app's, ErrCertExpired.
func CertifiedKey(_ context.Context, tx *db.Tx, appID, sn string) (*rsa.PublicKey, error) {
	var pem string
	var from, to int64
	var revoked *int64
	err := tx.QueryRow(`SELECT pem, not_before, not_after, revoked_at FROM openapp_certificate WHERE sn = $1 AND app_id = $2`, sn, appID).
		Scan(&pem, &from, &to, &revoked)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoCert
	}
	if err != nil {
		return nil, err
	}
	if now := tx.Now(); now < from || now >= to || revoked != nil {
		return nil, ErrCertExpired
	}
	c, err := sign.ParseCertificate(pem)
	if err != nil {
		return nil, err
	}
	return c.PublicKey(), nil
}

// HasCertificate reports whether an app has any certificate, valid or not.
func HasCertificate(_ context.Context, tx *db.Tx, appID string) (has bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM openapp_certificate WHERE app_id = $1)`, appID).Scan(&has)
	return has, err
}

// Revoke ends a certificate now. Error: ErrNoCert.
func Revoke(_ context.Context, tx *db.Tx, appID, sn string) error {
	n, err := tx.Exec(`UPDATE openapp_certificate SET revoked_at = $3 WHERE sn = $1 AND app_id = $2 AND revoked_at IS NULL`, sn, appID, tx.Now())
	if err == nil && n == 0 {
		return ErrNoCert
	}
	return err
}
