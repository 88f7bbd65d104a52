package openapp

import (
	"context"
	"errors"
	"sync"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/kit/sign"
)

// Secrets at rest: the platform's private keys and the apps' content keys stand sealed in the database, with a master key that is kept
// elsewhere. A process holds master keys in its ring; a sealed text names the one that opens it, so several databases may be open at once.

// Refusals about master keys.
var (
	ErrLocked   = fault.New(fault.Unavailable, "OPENAPP_LOCKED", "this database's keys are sealed with a master key that is not here")
	ErrOtherKey = fault.New(fault.Conflict, "OPENAPP_OTHER_MASTER_KEY", "this database's keys are sealed with another master key")
)

var ring sync.Map // id → sign.Vault

// GuardedBy tells which master key seals the database's secrets; "" is none.
func GuardedBy(_ context.Context, tx *db.Tx) (id string, err error) {
	err = tx.QueryRow(`SELECT key_id FROM openapp_vault WHERE id = 'vault'`).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// Guard makes a master key known to this process and the one that seals the database's secrets; what stood there plainly is sealed now, in
// one transaction. Error: ErrOtherKey when another seals them.
func Guard(ctx context.Context, d *db.DB, v sign.Vault) error {
	ring.Store(v.ID(), v)
	var id string
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { id, err = GuardedBy(ctx, tx); return err }); err != nil || id == v.ID() {
		return err
	}
	return d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(`INSERT INTO openapp_vault (id, key_id, made_at) VALUES ('vault', $1, $2) ON CONFLICT DO NOTHING`, v.ID(), tx.Now()); err != nil {
			return err
		}
		if id, err := GuardedBy(ctx, tx); err != nil || id != v.ID() {
			return errors.Join(ErrOtherKey, err)
		}
		return sealAll(tx, v)
	})
}

// secretColumns are where secrets stand: a table, its key, and the column.
var secretColumns = []struct{ table, key, column string }{
	{"openapp_platform", "id", "private_key"}, {"openapp_platform", "id", "root_key"}, {"openapp_platform_old", "sn", "private_key"}, {"openapp_app", "app_id", "aes_key"},
}

func place(table, column, key string) string { return table + "." + column + "/" + key }

// maxSecrets bounds how many secrets of a column are sealed at once, when an old database gets its master key.
const maxSecrets = 1_000_000

func sealAll(tx *db.Tx, v sign.Vault) error {
	for _, c := range secretColumns {
		plain, err := plainSecrets(tx, c.table, c.key, c.column)
		if err != nil {
			return err
		}
		for key, text := range plain {
			if _, err := tx.Exec(`UPDATE `+c.table+` SET `+c.column+` = $1 WHERE `+c.key+` = $2`, v.Seal(place(c.table, c.column, key), text), key); err != nil {
				return err
			}
		}
	}
	return nil
}

func plainSecrets(tx *db.Tx, table, key, column string) (map[string]string, error) {
	rows, err := tx.Query(`SELECT `+key+`, `+column+` FROM `+table+` WHERE `+column+` <> '' LIMIT $1`, maxSecrets)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var k, text string
		if err := rows.Scan(&k, &text); err != nil {
			return nil, err
		}
		if _, sealed := sign.SealedBy(text); !sealed {
			out[k] = text
		}
	}
	return out, rows.Err()
}

// seal is a secret as it is stored: sealed where the database has a master key, as it is where it has none. Error: ErrLocked.
func seal(ctx context.Context, tx *db.Tx, place, text string) (string, error) {
	id, err := GuardedBy(ctx, tx)
	if err != nil || id == "" || text == "" {
		return text, err
	}
	v, held := ring.Load(id)
	if !held {
		return "", ErrLocked
	}
	return v.(sign.Vault).Seal(place, text), nil
}

// unseal reads a secret. Error: ErrLocked.
func unseal(place, text string) (string, error) {
	id, sealed := sign.SealedBy(text)
	if !sealed {
		return text, nil
	}
	v, held := ring.Load(id)
	if !held {
		return "", ErrLocked
	}
	return v.(sign.Vault).Open(place, text)
}
