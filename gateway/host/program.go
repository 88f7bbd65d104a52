package host

import (
	"context"
	"net/http"
	"strings"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// maxPrograms bounds the first page; platform/catalog will search beyond it.
const maxPrograms = 100

type programOut struct {
	AppID      string `json:"appId"`
	Name       string `json:"name"`
	NameZh     string `json:"nameZh,omitempty"`
	About      string `json:"about,omitempty"`
	AboutZh    string `json:"aboutZh,omitempty"`
	Merchant   string `json:"merchant"`
	MerchantZh string `json:"merchantZh,omitempty"`
	Icon       string `json:"icon,omitempty"`
	Bundle     string `json:"bundle"`
	Version    string `json:"version"`
}

// describe joins what is known of a program with the release this person gets; ok is false when it has none.
func (d door) describe(a merchant.App) (p programOut, ok bool) {
	release, ok := d.Shelf.Find(string(a.ID))
	if !ok {
		return programOut{}, false
	}
	l := d.Listings[a.ID]
	icon := l.Icon
	if icon == "" {
		icon = a.Icon
	}
	if icon != "" && !strings.Contains(icon, "://") {
		icon = "/-/bundle/" + release.Hash + "/assets/" + strings.TrimPrefix(icon, "/")
	}
	return programOut{AppID: string(a.ID), Name: a.Name, NameZh: a.NameZh, About: l.About, AboutZh: l.AboutZh, Merchant: a.Merchant.Name,
		MerchantZh: a.Merchant.NameZh, Icon: icon, Bundle: release.Hash, Version: release.Version}, true
}

// programs lists what can be opened. ?q= keeps those whose words contain it, in either language.
func (d door) programs(ctx context.Context, tx *db.Tx, _ identity.Person, r *http.Request) (any, error) {
	apps, err := merchant.Apps(ctx, tx, "", maxPrograms)
	if err != nil {
		return nil, err
	}
	q := strings.ToLower(strings.TrimSpace(r.URL.Query().Get("q")))
	list := []programOut{}
	for _, a := range apps {
		p, ok := d.describe(a)
		words := strings.ToLower(strings.Join([]string{p.AppID, p.Name, p.NameZh, p.About, p.AboutZh, p.Merchant, p.MerchantZh}, "\n"))
		if ok && !d.Listings[a.ID].Hidden && strings.Contains(words, q) {
			list = append(list, p)
		}
	}
	return map[string]any{"programs": list}, nil
}

func (d door) program(ctx context.Context, tx *db.Tx, _ identity.Person, r *http.Request) (any, error) {
	a, err := merchant.FindApp(ctx, tx, merchant.AppID(r.PathValue("app")))
	if err != nil {
		return nil, err
	}
	p, ok := d.describe(a)
	if !ok {
		return nil, errRelease
	}
	return p, nil
}

// consents lists what the person answered, to all programs.
func consents(ctx context.Context, tx *db.Tx, person identity.Person, _ *http.Request) (any, error) {
	given, err := identity.Consents(ctx, tx, person.ID, "")
	if err != nil {
		return nil, err
	}
	return map[string]any{"consents": named(ctx, tx, given)}, nil
}

type consentOut struct {
	AppID     string `json:"appId"`
	Program   string `json:"program"`
	ProgramZh string `json:"programZh,omitempty"`
	Scope     string `json:"scope"`
	Granted   bool   `json:"granted"`
	At        int64  `json:"at"`
}

// named adds the programs' names to answers. A program that is gone keeps its answers in the log, not here.
func named(ctx context.Context, tx *db.Tx, given []identity.Consent) []consentOut {
	list, known := []consentOut{}, map[string]merchant.App{}
	for _, c := range given {
		a, ok := known[c.App]
		if !ok {
			a, _ = merchant.FindApp(ctx, tx, merchant.AppID(c.App))
			known[c.App] = a
		}
		if a.ID != "" {
			list = append(list, consentOut{AppID: c.App, Program: a.Name, ProgramZh: a.NameZh, Scope: c.Scope, Granted: c.Granted, At: c.At})
		}
	}
	return list
}
