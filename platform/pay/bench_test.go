package pay_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

const (
	benchPersons = 10_000
	benchSellers = 500
	benchClients = 64
)

// BenchmarkConfirm pays trades that wait, 64 clients at once: to one busy seller, and to many. Compare the two rates in one run.
func BenchmarkConfirm(b *testing.B) {
	for _, engine := range dbtest.Engines {
		for _, sellers := range []int{benchSellers, 1} {
			b.Run(fmt.Sprintf("%s/sellers=%d", engine, sellers), func(b *testing.B) { benchConfirm(b, engine, sellers) })
		}
	}
}

func benchConfirm(b *testing.B, engine string, sellers int) {
	url := dbtest.URL(b, engine)
	if engine == db.Postgres {
		url = dbtest.DurablePostgres(b)
	}
	d := dbtest.Open(b, url, schemas...)
	crowd(b, d, sellers)
	trades := make([]pay.Trade, b.N)
	inBatches(b, d, b.N, func(tx *db.Tx, i int) (err error) {
		trades[i], _, err = pay.Create(ctx, tx, pay.Order{App: app(i % sellers), OutTradeNo: fmt.Sprint("b", i), Subject: "Thing", Total: 1})
		return err
	})
	var next atomic.Int64
	next.Store(-1)
	var slowest atomic.Int64
	b.ResetTimer()
	var wg sync.WaitGroup
	for range benchClients {
		wg.Go(func() {
			for i := next.Add(1); i < int64(b.N); i = next.Add(1) {
				start := time.Now()
				if err := d.Write(ctx, func(tx *db.Tx) error {
					_, _, err := pay.Confirm(ctx, tx, pay.Confirmation{No: trades[i].No, Payer: benchPerson(int(i*7919) % benchPersons)})
					return err
				}); err != nil {
					b.Error(err)
				}
				if took := int64(time.Since(start)); took > slowest.Load() {
					slowest.Store(took)
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payments/s")
	b.ReportMetric(float64(slowest.Load())/1e6, "ms-slowest")
}

func benchPerson(i int) identity.PersonID { return identity.PersonID(fmt.Sprintf("b%06d", i)) }

func app(i int) merchant.AppID { return merchant.AppID(fmt.Sprintf("app%d", i)) }

// crowd makes the persons, with money, and the sellers.
func crowd(b *testing.B, d *db.DB, sellers int) {
	inBatches(b, d, benchPersons, func(tx *db.Tx, i int) error {
		if err := wallet.Open(ctx, tx, benchPerson(i)); err != nil {
			return err
		}
		return wallet.TopUp(ctx, tx, wallet.Request{Person: benchPerson(i), Key: "k", Amount: 1000_00})
	})
	inBatches(b, d, sellers, func(tx *db.Tx, i int) error {
		m := merchant.Merchant{ID: merchant.ID(fmt.Sprint("m", i)), Name: "M"}
		if err := merchant.Add(ctx, tx, m); err != nil {
			return err
		}
		return merchant.AddApp(ctx, tx, merchant.App{ID: app(i), Merchant: m, Name: "A"})
	})
}

func inBatches(b *testing.B, d *db.DB, n int, f func(tx *db.Tx, i int) error) {
	const batch = 1000
	for start := 0; start < n; start += batch {
		if err := d.Write(ctx, func(tx *db.Tx) error {
			for i := start; i < min(n, start+batch); i++ {
				if err := f(tx, i); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}
