package host

import (
	"context"
	"errors"
	"io"
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
	PINHint string      `json:"pinHint,omitempty"`
}

// session tells who is signed in. A demo signs its first visitor in as its first person.
func (d door) session(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	if err := fromShell(r); err != nil {
		d.refuse(w, r, err)
		return
	}
	var person identity.Person
	var people []identity.Person
	err := d.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if people, err = d.people(ctx, tx); err != nil {
			return err
		}
		person, err = identity.Session(ctx, tx, token(r))
		return err
	})
	if errors.Is(err, identity.ErrNoSession) && d.Demo && len(people) > 0 {
		person = people[0]
		err = d.signIn(w, r, person.ID)
	}
	d.finish(w, r, d.sessionOut(person, people), err)
}

// people are those that a demo offers; nobody elsewhere.
func (d door) people(ctx context.Context, tx *db.Tx) ([]identity.Person, error) {
	if !d.Demo {
		return nil, nil
	}
	return identity.List(ctx, tx, "", maxPeople)
}

func (d door) sessionOut(person identity.Person, people []identity.Person) sessionOut {
	s := sessionOut{Person: out(person), People: []personOut{}, Demo: d.Demo, Dev: d.Dev}
	for _, p := range people {
		s.People = append(s.People, out(p))
	}
	if d.Demo {
		s.PINHint = d.PINHint
	}
	return s
}

// become signs a demo's visitor in as another person. {person} → session.
func (d door) become(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	var in struct{ Person identity.PersonID }
	var person identity.Person
	var people []identity.Person
	err := fromShell(r)
	if err == nil && !d.Demo {
		err = errNoDemo
	}
	if err == nil {
		r.Body = io.NopCloser(http.MaxBytesReader(w, r.Body, maxBody))
		err = decode(r, &in)
	}
	if err == nil {
		err = d.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if people, err = d.people(ctx, tx); err != nil {
				return err
			}
			person, err = identity.Find(ctx, tx, in.Person)
			return err
		})
	}
	if err == nil {
		err = d.signIn(w, r, person.ID)
	}
	d.finish(w, r, d.sessionOut(person, people), err)
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
		fresh, err = identity.StartSession(ctx, tx, person)
		return err
	})
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: Cookie, Value: fresh, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"), MaxAge: identity.SessionDays * 24 * 60 * 60})
	return nil
}
