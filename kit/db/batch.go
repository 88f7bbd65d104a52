package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Step is one statement of ExecAll.
type Step struct {
	SQL  string
	Args []any
}

// ExecAll runs statements in order and returns how many rows each touched. On PostgreSQL they travel together, in one round
// trip, so each runs whatever the one before it touched: the caller looks at the counts and returns an error to undo all.
func (tx *Tx) ExecAll(steps ...Step) ([]int64, error) {
	bound := make([]Step, len(steps))
	for i, s := range steps {
		args, err := tx.begin(s.Args)
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
	if len(steps) == 0 {
		return nil, 0, nil
	}
	if err := s.settle(); err != nil {
		return nil, 0, err
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
			return nil, 0, err
		}
		s.begin = ""
	}
	touched = make([]int64, len(steps))
	for i := range steps {
		tag, err := results.Exec()
		if err != nil {
			return nil, i, err
		}
		touched[i] = tag.RowsAffected()
	}
	return touched, 0, nil
}
