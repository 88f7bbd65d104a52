package db

import (
	"context"
)

// Moments of a write besides its statements, as a Strike is told them.
const (
	AtCommit = "COMMIT" // all statements were run, nothing is durable
	AtAnswer = "ANSWER" // it is durable, and nobody was told
)

// Strike decides whether a fault happens before a statement (sql), at AtCommit or at AtAnswer: its error is the fault. step counts from 0.
type Strike func(step int, what string) error

// Faulty is d as seen through a machine that may fail at any moment, for tests of what a crash leaves behind. begin gives each Write its
// Strike. Before the commit a fault cuts the connection to PostgreSQL without a word, or takes the turn from SQLite, and Write returns it; after
// the commit Write returns ErrUnknown, as when the answer is lost. Statements that travel together otherwise go one by one here, so that there is a
// moment between any two. It shares d's connections and clock; close d. Listeners of d are not woken.
func Faulty(d *DB, begin func() Strike) *DB {
	f := &DB{engine: faultyEngine{d.engine, begin}}
	f.SetClock(d.Now)
	return f
}

type faultyEngine struct {
	engine
	begin func() Strike
}

func (e faultyEngine) write(ctx context.Context, run func(session) error) error {
	s := &faultySession{strike: e.begin()}
	err := e.engine.write(ctx, func(under session) error {
		s.session, s.step = under, 0 // the function may run again
		if err := run(s); err != nil {
			return err
		}
		return s.moment(AtCommit)
	})
	if err != nil {
		return err
	}
	if struck := s.moment(AtAnswer); struck != nil {
		return ErrUnknown.With("%w", struck)
	}
	return nil
}

// faultySession asks before each statement.
type faultySession struct {
	session
	strike Strike
	step   int
}

func (s *faultySession) moment(what string) error {
	err := s.strike(s.step, what)
	s.step++
	if err == nil || what == AtAnswer {
		return err
	}
	if pg, ok := s.session.(*pgSession); ok {
		pg.conn.PgConn().Conn().Close() // the server finds the line dead, as after a crash
	}
	return err
}

func (s *faultySession) exec(ctx context.Context, sql string, args []any) (int64, error) {
	if err := s.moment(sql); err != nil {
		return 0, err
	}
	return s.session.exec(ctx, sql, args)
}

func (s *faultySession) query(ctx context.Context, sql string, args []any) (cursor, error) {
	if err := s.moment(sql); err != nil {
		return nil, err
	}
	return s.session.query(ctx, sql, args)
}
