package openapp

import (
	"context"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
)

// MaxOverlap bounds how long an earlier key still signs.
const MaxOverlap = 365 * 24 * time.Hour

// ErrOverlap refuses an overlap out of bounds.
var ErrOverlap = fault.New(fault.Invalid, "OPENAPP_OVERLAP", "the overlap is at most 365 days; 0 ends the earlier key now")

// maxRetired bounds how many earlier keys are read.
const maxRetired = 20

// Rotate makes a new platform key under the same root. Apps of before keep getting answers signed with the key that they know, until they
// Switch or the overlap is over; new apps get the new one. Errors: ErrOverlap, ErrNoPlatform, ErrLocked.
func Rotate(ctx context.Context, d *db.DB, overlap time.Duration) (own Own, err error) {
	if overlap < 0 || overlap > MaxOverlap {
		return own, ErrOverlap
	}
	key, err := sign.NewKey() // slow, so before the transaction
	if err != nil {
		return own, err
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		was, err := Platform(ctx, tx)
		if err != nil {
			return err
		}
		certificate, err := was.Root.Issue(Organization+" Signing", &key.PublicKey, time.UnixMilli(tx.Now()), sign.PlatformLife)
		if err != nil {
			return err
		}
		if err := retire(ctx, tx, was.Signer, overlap); err != nil {
			return err
		}
		text, err := seal(ctx, tx, place("openapp_platform", "private_key", "platform"), sign.PrivateText(key))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE openapp_platform SET private_key = $1, certificate = $2 WHERE id = 'platform'`, text, certificate.PEM); err != nil {
			return err
		}
		own, err = Platform(ctx, tx)
		return err
	})
	return own, err
}

func retire(ctx context.Context, tx *db.Tx, s Signer, overlap time.Duration) error {
	text, err := seal(ctx, tx, place("openapp_platform_old", "private_key", s.Certificate.SN), sign.PrivateText(s.Key))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO openapp_platform_old (sn, private_key, certificate, retired_at, until_at) VALUES ($1, $2, $3, $4, $5)`,
		s.Certificate.SN, text, s.Certificate.PEM, tx.Now(), tx.Now()+overlap.Milliseconds()); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE openapp_app SET signer = $1 WHERE signer = ''`, s.Certificate.SN)
	return err
}

// retired lists the earlier keys, newest first.
func retired(_ context.Context, tx *db.Tx) ([]Retired, error) {
	rows, err := tx.Query(`SELECT sn, private_key, certificate, retired_at, until_at FROM openapp_platform_old ORDER BY retired_at DESC, sn LIMIT $1`, maxRetired)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Retired
	for rows.Next() {
		var serial, key, certificate string
		var r Retired
		if err := rows.Scan(&serial, &key, &certificate, &r.RetiredAt, &r.Until); err != nil {
			return nil, err
		}
		if r.Signer, err = readSigner(place("openapp_platform_old", "private_key", serial), key, certificate); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Switch answers an app with the platform's present key from now on: its server has the new one. Errors: ErrUnknown, ErrNoPlatform.
func Switch(ctx context.Context, tx *db.Tx, appID string) error {
	serial, err := presentSerial(ctx, tx)
	if err == nil && serial == "" {
		err = ErrNoPlatform
	}
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE openapp_app SET signer = $1 WHERE app_id = $2`, serial, appID)
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

// presentSerial is the serial of the present key's certificate; "" while there is none.
func presentSerial(_ context.Context, tx *db.Tx) (string, error) {
	var certificate string
	err := tx.QueryRow(`SELECT certificate FROM openapp_platform WHERE id = 'platform'`).Scan(&certificate)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	c, err := sign.ParseCertificate(certificate)
	return c.SN, err
}

// CountSigned counts the apps that a platform key signs for.
func CountSigned(_ context.Context, tx *db.Tx, serial string) (n int64, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM openapp_app WHERE signer = $1`, serial).Scan(&n)
	return n, err
}
