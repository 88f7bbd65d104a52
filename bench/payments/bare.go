package payments

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	zombie "zombiezen.com/go/sqlite"

	"souk/kit/db"
	"souk/platform/ledger"
	"souk/platform/merchant"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// The bare program is the least that can be written: the same rows of the same tables on the same driver, statements
// prepared once, one goroutine that commits whatever is waiting. No rules, no savepoints, no receipts, no kit/db.
const (
	bareClaim = `UPDATE pay_trade SET status = 'TRADE_SUCCESS', buyer_id = $1, paid_at = $2, opened_at = COALESCE(opened_at, $2), tenders = $3
		WHERE trade_no = $4 AND status = 'WAIT_BUYER_PAY' AND expires_at > $2`
	bareEntry = `INSERT INTO ledger_entry (id, kind, title, ref, digest, posted_at, lines) VALUES ($1, 'pay', 'A cup of coffee', $2, $3, $4, $5)`
	bareLines = `INSERT INTO ledger_posting (entry_id, line, shard, account_id, amount, posted_at) VALUES ($1, 0, $2, $3, $4, $5), ($1, 1, $6, $7, $8, $5)`
	bareDebit = `UPDATE ledger_account SET balance = balance - $1, day_out = CASE WHEN day = $2 THEN day_out ELSE 0 END + $1, day = $2
		WHERE id = $3 AND balance - held - $1 >= floor`
	bareCredit = `UPDATE ledger_account SET balance = balance + $1 WHERE id = $2`
	bareEvent  = `INSERT INTO event_log (tx, kind, key, at, data) VALUES (0, 'trade.paid', $1, $2, $3)`
)

// bare is the program; its house only makes people and trades.
type bare struct {
	*program
	h                                         *house
	claim, entry, lines, debit, credit, event *zombie.Stmt
}

type bareOrder struct {
	trade pay.Trade
	payer int
	done  chan error
}

func (b *bench) openBare(ctx context.Context) (*bare, error) {
	h, err := b.openFile(ctx, "bare.db", b.Persons)
	if err != nil {
		return nil, err
	}
	p := &bare{h: h}
	p.program, err = b.openProgram("bare.db", "", p.pay, map[string]**zombie.Stmt{bareClaim: &p.claim, bareEntry: &p.entry,
		bareLines: &p.lines, bareDebit: &p.debit, bareCredit: &p.credit, bareEvent: &p.event})
	return p, err
}

func (p *bare) pay(o *bareOrder) error {
	t, now := o.trade, time.Now().UnixMilli()
	no, id := string(t.No), "pay:"+string(t.No)
	from := wallet.Account(person(o.payer))
	to := (merchant.Merchant{ID: t.Merchant}).Pending().Stripe(merchant.Stripes, from)
	amount := int64(t.Total)
	tenders := fmt.Sprintf(`[{"kind":"balance","account":%q,"funder":"buyer","amountFen":%d}]`, from, amount)
	if err := runBare(p.claim, string(person(o.payer)), now, tenders, no); err != nil {
		return err
	}
	if p.c.Changes() != 1 {
		return fmt.Errorf("bare: %s was not waiting", no)
	}
	digest := sha256.Sum256([]byte(id))
	if err := runBare(p.entry, id, no, digest[:], now, fmt.Sprintf("%d CNY %s\n%d CNY %s", amount, to, -amount, from)); err != nil {
		return err
	}
	if err := runBare(p.lines, id, to.Shard(), string(to), amount, now, from.Shard(), string(from), -amount); err != nil {
		return err
	}
	if err := runBare(p.credit, amount, string(to)); err != nil {
		return err
	}
	if err := runBare(p.debit, amount, string(ledger.DayOf(now)), string(from)); err != nil {
		return err
	}
	data := fmt.Sprintf(`{"tradeNo":%q,"app":%q,"merchant":%q,"outTradeNo":%q,"buyer":%q,"status":"TRADE_SUCCESS","totalFen":%d,"at":%d}`,
		no, t.App, t.Merchant, t.OutTradeNo, person(o.payer), amount, now)
	return runBare(p.event, no, now, data)
}

func (p *bare) form(name string, clients int) *form {
	return &form{name: name, unit: "payments", clients: clients, ready: func(ctx context.Context, n int) (func(int) error, int, error) {
		made, err := p.h.trades(ctx, n, sellers)
		return func(i int) error {
			err := p.do(&bareOrder{trade: made[i], payer: p.h.payer(i)})
			if err == nil {
				p.h.paid.Add(1)
			}
			return err
		}, n, err
	}}
}

// books counts what the bare program wrote: its entries have no real digests, so ledger.Verify has nothing to say here.
func (p *bare) books(ctx context.Context) (string, error) {
	var paid, lines, sum int64
	err := p.h.d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT (SELECT COUNT(*) FROM ledger_entry WHERE kind = 'pay'),
			(SELECT COUNT(*) FROM ledger_posting WHERE entry_id LIKE 'pay:%'), (SELECT SUM(balance) FROM ledger_account)`).Scan(&paid, &lines, &sum)
	})
	if err != nil {
		return "", err
	}
	if paid != p.h.paid.Load() || lines != 2*paid || sum != 0 {
		return "", fmt.Errorf("the bare program answered %d payments, wrote %d with %d lines; the balances sum to %d", p.h.paid.Load(), paid, lines, sum)
	}
	return fmt.Sprintf("bare program: %d payments answered and written, the balances sum to 0", paid), nil
}
