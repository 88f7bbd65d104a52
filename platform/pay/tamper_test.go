package pay_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/platform/hold"
	"souk/platform/ledger"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// busyShop has one of everything: payments with one and two tenders, refunds before and after settlement, a split, a transfer and authorisations.
func busyShop(t *testing.T, d *db.DB) (today, yesterday ledger.Day) {
	t.Helper()
	now := int64(1_763_800_000_000)
	d.SetClock(func() int64 { return now })
	market(t, d, 2)
	do(t, d, func(tx *db.Tx) error {
		if err := ledger.Open(ctx, tx, ledger.Account{ID: "voucher/shop/CNY", Unit: ledger.CNY, Floor: ledger.Zero()}); err != nil {
			return err
		}
		if err := pay.Bind(ctx, tx, shop, []pay.Receiver{{Account: wallet.Account(person(1)), Name: "One"}}); err != nil {
			return err
		}
		_, err := ledger.Post(ctx, tx, entry("vouchers", wallet.Bank, "voucher/shop/CNY", 100_00))
		return err
	})
	mixed := paid(t, d, "mixed", 100_00, pay.Tender{Kind: "balance", Account: wallet.Account(person(0)), Funder: pay.ByBuyer, Amount: 80_00},
		pay.Tender{Kind: "voucher", Account: "voucher/shop/CNY", Funder: pay.ByMerchant, Amount: 20_00})
	plain := paid(t, d, "plain", 200_00)
	shared := paid(t, d, "shared", 50_00)
	refundOrFail(t, d, mixed, "r1", 60_00)
	refundOrFail(t, d, mixed, "r2", 30_00)
	do(t, d, func(tx *db.Tx) error {
		_, err := pay.MakeSplit(ctx, tx, pay.SplitRequest{App: shop, No: shared.No, OutRequestNo: "s", Lines: []pay.SplitLine{{Receiver: wallet.Account(person(1)), Amount: 10_00}}})
		return err
	})
	yesterday = ledger.DayOf(now)
	now += 24 * 60 * 60 * 1000
	if err := pay.SettleAll(ctx, d); err != nil {
		t.Fatal(err)
	}
	refundOrFail(t, d, plain, "late", 50_00)
	paid(t, d, "today", 5_00)
	do(t, d, func(tx *db.Tx) error {
		if _, _, err := pay.Send(ctx, tx, pay.Transfer{App: shop, OutBizNo: "t", Payee: wallet.Account(person(1)), Amount: 7_00, Title: "Thanks"}); err != nil {
			return err
		}
		a, _, err := hold.Ask(ctx, tx, hold.Request{App: shop, OutOrderNo: "h", OutRequestNo: "f", Title: "Deposit", Amount: 30_00})
		if err != nil {
			return err
		}
		if _, _, err := hold.Freeze(ctx, tx, a.No, person(0)); err != nil {
			return err
		}
		_, err = hold.Unfreeze(ctx, tx, shop, a.No, "u", 10_00, "")
		return err
	})
	verify(t, d)
	return ledger.DayOf(now), yesterday
}

func refundOrFail(t *testing.T, d *db.DB, trade pay.Trade, key string, amount int64) {
	t.Helper()
	do(t, d, func(tx *db.Tx) error {
		_, err := pay.Refund(ctx, tx, pay.RefundRequest{App: shop, No: trade.No, OutRequestNo: key, Amount: money.Fen(amount)})
		return err
	})
}

var errUndo = errors.New("undo")

// undone runs statements and f in a transaction of which nothing is kept.
func undone(t *testing.T, d *db.DB, what string, statements []string, f func(tx *db.Tx) error) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, sql := range statements {
			if n, err := tx.Exec(sql); err != nil || n == 0 {
				return fmt.Errorf("%s: %d rows: %w", sql, n, err)
			}
		}
		return errors.Join(f(tx), errUndo)
	})
	if !errors.Is(err, errUndo) || strings.Contains(err.Error(), "ERROR") {
		t.Errorf("%s: %v", what, err)
	}
}

// All that souk verify reads: who changes a figure of any table of money is found.
func TestVerifyFindsWhatWasChangedInAnyTableOfMoney(t *testing.T) {
	tampering := map[string]string{
		"a trade's total":                 `UPDATE pay_trade SET total_fen = total_fen + 1 WHERE out_trade_no = 'plain'`,
		"a trade's tenders":               `UPDATE pay_trade SET tenders = replace(tenders, '8000', '7999') WHERE out_trade_no = 'mixed'`,
		"whose money it was":              `UPDATE pay_trade SET tenders = replace(tenders, 'p000', 'p001') WHERE out_trade_no = 'mixed'`,
		"who paid":                        `UPDATE pay_trade SET tenders = replace(tenders, 'p000', 'p001'), buyer_id = 'p001' WHERE out_trade_no = 'plain'`,
		"what was refunded":               `UPDATE pay_trade SET refunded_fen = refunded_fen - 1 WHERE out_trade_no = 'mixed'`,
		"a trade's state":                 `UPDATE pay_trade SET status = 'TRADE_CLOSED' WHERE out_trade_no = 'plain'`,
		"that it was paid":                `UPDATE pay_trade SET status = 'WAIT_BUYER_PAY', paid_at = NULL, tenders = '' WHERE out_trade_no = 'today'`,
		"the day of a payment":            `UPDATE pay_trade SET paid_at = paid_at + 90000000 WHERE out_trade_no = 'plain'`,
		"a lost trade":                    `DELETE FROM pay_trade WHERE out_trade_no = 'today'`,
		"a trade's settlement":            `UPDATE pay_trade SET settlement = NULL WHERE out_trade_no = 'shared'`,
		"a trade's split":                 `UPDATE pay_trade SET split_fen = 0 WHERE out_trade_no = 'shared'`,
		"a refund's amount":               `UPDATE pay_refund SET amount_fen = amount_fen + 1 WHERE out_request_no = 'r1'`,
		"a refund's place":                `UPDATE pay_refund SET refunded_before = refunded_before - 1 WHERE out_request_no = 'r2'`,
		"a refund's fee":                  `UPDATE pay_refund SET fee_back_fen = fee_back_fen + 1 WHERE out_request_no = 'late'`,
		"a lost refund":                   `DELETE FROM pay_refund WHERE out_request_no = 'late'`,
		"a refund's number":               `UPDATE pay_refund SET out_request_no = 'other' WHERE out_request_no = 'late'`,
		"a settlement's sum":              `UPDATE pay_settlement SET captured_fen = captured_fen + 1`,
		"a settlement's refunds and fee":  `UPDATE pay_settlement SET refunded_fen = refunded_fen + 1, fee_fen = fee_fen - 1`,
		"a settlement's number of trades": `UPDATE pay_settlement SET trades = trades + 1`,
		"a lost settlement":               `DELETE FROM pay_settlement`,
		"a split's line":                  `UPDATE pay_split_line SET amount_fen = amount_fen + 1`,
		"a split's receiver":              `UPDATE pay_split_line SET receiver = 'person/p000/CNY'`,
		"what came back of a split":       `UPDATE pay_split_line SET returned_fen = 1`,
		"a transfer's amount":             `UPDATE pay_transfer SET amount_fen = amount_fen + 1`,
		"a transfer's payee":              `UPDATE pay_transfer SET payee = 'person/p000/CNY'`,
		"a lost transfer":                 `DELETE FROM pay_transfer`,
		"an authorisation's total":        `UPDATE hold_auth SET total_fen = total_fen + 1`,
		"what was taken of one":           `UPDATE hold_auth SET paid_fen = paid_fen + 1, unfrozen_fen = unfrozen_fen - 1`,
		"what went back of one":           `UPDATE hold_auth SET unfrozen_fen = unfrozen_fen - 1`,
		"an authorisation's state":        `UPDATE hold_auth SET status = 'FINISH'`,
		"an operation":                    `UPDATE hold_operation SET amount_fen = amount_fen + 1 WHERE kind = 'UNFREEZE'`,
		"a ledger hold":                   `UPDATE ledger_hold SET state = 'voided', ended_at = 1 WHERE state = 'held'`,
		"a hold's amount":                 `UPDATE ledger_hold SET amount = amount + 1 WHERE state = 'held'`,
		"an account":                      `UPDATE ledger_account SET balance = balance + 1 WHERE id = 'person/p000/CNY'`,
		"a posting":                       `UPDATE ledger_posting SET amount = amount + 1 WHERE account_id = 'person/p000/CNY' AND entry_id LIKE 'pay:%'`,
		"an entry":                        `UPDATE ledger_entry SET title = 'other' WHERE kind = 'settle'`,
		"a lost entry":                    `DELETE FROM ledger_entry WHERE kind = 'settle'`,
	}
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		busyShop(t, d)
		for what, sql := range tampering {
			statements := []string{sql}
			undone(t, d, what, statements, func(tx *db.Tx) error {
				books, err := ledger.Verify(ctx, tx)
				if err != nil {
					return err
				}
				trades, err := pay.Verify(ctx, tx)
				if err != nil {
					return err
				}
				auths, err := hold.Verify(ctx, tx)
				if len(books.Differences)+len(trades.Differences)+len(auths.Differences) == 0 {
					t.Errorf("%s was not found", what)
				}
				return err
			})
		}
	})
}

func TestAReconciliationNamesWhateverTheBillOrTheLedgerLacks(t *testing.T) {
	const mixed = `(SELECT trade_no FROM pay_trade WHERE out_trade_no = 'mixed')`
	gone := func(entry string) []string {
		return []string{`DELETE FROM ledger_posting WHERE entry_id = ` + entry, `DELETE FROM ledger_entry WHERE id = ` + entry}
	}
	rows := []struct {
		what       string
		statements []string
		want       string
	}{
		{"nothing planted", []string{`UPDATE pay_trade SET body = 'x'`}, ""},
		{"a payment that the ledger lacks", gone(`'pay:' || ` + mixed), "the bill has pay:"},
		{"a refund that the ledger lacks", gone(`'refund:' || ` + mixed + ` || ':r1'`), "the bill has refund:"},
		{"a payment that the bill lacks", []string{`UPDATE pay_trade SET status = 'WAIT_BUYER_PAY', paid_at = NULL, tenders = '', refunded_fen = 0, settlement = NULL WHERE out_trade_no = 'plain'`}, "the ledger has pay:"},
		{"a refund that the bill lacks", []string{`DELETE FROM pay_refund WHERE out_request_no = 'r2'`}, "the ledger has refund:"},
		{"another amount of a payment", []string{`UPDATE pay_trade SET total_fen = total_fen + 1, tenders = replace(tenders, '20000', '20001') WHERE out_trade_no = 'plain'`}, "200.01 in the bill and 200.00 in the ledger"},
		{"another amount of a refund", []string{`UPDATE pay_refund SET amount_fen = amount_fen - 1 WHERE out_request_no = 'r1'`}, "-59.99 in the bill and -60.00 in the ledger"},
		{"a payment on another day", []string{`UPDATE pay_trade SET paid_at = paid_at - 86400000 WHERE out_trade_no = 'plain'`}, "the ledger has pay:"},
	}
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		_, yesterday := busyShop(t, d)
		for _, row := range rows {
			undone(t, d, row.what, row.statements, func(tx *db.Tx) error {
				r, err := pay.Reconcile(ctx, tx, seller, yesterday)
				if row.want == "" && len(r.Differences) != 0 || row.want != "" && (len(r.Differences) != 1 || !strings.Contains(r.Differences[0], row.want)) {
					t.Errorf("%s: %q", row.what, r.Differences)
				}
				return err
			})
		}
	})
}
