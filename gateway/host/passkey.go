package host

import (
	"context"
	"encoding/json"
	"net/http"

	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/passkey"
)

var errPurpose = fault.New(fault.Invalid, "PASSKEY_PURPOSE", "a passkey is asked to register or to spend")

// Deeds that are asked about here; paying a trade is asked about in gateway/my.
const (
	transferring = "transfer"
	withdrawing  = "withdraw"
	limiting     = "limit"
	agreeing     = "agree"
)

type keyOut struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	MadeAt int64  `json:"madeAt"`
	UsedAt int64  `json:"usedAt,omitempty"`
}

// passkeys lists the person's own.
func passkeys(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	keys, err := passkey.Keys(ctx, tx, person.ID)
	list := []keyOut{}
	for _, k := range keys {
		list = append(list, keyOut{k.ID, k.Name, k.MadeAt, k.UsedAt})
	}
	return map[string]any{"passkeys": list}, err
}

// askPasskey puts a question to the person's device. {purpose: register}, or {purpose: spend, deed, and what that deed's address then takes} →
// what navigator.credentials takes.
func (d door) askPasskey(ctx context.Context, who asking, body []byte) (any, error) {
	var in struct {
		Purpose passkey.Purpose
		Deed    string
		AuthNO  hold.No
		spending
	}
	if err := parse(body, &in); err != nil {
		return nil, err
	}
	var deed passkey.Deed
	var err error
	switch {
	case in.Purpose == passkey.Register:
	case in.Purpose != passkey.Spend:
		err = errPurpose
	case in.Deed == agreeing:
		deed, err = d.agreement(ctx, in.AuthNO)
	case in.Deed == transferring || in.Deed == withdrawing || in.Deed == limiting:
		deed, _, err = in.spending.deed(in.Deed)
	default:
		err = passkey.ErrDeed
	}
	if err != nil {
		return nil, err
	}
	return d.putQuestion(ctx, who.origin, in.Purpose, who.ID, deed)
}

func (d door) putQuestion(ctx context.Context, origin string, purpose passkey.Purpose, person identity.PersonID, deed passkey.Deed) (out any, err error) {
	site, err := passkey.At(origin)
	if err != nil {
		return nil, err
	}
	err = d.DB.Write(ctx, func(tx *db.Tx) error {
		out, err = site.Ask(ctx, tx, purpose, person, deed)
		return err
	})
	return out, err
}

// addPasskey keeps a new passkey. It spends like the PIN does, so the PIN is asked for. {pin, name, passkey: the device's answer} → {}.
func (d door) addPasskey(ctx context.Context, who asking, body []byte) (any, error) {
	var in struct {
		PIN, Name string
		Passkey   json.RawMessage
	}
	if err := parse(body, &in); err != nil {
		return nil, err
	}
	site, err := passkey.At(who.origin)
	if err != nil {
		return nil, err
	}
	if err := identity.CheckPIN(ctx, d.DB, who.ID, in.PIN); err != nil {
		return nil, err
	}
	return struct{}{}, d.DB.Write(ctx, func(tx *db.Tx) error { return site.Add(ctx, tx, who.ID, in.Name, in.Passkey) })
}

// removePasskey forgets one. {id} → {}.
func removePasskey(ctx context.Context, tx *db.Tx, person identity.Person, r *http.Request) (any, error) {
	var in struct{ ID string }
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return struct{}{}, passkey.Remove(ctx, tx, person.ID, in.ID)
}

// askSignIn puts a question to whoever has a passkey of this site. {} → what navigator.credentials takes.
func (d door) askSignIn(w http.ResponseWriter, r *http.Request) {
	var out any
	_, err := readBody(w, r)
	if err == nil {
		out, err = d.putQuestion(r.Context(), r.Header.Get("Origin"), passkey.SignIn, "", "")
	}
	d.finish(w, r, out, err)
}

// signInByPasskey signs in whose passkey answered. {passkey} → session.
func (d door) signInByPasskey(w http.ResponseWriter, r *http.Request) {
	var in struct{ Passkey json.RawMessage }
	var person identity.Person
	site := passkey.Site{}
	body, err := readBody(w, r)
	if err == nil {
		err = parse(body, &in)
	}
	if err == nil {
		site, err = passkey.At(r.Header.Get("Origin"))
	}
	if err == nil {
		err = d.DB.Write(r.Context(), func(tx *db.Tx) error {
			id, err := site.Prove(r.Context(), tx, passkey.SignIn, "", "", in.Passkey)
			if err != nil {
				return err
			}
			person, err = identity.Find(r.Context(), tx, id)
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
