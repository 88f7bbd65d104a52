// Package console is the web pages of operators and merchants, mounted at /console/: apps of the open API with their calls and
// notifications, trades and refunds, the day's bill against the ledger, who may sign in, and what was done.
//
// A page is a folder under pages; what they stand on is desk. This package only puts them together. Start reading at New, then
// desk/desk.go, then any pages/<page>/page.go.
package console

import (
	"net/http"

	"souk/console/desk"
	"souk/console/pages/app"
	"souk/console/pages/apps"
	"souk/console/pages/audit"
	"souk/console/pages/bill"
	"souk/console/pages/calls"
	"souk/console/pages/notifications"
	"souk/console/pages/signin"
	"souk/console/pages/team"
	"souk/console/pages/trade"
	"souk/console/pages/trades"
)

// New is the handler of /console/. Errors: what is wrong with our own templates, styles and scripts.
func New(o desk.Options) (http.Handler, error) {
	d, err := desk.New(o, signin.Folder, apps.Folder, app.Folder, calls.Folder, notifications.Folder, trades.Folder, trade.Folder, bill.Folder, team.Folder, audit.Folder)
	if err != nil {
		return nil, err
	}
	for _, add := range []func(*desk.Desk){signin.Add, apps.Add, app.Add, calls.Add, notifications.Add, trades.Add, trade.Add, bill.Add, team.Add, audit.Add} {
		add(d)
	}
	return d.Handler(), nil
}
