package pay_test

import (
	"fmt"
	"math"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
)

func TestASellerReadsEverySaleAndRefundOnceWhateverThePage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 1)
		const sales = 7
		for i := range sales {
			trade := paid(t, d, fmt.Sprintf("out-%d", i), 10_00)
			if _, err := refund(d, trade, "r", 1_00); err != nil {
				t.Fatal(err)
			}
		}
		order(t, d, "unpaid", 5_00)
		for _, limit := range []int{1, 3, 100} {
			sold, back := map[pay.No]bool{}, map[pay.No]bool{}
			do(t, d, func(tx *db.Tx) error { clear(sold); clear(back); return readAll(tx, limit, sold, back) })
			if len(sold) != sales || len(back) != sales {
				t.Errorf("pages of %d: %d sales and %d refunds, not %d", limit, len(sold), len(back), sales)
			}
		}
	})
}

// readAll reads page after page; a trade that comes twice counts once and would leave another out.
func readAll(tx *db.Tx, limit int, sold, back map[pay.No]bool) error {
	from, to := ledger.DayOf(tx.Now()).Span()
	day := pay.Span{From: from, To: to}
	for after := (pay.Trade{}); ; {
		page, err := pay.Sold(ctx, tx, seller.ID, day, after, limit)
		if err != nil || len(page) == 0 {
			break
		}
		for _, t := range page {
			sold[t.No], after = true, t
		}
	}
	for after := (pay.BillLine{}); ; {
		page, err := pay.GivenBack(ctx, tx, seller.ID, day, after, limit)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, l := range page {
			back[l.Trade.No], after = true, l
		}
	}
}

func TestATradeIsFoundByEitherNumberAndNeverByAnotherSeller(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		market(t, d, 1)
		trade := order(t, d, "mine-1", 5_00)
		do(t, d, func(tx *db.Tx) error {
			for _, c := range []struct {
				seller merchant.ID
				number string
				want   int
			}{{seller.ID, string(trade.No), 1}, {seller.ID, "mine-1", 1}, {seller.ID, "mine", 0}, {"other", string(trade.No), 0}, {"other", "mine-1", 0}} {
				found, err := pay.Numbered(ctx, tx, c.seller, []merchant.AppID{shop}, c.number)
				if err != nil || len(found) != c.want {
					t.Errorf("%s of %s: %d found (%v), not %d", c.number, c.seller, len(found), err, c.want)
				}
			}
			all, err := pay.Sold(ctx, tx, "other", pay.Span{To: math.MaxInt64}, pay.Trade{}, 10)
			if err != nil || len(all) != 0 {
				t.Errorf("another seller reads %d sales (%v)", len(all), err)
			}
			return nil
		})
	})
}
