package pay_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/pay"
)

// applied says how many schema files of a room an old database has; of the others it has the first.
var applied = map[string]int{"pay": 2}

// oldSchemas are the schemas without their later files.
func oldSchemas(t *testing.T) (old []db.Schema) {
	t.Helper()
	for _, s := range schemas {
		names, err := fs.Glob(s.Files, "schema/*.sql")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", s.Room, err)
		}
		files := fstest.MapFS{}
		for _, name := range names[:max(1, applied[s.Room])] {
			text, err := fs.ReadFile(s.Files, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: text}
		}
		old = append(old, db.Schema{Room: s.Room, Files: files})
	}
	return old
}

var tableMade = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// tablesOf lists the tables that schemas make, those that are pointed at first.
func tablesOf(t *testing.T, old []db.Schema) (tables []string) {
	t.Helper()
	for _, s := range old {
		for _, name := range must(fs.Glob(s.Files, "schema/*.sql")) {
			for _, made := range tableMade.FindAllStringSubmatch(string(must(fs.ReadFile(s.Files, name))), -1) {
				tables = append(tables, made[1])
			}
		}
	}
	return tables
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// column is a column as the engine's catalogue has it.
type column struct{ name, kind string }

func columnsOf(tx *db.Tx, table string) (columns []column, err error) {
	query := `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`
	if tx.Engine() == db.SQLite {
		query = `SELECT name, type FROM pragma_table_info($1) ORDER BY cid`
	}
	rows, err := tx.Query(query, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.name, &c.kind); err != nil {
			return nil, err
		}
		columns = append(columns, c)
	}
	return columns, rows.Err()
}

// cell is where a value of the column can be scanned into, NULL too.
func (c column) cell() any {
	switch strings.ToUpper(c.kind) {
	case "TEXT":
		return new(*string)
	case "BIGINT", "INTEGER":
		return new(*int64)
	case "BOOLEAN":
		return new(*bool)
	}
	return new([]byte)
}

// rewrite copies the rows of a table into an older shape of it, and answers how many.
func rewrite(t *testing.T, from, to *db.DB, table string) (n int) {
	t.Helper()
	do(t, to, func(in *db.Tx) error {
		n = 0
		columns, err := columnsOf(in, table)
		if err != nil {
			return err
		}
		names, places := []string{}, []string{}
		for i, c := range columns {
			names, places = append(names, c.name), append(places, fmt.Sprint("$", i+1))
		}
		return from.Read(ctx, func(out *db.Tx) error {
			rows, err := out.Query(`SELECT ` + strings.Join(names, ", ") + ` FROM ` + table)
			if err != nil {
				return err
			}
			defer rows.Close()
			for ; rows.Next(); n++ {
				cells := []any{}
				for _, c := range columns {
					cells = append(cells, c.cell())
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				for i, cell := range cells {
					cells[i] = reflect.ValueOf(cell).Elem().Interface()
				}
				if _, err := in.Exec(`INSERT INTO `+table+` (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(places, ", ")+`)`, cells...); err != nil {
					return err
				}
			}
			return rows.Err()
		})
	})
	return n
}

// numberOn lets PostgreSQL number events behind those that were copied with their numbers.
func numberOn(t *testing.T, d *db.DB) {
	t.Helper()
	if d.Engine() == db.SQLite {
		return
	}
	do(t, d, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT setval(pg_get_serial_sequence('event_log', 'id'), (SELECT max(id) FROM event_log))`).Scan(new(int64))
	})
}

// The rows of a real workload stand in a database as the first releases made it, which is then opened by this one.
func TestAnOldDatabaseOpensWithTheNewSchemaAndItsBooksAgree(t *testing.T) {
	const actors, steps = 16, 10
	old := oldSchemas(t)
	dbtest.EachURL(t, func(t *testing.T, url string) {
		engine := db.SQLite
		if strings.HasPrefix(url, "postgres") {
			engine = db.Postgres
		}
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		fresh := dbtest.Open(t, dbtest.URL(t, engine), schemas...)
		market(t, fresh, actors)
		a := newAuditor(actors)
		a.work(t, fresh, seed, actors, 0, upTo(steps))
		named := namedTrade(t, fresh, "named-1")

		before, err := db.Open(ctx, url, old...)
		if err != nil {
			t.Fatal(err)
		}
		rows := map[string]int{}
		for _, table := range tablesOf(t, old) {
			rows[table] = rewrite(t, fresh, before, table)
		}
		numberOn(t, before)
		before.Close()
		for _, table := range []string{"pay_trade", "pay_refund", "ledger_entry", "ledger_posting", "ledger_seal", "event_log"} {
			if rows[table] == 0 {
				t.Errorf("the workload left no row in %s", table)
			}
		}

		d := dbtest.Open(t, url, schemas...)
		a.check(t, d)
		verify(t, d)
		if diff := dbtest.ContentOf(t, fresh).Diff(dbtest.ContentOf(t, d), "db_migration", "pay_trade"); diff != "" {
			t.Errorf("the upgrade made something else than this release does: %s", diff)
		}
		sameTrades(t, fresh, d, a)
		if !bought(t, d, named) {
			t.Errorf("%s was made for its payer alone and is not among what they ordered", named.No)
		}

		a.work(t, d, seed+1, actors, steps, upTo(2*steps))
		a.check(t, d)
		r := verify(t, d)
		t.Logf("%d rows were upgraded; %d entries afterwards", rows["pay_trade"]+rows["ledger_posting"], r.Entries)
	})
}

// namedTrade makes a trade that only one person may pay, and leaves it open.
func namedTrade(t *testing.T, d *db.DB, out string) (trade pay.Trade) {
	t.Helper()
	do(t, d, func(tx *db.Tx) (err error) {
		trade, _, err = pay.Create(ctx, tx, pay.Order{App: shop, OutTradeNo: out, Subject: "Thing", Total: 5_00, Buyer: person(0)})
		return err
	})
	return trade
}

func bought(t *testing.T, d *db.DB, trade pay.Trade) (found bool) {
	t.Helper()
	if err := d.Read(ctx, func(tx *db.Tx) error {
		list, err := pay.Bought(ctx, tx, trade.Buyer, shop, pay.Trade{}, 0)
		for _, one := range list {
			found = found || one.No == trade.No
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

// sameTrades compares what both databases tell of every trade.
func sameTrades(t *testing.T, one, other *db.DB, a *auditor) {
	t.Helper()
	find := func(d *db.DB, no pay.No) (trade pay.Trade) {
		if err := d.Read(ctx, func(tx *db.Tx) (err error) { trade, err = pay.Find(ctx, tx, no); return err }); err != nil {
			t.Fatal(err)
		}
		return trade
	}
	for no := range a.trades {
		if was, is := find(one, no), find(other, no); !reflect.DeepEqual(was, is) {
			t.Errorf("%s was %+v, is %+v", no, was, is)
		}
	}
}
