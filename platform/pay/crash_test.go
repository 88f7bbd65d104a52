package pay_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/pay"
)

// childURL in the environment makes this test program a stream of payments instead.
const childURL = "SOUK_TEST_PAY_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		if err := stream(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// stream pays one trade after the other, eight at a time, and prints each trade's number once its payment is acknowledged.
func stream(url string) error {
	d, err := db.Open(ctx, url, schemas...)
	if err != nil {
		return err
	}
	var n atomic.Int64
	problems := make(chan error)
	for worker := range 8 {
		go func() {
			for {
				var trade pay.Trade
				err := d.Write(ctx, func(tx *db.Tx) (err error) {
					trade, _, err = pay.Create(ctx, tx, pay.Order{App: shop, OutTradeNo: fmt.Sprintf("s%d", n.Add(1)), Subject: "Thing", Total: 1})
					return err
				})
				if err == nil {
					err = d.Write(ctx, func(tx *db.Tx) error {
						_, _, err := pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: person(worker)})
						return err
					})
				}
				if err != nil {
					problems <- err
					return
				}
				fmt.Println(trade.No)
			}
		}()
	}
	return <-problems
}

func TestKillingTheProcessLosesNoAcknowledgedPayment(t *testing.T) {
	const rounds, acknowledged = 3, 150
	dbtest.EachURL(t, func(t *testing.T, url string) {
		d, err := db.Open(ctx, url, schemas...)
		if err != nil {
			t.Fatal(err)
		}
		market(t, d, 8)
		d.Close()
		for range rounds {
			told := killAfter(t, url, acknowledged)
			d, err := db.Open(ctx, url, schemas...)
			if err != nil {
				t.Fatal(err)
			}
			for _, no := range told {
				var trade pay.Trade
				if err := d.Read(ctx, func(tx *db.Tx) (err error) { trade, err = pay.Find(ctx, tx, pay.No(no)); return err }); err != nil {
					t.Fatalf("acknowledged %s: %v", no, err)
				}
				if trade.Status != pay.Success {
					t.Errorf("acknowledged %s is %s", no, trade.Status)
				}
			}
			report := verify(t, d)
			t.Logf("%d acknowledged, %d entries after the crash", len(told), report.Entries)
			// A trade of the crash has its number already; clear the way for the next round's numbers.
			do(t, d, func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE pay_trade SET out_trade_no = 'x' || trade_no`)
				return err
			})
			d.Close()
		}
	})
}

// killAfter starts the stream, kills it without warning after so many lines, and answers the lines that were whole.
func killAfter(t *testing.T, url string, lines int) []string {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^$")
	child.Env = append(os.Environ(), childURL+"="+url)
	var problems strings.Builder
	child.Stderr = &problems
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for s := bufio.NewScanner(out); s.Scan(); {
		if len(s.Text()) == 28 {
			told = append(told, s.Text())
		}
		if len(told) == lines {
			child.Process.Kill()
		}
	}
	child.Wait()
	if len(told) < lines {
		t.Fatalf("only %d payments: %s", len(told), problems.String())
	}
	return told
}
