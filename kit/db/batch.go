package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Step is one statement of ExecAll.
type Step struct {
	SQL  string
	Args []any
}

// manyRows are how many rows one statement of Rows inserts on PostgreSQL, where a statement costs as much as several rows. Few sizes,
// so that each is prepared soon.
var manyRows = []int{32, 16, 8, 4, 2, 1}

// Rows is an INSERT of rows that have the same number of arguments, as statements for ExecAll, in order. head ends before VALUES; each, "" or an expression after a comma,
// ends every row; tail ends each statement. On PostgreSQL a statement takes many rows, on SQLite, where a statement costs next to nothing, it takes few.
func (tx *Tx) Rows(head, each, tail string, few int, rows ...[]any) (steps []Step) {
	sizes := manyRows
	if tx.Engine() == SQLite {
		sizes = []int{few, 1}
	}
	for _, size := range sizes {
		for ; len(rows) >= size; rows = rows[size:] {
			key := rowsText{head, each, tail, size, len(rows[0])}
			text, ok := rowsTexts.Load(key)
			if !ok {
				text, _ = rowsTexts.LoadOrStore(key, key.sql())
			}
			steps = append(steps, Step{text.(string), slices.Concat(rows[:size]...)})
		}
	}
	return steps
}

// rowsText is a statement of Rows by what it is made of; there are as many as places that call it, times the sizes.
type rowsText struct {
	head, each, tail string
	rows, params     int
}

var rowsTexts sync.Map // rowsText → its SQL

func (t rowsText) sql() string {
	var sql strings.Builder
	sql.WriteString(t.head + " VALUES ")
	for row := range t.rows {
		sql.WriteString([]string{"(", ", ("}[min(row, 1)])
		for i := range t.params {
			fmt.Fprintf(&sql, "%s$%d", []string{"", ", "}[min(i, 1)], row*t.params+i+1)
		}
		sql.WriteString(t.each + ")")
	}
	return sql.String() + t.tail
}

// ExecAll runs statements in order and returns how many rows each touched. On PostgreSQL they travel together, in one round
// trip, so each runs whatever the one before it touched: the caller looks at the counts and returns an error to undo all.
func (tx *Tx) ExecAll(steps ...Step) ([]int64, error) {
	bound := make([]Step, len(steps))
	for i, s := range steps {
		args, err := tx.begin(s.SQL, s.Args)
		if err != nil {
			return nil, tx.fail(s.SQL, err)
		}
		bound[i] = Step{s.SQL, args}
	}
	if s, ok := tx.s.(*pgSession); ok {
		touched, at, err := s.execAll(tx.ctx, bound)
		if err != nil {
			return nil, tx.fail(steps[at].SQL, err)
		}
		return touched, nil
	}
	touched := make([]int64, len(bound))
	for i, s := range bound {
		n, err := tx.s.exec(tx.ctx, s.SQL, s.Args)
		if err != nil {
			return nil, tx.fail(s.SQL, err)
		}
		touched[i] = n
	}
	return touched, nil
}

// execAll sends the statements together; at is the place of the one that failed.
func (s *pgSession) execAll(ctx context.Context, steps []Step) (touched []int64, at int, err error) {
	touched = make([]int64, len(steps))
	err = s.together(ctx, steps, func(i int, results pgx.BatchResults) error {
		at = i
		tag, err := results.Exec()
		touched[i] = tag.RowsAffected()
		return err
	})
	return touched, at, err
}

// together sends the statements in one batch, BEGIN before them if it is still to be sent, and calls take for the answer of each.
func (s *pgSession) together(ctx context.Context, steps []Step, take func(i int, results pgx.BatchResults) error) (err error) {
	if len(steps) == 0 {
		return nil
	}
	if err := s.settle(); err != nil {
		return err
	}
	b := &pgx.Batch{}
	begin := s.begin != ""
	if begin {
		b.Queue(s.begin)
	}
	for _, step := range steps {
		b.Queue(step.SQL, step.Args...)
	}
	results := s.conn.SendBatch(ctx, b)
	defer func() {
		if closed := results.Close(); err == nil {
			err = closed
		}
	}()
	if begin {
		if _, err := results.Exec(); err != nil {
			return err
		}
		s.begin = ""
	}
	for i := range steps {
		if err := take(i, results); err != nil {
			return err
		}
	}
	return nil
}

// Scanner is one row to be copied, or the error that stands in its place: ErrNoRows when there is none.
type Scanner interface{ Scan(dest ...any) error }

// QueryEach runs one statement once for each list of arguments, in order, and hands f the first row of each answer. On PostgreSQL
// they travel together, in one round trip. f must not use tx. An error from f ends it, and is returned.
func (tx *Tx) QueryEach(sql string, each [][]any, f func(i int, row Scanner) error) error {
	s, pipelined := tx.s.(*pgSession)
	if !pipelined {
		for i, args := range each {
			if err := f(i, tx.QueryRow(sql, args...)); err != nil {
				return err
			}
		}
		return nil
	}
	steps := make([]Step, len(each))
	for i, args := range each {
		bound, err := tx.begin(sql, args)
		if err != nil {
			return tx.fail(sql, err)
		}
		steps[i] = Step{sql, bound}
	}
	var refused error
	err := s.together(tx.ctx, steps, func(i int, results pgx.BatchResults) error {
		row := pgRow{results: results}
		if refused == nil {
			refused = f(i, &row)
		}
		return row.end()
	})
	if err != nil {
		return tx.fail(sql, err)
	}
	return refused
}

// pgRow is the next answer of a batch.
type pgRow struct {
	results pgx.BatchResults
	asked   bool
	err     error // what the database refused
}

func (r *pgRow) Scan(dest ...any) error {
	r.asked = true
	err := r.results.QueryRow().Scan(dest...)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNoRows
	}
	r.err = err
	return err
}

// end reads past an answer that nobody wanted.
func (r *pgRow) end() error {
	if !r.asked {
		_, r.err = r.results.Exec()
	}
	return r.err
}
