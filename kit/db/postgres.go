package db

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	maxAttempts    = 12                     // of one Write that meets deadlocks or lost connections
	firstPause     = 2 * time.Millisecond   // doubled each time, with jitter
	longestPause   = 400 * time.Millisecond // all pauses together: about two seconds
	connectTimeout = 5 * time.Second
	migrationLock  = 0x736f756b // "souk": one process migrates at a time
)

// pgEngine is PostgreSQL: each write is a transaction of its own on a pool.
type pgEngine struct {
	pool            *pgxpool.Pool
	commits, writes atomic.Int64
	retries         atomic.Int64
	closed          atomic.Bool
}

func openPostgres(ctx context.Context, url string) (engine, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, ErrURL.With("%w", err)
	}
	if config.MaxConns < 16 && !namesPoolSize(url) {
		config.MaxConns = int32(max(16, 4*runtime.NumCPU()))
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "souk"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, ErrOpen.With("%w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, ErrOpen.With("PostgreSQL at %s:%d, database %q: %w", config.ConnConfig.Host, config.ConnConfig.Port, config.ConnConfig.Database, connectReason(err))
	}
	return &pgEngine{pool: pool}, nil
}

func namesPoolSize(url string) bool { return strings.Contains(url, "pool_max_conns") }

// connectReason keeps the cause, in one line, of what pgx tells with the connection string and once for every address.
func connectReason(err error) error {
	var dial *net.OpError
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &dial):
		return dial
	}
	return errors.New(strings.ReplaceAll(err.Error(), "\n", "; "))
}

func (e *pgEngine) name() string { return Postgres }

func (e *pgEngine) stats() Stats {
	return Stats{Commits: e.commits.Load(), Writes: e.writes.Load(), Retries: e.retries.Load()}
}

func (e *pgEngine) close() error {
	e.closed.Store(true)
	e.pool.Close()
	return nil
}

const (
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" // one snapshot, as SQLite gives
	beginWrite = "BEGIN"                                           // READ COMMITTED: guards stand in the statements
)

func (e *pgEngine) read(ctx context.Context, run func(session) error) error {
	return e.again(ctx, func() error { return e.once(ctx, beginRead, run) })
}

func (e *pgEngine) write(ctx context.Context, run func(session) error) error {
	err := e.again(ctx, func() error { return e.once(ctx, beginWrite, run) })
	if err == nil {
		e.writes.Add(1)
		e.commits.Add(1)
	}
	return err
}

// script lets run use many statements at once, while no other process does.
func (e *pgEngine) script(ctx context.Context, run func(session, func(string) error) error) error {
	return e.write(ctx, func(s session) error {
		if _, err := s.exec(ctx, "SELECT pg_advisory_xact_lock($1)", []any{int64(migrationLock)}); err != nil {
			return err
		}
		return run(s, func(sql string) error {
			return s.(*pgSession).script(ctx, sql)
		})
	})
}

// again repeats f while it meets what another attempt may not: deadlock, serialization failure, a lost connection.
func (e *pgEngine) again(ctx context.Context, f func() error) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || !isTransient(err) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if attempt == maxAttempts {
			return ErrUnavailable.With("after %d attempts: %w", attempt, err)
		}
		e.retries.Add(1)
		select {
		case <-time.After(pause/2 + rand.N(pause)):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, longestPause)
	}
}

// lostError is a connection lost before the commit was sent.
type lostError struct{ cause error }

func (l lostError) Error() string { return "connection lost: " + l.cause.Error() }
func (l lostError) Unwrap() error { return l.cause }

func isTransient(err error) bool {
	var lost lostError
	if errors.Is(err, ErrUnknown) {
		return false
	}
	if errors.As(err, &lost) {
		return true
	}
	switch pgCode(err) {
	case "40001", "40P01", // serialization failure, deadlock
		"57P01", "57P02", "57P03": // the server is stopping or starting
		return true
	}
	return false
}

// isNetwork tells an error of the connection from one of ours, after which pgx closes the connection too.
func isNetwork(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// once runs one transaction on one connection of the pool.
func (e *pgEngine) once(ctx context.Context, begin string, run func(session) error) error {
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if e.closed.Load() {
			return ErrClosed
		}
		return lostError{connectReason(err)}
	}
	s := &pgSession{conn: conn.Conn(), begin: begin}
	defer conn.Release()
	defer s.rollback() // does nothing after a commit; a panic comes through here too
	if err := run(s); err != nil {
		return s.fault(ctx, err)
	}
	return s.commit(ctx)
}
