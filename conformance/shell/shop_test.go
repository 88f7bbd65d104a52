package shell_test

import (
	"context"
	"testing"

	"souk/kit/db"
	"souk/platform/demo"
	"souk/platform/ledger"
	"souk/platform/wallet"
)

const coffee = "../../showcase/coffee"

// verify checks the books and tells what the first demo person has.
func (p *phone) verify() (fen int64) {
	p.t.Helper()
	err := p.db.Read(context.Background(), func(tx *db.Tx) error {
		report, err := ledger.Verify(context.Background(), tx)
		if err != nil {
			return err
		}
		for _, difference := range report.Differences {
			p.t.Errorf("the books: %s", difference)
		}
		b, err := wallet.Read(context.Background(), tx, demo.People[0].ID)
		fen = int64(b.Total)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return fen
}

func TestACoffeeIsBoughtFromTheFirstPageToTheReceiptAndTheBooksAgree(t *testing.T) {
	p := openPhone(t, coffee, demo.Coffee, nil)
	before := p.verify()
	p.shot("home")
	p.tap(`.tile`)
	p.reads("Harbour Latte")
	p.press(`.drink-buy`)
	p.reads("How many")
	p.press(`#pay`)
	p.sees(`.cashier .sum`, "28")
	p.shot("cashier")
	p.pin("246811")
	p.sees(`.cashier .problem`, "PIN is wrong")
	p.pin(demo.PIN)
	p.sees(`.cashier .outcome`, "Paid")
	p.tap(`.cashier .wide`)
	p.reads("Thank you!")
	p.sees(`.program:not(.warm) .bar-title`, "Receipt")
	p.shot("receipt")
	if after := p.verify(); before-after != 28_00 {
		t.Errorf("the wallet went from %d to %d fen; a latte costs 2800", before, after)
	}
}

func (p *phone) pin(digits string) {
	p.t.Helper()
	for _, d := range digits {
		p.tap(`.cashier[data-step="pin"] [data-key="` + string(d) + `"]`)
	}
}
