package host

import (
	"context"
	"encoding/json"
	"net/http"

	"souk/gateway/site"
	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// openingOut is all that the shell needs to open a program, in one answer.
type openingOut struct {
	Session     sessionOut       `json:"session"`
	Program     programOut       `json:"program"`
	Consents    []openingConsent `json:"consents"`
	*site.Texts                  // bundle and script, unless the shell has them
}

type openingConsent struct {
	Scope   string `json:"scope"`
	Granted bool   `json:"granted"`
}

// opening answers GET /host/v1/open/{app}?have=HASH: who asks (a demo signs its first visitor in), the release this person gets, what the program was
// allowed, and the release's texts when they are not those that the shell has.
func (d door) opening(w http.ResponseWriter, r *http.Request) {
	person, err := d.visitor(w, r)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	out := openingOut{Consents: []openingConsent{}}
	err = d.DB.Read(r.Context(), func(tx *db.Tx) error {
		return d.describeOpening(r.Context(), tx, person, merchant.AppID(r.PathValue("app")), &out)
	})
	if err == nil && r.URL.Query().Get("have") != out.Program.Bundle {
		out.Texts = d.Shelf.Texts(out.Program.Bundle)
	}
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	body, err := json.Marshal(out)
	if err != nil {
		d.refuse(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	site.Answer(w, r, "application/json; charset=utf-8", body)
}

func (d door) describeOpening(ctx context.Context, tx *db.Tx, person identity.Person, app merchant.AppID, out *openingOut) (err error) {
	if out.Session, err = d.describeSession(ctx, tx, person); err != nil {
		return err
	}
	a, err := merchant.FindApp(ctx, tx, app)
	if err != nil {
		return err
	}
	var ok bool
	if out.Program, ok = d.describe(a); !ok {
		return errRelease
	}
	given, err := identity.Consents(ctx, tx, person.ID, string(app))
	out.Consents = out.Consents[:0]
	for _, c := range given {
		out.Consents = append(out.Consents, openingConsent{c.Scope, c.Granted})
	}
	return err
}
