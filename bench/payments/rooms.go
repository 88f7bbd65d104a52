package payments

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"souk/kit/db"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// Who pays whom: as many persons as a small town on one evening, far more than one commit touches.
const (
	manyPersons = 20_000
	sellers     = 500
	topUp       = 10_000_00 // fen; a payment is one
	batch       = 250       // of what is prepared, a transaction
	preparers   = 4
)

// house is a Souk with people and sellers.
type house struct {
	d       *db.DB
	persons int
	made    atomic.Int64 // trades
	paid    atomic.Int64 // confirmations that were answered
	tokens  []string     // a session for each person, when over HTTP
}

// openHouse opens a database and fills it with people, money and sellers through the rooms' own verbs.
func (b *bench) openHouse(ctx context.Context, url string, persons int) (*house, error) {
	d, err := db.Open(ctx, url, b.Schemas...)
	if err != nil {
		return nil, err
	}
	h := &house{d: d, persons: persons}
	for _, step := range []func(context.Context) error{h.openBooks, h.openSellers, h.openPersons} {
		if err := step(ctx); err != nil {
			d.Close()
			return nil, err
		}
	}
	return h, nil
}

func (h *house) openBooks(ctx context.Context) error {
	return h.d.Write(ctx, func(tx *db.Tx) error { return pay.OpenBooks(ctx, tx) })
}

func (h *house) openSellers(ctx context.Context) error {
	return h.inBatches(ctx, sellers, func(tx *db.Tx, i int) error {
		m := merchant.Merchant{ID: merchant.ID(fmt.Sprintf("seller%d", i)), Name: "Seller"}
		if err := merchant.Add(ctx, tx, m); err != nil {
			return err
		}
		return merchant.AddApp(ctx, tx, merchant.App{ID: app(i), Merchant: m, Name: "Shop"})
	})
}

// openPersons gives every person a wallet, and money by entries of one bank and many persons.
func (h *house) openPersons(ctx context.Context) error {
	if err := h.inBatches(ctx, h.persons, func(tx *db.Tx, i int) error {
		if err := identity.Add(ctx, tx, identity.Person{ID: person(i), Name: "Person"}); err != nil {
			return err
		}
		return wallet.Open(ctx, tx, person(i))
	}); err != nil {
		return err
	}
	const each = ledger.MaxLines - 1
	return h.inBatches(ctx, (h.persons+each-1)/each, func(tx *db.Tx, k int) error {
		e := ledger.Entry{ID: ledger.EntryID(fmt.Sprintf("bench-topup:%d", k)), Kind: "topup", Lines: []ledger.Line{{Account: wallet.Bank, Unit: ledger.CNY}}}
		for i := k * each; i < min(h.persons, (k+1)*each); i++ {
			e.Lines[0].Amount -= topUp
			e.Lines = append(e.Lines, ledger.Line{Account: wallet.Account(person(i)), Unit: ledger.CNY, Amount: topUp})
		}
		_, err := ledger.Post(ctx, tx, e)
		return err
	})
}

func person(i int) identity.PersonID { return identity.PersonID(fmt.Sprintf("10%014d", i)) }

func app(i int) merchant.AppID { return merchant.AppID(fmt.Sprintf("20219%011d", i)) }

// payer spreads payers so that neighbours in time are no neighbours in the table.
func (h *house) payer(i int) int { return i * 7919 % h.persons }

// inBatches calls f for 0 to n-1, many in one transaction, a few transactions at once where the engine has room for them.
func (h *house) inBatches(ctx context.Context, n int, f func(tx *db.Tx, i int) error) error {
	var next atomic.Int64
	errs := make([]error, preparers)
	var group sync.WaitGroup
	for k := range preparers {
		group.Go(func() {
			for errs[k] == nil {
				start := int(next.Add(batch)) - batch
				if start >= n {
					return
				}
				errs[k] = h.d.Write(ctx, func(tx *db.Tx) error {
					for i := start; i < min(n, start+batch); i++ {
						if err := f(tx, i); err != nil {
							return err
						}
					}
					return nil
				})
			}
		})
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// trades makes n trades that wait to be paid, spread over so many sellers.
func (h *house) trades(ctx context.Context, n, among int) ([]pay.Trade, error) {
	made := make([]pay.Trade, n)
	from := h.made.Add(int64(n)) - int64(n)
	err := h.inBatches(ctx, n, func(tx *db.Tx, i int) (err error) {
		made[i], _, err = pay.Create(ctx, tx, pay.Order{App: app(i % among), OutTradeNo: fmt.Sprintf("bench_%d", from+int64(i)), Subject: "A cup of coffee", Total: 1})
		return err
	})
	return made, err
}

// confirming is a payment in process, as doors make it: the trade is there, and who pays was proved before.
func (h *house) confirming(name string, clients, among int) *form {
	till := pay.NewTill(h.d)
	return &form{name: name, unit: "payments", clients: clients, ready: func(ctx context.Context, n int) (func(int) error, int, error) {
		made, err := h.trades(ctx, n, among)
		return func(i int) error {
			_, err := till.Confirm(ctx, pay.Confirmation{No: made[i].No, Payer: person(h.payer(i))})
			if err == nil {
				h.paid.Add(1)
			}
			return err
		}, n, err
	}}
}

// books verifies the ledger, and that as many payments stand in it as were answered.
func (h *house) books(ctx context.Context) (string, error) {
	var report ledger.Report
	err := h.d.Read(ctx, func(tx *db.Tx) (err error) {
		report, err = ledger.Verify(ctx, tx)
		return err
	})
	if err != nil {
		return "", err
	}
	if len(report.Differences) > 0 {
		return "", fmt.Errorf("the books on %s do not verify: %v", h.d.Engine(), report.Differences)
	}
	topUps := int64((h.persons + ledger.MaxLines - 2) / (ledger.MaxLines - 1))
	if paid := report.Entries - topUps; paid != h.paid.Load() {
		return "", fmt.Errorf("%s has %d payments, %d were answered", h.d.Engine(), paid, h.paid.Load())
	}
	return fmt.Sprintf("%s: %d payments answered, %d entries, %d postings: the books are right", h.d.Engine(), h.paid.Load(), report.Entries, report.Postings), nil
}

// addSQLite adds the bare program and Souk's rooms, each on a file of its own.
func (b *bench) addSQLite(ctx context.Context) error {
	h, err := b.house(ctx)
	if err != nil {
		return err
	}
	bare, err := b.openBare(ctx)
	if err != nil {
		return err
	}
	lean, err := b.openLean()
	if err != nil {
		return err
	}
	narrow := lean.form("SQLite, lean program, narrow rows", b.Clients)
	least := bare.form("SQLite, bare program, same rows", b.Clients)
	spread := h.confirming("SQLite, pay.Till, spread sellers", b.Clients, sellers)
	hot := h.confirming("SQLite, pay.Till, one hot seller", b.Clients, 1)
	b.forms = append(b.forms, narrow, least, spread, hot)
	b.verify = append(b.verify, bare.books, lean.books)
	b.compare("SQLite in process / bare program", spread, least, 0.8)
	b.compare("SQLite, bare program / lean program", least, narrow, 0)
	b.compare("SQLite hot / spread", hot, spread, 0.95)
	b.notes = append(b.notes, note{name: "SQLite in process p99, ms", target: 12, atMost: true, values: func() (list []float64) {
		for _, t := range spread.turns {
			list = append(list, t.p99)
		}
		return list
	}})
	return nil
}

// house is Souk's on SQLite, filled when first asked for. Its books are verified at the end.
func (b *bench) house(ctx context.Context) (h *house, err error) {
	if b.file == nil {
		b.say("filling a SQLite file: %d people, %d sellers", b.Persons, sellers)
		if b.file, err = b.openFile(ctx, "souk.db", b.Persons); err != nil {
			return nil, err
		}
		b.verify = append(b.verify, b.file.books)
	}
	return b.file, nil
}

func (b *bench) openFile(ctx context.Context, name string, persons int) (*house, error) {
	path := filepath.Join(b.Folder, name)
	h, err := b.openHouse(ctx, "sqlite:"+path, persons)
	if err != nil {
		return nil, err
	}
	b.undo = append(b.undo, func() {
		h.d.Close()
		for _, end := range []string{"", "-wal", "-shm"} {
			os.Remove(path + end)
		}
	})
	return h, nil
}
