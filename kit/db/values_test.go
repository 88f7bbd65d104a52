package db_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"

	"souk/kit/db"
	"souk/kit/money"
)

type (
	rowID string
	state int32
)

func TestValuesComeBackAsTheyWent(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for i, body := range [][]byte{{}, {0, 255, 0}, bytes.Repeat([]byte("x"), 100_000), nil} {
			for j, name := range []string{"", "你好，世界 🐫", "it's \"quoted\" \\ % _", "line\nline"} {
				count, flag := []int64{0, 1, math.MaxInt64}[(i+j)%3], (i+j)%2 == 0
				var gotName string
				var gotBody []byte
				var gotCount int64
				var gotFlag bool
				write(t, d, func(tx *db.Tx) error {
					if _, err := tx.Exec(`DELETE FROM sheet_row`); err != nil {
						return err
					}
					_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count, body, flag) VALUES ($1, $2, $3, $4, $5)`, 1, name, count, body, flag)
					return err
				})
				read(t, d, func(tx *db.Tx) error {
					return tx.QueryRow(`SELECT name, count, body, flag FROM sheet_row`).Scan(&gotName, &gotCount, &gotBody, &gotFlag)
				})
				if gotName != name || gotCount != count || gotFlag != flag || !bytes.Equal(gotBody, body) || (gotBody == nil) != (body == nil) {
					t.Errorf("%q %d %v %d bytes came back as %q %d %v %d bytes", name, count, flag, len(body), gotName, gotCount, gotFlag, len(gotBody))
				}
			}
		}
	})
}

func TestNamedTypesAndPointersAreWhatTheyAreMadeOf(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		note := rowID("n")
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count, body, note) VALUES ($1, $2, $3, $4, $5)`,
				state(7), rowID("r"), money.Fen(1230), json.RawMessage(`{"a":1}`), &note)
			return err
		})
		read(t, d, func(tx *db.Tx) error {
			var s state
			var id rowID
			var f money.Fen
			var body json.RawMessage
			var fp *money.Fen
			var np *rowID
			var small int
			if err := tx.QueryRow(`SELECT id, name, count, body, count, note, id FROM sheet_row`).Scan(&s, &id, &f, &body, &fp, &np, &small); err != nil {
				return err
			}
			if s != 7 || id != "r" || f != 1230 || string(body) != `{"a":1}` || fp == nil || *fp != 1230 || np == nil || *np != "n" || small != 7 {
				t.Errorf("%v %v %v %s %v %v %v", s, id, f, body, fp, np, small)
			}
			return nil
		})
	})
}

func TestNullNeedsAPointer(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var none *string
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count, flag, note) VALUES (1, 'a', 1, $1, $2)`, nil, none)
			return err
		})
		read(t, d, func(tx *db.Tx) error {
			s, b, id, body := "x", false, rowID("x"), []byte("x")
			sp, bp, ip, cp := &s, &b, &id, new(int64)
			if err := tx.QueryRow(`SELECT note, flag, note, body, max(count) FROM sheet_row WHERE id = 1 GROUP BY note, flag, body`).Scan(&sp, &bp, &ip, &body, &cp); err != nil {
				return err
			}
			if sp != nil || bp != nil || ip != nil || body != nil || cp == nil {
				t.Errorf("%v %v %v %v %v", sp, bp, ip, body, cp)
			}
			return nil
		})
		for _, dest := range []any{new(string), new(rowID), new(int64), new(bool)} {
			err := d.Read(bg, func(tx *db.Tx) error {
				tx.QueryRow(`SELECT note FROM sheet_row`).Scan(dest) // swallowed, and yet the transaction is spoilt
				return nil
			})
			if err == nil {
				t.Errorf("NULL went into a %T", dest)
			}
		}
	})
}

func TestParametersGoByTheirNumber(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO sheet_row (name, count, id) VALUES ($3, $2, $1)`, 1, 2, "c")
			return err
		})
		read(t, d, func(tx *db.Tx) error {
			var n int64
			return tx.QueryRow(`SELECT count FROM sheet_row WHERE name = $2 AND id = $1 AND $1 < count AND count = $3`, 1, "c", 2).Scan(&n)
		})
		for _, args := range [][]any{{1}, {1, "c", 2}} {
			if err := d.Read(bg, func(tx *db.Tx) error {
				var n int64
				return tx.QueryRow(`SELECT count FROM sheet_row WHERE name = $2 AND id = $1`, args...).Scan(&n)
			}); err == nil || errors.Is(err, db.ErrNoRows) {
				t.Errorf("%d arguments for two parameters: %v", len(args), err)
			}
		}
	})
}

func TestWhatNoColumnCanHoldIsRefused(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		for _, s := range []string{"a\x00b", "\xff\xfe"} {
			if err := d.Write(bg, func(tx *db.Tx) error { return add(tx, 1, s, 1) }); !errors.Is(err, db.ErrText) {
				t.Errorf("%q: %v", s, err)
			}
		}
		for _, v := range []any{uint64(math.MaxUint64), []string{"a"}, struct{}{}, map[string]int{}} {
			if err := d.Write(bg, func(tx *db.Tx) error {
				_, err := tx.Exec(`DELETE FROM sheet_row WHERE id = $1`, v)
				return err
			}); err == nil {
				t.Errorf("%T was taken", v)
			}
		}
	})
}

func TestNoRowsIsSaid(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			var n int64
			if err := tx.QueryRow(`SELECT id FROM sheet_row`).Scan(&n); !errors.Is(err, db.ErrNoRows) {
				t.Errorf("SELECT: %v", err)
			}
			if err := tx.QueryRow(`UPDATE sheet_row SET count = 1 WHERE id = 5 RETURNING id`).Scan(&n); !errors.Is(err, db.ErrNoRows) {
				t.Errorf("UPDATE: %v", err)
			}
			return add(tx, 1, "a", 1) // and the transaction is as good as before
		})
		if n := countRows(t, d); n != 1 {
			t.Fatal(n)
		}
	})
}

func TestRowsMayBeOpenWhileOtherStatementsRun(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for i := range int64(300) {
				if err := add(tx, i, string(rune('a'+i)), i); err != nil {
					return err
				}
			}
			return nil
		})
		var outer, inner int64
		write(t, d, func(tx *db.Tx) error {
			rows, err := tx.Query(`SELECT id FROM sheet_row ORDER BY id`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var id, again int64
				if err := rows.Scan(&id); err != nil {
					return err
				}
				few, err := numbers(tx.Query(`SELECT id FROM sheet_row ORDER BY id`))
				if err != nil {
					return err
				}
				inner += int64(len(few))
				if _, err := tx.Exec(`UPDATE sheet_row SET note = 'seen' WHERE id = $1`, id); err != nil {
					return err
				}
				if err := rows.Scan(&again); err != nil || again != id {
					t.Errorf("row %d scans as %d afterwards: %v", id, again, err)
				}
				outer++
			}
			return rows.Err()
		})
		if outer != 300 || inner != 300*300 {
			t.Fatalf("%d outer, %d inner rows", outer, inner)
		}
	})
}

func TestRowsTouchedAreCounted(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			for _, c := range []struct {
				sql  string
				want int64
			}{
				{`INSERT INTO sheet_row (id, name, count) VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)`, 3},
				{`UPDATE sheet_row SET count = count + 1 WHERE id > 1`, 2},
				{`UPDATE sheet_row SET count = count + 1 WHERE id > 10`, 0},
				{`DELETE FROM sheet_row WHERE id = 1 RETURNING id`, 1},
				{`DELETE FROM sheet_row WHERE id = 1`, 0},
				{`SELECT id FROM sheet_row`, 2},
			} {
				n, err := tx.Exec(c.sql)
				if err != nil {
					return err
				}
				if n != c.want {
					t.Errorf("%s touched %d rows, want %d", c.sql, n, c.want)
				}
			}
			return nil
		})
	})
}

// The dialect of style.md, word by word.
func TestOneTextServesBothEngines(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO sheet_row (id, name, count, flag, note) VALUES
				(1, 'apple', 10, TRUE, '{"k":"v"}'), (2, 'Banana', 20, FALSE, NULL), (3, 'cherry', 30, NULL, NULL), (4, 'Éclair', 40, TRUE, 'a%b')`)
			return err
		})
		for _, c := range []struct {
			sql  string
			args []any
			want []int64
		}{
			{`SELECT id FROM sheet_row ORDER BY name`, nil, []int64{2, 1, 3, 4}}, // by bytes
			{`SELECT id FROM sheet_row WHERE name LIKE 'A%'`, nil, nil},          // minds case
			{`SELECT id FROM sheet_row WHERE lower(name) LIKE 'b%'`, nil, []int64{2}},
			{`SELECT id FROM sheet_row WHERE flag ORDER BY id`, nil, []int64{1, 4}},
			{`SELECT id FROM sheet_row WHERE flag IS DISTINCT FROM TRUE ORDER BY id`, nil, []int64{2, 3}},
			{`SELECT id FROM sheet_row WHERE flag = $1`, []any{false}, []int64{2}},
			{`SELECT id FROM sheet_row ORDER BY note NULLS LAST, id`, nil, []int64{4, 1, 2, 3}},
			{`SELECT id FROM sheet_row WHERE (count, id) > ($1, $2) ORDER BY count, id LIMIT $3`, []any{20, 2, 10}, []int64{3, 4}},
			{`SELECT sum(count) FROM sheet_row`, nil, []int64{100}},
			{`SELECT count(*) FILTER (WHERE count > 15) FROM sheet_row`, nil, []int64{3}},
			{`SELECT sum(count) OVER (ORDER BY id) FROM sheet_row`, nil, []int64{10, 30, 60, 100}},
			{`WITH big AS (SELECT id FROM sheet_row WHERE count >= 30) SELECT id FROM big ORDER BY id`, nil, []int64{3, 4}},
			{`SELECT id FROM sheet_row WHERE id IN ($1, $2) ORDER BY id`, []any{1, 3}, []int64{1, 3}},
			{`SELECT CASE WHEN count > 15 THEN count ELSE 15 END FROM sheet_row WHERE id = 1`, nil, []int64{15}},
			{`SELECT count / 3 FROM sheet_row WHERE id = 1`, nil, []int64{3}},
			{`UPDATE sheet_row SET count = v.n FROM (SELECT 1 AS i, 11 AS n) AS v WHERE sheet_row.id = v.i RETURNING count`, nil, []int64{11}},
			{`INSERT INTO sheet_row (id, name, count) VALUES (1, 'apple', 1) ON CONFLICT (id) DO UPDATE SET count = sheet_row.count + excluded.count RETURNING count`, nil, []int64{12}},
			{`INSERT INTO sheet_log (line) VALUES ('a'), ('b') RETURNING id`, nil, []int64{1, 2}},
		} {
			var got []int64
			write(t, d, func(tx *db.Tx) (err error) {
				got, err = numbers(tx.Query(c.sql, c.args...))
				return err
			})
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.sql, got, c.want)
			}
		}
		var joined, value string
		read(t, d, func(tx *db.Tx) error {
			if err := tx.QueryRow(`SELECT string_agg(name, ',') FROM (SELECT name FROM sheet_row WHERE id < 3 ORDER BY id) AS s`).Scan(&joined); err != nil {
				return err
			}
			return tx.QueryRow(`SELECT CAST(note AS JSONTEXT) ->> 'k' FROM sheet_row WHERE id = 1`).Scan(&value)
		})
		if joined != "apple,Banana" || value != "v" {
			t.Errorf("string_agg %q, JSON %q", joined, value)
		}
	})
}

func TestMoreThanOneStatementIsRefused(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		if err := d.Write(bg, func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM sheet_row; DELETE FROM sheet_log`)
			return err
		}); err == nil {
			t.Fatal("two statements ran as one")
		}
	})
}
