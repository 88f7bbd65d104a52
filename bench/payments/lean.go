package payments

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	zombie "zombiezen.com/go/sqlite"
)

// The lean program pays as little as can be called a payment: numbers for keys, no states, no texts, no events, nothing to verify. Beside the bare program it
// tells what the width of Souk's rows costs, and beside pay.Till what its rules do.
const leanTables = `
CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
CREATE TABLE trade (id INTEGER PRIMARY KEY, app_id INTEGER NOT NULL, out_trade_no TEXT NOT NULL, payer INTEGER NOT NULL, payee INTEGER NOT NULL,
	amount INTEGER NOT NULL, created INTEGER NOT NULL, UNIQUE (app_id, out_trade_no));
CREATE TABLE entry (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, trade_id INTEGER NOT NULL, amount INTEGER NOT NULL, created INTEGER NOT NULL);
CREATE INDEX entry_account ON entry (account, id);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) INSERT INTO account SELECT i, %d FROM n`

const (
	leanDebit  = `UPDATE account SET balance = balance - $1 WHERE id = $2 AND balance >= $1`
	leanCredit = `UPDATE account SET balance = balance + $1 WHERE id = $2`
	leanTrade  = `INSERT INTO trade (id, app_id, out_trade_no, payer, payee, amount, created) VALUES ($1, $2, $3, $4, $2, $5, $6)`
	leanEntry  = `INSERT INTO entry (account, trade_id, amount, created) VALUES ($1, $2, $3, $4)`
)

type lean struct {
	*program
	persons                     int
	next, paid                  atomic.Int64
	debit, credit, trade, entry *zombie.Stmt
}

func (b *bench) openLean() (*lean, error) {
	l := &lean{persons: b.Persons}
	path := filepath.Join(b.Folder, "lean.db")
	b.undo = append(b.undo, func() {
		for _, end := range []string{"", "-wal", "-shm"} {
			os.Remove(path + end)
		}
	})
	var err error
	l.program, err = b.openProgram("lean.db", fmt.Sprintf(leanTables, sellers+b.Persons, topUp), l.write,
		map[string]**zombie.Stmt{leanDebit: &l.debit, leanCredit: &l.credit, leanTrade: &l.trade, leanEntry: &l.entry})
	return l, err
}

func (l *lean) write(o *bareOrder) error {
	const amount = int64(1)
	no, now := l.next.Add(1), time.Now().UnixMilli()
	payer, payee := int64(1+sellers+o.payer), 1+no%sellers
	if err := runBare(l.debit, amount, payer); err != nil {
		return err
	}
	if l.c.Changes() != 1 {
		return errPoor
	}
	if err := runBare(l.credit, amount, payee); err != nil {
		return err
	}
	if err := runBare(l.trade, no, payee, fmt.Sprintf("bench_%d", no), payer, amount, now); err != nil {
		return err
	}
	if err := runBare(l.entry, payer, no, -amount, now); err != nil {
		return err
	}
	return runBare(l.entry, payee, no, amount, now)
}

func (l *lean) form(name string, clients int) *form {
	return &form{name: name, unit: "payments", clients: clients, ready: endless(func(i int) error {
		err := l.do(&bareOrder{payer: i * 7919 % l.persons})
		if err == nil {
			l.paid.Add(1)
		}
		return err
	})}
}

// books counts what was written.
func (l *lean) books(context.Context) (string, error) {
	var counts [3]int64
	for i, sql := range []string{`SELECT COUNT(*) FROM trade`, `SELECT COUNT(*) FROM entry`, fmt.Sprintf(`SELECT SUM(balance) - %d FROM account`, topUp*(sellers+l.persons))} {
		s, err := l.c.Prepare(sql)
		if err != nil {
			return "", err
		}
		if _, err := s.Step(); err != nil {
			return "", err
		}
		counts[i] = s.ColumnInt64(0)
		if err := s.Reset(); err != nil {
			return "", err
		}
	}
	if paid := l.paid.Load(); counts != [3]int64{paid, 2 * paid, 0} {
		return "", fmt.Errorf("the lean program answered %d payments, wrote %d with %d entries; the balances are off by %d", paid, counts[0], counts[1], counts[2])
	}
	return fmt.Sprintf("lean program: %d payments answered and written, the balances sum up", l.paid.Load()), nil
}
