package host

import (
	"context"
	"net/http"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/identity"
	"souk/platform/messenger"
	"souk/platform/wallet"
)

var errNoInbox = fault.New(fault.Forbidden, "NO_INBOX", "messages can be read here in a demo only")

// sendSignInCode sends a code to a phone, whether somebody here has it or not. {phone} → {phone} as it was understood.
func (d door) sendSignInCode(w http.ResponseWriter, r *http.Request) {
	var in struct{ Phone string }
	phone, err := "", error(nil)
	body, err := readBody(w, r)
	if err == nil {
		err = parse(body, &in)
	}
	if err == nil {
		phone, err = identity.ParsePhone(in.Phone)
	}
	if err == nil {
		err = d.sendCode(r.Context(), identity.ForSignIn, phone, "%s is your code to sign in, for 5 minutes. Give it to nobody. 您的登录验证码是 %[1]s，5分钟内有效，请勿告知他人。")
	}
	d.finish(w, r, map[string]string{"phone": phone}, err)
}

// signInByPhone signs in whoever has the code that was sent; a number that nobody has becomes a new person with an empty wallet.
// {phone, code} → session, with fresh for a new person.
func (d door) signInByPhone(w http.ResponseWriter, r *http.Request) {
	var in struct{ Phone, Code string }
	body, err := readBody(w, r)
	if err == nil {
		err = parse(body, &in)
	}
	var person identity.Person
	fresh := false
	if err == nil {
		person, fresh, err = d.arrive(r.Context(), in.Phone, in.Code)
	}
	if err == nil {
		err = d.signIn(w, r, person.ID)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.welcome(w, r, person, fresh)
}

func (d door) arrive(ctx context.Context, typed, code string) (person identity.Person, fresh bool, err error) {
	phone, err := identity.ParsePhone(typed)
	if err != nil {
		return person, false, err
	}
	if err := identity.CheckPhoneCode(ctx, d.DB, identity.ForSignIn, phone, code); err != nil {
		return person, false, err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		if person, fresh, err = identity.Arrive(ctx, tx, phone); err != nil {
			return err
		}
		return wallet.Open(ctx, tx, person.ID)
	})
	return person, fresh, err
}

// welcome answers the session of whoever has just signed in.
func (d door) welcome(w http.ResponseWriter, r *http.Request, person identity.Person, fresh bool) {
	var out sessionOut
	err := d.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		out, err = d.describeSession(r.Context(), tx, person)
		return err
	})
	out.Fresh = fresh
	d.finish(w, r, out, err)
}

// inbox shows what the simulated network delivered to a phone, in a demo. ?phone=
func (d door) inbox(w http.ResponseWriter, r *http.Request) {
	err := fromShell(r)
	if err == nil && !d.Demo {
		err = errNoInbox
	}
	list := []messenger.Message{}
	if err == nil {
		var phone string
		if phone, err = identity.ParsePhone(r.URL.Query().Get("phone")); err == nil {
			err = d.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
				list, err = messenger.Latest(r.Context(), tx, phone, messagesShown)
				return err
			})
		}
	}
	d.finish(w, r, map[string]any{"messages": list}, err)
}

const messagesShown = 5

// signOut ends the session that asks.
func (d door) signOut(w http.ResponseWriter, r *http.Request) {
	_, err := readBody(w, r)
	if err == nil {
		err = d.DB.Write(r.Context(), func(tx *db.Tx) error { return identity.EndSession(r.Context(), tx, token(r)) })
	}
	if err == nil {
		http.SetCookie(w, &http.Cookie{Name: Cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	}
	d.finish(w, r, struct{}{}, err)
}

// sessions lists where the person is signed in.
func sessions(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	type signedInOut struct {
		ID      string `json:"id"`
		Agent   string `json:"agent"`
		MadeAt  int64  `json:"madeAt"`
		EndsAt  int64  `json:"endsAt"`
		Current bool   `json:"current"`
	}
	all, err := identity.Sessions(ctx, tx, person.ID, token(r))
	list := []signedInOut{}
	for _, s := range all {
		list = append(list, signedInOut{s.ID, s.Agent, s.MadeAt, s.EndsAt, s.Current})
	}
	return map[string]any{"sessions": list}, err
}

// endSessions signs the person out elsewhere. {id} one session, {} all but this.
func endSessions(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ ID string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	ended, err := identity.EndSessions(ctx, tx, person.ID, token(r), in.ID)
	return map[string]int{"ended": ended}, err
}

// rename changes how the person is called. {name, nameZh} → {}.
func rename(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ Name, NameZh string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, identity.Rename(ctx, tx, person.ID, in.Name, in.NameZh)
}

// consentLog lists every answer the person ever gave, newest first.
func consentLog(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	given, err := identity.ConsentLog(ctx, tx, person.ID)
	if err != nil {
		return nil, err
	}
	return map[string]any{"answers": named(ctx, tx, given)}, nil
}
