package dbtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"souk/kit/db"
)

// Content is what a database holds, by table.
type Content map[string]Table

// Table is how many rows a table has, and a hash of all that stands in them.
type Table struct {
	Rows int64
	Hash string
}

// ContentOf reads every row of every table, in one snapshot: to show that what was refused, or crashed, changed nothing.
func ContentOf(t testing.TB, d *db.DB) Content {
	t.Helper()
	all := Content{}
	if err := d.Read(context.Background(), func(tx *db.Tx) error {
		query, err := contentQuery(tx)
		if err != nil {
			return err
		}
		rows, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, content string
			var n int64
			if err := rows.Scan(&table, &n, &content); err != nil {
				return err
			}
			sum := sha256.Sum256([]byte(content))
			all[table] = Table{Rows: n, Hash: fmt.Sprintf("%x", sum[:8])}
		}
		return rows.Err()
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// Diff names the tables that differ, except those whose name begins with one of skip; "" when none does.
func (c Content) Diff(other Content, skip ...string) string {
	var found []string
	for _, table := range slices.Sorted(maps.Keys(c)) {
		skipped := slices.ContainsFunc(skip, func(s string) bool { return strings.HasPrefix(table, s) })
		if was, is := c[table], other[table]; was != is && !skipped {
			found = append(found, fmt.Sprintf("%s (%d rows, now %d)", table, was.Rows, is.Rows))
		}
	}
	return strings.Join(found, ", ")
}

// contentQuery asks for name, number of rows and content of every table at once.
func contentQuery(tx *db.Tx) (string, error) {
	list := `SELECT 'SELECT ''' || tablename || ''', COUNT(*), COALESCE(md5(string_agg(line, chr(10) ORDER BY line)), '''') FROM (SELECT CAST(t AS TEXT) AS line FROM ' || tablename || ' t) x'
		FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	if tx.Engine() == db.SQLite {
		list = `SELECT 'SELECT ''' || m.name || ''', COUNT(*), COALESCE(group_concat(line, char(10)), '''') FROM (SELECT '
			|| (SELECT group_concat('quote("' || c.name || '")', ' || '','' || ') FROM pragma_table_info(m.name) c) || ' AS line FROM ' || m.name || ' ORDER BY 1) x'
			FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY m.name`
	}
	parts, err := texts(tx, list)
	return strings.Join(parts, " UNION ALL "), err
}

func texts(tx *db.Tx, sql string) (list []string, err error) {
	rows, err := tx.Query(sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// Disk copies what a crash of the process at this moment would leave of a SQLite database at url, and returns the copy's address.
// It may be called inside a transaction, from a db.Strike.
func Disk(t testing.TB, url string) string {
	t.Helper()
	from := strings.TrimPrefix(url, "sqlite:")
	to := filepath.Join(t.TempDir(), "crashed.db")
	for _, ending := range []string{"-wal", ""} { // the log first: a checkpoint meanwhile only repeats what stands in it
		if err := copyFile(from+ending, to+ending); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	return "sqlite:" + to
}

func copyFile(from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
