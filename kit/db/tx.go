package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// session is a connection inside a transaction; args are plain (see plain).
type session interface {
	exec(ctx context.Context, sql string, args []any) (int64, error)
	query(ctx context.Context, sql string, args []any) (cursor, error)
}

// cursor is the rows of one query. close may be called more than once.
type cursor interface {
	next() (bool, error)
	scan(dest []any) error
	close() error
}

// Tx is one transaction. It belongs to the function it was given to and to one goroutine.
type Tx struct {
	ctx    context.Context
	db     *DB
	s      session
	now    int64
	failed error // the first statement that failed; nothing runs after it
	over   bool
	open   []*Rows
	topics []string
	wrote  []string // tables that statements name as what they write
}

var (
	errOver   = errors.New("db: the transaction is over; a Tx must not outlive its function")
	errClosed = errors.New("db: the rows are closed")
)

func newTx(ctx context.Context, d *DB, s session) *Tx {
	return &Tx{ctx: ctx, db: d, s: s, now: d.Now()}
}

func (tx *Tx) run(f func(*Tx) error) error {
	defer func() {
		tx.over = true
		for _, r := range tx.open {
			r.c.close()
		}
	}()
	err := f(tx)
	if err == nil || tx.failed != nil && isTransient(tx.failed) {
		return tx.failed
	}
	return err
}

// Now is this transaction's time in milliseconds since 1970, the same at every call.
func (tx *Tx) Now() int64 { return tx.now }

// Engine is "sqlite" or "postgres", for the few statements that kit writes twice.
func (tx *Tx) Engine() string { return tx.db.Engine() }

// SkipLocked ends a SELECT of rows to claim: on PostgreSQL it locks them and passes over those that others hold, on
// SQLite, where one transaction writes at a time, it is empty. Guard the following UPDATE all the same.
func (tx *Tx) SkipLocked() string {
	if tx.Engine() == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Signal wakes Listen(topic) in this process after the commit.
func (tx *Tx) Signal(topic string) {
	if !slices.Contains(tx.topics, topic) {
		tx.topics = append(tx.topics, topic)
	}
}

// Err is the first statement that failed, if one did: nothing of this transaction will be kept.
func (tx *Tx) Err() error { return tx.failed }

// Exec runs one statement and returns how many rows it touched.
func (tx *Tx) Exec(sql string, args ...any) (int64, error) {
	bound, err := tx.begin(sql, args)
	if err != nil {
		return 0, tx.fail(sql, err)
	}
	n, err := tx.s.exec(tx.ctx, sql, bound)
	if err != nil {
		return 0, tx.fail(sql, err)
	}
	return n, nil
}

// Query runs one statement that gives rows. Close the Rows; the end of the transaction closes what is left.
func (tx *Tx) Query(sql string, args ...any) (*Rows, error) {
	bound, err := tx.begin(sql, args)
	if err != nil {
		return nil, tx.fail(sql, err)
	}
	c, err := tx.s.query(tx.ctx, sql, bound)
	if err != nil {
		return nil, tx.fail(sql, err)
	}
	r := &Rows{tx: tx, sql: sql, c: c}
	tx.open = append(tx.open, r)
	return r, nil
}

// QueryRow runs one statement of which the first row matters. Errors come out of Scan.
func (tx *Tx) QueryRow(sql string, args ...any) *Row {
	rows, err := tx.Query(sql, args...)
	return &Row{rows: rows, err: err}
}

func (tx *Tx) begin(sql string, args []any) ([]any, error) {
	if table := writtenBy(sql); table != "" && !slices.Contains(tx.wrote, table) {
		tx.wrote = append(tx.wrote, table)
	}
	if tx.over {
		return nil, errOver
	}
	if tx.failed != nil {
		return nil, tx.failed
	}
	return plain(args)
}

func (tx *Tx) fail(sql string, err error) error {
	if tx.failed != nil || tx.over {
		return err
	}
	tx.failed = fmt.Errorf("%s: %w", firstWords(sql), err)
	return tx.failed
}

// firstWords shortens a statement for error messages.
func firstWords(sql string) string {
	const most = 80
	line := strings.Join(strings.Fields(sql[:min(len(sql), 4*most)]), " ")
	if len(line) > most {
		return strings.ToValidUTF8(line[:most], "") + "…"
	}
	return line
}

// Rows are the answer of a query, read front to back.
type Rows struct {
	tx     *Tx
	sql    string
	c      cursor
	err    error
	closed bool
}

// Next moves to the next row; false at the end or on an error, which Err tells.
func (r *Rows) Next() bool {
	if r.closed || r.err != nil {
		return false
	}
	more, err := r.c.next()
	if err != nil {
		r.err = r.tx.fail(r.sql, err)
	}
	if !more {
		r.Close()
	}
	return more && err == nil
}

// Scan copies the current row's columns. A NULL needs a pointer to a pointer, or a *[]byte. What does not fit is a bug,
// and spoils the transaction like a statement that fails.
func (r *Rows) Scan(dest ...any) error {
	if r.closed {
		return errClosed
	}
	if err := r.c.scan(dest); err != nil {
		return r.tx.fail(r.sql, err)
	}
	return nil
}

// Err is the error that ended Next, if any.
func (r *Rows) Err() error { return r.err }

// Close lets the rows go. It may be called more than once.
func (r *Rows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	if err := r.c.close(); err != nil && r.err == nil {
		r.err = r.tx.fail(r.sql, err)
	}
	r.tx.open = slices.DeleteFunc(r.tx.open, func(other *Rows) bool { return other == r })
}

// Row is the first row of a query.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row's columns; ErrNoRows when there is none.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	return r.rows.Scan(dest...)
}
