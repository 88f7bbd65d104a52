package db_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	zombie "zombiezen.com/go/sqlite"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

// The benchmarks run one small payment (debit with guard, credit, trade, two entries) the same way in five forms, each
// answered only when it is durable. Compare inside one run; BenchmarkRatios prints the ratios:
//
//	go test ./kit/db -run '^$' -bench Ratios

const (
	accounts = 10_000
	clients  = 64
)

var bank = schema("bank", `
CREATE TABLE bank_account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL CHECK (balance >= 0)) WITH (fillfactor = 70);
CREATE TABLE bank_trade (id BIGINT PRIMARY KEY, payer BIGINT NOT NULL, payee BIGINT NOT NULL, amount BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE TABLE bank_entry (account BIGINT NOT NULL, id BIGINT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (account, id)) WITHOUT ROWID;
`)

const (
	debitSQL  = `UPDATE bank_account SET balance = balance - $1 WHERE id = $2 AND balance >= $1`
	creditSQL = `UPDATE bank_account SET balance = balance + $1 WHERE id = $2`
	tradeSQL  = `INSERT INTO bank_trade (id, payer, payee, amount, at) VALUES ($1, $2, $3, $4, $5)`
	entrySQL  = `INSERT INTO bank_entry (account, id, amount) VALUES ($1, $2, $3), ($4, $5, $6)`
)

// transfer is the n-th payment: who pays whom is spread by a multiplier, the lower account is touched first.
type transfer struct{ id, payer, payee, amount int64 }

func transferOf(n int64) transfer {
	h := uint64(n) * 0x9E3779B97F4A7C15
	return transfer{id: n, payer: int64(h>>20) % (accounts / 2), payee: accounts/2 + int64(h>>40)%(accounts/2), amount: 1 + int64(h>>50)%50}
}

func pay(tx *db.Tx, p transfer) error {
	if n, err := tx.Exec(debitSQL, p.amount, p.payer); err != nil || n != 1 {
		return fmt.Errorf("debit of %d rows: %w", n, err)
	}
	if _, err := tx.Exec(creditSQL, p.amount, p.payee); err != nil {
		return err
	}
	if _, err := tx.Exec(tradeSQL, p.id, p.payer, p.payee, p.amount, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(entrySQL, p.payer, 2*p.id, -p.amount, p.payee, 2*p.id+1, p.amount)
	return err
}

func openBank(b *testing.B, url string) *db.DB {
	d := dbtest.Open(b, url, bank)
	if err := d.Write(bg, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO bank_account (id, balance) WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			SELECT i, 1000000000 FROM n`, accounts-1)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return d
}

// pace runs n payments from so many clients and reports payments a second.
func pace(b *testing.B, from int, pay func(transfer) error) {
	b.Helper()
	var next atomic.Int64
	busy := cpuTime(b)
	b.ResetTimer()
	var group sync.WaitGroup
	for range from {
		group.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				if err := pay(transferOf(n)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
	b.ReportMetric(float64((cpuTime(b)-busy).Microseconds())/float64(b.N), "cpu-µs/tx")
}

// cpuTime is what this process has used: on a busy machine it compares better than the clock. It leaves out PostgreSQL's own.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func throughDB(b *testing.B, url string, from int) {
	d := openBank(b, url)
	pace(b, from, func(p transfer) error {
		return d.Write(bg, func(tx *db.Tx) error { return pay(tx, p) })
	})
	if s := d.Stats(); s.Commits > 0 {
		b.ReportMetric(float64(s.Writes)/float64(s.Commits), "tx/commit")
	}
}

func BenchmarkSQLiteGroupCommit(b *testing.B) { throughDB(b, dbtest.URL(b, db.SQLite), clients) }
func BenchmarkSQLiteOneCommitEach(b *testing.B) {
	throughDB(b, dbtest.URL(b, db.SQLite), 1)
}
func BenchmarkPostgres(b *testing.B) { throughDB(b, dbtest.DurablePostgres(b), clients) }

// BenchmarkSQLiteBare is the least program on the same driver: one goroutine, 32 payments a commit, no savepoints.
func BenchmarkSQLiteBare(b *testing.B) { bareSQLite(b, 32) }

// BenchmarkSQLiteBareOne is the same with a commit for each payment.
func BenchmarkSQLiteBareOne(b *testing.B) { bareSQLite(b, 1) }

func bareSQLite(b *testing.B, group int64) {
	url := dbtest.URL(b, db.SQLite)
	openBank(b, url).Close()
	c, err := zombie.OpenConn(filepath.Clean(strings.TrimPrefix(url, "sqlite:")), zombie.OpenReadWrite)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	run := func(sql string, args ...int64) error {
		s, err := c.Prepare(sql)
		if err != nil {
			return err
		}
		for i, a := range args {
			s.BindInt64(i+1, a)
		}
		for {
			if more, err := s.Step(); err != nil || !more {
				return err
			}
		}
	}
	for _, pragma := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA wal_autocheckpoint = 4000", "PRAGMA cache_size = -131072"} {
		if err := run(pragma); err != nil {
			b.Fatal(err)
		}
	}
	pace(b, 1, func(p transfer) error {
		if p.id%group == 0 || group == 1 {
			if err := run("BEGIN IMMEDIATE"); err != nil && group == 1 {
				return err
			}
		}
		if err := bareSteps(run, p); err != nil {
			return err
		}
		if (p.id+1)%group == 0 || group == 1 || p.id == int64(b.N) {
			if !c.AutocommitEnabled() {
				return run("COMMIT")
			}
		}
		return nil
	})
}

func bareSteps(run func(string, ...int64) error, p transfer) error {
	if err := run(debitSQL, p.amount, p.payer); err != nil {
		return err
	}
	if err := run(creditSQL, p.amount, p.payee); err != nil {
		return err
	}
	if err := run(tradeSQL, p.id, p.payer, p.payee, p.amount, p.id); err != nil {
		return err
	}
	return run(entrySQL, p.payer, 2*p.id, -p.amount, p.payee, 2*p.id+1, p.amount)
}

// BenchmarkPostgresBare is pgx's own pool with its own Begin and Commit, a round trip each.
func BenchmarkPostgresBare(b *testing.B) {
	url := dbtest.DurablePostgres(b)
	openBank(b, url)
	pool, err := pgxpool.New(bg, url+"&pool_max_conns=16")
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	pace(b, clients, func(p transfer) error {
		return pgx.BeginFunc(bg, pool, func(tx pgx.Tx) error {
			for _, s := range []struct {
				sql  string
				args []any
			}{
				{debitSQL, []any{p.amount, p.payer}},
				{creditSQL, []any{p.amount, p.payee}},
				{tradeSQL, []any{p.id, p.payer, p.payee, p.amount, p.id}},
				{entrySQL, []any{p.payer, 2 * p.id, -p.amount, p.payee, 2*p.id + 1, p.amount}},
			} {
				if _, err := tx.Exec(bg, s.sql, s.args...); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// BenchmarkRatios runs all forms in one series and prints how they stand to each other.
func BenchmarkRatios(b *testing.B) {
	rates := map[string]float64{}
	for _, form := range []struct {
		name string
		run  func(*testing.B)
	}{
		{"group", BenchmarkSQLiteGroupCommit}, {"each", BenchmarkSQLiteOneCommitEach},
		{"bare", BenchmarkSQLiteBare}, {"bareOne", BenchmarkSQLiteBareOne},
		{"postgres", BenchmarkPostgres}, {"barePostgres", BenchmarkPostgresBare},
	} {
		b.Run(form.name, func(b *testing.B) {
			form.run(b)
			rates[form.name] = float64(b.N) / b.Elapsed().Seconds() // the last and longest run stays
		})
	}
	fmt.Printf("SQLite, %d clients: %.0f tx/s, %.2f of a bare program with 32 a commit, %.1f times one commit each\n",
		clients, rates["group"], rates["group"]/rates["bare"], rates["group"]/rates["each"])
	fmt.Printf("SQLite, one client: %.0f tx/s, %.2f of a bare program\n", rates["each"], rates["each"]/rates["bareOne"])
	fmt.Printf("PostgreSQL, %d clients: %.0f tx/s, %.2f of bare pgx\n", clients, rates["postgres"], rates["postgres"]/rates["barePostgres"])
}
