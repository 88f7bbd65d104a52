package pay_test

import (
	"fmt"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/pay"
)

// When PostgreSQL learns that nothing waits, the index of what waits looks like the shortest way to any trade; it keeps such a plan when thousands wait again.
func TestAClaimFindsItsTradeByItsNumberAlsoAfterAQuietHour(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.Postgres {
			return // SQLite prefers a row's own key whatever it knows
		}
		market(t, d, 1)
		for i := range 60 {
			paid(t, d, fmt.Sprint("t", i), 1)
		}
		do(t, d, func(tx *db.Tx) error {
			if _, err := tx.Exec(`ANALYZE pay_trade`); err != nil {
				return err
			}
			rows, err := tx.Query(`EXPLAIN `+pay.ClaimSQL, "p", tx.Now(), "", "h", "t", "20261129000000000000000000")
			if err != nil {
				return err
			}
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					return err
				}
				plan = append(plan, line)
			}
			if text := strings.Join(plan, "\n"); strings.Contains(text, "pay_trade_waiting") {
				t.Error(text)
			}
			return rows.Err()
		})
	})
}
