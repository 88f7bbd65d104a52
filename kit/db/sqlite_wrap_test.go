package db_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

// Somebody always writes, so the checkpointer never sees the log's end; without the writer's help the log would grow as long as that lasts.
func TestTheLogStartsOverAlsoWhileWritesNeverPause(t *testing.T) {
	const target, page = 200, 4096
	db.SetLogTarget(t, target)
	path := filepath.Join(t.TempDir(), "log.db")
	d := dbtest.Open(t, "sqlite:"+path, sheet)
	var written, longest atomic.Int64
	body := make([]byte, 20*page)
	together(8, func(i int) {
		for id := written.Add(1); id < 3000; id = written.Add(1) { // 240 MB
			write(t, d, func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count, body) VALUES ($1, $2, 0, $3)`, id, fmt.Sprint(id), body)
				return err
			})
			if f, err := os.Stat(path + "-wal"); err == nil && f.Size() > longest.Load() {
				longest.Store(f.Size())
			}
		}
	})
	t.Logf("the log was up to %d MB long", longest.Load()>>20)
	if longest.Load() > 120<<20 {
		t.Errorf("the log grew to %d bytes", longest.Load())
	}
}
