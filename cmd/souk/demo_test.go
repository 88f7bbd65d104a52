package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// health is what /healthz says.
type healthy struct{ Status, Version, Engine string }

func TestCtrlCStopsTheDemoAndASecondStartKeepsTheData(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "souk.db")
	cmd, base := startDemo(t, url)
	p := newPhone(t, base)
	var h healthy
	if err := p.call("GET", "/healthz", nil, &h); err != nil || h.Status != "ok" || h.Engine != "sqlite" || h.Version == "" {
		t.Errorf("healthz: %+v %v", h, err)
	}
	no, err := p.buy("first")
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("after Ctrl-C: %v", err)
	}
	if cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Error("the demo was ended by the signal; it is to stop by itself")
	}
	_, base = startDemo(t, url)
	var trade struct{ Status string }
	if err := newPhone(t, base).call("GET", "/commerce/v1/trades/"+no, nil, &trade); err != nil || trade.Status != "TRADE_SUCCESS" {
		t.Errorf("after the second start the purchase is %q: %v", trade.Status, err)
	}
	verifies(t, url)
}
