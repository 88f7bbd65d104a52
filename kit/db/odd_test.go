package db_test

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

// fullDisk makes this process unable to let any file grow beyond so many bytes, until the answer is called.
func fullDisk(t *testing.T, bytes uint64) (roomAgain func()) {
	t.Helper()
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	roomAgain = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(roomAgain)
	return roomAgain
}

func TestAFullDiskRefusesLosesNothingAndGoesOnWhenThereIsRoom(t *testing.T) {
	url := dbtest.URL(t, db.SQLite)
	d := dbtest.Open(t, url, sheet)
	for i := range int64(20) {
		write(t, d, func(tx *db.Tx) error { return add(tx, i, fmt.Sprint("row ", i), i) })
	}
	before := dbtest.ContentOf(t, d)
	log, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	roomAgain := fullDisk(t, uint64(log.Size()))
	long := strings.Repeat("x", 4<<20)
	together(8, func(i int) {
		err := d.Write(bg, func(tx *db.Tx) error { return add(tx, int64(100+i), fmt.Sprint(i, long), 0) })
		if !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("on a full disk: %v", err)
		}
	})
	if after := dbtest.ContentOf(t, d); before.Diff(after) != "" {
		t.Errorf("what was refused changed %s", before.Diff(after))
	}
	if err := d.Write(bg, func(tx *db.Tx) error { return errors.New("a refusal of ours") }); err == nil || errors.Is(err, db.ErrUnavailable) {
		t.Errorf("a function's own refusal meanwhile: %v", err)
	}
	roomAgain()
	write(t, d, func(tx *db.Tx) error { return add(tx, 100, long, 0) })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(strings.TrimPrefix(url, "sqlite:") + "-wal"); !os.IsNotExist(err) {
		t.Errorf("a closed database is more than one file: %v", err)
	}
	again := dbtest.Open(t, url, sheet)
	if n := countRows(t, again); n != 21 {
		t.Errorf("%d rows", n)
	}
}

// What the engine cannot take is our own mistake; asking again does not mend it.
func TestAnArgumentThatDoesNotFitIsRefusedAtOnce(t *testing.T) {
	d := dbtest.Open(t, dbtest.URL(t, db.Postgres), sheet)
	for what, f := range map[string]func(tx *db.Tx) error{
		"first": func(tx *db.Tx) error { _, err := tx.Exec(`INSERT INTO sheet_row (id) VALUES ($1)`, "one"); return err },
		"later": func(tx *db.Tx) error {
			if err := add(tx, 7, "a", 0); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE sheet_row SET count = $1 WHERE id = 7`, "one")
			return err
		},
		"together": func(tx *db.Tx) error {
			_, err := tx.ExecAll(db.Step{SQL: `UPDATE sheet_row SET count = 1 WHERE id = 7`}, db.Step{SQL: `UPDATE sheet_row SET count = $1 WHERE id = 7`, Args: []any{"one"}})
			return err
		},
		"queried": func(tx *db.Tx) error {
			var n int64
			return tx.QueryRow(`SELECT count FROM sheet_row WHERE id = $1`, "one").Scan(&n)
		},
	} {
		runs := 0
		err := d.Write(bg, func(tx *db.Tx) error { runs++; return f(tx) })
		if err == nil || runs != 1 {
			t.Errorf("%s: %d runs, %v", what, runs, err)
		}
		if n := countRows(t, d); n != 0 {
			t.Errorf("%s: %d rows", what, n)
		}
	}
	write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", 1) })
}
