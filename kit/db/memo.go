package db

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
)

// How long a Memo remembers at most, ms. On SQLite other processes' commits are noticed within foreignEvery; on PostgreSQL they are not.
const (
	memoLife         = 60_000
	memoLifePostgres = 1000
	maxMemo          = 1 << 16 // results that one Memo remembers; then it begins anew
)

// Memo remembers what a look-up found until a transaction of this process writes a table that the look-up reads; that is before the
// transaction is answered, so nobody who knows of a change is served what was before it. Another process's commit is noticed after at most a quarter of a second on
// SQLite and a second on PostgreSQL: remember nothing that may not be that old. Make it with NewMemo; use it from any goroutine.
type Memo[K comparable, V any] struct {
	d    *DB
	life int64
	mark atomic.Int64 // grows with each change

	mu    sync.Mutex
	found map[K]remembered[V]
}

type remembered[V any] struct {
	value V
	mark  int64
	at    int64 // ms
}

// Mark is a moment: what was read after it may be kept, unless something changed since.
type Mark int64

// NewMemo remembers look-ups that read these tables.
func NewMemo[K comparable, V any](d *DB, tables ...string) *Memo[K, V] {
	m := &Memo[K, V]{d: d, life: memoLife, found: map[K]remembered[V]{}}
	if d.Engine() == Postgres {
		m.life = memoLifePostgres
	}
	d.watched.add(&m.mark, tables)
	return m
}

// Get answers what is remembered.
func (m *Memo[K, V]) Get(key K) (value V, ok bool) {
	now := m.d.Now()
	m.mu.Lock()
	r, ok := m.found[key]
	m.mu.Unlock()
	if !ok || r.mark != m.mark.Load() || now < r.at || now > r.at+m.life {
		return value, false
	}
	return r.value, true
}

// Mark is taken before the transaction whose reading is to be kept: a snapshot may be older than anything done inside it.
func (m *Memo[K, V]) Mark() Mark { return Mark(m.mark.Load()) }

// Keep remembers what was read since a mark.
func (m *Memo[K, V]) Keep(since Mark, key K, value V) {
	at := m.d.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.found) >= maxMemo {
		clear(m.found)
	}
	m.found[key] = remembered[V]{value, int64(since), at}
}

// Forget makes the next Look read again.
func (m *Memo[K, V]) Forget(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.found, key)
}

// Look answers what is remembered, or else what read finds in a transaction of its own. Errors are not remembered.
func (m *Memo[K, V]) Look(ctx context.Context, key K, read func(*Tx) (V, error)) (value V, err error) {
	if value, ok := m.Get(key); ok {
		return value, nil
	}
	mark := m.Mark()
	err = m.d.Read(ctx, func(tx *Tx) (err error) { value, err = read(tx); return err })
	if err == nil {
		m.Keep(mark, key, value)
	}
	return value, err
}

// watched are the marks that grow when a table is written.
type watched struct {
	mu    sync.RWMutex
	marks map[string][]*atomic.Int64
}

func (w *watched) add(mark *atomic.Int64, tables []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.marks == nil {
		w.marks = map[string][]*atomic.Int64{}
	}
	for _, table := range tables {
		w.marks[table] = append(w.marks[table], mark)
	}
}

// changed says that these tables were written, or may have been.
func (w *watched) changed(tables []string) {
	if len(tables) == 0 {
		return
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, table := range tables {
		if table == anyTable {
			for _, marks := range w.marks {
				grow(marks)
			}
		}
		grow(w.marks[table])
	}
}

func grow(marks []*atomic.Int64) {
	for _, mark := range marks {
		mark.Add(1)
	}
}

// anyTable stands for a statement whose table is not known by its looks.
const anyTable = "*"

// writtenBy is the table that a statement writes: "" for one that only reads.
func writtenBy(sql string) string {
	verb, rest := nextWord(sql)
	switch strings.ToUpper(verb) {
	case "SELECT":
		return ""
	case "UPDATE":
		table, _ := nextWord(rest)
		return table
	case "INSERT", "DELETE":
		into, rest := nextWord(rest)
		if table, _ := nextWord(rest); strings.EqualFold(into, "INTO") || strings.EqualFold(into, "FROM") {
			return table
		}
	}
	return anyTable
}

// nextWord cuts the first word of letters, digits and _ off.
func nextWord(sql string) (word, rest string) {
	sql = strings.TrimLeft(sql, " \t\r\n")
	for i := range len(sql) {
		if c := sql[i] | 0x20; (c < 'a' || c > 'z') && (c < '0' || c > '9') && sql[i] != '_' {
			return sql[:i], sql[i:]
		}
	}
	return sql, ""
}
