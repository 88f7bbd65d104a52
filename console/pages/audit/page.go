// Package audit shows operators what was done at the console: who, when, what. It changes nothing. Start reading at Add.
package audit

import (
	"context"
	"embed"
	"slices"
	"strings"

	"souk/console/desk"
	"souk/kit/db"
	"souk/platform/audit"
)

//go:embed page.html
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "audit", Files: files}

const perPage = 50

// Add puts the page's address on the desk.
func Add(d *desk.Desk) { d.Show("/audit", desk.Operators, show) }

type data struct {
	Entries []audit.Entry
	Next    string // the address of the next page
}

func show(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		out.Entries, err = audit.List(ctx, tx, v.Get("merchant"), v.Get("after"), perPage)
		return err
	})
	if len(out.Entries) == perPage {
		out.Next = v.With("after", out.Entries[perPage-1].ID)
	}
	return desk.View{Page: "audit", Section: "audit", Title: "audit", Data: out}, err
}

// Said is an entry's note in the order of its names: amount=1.00 reason=….
func (d data) Said(e audit.Entry) string {
	var parts []string
	for name, value := range e.Note {
		parts = append(parts, name+"="+value)
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}
