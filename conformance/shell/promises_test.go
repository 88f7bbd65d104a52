package shell_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/kit/db"
	"souk/kit/money"
	"souk/platform/agreement"
	"souk/platform/demo"
	"souk/platform/hold"
	"souk/platform/identity"
)

// asks makes a deposit to agree to.
func (p *phone) asks(out string, amount money.Fen) (a hold.Auth) {
	p.T.Helper()
	p.write(func(tx *db.Tx) (err error) {
		a, _, err = hold.Ask(context.Background(), tx, hold.Request{App: demo.Coffee, OutOrderNo: out, OutRequestNo: "f", Title: "Cup deposit", Amount: amount})
		return err
	})
	return a
}

func (p *phone) auth(no hold.No) (a hold.Auth) {
	p.T.Helper()
	if err := p.DB.Read(context.Background(), func(tx *db.Tx) (err error) { a, err = hold.Find(context.Background(), tx, no); return err }); err != nil {
		p.T.Fatal(err)
	}
	return a
}

func TestADepositIsAgreedToWithThePINAndSeenUntilItEnds(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	a := p.asks("deposit-1", 120_00)
	p.at("#/cashier?authNO=" + string(a.No))
	p.Sees(`.outcome-page`, "Cup deposit")
	p.Sees(`.outcome-page .sum`, "120.00")
	p.Shot("question")
	p.Tap(`.outcome-page .wide`)
	p.proves("135792")
	p.Sees(`.pin-sheet .problem`, "4 tries left")
	if got := p.auth(a.No); got.Status != hold.Init {
		t.Errorf("after a wrong PIN it is %s", got.Status)
	}
	p.proves(demo.PIN)
	p.Sees(`.outcome-page`, "Reserved")
	if got := p.auth(a.No); got.Status != hold.Authorized || got.Payer != lin || got.Rest() != 120_00 {
		t.Errorf("%+v", got)
	}
	p.balance(lin, "500.00") // reserved, not paid
	p.at("#/promises")
	p.Sees(`.promises`, "¥120.00 reserved")
	p.Shot("promises")
	p.write(func(tx *db.Tx) error {
		_, err := hold.Unfreeze(context.Background(), tx, demo.Coffee, a.No, "u", 120_00, "")
		return err
	})
	p.Run(chromedp.Reload())
	p.Sees(`.promises`, "ended")
	p.at("#/cashier?authNO=1")
	p.Sees(`.outcome-page`, "No such authorisation")
	// Another person's deposit.
	p.become(chen)
	p.Run(chromedp.Navigate(p.Base+"/#/cashier?authNO="+string(a.No)), chromedp.Reload())
	p.Sees(`.outcome-page`, "for another person")
}

const depositTill = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Rent"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="pay" onTap="pay">rent</view><view>code {{code}}</view>
-- pages/index/index.js --
Page({ data: { code: 'none' }, pay() {
  this.setData({ code: 'waiting' });
  my.tradePay({ orderStr: 'signed', complete: (r) => this.setData({ code: (r.resultCode || 'error ' + r.error) + '.' }) });
} });
`

func TestAProgramsOrderStringMayAskForADeposit(t *testing.T) {
	var auth atomic.Value
	auth.Store("")
	p := openPhone(t, handset.Folder(t, depositTill), "", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/orderStr") { // the signature is gateway/open's to test
				answer(w, 200, map[string]any{"data": map[string]any{"authNO": auth.Load()}})
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	a := p.asks("rent-1", 80_00)
	auth.Store(string(a.No))
	p.OpenProgram()
	p.Press(`.pay`)
	p.Sees(`.pin-sheet`, "The amount is reserved, not paid")
	p.Sees(`.pin-sheet .sum`, "80.00")
	p.Shot("asked")
	p.Tap(`.pin-sheet .sheet-close`)
	p.Reads("code 6001.")
	p.Press(`.pay`)
	p.proves(demo.PIN)
	p.Reads("code 9000.")
	if got := p.auth(a.No); got.Status != hold.Authorized {
		t.Errorf("it is %s", got.Status)
	}
}

func TestAPersonSeesAndEndsAnAgreementToPay(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	ctx := context.Background()
	var signed agreement.Agreement
	p.write(func(tx *db.Tx) (err error) {
		if signed, err = agreement.Ask(ctx, tx, agreement.Paper{App: demo.Coffee, ExternalNo: "beans", Product: "GENERAL_WITHHOLDING_P", Subject: "Beans every month", Single: 60_00}); err != nil {
			return err
		}
		signed, err = agreement.Sign(ctx, tx, signed.No, lin)
		return err
	})
	p.at("#/me")
	p.Sees(`.page`, "Deposits and agreements")
	p.at("#/promises")
	p.Sees(`.promises`, "at most ¥60.00 each")
	// Nobody else can end it, nor see it.
	p.become(chen)
	code, err := chrome.JS[string](p.Tab, `fetch('/host/v1/agreements/end', {method: 'POST', headers: {'X-Souk': '1', 'Content-Type': 'application/json'}, body: '{"no":"`+string(signed.No)+`"}'}).then((r) => r.json()).then((a) => a.code)`)
	if err != nil || code != "AGREEMENT_NOT_EXIST" {
		t.Errorf("another's agreement: %q, %v", code, err)
	}
	p.become(lin)
	p.Tap(`.promises .link`)
	p.Sees(`.layer.dialog.in`, "End the agreement with Northpier Coffee?")
	p.Tap(`.layer.dialog.in .strong`)
	p.Sees(`.promises`, "ended")
	p.Shot("ended")
	if err := p.DB.Read(ctx, func(tx *db.Tx) (err error) { signed, err = agreement.Find(ctx, tx, signed.No); return err }); err != nil || signed.Status != agreement.Ended {
		t.Errorf("%s, %v", signed.Status, err)
	}
}

func TestAForgottenPINIsSetAgainByACodeSentToThePhone(t *testing.T) {
	p := openPhone(t, handset.Folder(t, till), "", nil)
	p.at("#/security")
	ask := func() string {
		p.Tap(`.block .row:nth-child(2)`)
		p.Sees(`.layer.dialog.in`, "Code sent to")
		words, err := chrome.JS[string](p.Tab, `document.querySelector('.layer.dialog.in .dialog-body').innerText`)
		if err != nil {
			t.Fatal(err)
		}
		return regexp.MustCompile(`(?m)\b\d{6}\b`).FindString(words)
	}
	chooses := func(code string) {
		p.types(`.layer.dialog.in .dialog-field`, code)
		p.Tap(`.layer.dialog.in .strong`)
		p.Sees(`.pin-sheet .cashier-ask`, "Choose six digits")
		p.proves("864209")
		p.Sees(`.pin-sheet .cashier-ask`, "Once more")
		p.proves("864209")
	}
	code := ask()
	p.Shot("code")
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	chooses(wrong)
	p.Sees(`.pin-sheet .problem`, "code")
	p.Shot("wrong")
	p.Tap(`.layer.in:not(.out) .sheet-close`)
	p.Misses(`.pin-sheet`)
	if err := identity.CheckPIN(context.Background(), p.DB, lin, demo.PIN); err != nil {
		t.Errorf("after a wrong code the old PIN: %v", err)
	}
	chooses(ask())
	p.Misses(`.pin-sheet`)
	if err := identity.CheckPIN(context.Background(), p.DB, lin, "864209"); err != nil {
		t.Errorf("the new PIN: %v", err)
	}
	if err := identity.CheckPIN(context.Background(), p.DB, lin, demo.PIN); err == nil {
		t.Error("the old PIN still works")
	}
}
