package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// The master key seals the private keys that stand in the database, and is kept outside it: in a file, or in the environment. Either may hold
// several keys, the newest first: the database says which of them it needs, so that a key can be replaced while hosts run, and a backup of before opens.
const (
	masterKeyFile = "master.key"
	masterKeyEnv  = "SOUK_MASTER_KEY"
	maxMasterKeys = 20
	maxMasterKey  = maxMasterKeys * 64 // bytes
)

// masterKeys is what was found where master keys are kept.
type masterKeys struct {
	file  string // "" in the environment
	texts []string
	keys  []sign.Vault
}

// name says where they are, for people.
func (m masterKeys) name() string {
	if m.file == "" {
		return masterKeyEnv
	}
	return "the file " + m.file
}

// parse reads keys apart; commas, blanks and lines part them.
func (m *masterKeys) parse(text string) error {
	m.texts = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
	m.keys = nil
	for _, one := range m.texts {
		v, err := sign.ParseVault(one)
		if err != nil {
			return fmt.Errorf("%s holds no master key: Base64 of 32 bytes", m.name())
		}
		m.keys = append(m.keys, v)
	}
	if len(m.keys) == 0 || len(m.keys) > maxMasterKeys {
		return fmt.Errorf("%s holds no master key, or more than %d: Base64 of 32 bytes each", m.name(), maxMasterKeys)
	}
	return nil
}

// unlock finds the master key, which is kept outside the database, and seals with it what stands there plainly. A database that is sealed
// already needs the very key; only for one that is not is a new key made.
func (d database) unlock(ctx context.Context, database *db.DB) error {
	_, err := d.unlocked(ctx, database)
	return err
}

func (d database) unlocked(ctx context.Context, database *db.DB) (m masterKeys, err error) {
	var sealedBy string
	if err := database.Read(ctx, func(tx *db.Tx) (err error) { sealedBy, err = openapp.GuardedBy(ctx, tx); return err }); err != nil {
		return m, err
	}
	if m, err = d.masterKeys(sealedBy == ""); err != nil {
		return m, err
	}
	if err := openapp.Guard(ctx, database, m.keys...); errors.Is(err, openapp.ErrOtherKey) {
		return m, fmt.Errorf("the private keys in this database are sealed with the master key %s, and %s holds another (%s)", sealedBy, m.name(), m.keys[0].ID())
	} else if err != nil {
		return m, err
	}
	if m.file != "" {
		openapp.LookAgain(m.file, func() []sign.Vault {
			again, _ := d.masterKeys(false) // what cannot be read now is not there
			return again.keys
		})
	}
	return m, nil
}

// masterKeys reads them where they are kept; where there is no file one is made if it may.
func (d database) masterKeys(make bool) (m masterKeys, err error) {
	text := os.Getenv(masterKeyEnv)
	if text == "" || d.Key != "" {
		if m.file = d.Key; m.file == "" {
			m.file = filepath.Join(d.Data, masterKeyFile)
		}
		if text, err = readMasterKey(m.file, make); err != nil {
			return m, err
		}
	}
	return m, m.parse(text)
}

// readMasterKey reads the file, or makes it when it may.
func readMasterKey(file string, make bool) (string, error) {
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
		return readMasterKey(file, false)
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

// writeMasterKeys puts other keys in place of the file's, wholly and durably, or changes nothing.
func writeMasterKeys(file string, texts []string) error {
	part := file + ".part"
	defer os.Remove(part)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err == nil {
		if _, err = f.WriteString(strings.Join(texts, "\n") + "\n"); err == nil {
			err = f.Sync()
		}
		if closed := f.Close(); err == nil {
			err = closed
		}
	}
	if err == nil {
		err = os.Rename(part, file)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(file))
	}
	if err != nil {
		return fmt.Errorf("the master key cannot be written: %w", err)
	}
	return nil
}

// syncFolder makes a rename durable, where the system can.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	f.Sync() // not every system syncs folders
	return nil
}

// keyResealCmd is souk key reseal: another master key.
type keyResealCmd struct {
	database
	Forget bool `help:"Take the earlier master keys out of the file afterwards. Backups of before cannot be opened without them." xor:"how"`
	Lost   bool `help:"The master key is lost: give up the private keys that nobody can open, so that the next start makes new ones." xor:"how"`
}

func (c keyResealCmd) Run(ctx context.Context) error {
	if err := c.exists(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if c.Lost {
		return c.forsake(ctx, d)
	}
	m, err := c.unlocked(ctx, d)
	if err != nil {
		return err
	}
	if err := m.renew(ctx, d); err != nil {
		return err
	}
	n, err := openapp.Reseal(ctx, d, m.keys[0])
	if err != nil {
		return err
	}
	if c.Forget && m.file != "" {
		if err := writeMasterKeys(m.file, m.texts[:1]); err != nil {
			return err
		}
		m.texts = m.texts[:1]
	}
	say("%d private keys are sealed with the master key %s, the first in %s. Keep a copy of it apart from the database's backups.", n, m.keys[0].ID(), m.name())
	if len(m.texts) > 1 {
		say("Earlier master keys are still there, for backups of before: %d.", len(m.texts)-1)
	}
	return nil
}

// forsake is for whoever lost the master key.
func (c keyResealCmd) forsake(ctx context.Context, d *db.DB) error {
	m, err := c.masterKeys(true)
	if err != nil {
		return err
	}
	if err := openapp.Guard(ctx, d, m.keys...); err != nil && !errors.Is(err, openapp.ErrOtherKey) {
		return err
	}
	apps, err := openapp.Forsake(ctx, d, m.keys[0])
	if err != nil {
		return err
	}
	say("The private keys that nobody can open are given up; content keys of apps among them: %d. The next start makes new ones, sealed with the master key %s, the first in %s.", apps, m.keys[0].ID(), m.name())
	say("Every merchant's server has to take the new public key or certificates from the console, and a new content key where it had one.")
	return nil
}

// renew makes the first key one that does not seal the database yet. It is durable in the file, beside the present one, before anything is sealed
// with it: whatever happens in between, the file opens the database.
func (m *masterKeys) renew(ctx context.Context, d *db.DB) error {
	var sealedBy string
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { sealedBy, err = openapp.GuardedBy(ctx, tx); return err }); err != nil {
		return err
	}
	if m.keys[0].ID() != sealedBy {
		return nil // given by hand, or by an attempt that did not come to its end
	}
	if m.file == "" {
		return fmt.Errorf(`put the new master key before the present one on every machine, %s="NEW,PRESENT", start the hosts again, and then do this`, masterKeyEnv)
	}
	if len(m.texts) == maxMasterKeys {
		return fmt.Errorf("%s holds %d master keys; take out those that no backup needs", m.name(), maxMasterKeys)
	}
	texts := append([]string{sign.NewVaultKey()}, m.texts...)
	if err := writeMasterKeys(m.file, texts); err != nil {
		return err
	}
	return m.parse(strings.Join(texts, "\n"))
}
