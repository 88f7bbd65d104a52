package main

import (
	"context"
	"os"
	"time"

	"souk/kit/db"
	"souk/platform/openapp"
)

// keyCmd is souk key: the platform's own key, with which every answer and notification of the open API is signed.
type keyCmd struct {
	Show   keyShowCmd   `cmd:"" help:"Print which keys sign, until when, and for how many apps."`
	Rotate keyRotateCmd `cmd:"" help:"Make a new key. Apps of before are answered with the old one until they take the new one in the console, or the overlap is over."`
	Reseal keyResealCmd `cmd:"" help:"Make a new master key and seal all private keys in the database with it."`
}

type keyShowCmd struct {
	database
	JSON bool `name:"json" help:"Print it as JSON."`
}

type keyRotateCmd struct {
	database
	Overlap time.Duration `help:"How long the old key still signs for apps that have not taken the new one." default:"720h" placeholder:"720h"`
	JSON    bool          `name:"json" help:"Print it as JSON."`
}

// keyLine is one key as it is printed.
type keyLine struct {
	Serial    string `json:"serial"` // of its certificate
	Present   bool   `json:"present"`
	Until     int64  `json:"until,omitempty"` // ms; of an earlier key
	Apps      int64  `json:"apps"`
	PublicKey string `json:"publicKey"`
}

func (c keyShowCmd) Run(ctx context.Context) error {
	return withKeys(ctx, c.database, func(d *db.DB) error { return printKeys(ctx, d, c.JSON) })
}

func (c keyRotateCmd) Run(ctx context.Context) error {
	return withKeys(ctx, c.database, func(d *db.DB) error {
		if _, err := openapp.Rotate(ctx, d, c.Overlap); err != nil {
			return err
		}
		return printKeys(ctx, d, c.JSON)
	})
}

func withKeys(ctx context.Context, data database, f func(*db.DB) error) error {
	if err := data.exists(); err != nil {
		return err
	}
	d, err := data.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := data.unlock(ctx, d); err != nil {
		return err
	}
	return f(d)
}

func printKeys(ctx context.Context, d *db.DB, asJSON bool) error {
	var lines []keyLine
	err := d.Read(ctx, func(tx *db.Tx) error {
		lines = nil
		own, err := openapp.Platform(ctx, tx)
		if err != nil {
			return err
		}
		n, err := openapp.CountSigned(ctx, tx, own.Certificate.SN)
		lines = append(lines, keyLine{own.Certificate.SN, true, 0, n, own.PublicText()})
		for _, old := range own.Old {
			if err == nil && old.Until > tx.Now() {
				n, err = openapp.CountSigned(ctx, tx, old.Certificate.SN)
				lines = append(lines, keyLine{old.Certificate.SN, false, old.Until, n, old.PublicText()})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(os.Stdout, lines)
	}
	for _, l := range lines {
		until := "signs for new apps"
		if !l.Present {
			until = "signs for apps of before until " + time.UnixMilli(l.Until).Format(time.DateTime)
		}
		say("%s  %s; apps: %d", l.Serial, until, l.Apps)
	}
	return nil
}
