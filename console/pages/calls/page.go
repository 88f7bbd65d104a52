// Package calls shows an app's calls of the open API: a list with a filter, and one call in full with the text that was signed. What is secret was
// masked before it was kept (gateway/open). It changes nothing. Start reading at Add.
package calls

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"souk/console/desk"
	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

//go:embed page.html page.css
var files embed.FS

// Folder is this page's files.
var Folder = desk.Folder{Name: "calls", Files: files}

const perPage = 50

// Add puts the page's addresses on the desk.
func Add(d *desk.Desk) {
	d.Show("/apps/{app}/calls", desk.Members, list)
	d.Show("/apps/{app}/calls/{trace}", desk.Members, one)
}

type data struct {
	App     merchant.App
	Method  string
	Refused bool
	Calls   []openapp.Call
	Next    string // the address of the next page
	Call    *openapp.Call
	Request string
	Reply   string
	Lines   []string // the signed text, cut where one reads it
}

func list(ctx context.Context, v *desk.Visit) (desk.View, error) {
	out := data{Method: v.Get("method"), Refused: v.Get("refused") != ""}
	err := v.Read(ctx, func(tx *db.Tx) (err error) {
		if out.App, err = v.App(ctx, tx, v.Part("app")); err != nil {
			return err
		}
		out.Calls, err = openapp.Calls(ctx, tx, openapp.CallSearch{AppID: string(out.App.ID), Method: out.Method, Refused: out.Refused, After: after(v.Get("after")), Limit: perPage})
		return err
	})
	if len(out.Calls) == perPage {
		last := out.Calls[perPage-1]
		out.Next = v.With("after", strconv.FormatInt(last.CalledAt, 10)+"."+last.TraceID)
	}
	return desk.View{Page: "calls", Section: "apps", Title: v.Name(out.App.Name, out.App.NameZh), Data: out}, err
}

// after reads a page's cursor; anything else is the first page.
func after(text string) (c openapp.Call) {
	at, trace, found := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !found || err != nil {
		return c
	}
	return openapp.Call{CalledAt: ms, TraceID: trace}
}

func one(ctx context.Context, v *desk.Visit) (desk.View, error) {
	var out data
	err := v.Read(ctx, func(tx *db.Tx) error {
		a, err := v.App(ctx, tx, v.Part("app"))
		if err != nil {
			return err
		}
		c, err := openapp.FindCall(ctx, tx, string(a.ID), v.Part("trace"))
		out = data{App: a, Call: &c, Request: pretty(c.Request), Reply: pretty(c.Reply), Lines: signedLines(c)}
		return err
	})
	if err != nil {
		return desk.View{}, err
	}
	return desk.View{Page: "calls", Section: "apps", Title: out.Call.Method, Data: out}, nil
}

// pretty indents JSON; a text that was cut stays as it is.
func pretty(text string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(text), "", "  ") != nil {
		return text
	}
	return out.String()
}

// signedLines cuts the signed text for reading: v2 before each &, v3 at its lines.
func signedLines(c openapp.Call) []string {
	if c.Signed == "" {
		return nil
	}
	if c.Dialect == "v3" {
		return strings.Split(strings.TrimSuffix(c.Signed, "\n"), "\n")
	}
	lines := strings.Split(c.Signed, "&")
	for i := 1; i < len(lines); i++ {
		lines[i] = "&" + lines[i]
	}
	return lines
}

// Millis is how long we took.
func (d data) Millis(c openapp.Call) string {
	return strconv.FormatFloat(float64(c.Micros)/1000, 'f', 1, 64) + " ms"
}

// Escaped is a part of an address's path.
func (d data) Escaped(s string) string { return url.PathEscape(s) }
