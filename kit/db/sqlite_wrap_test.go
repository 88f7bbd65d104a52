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

// Somebody always writes, so the checkpointer never sees the log's end; without the writer's help the log grows by all that is written as long as that lasts.
func TestTheLogStartsOverAlsoWhileWritesNeverPause(t *testing.T) {
	const target, size, most = 200, 80 << 10, 10_000
	db.SetLogTarget(t, target)
	path := filepath.Join(t.TempDir(), "log.db")
	d := dbtest.Open(t, "sqlite:"+path, sheet)
	var written atomic.Int64
	var over atomic.Bool
	body := make([]byte, size)
	together(8, func(i int) {
		for id := written.Add(1); id < most && !over.Load(); id = written.Add(1) {
			write(t, d, func(tx *db.Tx) error {
				_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count, body) VALUES ($1, $2, 0, $3)`, id, fmt.Sprint(id), body)
				return err
			})
			if f, err := os.Stat(path + "-wal"); err == nil && f.Size() > target*4096 && f.Size() < id*size/2 {
				over.Store(true)
			}
		}
	})
	if !over.Load() {
		t.Errorf("%d MB were written, and the log never started over", most*size>>20)
	}
}
