// Package signin is the console's door: signing in with a key, in a demo choosing a role without one, signing out, and the page on which
// refusals without a page of their own are shown. What a role may see is decided in console/desk. Start reading at Add.
package signin

import (
	"context"
	"embed"

	"souk/console/desk"
	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/merchant"
	"souk/platform/staff"
)

//go:embed page.html page.css
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: desk.Refusal, Files: files}

var (
	errNoPage = fault.New(fault.NotFound, "PAGE_NOT_FOUND", "there is no such page")
	errNoPlay = fault.New(fault.Forbidden, "NOT_A_DEMO", "roles can be changed without a key in a demo only")
)

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/{$}", desk.Members, func(context.Context, *desk.Visit) (desk.View, error) {
		return desk.View{To: desk.Root + "/apps"}, nil
	})
	d.Show("/{rest...}", desk.Everybody, func(context.Context, *desk.Visit) (desk.View, error) { return desk.View{}, errNoPage })
	d.Show("/sign-in", desk.Everybody, show)
	d.Act("/sign-in", desk.Everybody, signIn)
	d.Act("/try", desk.Everybody, try)
	d.Act("/sign-out", desk.Everybody, signOut)
}

// data is what page.html reads; nil on a refusal.
type data struct {
	Next  string
	Shops []merchant.Merchant // whose people one may try to be
}

func show(ctx context.Context, v *desk.Visit) (desk.View, error) {
	out := data{Next: desk.Inside(v.Get("next"))}
	view := desk.View{Page: desk.Refusal, Title: "signIn", Data: &out}
	if !v.Play() {
		return view, nil
	}
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		out.Shops, err = merchant.List(ctx, tx, "", desk.MaxShops)
		return err
	})
	return view, err
}

func signIn(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var token string
	err := v.Write(ctx, func(tx *db.Tx) (err error) {
		token, err = staff.SignIn(ctx, tx, v.Post("key"))
		return err
	})
	if err != nil {
		view, failed := show(ctx, v)
		if failed != nil {
			return view, failed
		}
		return view, err
	}
	v.Begin(token)
	return desk.View{To: desk.Inside(v.Post("next"))}, nil
}

// try signs a demo's visitor in: merchant "" is an operator.
func try(ctx context.Context, v *desk.Visit) (desk.View, error) {
	if !v.Play() {
		return desk.View{}, errNoPlay
	}
	m := staff.Member{Name: "Operator", Role: staff.Operator, Merchant: merchant.ID(v.Post("merchant"))}
	var token string
	err := v.Write(ctx, func(tx *db.Tx) error {
		if m.Merchant != "" {
			shop, err := merchant.Find(ctx, tx, m.Merchant)
			if err != nil {
				return err
			}
			m.Name, m.Role = v.Name(shop.Name, shop.NameZh), staff.Merchant
			m.Name = string([]rune(m.Name)[:min(64, len([]rune(m.Name)))])
		}
		var err error
		token, err = staff.Try(ctx, tx, m)
		return err
	})
	if err != nil {
		return desk.View{}, err
	}
	v.Begin(token)
	return desk.View{To: desk.Inside(v.Post("next"))}, nil
}

func signOut(ctx context.Context, v *desk.Visit) (desk.View, error) {
	err := v.Write(ctx, func(tx *db.Tx) error { return staff.SignOut(ctx, tx, v.Token()) })
	v.Begin("")
	return desk.View{To: desk.Root + "/sign-in"}, err
}
