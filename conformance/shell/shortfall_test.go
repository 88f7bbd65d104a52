package shell_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/pay"
	"souk/platform/wallet"
)

// spend takes money out of a wallet behind the shell's back.
func (p *phone) spend(person identity.PersonID, key string, amount money.Fen) {
	p.T.Helper()
	p.write(func(tx *db.Tx) error {
		return wallet.Withdraw(context.Background(), tx, wallet.Request{Person: person, Key: key, Amount: amount})
	})
}

// status is where a trade stands, in the database.
func (p *phone) status(no pay.No) (s pay.Status) {
	p.T.Helper()
	p.write(func(tx *db.Tx) error {
		t, err := pay.Find(context.Background(), tx, no)
		s = t.Status
		return err
	})
	return s
}

// losesTheFirstTopUp lets the first top-up arrive and its answer get lost, as in a tunnel.
func losesTheFirstTopUp(asked *atomic.Int64) wrap {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/wallet/topup") || asked.Add(1) > 1 {
				next.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(discard{}, r)
			answer(w, http.StatusServiceUnavailable, map[string]string{"code": "SYSTEM_ERROR", "message": "away for a moment"}) // a line that is cut the browser repeats by itself
		})
	}
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

func TestWhoHasTooLittleTopsUpAtTheCashierAndPaysTheSameTrade(t *testing.T) {
	var asked atomic.Int64
	p := openPhone(t, handset.Folder(t, till), "", losesTheFirstTopUp(&asked))
	trade := p.due("short-1", 812_30)
	p.at("#/cashier?tradeNO=" + string(trade.No))
	p.Sees(`.cashier .short`, "¥312.30 is missing")
	p.Sees(`.cashier .quick button[aria-pressed=true]`, "¥312.30")
	p.Shot("short")
	p.Tap(`.cashier .sheet-foot .wide`)
	p.Sees(`.cashier .problem`, "Away for a moment")
	p.balance(lin, "812.30")
	p.Tap(`.cashier .sheet-foot .wide`) // the answer was lost, not the money: it is not moved twice
	p.pin(demo.PIN)
	p.Sees(`.cashier .outcome`, "Paid")
	p.balance(lin, "0.00")
	if s := p.status(trade.No); s != pay.Success {
		t.Errorf("the trade is %s", s)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("the server was asked %d times to top up", n)
	}
}

func TestMoreThanIsMissingMayBeToppedUpAndLeavingKeepsTheTrade(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	trade := p.due("short-2", 500_01)
	if _, err := chrome.JS[bool](p.Tab, `(localStorage.setItem('souk.language', 'zh-Hans'), true)`); err != nil {
		t.Fatal(err)
	}
	p.Run(chromedp.Navigate(p.Base+"/?zh#/cashier?tradeNO="+string(trade.No)), chromedp.WaitVisible(chromedp.CSS(`.page`)))
	p.Sees(`.cashier .short`, "还差 ¥0.01")
	p.Tap(`.cashier .sheet-close`)
	p.Tap(`.layer.dialog.in .strong`)
	p.Misses(`.cashier`)
	if s := p.status(trade.No); s != pay.Waiting {
		t.Errorf("the trade is %s after the person left", s)
	}
	p.Tap(`.outcome-page button.wide`)
	p.Tap(`.cashier .quick button:nth-child(3)`)
	p.Shot("short-more")
	p.Tap(`.cashier .sheet-foot .wide`)
	p.pin(demo.PIN)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.cashier .outcome.good`)))
	p.balance(lin, "99.99")
}

func TestMoneyThatLeftWhileTheCashierStoodOpenIsMissedWhereItStands(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	trade := p.due("short-3", 400_00)
	p.at("#/cashier?tradeNO=" + string(trade.No))
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.cashier[data-step="pin"]`)))
	p.spend(lin, "meanwhile", 150_00)
	p.pin(demo.PIN)
	p.Sees(`.cashier .short`, "¥50.00 is missing")
	p.Tap(`.cashier .sheet-foot .wide`)
	p.pin(demo.PIN)
	p.Sees(`.cashier .outcome`, "Paid")
	p.balance(lin, "0.00")
	if n, err := chrome.JS[int](p.Tab, `document.querySelectorAll('.cashier').length`); err != nil || n != 1 {
		t.Errorf("%d cashiers, %v", n, err)
	}
}
