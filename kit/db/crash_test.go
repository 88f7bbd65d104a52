package db_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	zombie "zombiezen.com/go/sqlite"

	"souk/kit/db"
	"souk/kit/db/dbtest"
)

const childURL = "SOUK_DB_TEST_CHILD"

// TestMain plays the process that is killed, when it is told to.
func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		writeUntilKilled(url)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints the number of each row after its Write has returned, from many goroutines at once.
func writeUntilKilled(url string) {
	d, err := db.Open(bg, url, sheet)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var printing sync.Mutex
	together(16, func(w int) {
		for i := int64(w); ; i += 16 {
			err := d.Write(bg, func(tx *db.Tx) error {
				if err := add(tx, i, fmt.Sprint("row ", i), i); err != nil {
					return err
				}
				_, err := tx.Exec(`INSERT INTO sheet_child (id, row_id) VALUES ($1, $1)`, i)
				return err
			})
			printing.Lock()
			if err != nil {
				fmt.Println("error:", err)
			} else {
				fmt.Println(i)
			}
			printing.Unlock()
		}
	})
}

func TestNothingAcknowledgedIsLostWhenTheProcessIsKilled(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		acknowledged := map[int64]bool{}
		for round := range 3 {
			killAfter(t, url, 150, acknowledged)
			d := dbtest.Open(t, url, sheet)
			var rows, children []int64
			read(t, d, func(tx *db.Tx) (err error) {
				if rows, err = numbers(tx.Query(`SELECT id FROM sheet_row`)); err != nil {
					return err
				}
				children, err = numbers(tx.Query(`SELECT row_id FROM sheet_child`))
				return err
			})
			there := map[int64]bool{}
			for _, id := range rows {
				there[id] = true
			}
			for id := range acknowledged {
				if !there[id] {
					t.Errorf("round %d: row %d was acknowledged and is lost", round, id)
				}
			}
			if len(children) != len(rows) {
				t.Errorf("round %d: %d rows and %d children: half a transaction is there", round, len(rows), len(children))
			}
			t.Logf("round %d: %d acknowledged, %d there", round, len(acknowledged), len(rows))
			write(t, d, func(tx *db.Tx) error { // the next child starts from nothing
				if _, err := tx.Exec(`DELETE FROM sheet_child`); err != nil {
					return err
				}
				_, err := tx.Exec(`DELETE FROM sheet_row`)
				return err
			})
			clear(acknowledged)
			d.Close()
		}
	})
}

// killAfter kills the writing process when it has acknowledged n rows, and notes all that it acknowledged.
func killAfter(t *testing.T, url string, n int, acknowledged map[int64]bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childURL+"="+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, err := strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Error(lines.Text())
			break
		}
		if acknowledged[id] = true; len(acknowledged) == n {
			cmd.Process.Kill()
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	if len(acknowledged) < n {
		t.Fatalf("only %d rows were acknowledged", len(acknowledged))
	}
}

func TestADeadlockIsRunAgain(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			if err := add(tx, 1, "a", 0); err != nil {
				return err
			}
			return add(tx, 2, "b", 0)
		})
		var meet sync.WaitGroup
		meet.Add(2)
		together(2, func(i int) {
			first := true
			if err := d.Write(bg, func(tx *db.Tx) error {
				if _, err := tx.Exec(`UPDATE sheet_row SET count = count + 1 WHERE id = $1`, 1+i); err != nil {
					return err
				}
				if first && tx.Engine() == db.Postgres {
					first = false
					meet.Done()
					meet.Wait() // both hold one row now
				}
				_, err := tx.Exec(`UPDATE sheet_row SET count = count + 1 WHERE id = $1`, 2-i)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
		read(t, d, func(tx *db.Tx) error {
			counts, err := numbers(tx.Query(`SELECT count FROM sheet_row`))
			if err == nil && (counts[0] != 2 || counts[1] != 2) {
				t.Errorf("counts %v", counts)
			}
			return err
		})
		if d.Engine() == db.Postgres && d.Stats().Retries == 0 {
			t.Error("no retry was counted, though there was a deadlock")
		}
	})
}

func TestAConnectionLostBeforeTheCommitIsMadeAgain(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	d := dbtest.Open(t, url, sheet)
	killer, err := pgx.Connect(bg, url)
	if err != nil {
		t.Fatal(err)
	}
	defer killer.Close(bg)
	kill := func(tx *db.Tx) error {
		var pid int64
		if err := tx.QueryRow(`SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		_, err := killer.Exec(bg, `SELECT pg_terminate_backend($1, 60000)`, pid) // answers once it is gone
		return err
	}
	runs := 0
	write(t, d, func(tx *db.Tx) error {
		if runs++; runs <= 2 {
			if err := kill(tx); err != nil {
				return err
			}
		}
		return add(tx, 1, "a", 1)
	})
	if n := countRows(t, d); n != 1 || runs != 3 {
		t.Fatalf("%d rows after %d runs", n, runs)
	}
	runs = 0
	read(t, d, func(tx *db.Tx) error {
		if runs++; runs == 1 {
			if err := kill(tx); err != nil {
				return err
			}
		}
		var n int64
		return tx.QueryRow(`SELECT count(*) FROM sheet_row`).Scan(&n)
	})
	if runs != 2 {
		t.Fatalf("%d runs of a Read", runs)
	}
}

// When the connection dies at the commit, nobody may say that it was done, nor do it again.
func TestAConnectionLostAtTheCommitLeavesTheOutcomeUnknown(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	straight := dbtest.Open(t, url, sheet)
	var cut atomic.Bool
	d := dbtest.Open(t, cuttingProxy(t, url, &cut), sheet)
	cut.Store(true)
	runs := 0
	err := d.Write(bg, func(tx *db.Tx) error {
		runs++
		return add(tx, 1, "a", 1)
	})
	if runs != 1 || !errors.Is(err, db.ErrUnknown) {
		t.Fatalf("%d runs, error %v", runs, err)
	}
	for end := time.Now().Add(time.Minute); countRows(t, straight) != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the commit that was sent was not done: the test proves nothing")
		}
	}
}

// cuttingProxy is a server before PostgreSQL that, when cut is set, passes a COMMIT on and hangs up instead of its answer.
func cuttingProxy(t *testing.T, address string, cut *atomic.Bool) string {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			network, at := pgconn.NetworkAddress(config.Host, config.Port)
			server, err := net.Dial(network, at)
			if err != nil {
				t.Error(err)
				client.Close()
				return
			}
			go pass(client, server, cut)
		}
	}()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	query := u.Query()
	query.Set("host", host)
	query.Set("port", port)
	query.Set("sslmode", "disable")
	u.RawQuery = query.Encode()
	return u.String()
}

// pass hands on what each side says. After hanging up it reads on until the server ends: what the server is told it then reads.
func pass(client, server net.Conn, cut *atomic.Bool) {
	var answers sync.WaitGroup
	answers.Go(func() {
		io.Copy(client, server)
		client.Close()
		io.Copy(io.Discard, server)
	})
	defer server.Close()
	defer client.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		hangUp := cut.Load() && (bytes.Contains(buffer[:n], []byte("COMMIT")) || bytes.Contains(buffer[:n], []byte("commit")))
		if hangUp {
			client.Close()
		}
		if _, err := server.Write(buffer[:n]); err != nil || hangUp {
			if half, ok := server.(interface{ CloseWrite() error }); ok && hangUp {
				half.CloseWrite()
				answers.Wait()
			}
			return
		}
	}
}

func TestPostgresThatGoesAwayIsAnErrorInTime(t *testing.T) {
	url := dbtest.URL(t, db.Postgres)
	d := dbtest.Open(t, url, sheet)
	ctx, cancel := context.WithTimeout(bg, 50*time.Millisecond)
	defer cancel()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`SELECT pg_sleep(30)`)
		return err
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	write(t, d, func(tx *db.Tx) error { return add(tx, 1, "a", 1) })
}

func TestADatabaseHeldByAnotherProcessSaysSo(t *testing.T) {
	url := dbtest.URL(t, db.SQLite)
	path := strings.TrimPrefix(url, "sqlite:")
	d := dbtest.Open(t, url, sheet)
	other, err := zombie.OpenConn(path, zombie.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	begin, _, err := other.PrepareTransient("BEGIN IMMEDIATE")
	if err != nil {
		t.Fatal(err)
	}
	defer begin.Finalize()
	if _, err := begin.Step(); err != nil {
		t.Fatal(err)
	}
	db.SetBusyTimeout(t, 100*time.Millisecond)
	late := make(chan error)
	go func() { late <- d.Write(bg, func(tx *db.Tx) error { return add(tx, 1, "a", 1) }) }()
	if err := open(t, url, sheet, schema("a", firstStep)); !errors.Is(err, db.ErrLocked) {
		t.Errorf("Open: %v", err)
	}
	rollback, _, err := other.PrepareTransient("ROLLBACK")
	if err != nil {
		t.Fatal(err)
	}
	defer rollback.Finalize()
	if _, err := rollback.Step(); err != nil {
		t.Fatal(err)
	}
	if err := <-late; err != nil {
		t.Errorf("the waiting Write, after the other let go: %v", err)
	}
}
