package db

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	zombie "zombiezen.com/go/sqlite"
)

// maxStatements is how many prepared statements a connection keeps.
const maxStatements = 1024

// liteConn is one SQLite connection with its prepared statements; it is a session.
type liteConn struct {
	c          *zombie.Conn
	statements map[string]*liteStatement
	wrote      bool // a statement may have changed something; the writer clears it before each turn
}

// liteStatement is a prepared statement and the argument that each of its parameters takes: SQLite numbers $2 … $1
// by first appearance, PostgreSQL by the digits, so the digits decide here too.
type liteStatement struct {
	s       *zombie.Stmt
	params  []int
	columns int
	reads   bool // a SELECT: it changes nothing
	busy    bool
	cached  bool
}

// close lets go of the statements first: SQLite keeps a connection that has any, and with it the log.
func (c *liteConn) close() {
	c.c.SetInterrupt(nil)
	for sql, s := range c.statements {
		s.s.Finalize()
		delete(c.statements, sql)
	}
	if err := c.c.Close(); err != nil {
		slog.Warn("db: a connection stays open", "err", err)
	}
}

// script runs several statements without parameters.
func (c *liteConn) script(sql string) error {
	c.wrote = true
	for rest := afterComments(sql); rest != ""; rest = afterComments(rest) {
		s, left, err := c.c.PrepareTransient(rest)
		if err != nil {
			return fmt.Errorf("%s: %w", firstWords(rest), err)
		}
		text := rest[:len(rest)-left]
		rest = rest[len(rest)-left:]
		_, err = finish(s)
		s.Finalize()
		if err != nil {
			return fmt.Errorf("%s: %w", firstWords(text), err)
		}
	}
	return nil
}

// afterComments is sql from its first word on: a comment alone is no statement.
func afterComments(sql string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n;")
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql, "*/")
		default:
			return sql
		}
	}
}

// finish steps to the end and counts the rows given.
func finish(s *zombie.Stmt) (rows int64, err error) {
	for ; ; rows++ {
		if more, err := s.Step(); err != nil || !more {
			return rows, err
		}
	}
}

func (c *liteConn) exec(_ context.Context, sql string, args []any) (int64, error) {
	st, err := c.prepare(sql, args)
	if err != nil {
		return 0, err
	}
	defer c.release(st)
	n, err := finish(st.s)
	if err != nil || st.reads {
		return n, err
	}
	changed := int64(c.c.Changes())
	c.wrote = c.wrote || changed > 0
	if st.columns > 0 {
		return n, nil
	}
	return changed, nil
}

func (c *liteConn) query(_ context.Context, sql string, args []any) (cursor, error) {
	st, err := c.prepare(sql, args)
	if err != nil {
		return nil, err
	}
	cur := &liteCursor{conn: c, st: st}
	// The first step is taken here, so that a statement that changes rows has done so, and failed if it fails,
	// when Query returns: as on PostgreSQL.
	cur.ahead, err = st.s.Step()
	if err != nil {
		c.release(st)
		return nil, err
	}
	cur.stepped = true
	c.wrote = c.wrote || !st.reads && (cur.ahead || c.c.Changes() > 0)
	return cur, nil
}

func (c *liteConn) prepare(sql string, args []any) (*liteStatement, error) {
	st := c.statements[sql]
	if st == nil || st.busy {
		fresh, err := c.newStatement(sql, st == nil)
		if err != nil {
			return nil, err
		}
		st = fresh
	}
	if err := st.bind(args); err != nil {
		c.release(st)
		return nil, err
	}
	st.busy = true
	return st, nil
}

func (c *liteConn) newStatement(sql string, keep bool) (*liteStatement, error) {
	s, left, err := c.c.PrepareTransient(sql)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(sql[len(sql)-left:]) != "" {
		s.Finalize()
		return nil, fmt.Errorf("more than one statement: %s", firstWords(sql[len(sql)-left:]))
	}
	st := &liteStatement{s: s, columns: s.ColumnCount(), reads: isSelect(sql), cached: keep}
	for i := range s.BindParamCount() {
		n, err := strconv.Atoi(strings.TrimPrefix(s.BindParamName(i+1), "$"))
		if err != nil || n < 1 {
			s.Finalize()
			return nil, fmt.Errorf("parameter %q is not $1, $2 …", s.BindParamName(i+1))
		}
		st.params = append(st.params, n-1)
	}
	if keep {
		c.makeRoom()
		c.statements[sql] = st
	}
	return st, nil
}

// isSelect knows plain reading statements; others (a WITH that only reads, too) count as changing what SQLite's counter says.
func isSelect(sql string) bool {
	const word = "SELECT"
	sql = strings.TrimLeft(sql, " \t\r\n")
	return len(sql) > len(word) && strings.EqualFold(sql[:len(word)], word)
}

func (c *liteConn) makeRoom() {
	if len(c.statements) < maxStatements {
		return
	}
	for sql, st := range c.statements {
		if !st.busy {
			st.s.Finalize()
			delete(c.statements, sql)
			return
		}
	}
}

func (c *liteConn) release(st *liteStatement) {
	if !st.cached {
		st.s.Finalize()
		return
	}
	st.busy = false
	st.s.Reset()
}

// resetOpen lets go of statements that a panicking function left open.
func (c *liteConn) resetOpen() {
	for _, st := range c.statements {
		if st.busy {
			c.release(st)
		}
	}
}

// checkpoint moves what it can from the log into the database file without waiting for anybody.
func (c *liteConn) checkpoint() (frames, moved int64, err error) {
	cur, err := c.query(nil, "PRAGMA wal_checkpoint(PASSIVE)", nil)
	if err != nil {
		return 0, 0, err
	}
	defer cur.close()
	var busy int64
	if _, err := cur.next(); err != nil {
		return 0, 0, err
	}
	return frames, moved, cur.scan([]any{&busy, &frames, &moved})
}

// dataVersion changes when another connection has committed; on the writer's, that is another process. What cannot be read counts as changed.
func (c *liteConn) dataVersion() (version int64) {
	cur, err := c.query(nil, "PRAGMA data_version", nil)
	if err != nil {
		return time.Now().UnixNano()
	}
	defer cur.close()
	if _, err := cur.next(); err != nil || cur.scan([]any{&version}) != nil {
		return time.Now().UnixNano()
	}
	return version
}

func (st *liteStatement) bind(args []any) error {
	highest := 0
	for i, n := range st.params {
		highest = max(highest, n+1)
		if n >= len(args) {
			return fmt.Errorf("$%d has no argument; %d given", n+1, len(args))
		}
		st.bindOne(i+1, args[n])
	}
	if highest < len(args) {
		return fmt.Errorf("%d arguments given, the statement uses $1 to $%d", len(args), highest)
	}
	return nil
}

func (st *liteStatement) bindOne(i int, a any) {
	switch v := a.(type) {
	case nil:
		st.s.BindNull(i)
	case int64:
		st.s.BindInt64(i, v)
	case float64:
		st.s.BindFloat(i, v)
	case bool:
		st.s.BindBool(i, v)
	case string:
		st.s.BindText(i, v)
	case []byte:
		st.s.BindBytes(i, v)
	}
}

// liteCursor is the rows of a statement, one step ahead until the first next.
type liteCursor struct {
	conn    *liteConn
	st      *liteStatement
	stepped bool
	ahead   bool
	closed  bool
}

func (cur *liteCursor) next() (bool, error) {
	if cur.stepped {
		cur.stepped = false
		return cur.ahead, nil
	}
	return cur.st.s.Step()
}

func (cur *liteCursor) close() error {
	if !cur.closed {
		cur.closed = true
		cur.conn.release(cur.st)
	}
	return nil
}

func (cur *liteCursor) scan(dest []any) error {
	if len(dest) != cur.st.columns {
		return fmt.Errorf("%d columns into %d variables", cur.st.columns, len(dest))
	}
	for i, d := range dest {
		if err := cur.column(i, d); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func (cur *liteCursor) column(i int, dest any) error {
	s := cur.st.s
	kind := s.ColumnType(i)
	if b, ok := dest.(*[]byte); ok {
		*b = cur.bytes(i, kind)
		return nil
	}
	if kind == zombie.TypeNull {
		return setNull(dest)
	}
	switch d := dest.(type) {
	case *int64:
		return cur.integer(i, kind, d)
	case *string:
		*d = s.ColumnText(i)
	case *bool:
		*d = s.ColumnBool(i)
	case *float64:
		*d = s.ColumnFloat(i)
	default:
		return cur.reflected(i, kind, reflect.ValueOf(dest))
	}
	return nil
}

func (cur *liteCursor) bytes(i int, kind zombie.ColumnType) []byte {
	if kind == zombie.TypeNull {
		return nil
	}
	b := make([]byte, cur.st.s.ColumnLen(i))
	io.ReadFull(cur.st.s.ColumnReader(i), b)
	return b
}

func (cur *liteCursor) integer(i int, kind zombie.ColumnType, d *int64) error {
	if kind != zombie.TypeInteger {
		return fmt.Errorf("cannot scan %s into an integer", strings.ToLower(strings.TrimPrefix(kind.String(), "SQLITE_")))
	}
	*d = cur.st.s.ColumnInt64(i)
	return nil
}

func setNull(dest any) error {
	v := reflect.ValueOf(dest)
	if v.Kind() == reflect.Pointer && !v.IsNil() && (v.Elem().Kind() == reflect.Pointer || v.Elem().Kind() == reflect.Slice) {
		v.Elem().SetZero()
		return nil
	}
	return fmt.Errorf("cannot scan NULL into %T; a pointer to it can hold one", dest)
}

// reflected fills named types, smaller integers and pointers.
func (cur *liteCursor) reflected(i int, kind zombie.ColumnType, v reflect.Value) error {
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("cannot scan into %s", v.Type())
	}
	v = v.Elem()
	switch v.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		if err := cur.column(i, fresh.Interface()); err != nil {
			return err
		}
		v.Set(fresh)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		var n int64
		if err := cur.integer(i, kind, &n); err != nil {
			return err
		}
		if v.OverflowInt(n) {
			return fmt.Errorf("%d does not fit %s", n, v.Type())
		}
		v.SetInt(n)
	case reflect.String:
		v.SetString(cur.st.s.ColumnText(i))
	case reflect.Bool:
		v.SetBool(cur.st.s.ColumnBool(i))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(cur.st.s.ColumnFloat(i))
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			return fmt.Errorf("cannot scan into %s", v.Type())
		}
		v.SetBytes(cur.bytes(i, kind))
	default:
		return fmt.Errorf("cannot scan into %s", v.Type())
	}
	return nil
}
