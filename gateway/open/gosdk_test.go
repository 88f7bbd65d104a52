package open

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/sign"
)

// goShop builds testdata/gosdk, a module of its own that uses the real Go SDKs; the Go tool fetches them.
func goShop(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "shop")
	build := exec.Command("go", "build", "-mod=readonly", "-o", binary, ".")
	build.Dir = "testdata/gosdk"
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the shop on the Go SDKs does not build: %v\n%s", err, out)
	}
	return binary
}

// watched runs a program of a shop; every line that it prints is looked at, and a trade that it names is paid.
func watched(t *testing.T, h *house, cmd *exec.Cmd) (said string) {
	t.Helper()
	var trouble strings.Builder
	cmd.Stderr = &trouble
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said += lines.Text() + "\n"
		if rest, ok := strings.CutPrefix(lines.Text(), "TRADE "); ok {
			no, _, _ := strings.Cut(rest, " ")
			h.payAs(lin, no)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the shop failed: %v\n%s%s", err, said, trouble.String())
	}
	return said
}

func TestTheGoSDKsTakeAPaymentEndToEnd(t *testing.T) {
	shop := goShop(t)
	for _, mode := range []struct {
		name, sdk, engine string
		cert              bool
		flags             []string
	}{
		{"smartwalle, key", "smartwalle", db.SQLite, false, nil},
		{"smartwalle, key and AES", "smartwalle", db.SQLite, false, []string{"aes"}},
		{"smartwalle, certificate", "smartwalle", db.Postgres, true, nil},
		{"smartwalle, certificate and AES", "smartwalle", db.SQLite, true, []string{"aes"}},
		{"gopay v2, key", "gopay", db.SQLite, false, nil},
		{"gopay v2, certificate", "gopay", db.SQLite, true, nil},
		{"gopay v3, certificate", "gopay3", db.Postgres, true, nil},
	} {
		t.Run(mode.name, func(t *testing.T) {
			h := listening(t, mode.engine)
			c := h.app(testKeys[0])
			if mode.cert {
				c = h.certifiedApp()
			}
			dir := t.TempDir()
			writeFile(t, dir, "card.json", string(jsonOf(t, c.card)))
			writeFile(t, dir, "key.txt", sign.PrivateText(c.key))
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, shop, append([]string{mode.sdk, "card.json", "key.txt"}, mode.flags...)...)
			cmd.Dir, cmd.Env = dir, os.Environ()
			if said := watched(t, h, cmd); !strings.Contains(said, "PAID 9.90") || !strings.Contains(said, "REFUNDED 1.90 of 9.90") {
				t.Errorf("the shop said:\n%s", said)
			}
			if b := h.balance(lin); b != "492.00" {
				t.Errorf("the payer has %s", b)
			}
			h.wantBooks()
		})
	}
}
