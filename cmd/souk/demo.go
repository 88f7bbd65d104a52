package main

import (
	"context"
	"log/slog"
	"os"

	"souk/platform/demo"
)

// demoCmd is souk demo: everything on one address, with people, money and showcases to try.
type demoCmd struct {
	database
	Addr  string `help:"Address to listen on." default:"127.0.0.1:8080"`
	Reset bool   `help:"Start anew: remove the data first."`
}

func (c demoCmd) Run(ctx context.Context) error {
	l, err := listen(c.Addr) // first: a second demo must not touch the data of the one that runs
	if err != nil {
		return err
	}
	defer l.Close()
	if c.Reset {
		if err := c.reset(); err != nil {
			return err
		}
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := demo.Seed(ctx, d); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h, err := build(ctx, d, address(l), log)
	if err != nil {
		return err
	}
	chores, stop := context.WithCancel(context.WithoutCancel(ctx))
	wait := h.runChores(chores)
	defer wait()
	defer stop()
	say("Souk is open at %s", address(l))
	say("  people: %d, each with PIN %s; data: %s; Ctrl-C stops", len(demo.People), demo.PIN, c.describe())
	if err := serve(ctx, l, h.handler); err != nil {
		return err
	}
	say("Souk has closed; the data are kept.")
	return nil
}

// describe names the database without its password.
func (d database) describe() string {
	if d.DB == "" {
		return d.Data
	}
	return redact(d.DB)
}
