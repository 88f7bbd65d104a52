package db

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const rollbackTimeout = 5 * time.Second

// pgSession is one transaction on one PostgreSQL connection. BEGIN travels together with the first statement, in one
// round trip.
type pgSession struct {
	conn  *pgx.Conn
	begin string // still to be sent
	open  *pgCursor
}

func (s *pgSession) exec(ctx context.Context, sql string, args []any) (int64, error) {
	if s.begin != "" {
		cur, err := s.first(ctx, sql, args)
		if err != nil {
			return 0, err
		}
		tag, err := cur.batch.Exec()
		if closed := cur.batch.Close(); err == nil {
			err = closed
		}
		return tag.RowsAffected(), err
	}
	if err := s.settle(); err != nil {
		return 0, err
	}
	tag, err := s.conn.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

func (s *pgSession) query(ctx context.Context, sql string, args []any) (cursor, error) {
	if err := s.settle(); err != nil {
		return nil, err
	}
	if s.begin == "" {
		rows, err := s.conn.Query(ctx, sql, args...)
		if err != nil {
			return nil, err
		}
		s.open = &pgCursor{s: s, rows: rows}
		return s.open, nil
	}
	cur, err := s.first(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	if cur.rows, err = cur.batch.Query(); err != nil {
		cur.batch.Close()
		return nil, err
	}
	s.open = cur
	return cur, nil
}

// first sends BEGIN and the first statement together and takes the answer to BEGIN.
func (s *pgSession) first(ctx context.Context, sql string, args []any) (*pgCursor, error) {
	b := &pgx.Batch{}
	b.Queue(s.begin)
	b.Queue(sql, args...)
	results := s.conn.SendBatch(ctx, b)
	if _, err := results.Exec(); err != nil {
		results.Close()
		return nil, err
	}
	s.begin = ""
	return &pgCursor{s: s, batch: results}, nil
}

// script runs several statements without parameters.
func (s *pgSession) script(ctx context.Context, sql string) error {
	if err := s.settle(); err != nil {
		return err
	}
	_, err := s.conn.PgConn().Exec(ctx, sql).ReadAll()
	return err
}

// settle reads the open rows to their end, so that the connection is free for another statement.
func (s *pgSession) settle() error {
	if s.open == nil {
		return nil
	}
	return s.open.buffer()
}

func (s *pgSession) commit(ctx context.Context) error {
	if s.begin != "" {
		return nil // nothing was asked of the database
	}
	if err := s.settle(); err != nil {
		return s.fault(ctx, err)
	}
	if s.conn.IsClosed() {
		return lostError{pgconn.ErrConnClosed}
	}
	tag, err := s.conn.Exec(context.WithoutCancel(ctx), "COMMIT")
	if err == nil {
		if tag.String() != "COMMIT" {
			return fmt.Errorf("db: PostgreSQL answered %s to COMMIT", tag)
		}
		return nil
	}
	// pgconn.SafeToRetry must not be asked here: pgx says "conn closed", safe to retry, of a COMMIT that was sent.
	if !s.conn.IsClosed() {
		return err
	}
	return ErrUnknown.With("%w", err)
}

// rollback leaves the connection clean, or closes it.
func (s *pgSession) rollback() {
	if s.conn.IsClosed() || s.conn.PgConn().TxStatus() == 'I' && !s.conn.PgConn().IsBusy() {
		return
	}
	if s.open != nil {
		s.open.close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), rollbackTimeout)
	defer cancel()
	if _, err := s.conn.Exec(ctx, "ROLLBACK"); err != nil {
		s.conn.Close(ctx)
	}
}

// fault tells a lost connection from a refusal.
func (s *pgSession) fault(ctx context.Context, err error) error {
	if ctx.Err() != nil && s.conn.IsClosed() {
		return ctx.Err()
	}
	if s.conn.IsClosed() && !isTransient(err) && isNetwork(err) {
		return lostError{err}
	}
	return err
}

// pgCursor streams rows from the connection until another statement needs it; then the rest is kept here.
type pgCursor struct {
	s      *pgSession
	batch  pgx.BatchResults // when the query came with BEGIN
	rows   pgx.Rows
	fields []pgconn.FieldDescription
	kept   [][][]byte // rows still to be read
	row    [][]byte   // the current row, when it is a kept one
	done   bool       // the connection is free of us
	err    error
}

func (c *pgCursor) next() (bool, error) {
	if !c.done {
		if c.rows.Next() {
			return true, nil
		}
		return false, c.finish()
	}
	if len(c.kept) == 0 {
		c.row = nil
		return false, c.err
	}
	c.row, c.kept = c.kept[0], c.kept[1:]
	return true, nil
}

// buffer keeps the current and the remaining rows. The current one can be scanned again.
func (c *pgCursor) buffer() error {
	c.fields = append(c.fields, c.rows.FieldDescriptions()...)
	c.row = copyRow(c.rows.RawValues())
	for c.rows.Next() {
		c.kept = append(c.kept, copyRow(c.rows.RawValues()))
	}
	return c.finish()
}

func copyRow(raw [][]byte) [][]byte {
	row := make([][]byte, len(raw))
	for i, v := range raw {
		if v != nil {
			row[i] = append([]byte{}, v...)
		}
	}
	return row
}

func (c *pgCursor) finish() error {
	if c.done {
		return c.err
	}
	c.done = true
	c.rows.Close()
	c.err = c.rows.Err()
	if c.batch != nil {
		if err := c.batch.Close(); c.err == nil {
			c.err = err
		}
	}
	if c.s.open == c {
		c.s.open = nil
	}
	return c.err
}

func (c *pgCursor) close() error { return c.finish() }

func (c *pgCursor) scan(dest []any) error {
	if !c.done {
		return c.rows.Scan(dest...)
	}
	if len(dest) != len(c.row) {
		return fmt.Errorf("%d columns into %d variables", len(c.row), len(dest))
	}
	types := c.s.conn.TypeMap()
	for i, d := range dest {
		if err := types.Scan(c.fields[i].DataTypeOID, c.fields[i].Format, c.row[i], d); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}
