package host_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"souk/gateway/host"
	"souk/gateway/site"
	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/messenger"
	"souk/platform/pay"
	"souk/platform/wallet"
)

var ctx = context.Background()

// phone is the shell of one person: it keeps the cookie.
type phone struct {
	t      *testing.T
	door   http.Handler
	db     *db.DB
	cookie *http.Cookie
}

var lin, chen = demo.People[0], demo.People[1]

// each serves a demo, or a real service, on both engines.
func each(t *testing.T, o host.Options, f func(t *testing.T, p *phone)) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		if err := demo.Seed(ctx, d); err != nil {
			t.Fatal(err)
		}
		o.DB, o.Shelf, o.PINHint = d, &site.Shelf{}, demo.PIN
		f(t, &phone{t: t, door: host.New(o), db: d})
	})
}

func (p *phone) raw(method, path string, body any) *httptest.ResponseRecorder {
	p.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r := httptest.NewRequest(method, "/host/v1/"+path, bytes.NewReader(b))
	r.Header.Set("X-Souk", "1")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Test Phone")
	if p.cookie != nil {
		r.AddCookie(p.cookie)
	}
	w := httptest.NewRecorder()
	p.door.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.cookie = c
	}
	return w
}

func (p *phone) call(method, path string, body any) (int, map[string]any) {
	p.t.Helper()
	w := p.raw(method, path, body)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		p.t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
	}
	return w.Code, out
}

// gets is the answer of a call that must succeed.
func (p *phone) gets(method, path string, body any) map[string]any {
	p.t.Helper()
	status, out := p.call(method, path, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

// refused expects a call to be refused with a code.
func (p *phone) refused(code, method, path string, body any) {
	p.t.Helper()
	if status, out := p.call(method, path, body); status < 400 || out["code"] != code {
		p.t.Errorf("%s %s %v: %d %v, not %s", method, path, body, status, out, code)
	}
}

type fields map[string]any

// as signs another browser in.
func (p *phone) as(person identity.PersonID) *phone {
	p.t.Helper()
	other := &phone{t: p.t, door: p.door, db: p.db}
	if err := p.db.Write(ctx, func(tx *db.Tx) error {
		token, err := identity.StartSession(ctx, tx, person)
		other.cookie = &http.Cookie{Name: host.Cookie, Value: token}
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
	return other
}

func (p *phone) balance(want string) {
	p.t.Helper()
	if got := p.gets("GET", "wallet", nil)["balance"]; got != want {
		p.t.Errorf("the balance is %v, not %s", got, want)
	}
}

// books expects the ledger to agree with itself.
func (p *phone) books() {
	p.t.Helper()
	if err := p.db.Read(ctx, func(tx *db.Tx) error {
		r, err := ledger.Verify(ctx, tx)
		if len(r.Differences) > 0 {
			p.t.Error(r.Differences)
		}
		return err
	}); err != nil {
		p.t.Fatal(err)
	}
}

func TestMoneyLeavesTheWalletOnlyWithThePINAndOnceForEachTap(t *testing.T) {
	each(t, host.Options{Demo: true}, func(t *testing.T, p *phone) {
		a, b := p.as(lin.ID), p.as(chen.ID)
		found := a.gets("POST", "wallet/payee", fields{"phone": "138-0000-0002"})
		if found["name"] != "C* Mo" || found["nameZh"] != "*墨" || found["phone"] != "+86138****0002" || found["id"] != "" {
			t.Errorf("payee %v", found)
		}
		send := fields{"phone": "13800000002", "amount": "20.00", "note": "Dinner 晚饭", "key": "tap", "pin": demo.PIN}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() { a.as(lin.ID).gets("POST", "wallet/transfer", send) })
		}
		wg.Wait()
		a.gets("POST", "wallet/withdraw", fields{"amount": "30.00", "key": "w", "pin": demo.PIN})
		for code, body := range map[string]fields{
			"PIN_WRONG": {"phone": "13800000002", "amount": "1.00", "key": "x", "pin": "135792"}, "PROOF_MISSING": {"phone": "13800000002", "amount": "1.00", "key": "x"},
			"PAYEE_UNKNOWN": {"phone": "13900000000", "amount": "1.00", "key": "x", "pin": demo.PIN}, "PAYEE_SELF": {"phone": lin.Phone, "amount": "1.00", "key": "x", "pin": demo.PIN},
			"WALLET_BALANCE": {"phone": "13800000002", "amount": "9999.00", "key": "x", "pin": demo.PIN}, "WALLET_AMOUNT": {"phone": "13800000002", "amount": "0.00", "key": "x", "pin": demo.PIN},
			"NOTE_TOO_LONG":  {"phone": "13800000002", "amount": "1.00", "key": "x", "pin": demo.PIN, "note": strings.Repeat("长", 61)},
			"ENTRY_MISMATCH": {"phone": "13800000002", "amount": "21.00", "note": "Dinner 晚饭", "key": "tap", "pin": demo.PIN}, "REQUEST_KEY": {"phone": "13800000002", "amount": "1.00", "pin": demo.PIN},
		} {
			a.refused(code, "POST", "wallet/transfer", body)
		}
		a.balance("450.00")
		b.balance("1300.50")
		a.gets("POST", "wallet/limit", fields{"amount": "60.00", "pin": demo.PIN, "key": "l"})
		a.refused("WALLET_DAY_LIMIT", "POST", "wallet/withdraw", fields{"amount": "10.01", "key": "w2", "pin": demo.PIN})
		a.gets("POST", "wallet/withdraw", fields{"amount": "10.00", "key": "w3", "pin": demo.PIN})
		a.balance("440.00")
		p.books()
	})
}

func TestBillsAreSearchedFilteredPagedAndExported(t *testing.T) {
	each(t, host.Options{Demo: true}, func(t *testing.T, p *phone) {
		a := p.as(lin.ID)
		if err := p.db.Write(ctx, func(tx *db.Tx) error {
			for i := range 45 {
				r := wallet.Request{Person: lin.ID, Key: fmt.Sprint("k", i), Amount: 1_00, Title: fmt.Sprintf("=SUM(A%d)", i)}
				if err := wallet.Transfer(ctx, tx, r, chen.ID); err != nil {
					return err
				}
			}
			return wallet.Withdraw(ctx, tx, wallet.Request{Person: lin.ID, Key: "w", Amount: 2_00})
		}); err != nil {
			t.Fatal(err)
		}
		seen, before := map[any]bool{}, ""
		for {
			page := a.gets("GET", "bills?kind=transfer&q=sum&before="+before, nil)
			for _, b := range page["bills"].([]any) {
				bill := b.(map[string]any)
				seen[bill["id"]] = true
				if bill["counterparty"] != "Chen Mo" || bill["amount"] != "-1.00" {
					t.Fatalf("bill %v", bill)
				}
			}
			next, more := page["next"].(string)
			if !more {
				break
			}
			before = next
		}
		if len(seen) != 45 {
			t.Errorf("%d bills on the pages", len(seen))
		}
		today := string(ledger.DayOf(p.db.Now()))
		for query, want := range map[string]int{"kind=withdraw": 1, "kind=payment": 0, "q=withdraw": 1, "q=%E6%8F%90%E7%8E%B0": 1, "q=chen+mo": 20, "q=%E9%99%88%E5%A2%A8": 20, "q=nobody": 0, "q=-2.00": 1, "from=" + today: 20, "to=2020-01-01": 0, "q=%25": 0} {
			if n := len(a.gets("GET", "bills?"+query, nil)["bills"].([]any)); n != want {
				t.Errorf("%s: %d bills, not %d", query, n, want)
			}
		}
		for _, query := range []string{"kind=x", "from=yesterday", "to=2026-13-01", "q=" + strings.Repeat("a", 129)} {
			a.refused("BILL_SEARCH_INVALID", "GET", "bills?"+query, nil)
		}
		w := a.raw("GET", "bills.csv?kind=transfer&lang=zh-Hans", nil)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\uFEFF"))).ReadAll()
		if err != nil || len(rows) != 46 || rows[0][0] != "时间" || rows[1][1] != "转账" || !strings.HasPrefix(rows[1][2], "'=SUM") || rows[1][3] != "陈墨" || rows[1][4] != "-1.00" {
			t.Errorf("export: %v, %d rows, %q", err, len(rows), rows[:min(2, len(rows))])
		}
	})
}

func TestAPINIsChangedByTheOldOneOrByACodeSentToThePhone(t *testing.T) {
	each(t, host.Options{Demo: true}, func(t *testing.T, p *phone) {
		a := p.as(lin.ID)
		a.refused("PIN_SET", "POST", "pin", fields{"pin": "864209"})
		a.refused("PIN_WEAK", "POST", "pin", fields{"pin": "123456", "old": demo.PIN})
		a.refused("PIN_INVALID", "POST", "pin", fields{"pin": "86420", "old": demo.PIN})
		a.refused("PIN_WRONG", "POST", "pin", fields{"pin": "864209", "old": "135792"})
		if hint := a.gets("GET", "session", nil)["pinHint"]; hint != demo.PIN {
			t.Errorf("hint %v", hint)
		}
		a.gets("POST", "pin", fields{"pin": "864209", "old": demo.PIN})
		if hint := a.gets("GET", "session", nil)["pinHint"]; hint != nil {
			t.Errorf("a hint that is wrong: %v", hint)
		}
		for range identity.PINTries {
			a.call("POST", "wallet/withdraw", fields{"amount": "1.00", "key": "w", "pin": demo.PIN})
		}
		a.refused("PIN_LOCKED", "POST", "wallet/withdraw", fields{"amount": "1.00", "key": "w", "pin": "864209"})
		if s := a.gets("GET", "pin", nil); s["triesLeft"] != 0.0 || s["lockedUntil"] == nil {
			t.Errorf("state %v", s)
		}
		a.gets("POST", "pin/code", fields{})
		a.refused("PHONE_CODE_WRONG", "POST", "pin", fields{"pin": "975310", "code": "x"})
		a.gets("POST", "pin", fields{"pin": "975310", "code": a.received(lin.Phone)})
		a.gets("POST", "wallet/withdraw", fields{"amount": "1.00", "key": "w", "pin": "975310"})
	})
}

var sixDigits = regexp.MustCompile(`\d{6}`)

// received is the code in the last message that the simulated network delivered.
func (p *phone) received(number string) string {
	p.t.Helper()
	list := p.gets("GET", "inbox?phone="+number, nil)["messages"].([]any)
	if len(list) == 0 {
		p.t.Fatal("no message arrived")
	}
	return sixDigits.FindString(list[0].(map[string]any)["text"].(string))
}

func TestAnybodyWithAPhoneSignsInByTheCodeSentToIt(t *testing.T) {
	var sent bytes.Buffer
	journal := &messenger.Journal{Out: &sent, Now: func() int64 { return 1 }}
	each(t, host.Options{Messages: journal}, func(t *testing.T, p *phone) {
		sent.Reset()
		p.refused("NOT_SIGNED_IN", "GET", "session", nil)
		p.refused("NOT_A_DEMO", "POST", "session", fields{"person": lin.ID})
		p.refused("NO_INBOX", "GET", "inbox?phone=13800000001", nil)
		p.refused("PHONE_INVALID", "POST", "signin/code", fields{"phone": "me"})
		p.gets("POST", "signin/code", fields{"phone": "13912345678"})
		code := sixDigits.FindString(sent.String()[strings.Index(sent.String(), `"text"`):])
		p.refused("PHONE_CODE_WRONG", "POST", "signin", fields{"phone": "13812345678", "code": code})
		p.refused("PHONE_CODE_WRONG", "POST", "signin", fields{"phone": "13912345678", "code": ""})
		in := p.gets("POST", "signin", fields{"phone": "+86 139 1234 5678", "code": code})
		if in["fresh"] != true || in["pinHint"] != nil || len(in["people"].([]any)) != 0 {
			t.Errorf("session %v", in)
		}
		p.balance("0.00")
		p.gets("POST", "me", fields{"name": "Mei", "nameZh": "梅"})
		p.refused("PIN_MISSING", "POST", "wallet/withdraw", fields{"amount": "1.00", "key": "w", "pin": "864209"})
		p.gets("POST", "pin", fields{"pin": "864209"})
		list := p.gets("GET", "sessions", nil)["sessions"].([]any)
		if len(list) != 1 || list[0].(map[string]any)["agent"] != "Test Phone" || list[0].(map[string]any)["current"] != true {
			t.Errorf("sessions %v", list)
		}
		before := p.cookie
		p.gets("POST", "signout", fields{})
		p.cookie = before
		p.refused("NOT_SIGNED_IN", "GET", "wallet", nil)
	})
	each(t, host.Options{}, func(t *testing.T, p *phone) {
		p.refused("MESSAGES_OFF", "POST", "signin/code", fields{"phone": "13912345678"})
	})
}

func TestAPaymentCodeIsDrawnAndTellsWhatItPaid(t *testing.T) {
	each(t, host.Options{Demo: true}, func(t *testing.T, p *phone) {
		a := p.as(lin.ID)
		code := a.gets("POST", "paycode", fields{})
		number, rows := code["code"].(string), code["qr"].([]any)
		if len(number) != 18 || len(rows) < 21 || len(rows[0].(string)) != len(rows) || strings.Trim(code["bars"].(string), "01") != "" || len(code["bars"].(string)) < 100 {
			t.Errorf("code %v", code)
		}
		if s := a.gets("GET", "paycode/"+number, nil); s["state"] != "open" {
			t.Errorf("state %v", s)
		}
		p.as(chen.ID).refused("PAYMENT_AUTH_CODE_INVALID", "GET", "paycode/"+number, nil)
		if err := p.db.Write(ctx, func(tx *db.Tx) error {
			payer, err := wallet.UseCode(ctx, tx, number, string(demo.Coffee)+"/till-1")
			if err != nil {
				return err
			}
			trade, _, err := pay.Create(ctx, tx, pay.Order{App: demo.Coffee, OutTradeNo: "till-1", Subject: "A latte", Total: 28_00})
			if err == nil {
				_, _, err = pay.Confirm(ctx, tx, pay.Confirmation{No: trade.No, Payer: payer})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if s := a.gets("GET", "paycode/"+number, nil); s["state"] != "paid" || s["amount"] != "28.00" || s["merchant"] != "Northpier Coffee" {
			t.Errorf("state %v", s)
		}
		p.books()
	})
}

func TestACollectingCodeIsPaidByAnotherAndItsOwnerSeesWhoPaid(t *testing.T) {
	each(t, host.Options{Demo: true}, func(t *testing.T, p *phone) {
		a, b := p.as(lin.ID), p.as(chen.ID)
		made := a.gets("POST", "collect", fields{"amount": "12.50", "note": "Tea", "origin": "https://souk.example"})
		id := made["id"].(string)
		if made["url"] != "https://souk.example/#/collect/"+id || len(made["qr"].([]any)) < 21 {
			t.Errorf("code %v", made)
		}
		seen := b.gets("GET", "collect/"+id, nil)
		if seen["amount"] != "12.50" || seen["mine"] != false || seen["payee"].(map[string]any)["name"] != "L* Xia" || seen["payee"].(map[string]any)["id"] != "" {
			t.Errorf("seen %v", seen)
		}
		b.refused("COLLECT_AMOUNT", "POST", "wallet/transfer", fields{"collect": id, "amount": "12.00", "key": "c", "pin": demo.PIN})
		b.gets("POST", "wallet/transfer", fields{"collect": id, "amount": "12.50", "key": "c", "pin": demo.PIN})
		a.balance("512.50")
		mine := a.gets("GET", "collect/"+id, nil)
		if got := mine["received"].([]any); len(got) != 1 || got[0].(map[string]any)["from"] != "Chen Mo" || got[0].(map[string]any)["amount"] != "+12.50" {
			t.Errorf("received %v", mine)
		}
		a.refused("COLLECT_UNKNOWN", "GET", "collect/nothing", nil)
		a.refused("ORIGIN_INVALID", "POST", "collect", fields{"origin": "javascript:alert(1)"})
		a.refused("WALLET_AMOUNT", "POST", "collect", fields{"amount": "0.00", "origin": "https://souk.example"})
	})
}

func TestATradeIsShownToWhomItIsFor(t *testing.T) {
	each(t, host.Options{Demo: true}, func(t *testing.T, p *phone) {
		var trade pay.Trade
		if err := p.db.Write(ctx, func(tx *db.Tx) (err error) {
			trade, _, err = pay.Create(ctx, tx, pay.Order{App: demo.Coffee, OutTradeNo: "o", Subject: "A latte", Total: 28_00, Buyer: lin.ID})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if d := p.as(lin.ID).gets("GET", "due?tradeNO="+string(trade.No), nil); d["appId"] != string(demo.Coffee) || d["paid"] != false {
			t.Errorf("due %v", d)
		}
		p.as(chen.ID).refused("TRADE_BUYER_NOT_MATCH", "GET", "due?tradeNO="+string(trade.No), nil)
		p.as(chen.ID).refused("TRADE_NOT_EXIST", "GET", "due?tradeNO=1", nil)
	})
}
