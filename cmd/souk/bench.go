package main

import (
	"context"
	"fmt"
	"os"

	"souk/bench/payments"
)

// benchCmd is souk bench: what this machine can do, and how much of it Souk does.
type benchCmd struct {
	Pay benchPayCmd `cmd:"" help:"Measure durable payments a second beside the raw limits of this machine."`
}

type benchPayCmd struct {
	Clients int      `help:"How many pay at once." default:"64"`
	Seconds int      `help:"How many seconds each form is measured, a second at a time in turns." default:"5"`
	Folder  string   `help:"Where to write: on the disk that is to be measured." default:"." placeholder:"DIR"`
	DB      string   `name:"db" help:"A PostgreSQL to measure too; its data are left alone." placeholder:"postgres://…"`
	Only    []string `help:"Measure these parts alone: limits, sqlite, http, open, postgres." placeholder:"PART,…"`
	Profile string   `help:"Write a profile of the processor's time, for go tool pprof." placeholder:"FILE"`
	JSON    bool     `name:"json" help:"Print the report as JSON."`
}

func (c benchPayCmd) Run(ctx context.Context) error {
	folder, err := os.MkdirTemp(c.Folder, "souk-bench-")
	if err != nil {
		return fmt.Errorf("the folder %s cannot be written: %w; choose another with --folder", c.Folder, err)
	}
	defer os.RemoveAll(folder)
	report, err := payments.Run(ctx, payments.Options{Folder: folder, Postgres: c.DB, Clients: c.Clients, Seconds: c.Seconds,
		Only: c.Only, Profile: c.Profile, Schemas: schemas, Progress: func(text string) { fmt.Fprintln(os.Stderr, text) }})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, report)
	}
	fmt.Print(report)
	return nil
}
