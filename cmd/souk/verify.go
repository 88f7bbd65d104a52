package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"souk/kit/db"
	"souk/platform/ledger"
)

// verifyCmd is souk verify: the books proved again from their postings.
type verifyCmd struct {
	database
	JSON bool `name:"json" help:"Print the report as JSON."`
}

func (c verifyCmd) Run(ctx context.Context) error {
	if err := c.exists(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	var report ledger.Report
	if err := d.Read(ctx, func(tx *db.Tx) error {
		report, err = ledger.Verify(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(os.Stdout, report); err != nil {
			return err
		}
	} else {
		printReport(report)
	}
	if len(report.Differences) > 0 {
		return errors.New("the books do not agree with their postings")
	}
	return nil
}

// exists refuses to verify books that were never opened: an empty file would verify.
func (d database) exists() error {
	if d.DB != "" {
		return nil
	}
	if _, err := os.Stat(d.url()[len("sqlite:"):]); err != nil {
		return fmt.Errorf("there are no data in %s; name the folder with --data", d.Data)
	}
	return nil
}

func printReport(r ledger.Report) {
	say("%d accounts, %d entries, %d postings, %d holds, %d seals (%d entries not sealed yet)", r.Accounts, r.Entries, r.Postings, r.Holds, r.Seals, r.Unsealed)
	for _, unit := range slices.Sorted(maps.Keys(r.Sums)) {
		say("%s: the balances sum to %d; %d is in the accounts", unit, r.Sums[unit], r.Money[unit])
	}
	for _, difference := range r.Differences {
		say("DIFFERENCE %s", difference)
	}
	if len(r.Differences) == 0 {
		say("The books are right.")
	}
}
