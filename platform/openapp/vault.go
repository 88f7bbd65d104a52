package openapp

import (
	"context"
	"errors"
	"slices"
	"sync"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
)

// Secrets at rest: the platform's private keys and the apps' content keys stand sealed in the database, with a master key that is kept
// elsewhere. A process holds master keys in its ring; a sealed text names the one that opens it, so several databases may be open at once, and
// a master key may be replaced (Reseal) while processes run.

// Refusals about master keys.
var (
	ErrLocked   = fault.New(fault.Unavailable, "OPENAPP_LOCKED", "this database's keys are sealed with a master key that is not here")
	ErrHeld     = fault.New(fault.Conflict, "OPENAPP_KEY_HELD", "the master key that seals this database is here; nothing is lost")
	ErrOtherKey = fault.New(fault.Conflict, "OPENAPP_OTHER_MASTER_KEY", "this database's keys are sealed with another master key")
)

var ring sync.Map // id → sign.Vault

// sources are asked again when a master key is missing in the ring: it may have been replaced since this process began.
var sources sync.Map // name → func() []sign.Vault

// LookAgain names where master keys may have appeared since: find is asked when one is missing. A second find of the same name replaces the first.
func LookAgain(name string, find func() []sign.Vault) { sources.Store(name, find) }

// held is the master key of this id, if this process can have it.
func held(id string) (v sign.Vault, ok bool) {
	if found, ok := ring.Load(id); ok {
		return found.(sign.Vault), true
	}
	sources.Range(func(_, find any) bool {
		for _, v := range find.(func() []sign.Vault)() {
			ring.Store(v.ID(), v)
		}
		return true
	})
	found, ok := ring.Load(id)
	if ok {
		v = found.(sign.Vault)
	}
	return v, ok
}

// GuardedBy tells which master key seals the database's secrets; "" is none.
func GuardedBy(_ context.Context, tx *db.Tx) (id string, err error) {
	err = tx.QueryRow(`SELECT key_id FROM openapp_vault WHERE id = 'vault'`).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// Guard makes master keys known to this process, one of which seals the database's secrets. Where none does yet, the first seals what stands there
// plainly, in one transaction. Error: ErrOtherKey when another seals them.
func Guard(ctx context.Context, d *db.DB, keys ...sign.Vault) error {
	for _, v := range keys {
		ring.Store(v.ID(), v)
	}
	known := func(id string) bool {
		return slices.ContainsFunc(keys, func(v sign.Vault) bool { return v.ID() == id })
	}
	var id string
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { id, err = GuardedBy(ctx, tx); return err }); err != nil || known(id) {
		return err
	}
	if id != "" || len(keys) == 0 {
		return ErrOtherKey
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`INSERT INTO openapp_vault (id, key_id, made_at) VALUES ('vault', $1, $2) ON CONFLICT DO NOTHING`, keys[0].ID(), tx.Now())
		if err != nil {
			return err
		}
		if n == 0 { // another process was first
			if id, err := GuardedBy(ctx, tx); err != nil || !known(id) {
				return errors.Join(ErrOtherKey, err)
			}
			return nil
		}
		_, err = sealAll(tx, keys[0])
		return err
	})
}

// Reseal puts a new master key in place of the one that seals the database's secrets, and answers how many of them it sealed again: all, in one
// transaction, or none. Processes that run meanwhile look for the new key where LookAgain told them. Under the key that seals already, nothing is
// done. Errors: ErrLocked when the present key, or one that seals some secret, is not held.
func Reseal(ctx context.Context, d *db.DB, to sign.Vault) (sealed int, err error) {
	ring.Store(to.ID(), to)
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		sealed = 0
		was, err := lockVault(tx)
		if err != nil || was == to.ID() {
			return err
		}
		if _, ok := held(was); was != "" && !ok {
			return ErrLocked
		}
		if _, err := tx.Exec(`INSERT INTO openapp_vault (id, key_id, made_at) VALUES ('vault', $1, $2) ON CONFLICT (id) DO UPDATE SET key_id = excluded.key_id,
			made_at = excluded.made_at`, to.ID(), tx.Now()); err != nil {
			return err
		}
		sealed, err = sealAll(tx, to)
		return err
	})
	return sealed, err
}

// Forsake gives up what a lost master key sealed, and answers how many apps had a content key: the platform's keys are forgotten, so that Ensure makes
// new ones under a new root, and the apps' content keys, so that each has to be given another. to seals from now on. Error: ErrHeld.
func Forsake(ctx context.Context, d *db.DB, to sign.Vault) (apps int64, err error) {
	ring.Store(to.ID(), to)
	err = d.Write(ctx, func(tx *db.Tx) (err error) {
		id, err := lockVault(tx)
		if err != nil {
			return err
		}
		if _, ok := held(id); ok || id == "" {
			return ErrHeld
		}
		if apps, err = tx.Exec(`UPDATE openapp_app SET aes_key = '' WHERE aes_key <> ''`); err != nil {
			return err
		}
		for _, sql := range []string{`UPDATE openapp_app SET signer = ''`, `DELETE FROM openapp_platform_old`, `DELETE FROM openapp_platform`} {
			if _, err := tx.Exec(sql); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`UPDATE openapp_vault SET key_id = $1, made_at = $2 WHERE id = 'vault'`, to.ID(), tx.Now())
		return err
	})
	return apps, err
}

// lockVault tells which master key seals, and keeps that so until the transaction ends: no secret is sealed with a key that is being replaced.
func lockVault(tx *db.Tx) (id string, err error) {
	err = tx.QueryRow(`UPDATE openapp_vault SET key_id = key_id WHERE id = 'vault' RETURNING key_id`).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// secretColumn is where secrets stand: a table, its key, and the column.
type secretColumn struct{ table, key, column string }

var secretColumns = []secretColumn{
	{"openapp_platform", "id", "private_key"}, {"openapp_platform", "id", "root_key"}, {"openapp_platform_old", "sn", "private_key"}, {"openapp_app", "app_id", "aes_key"},
}

func place(table, column, key string) string { return table + "." + column + "/" + key }

// secretsAtOnce bounds how many secrets are held in memory while all are sealed.
const secretsAtOnce = 500

// sealAll seals every secret with v, whatever sealed it before, and answers how many it did.
func sealAll(tx *db.Tx, v sign.Vault) (sealed int, err error) {
	for _, c := range secretColumns {
		for after := ""; ; {
			page, err := c.page(tx, after)
			if err != nil {
				return sealed, err
			}
			for _, s := range page {
				if err := c.seal(tx, v, s); err != nil {
					return sealed, err
				}
				sealed, after = sealed+1, s.key
			}
			if len(page) < secretsAtOnce {
				break
			}
		}
	}
	return sealed, nil
}

type secret struct{ key, text string }

// page reads secrets in the order of their keys, those behind after.
func (c secretColumn) page(tx *db.Tx, after string) (page []secret, err error) {
	rows, err := tx.Query(`SELECT `+c.key+`, `+c.column+` FROM `+c.table+` WHERE `+c.column+` <> '' AND `+c.key+` > $1 ORDER BY `+c.key+` LIMIT $2`, after, secretsAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s secret
		if err := rows.Scan(&s.key, &s.text); err != nil {
			return nil, err
		}
		page = append(page, s)
	}
	return page, rows.Err()
}

func (c secretColumn) seal(tx *db.Tx, v sign.Vault, s secret) error {
	at := place(c.table, c.column, s.key)
	text, err := unseal(at, s.text)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE `+c.table+` SET `+c.column+` = $1 WHERE `+c.key+` = $2`, v.Seal(at, text), s.key)
	return err
}

// seal is a secret as it is stored: sealed where the database has a master key, as it is where it has none. Error: ErrLocked.
func seal(_ context.Context, tx *db.Tx, place, text string) (string, error) {
	if text == "" {
		return text, nil
	}
	id, err := lockVault(tx)
	if err != nil || id == "" {
		return text, err
	}
	v, ok := held(id)
	if !ok {
		return "", ErrLocked
	}
	return v.Seal(place, text), nil
}

// unseal reads a secret. Error: ErrLocked.
func unseal(place, text string) (string, error) {
	id, sealed := sign.SealedBy(text)
	if !sealed {
		return text, nil
	}
	v, ok := held(id)
	if !ok {
		return "", ErrLocked
	}
	return v.Open(place, text)
}
