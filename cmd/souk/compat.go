package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"souk/compiler/compat"
)

// compatCmd is souk compat: what Souk supports of the platform.
type compatCmd struct {
	JSON bool `name:"json" help:"Print the table as JSON."`
}

func (c compatCmd) Run() error {
	if c.JSON {
		return printJSON(os.Stdout, compat.All())
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, e := range compat.All() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", e.Kind, e.Name, e.Status, e.Note)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	var totals []string
	for _, kind := range []compat.Kind{compat.API, compat.Component, compat.Attribute, compat.Event, compat.Framework} {
		n := compat.Tally(kind)
		totals = append(totals, fmt.Sprintf("%s: %d supported, %d partial, %d missing", kind, n.Supported, n.Partial, n.Missing))
	}
	fmt.Println(strings.Join(totals, "\n"))
	return nil
}
