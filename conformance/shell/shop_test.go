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
	p.T.Helper()
	err := p.DB.Read(context.Background(), func(tx *db.Tx) error {
		report, err := ledger.Verify(context.Background(), tx)
		if err != nil {
			return err
		}
		for _, difference := range report.Differences {
			p.T.Errorf("the books: %s", difference)
		}
		b, err := wallet.Read(context.Background(), tx, demo.People[0].ID)
		fen = int64(b.Total)
		return err
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return fen
}

func TestACoffeeIsBoughtFromTheFirstPageToTheReceiptAndTheBooksAgree(t *testing.T) {
	p := openPhone(t, coffee, demo.Coffee, nil)
	before := p.verify()
	p.Shot("home")
	p.Tap(`.tile[data-app]`)
	p.Reads("Harbour Latte")
	p.Press(`.drink-buy`)
	p.Reads("How many")
	p.Press(`#pay`)
	p.Sees(`.cashier .sum`, "28")
	p.Shot("cashier")
	p.pin("246811")
	p.Sees(`.cashier .problem`, "PIN is wrong")
	p.pin(demo.PIN)
	p.Sees(`.cashier .outcome`, "Paid")
	p.Tap(`.cashier .wide`)
	p.Reads("Thank you!")
	p.Sees(`.program:not(.warm) .bar-title`, "Receipt")
	p.Shot("receipt")
	if after := p.verify(); before-after != 28_00 {
		t.Errorf("the wallet went from %d to %d fen; a latte costs 2800", before, after)
	}
}

func (p *phone) pin(digits string) {
	p.T.Helper()
	for _, d := range digits {
		p.Tap(`.cashier[data-step="pin"] [data-key="` + string(d) + `"]`)
	}
}
