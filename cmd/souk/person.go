package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"souk/gateway/open"
	"souk/kit/db"
	"souk/platform/charter"
)

// personCmd is souk person: the people of this host.
type personCmd struct {
	List personListCmd `cmd:"" help:"List the first 200 people with their wallets."`
	Add  personAddCmd  `cmd:"" help:"Add a person to a demo or a developer's host, with a PIN and money to try."`
}

// personAddCmd is souk person add. Where money is real people sign up themselves, with their own phone.
type personAddCmd struct {
	database
	Name    string `required:"" help:"The person's name."`
	NameZh  string `name:"name-zh" help:"The name in Chinese." placeholder:"NAME"`
	Phone   string `required:"" help:"Mobile number: 13800000009, or +86 13800000009." placeholder:"NUMBER"`
	PIN     string `name:"pin" help:"Payment PIN, six digits." default:"246810"`
	Balance string `help:"Yuan in the wallet." default:"0.00" placeholder:"12.30"`
	JSON    bool   `name:"json" help:"Print the person as JSON."`
}

func (c personAddCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	var kind charter.Kind
	if err := d.Read(ctx, func(tx *db.Tx) error { kind, err = charter.Read(ctx, tx); return err }); err != nil {
		return err
	}
	card, err := open.AddPerson(ctx, d, kind == charter.Play, open.NewPerson{Name: c.Name, NameZh: c.NameZh, Phone: c.Phone, PIN: c.PIN, Balance: c.Balance})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, card)
	}
	say("%s is %s with ¥%s; pay as them with: souk pay TRADE --as %s", card.ID, card.Name, card.Balance, card.ID)
	return nil
}

// personListCmd is souk person list.
type personListCmd struct {
	database
	JSON bool `name:"json" help:"Print them as JSON."`
}

func (c personListCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
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
