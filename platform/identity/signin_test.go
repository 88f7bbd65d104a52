package identity_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/identity"
)

func TestPhoneNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for in, want := range map[string]string{
		"13800000001": "8613800000001", "+86 138-0000-0001": "8613800000001", "8613800000001": "8613800000001", "+1 (555) 010-0199": "15550100199",
		"": "", "1380000000x": "", "+": "", "12": "", "1234567890123456": "", "＋8613800000001": "",
	} {
		got, err := identity.ParsePhone(in)
		if got != want || (want == "") != errors.Is(err, identity.ErrPhoneInvalid) {
			t.Errorf("%q is %q, %v", in, got, err)
		}
	}
}

func newCode(t *testing.T, d *db.DB, purpose, phone string) (code string) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) { code, err = identity.NewPhoneCode(ctx, tx, purpose, phone); return err })
	return code
}

func TestACodeSentToAPhoneWorksOnceForItsPurposeAndFiveTriesEndIt(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		const phone = "8613800000009"
		now := d.Now()
		d.SetClock(func() int64 { return now })
		check := func(purpose, code string) error { return identity.CheckPhoneCode(ctx, d, purpose, phone, code) }
		code := newCode(t, d, identity.ForSignIn, phone)
		if err := check(identity.ForPIN, code); !errors.Is(err, identity.ErrPhoneCode) {
			t.Errorf("for another purpose: %v", err)
		}
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if check(identity.ForSignIn, code) == nil {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("the code worked %d times", won.Load())
		}
		code = newCode(t, d, identity.ForSignIn, phone)
		for i := range identity.PhoneCodeTries {
			if err := check(identity.ForSignIn, fmt.Sprintf("%06d", i)); err == nil {
				t.Fatal("a guess worked")
			}
		}
		if err := check(identity.ForSignIn, code); !errors.Is(err, identity.ErrPhoneCode) {
			t.Errorf("after five tries: %v", err)
		}
		code = newCode(t, d, identity.ForSignIn, phone)
		now += identity.PhoneCodeMillis
		if err := check(identity.ForSignIn, code); !errors.Is(err, identity.ErrPhoneCode) {
			t.Errorf("too late: %v", err)
		}
	})
}

func TestNobodyIsSentMoreThanFiveCodesAnHour(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := d.Now() / 3_600_000 * 3_600_000
		d.SetClock(func() int64 { return now })
		ask := func(phone string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := identity.NewPhoneCode(ctx, tx, identity.ForSignIn, phone); return err })
		}
		var sent atomic.Int64
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				if err := ask("8613800000009"); err == nil {
					sent.Add(1)
				} else if !errors.Is(err, identity.ErrTooOften) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if sent.Load() != 5 {
			t.Errorf("%d codes were made", sent.Load())
		}
		if err := ask("8613800000008"); err != nil {
			t.Errorf("another phone: %v", err)
		}
		now += 3_600_000
		if err := ask("8613800000009"); err != nil {
			t.Errorf("an hour later: %v", err)
		}
	})
}

func TestAProvenPhoneIsItsPersonOrANewOne(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		do(t, d, func(tx *db.Tx) error {
			old, fresh, err := identity.Arrive(ctx, tx, "8613800000001")
			if err != nil || fresh || old.ID != ann {
				t.Errorf("a known phone: %+v %v %v", old, fresh, err)
			}
			guest, fresh, err := identity.Arrive(ctx, tx, "8613800004321")
			if err != nil || !fresh || guest.Name != "Guest 4321" {
				t.Errorf("a new phone: %+v %v %v", guest, fresh, err)
			}
			if err := identity.Rename(ctx, tx, guest.ID, " ", ""); !errors.Is(err, identity.ErrPersonInvalid) {
				t.Errorf("an empty name: %v", err)
			}
			if err := identity.Rename(ctx, tx, guest.ID, "Mei", "梅"); err != nil {
				return err
			}
			again, fresh, err := identity.Arrive(ctx, tx, "8613800004321")
			if fresh || again.ID != guest.ID || again.NameZh != "梅" {
				t.Errorf("again: %+v %v", again, fresh)
			}
			return err
		})
	})
}

func TestAPersonSeesAndEndsOwnSessionsAndNobodyElses(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		sign := func(p identity.PersonID, agent string) (token string) {
			do(t, d, func(tx *db.Tx) (err error) { token, err = identity.StartSessionOn(ctx, tx, p, agent); return err })
			return token
		}
		phone, laptop, bobs := sign(ann, "Phone"), sign(ann, "Laptop"), sign(bob, "Phone")
		list := func(p identity.PersonID, token string) (all []identity.SignedIn) {
			do(t, d, func(tx *db.Tx) (err error) { all, err = identity.Sessions(ctx, tx, p, token); return err })
			return all
		}
		alive := func(token string) bool {
			return d.Read(ctx, func(tx *db.Tx) error { _, err := identity.Session(ctx, tx, token); return err }) == nil
		}
		end := func(token, id string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := identity.EndSessions(ctx, tx, ann, token, id); return err })
		}
		if all := list(ann, phone); len(all) != 2 || all[0].Current == all[1].Current {
			t.Errorf("sessions %+v", all)
		}
		if err := end(phone, list(bob, bobs)[0].ID); !errors.Is(err, identity.ErrSessionUnknown) || !alive(bobs) {
			t.Errorf("another's session: %v", err)
		}
		if err := end(phone, ""); err != nil || !alive(phone) || alive(laptop) || !alive(bobs) {
			t.Errorf("all others: %v", err)
		}
		for range 60 {
			sign(ann, "Many")
		}
		if n := len(list(ann, phone)); n != 50 {
			t.Errorf("%d sessions are kept", n)
		}
	})
}

func TestAPersonKnowsHowManyTriesAreLeft(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		read := func(p identity.PersonID) (s identity.PINState) {
			do(t, d, func(tx *db.Tx) (err error) { s, err = identity.ReadPIN(ctx, tx, p); return err })
			return s
		}
		if s := read(bob); s.Set {
			t.Errorf("bob has set none: %+v", s)
		}
		_ = identity.CheckPIN(ctx, d, ann, "135791")
		if s := read(ann); !s.Set || s.Changed || s.TriesLeft != identity.PINTries-1 || s.LockedUntil != 0 {
			t.Errorf("after one wrong PIN: %+v", s)
		}
		for range identity.PINTries {
			_ = identity.CheckPIN(ctx, d, ann, "135791")
		}
		if s := read(ann); s.TriesLeft != 0 || s.LockedUntil <= d.Now() {
			t.Errorf("locked: %+v", s)
		}
		hash, err := identity.HashPIN(ctx, "864209")
		if err != nil {
			t.Fatal(err)
		}
		do(t, d, func(tx *db.Tx) error { return identity.SetPIN(ctx, tx, ann, hash) })
		if s := read(ann); !s.Changed || s.TriesLeft != identity.PINTries || s.LockedUntil != 0 {
			t.Errorf("set again: %+v", s)
		}
	})
}
