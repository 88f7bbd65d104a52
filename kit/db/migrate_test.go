package db_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/fault"
)

const (
	firstStep  = `CREATE TABLE a_thing (id BIGINT PRIMARY KEY); INSERT INTO a_thing (id) VALUES (1);`
	secondStep = `-- a comment; with a semicolon
ALTER TABLE a_thing ADD COLUMN name TEXT NOT NULL DEFAULT 'x;y';
CREATE INDEX a_thing_name ON a_thing (name); -- the last word is a comment
/* or two;
*/
-- and no line's end`
)

func open(t *testing.T, url string, schemas ...db.Schema) error {
	t.Helper()
	d, err := db.Open(bg, url, schemas...)
	if err == nil {
		err = d.Close()
	}
	return err
}

func TestSchemasGoForwardAndKeepWhatIsThere(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		for _, files := range [][]string{{firstStep}, {firstStep}, {firstStep, secondStep}, {firstStep, secondStep}} {
			if err := open(t, url, schema("a", files...)); err != nil {
				t.Fatal(err)
			}
		}
		other := schema("b", `CREATE TABLE b_thing (id BIGINT PRIMARY KEY, a_id BIGINT NOT NULL REFERENCES a_thing (id));`)
		d := dbtest.Open(t, url, schema("a", firstStep, secondStep), other)
		var name string
		read(t, d, func(tx *db.Tx) error { return tx.QueryRow(`SELECT name FROM a_thing WHERE id = 1`).Scan(&name) })
		if name != "x;y" {
			t.Fatalf("name %q", name)
		}
	})
}

func TestTheDatabaseOfANewerSoukIsRefused(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		if err := open(t, url, schema("a", firstStep, secondStep)); err != nil {
			t.Fatal(err)
		}
		for _, older := range []db.Schema{schema("a", firstStep), schema("b", firstStep)} {
			if err := open(t, url, older); !errors.Is(err, db.ErrNewer) || !strings.Contains(err.Error(), "a/000") {
				t.Errorf("opened by an older one: %v", err)
			}
		}
	})
}

func TestChangedHistoryIsRefused(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		if err := open(t, url, schema("a", firstStep)); err != nil {
			t.Fatal(err)
		}
		if err := open(t, url, schema("a", firstStep+" ")); !errors.Is(err, db.ErrHistory) {
			t.Fatal(err)
		}
	})
}

func TestAStepThatFailsChangesNothing(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		err := open(t, url, schema("a", firstStep, `CREATE TABLE a_more (id BIGINT PRIMARY KEY); CREATE TABEL oops;`))
		if !errors.Is(err, db.ErrMigration) || !strings.Contains(err.Error(), "a/0002_step.sql") {
			t.Fatal(err)
		}
		if err := open(t, url, schema("a", firstStep, secondStep)); err != nil {
			t.Fatalf("after the mistake was mended: %v", err)
		}
	})
}

func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		together(6, func(int) {
			if err := open(t, url, schema("a", firstStep, secondStep)); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestMisnamedSchemaFilesAreRefused(t *testing.T) {
	url := dbtest.URL(t, db.SQLite)
	gap := schema("a", firstStep, secondStep)
	files := gap.Files
	for what, s := range map[string]db.Schema{
		"deferred": schema("a", `CREATE TABLE a (id BIGINT REFERENCES b (id) DEFERRABLE INITIALLY DEFERRED);`),
		"no files": {Room: "a", Files: os.DirFS(t.TempDir())},
		"twice":    {Room: "b", Files: files},
	} {
		schemas := []db.Schema{s}
		if what == "twice" {
			schemas = []db.Schema{s, s}
		}
		if err := open(t, url, schemas...); !errors.Is(err, db.ErrMigration) {
			t.Errorf("%s: %v", what, err)
		}
	}
	dir := t.TempDir()
	for _, name := range []string{"2_x.sql", "0002_x.sql", "0001_X.sql", "readme"} {
		folder := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Join(folder, "schema"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "schema", name), []byte(firstStep), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := open(t, url, db.Schema{Room: "a", Files: os.DirFS(folder)}); !errors.Is(err, db.ErrMigration) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a person gets to read on the command line.
func TestADatabaseThatCannotBeOpenedSaysWhyInOneSentence(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	for url, words := range map[string]string{
		"":                            `"sqlite:/path/to/file.db" or "postgres://user@host/name"`,
		"mysql://x":                   `"sqlite:/path/to/file.db" or "postgres://user@host/name"`,
		"sqlite:":                     `names no file`,
		"sqlite::memory:":             `names no file`,
		"sqlite:" + dir + "/no/x.db":  `folder ` + dir + `/no: no such file or directory`,
		"sqlite:" + text + "/x.db":    text + ` is not a folder`,
		"sqlite:" + dir:               `is a directory`,
		"sqlite:" + text:              `is not a SQLite database`,
		"sqlite:/proc/version":        `file /proc/version`,
		"postgres://h:notaport/":      `"postgres://user@host/name"`,
		"postgres://u:secret@[::1]:1": `PostgreSQL at ::1:1`,
		"postgres://127.0.0.1:1/souk": `PostgreSQL at 127.0.0.1:1, database "souk"`,
	} {
		err := open(t, url)
		if err == nil {
			t.Errorf("%s was opened", url)
			continue
		}
		f, ok := fault.Of(err)
		if !ok || !strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v (fault %v)", url, err, f)
		}
	}
}
