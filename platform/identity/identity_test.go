package identity_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/event"
	"souk/platform/identity"
)

var ctx = context.Background()

var schemas = []db.Schema{event.Schema, identity.Schema}

const (
	ann identity.PersonID = "ann"
	bob identity.PersonID = "bob"
	pin                   = "246810"
)

func do(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(ctx, f); err != nil {
		t.Fatal(err)
	}
}

func persons(t *testing.T, d *db.DB) {
	t.Helper()
	hash, err := identity.HashPIN(ctx, pin)
	if err != nil {
		t.Fatal(err)
	}
	do(t, d, func(tx *db.Tx) error {
		for _, p := range []identity.Person{{ID: ann, Name: "Ann", Phone: "8613800000001"}, {ID: bob, Name: "Bob"}} {
			if err := identity.Add(ctx, tx, p); err != nil {
				return err
			}
		}
		return identity.SetPIN(ctx, tx, ann, hash)
	})
}

func TestGuessingAPINInParallelGetsFiveTriesAndNoMore(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		var mu sync.Mutex
		var wg sync.WaitGroup
		counts := map[error]int{}
		for range 32 {
			wg.Go(func() {
				err := identity.CheckPIN(ctx, d, ann, "135791")
				mu.Lock()
				defer mu.Unlock()
				for _, kind := range []error{identity.ErrPINWrong, identity.ErrPINLocked} {
					if errors.Is(err, kind) {
						counts[kind]++
					}
				}
			})
		}
		wg.Wait()
		if counts[identity.ErrPINWrong] != identity.PINTries-1 || counts[identity.ErrPINLocked] != 32-identity.PINTries+1 {
			t.Errorf("%v", counts)
		}
		if err := identity.CheckPIN(ctx, d, ann, pin); !errors.Is(err, identity.ErrPINLocked) {
			t.Errorf("the right PIN while locked: %v", err)
		}
		now += identity.PINLockMillis
		if err := identity.CheckPIN(ctx, d, ann, pin); err != nil {
			t.Errorf("the right PIN afterwards: %v", err)
		}
		for range 3 { // a right PIN forgets the wrong ones
			for range identity.PINTries - 1 {
				if err := identity.CheckPIN(ctx, d, ann, "135791"); !errors.Is(err, identity.ErrPINWrong) {
					t.Fatal(err)
				}
			}
			if err := identity.CheckPIN(ctx, d, ann, pin); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestPINsThatAreNoPINsOrEasyAreRefused(t *testing.T) {
	for in, want := range map[string]error{
		"": identity.ErrPINInvalid, "12345": identity.ErrPINInvalid, "1234567": identity.ErrPINInvalid, "12345a": identity.ErrPINInvalid, "１２３４５６": identity.ErrPINInvalid,
		"111111": identity.ErrPINWeak, "123456": identity.ErrPINWeak, "987654": identity.ErrPINWeak,
	} {
		if _, err := identity.HashPIN(ctx, in); !errors.Is(err, want) {
			t.Errorf("%q: %v", in, err)
		}
	}
	hash, err := identity.HashPIN(ctx, pin)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$") || strings.Contains(hash, pin) {
		t.Errorf("%q %v", hash, err)
	}
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		if err := identity.CheckPIN(ctx, d, bob, pin); !errors.Is(err, identity.ErrPINMissing) {
			t.Errorf("without a PIN: %v", err)
		}
	})
}

func TestASessionEndsAndItsTokenIsNowhereInTheDatabase(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		start := func() (token string) {
			do(t, d, func(tx *db.Tx) (err error) { token, err = identity.StartSession(ctx, tx, ann); return err })
			return token
		}
		who := func(token string) error {
			return d.Read(ctx, func(tx *db.Tx) error {
				p, err := identity.Session(ctx, tx, token)
				if err == nil && p.ID != ann {
					t.Errorf("%+v", p)
				}
				return err
			})
		}
		a, b := start(), start()
		if who(a) != nil || who(b) != nil || !errors.Is(who(a+"x"), identity.ErrNoSession) || !errors.Is(who(""), identity.ErrNoSession) {
			t.Error("who is it?")
		}
		do(t, d, func(tx *db.Tx) error { return identity.EndSession(ctx, tx, a) })
		if !errors.Is(who(a), identity.ErrNoSession) || who(b) != nil {
			t.Error("signing out ended the wrong session")
		}
		now += identity.SessionDays * 24 * 60 * 60 * 1000
		if !errors.Is(who(b), identity.ErrNoSession) {
			t.Error("the session did not end")
		}
	})
}

func TestEveryProgramKnowsAPersonByOtherNames(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		link := func(app string, p identity.PersonID) (l identity.Link) {
			do(t, d, func(tx *db.Tx) (err error) { l, err = identity.LinkTo(ctx, tx, app, p); return err })
			return l
		}
		one, again, two, other := link("app1", ann), link("app1", ann), link("app2", ann), link("app1", bob)
		if one != again || one.OpenID == two.OpenID || one.UserID == two.UserID || one.OpenID == other.OpenID {
			t.Errorf("%v %v %v %v", one, again, two, other)
		}
		if len(one.UserID) != 16 || !strings.HasPrefix(one.UserID, "2088") {
			t.Errorf("user_id %s", one.UserID)
		}
		for _, c := range []struct {
			app, id string
			known   bool
		}{{"app1", one.OpenID, true}, {"app1", one.UserID, true}, {"app2", one.OpenID, false}, {"app2", one.UserID, false}, {"app1", string(ann), false}} {
			err := d.Read(ctx, func(tx *db.Tx) error { _, err := identity.PersonOf(ctx, tx, c.app, c.id); return err })
			if (err == nil) != c.known {
				t.Errorf("%s asks for %s: %v", c.app, c.id, err)
			}
		}
	})
}

// program is what an app does with codes and tokens.
type program struct {
	t   *testing.T
	d   *db.DB
	app string
}

func (p program) code(scopes ...string) (code string, err error) {
	err = p.d.Write(ctx, func(tx *db.Tx) (err error) { code, err = identity.NewAuthCode(ctx, tx, p.app, ann, scopes); return err })
	return code, err
}

func (p program) exchange(code string) (tokens identity.Tokens, err error) {
	err = p.d.Write(ctx, func(tx *db.Tx) (err error) { tokens, err = identity.Exchange(ctx, tx, p.app, code); return err })
	return tokens, err
}

func (p program) renew(refresh string) (tokens identity.Tokens, err error) {
	err = p.d.Write(ctx, func(tx *db.Tx) (err error) { tokens, err = identity.Renew(ctx, tx, p.app, refresh); return err })
	return tokens, err
}

func (p program) access(token, scope string) error {
	return p.d.Read(ctx, func(tx *db.Tx) error { _, err := identity.ByAccess(ctx, tx, p.app, token, scope); return err })
}

func (p program) decide(granted bool) {
	p.t.Helper()
	do(p.t, p.d, func(tx *db.Tx) error { return identity.Decide(ctx, tx, p.app, ann, "auth_user", granted) })
}

func TestAnAuthCodeWorksOnceForItsProgramAndNotForLong(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		now := d.Now()
		d.SetClock(func() int64 { return now })
		app, other := program{t, d, "app"}, program{t, d, "other"}
		silent, err := app.code("auth_base")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.exchange(silent); !errors.Is(err, identity.ErrCodeInvalid) {
			t.Errorf("another program: %v", err)
		}
		if _, err := app.exchange(silent); err != nil {
			t.Error(err)
		}
		if _, err := app.exchange(silent); !errors.Is(err, identity.ErrCodeInvalid) {
			t.Errorf("a second time: %v", err)
		}
		old, _ := app.code("auth_base")
		now += identity.CodeMillis
		if _, err := app.exchange(old); !errors.Is(err, identity.ErrCodeInvalid) {
			t.Errorf("too late: %v", err)
		}
	})
}

func TestAScopeNeedsConsentAndTakingItBackEndsItsTokens(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		persons(t, d)
		app, other := program{t, d, "app"}, program{t, d, "other"}
		if _, err := app.code("auth_user"); !errors.Is(err, identity.ErrConsentMissing) {
			t.Errorf("without consent: %v", err)
		}
		if _, err := app.code("everything"); !errors.Is(err, identity.ErrScopeUnknown) {
			t.Errorf("an unknown scope: %v", err)
		}
		app.decide(true)
		code, err := app.code("auth_user")
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := app.exchange(code)
		if err != nil {
			t.Fatal(err)
		}
		if err := app.access(tokens.Access, "auth_user"); err != nil {
			t.Error(err)
		}
		if err := app.access(tokens.Access, "phoneNumber"); !errors.Is(err, identity.ErrConsentMissing) {
			t.Errorf("a scope that the token lacks: %v", err)
		}
		if err := other.access(tokens.Access, "auth_user"); !errors.Is(err, identity.ErrTokenInvalid) {
			t.Errorf("another program's token: %v", err)
		}
		renewed, err := app.renew(tokens.Refresh)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := app.renew(tokens.Refresh); !errors.Is(err, identity.ErrTokenInvalid) {
			t.Errorf("a spent refresh token: %v", err)
		}
		app.decide(false)
		for _, token := range []string{tokens.Access, renewed.Access} {
			if err := app.access(token, "auth_user"); !errors.Is(err, identity.ErrTokenInvalid) {
				t.Errorf("after taking it back: %v", err)
			}
		}
		do(t, d, func(tx *db.Tx) error {
			log, err := identity.ConsentLog(ctx, tx, ann)
			if len(log) != 2 {
				t.Errorf("log %+v", log)
			}
			return err
		})
	})
}
