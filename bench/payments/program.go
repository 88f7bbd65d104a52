package payments

import (
	"errors"
	"path/filepath"
	"time"

	zombie "zombiezen.com/go/sqlite"
)

const bareGroup = 256 // most payments a commit, as kit/db

// program is the least that pays: statements prepared once on the driver as it comes, and one goroutine that commits whatever is waiting.
type program struct {
	c             *zombie.Conn
	queue         chan *bareOrder
	pay           func(*bareOrder) error // writes one payment
	begin, commit *zombie.Stmt
}

// openProgram opens a file of the bench's folder, runs the script given, prepares the statements and starts the writer.
func (b *bench) openProgram(name, script string, pay func(*bareOrder) error, statements map[string]**zombie.Stmt) (*program, error) {
	c, err := zombie.OpenConn(filepath.Join(b.Folder, name), zombie.OpenReadWrite, zombie.OpenCreate)
	if err != nil {
		return nil, err
	}
	c.SetBusyTimeout(10 * time.Second)
	p := &program{c: c, queue: make(chan *bareOrder, MaxClients), pay: pay}
	if err := p.prepare(script, statements); err != nil {
		c.Close()
		return nil, err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); p.work() }()
	b.undo = append(b.undo, func() { close(p.queue); <-ended; c.Close() })
	return p, nil
}

func (p *program) prepare(script string, statements map[string]**zombie.Stmt) (err error) {
	for _, pragma := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 4000", "PRAGMA cache_size = -131072"} {
		s, err := p.c.Prepare(pragma)
		if err == nil {
			err = runBare(s)
		}
		if err != nil {
			return err
		}
	}
	for script != "" {
		s, left, err := p.c.PrepareTransient(script)
		if err != nil {
			return err
		}
		if err := errors.Join(runBare(s), s.Finalize()); err != nil {
			return err
		}
		script = script[len(script)-left:]
	}
	if p.begin, err = p.c.Prepare("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if p.commit, err = p.c.Prepare("COMMIT"); err != nil {
		return err
	}
	for text, s := range statements {
		if *s, err = p.c.Prepare(text); err != nil {
			return err
		}
	}
	return nil
}

// runBare runs a statement to its end.
func runBare(s *zombie.Stmt, args ...any) error {
	for i, a := range args {
		switch v := a.(type) {
		case int64:
			s.BindInt64(i+1, v)
		case string:
			s.BindText(i+1, v)
		case []byte:
			s.BindBytes(i+1, v)
		}
	}
	for {
		if more, err := s.Step(); err != nil || !more {
			return errors.Join(err, s.Reset())
		}
	}
}

// do pays and waits until that is durable.
func (p *program) do(o *bareOrder) error {
	o.done = make(chan error, 1)
	p.queue <- o
	return <-o.done
}

// work is the one writer.
func (p *program) work() {
	group := make([]*bareOrder, 0, bareGroup)
	for o := range p.queue {
		group = append(group[:0], o)
		for len(group) < bareGroup && len(p.queue) > 0 {
			group = append(group, <-p.queue)
		}
		err := p.payAll(group)
		for _, o := range group {
			o.done <- err
		}
	}
}

func (p *program) payAll(group []*bareOrder) error {
	if err := runBare(p.begin); err != nil {
		return err
	}
	for _, o := range group {
		if err := p.pay(o); err != nil {
			return err
		}
	}
	return runBare(p.commit)
}
