package openapp_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/openapp"
)

var ctx = context.Background()

func TestOfTwoStartsAtOnceOnePlatformKeyStays(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		var group sync.WaitGroup
		texts := make([]string, 3)
		for i := range texts {
			group.Go(func() {
				own, err := openapp.Ensure(ctx, d)
				if err != nil {
					t.Error(err)
					return
				}
				texts[i] = own.PublicText() + own.Certificate.SN + own.Root.Root.SN
			})
		}
		group.Wait()
		for _, text := range texts {
			if text != texts[0] {
				t.Error("two starts have two keys")
			}
		}
	})
}

func TestAnAppIsRefusedWithoutAUsableKey(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		own, err := openapp.Ensure(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		save := func(in openapp.Register) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := openapp.Save(ctx, tx, in); return err })
		}
		for _, k := range []struct {
			in   openapp.Register
			want error
		}{
			{openapp.Register{AppID: "1"}, openapp.ErrAppID},
			{openapp.Register{AppID: "202100000000000x"}, openapp.ErrAppID},
			{openapp.Register{AppID: "2021000000000001", PublicKey: "x"}, openapp.ErrKey},
			{openapp.Register{AppID: "2021000000000001", PublicKey: own.PublicText()}, openapp.ErrOwnKey},
			{openapp.Register{AppID: "2021000000000001", AESKey: "AAAA"}, openapp.ErrKey},
		} {
			if err := save(k.in); !errors.Is(err, k.want) {
				t.Errorf("%+v: %v, want %v", k.in, err, k.want)
			}
		}
		err = d.Read(ctx, func(tx *db.Tx) error { _, err := openapp.Find(ctx, tx, "2021000000000001"); return err })
		if !errors.Is(err, openapp.ErrUnknown) {
			t.Errorf("a refused app exists: %v", err)
		}
	})
}

func TestACertificateWorksForItsAppWhileItIsValid(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		if _, err := openapp.Ensure(ctx, d); err != nil {
			t.Fatal(err)
		}
		key, err := sign.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		var issued sign.Issued
		err = d.Write(ctx, func(tx *db.Tx) error {
			for _, id := range []string{"2021000000000001", "2021000000000002"} {
				if _, err := openapp.Save(ctx, tx, openapp.Register{AppID: id}); err != nil {
					return err
				}
			}
			issued, err = openapp.Certify(ctx, tx, "2021000000000001", &key.PublicKey)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		look := func(app string) error {
			return d.Read(ctx, func(tx *db.Tx) error { _, err := openapp.CertifiedKey(ctx, tx, app, issued.SN); return err })
		}
		if err := look("2021000000000001"); err != nil {
			t.Error(err)
		}
		if err := look("2021000000000002"); !errors.Is(err, openapp.ErrNoCert) {
			t.Errorf("another app: %v", err)
		}
		now := d.Now()
		d.SetClock(func() int64 { return now + sign.AppLife.Milliseconds() + time.Hour.Milliseconds() })
		if err := look("2021000000000001"); !errors.Is(err, openapp.ErrCertExpired) {
			t.Errorf("after its end: %v", err)
		}
		d.SetClock(func() int64 { return now })
		if err := d.Write(ctx, func(tx *db.Tx) error { return openapp.Revoke(ctx, tx, "2021000000000001", issued.SN) }); err != nil {
			t.Fatal(err)
		}
		if err := look("2021000000000001"); !errors.Is(err, openapp.ErrCertExpired) {
			t.Errorf("after it was revoked: %v", err)
		}
	})
}

func TestANonceWorksOnceForEachAppHoweverManyAskAtOnce(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		var group sync.WaitGroup
		won := make(chan bool, 64)
		for range 64 {
			group.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error { return openapp.ClaimNonce(ctx, tx, "a", "n") })
				if err != nil && !errors.Is(err, openapp.ErrReplayed) {
					t.Error(err)
				}
				won <- err == nil
			})
		}
		group.Wait()
		close(won)
		n := 0
		for ok := range won {
			if ok {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d of 64 used the same nonce", n)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return openapp.ClaimNonce(ctx, tx, "b", "n") }); err != nil {
			t.Errorf("another app: %v", err)
		}
	})
}

func TestACauseIsToldOnce(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		tell := func() (id string, fresh bool) {
			err := d.Write(ctx, func(tx *db.Tx) (err error) {
				id, fresh, err = openapp.Tell(ctx, tx, openapp.Notification{AppID: "a", Cause: "c", Form: openapp.Trade, URL: "http://x/"})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return id, fresh
		}
		one, fresh := tell()
		two, again := tell()
		if one != two || !fresh || again {
			t.Errorf("%s %v, then %s %v", one, fresh, two, again)
		}
	})
}

func TestWhatAFrontEndCarriesIsEncryptedAndSignedForItsServer(t *testing.T) {
	dbtest.Each(t, []db.Schema{openapp.Schema}, func(t *testing.T, d *db.DB) {
		own, err := openapp.Ensure(ctx, d)
		if err != nil {
			t.Fatal(err)
		}
		const object, app = `{"code":"10000","mobile":"13800000000"}`, "2021000000000001"
		seal := func() (s openapp.Sealed) {
			err := d.Read(ctx, func(tx *db.Tx) (err error) { s, err = openapp.Seal(ctx, tx, app, []byte(object)); return err })
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		if s := seal(); string(s.Response) != object || s.Sign != "" {
			t.Errorf("an app without keys: %+v", s)
		}
		key := sign.NewAESKey()
		for _, aes := range []string{"", key} {
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := openapp.Save(ctx, tx, openapp.Register{AppID: app, AESKey: aes})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			s := seal()
			if err := sign.Verify(&own.Key.PublicKey, sign.RSA2, s.Response, s.Sign); err != nil {
				t.Errorf("AES %v: %v", aes != "", err)
			}
			if aes == "" {
				continue
			}
			text, err := sign.Decrypt(aes, strings.Trim(string(s.Response), `"`))
			if err != nil || string(text) != object {
				t.Errorf("decrypts to %q, %v", text, err)
			}
		}
	})
}
