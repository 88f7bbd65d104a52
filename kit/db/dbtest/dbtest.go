// Package dbtest runs a test on both engines, each time on a fresh database.
//
//	dbtest.Each(t, []db.Schema{ledger.Schema, pay.Schema}, func(t *testing.T, d *db.DB) { … })
//
// PostgreSQL is the one that SOUK_TEST_POSTGRES names, or a cluster that the first test process starts on a unix socket
// and that all test processes share; it stops by itself when nobody has used it for half a minute. It is quick and
// not durable: benchmarks use DurablePostgres. A missing PostgreSQL is a failure that names the package, never a skip.
// For tests only. Start reading at Each; cluster.go starts the server.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"souk/kit/db"
)

// Engines are what Each runs on.
var Engines = []string{db.SQLite, db.Postgres}

// Each runs f on SQLite and on PostgreSQL, as subtests, with a fresh database that has the schemas.
func Each(t *testing.T, schemas []db.Schema, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) {
			f(t, Open(t, URL(t, engine), schemas...))
		})
	}
}

// EachURL runs f on both engines with the address of an empty database, for tests that open it themselves, or twice.
func EachURL(t *testing.T, f func(t *testing.T, url string)) {
	t.Helper()
	for _, engine := range Engines {
		t.Run(engine, func(t *testing.T) { f(t, URL(t, engine)) })
	}
}

// Open opens the database and closes it when the test ends.
func Open(t testing.TB, url string, schemas ...db.Schema) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// URL makes an empty database of the engine and returns its address; it is gone when the test ends.
func URL(t testing.TB, engine string) string {
	t.Helper()
	if engine == db.SQLite {
		return "sqlite:" + filepath.Join(t.TempDir(), "souk.db")
	}
	return freshPostgres(t, sharedAdmin(t))
}

// DurablePostgres is URL on a PostgreSQL cluster of this process's own, with fsync on.
func DurablePostgres(t testing.TB) string {
	t.Helper()
	return freshPostgres(t, durableAdmin(t))
}

// admin is a connection to the cluster as its owner.
type admin struct {
	pool *pgxpool.Pool
	url  string
	err  error
}

var (
	sharedAdmin  = adminOf(sharedURL)
	durableAdmin = adminOf(durableURL)
	schemaCount  atomic.Int64
)

func adminOf(find func() (string, error)) func(testing.TB) *admin {
	var once sync.Once
	var a admin
	return func(t testing.TB) *admin {
		t.Helper()
		once.Do(func() { a = connect(find) })
		if a.err != nil {
			t.Fatal(a.err)
		}
		return &a
	}
}

func connect(find func() (string, error)) admin {
	address, err := find()
	if err != nil {
		return admin{err: fmt.Errorf("dbtest: %w", err)}
	}
	pool, err := pgxpool.New(context.Background(), address)
	if err == nil {
		err = pool.Ping(context.Background())
	}
	if err != nil {
		return admin{err: fmt.Errorf("dbtest: PostgreSQL at %s: %w", address, err)}
	}
	return admin{pool: pool, url: address}
}

// freshPostgres makes a schema of its own in the cluster's database, which takes a millisecond where a database takes 50.
func freshPostgres(t testing.TB, a *admin) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := fmt.Sprintf("t%d_%d_%d", os.Getpid(), time.Now().UnixNano(), schemaCount.Add(1))
	if _, err := a.pool.Exec(ctx, "CREATE SCHEMA "+name); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := a.pool.Exec(ctx, "SET client_min_messages = warning; DROP SCHEMA "+name+" CASCADE"); err != nil {
			t.Errorf("dbtest: %v", err)
		}
	})
	u, err := url.Parse(a.url)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	return u.String()
}
