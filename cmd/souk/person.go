package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"souk/gateway/open"
)

// personCmd is souk person: the people of this host.
type personCmd struct {
	List personListCmd `cmd:"" help:"List the first 200 people with their wallets."`
}

// personListCmd is souk person list.
type personListCmd struct {
	database
	JSON bool `name:"json" help:"Print them as JSON."`
}

func (c personListCmd) Run(ctx context.Context) error {
	if err := c.exists(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	people, err := open.Persons(ctx, d)
	if err != nil {
		return err
	}
	if c.JSON {
		if people == nil {
			people = []open.PersonCard{}
		}
		return printJSON(os.Stdout, people)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, p := range people {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t¥%s\n", p.ID, p.Name, p.NameZh, p.Phone, p.Balance)
	}
	return table.Flush()
}
