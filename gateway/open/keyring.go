package open

import (
	"context"
	"errors"
	"sync"

	"souk/kit/db"
	"souk/platform/openapp"
)

// keyringMillis is how long the platform's keys are trusted before they are read again: another process may have made a new one.
const keyringMillis = 5000

// keyring keeps the platform's keys at hand, since every answer is signed.
type keyring struct {
	mu  sync.Mutex
	own openapp.Own
	at  int64 // ms; when own was read
}

// signer is the key that signs for an app: see openapp.Own.For. A serial that is not known yet is looked for at once.
func (d *Door) signer(ctx context.Context, serial string) (openapp.Signer, error) {
	now := d.DB.Now()
	d.keys.mu.Lock()
	own, fresh := d.keys.own, now < d.keys.at+keyringMillis
	d.keys.mu.Unlock()
	if s, ok := own.For(serial, now); ok && fresh {
		return s, nil
	}
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) { own, err = openapp.Platform(ctx, tx); return err })
	if err != nil {
		return openapp.Signer{}, err
	}
	d.keys.mu.Lock()
	d.keys.own, d.keys.at = own, now
	d.keys.mu.Unlock()
	s, _ := own.For(serial, now)
	return s, nil
}

// signerOf is the key that signs what an app's server reads. An app that the open API does not know gets the present one.
func (d *Door) signerOf(ctx context.Context, appID string) (openapp.Signer, error) {
	var app openapp.App
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) { app, err = openapp.Find(ctx, tx, appID); return err })
	if err != nil && !errors.Is(err, openapp.ErrUnknown) {
		return openapp.Signer{}, err
	}
	return d.signer(ctx, app.Signer)
}
