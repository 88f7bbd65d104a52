package open

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
)

const (
	npmFolder  = "../../.cache/npm/node_modules" // cmd/selftest fills it
	npmPrivate = "../../.cache/npm-alipay-sdk"   // filled here when the first is missing
	sdkPackage = "alipay-sdk@4.14.0"
)

// nodeModules is a folder with the real npm SDK, fetched if need be.
func nodeModules(t *testing.T) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("this test runs the real npm SDK and needs %s: install the Debian packages nodejs and npm", tool)
		}
	}
	private := filepath.Join(npmPrivate, "node_modules")
	for _, folder := range []string{npmFolder, private} {
		if _, err := os.Stat(filepath.Join(folder, "alipay-sdk", "package.json")); err == nil {
			return absolute(t, folder)
		}
	}
	if err := os.MkdirAll(npmPrivate, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("npm", "install", "--prefix", npmPrivate, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", sdkPackage).CombinedOutput()
	if err != nil {
		t.Fatalf("npm could not fetch %s: %v\n%s", sdkPackage, err, out)
	}
	return absolute(t, private)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// shop is a folder with a script beside the SDK.
func shop(t *testing.T, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "shop.mjs"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(nodeModules(t), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// runNode runs a script; line sees every line that it prints.
func runNode(t *testing.T, dir string, env []string, line func(string), args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{"shop.mjs"}, args...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var trouble strings.Builder
	cmd.Stderr = &trouble
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the npm SDK's shop failed: %v\n%s", err, trouble.String())
	}
}

// listening puts a house on a real port, with its jobs running.
func listening(t *testing.T, engine string) *house {
	h := newHouse(t, engine)
	server := httptest.NewServer(h.handler)
	h.door.Base = server.URL
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); h.door.Run(ctx) }()
	t.Cleanup(func() { server.Close(); stop(); <-done })
	return h
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheNPMSDKTakesAPaymentEndToEnd(t *testing.T) {
	for _, mode := range []struct {
		name   string
		engine string
		cert   bool
		flags  []string
	}{
		{"v2 key", db.SQLite, false, nil},
		{"v2 AES", db.SQLite, false, []string{"--aes"}},
		{"v2 certificate", db.SQLite, true, nil},
		{"v3 key", db.SQLite, false, []string{"--v3"}},
		{"v3 AES", db.SQLite, false, []string{"--v3", "--aes"}},
		{"v3 certificate", db.SQLite, true, []string{"--v3"}},
		{"v2 key on PostgreSQL", db.Postgres, false, nil},
		{"v3 certificate and AES on PostgreSQL", db.Postgres, true, []string{"--v3", "--aes"}},
	} {
		t.Run(mode.name, func(t *testing.T) {
			h := listening(t, mode.engine)
			dir := shop(t, "../../docs/examples/take-a-payment.mjs")
			c := h.app(testKeys[0])
			if mode.cert {
				c = h.certifiedApp()
			}
			writeFile(t, dir, "card.json", string(jsonOf(t, c.card)))
			writeFile(t, dir, "key.txt", sign.PrivateText(c.key))
			var said []string
			runNode(t, dir, nil, func(line string) {
				said = append(said, line)
				if rest, ok := strings.CutPrefix(line, "TRADE "); ok {
					no, _, _ := strings.Cut(rest, " ")
					h.payAs(lin, no)
				}
			}, append([]string{"card.json", "key.txt"}, mode.flags...)...)
			if all := strings.Join(said, "\n"); !strings.Contains(all, "PAID 9.90") || !strings.Contains(all, "REFUNDED 1.90 of 9.90") {
				t.Errorf("the shop said:\n%s", all)
			}
			if b := h.balance(lin); b != "492.00" {
				t.Errorf("the payer has %s", b)
			}
			h.wantBooks()
		})
	}
}

func TestTheNPMSDKUnderstandsEveryRefusal(t *testing.T) {
	h := listening(t, dbtest.Engines[0])
	dir := shop(t, "testdata/odd-ends.mjs")
	c := h.app(testKeys[0])
	card, err := json.Marshal(c.card)
	if err != nil {
		t.Fatal(err)
	}
	order := ""
	runNode(t, dir, []string{"CARD=" + string(card), "PRIVATE_KEY=" + sign.PrivateText(c.key)}, func(line string) {
		order, _ = strings.CutPrefix(line, "ORDER ")
	})
	if made, err := h.door.SubmitOrder(t.Context(), order); err != nil || made.TradeNo == "" {
		t.Errorf("the order string %q: %v, %v", order, made, err)
	}
}
