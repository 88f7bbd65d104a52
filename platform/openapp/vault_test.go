package openapp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/openapp"
)

func newVault(t *testing.T) sign.Vault {
	t.Helper()
	v, err := sign.ParseVault(sign.NewVaultKey())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// secrets reads the columns of secrets as they stand.
func secrets(t *testing.T, d *db.DB) (out []string) {
	t.Helper()
	err := d.Read(ctx, func(tx *db.Tx) error {
		out = nil
		for _, query := range []string{`SELECT private_key FROM openapp_platform`, `SELECT root_key FROM openapp_platform`, `SELECT private_key FROM openapp_platform_old`, `SELECT aes_key FROM openapp_app`} {
			rows, err := tx.Query(query)
			if err != nil {
				return err
			}
			for rows.Next() {
				var text string
				if err := rows.Scan(&text); err != nil {
					return err
				}
				out = append(out, text)
			}
			err = rows.Err()
			rows.Close()
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func save(t *testing.T, d *db.DB, app, aes string) {
	t.Helper()
	if err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := openapp.Save(ctx, tx, openapp.Register{AppID: app, AESKey: aes})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, d *db.DB, app string) (a openapp.App) {
	t.Helper()
	if err := d.Read(ctx, func(tx *db.Tx) (err error) { a, err = openapp.Find(ctx, tx, app); return err }); err != nil {
		t.Fatal(err)
	}
	return a
}

const one, two = "2021000000000001", "2021000000000002"

func TestAnOldDatabaseIsSealedWholeAndOpensWithItsMasterKeyOnly(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		own, err := openapp.Ensure(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		first, second := sign.NewAESKey(), sign.NewAESKey()
		save(t, d, one, first)
		v := newVault(t)
		for range 2 {
			if err := openapp.Guard(ctx, d, v); err != nil {
				t.Fatal(err)
			}
		}
		save(t, d, two, second)
		if _, err := openapp.Rotate(ctx, d, time.Hour); err != nil {
			t.Fatal(err)
		}
		stored := secrets(t, d)
		if len(stored) != 5 {
			t.Errorf("%d secrets stored", len(stored))
		}
		for _, text := range stored {
			if id, ok := sign.SealedBy(text); !ok || id != v.ID() {
				t.Errorf("a secret stands plainly: %.40s", text)
			}
		}
		if a, b := find(t, d, one), find(t, d, two); a.AESKey != first || b.AESKey != second {
			t.Error("the content keys are not those that were given")
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			again, err := openapp.Platform(ctx, tx)
			if err == nil && !again.Old[0].Key.Equal(own.Key) {
				t.Error("another platform key came out")
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		if err := openapp.Guard(ctx, d, newVault(t)); !errors.Is(err, openapp.ErrOtherKey) {
			t.Errorf("another master key: %v", err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE openapp_app SET aes_key = (SELECT aes_key FROM openapp_app WHERE app_id = $1) WHERE app_id = $2`, one, two); err != nil {
				return err
			}
			_, err := openapp.Find(ctx, tx, two)
			return err
		})
		if !errors.Is(err, sign.ErrSealed) {
			t.Errorf("a key moved to another app: %v", err)
		}
		err = d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE openapp_app SET aes_key = $1 WHERE app_id = $2`, strings.Replace(stored[3], v.ID(), "0123456789abcdef", 1), two); err != nil {
				return err
			}
			_, err := openapp.Find(ctx, tx, two)
			return err
		})
		if !errors.Is(err, openapp.ErrLocked) {
			t.Errorf("a master key that is not here: %v", err)
		}
	})
}

func TestAReplacedKeySignsForAppsOfBeforeUntilTheyTakeTheNewOneOrItsTimeIsOver(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		now := d.Now()
		clock := now
		d.SetClock(func() int64 { return clock })
		old, err := openapp.Ensure(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		save(t, d, one, "")
		own, err := openapp.Rotate(ctx, d, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		save(t, d, two, "")
		save(t, d, one, "") // changing an app's settings takes no new key
		if own.Key.Equal(old.Key) || own.Root.Root.SN != old.Root.Root.SN {
			t.Error("the key is the old one, or the root is not")
		}
		signs := func(app string) openapp.Signer {
			s, ok := own.For(find(t, d, app).Signer, clock)
			if !ok {
				t.Errorf("no key for %s", app)
			}
			return s
		}
		if !signs(one).Key.Equal(old.Key) || !signs(two).Key.Equal(own.Key) {
			t.Error("not each app its own key")
		}
		clock = now + time.Hour.Milliseconds()
		if !signs(one).Key.Equal(own.Key) {
			t.Error("the old key signs after its time")
		}
		clock = now
		if err := d.Write(ctx, func(tx *db.Tx) error { return openapp.Switch(ctx, tx, one) }); err != nil {
			t.Fatal(err)
		}
		if !signs(one).Key.Equal(own.Key) {
			t.Error("the app took the new key and does not get it")
		}
		if _, ok := old.For(find(t, d, two).Signer, clock); ok {
			t.Error("a process that knows only the old key does not notice")
		}
		if _, err := openapp.Rotate(ctx, d, openapp.MaxOverlap+1); !errors.Is(err, openapp.ErrOverlap) {
			t.Errorf("an endless overlap: %v", err)
		}
	})
}
