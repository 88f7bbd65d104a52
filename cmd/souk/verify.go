package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"souk/kit/db"
	"souk/platform/hold"
	"souk/platform/ledger"
	"souk/platform/pay"
)

// verifyCmd is souk verify: the books proved again from their postings, and every payment and refund against the books.
type verifyCmd struct {
	database
	JSON bool `name:"json" help:"Print the report as JSON."`
}

func (c verifyCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	report, err := prove(ctx, d)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(os.Stdout, report); err != nil {
			return err
		}
	} else {
		printReport(report)
	}
	return report.err()
}

// prove recomputes everything in one reading transaction.
func prove(ctx context.Context, d *db.DB) (report proof, err error) {
	err = d.Read(ctx, func(tx *db.Tx) (err error) {
		if report.Report, err = ledger.Verify(ctx, tx); err != nil {
			return err
		}
		if report.Trades, err = pay.Verify(ctx, tx); err != nil {
			return err
		}
		report.Holds, err = hold.Verify(ctx, tx)
		return err
	})
	return report, err
}

// err is nil when there is no difference.
func (r proof) err() error {
	switch {
	case len(r.Differences) > 0:
		return errors.New("the books do not agree with their postings")
	case len(r.Trades.Differences) > 0:
		return errors.New("the payments and refunds do not agree with the books")
	case len(r.Holds.Differences) > 0:
		return errors.New("the authorisations do not agree with what the books hold for them")
	}
	return nil
}

// proof is what was proven: the ledger in itself, the trades and the authorisations against it.
type proof struct {
	ledger.Report
	Trades pay.Report  `json:"trades"`
	Holds  hold.Report `json:"authorisations"`
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

// existing opens books that are there already.
func (d database) existing(ctx context.Context) (*db.DB, error) {
	if err := d.exists(); err != nil {
		return nil, err
	}
	return d.open(ctx)
}

func printReport(r proof) {
	say("%d accounts, %d entries, %d postings, %d holds, %d seals (%d entries not sealed yet), %d balances of closed days", r.Accounts, r.Entries, r.Postings, r.Report.Holds, r.Seals, r.Unsealed, r.Closings)
	for _, unit := range slices.Sorted(maps.Keys(r.Sums)) {
		say("%s: the balances sum to %d; %d is in the accounts", unit, r.Sums[unit], r.Money[unit])
	}
	say("%d merchants, %d days on which they sold: %d payments and %d refunds have their entries", r.Trades.Merchants, r.Trades.Days, r.Trades.Payments, r.Trades.Refunds)
	say("%d authorisations have what is left of them reserved", r.Holds.Authorisations)
	differences := slices.Concat(r.Differences, r.Trades.Differences, r.Holds.Differences)
	for _, difference := range differences {
		say("DIFFERENCE %s", difference)
	}
	if len(differences) == 0 {
		say("The books are right.")
	}
}
