package ledger_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/ledger"
)

// firstSchema is the room's tables as they were at first: entries had no lines, postings a key of their own.
func firstSchema(t *testing.T) db.Schema {
	t.Helper()
	text, err := fs.ReadFile(ledger.Schema.Files, "schema/0001_books.sql")
	if err != nil {
		t.Fatal(err)
	}
	return db.Schema{Room: "ledger", Files: fstest.MapFS{"schema/0001_books.sql": {Data: text}}}
}

// copyRows copies a table's columns from one database to another.
func copyRows(t *testing.T, from, to *db.DB, query, insert string, width int) {
	t.Helper()
	var rows [][]any
	if err := from.Read(ctx, func(tx *db.Tx) error {
		found, err := tx.Query(query)
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			cells := make([]*string, width)
			dest := make([]any, width)
			for i := range cells {
				dest[i] = &cells[i]
			}
			if err := found.Scan(dest...); err != nil {
				return err
			}
			row := make([]any, width)
			for i, cell := range cells {
				row[i] = cell
			}
			rows = append(rows, row)
		}
		return found.Err()
	}); err != nil {
		t.Fatal(err)
	}
	do(t, to, func(tx *db.Tx) error {
		for _, row := range rows {
			if _, err := tx.Exec(insert, row...); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestBooksOfTheFirstSchemaAreTheSameAfterTheyAreBroughtUpToDate(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, now *db.DB) {
		books(t, now)
		for _, e := range []ledger.Entry{
			entry("e1", line(ann, -30), line(bob, 10), line(shop, 20)),
			{ID: "e2", Kind: "pay", Title: "拿铁", Ref: "r", Lines: []ledger.Line{line(bob, -7), line(shop+"#3", 7)}},
		} {
			do(t, now, func(tx *db.Tx) error { _, err := ledger.Post(ctx, tx, e); return err })
		}
		do(t, now, func(tx *db.Tx) error { _, err := ledger.Seal(ctx, tx); return err })
		do(t, now, func(tx *db.Tx) error { _, err := ledger.Reverse(ctx, tx, "e2", "back", "taken back"); return err })

		url := dbtest.URL(t, now.Engine())
		old := dbtest.Open(t, url, firstSchema(t))
		hex := map[string][2]string{db.SQLite: {"hex(digest)", "unhex($4)"}, db.Postgres: {"encode(digest, 'hex')", "decode(CAST($4 AS TEXT), 'hex')"}}[now.Engine()]
		hash := map[string][2]string{db.SQLite: {"hex(hash)", "unhex($3)"}, db.Postgres: {"encode(hash, 'hex')", "decode(CAST($3 AS TEXT), 'hex')"}}[now.Engine()]
		number := func(column string) string { return "CAST(" + column + " AS TEXT)" }
		whole := func(param string) string { return "CAST(CAST(" + param + " AS TEXT) AS BIGINT)" }
		copyRows(t, now, old, `SELECT id, unit, parent_id, `+number("shard")+`, `+number("stripes")+`, `+number("floor")+`, `+number("balance")+` FROM ledger_account`,
			`INSERT INTO ledger_account (id, unit, parent_id, shard, stripes, floor, balance, opened_at)
			VALUES ($1, $2, $3, `+whole("$4")+`, `+whole("$5")+`, `+whole("$6")+`, `+whole("$7")+`, 1)`, 7)
		copyRows(t, now, old, `SELECT id, kind, title, `+hex[0]+`, ref, reverses, `+number("posted_at")+`, `+number("seal")+` FROM ledger_entry`,
			`INSERT INTO ledger_entry (id, kind, title, digest, ref, reverses, posted_at, seal)
			VALUES ($1, $2, $3, `+hex[1]+`, $5, $6, `+whole("$7")+`, `+whole("$8")+`)`, 8)
		copyRows(t, now, old, `SELECT entry_id, account_id, `+number("line")+`, `+number("shard")+`, `+number("amount")+`, `+number("posted_at")+` FROM ledger_posting`,
			`INSERT INTO ledger_posting (entry_id, account_id, line, shard, amount, posted_at)
			VALUES ($1, $2, `+whole("$3")+`, `+whole("$4")+`, `+whole("$5")+`, `+whole("$6")+`)`, 6)
		copyRows(t, now, old, `SELECT `+number("seq")+`, `+number("entries")+`, `+hash[0]+` FROM ledger_seal`,
			`INSERT INTO ledger_seal (seq, entries, hash, sealed_at) VALUES (`+whole("$1")+`, `+whole("$2")+`, `+hash[1]+`, 1)`, 3)
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}

		brought := dbtest.Open(t, url, schemas...)
		right(t, brought)
		was, is := verify(t, now), verify(t, brought)
		if was.Entries != is.Entries || was.Postings != is.Postings || was.Seals != is.Seals {
			t.Errorf("%+v, now %+v", was, is)
		}
		var e ledger.Entry
		if err := brought.Read(ctx, func(tx *db.Tx) (err error) { e, err = ledger.Read(ctx, tx, "e1"); return err }); err != nil || len(e.Lines) != 3 {
			t.Errorf("%+v, %v", e, err)
		}
	})
}
