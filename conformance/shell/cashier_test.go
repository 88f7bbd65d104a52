package shell_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

const till = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Till"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="pay" onTap="pay">pay</view><view>code {{code}}</view>
-- pages/index/index.js --
Page({ data: { code: 'none' }, pay() {
  this.setData({ code: 'waiting' });
  my.tradePay({ tradeNO: '2026112200000000000000000001', complete: (r) => this.setData({ code: (r.resultCode || 'error ' + r.error) + '.' }) });
} });
`

// bank plays the server's part of a payment: what each api answers.
type bank struct {
	enough bool
	pay    func(w http.ResponseWriter, pin string)
	trade  string // status
	calls  atomic.Int64
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refusal(status int, code, words string) func(http.ResponseWriter, string) {
	return func(w http.ResponseWriter, _ string) {
		answer(w, status, map[string]any{"error": 3, "errorMessage": words, "fault": code})
	}
}

func hangUp(w http.ResponseWriter, _ string) {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
}

func paid(w http.ResponseWriter, _ string) {
	answer(w, 200, map[string]any{"data": map[string]string{"resultCode": "9000"}})
}

func (b *bank) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch api := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]; {
		case !strings.HasPrefix(r.URL.Path, "/my/"):
			next.ServeHTTP(w, r)
		case api == "cashier":
			answer(w, 200, map[string]any{"data": map[string]any{"tradeNO": "2026112200000000000000000001", "amount": "12.30", "merchant": "A Shop", "subject": "A thing",
				"tenders": []map[string]any{{"id": "balance", "kind": "balance", "available": map[bool]string{true: "100.00", false: "5.00"}[b.enough], "enough": b.enough}}}})
		case api == "pay":
			b.calls.Add(1)
			b.pay(w, "")
		case api == "trade":
			answer(w, 200, map[string]any{"data": map[string]string{"status": b.trade}})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func TestEveryEndOfAPaymentHasItsResultCode(t *testing.T) {
	dir := handset.Folder(t, till)
	rows := []struct {
		name string
		bank *bank
		do   func(p *phone)
		code string
	}{
		{"paid", &bank{enough: true, pay: paid}, func(p *phone) { p.pin("246810"); p.Tap(`.outcome.good ~ .sheet-foot .wide`) }, "9000"},
		{"closed by the person", &bank{enough: true, pay: paid}, func(p *phone) {
			p.Sees(`.cashier`, "12.30")
			p.Tap(`.cashier .sheet-close`)
			p.Sees(`.layer.dialog.in`, "Leave without paying?")
			p.Tap(`.layer.dialog.in .strong`)
		}, "6001"},
		{"refused for the balance", &bank{enough: true, pay: refusal(409, "BUYER_BALANCE_NOT_ENOUGH", "the balance is not enough")}, func(p *phone) {
			p.pin("246810")
			p.Sees(`.outcome.bad`, "The balance is not enough")
			p.Tap(`.cashier .wide`)
		}, "4000"},
		{"PIN locked", &bank{enough: true, pay: refusal(429, "PIN_LOCKED", "too many wrong PINs")}, func(p *phone) {
			p.pin("111222")
			p.Sees(`.outcome.bad`, "Too many wrong PINs")
			p.Tap(`.cashier .sheet-close`)
		}, "4000"},
		{"connection lost before anything happened", &bank{enough: true, pay: hangUp, trade: "WAIT_BUYER_PAY"}, func(p *phone) {
			p.pin("246810")
			p.Sees(`.outcome.bad`, "No connection")
			p.Tap(`.cashier .sheet-close`)
		}, "6002"},
		{"connection lost after the money moved", &bank{enough: true, pay: hangUp, trade: "TRADE_SUCCESS"}, func(p *phone) { p.pin("246810") }, "9000"},
		{"nobody knows", &bank{enough: true, pay: refusal(503, "SYSTEM_ERROR", "away"), trade: "UNKNOWN"}, func(p *phone) {
			p.pin("246810")
			p.Sees(`.outcome.doubt`, "not known yet")
			p.Tap(`.cashier .wide`)
		}, "6004"},
		{"too little to begin with", &bank{enough: false, pay: paid}, func(p *phone) {
			p.Sees(`.cashier .short`, "balance is too low: ¥7.30 is missing")
			p.Tap(`.cashier .sheet-close`)
			p.Tap(`.layer.dialog.in .strong`)
		}, "6001"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			p := openPhone(t, dir, "", row.bank.wrap)
			p.OpenProgram()
			p.Press(`.pay`)
			p.Sees(`.cashier`, "A Shop")
			row.do(p)
			p.Reads("code " + row.code + ".")
			p.Misses(`.cashier`)
		})
	}
}

func TestTwoTapsOnPayShowOneCashierAfterTheOtherAndTheKeyboardTypesThePIN(t *testing.T) {
	b := &bank{enough: true, pay: paid}
	p := openPhone(t, handset.Folder(t, till), "", b.wrap)
	p.OpenProgram()
	p.Press(`.pay`)
	p.Sees(`.cashier[data-step="pin"]`, "A Shop")
	if n, err := chrome.JS[int](p.Tab, `document.querySelectorAll('.cashier').length`); err != nil || n != 1 {
		t.Fatalf("%d cashiers, %v", n, err)
	}
	p.Run(chromedp.KeyEvent("24681" + kb.Backspace + "10"))
	p.Sees(`.outcome`, "Paid")
	if n := b.calls.Load(); n != 1 {
		t.Errorf("the server was asked %d times to pay", n)
	}
	p.Run(chromedp.KeyEvent(kb.Enter))
	p.Reads("code 9000.")
}

const talk = `
-- app.json --
{"pages": ["pages/index/index", "pages/two/two"], "window": {"defaultTitle": "Talk"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view a:for="{{names}}" class="{{item}}" data-name="{{item}}" onTap="run">{{item}}</view><view>said {{said}}</view>
-- pages/index/index.js --
const say = (page, v) => page.setData({ said: JSON.stringify(v) });
const calls = {
  alert: (done) => my.alert({ title: 'Title', content: 'words', buttonText: 'Fine', success: done }),
  confirm: (done) => my.confirm({ title: 'Sure?', confirmButtonText: 'Yes', cancelButtonText: 'No', success: done }),
  prompt: (done) => my.prompt({ title: 'Name', message: 'Yours', placeholder: 'name', success: done }),
  sheet: (done) => my.showActionSheet({ title: 'Pick', items: ['one', 'two', 'three'], success: done }),
  city: (done) => my.chooseCity({ success: done, fail: done }),
  date: (done) => my.datePicker({ format: 'yyyy-MM-dd', currentDate: '2026-02-28', success: done }),
  phone: (done) => my.getPhoneNumber({ success: () => done('given'), fail: (e) => done(e) }),
  gone: (done) => my.call('noSuchThing', {}, (r) => done(r)),
  toast: (done) => { my.showToast({ content: 'hello there', duration: 60000 }); done(1); },
  two: () => my.navigateTo({ url: '/pages/two/two?a=b' }),
};
Page({ data: { names: Object.keys(calls), said: 'nothing' }, run(e) { calls[e.currentTarget.dataset.name]((v) => say(this, v)); } });
-- pages/two/two.json --
{"defaultTitle": "Second"}
-- pages/two/two.axml --
<view>second page {{a}}</view><view class="stay" onTap="stay">stay</view>
-- pages/two/two.js --
Page({ data: {}, onLoad(q) { this.setData({ a: q.a }); }, stay() { my.enableAlertBeforeUnload({ message: 'Really?' }); } });
`

func TestDialogsAnswerTheProgramInItsOwnShapes(t *testing.T) {
	p := openPhone(t, handset.Folder(t, talk), "", nil)
	p.OpenProgram()
	answer := func(selector string) { p.Tap(`.layer.in ` + selector) }
	p.Press(`.alert`)
	p.Sees(`.dialog.in`, "words")
	answer(`.strong`)
	p.Reads("said {}")
	p.Press(`.confirm`)
	p.Sees(`.dialog.in`, "Sure?")
	answer(`.dialog-buttons button:first-child`)
	p.Reads(`said {"confirm":false}`)
	p.Press(`.prompt`)
	p.Sees(`.dialog.in`, "Yours")
	p.Run(chromedp.KeyEvent("Lin" + kb.Enter))
	p.Reads(`said {"ok":true,"inputValue":"Lin"}`)
	p.Press(`.sheet`)
	p.Sees(`.sheet.in`, "three")
	answer(`.choice:nth-of-type(2)`)
	p.Reads(`said {"index":1}`)
	p.Press(`.date`)
	p.Sees(`.sheet.in`, "2026")
	answer(`.sheet-foot .wide`)
	p.Reads(`said {"date":"2026-02-28"}`)
	p.Press(`.city`)
	p.Sees(`.sheet.in`, "北京市")
	answer(`.sheet-foot .wide`)
	p.Reads(`"adCode":"110100"`)
	p.Press(`.toast`)
	p.Sees(`.toast`, "hello there")
}

func TestAPermissionIsAskedOnceRememberedAndCanBeTakenBack(t *testing.T) {
	p := openPhone(t, handset.Folder(t, talk), "", nil)
	p.OpenProgram()
	p.Press(`.phone`)
	p.Sees(`.consent`, "Read your phone number")
	p.Tap(`.consent .deny`)
	p.Reads(`"error":11`)
	p.Press(`.phone`)
	p.Tap(`.layer.in .consent .allow`)
	p.Reads(`said "given"`)
	p.Tap(`.capsule-menu`)
	p.Tap(`.menu-act:nth-of-type(3)`)
	p.Sees(`.sheet.in .list`, "Read your phone number")
	p.Tap(`.sheet.in .switch[aria-checked="true"]`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.sheet.in .switch[aria-checked="false"]`)))
	p.Tap(`.sheet.in .sheet-close`)
	p.Misses(`.layer.sheet`)
	p.Press(`.phone`)
	p.Sees(`.consent`, "Read your phone number")
}

func TestTheBrowsersBackButtonLeavesPagesOneByOneThenTheProgram(t *testing.T) {
	p := openPhone(t, handset.Folder(t, talk), "", nil)
	p.Tap(`.tile[data-app]`)
	p.Press(`.two`)
	p.Reads("second page b")
	p.Sees(`.program:not(.warm) .bar-title`, "Second")
	p.Run(chromedp.NavigateBack())
	p.Sees(`.program:not(.warm) .bar-title`, "Talk")
	p.Reads("said nothing")
	p.Run(chromedp.NavigateBack())
	p.Until("the first page", func() bool {
		hash, err := chrome.JS[string](p.Tab, `location.hash`)
		return err == nil && (hash == "" || hash == "#/")
	})
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.brand`)))
}

func TestAProgramOpenedAgainIsWhereItWasLeftAndAPageMayAskBeforeItIsLeft(t *testing.T) {
	p := openPhone(t, handset.Folder(t, talk), "", nil)
	p.Tap(`.tile[data-app]`)
	p.Press(`.two`)
	p.Reads("second page b")
	p.Tap(`.program:not(.warm) .capsule-close`)
	p.Tap(`.page.home .tile[data-app]`)
	p.Reads("second page b")
	p.Press(`.stay`)
	p.Tap(`.program:not(.warm):not(.behind) .bar-button`)
	p.Sees(`.dialog.in`, "Really?")
	p.Tap(`.dialog.in .dialog-buttons button:first-child`)
	p.Misses(`.dialog`)
	p.Run(chromedp.NavigateBack())
	p.Sees(`.dialog.in`, "Really?")
	p.Tap(`.dialog.in .strong`)
	p.Reads("said nothing")
}

func TestALinkOpensAPageWithItsQuery(t *testing.T) {
	p := openPhone(t, handset.Folder(t, talk), "", nil)
	p.Run(chromedp.Navigate(fmt.Sprintf("%s/?x#/program/%s?page=pages/two/two&query=a%%3Dlinked", p.Base, p.App)))
	p.Reads("second page linked")
	p.Sees(`.program:not(.warm) .bar-title`, "Second")
}
