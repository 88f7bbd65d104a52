package host

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"souk/kit/db"
	"souk/platform/identity"
)

const maxPeople = 20

type personOut struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameZh string `json:"nameZh,omitempty"`
	Phone  string `json:"phone,omitempty"`
}

func out(p identity.Person) personOut {
	return personOut{ID: string(p.ID), Name: p.Name, NameZh: p.NameZh, Phone: p.Phone}
}

type sessionOut struct {
	Person  personOut   `json:"person"`
	People  []personOut `json:"people"`
	Demo    bool        `json:"demo"`
	Dev     bool        `json:"dev"`
	PINHint string      `json:"pinHint,omitempty"` // while the person keeps the demo's PIN
	Fresh   bool        `json:"fresh,omitempty"`   // a new person, just made
}

// session tells who is signed in.
func (d door) session(w http.ResponseWriter, r *http.Request) {
	person, err := d.visitor(w, r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.welcome(w, r, person, false)
}

// visitor is who is signed in. A demo signs its first visitor in as its first person.
func (d door) visitor(w http.ResponseWriter, r *http.Request) (person identity.Person, err error) {
	ctx := r.Context()
	if err := fromShell(r); err != nil {
		return person, err
	}
	var first identity.Person
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		people, err := d.people(ctx, tx)
		if err != nil {
			return err
		}
		if len(people) > 0 {
			first = people[0]
		}
		person, err = identity.Session(ctx, tx, token(r))
		return err
	})
	if errors.Is(err, identity.ErrNoSession) && first.ID != "" {
		return first, d.signIn(w, r, first.ID)
	}
	return person, err
}

// people are those that a demo offers; nobody elsewhere.
func (d door) people(ctx context.Context, tx *db.Tx) ([]identity.Person, error) {
	if !d.Demo {
		return nil, nil
	}
	return identity.List(ctx, tx, "", maxPeople)
}

func (d door) describeSession(ctx context.Context, tx *db.Tx, person identity.Person) (sessionOut, error) {
	s := sessionOut{Person: out(person), People: []personOut{}, Demo: d.Demo, Dev: d.Dev}
	people, err := d.people(ctx, tx)
	if err != nil {
		return s, err
	}
	for _, p := range people {
		s.People = append(s.People, out(p))
	}
	pin, err := identity.ReadPIN(ctx, tx, person.ID)
	if d.Demo && pin.Set && !pin.Changed {
		s.PINHint = d.PINHint
	}
	return s, err
}

// become signs a demo's visitor in as another person. {person} → session.
func (d door) become(w http.ResponseWriter, r *http.Request) {
	var in struct{ Person identity.PersonID }
	var person identity.Person
	body, err := readBody(w, r)
	if err == nil && !d.Demo {
		err = errNoDemo
	}
	if err == nil {
		err = parse(body, &in)
	}
	if err == nil {
		err = d.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			person, err = identity.Find(r.Context(), tx, in.Person)
			return err
		})
	}
	if err == nil {
		err = d.signIn(w, r, person.ID)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	d.welcome(w, r, person, false)
}

// signIn starts a session, ends the one before and sets the cookie, which scripts cannot read and other sites cannot send.
func (d door) signIn(w http.ResponseWriter, r *http.Request, person identity.PersonID) error {
	ctx := r.Context()
	var fresh string
	err := d.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if old := token(r); old != "" {
			if err := identity.EndSession(ctx, tx, old); err != nil {
				return err
			}
		}
		fresh, err = identity.StartSessionOn(ctx, tx, person, r.UserAgent())
		return err
	})
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Value: fresh, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"), MaxAge: identity.SessionDays * 24 * 60 * 60})
	return nil
}
