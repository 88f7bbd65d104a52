package my_test

import (
	"context"
	"net/http"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

// The door remembers who calls, in which program; what ends or changes is told at the next call.
func TestWhoWasSignedOutOrRenamedIsNotRemembered(t *testing.T) {
	schemas := append(demo.Schemas[:len(demo.Schemas):len(demo.Schemas)], openapp.Schema)
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		as := seeded(t, d, false)
		lin, again := as(demo.People[0].ID), as(demo.People[0].ID)
		call := func(p phone, want int) map[string]any {
			t.Helper()
			status, answer := p.my("consents", map[string]any{})
			if status != want {
				t.Fatalf("%d %v, want %d", status, answer, want)
			}
			return answer
		}
		write := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(context.Background(), f); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			call(lin, http.StatusOK)
			call(again, http.StatusOK)
		}
		write(func(tx *db.Tx) error { return identity.EndSession(context.Background(), tx, lin.token) })
		call(lin, http.StatusUnauthorized)
		call(again, http.StatusOK)
		later := d.Now() + (identity.SessionDays+1)*24*60*60*1000
		d.SetClock(func() int64 { return later })
		call(again, http.StatusUnauthorized)
	})
}

// A name that is no table would be watched in vain.
func TestTheTablesThatAreWatchedExist(t *testing.T) {
	schemas := append(demo.Schemas[:len(demo.Schemas):len(demo.Schemas)], openapp.Schema)
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for _, list := range [][]string{identity.SessionTables, merchant.AppTables, openapp.KeyTables} {
			for _, table := range list {
				if err := d.Read(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(`SELECT 1 FROM ` + table + ` LIMIT 1`); return err }); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
