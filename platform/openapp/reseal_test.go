package openapp_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// sealedWhole expects every secret to be sealed with v and to open as what was given.
func sealedWhole(t *testing.T, d *db.DB, v sign.Vault, aes map[string]string) {
	t.Helper()
	for _, text := range secrets(t, d) {
		if id, ok := sign.SealedBy(text); text != "" && (!ok || id != v.ID()) {
			t.Errorf("a secret is not sealed with %s: %.40s", v.ID(), text)
		}
	}
	if err := d.Read(ctx, func(tx *db.Tx) error {
		if id, err := openapp.GuardedBy(ctx, tx); err != nil || id != v.ID() {
			t.Errorf("the database is guarded by %s, not %s: %v", id, v.ID(), err)
		}
		_, err := openapp.Platform(ctx, tx)
		return err
	}); err != nil {
		t.Error(err)
	}
	for app, key := range aes {
		if a := find(t, d, app); a.AESKey != key {
			t.Errorf("the content key of %s is another", app)
		}
	}
}

// safe makes a database with a secret in every place, sealed with v.
func safe(t *testing.T, d *db.DB, v sign.Vault) (aes map[string]string) {
	t.Helper()
	if err := openapp.Guard(ctx, d, v); err != nil {
		t.Fatal(err)
	}
	if _, err := openapp.Ensure(ctx, d); err != nil {
		t.Fatal(err)
	}
	if _, err := openapp.Rotate(ctx, d, time.Hour); err != nil {
		t.Fatal(err)
	}
	aes = map[string]string{one: sign.NewAESKey(), two: sign.NewAESKey()}
	for app, key := range aes {
		save(t, d, app, key)
	}
	return aes
}

func TestAnotherMasterKeySealsEverythingOrNothingWhateverTheMomentOfACrash(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		was := newVault(t)
		aes := safe(t, d, was)
		crash := errors.New("the machine stopped")
		crashed := 0
		for at := 0; ; at++ {
			struck := false
			faulty := db.Faulty(d, func() db.Strike {
				return func(step int, what string) error {
					if step != at || what == db.AtAnswer {
						return nil
					}
					struck = true
					return crash
				}
			})
			to := newVault(t)
			n, err := openapp.Reseal(ctx, faulty, to)
			if !struck {
				if err != nil || n != 5 {
					t.Fatalf("%d sealed: %v", n, err)
				}
				sealedWhole(t, d, to, aes)
				break
			}
			if !errors.Is(err, crash) {
				t.Fatalf("before statement %d: %v", at, err)
			}
			crashed++
			sealedWhole(t, d, was, aes)
		}
		if crashed < 10 {
			t.Errorf("only %d moments were tried", crashed)
		}
	})
}

func TestWhenTheAnswerIsLostTheDatabaseSaysWhichMasterKeyItNeeds(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		was, to := newVault(t), newVault(t)
		aes := safe(t, d, was)
		lost := db.Faulty(d, func() db.Strike {
			return func(_ int, what string) error {
				if what == db.AtAnswer {
					return errors.New("the line is cut")
				}
				return nil
			}
		})
		if _, err := openapp.Reseal(ctx, lost, to); !errors.Is(err, db.ErrUnknown) {
			t.Fatal(err)
		}
		if err := openapp.Guard(ctx, d, to, was); err != nil {
			t.Errorf("with both keys at hand: %v", err)
		}
		if err := openapp.Guard(ctx, d, was); !errors.Is(err, openapp.ErrOtherKey) {
			t.Errorf("with the earlier key alone: %v", err)
		}
		if n, err := openapp.Reseal(ctx, d, to); n != 0 || err != nil {
			t.Errorf("once more: %d %v", n, err)
		}
		sealedWhole(t, d, to, aes)
	})
}

func TestSecretsThatAreWrittenWhileTheMasterKeyIsReplacedAreSealedWithTheNewOne(t *testing.T) {
	const apps, keys = 24, 4
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		aes := safe(t, d, newVault(t))
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range apps {
			wg.Go(func() {
				app, key := fmt.Sprintf("20220000000000%02d", i), sign.NewAESKey()
				if err := d.Write(ctx, func(tx *db.Tx) error {
					_, err := openapp.Save(ctx, tx, openapp.Register{AppID: app, AESKey: key})
					return err
				}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				aes[app] = key
			})
		}
		var last sign.Vault
		for range keys {
			last = newVault(t)
			if _, err := openapp.Reseal(ctx, d, last); err != nil {
				t.Error(err)
			}
		}
		wg.Wait()
		sealedWhole(t, d, last, aes)
	})
}

func TestAProcessThatMissesAMasterKeyLooksWhereItMayBeNow(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		save(t, d, one, "")
		hidden := newVault(t) // as another process has it
		key := sign.NewAESKey()
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO openapp_vault (id, key_id, made_at) VALUES ('vault', $1, 1)`, hidden.ID()); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE openapp_app SET aes_key = $1 WHERE app_id = $2`, hidden.Seal("openapp_app.aes_key/"+one, key), one)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		look := func() error {
			return d.Read(ctx, func(tx *db.Tx) error { _, err := openapp.Find(ctx, tx, one); return err })
		}
		if err := look(); !errors.Is(err, openapp.ErrLocked) {
			t.Errorf("without the key: %v", err)
		}
		if _, err := openapp.Reseal(ctx, d, newVault(t)); !errors.Is(err, openapp.ErrLocked) {
			t.Errorf("another key without the present one: %v", err)
		}
		openapp.LookAgain("the test's file", func() []sign.Vault { return []sign.Vault{hidden} })
		if err := look(); err != nil {
			t.Errorf("with the key where it is looked for: %v", err)
		}
		if a := find(t, d, one); a.AESKey != key {
			t.Error("another key came out")
		}
	})
}

func TestAfterTheMasterKeyIsLostThePlatformGetsNewKeysAndNothingOpensWithTheOldOnes(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		here := newVault(t)
		safe(t, d, here)
		if _, err := openapp.Forsake(ctx, d, newVault(t)); !errors.Is(err, openapp.ErrHeld) {
			t.Errorf("while the key is here: %v", err)
		}
		sealedWhole(t, d, here, nil)

		lost := newVault(t) // known to no process
		write := func(sql string, args ...any) {
			t.Helper()
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(sql, args...); return err }); err != nil {
				t.Fatal(err)
			}
		}
		write(`UPDATE openapp_vault SET key_id = $1`, lost.ID())
		write(`UPDATE openapp_platform SET private_key = $1`, lost.Seal("openapp_platform.private_key/platform", "x"))
		write(`UPDATE openapp_app SET aes_key = $1 WHERE app_id = $2`, lost.Seal("openapp_app.aes_key/"+one, sign.NewAESKey()), one)
		if err := openapp.Guard(ctx, d, newVault(t)); !errors.Is(err, openapp.ErrOtherKey) {
			t.Errorf("a host starts without its master key: %v", err)
		}
		next := newVault(t)
		if n, err := openapp.Forsake(ctx, d, next); n != 2 || err != nil {
			t.Fatalf("%d content keys: %v", n, err)
		}
		if err := openapp.Guard(ctx, d, next); err != nil {
			t.Fatal(err)
		}
		if _, err := openapp.Ensure(ctx, d); err != nil {
			t.Fatal(err)
		}
		sealedWhole(t, d, next, map[string]string{one: "", two: ""})
		own := openapp.Own{}
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { own, err = openapp.Platform(ctx, tx); return err }); err != nil || len(own.Old) != 0 {
			t.Errorf("%d earlier keys are left: %v", len(own.Old), err)
		}
		if s, ok := own.For(find(t, d, one).Signer, d.Now()); !ok || !s.Key.Equal(own.Key) {
			t.Error("an app of before is not answered with the new key")
		}
	})
}
