package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"souk/compiler/diag"
	"souk/compiler/pack"
	"souk/console"
	"souk/console/desk"
	"souk/gateway/commerce"
	"souk/gateway/host"
	"souk/gateway/my"
	"souk/gateway/open"
	"souk/gateway/site"
	"souk/kit/db"
	"souk/kit/job"
	"souk/platform/audit"
	"souk/platform/cardpack"
	"souk/platform/charter"
	"souk/platform/demo"
	"souk/platform/hold"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/messenger"
	"souk/platform/notice"
	"souk/platform/openapp"
	"souk/platform/pay"
	"souk/platform/staff"
	"souk/showcase"
)

// schemas are all rooms' tables, in the order in which they are made.
var schemas = append(append([]db.Schema{}, demo.Schemas...), openapp.Schema, staff.Schema, charter.Schema, audit.Schema)

// database says where the data are. Both flags are shared by every command that opens them.
type database struct {
	Data string `help:"Folder of the data." default:"data" placeholder:"DIR"`
	DB   string `name:"db" help:"Another database than the one in the folder: postgres://… or sqlite:/path." env:"SOUK_DB" placeholder:"URL"`
	Key  string `name:"master-key" help:"File of the key that seals private keys in the database; SOUK_MASTER_KEY may hold the key itself instead. Without either: master.key in the data folder, made when it is missing." placeholder:"FILE"`
}

const databaseFile = "souk.db"

func (d database) url() string {
	if d.DB != "" {
		return d.DB
	}
	return "sqlite:" + filepath.Join(d.Data, databaseFile)
}

// open opens the database, and makes the folder where it is missing.
func (d database) open(ctx context.Context) (*db.DB, error) {
	if d.DB == "" {
		if err := os.MkdirAll(d.Data, 0o700); err != nil {
			return nil, fmt.Errorf("the data folder %s cannot be used: %w; choose another with --data", d.Data, err)
		}
	}
	return db.Open(ctx, d.url(), schemas...)
}

// reset removes the database of the data folder, and nothing else. It refuses to empty a database named by URL.
func (d database) reset() error {
	if d.DB != "" {
		return fmt.Errorf("--reset empties the data folder only; drop and create the database %s yourself", d.DB)
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(d.Data, databaseFile+end)); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("the data folder %s cannot be emptied: %w", d.Data, err)
		}
	}
	return nil
}

// house is a host with all its doors, and its chores.
type house struct {
	handler http.Handler
	chores  []func(context.Context)
}

// plan is what sort of house it becomes.
type plan struct {
	base      string         // how browsers and merchants reach us, without a slash at the end
	showcases bool           // programs to try
	play      bool           // conveniences that only invented money allows: anybody may become anybody, notifications go to private addresses
	pinHint   string         // told at the cashier; "" for nothing
	frames    string         // where frames of mini-programs come from, "https://*.frames.example"; "" for the usual place
	appRate   int            // calls a second of one app; 0 is any number
	messages  messenger.Port // to phones; nil: none, in play the simulated network
}

// claim says what the database is for, and refuses one that is for the other.
func (p plan) claim(ctx context.Context, d *db.DB) error {
	kind := charter.Real
	if p.play {
		kind = charter.Play
	}
	return d.Write(ctx, func(tx *db.Tx) error { return charter.Claim(ctx, tx, kind) })
}

// build puts the doors before the rooms.
func build(ctx context.Context, d *db.DB, p plan, log *slog.Logger) (house, error) {
	shelf, listings := &site.Shelf{}, map[merchant.AppID]host.Listing{}
	if p.showcases {
		var err error
		if listings, err = publishShowcases(ctx, shelf); err != nil {
			return house{}, err
		}
	}
	opts := site.Options{Shelf: shelf, Frames: p.frames, Base: p.base}
	pages, err := site.New(opts)
	if err != nil {
		return house{}, err
	}
	gateway, err := open.New(ctx, open.Config{DB: d, Base: p.base, Developer: p.play, AppRate: p.appRate, Log: log})
	if err != nil {
		return house{}, err
	}
	desks, err := console.New(desk.Options{DB: d, Base: p.base, Play: p.play, Log: log})
	if err != nil {
		return house{}, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.Handle(desk.Root+"/", desks)
	mux.Handle("GET "+desk.Root, desks)
	mux.Handle("/host/v1/", host.New(host.Options{DB: d, Shelf: shelf, Demo: p.play, PINHint: p.pinHint, Messages: p.messages, Listings: listings, Log: log}))
	mux.Handle("/my/", my.New(my.Options{DB: d, Log: log, SubmitOrder: func(ctx context.Context, order string) (any, error) { return gateway.SubmitOrder(ctx, order) }}))
	mux.Handle("/commerce/v1/", commerce.New(d, log))
	mux.HandleFunc("GET /healthz", health(d))
	gateway.Routes(mux)
	kinds := slices.Concat(ledger.Jobs(d), pay.Jobs(d), hold.Jobs(d), identity.Jobs(d), cardpack.Jobs(d), notice.Jobs(d))
	return house{opts.Apart(mux), []func(context.Context){gateway.Run, func(ctx context.Context) { job.Run(ctx, d, kinds...) }}}, nil
}

// runChores works on what is due until ctx ends, and returns a function that waits until all have stopped.
func (h house) runChores(ctx context.Context) (wait func()) {
	var group sync.WaitGroup
	for _, chore := range h.chores {
		group.Go(func() { chore(ctx) })
	}
	return group.Wait
}

// health answers whether the database answers, with the version and the engine.
func health(d *db.DB) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, code := "ok", http.StatusOK
		if err := d.Read(r.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT 1`).Scan(new(int64)) }); err != nil {
			status, code = "the database does not answer", http.StatusServiceUnavailable
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(map[string]string{"status": status, "version": version, "engine": d.Engine()})
	}
}

// shown are the showcases: the folder under showcase/, the program, and how it introduces itself.
var shown = []struct {
	folder string
	app    merchant.AppID
	host.Listing
}{
	{"coffee", demo.Coffee, host.Listing{About: "Order ahead from the harbour roastery", AboutZh: "港湾烘焙，提前点单", Icon: "assets/logo.svg"}},
}

// publishShowcases compiles the embedded programs and puts them on the shelf.
func publishShowcases(ctx context.Context, shelf *site.Shelf) (map[merchant.AppID]host.Listing, error) {
	listings := map[merchant.AppID]host.Listing{}
	for _, s := range shown {
		folder, err := fs.Sub(showcase.Files, s.folder)
		if err != nil {
			return nil, err
		}
		program, bag := pack.Compile(ctx, folder, pack.Options{})
		if program == nil || bag.Errors() > 0 {
			printRemarks(os.Stderr, "showcase/"+s.folder, bag, diag.Error)
			return nil, fmt.Errorf("the showcase %s does not compile", s.folder)
		}
		entries, err := program.Entries()
		if err != nil {
			return nil, err
		}
		shelf.Publish(string(s.app), version, entries)
		listings[s.app] = s.Listing
	}
	return listings, nil
}
