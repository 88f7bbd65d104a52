package main

import (
	"context"
	"os"

	"souk/kit/db"
	"souk/platform/merchant"
	"souk/platform/staff"
)

// staffCmd is souk staff: who may sign in at the console.
type staffCmd struct {
	Add staffAddCmd `cmd:"" help:"Make a member and print the key to sign in with; it is shown this once."`
}

// staffAddCmd is souk staff add.
type staffAddCmd struct {
	database
	Name     string `required:"" help:"Who it is."`
	Merchant string `help:"The merchant to work for; without it an operator, who sees all." placeholder:"ID"`
	Duty     string `enum:"owner,finance,clerk" default:"owner" help:"owner: everything; finance: gives money back, and reads; clerk: reads."`
	JSON     bool   `name:"json" help:"Print it as JSON."`
}

func (c staffAddCmd) Run(ctx context.Context) error {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	m, key := staff.Member{Name: c.Name, Role: staff.Operator, Duty: staff.Duty(c.Duty), Merchant: merchant.ID(c.Merchant)}, ""
	if c.Merchant != "" {
		m.Role = staff.Merchant
	}
	if err := d.Write(ctx, func(tx *db.Tx) error { m, key, err = staff.Add(ctx, tx, m); return err }); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, map[string]string{"id": m.ID, "name": m.Name, "role": string(m.Role), "duty": string(m.Duty), "merchant": string(m.Merchant), "key": key})
	}
	say("%s may sign in at /console/ as %s (%s) with this key, which is shown this once:\n%s", m.Name, m.Role, m.Duty, key)
	return nil
}
