package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/money"
	"souk/kit/sign"
	"souk/platform/demo"
	"souk/platform/wallet"
)

// payers pay at the same time; each knows which of its payments the server acknowledged.
const (
	payers    = 16
	enough    = 60 // acknowledged payments before the kill
	openLimit = 60 * time.Second
)

// masterKeyOfTests seals what the tests' databases hold: no file of it is left beside the tests.
var masterKeyOfTests = sign.NewVaultKey()

// startDemo runs the real binary as a newcomer would, and returns its address.
func startDemo(t *testing.T, url string) (*exec.Cmd, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "demo", "--addr", "127.0.0.1:0", "--db", url)
	cmd.Env = append(os.Environ(), "SOUK_TEST_AS=souk", "SOUK_MASTER_KEY="+masterKeyOfTests)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	address := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := openAt.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
			}
		}
	}()
	select {
	case a := <-address:
		return cmd, a
	case <-time.After(openLimit):
		t.Fatal("the demo did not print its address")
	}
	return nil, ""
}

// phone is a demo person's session, by HTTP.
type phone struct {
	base   string
	client *http.Client
}

func newPhone(t *testing.T, base string) phone {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := phone{base, &http.Client{Jar: jar, Timeout: 2 * time.Minute}}
	if err := p.call("GET", "/host/v1/session", nil, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p phone) call(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Souk", "1")
	req.Header.Set("X-Souk-App", string(demo.Coffee))
	res, err := p.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// buy orders and pays one americano, and returns its trade's number once the server has said that it is paid.
func (p phone) buy(key string) (string, error) {
	var trade struct{ TradeNo string }
	if err := p.call("POST", "/commerce/v1/trades", map[string]any{"key": key, "items": []any{map[string]any{"id": "americano", "quantity": 1}}}, &trade); err != nil {
		return "", err
	}
	var paid struct {
		Data struct{ ResultCode string }
	}
	if err := p.call("POST", "/my/"+string(demo.Coffee)+"/pay", map[string]any{"tradeNO": trade.TradeNo, "pin": demo.PIN}, &paid); err != nil {
		return "", err
	}
	if paid.Data.ResultCode != "9000" {
		return "", fmt.Errorf("resultCode %q", paid.Data.ResultCode)
	}
	return trade.TradeNo, nil
}

func TestKill9DuringAStreamOfPaymentsLosesNoAcknowledgedOne(t *testing.T) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) {
			url := dbtest.URL(t, engine)
			cmd, base := startDemo(t, url)
			rich(t, url, 20_000_00)
			acknowledged := payUntilKilled(t, cmd, newPhone(t, base))
			_, base = startDemo(t, url)
			p := newPhone(t, base)
			for _, no := range acknowledged {
				var trade struct{ Status string }
				if err := p.call("GET", "/commerce/v1/trades/"+no, nil, &trade); err != nil || trade.Status != "TRADE_SUCCESS" {
					t.Errorf("acknowledged payment %s is %q after the crash (%v)", no, trade.Status, err)
				}
			}
			verifies(t, url)
			t.Logf("%d acknowledged payments, all there after kill -9", len(acknowledged))
		})
	}
}

// rich puts money into the first person's wallet.
func rich(t *testing.T, url string, amount money.Fen) {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, url, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Write(ctx, func(tx *db.Tx) error {
		return wallet.TopUp(ctx, tx, wallet.Request{Person: demo.People[0].ID, Key: "rich", Amount: amount, Title: "for the test"})
	}); err != nil {
		t.Fatal(err)
	}
}

// payUntilKilled pays from several goroutines and kills the server in the middle.
func payUntilKilled(t *testing.T, cmd *exec.Cmd, p phone) []string {
	t.Helper()
	var mu sync.Mutex
	var acknowledged []string
	var group sync.WaitGroup
	var kill sync.Once
	for i := range payers {
		group.Go(func() {
			for n := 0; n < 1000; n++ {
				no, err := p.buy(fmt.Sprintf("%d-%d", i, n))
				if err != nil {
					return // the server is gone
				}
				mu.Lock()
				acknowledged = append(acknowledged, no)
				full := len(acknowledged) >= enough
				mu.Unlock()
				if full {
					kill.Do(func() { cmd.Process.Kill() })
				}
			}
		})
	}
	group.Wait()
	if len(acknowledged) < enough {
		t.Fatalf("only %d payments were acknowledged before the server ended", len(acknowledged))
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) {
		t.Fatalf("the server was to be killed: %v", err)
	}
	return acknowledged
}

// verifies runs souk verify on the database.
func verifies(t *testing.T, url string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "verify", "--db", url)
	cmd.Env = append(os.Environ(), "SOUK_TEST_AS=souk", "SOUK_MASTER_KEY="+masterKeyOfTests)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "The books are right.") {
		t.Errorf("souk verify: %v\n%s", err, out)
	}
}

func TestADatabaseOfANewerSoukIsRefusedWithOneSentence(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "souk.db")
	d, err := db.Open(context.Background(), url, schemas...)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO db_migration (room, number, name, hash, applied_at) VALUES ('pay', 9999, '9999_from_tomorrow', 'x', 0)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "demo", "--addr", "127.0.0.1:0", "--db", url)
	cmd.Env = append(os.Environ(), "SOUK_TEST_AS=souk", "SOUK_MASTER_KEY="+masterKeyOfTests)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("exit: %v", err)
	}
	if text := string(out); !strings.Contains(text, "written by a newer souk") || strings.Contains(text, "goroutine") || strings.Count(strings.TrimSpace(text), "\n") > 0 {
		t.Errorf("said: %s", text)
	}
}
