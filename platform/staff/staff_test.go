package staff_test

import (
	"context"
	"errors"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/staff"
)

var schemas = []db.Schema{ledger.Schema, merchant.Schema, staff.Schema}

func write[T any](t *testing.T, d *db.DB, f func(ctx context.Context, tx *db.Tx) (T, error)) T {
	t.Helper()
	var out T
	if err := d.Write(context.Background(), func(tx *db.Tx) (err error) { out, err = f(context.Background(), tx); return err }); err != nil {
		t.Fatal(err)
	}
	return out
}

func session(d *db.DB, token string, tried bool) (m staff.Member, err error) {
	err = d.Read(context.Background(), func(tx *db.Tx) (err error) {
		m, err = staff.Session(context.Background(), tx, token, tried)
		return err
	})
	return m, err
}

func shop(ctx context.Context, tx *db.Tx) (merchant.ID, error) {
	return "shop", merchant.Add(ctx, tx, merchant.Merchant{ID: "shop", Name: "Shop"})
}

func TestAKeyOpensUntilItsMemberIsEnded(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		write(t, d, shop)
		var id string
		key := write(t, d, func(ctx context.Context, tx *db.Tx) (string, error) {
			m, key, err := staff.Add(ctx, tx, staff.Member{Name: "Bo", Role: staff.Merchant, Merchant: "shop"})
			id = m.ID
			return key, err
		})
		token := write(t, d, func(ctx context.Context, tx *db.Tx) (string, error) { return staff.SignIn(ctx, tx, key) })
		if m, err := session(d, token, false); err != nil || m.Name != "Bo" || m.Merchant != "shop" || m.Role != staff.Merchant || m.ID != id {
			t.Fatalf("%+v %v", m, err)
		}
		write(t, d, func(ctx context.Context, tx *db.Tx) (int, error) { return 0, staff.End(ctx, tx, id) })
		if _, err := session(d, token, true); !errors.Is(err, staff.ErrSession) {
			t.Errorf("the session of an ended member: %v", err)
		}
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := staff.SignIn(context.Background(), tx, key); return err })
		if !errors.Is(err, staff.ErrKey) {
			t.Errorf("the key of an ended member: %v", err)
		}
	})
}

func TestASessionTriedInADemoOpensNothingElsewhere(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		token := write(t, d, func(ctx context.Context, tx *db.Tx) (string, error) {
			return staff.Try(ctx, tx, staff.Member{Name: "anybody", Role: staff.Operator})
		})
		if _, err := session(d, token, true); err != nil {
			t.Errorf("in the demo: %v", err)
		}
		if _, err := session(d, token, false); !errors.Is(err, staff.ErrSession) {
			t.Errorf("elsewhere: %v", err)
		}
	})
}

func TestSessionsEndByThemselvesAndBySigningOut(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		start := func(ctx context.Context, tx *db.Tx) (string, error) {
			return staff.Try(ctx, tx, staff.Member{Name: "anybody", Role: staff.Operator})
		}
		out, late := write(t, d, start), write(t, d, start)
		write(t, d, func(ctx context.Context, tx *db.Tx) (int, error) { return 0, staff.SignOut(ctx, tx, out) })
		if _, err := session(d, out, true); !errors.Is(err, staff.ErrSession) {
			t.Errorf("after signing out: %v", err)
		}
		now := d.Now()
		d.SetClock(func() int64 { return now + staff.SessionHours*60*60*1000 + 1000 })
		if _, err := session(d, late, true); !errors.Is(err, staff.ErrSession) {
			t.Errorf("after %d hours: %v", staff.SessionHours, err)
		}
	})
}

func TestAMemberIsAnOperatorOrOfOneMerchant(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		write(t, d, shop)
		for _, c := range []struct {
			m    staff.Member
			want error
		}{
			{staff.Member{Role: staff.Operator}, staff.ErrInvalid},
			{staff.Member{Name: "x", Role: "king"}, staff.ErrInvalid},
			{staff.Member{Name: "x", Role: staff.Merchant}, staff.ErrInvalid},
			{staff.Member{Name: "x", Role: staff.Operator, Merchant: "shop"}, staff.ErrInvalid},
			{staff.Member{Name: "x", Role: staff.Merchant, Merchant: "nowhere"}, merchant.ErrMerchantNotFound},
			{staff.Member{Name: "x", Role: staff.Merchant, Merchant: "shop"}, nil},
		} {
			err := d.Write(context.Background(), func(tx *db.Tx) error { _, _, err := staff.Add(context.Background(), tx, c.m); return err })
			if !errors.Is(err, c.want) {
				t.Errorf("%+v: %v, not %v", c.m, err, c.want)
			}
		}
	})
}
