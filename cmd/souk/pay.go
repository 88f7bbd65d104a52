package main

import (
	"context"
	"os"

	"souk/gateway/open"
	"souk/kit/db"
	"souk/platform/charter"
)

// payCmd is souk pay: what a person would do with phone and PIN, for tests of a merchant's server. Only on invented money: the
// database itself says whether it is (platform/charter).
type payCmd struct {
	database
	Trade string `arg:"" name:"trade_no" help:"Number of the trade."`
	As    string `required:"" help:"Who pays: an id of souk person list." placeholder:"PERSON"`
	JSON  bool   `name:"json" help:"Print the receipt as JSON."`
}

func (c payCmd) Run(ctx context.Context) error {
	d, err := c.existing(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	var kind charter.Kind
	if err := d.Read(ctx, func(tx *db.Tx) error { kind, err = charter.Read(ctx, tx); return err }); err != nil {
		return err
	}
	receipt, err := open.PayAs(ctx, d, kind == charter.Play, c.Trade, c.As)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(os.Stdout, receipt)
	}
	word := "paid"
	if receipt.Repeated {
		word = "was paid before"
	}
	say("%s of ¥%s %s: %s", receipt.TradeNo, receipt.Amount, word, receipt.Status)
	return nil
}
