package main

import (
	"context"

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
	if err := c.unlock(ctx, d); err != nil {
		return err
	}
	p := plan{base: address(l), showcases: true, play: true, pinHint: demo.PIN}
	if err := p.claim(ctx, d); err != nil {
		return err
	}
	if err := demo.Seed(ctx, d); err != nil {
		return err
	}
	h, err := build(ctx, d, p, warnings())
	if err != nil {
		return err
	}
	say("Souk is open at %s", p.base)
	say("  people: %d, each with PIN %s; console: %s/console/; data: %s; Ctrl-C stops", len(demo.People), demo.PIN, p.base, c.describe())
	return h.live(ctx, l)
}

// describe names the database without its password.
func (d database) describe() string {
	if d.DB == "" {
		return d.Data
	}
	return redact(d.DB)
}
