package agreement_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/event"
	"souk/kit/money"
	"souk/platform/agreement"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/merchant"
)

var (
	ctx     = context.Background()
	schemas = []db.Schema{event.Schema, ledger.Schema, identity.Schema, merchant.Schema, agreement.Schema}
)

const ann identity.PersonID = "ann"

func signed(t *testing.T, d *db.DB, p agreement.Paper) (a agreement.Agreement) {
	t.Helper()
	p.App, p.Product = "2021000000000001", "GENERAL_WITHHOLDING_P"
	err := d.Write(ctx, func(tx *db.Tx) error {
		m := merchant.Merchant{ID: "shop", Name: "Shop"}
		if err := merchant.Add(ctx, tx, m); err != nil {
			return err
		}
		if err := merchant.AddApp(ctx, tx, merchant.App{ID: p.App, Merchant: m, Name: "Shop"}); err != nil {
			return err
		}
		asked, err := agreement.Ask(ctx, tx, p)
		if err != nil {
			return err
		}
		a, err = agreement.Sign(ctx, tx, asked.No, ann)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func charge(d *db.DB, a agreement.Agreement, amount money.Fen) error {
	return d.Write(ctx, func(tx *db.Tx) error { _, err := agreement.Charge(ctx, tx, a.App, a.No, amount); return err })
}

func TestAnAgreementsSumIsNeverExceededHoweverManyAskAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		a := signed(t, d, agreement.Paper{ExternalNo: "e1", Single: 10, Total: 100, Times: 64})
		var group sync.WaitGroup
		var mu sync.Mutex
		taken := 0
		for range 64 {
			group.Go(func() {
				err := charge(d, a, 7)
				if err != nil && !errors.Is(err, agreement.ErrTotal) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					taken++
					mu.Unlock()
				}
			})
		}
		group.Wait()
		if taken != 14 {
			t.Errorf("%d payments of 7 out of 100", taken)
		}
		if err := charge(d, a, 11); !errors.Is(err, agreement.ErrSingle) {
			t.Errorf("more than one payment may be: %v", err)
		}
	})
}

func TestAPlannedDayComesOnceAndAMonthsEndStaysOne(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		clock := time.Date(2027, 1, 31, 4, 0, 0, 0, time.UTC).UnixMilli()
		d.SetClock(func() int64 { return clock })
		a := signed(t, d, agreement.Paper{ExternalNo: "e1", Single: 10, Plan: agreement.Plan{Type: "MONTH", Period: 1, First: "2027-01-31"}})
		days := []string{}
		for range 4 {
			if err := charge(d, a, 1); err != nil {
				t.Fatal(err)
			}
			if err := charge(d, a, 1); !errors.Is(err, agreement.ErrDate) {
				t.Errorf("twice on %s: %v", a.NextOn, err)
			}
			err := d.Read(ctx, func(tx *db.Tx) (err error) { a, err = agreement.Find(ctx, tx, a.No); return err })
			if err != nil {
				t.Fatal(err)
			}
			days = append(days, a.NextOn)
			next, err := time.Parse(time.DateOnly, a.NextOn)
			if err != nil {
				t.Fatal(err)
			}
			clock = next.UnixMilli()
		}
		if want := []string{"2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"}; !slices.Equal(days, want) {
			t.Errorf("planned days %v, want %v", days, want)
		}
	})
}

func TestNobodySignsForAnotherOrTooLateOrTwice(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		clock := d.Now()
		d.SetClock(func() int64 { return clock })
		a := signed(t, d, agreement.Paper{ExternalNo: "e1"})
		sign := func(no agreement.No, who identity.PersonID) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := agreement.Sign(ctx, tx, no, who); return err })
		}
		if err := sign(a.No, ann); err != nil {
			t.Errorf("the same yes again: %v", err)
		}
		if err := sign(a.No, "bob"); !errors.Is(err, agreement.ErrPerson) {
			t.Errorf("another's: %v", err)
		}
		var late agreement.Agreement
		err := d.Write(ctx, func(tx *db.Tx) (err error) {
			late, err = agreement.Ask(ctx, tx, agreement.Paper{App: a.App, Product: a.Product, ExternalNo: "e2"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		clock += agreement.QuestionMillis
		if err := sign(late.No, ann); !errors.Is(err, agreement.ErrStatus) {
			t.Errorf("too late: %v", err)
		}
		if err := charge(d, late, 1); !errors.Is(err, agreement.ErrStatus) {
			t.Errorf("charged without a yes: %v", err)
		}
		for _, bad := range []agreement.Paper{{ExternalNo: "a b"}, {ExternalNo: "x", Single: -1}, {ExternalNo: "x", Plan: agreement.Plan{Type: "WEEK", Period: 1, First: "2099-01-01"}},
			{ExternalNo: "x", Plan: agreement.Plan{Type: "DAY", Period: 1, First: "2099-01-01"}}, {ExternalNo: "x", Plan: agreement.Plan{Type: "MONTH", Period: 1, First: "1999-01-01"}}} {
			bad.App, bad.Product = a.App, a.Product
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := agreement.Ask(ctx, tx, bad); return err }); !errors.Is(err, agreement.ErrInvalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}
