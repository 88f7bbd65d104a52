package open

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"

	"souk/kit/db"
)

// rowsOf is what every table of the house holds, as a digest a table: the auditor of the attack tests compares two of them.
type rowsOf map[string]string

// logs are tables that note that somebody knocked; nothing of anybody's is in them.
var logs = []string{"openapp_call", "openapp_nonce"}

// rows digests every row of every table but the database's own.
func (h *house) rows() rowsOf {
	h.t.Helper()
	out := rowsOf{}
	h.read(func(tx *db.Tx) error {
		clear(out)
		tables, err := tableNames(tx, h.d.Engine())
		if err != nil {
			return err
		}
		for _, table := range tables {
			if out[table], err = digestTable(tx, h.d.Engine(), table); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
		return nil
	})
	if len(out) < 40 {
		h.t.Fatalf("the auditor sees %d tables only", len(out))
	}
	return out
}

func tableNames(tx *db.Tx, engine string) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'`
	if engine == db.Postgres {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	rows, err := tx.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// digestTable reads each row as one text, whatever its columns.
func digestTable(tx *db.Tx, engine, table string) (string, error) {
	query := `SELECT CAST(t.* AS TEXT) FROM ` + table + ` t`
	if engine != db.Postgres {
		columns, err := columnNames(tx, table)
		if err != nil {
			return "", err
		}
		for i, c := range columns {
			columns[i] = `quote("` + c + `")`
		}
		query = `SELECT ` + strings.Join(columns, ` || '|' || `) + ` FROM ` + table
	}
	rows, err := tx.Query(query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			return "", err
		}
		all = append(all, row)
	}
	sort.Strings(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return fmt.Sprint(len(all), " rows ", hex.EncodeToString(sum[:8])), rows.Err()
}

func columnNames(tx *db.Tx, table string) ([]string, error) {
	rows, err := tx.Query(`SELECT name FROM pragma_table_info('` + table + `')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// changed names the tables that differ, but for the logs and those that may.
func (before rowsOf) changed(after rowsOf, may ...string) string {
	var out []string
	for table, was := range before {
		if now := after[table]; now != was && !slices.Contains(logs, table) && !slices.Contains(may, table) {
			out = append(out, table+": "+was+" became "+now)
		}
	}
	sort.Strings(out)
	return strings.Join(out, "; ")
}
