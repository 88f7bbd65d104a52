package db

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	zombie "zombiezen.com/go/sqlite"
)

// sums is what a connection finds in the table, after SQLite's own check of the file.
func sums(t *testing.T, c *liteConn) (rows, sum int64) {
	t.Helper()
	for sql, into := range map[string][]any{"PRAGMA integrity_check": {new(string)}, "SELECT COUNT(*), COALESCE(SUM(n), 0) FROM heap": {&rows, &sum}} {
		cur, err := c.query(context.Background(), sql, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cur.next(); err != nil {
			t.Fatal(err)
		}
		if err := cur.scan(into); err != nil {
			t.Fatal(err)
		}
		if text, is := into[0].(*string); is && *text != "ok" {
			t.Errorf("integrity check: %s", *text)
		}
		cur.close()
	}
	return rows, sum
}

// The cache is so small that pages move to the log and back in the middle of transactions, each several times what the layer keeps.
func TestALogThatIsKeptBackLosesNothing(t *testing.T) {
	for _, name := range []string{"plain.db", "with space %41#1.db", "中文.db"} {
		path := filepath.Join(t.TempDir(), name)
		address := layered(path)
		if address == "" {
			t.Fatal("the layer is not installed")
		}
		writer, err := openLiteAt(path, address, 64, zombie.OpenURI)
		if err != nil {
			t.Fatal(err)
		}
		defer writer.close()
		reader, err := openLite(path, readerCacheKiB)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.close()
		exec := func(sql string, args ...any) {
			t.Helper()
			if _, err := writer.exec(context.Background(), sql, args); err != nil {
				t.Fatal(err)
			}
		}
		exec("CREATE TABLE heap (n INTEGER PRIMARY KEY, filler TEXT NOT NULL)")
		filler := strings.Repeat("x", 3000)
		var rows, sum int64
		for round := range int64(6) {
			exec("BEGIN IMMEDIATE")
			for i := range int64(1200) {
				exec("INSERT INTO heap (n, filler) VALUES ($1, $2)", 1200*round+i, filler)
			}
			exec("UPDATE heap SET filler = filler || 'y' WHERE n % 7 = 0")
			if seen, _ := sums(t, reader); seen != rows {
				t.Errorf("%s: a reader sees %d rows before the commit, not %d", name, seen, rows)
			}
			if round%2 == 1 {
				exec("ROLLBACK")
			} else {
				exec("COMMIT")
				rows, sum = rows+1200, sum+1200*1200*round+1200*1199/2
			}
			for _, c := range []*liteConn{writer, reader} {
				if n, s := sums(t, c); n != rows || s != sum {
					t.Errorf("%s, round %d: %d rows that sum to %d, not %d and %d", name, round, n, s, rows, sum)
				}
			}
			if _, _, err := reader.checkpoint(); err != nil {
				t.Error(err)
			}
		}
		if _, err := filepath.Glob(path); err != nil || len(layer.logs) == 0 {
			t.Errorf("no log went through the layer: %v", err)
		}
	}
}
