package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	zombie "zombiezen.com/go/sqlite"
)

const (
	maxGroup        = 256                    // writes that share one commit
	maxWaiting      = 4096                   // writes queued before Write blocks on the queue itself
	writerCacheKiB  = 128 << 10              // grows as pages are touched
	readerCacheKiB  = 16 << 10               // each
	checkpointEvery = 200 * time.Millisecond // oftener writes the same pages more times
	cautious        = 64                     // groups that keep savepoints after a failure undid a whole one
	catchUps        = 4                      // times the checkpointer runs after a long log's end before that
	slowTurn        = 10 * time.Second
	foreignEvery    = 250 * time.Millisecond // how soon another process's commits are noticed
)

// walTargetFrames is the log's length, 256 MiB of 4 KiB pages, from which on the writer finishes a checkpoint itself, so that the log starts over.
var walTargetFrames int64 = 64 << 10

// busyTimeout is how long to wait for another process's lock.
var busyTimeout = 10 * time.Second

// liteEngine is SQLite: one goroutine owns the writing connection and grants turns on it; readers have a pool beside it;
// a third connection checkpoints, so that commits do not pay for it.
type liteEngine struct {
	path    string
	queue   chan *turn
	readers chan *liteConn
	closing chan struct{} // closed by close
	ended   chan struct{} // closed when the writer is gone
	stopped sync.WaitGroup
	once    sync.Once

	commits, writes atomic.Int64
	walFull         atomic.Bool
	foreign         atomic.Value // func(), called when another process has committed

	careful int         // groups still to run with savepoints; the writer's own
	late    *time.Timer // the writer's own
}

// turn is one Write waiting for its place in a group. The function runs on the caller's own goroutine, so that
// a panic or a Goexit stays the caller's; the writer lends it the connection between granted and finished.
type turn struct {
	claimed  atomic.Bool    // by the writer to grant it, or by the caller to give up
	granted  chan *liteConn // once, and again when a neighbour's failure undid the group
	finished chan error     // from the caller: how its function ended
	answer   chan error     // from the writer: after the commit

	ours   bool  // the writer has claimed it
	failed error // how its function failed, as the writer saw it
}

func openSQLite(ctx context.Context, path string) (engine, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	writer, err := openWriter(path)
	if err != nil {
		return nil, err
	}
	e := &liteEngine{path: path, queue: make(chan *turn, maxWaiting), closing: make(chan struct{}), ended: make(chan struct{})}
	e.readers = make(chan *liteConn, max(4, 2*runtime.NumCPU()))
	for range cap(e.readers) {
		e.readers <- nil // opened when first used
	}
	checkpointer, err := openLite(path, readerCacheKiB)
	if err != nil {
		writer.close()
		return nil, err
	}
	e.late = time.AfterFunc(slowTurn, warnLate)
	e.late.Stop()
	e.stopped.Add(2)
	go e.writeLoop(writer)
	go e.checkpointLoop(checkpointer)
	return e, nil
}

// checkFile turns what the file system refuses into a sentence, before SQLite's own "unable to open database file".
func checkFile(path string) error {
	if path == "" || strings.HasPrefix(path, ":") || strings.ContainsAny(path, "?\x00") {
		return ErrURL.With("%q names no file", path)
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil {
		return ErrOpen.With("folder %s: %w", folder, reason(err))
	} else if !info.IsDir() {
		return ErrOpen.With("%s is not a folder", folder)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return ErrOpen.With("file %s: %w", path, reason(err))
	}
	return f.Close()
}

// reason strips the path that os errors repeat.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// openWriter opens the connection that writes, through the layer of sqlite_log.go.
func openWriter(path string) (*liteConn, error) {
	if address := layered(path); address != "" {
		return openLiteAt(path, address, writerCacheKiB, zombie.OpenURI)
	}
	return openLite(path, writerCacheKiB)
}

func openLite(path string, cacheKiB int) (*liteConn, error) {
	return openLiteAt(path, path, cacheKiB, 0)
}

func openLiteAt(path, address string, cacheKiB int, how zombie.OpenFlags) (*liteConn, error) {
	c, err := zombie.OpenConn(address, zombie.OpenReadWrite, zombie.OpenCreate, how)
	if err != nil {
		return nil, ErrOpen.With("file %s: %w", path, err)
	}
	c.SetBusyTimeout(busyTimeout)
	conn := &liteConn{c: c, statements: map[string]*liteStatement{}}
	for _, pragma := range []string{
		"PRAGMA journal_mode = WAL",
		"PRAGMA synchronous = FULL",
		"PRAGMA foreign_keys = ON",
		"PRAGMA case_sensitive_like = ON", // as PostgreSQL
		"PRAGMA wal_autocheckpoint = 0",
		"PRAGMA journal_size_limit = 268435456", // a log that starts over overwrites what is there, which is made durable sooner than what is appended
		"PRAGMA temp_store = MEMORY",
		fmt.Sprintf("PRAGMA cache_size = -%d", cacheKiB),
	} {
		if err := conn.insist(pragma); err != nil {
			c.Close()
			return nil, openFault(path, err)
		}
	}
	return conn, nil
}

// insist runs a pragma again while another process is in its way. SQLite waits for a lock by itself, but not where two that each hold a
// share of it want the whole, as two that turn a new file to WAL at the same moment do: it refuses one of them at once.
func (c *liteConn) insist(pragma string) error {
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		err := c.script(pragma)
		if zombie.ErrCode(err).ToPrimary() != zombie.ResultBusy || time.Since(start) > busyTimeout {
			return err
		}
	}
}

func openFault(path string, err error) error {
	switch zombie.ErrCode(err).ToPrimary() {
	case zombie.ResultBusy, zombie.ResultLocked:
		return ErrLocked.With("file %s", path)
	case zombie.ResultNotADB, zombie.ResultCorrupt:
		return ErrOpen.With("file %s is not a SQLite database, or it is damaged", path)
	case zombie.ResultReadOnly:
		return ErrOpen.With("file %s: its folder or file is read-only", path)
	}
	return ErrOpen.With("file %s: %w", path, err)
}

func (e *liteEngine) name() string { return SQLite }

func (e *liteEngine) stats() Stats {
	return Stats{Commits: e.commits.Load(), Writes: e.writes.Load()}
}

func (e *liteEngine) close() error {
	e.once.Do(func() { close(e.closing) })
	e.stopped.Wait()
	for range cap(e.readers) {
		if c := <-e.readers; c != nil {
			c.close()
		}
		defer func() { e.readers <- nil }()
	}
	// The last to leave folds the log into the file, which only a connection that may write can do: what is closed is one file.
	if last, err := openLite(e.path, readerCacheKiB); err == nil {
		last.close()
	}
	return nil
}

func (e *liteEngine) isClosing() bool {
	select {
	case <-e.closing:
		return true
	default:
		return false
	}
}

// read lends a reader and holds one snapshot for the time of run.
func (e *liteEngine) read(ctx context.Context, run func(session) error) (err error) {
	var c *liteConn
	select {
	case c = <-e.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { e.readers <- c }()
	if e.isClosing() {
		return ErrClosed
	}
	if c == nil {
		if c, err = openLite(e.path, readerCacheKiB); err != nil {
			return err
		}
		if err := c.script("PRAGMA query_only = ON"); err != nil {
			c.close()
			c = nil
			return liteFault(ctx, err)
		}
	}
	if ctx.Done() != nil {
		c.c.SetInterrupt(ctx.Done())
		defer c.c.SetInterrupt(nil)
	}
	if _, err := c.exec(ctx, "BEGIN", nil); err != nil {
		return liteFault(ctx, err)
	}
	defer func() {
		c.c.SetInterrupt(nil)
		c.exec(ctx, "ROLLBACK", nil)
	}()
	return liteFault(ctx, run(c))
}

// write queues run for a group and returns after the group's commit.
func (e *liteEngine) write(ctx context.Context, run func(session) error) error {
	if e.isClosing() {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	t := &turn{granted: make(chan *liteConn, 1), finished: make(chan error, 1), answer: make(chan error, 1)}
	select {
	case e.queue <- t:
	case <-ctx.Done():
		return ctx.Err()
	case <-e.closing:
		return ErrClosed
	}
	select {
	case c := <-t.granted:
		return t.take(ctx, c, run)
	case err := <-t.answer:
		return err
	case <-ctx.Done():
		if t.claimed.CompareAndSwap(false, true) {
			return ctx.Err()
		}
	case <-e.ended:
		if t.claimed.CompareAndSwap(false, true) {
			return ErrClosed
		}
	}
	select { // the writer was quicker: the turn is ours after all
	case c := <-t.granted:
		return t.take(ctx, c, run)
	case err := <-t.answer:
		return err
	}
}

// take uses the turn and waits for the group's commit. The function's own error goes before the group's.
func (t *turn) take(ctx context.Context, c *liteConn, run func(session) error) error {
	for {
		failed := t.use(c, run)
		select {
		case committed := <-t.answer:
			if failed != nil {
				return liteFault(ctx, failed)
			}
			return committed
		case c = <-t.granted:
		}
	}
}

var errUnfinished = errors.New("db: the function did not return")

// use runs the function and always gives the connection back, whatever way the function ends.
func (t *turn) use(c *liteConn, run func(session) error) error {
	err := errUnfinished
	defer func() { t.finished <- err }()
	err = run(c)
	return err
}

// script gives run a transaction of its own in which it may also run many statements at once.
func (e *liteEngine) script(ctx context.Context, run func(session, func(string) error) error) error {
	return e.write(ctx, func(s session) error {
		return run(s, s.(*liteConn).script)
	})
}

// writeLoop is the one writer.
func (e *liteEngine) writeLoop(c *liteConn) {
	defer e.stopped.Done()
	defer close(e.ended)
	defer c.close()
	group := make([]*turn, 0, maxGroup)
	look := time.NewTicker(foreignEvery)
	defer look.Stop()
	version := c.dataVersion()
	for {
		select {
		case <-look.C:
			if now := c.dataVersion(); now != version {
				version = now
				if tell, ok := e.foreign.Load().(func()); ok {
					tell()
				}
			}
		case t := <-e.queue:
			group = e.gather(append(group[:0], t))
			e.commitGroup(c, group)
			e.relieve(c)
		case <-e.closing:
			for len(e.queue) > 0 {
				answerAll([]*turn{<-e.queue}, ErrClosed)
			}
			return
		}
	}
}

// gather takes what else is waiting, without waiting for more.
func (e *liteEngine) gather(group []*turn) []*turn {
	for len(group) < maxGroup {
		select {
		case t := <-e.queue:
			group = append(group, t)
		default:
			return group
		}
	}
	return group
}

// commitGroup lets each turn run, commits once, and only then answers. A savepoint for each turn would double what SQLite does
// for it (every page that it touches is copied first), and failures that have changed something are rare. So turns run without
// one, and when such a failure comes the whole group is undone and runs again, each turn in its savepoint.
func (e *liteEngine) commitGroup(c *liteConn, group []*turn) {
	apart := len(group) > 1 && e.careful > 0
	if apart {
		e.careful--
	}
	err := e.runGroup(c, group, apart)
	if err == errSpoilt && len(group) > 1 {
		e.careful = cautious
		err = e.runGroup(c, group, true)
	}
	if err == nil {
		e.commits.Add(1)
	}
	for _, t := range group {
		switch {
		case !t.ours && (err == nil || !t.claimed.CompareAndSwap(false, true)): // the caller gave up
		case err == nil && t.failed == nil:
			e.writes.Add(1)
			t.answer <- nil
		default:
			t.answer <- errors.Join(err, t.failed)
		}
	}
}

// errSpoilt says that a turn without a savepoint failed after it had changed something, and the group is rolled back.
var errSpoilt = errors.New("db: the group is undone")

// runGroup is one attempt at a group, as one transaction; apart gives each turn a savepoint.
func (e *liteEngine) runGroup(c *liteConn, group []*turn, apart bool) error {
	if _, err := c.exec(nil, "BEGIN IMMEDIATE", nil); err != nil {
		return liteFault(context.Background(), err)
	}
	for _, t := range group {
		if !t.ours && !t.claimed.CompareAndSwap(false, true) || t.failed == errUnfinished {
			continue // the caller gave up, or its goroutine is gone and cannot run again
		}
		t.ours = true
		if err := e.grant(c, t, apart); err != nil {
			c.exec(nil, "ROLLBACK", nil) // refused when SQLite has done it (disk full, I/O error)
			return err
		}
	}
	if _, err := c.exec(nil, "COMMIT", nil); err != nil {
		c.exec(nil, "ROLLBACK", nil)
		return ErrUnavailable.With("commit: %w", err)
	}
	return nil
}

// grant lets one turn run. Of a function that failed nothing is kept; where that needs the whole group undone, it says errSpoilt.
func (e *liteEngine) grant(c *liteConn, t *turn, apart bool) error {
	if apart {
		if _, err := c.exec(nil, "SAVEPOINT turn", nil); err != nil {
			return ErrUnavailable.With("%w", err)
		}
	}
	c.wrote = false
	t.granted <- c
	t.failed = e.waitTurn(t)
	c.resetOpen()
	if c.c.AutocommitEnabled() {
		return ErrUnavailable.With("the whole transaction was rolled back: %w", t.failed)
	}
	if !apart {
		if t.failed != nil && c.wrote {
			return errSpoilt
		}
		return nil
	}
	if t.failed != nil {
		if _, err := c.exec(nil, "ROLLBACK TO turn", nil); err != nil {
			return ErrUnavailable.With("%w", err)
		}
	}
	if _, err := c.exec(nil, "RELEASE turn", nil); err != nil {
		return ErrUnavailable.With("%w", err)
	}
	return nil
}

// waitTurn waits for a turn's function to end, and warns once when that takes long.
func (e *liteEngine) waitTurn(t *turn) error {
	e.late.Reset(slowTurn)
	defer e.late.Stop()
	return <-t.finished
}

func warnLate() {
	slog.Warn("db: one Write has held the database for long; it must wait for nothing (a Write inside a Write waits for ever)", "for", slowTurn)
}

func answerAll(turns []*turn, err error) {
	for _, t := range turns {
		if t.claimed.CompareAndSwap(false, true) {
			t.answer <- err
		}
	}
}

// relieve finishes a checkpoint between two groups when the log has grown long: under steady load the checkpointer
// never sees the log's end, and only a fully checkpointed log starts over.
func (e *liteEngine) relieve(c *liteConn) {
	if e.walFull.CompareAndSwap(true, false) {
		if _, _, err := c.checkpoint(); err != nil {
			slog.Warn("db: checkpoint", "err", err)
		}
	}
}

func (e *liteEngine) checkpointLoop(c *liteConn) {
	defer e.stopped.Done()
	defer c.close()
	tick := time.NewTicker(checkpointEvery)
	defer tick.Stop()
	var seen int64
	for {
		select {
		case <-e.closing:
			return
		case <-tick.C:
		}
		now := e.commits.Load()
		if now == seen {
			continue
		}
		seen = now
		if err := e.checkpoint(c); err != nil {
			slog.Warn("db: checkpoint", "err", err)
		}
	}
}

// checkpoint moves what is in the log. Of a log that has grown long it moves at once what came meanwhile, which is less each time, so that little
// is left when the writer finishes it: everybody waits for that. Under steady load something always comes meanwhile, and only the writer sees the end.
func (e *liteEngine) checkpoint(c *liteConn) error {
	for range catchUps {
		if frames, _, err := c.checkpoint(); err != nil || frames <= walTargetFrames {
			return err
		}
	}
	e.walFull.Store(true)
	return nil
}

// liteFault names SQLite's refusals that a caller can do something about.
func liteFault(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	switch zombie.ErrCode(err).ToPrimary() {
	case zombie.ResultBusy, zombie.ResultLocked:
		return ErrLocked.With("%w", err)
	case zombie.ResultInterrupt:
		if ctx.Err() != nil {
			return ctx.Err()
		}
	case zombie.ResultFull, zombie.ResultIOErr:
		return ErrUnavailable.With("%w", err)
	}
	return err
}
