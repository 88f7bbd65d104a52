package merchant_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

var ctx = context.Background()

func TestAnAppCallsOnlyTheHostsOnItsListAndTheListEnds(t *testing.T) {
	dbtest.Each(t, []db.Schema{ledger.Schema, merchant.Schema}, func(t *testing.T, d *db.DB) {
		allow := func(app merchant.AppID, host string) error {
			return d.Write(ctx, func(tx *db.Tx) error { return merchant.Allow(ctx, tx, app, host) })
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			for range 2 { // a second time changes nothing
				if err := merchant.Add(ctx, tx, merchant.Merchant{ID: "m", Name: "M"}); err != nil {
					return err
				}
				if err := merchant.AddApp(ctx, tx, merchant.App{ID: "a", Name: "A", Merchant: merchant.Merchant{ID: "m"}}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := allow("b", "example.com"); !errors.Is(err, merchant.ErrAppNotFound) {
			t.Errorf("an unknown app: %v", err)
		}
		for i := range merchant.MaxHosts {
			if err := allow("a", fmt.Sprintf("H%d.example.com", i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := allow("a", "one.more.com"); !errors.Is(err, merchant.ErrHostInvalid) {
			t.Errorf("one more: %v", err)
		}
		if err := allow("a", "h1.example.com"); err != nil {
			t.Errorf("one that is there: %v", err)
		}
		for host, want := range map[string]bool{"h1.example.com": true, "H1.EXAMPLE.com": true, "example.com": false, "h1.example.com.evil.com": false, "h1.example.com:8443": false} {
			if err := d.Read(ctx, func(tx *db.Tx) error {
				ok, err := merchant.Allows(ctx, tx, "a", host)
				if ok != want {
					t.Errorf("%s: %v", host, ok)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
