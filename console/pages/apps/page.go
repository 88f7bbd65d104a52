// Package apps lists a merchant's apps of the open API, or for an operator everybody's, and makes new ones.
//
// What a new app needs to call us is shown once, as the answer to the form: a private key made here is kept nowhere. It makes nothing
// itself: gateway/open and platform/openapp do. Start reading at Add.
package apps

import (
	"context"
	"embed"
	"unicode/utf8"

	"souk/console/desk"
	"souk/gateway/open"
	"souk/kit/db"
	"souk/kit/fault"
	"souk/platform/merchant"
)

//go:embed page.html page.css page.ts
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "apps", Files: files}

const (
	perPage = 50
	maxName = 40 // characters
)

var errName = fault.New(fault.Invalid, "APP_NAME", "an app needs a name of at most 40 characters")

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/apps", desk.Members, list)
	d.Show("/apps/new", desk.Owners, form)
	d.Act("/apps", desk.Owners, create)
}

type row struct {
	merchant.App
	Keyed bool // it has told how it signs
}

type data struct {
	Rows  []row
	Next  string // the last id of a full page
	New   bool
	Shops []merchant.Merchant
	Given given
	Card  *open.AppCard // what was just made
	Pair  *open.Pair    // the private key that was just made, if it was made here
}

// given is what was typed into the form, to show it again.
type given struct{ Name, Merchant, Mode, PublicKey, Request, MessageURL string }

func list(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) error {
		out = data{}
		apps, err := page(ctx, tx, v)
		if err != nil {
			return err
		}
		for _, a := range apps {
			registered, err := desk.Registered(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			out.Rows = append(out.Rows, row{a, registered.ID != ""})
		}
		if len(apps) == perPage {
			out.Next = string(apps[perPage-1].ID)
		}
		return nil
	})
	return desk.View{Page: "apps", Section: "apps", Title: "apps", Data: out}, err
}

func page(ctx context.Context, tx *db.Tx, v *desk.Visit) ([]merchant.App, error) {
	after := merchant.AppID(v.Get("after"))
	if v.IsOperator() {
		return merchant.Apps(ctx, tx, after, perPage)
	}
	return merchant.AppsOf(ctx, tx, v.Who.Merchant, after, perPage)
}

func form(ctx context.Context, v *desk.Visit) (desk.View, error) {
	return fill(ctx, v, given{Mode: "key", Merchant: v.Get("merchant")})
}

func fill(ctx context.Context, v *desk.Visit, in given) (desk.View, error) {
	out := data{New: true, Given: in}
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		if v.IsOperator() {
			out.Shops, err = merchant.List(ctx, tx, "", desk.MaxShops)
		}
		return err
	})
	return desk.View{Page: "apps", Section: "apps", Title: "newApp", Data: out}, err
}

func create(ctx context.Context, v *desk.Visit) (desk.View, error) {
	in := given{v.Post("name"), v.Post("merchant"), v.Post("mode"), v.Post("publicKey"), v.Post("request"), v.Post("messageUrl")}
	card, pair, err := app(ctx, v, in)
	if err != nil {
		view, failed := fill(ctx, v, in)
		if failed != nil {
			return desk.View{}, failed
		}
		return view, err
	}
	return desk.View{Page: "apps", Section: "apps", Title: in.Name, Data: data{Card: &card, Pair: pair}}, nil
}

// app makes the app that the form asks for, and its private key if that is to be made here.
func app(ctx context.Context, v *desk.Visit, in given) (open.AppCard, *open.Pair, error) {
	if in.Name == "" || utf8.RuneCountInString(in.Name) > maxName {
		return open.AppCard{}, nil, errName
	}
	wanted := open.NewApp{Name: in.Name, Merchant: merchant.ID(in.Merchant), AES: v.Post("aes") != "", MessageURL: in.MessageURL}
	if !v.IsOperator() {
		wanted.Merchant = v.Who.Merchant
	}
	var made *open.Pair
	switch in.Mode {
	case "pair":
		pair, err := open.NewPair()
		if err != nil {
			return open.AppCard{}, nil, err
		}
		wanted.Request, made = pair.Request, &pair
	case "request":
		wanted.Request = in.Request
	default:
		wanted.PublicKey = in.PublicKey
	}
	card, err := open.CreateApp(ctx, v.DB(), v.Base(), wanted)
	return card, made, err
}
