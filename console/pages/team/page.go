// Package team is who may sign in at the console: operators make keys for each other and for merchants' people, and end them. A key is shown once.
// Start reading at Add.
package team

import (
	"context"
	"embed"

	"souk/console/desk"
	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/staff"
)

//go:embed page.html
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "team", Files: files}

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/team", desk.Operators, show)
	d.Act("/team", desk.Operators, add)
	d.Act("/team/{id}/end", desk.Operators, end)
}

type data struct {
	Members []staff.Member
	Shops   []merchant.Merchant
	Name    string
	Made    string // the key that was just made
}

func show(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		if out.Members, err = staff.List(ctx, tx); err != nil {
			return err
		}
		out.Shops, err = merchant.List(ctx, tx, "", desk.MaxShops)
		return err
	})
	return desk.View{Page: "team", Section: "team", Title: "team", Data: &out}, err
}

func add(ctx context.Context, v *desk.Visit) (desk.View, error) {
	m := staff.Member{Name: v.Post("name"), Role: staff.Operator, Duty: staff.Duty(v.Post("duty")), Merchant: merchant.ID(v.Post("merchant"))}
	if m.Merchant != "" {
		m.Role = staff.Merchant
	}
	var key string
	problem := v.Write(ctx, func(tx *db.Tx) (err error) {
		_, key, err = staff.Add(ctx, tx, m)
		return err
	})
	view, err := show(ctx, v)
	if err != nil {
		return desk.View{}, err
	}
	view.Data.(*data).Name = m.Name
	if problem == nil {
		view.Data.(*data).Made = key
	}
	return view, problem
}

func end(ctx context.Context, v *desk.Visit) (desk.View, error) {
	err := v.Write(ctx, func(tx *db.Tx) error { return staff.End(ctx, tx, v.Part("id")) })
	return desk.To("/team", "ended"), err
}
