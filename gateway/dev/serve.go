package dev

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"souk/gateway/commerce"
	"souk/gateway/host"
	"souk/gateway/my"
	"souk/gateway/site"
	"souk/kit/db"
	"souk/platform/demo"
	"souk/platform/merchant"
)

// App is the appId under which the folder's program runs.
const App merchant.AppID = "2021999900000001"

var workshop = merchant.Merchant{ID: "workshop", Name: "Workshop", NameZh: "工坊"}

// Options are what `souk dev` needs besides the folder.
type Options struct {
	Dir string
	App merchant.AppID // as which program the folder runs; "" is App
	// Beside are folders of other programs, which this one may open with my.navigateToMiniProgram. They are compiled once.
	Beside map[merchant.AppID]string
	DB     *db.DB // an own one for developing; demo persons and their money are put in
	Log    *slog.Logger
}

// New compiles the folder, registers its program and is the handler of everything: the shell, the doors behind it and the
// event stream. The program opens at Address. Call Folder.Watch for live reload.
func New(ctx context.Context, o Options) (http.Handler, *Folder, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.App == "" {
		o.App = App
	}
	shelf := &site.Shelf{}
	folder := Open(ctx, o.Dir, string(o.App), shelf)
	if err := demo.Seed(ctx, o.DB); err != nil {
		return nil, nil, err
	}
	if err := o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := merchant.Add(ctx, tx, workshop); err != nil {
			return err
		}
		return merchant.AddApp(ctx, tx, merchant.App{ID: o.App, Merchant: workshop, Name: folder.Name()})
	}); err != nil {
		return nil, nil, err
	}
	if err := o.publishBeside(ctx, shelf); err != nil {
		return nil, nil, err
	}
	opts := site.Options{Shelf: shelf, Dev: true}
	pages, err := site.New(opts)
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle("GET /-/dev/events", folder)
	folder.panels(mux)
	mux.Handle("/host/v1/", host.New(host.Options{DB: o.DB, Shelf: shelf, Demo: true, Dev: true, PINHint: demo.PIN, Log: o.Log}))
	mux.Handle("/my/", my.New(my.Options{DB: o.DB, Dev: true, Log: o.Log}))
	mux.Handle("/commerce/v1/", commerce.New(o.DB, o.Log))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return opts.Apart(mux), folder, nil
}

// publishBeside registers the programs beside the folder's. Error: one does not compile, or its id is no program's.
func (o Options) publishBeside(ctx context.Context, shelf *site.Shelf) error {
	for app, dir := range o.Beside {
		folder := Open(ctx, dir, string(app), shelf)
		if folder.News().Bundle == "" {
			return fmt.Errorf("the program in %s does not compile: souk check %s says why", dir, dir)
		}
		if err := o.DB.Write(ctx, func(tx *db.Tx) error {
			return merchant.AddApp(ctx, tx, merchant.App{ID: app, Merchant: workshop, Name: folder.Name()})
		}); err != nil {
			return fmt.Errorf("the program in %s as %s: %w", dir, app, err)
		}
	}
	return nil
}

// Address is where a program opens, to be put behind the server's own address ("http://127.0.0.1:8080").
func Address(app merchant.AppID) string { return "/#/program/" + string(app) }
