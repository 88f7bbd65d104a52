package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// keyCmd is souk key: the platform's own key, with which every answer and notification of the open API is signed.
type keyCmd struct {
	Show   keyShowCmd   `cmd:"" help:"Print which keys sign, until when, and for how many apps."`
	Rotate keyRotateCmd `cmd:"" help:"Make a new key. Apps of before are answered with the old one until they take the new one in the console, or the overlap is over."`
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

const (
	masterKeyFile = "master.key"
	masterKeyEnv  = "SOUK_MASTER_KEY"
	maxMasterKey  = 1 << 10
)

// unlock finds the master key, which is kept outside the database, and seals with it what stands there plainly. A database that is sealed
// already needs the very key; only for one that is not is a new key made.
func (d database) unlock(ctx context.Context, database *db.DB) error {
	var sealedBy string
	if err := database.Read(ctx, func(tx *db.Tx) (err error) { sealedBy, err = openapp.GuardedBy(ctx, tx); return err }); err != nil {
		return err
	}
	file := d.Key
	if file == "" {
		file = filepath.Join(d.Data, masterKeyFile)
	}
	text := os.Getenv(masterKeyEnv)
	if text == "" || d.Key != "" {
		read, err := masterKey(file, sealedBy == "")
		if err != nil {
			return err
		}
		text, file = read, "the file "+file
	} else {
		file = masterKeyEnv
	}
	v, err := sign.ParseVault(text)
	if err != nil {
		return fmt.Errorf("%s holds no master key: Base64 of 32 bytes", file)
	}
	if err := openapp.Guard(ctx, database, v); errors.Is(err, openapp.ErrOtherKey) {
		return fmt.Errorf("the private keys in this database are sealed with the master key %s, and %s holds another (%s)", sealedBy, file, v.ID())
	} else if err != nil {
		return err
	}
	return nil
}

// masterKey reads the file, or makes it when it may.
func masterKey(file string, make bool) (string, error) {
	text, err := os.ReadFile(file)
	switch {
	case err == nil && len(text) <= maxMasterKey:
		return string(text), nil
	case err == nil:
		return "", fmt.Errorf("the file %s is too large to be a master key", file)
	case !os.IsNotExist(err):
		return "", fmt.Errorf("the master key cannot be read: %w", err)
	case !make:
		return "", fmt.Errorf("the private keys in this database are sealed, and their master key is not at %s; name it with --master-key FILE or in %s", file, masterKeyEnv)
	}
	key := sign.NewVaultKey()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fmt.Errorf("the master key cannot be written: %w", err)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // a second process that starts at once reads the first one's
	if os.IsExist(err) {
		return masterKey(file, false)
	}
	if err != nil {
		return "", fmt.Errorf("the master key cannot be written: %w", err)
	}
	defer f.Close()
	if _, err := f.WriteString(key + "\n"); err != nil {
		return "", fmt.Errorf("the master key cannot be written: %w", err)
	}
	return key, f.Sync()
}
