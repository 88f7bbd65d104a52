// Package notifications shows what an app's server was told and whether it answered, and sends it again. Sending is gateway/open's work.
// Start reading at Add.
package notifications

import (
	"context"
	"embed"
	"maps"
	"slices"
	"strconv"
	"strings"

	"souk/console/desk"
	"souk/gateway/open"
	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

//go:embed page.html
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "notifications", Files: files}

const perPage = 50

// states are those of a notification, in the order of the filter.
var states = []string{"", "waiting", "delivered", "given_up"}

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/apps/{app}/notifications", desk.Members, list)
	d.Show("/apps/{app}/notifications/{id}", desk.Members, one)
	d.Act("/apps/{app}/notifications/{id}/replay", desk.Owners, replay)
}

type field struct{ Name, Value string }

type data struct {
	App    merchant.App
	States []string
	State  string
	List   []openapp.Notification
	Next   string
	One    *openapp.Notification
	Fields []field
	Tries  int // how many attempts the schedule has
}

func list(ctx context.Context, v *desk.Visit) (desk.View, error) {
	out := data{States: states, State: v.Get("state"), Tries: len(openapp.Waits) + 1}
	if !slices.Contains(states, out.State) {
		out.State = ""
	}
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		if out.App, err = v.App(ctx, tx, v.Part("app")); err != nil {
			return err
		}
		out.List, err = openapp.Notifications(ctx, tx, openapp.NotificationSearch{AppID: string(out.App.ID), State: out.State, After: after(v.Get("after")), Limit: perPage})
		return err
	})
	if len(out.List) == perPage {
		last := out.List[perPage-1]
		out.Next = v.With("after", strconv.FormatInt(last.CreatedAt, 10)+"."+last.ID)
	}
	return desk.View{Page: "notifications", Section: "apps", Title: v.Name(out.App.Name, out.App.NameZh), Data: out}, err
}

// after reads a page's cursor; anything else is the first page.
func after(text string) (n openapp.Notification) {
	at, id, found := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !found || err != nil {
		return n
	}
	return openapp.Notification{CreatedAt: ms, ID: id}
}

// find reads a notification of an app that the visitor may see.
func find(ctx context.Context, tx *db.Tx, v *desk.Visit) (merchant.App, openapp.Notification, error) {
	a, err := v.App(ctx, tx, v.Part("app"))
	if err != nil {
		return a, openapp.Notification{}, err
	}
	n, err := openapp.FindNotification(ctx, tx, v.Part("id"))
	if err == nil && n.AppID != string(a.ID) {
		err = openapp.ErrNoNotification
	}
	return a, n, err
}

func one(ctx context.Context, v *desk.Visit) (desk.View, error) {
	out := data{Tries: len(openapp.Waits) + 1}
	err := v.Read(ctx, func(tx *db.Tx) error {
		a, n, err := find(ctx, tx, v)
		out.App, out.One = a, &n
		return err
	})
	if err != nil {
		return desk.View{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(out.One.Fields)) {
		if out.One.Fields[name] != "" {
			out.Fields = append(out.Fields, field{name, out.One.Fields[name]})
		}
	}
	return desk.View{Page: "notifications", Section: "apps", Title: "notification", Data: out}, nil
}

func replay(ctx context.Context, v *desk.Visit) (desk.View, error) {
	err := v.Write(ctx, func(tx *db.Tx) error {
		a, n, err := find(ctx, tx, v)
		if err != nil {
			return err
		}
		return open.Replay(ctx, tx, string(a.ID), n.ID)
	})
	if err != nil {
		return desk.View{}, err
	}
	return desk.To("/apps/"+v.Part("app")+"/notifications/"+v.Part("id"), "replayed"), nil
}
