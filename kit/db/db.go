// Package db is the one place that begins, commits, rolls back and retries: SQLite (one writer with group commit) or
// PostgreSQL, behind one small Tx and one SQL text.
//
//	err := d.Write(ctx, func(tx *db.Tx) error {
//		n, err := tx.Exec(`UPDATE stock_item SET left_count = left_count - $1 WHERE id = $2 AND left_count >= $1`, want, id)
//		…
//	})
//
// What holds on both engines, and is proved by the conformance suite: nobody is answered before the commit is durable;
// a function that fails or panics undoes only itself; a statement that fails spoils its whole transaction (so ON CONFLICT,
// not a caught error); a transaction may hold several open Rows; $n may be used in any order and more than once;
// text is valid UTF-8 without NUL, compared byte by byte; LIKE minds case.
//
// The function given to Write may run again, so it has no effect but on its Tx. It never waits for the network, and never
// calls Write itself: on SQLite everybody waits for it. Rooms' SQL is constant text; statements are cached by it.
// This room knows no tables but its own db_migration. Start reading at Open, then sqlite.go or postgres.go; migrate.go
// has the rules for schema files.
package db

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"souk/kit/fault"
)

// Engine names, as Engine returns them.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Refusals of Open, Read and Write. The messages are whole sentences for the command line.
var (
	ErrURL         = fault.New(fault.Invalid, "DB_URL", `a database is named "sqlite:/path/to/file.db" or "postgres://user@host/name"`)
	ErrOpen        = fault.New(fault.Unavailable, "DB_OPEN", "the database cannot be opened")
	ErrLocked      = fault.New(fault.Unavailable, "DB_LOCKED", "another process holds the database; stop it or wait until it is done")
	ErrNewer       = fault.New(fault.Conflict, "DB_NEWER", "this database was written by a newer souk; start that version, or restore a backup made by this one")
	ErrHistory     = fault.New(fault.Conflict, "DB_HISTORY", "a schema file was changed after this database had applied it; schema files are only ever added")
	ErrMigration   = fault.New(fault.Internal, "DB_MIGRATION", "a schema file does not apply")
	ErrUnavailable = fault.New(fault.Unavailable, "DB_UNAVAILABLE", "the database does not answer")
	ErrUnknown     = fault.New(fault.Unavailable, "DB_OUTCOME_UNKNOWN", "the connection was lost while committing, so it is not known whether this was done; ask before doing it again")
	ErrClosed      = fault.New(fault.Unavailable, "DB_CLOSED", "the database is closed")
	ErrText        = fault.New(fault.Invalid, "TEXT_INVALID", "text must be valid UTF-8 without NUL characters")
	ErrNoRows      = fault.New(fault.NotFound, "NO_ROWS", "there is no such row")
)

// DB is an open database. Its methods may be called from any goroutine.
type DB struct {
	engine  engine
	clock   atomic.Pointer[func() int64]
	signals signals
	shares  shares
	watched watched
}

// engine is what SQLite and PostgreSQL each bring. A transaction's function is called through run, once or more.
type engine interface {
	name() string
	read(ctx context.Context, run func(session) error) error
	write(ctx context.Context, run func(session) error) error
	script(ctx context.Context, run func(s session, script func(sql string) error) error) error
	stats() Stats
	close() error
}

// Stats counts since Open.
type Stats struct {
	Commits int64 // durable commits; fewer than Writes when writes share one
	Writes  int64 // functions whose effects were committed
	Retries int64 // functions run again (PostgreSQL)
}

// Open opens or creates the database at url, "sqlite:/path/souk.db" or "postgres://user@host/name", and applies
// the schemas' missing migrations in the order given, all or none. The folder of a SQLite file must exist.
func Open(ctx context.Context, url string, schemas ...Schema) (*DB, error) {
	e, err := openEngine(ctx, url)
	if err != nil {
		return nil, err
	}
	d := &DB{engine: e}
	if e, ok := e.(*liteEngine); ok {
		e.foreign.Store(func() { d.watched.changed([]string{anyTable}) })
	}
	d.SetClock(func() int64 { return time.Now().UnixMilli() })
	if err := d.migrate(ctx, schemas); err != nil {
		e.close()
		return nil, err
	}
	return d, nil
}

func openEngine(ctx context.Context, url string) (engine, error) {
	switch scheme, rest, _ := strings.Cut(url, ":"); scheme {
	case "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(rest, "//"))
	case "postgres", "postgresql":
		return openPostgres(ctx, url)
	}
	return nil, ErrURL
}

// Schema is a room's migrations: files schema/NNNN_what.sql in Files, numbered from 0001 without gaps.
type Schema struct {
	Room  string
	Files fs.FS
}

// Read runs f on one snapshot; f cannot write. It may run again if the connection is lost.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	return d.engine.read(ctx, func(s session) error {
		return newTx(ctx, d, s).run(f)
	})
}

// Write runs f in a transaction and returns when its effects are durable. An error from f rolls back and is returned
// as it is. f may run again. When ctx ends before f has begun, f is not run. After ErrUnknown the outcome must be asked for.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	var topics, tables []string
	err := d.engine.write(ctx, func(s session) error {
		tx := newTx(ctx, d, s)
		err := tx.run(f)
		topics, tables = tx.topics, tx.wrote
		return err
	})
	if err == nil || errors.Is(err, ErrUnknown) {
		d.watched.changed(tables)
	}
	if err == nil {
		d.signals.raise(topics)
	}
	return err
}

// Engine is "sqlite" or "postgres".
func (d *DB) Engine() string { return d.engine.name() }

// Stats returns the counts since Open.
func (d *DB) Stats() Stats { return d.engine.stats() }

// Now is the one clock: milliseconds since 1970, UTC.
func (d *DB) Now() int64 { return (*d.clock.Load())() }

// SetClock replaces the one clock, for tests and for a demo that jumps ahead. Transactions under way keep their time.
func (d *DB) SetClock(now func() int64) { d.clock.Store(&now) }

// Close waits for the writes under way and closes the database. Later calls get ErrClosed.
func (d *DB) Close() error { return d.engine.close() }

// Listen returns a channel that receives after a commit in this process whose transaction called Signal(topic).
// Several signals may arrive as one. Call stop when done. Other processes' commits do not signal: look now and then.
func (d *DB) Listen(topic string) (woken <-chan struct{}, stop func()) {
	return d.signals.listen(topic)
}

type signals struct {
	mu        sync.Mutex
	listeners map[string]map[chan struct{}]bool
}

func (s *signals) listen(topic string) (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listeners == nil {
		s.listeners = map[string]map[chan struct{}]bool{}
	}
	if s.listeners[topic] == nil {
		s.listeners[topic] = map[chan struct{}]bool{}
	}
	s.listeners[topic][c] = true
	return c, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.listeners[topic], c)
	}
}

func (s *signals) raise(topics []string) {
	if len(topics) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, topic := range topics {
		for c := range s.listeners[topic] {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}
