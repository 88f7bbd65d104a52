package my_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"souk/gateway/commerce"
	"souk/gateway/my"
	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/merchant"
	"souk/platform/wallet"
)

// phone is a person in the coffee program, as the shell speaks for them.
type phone struct {
	t     *testing.T
	doors http.Handler
	token string
	app   merchant.AppID
}

func seeded(t *testing.T, d *db.DB, dev bool) func(person identity.PersonID) phone {
	t.Helper()
	if err := demo.Seed(context.Background(), d); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/my/", my.New(my.Options{DB: d, Dev: dev}))
	mux.Handle("/commerce/v1/", commerce.New(d, nil))
	return func(person identity.PersonID) phone {
		t.Helper()
		var token string
		if err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
			token, err = identity.StartSession(context.Background(), tx, person)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return phone{t, mux, token, demo.Coffee}
	}
}

// call answers the status and the decoded JSON.
func (p phone) call(method, path string, body any) (int, map[string]any) {
	p.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(b))
	r.Header.Set("X-Souk", "1")
	r.Header.Set("X-Souk-App", string(p.app))
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: my.Cookie, Value: p.token})
	w := httptest.NewRecorder()
	p.doors.ServeHTTP(w, r)
	answer := map[string]any{}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		p.t.Fatalf("%s %s: %d %q", method, path, w.Code, w.Body.String())
	}
	return w.Code, answer
}

func (p phone) my(api string, body any) (int, map[string]any) {
	p.t.Helper()
	status, answer := p.call("POST", "/my/"+string(p.app)+"/"+api, body)
	if data, ok := answer["data"].(map[string]any); ok {
		return status, data
	}
	return status, answer
}

func (p phone) order(item string, quantity int, key string) (int, map[string]any) {
	p.t.Helper()
	return p.call("POST", "/commerce/v1/trades", map[string]any{"key": key, "items": []any{map[string]any{"id": item, "quantity": quantity}}})
}

func (p phone) want(what string, status int, answer map[string]any, wantStatus int, want map[string]any) {
	p.t.Helper()
	if status != wantStatus {
		p.t.Errorf("%s: status %d, not %d: %v", what, status, wantStatus, answer)
	}
	for k, v := range want {
		if fmt.Sprint(answer[k]) != fmt.Sprint(v) {
			p.t.Errorf("%s: %s is %v, not %v", what, k, answer[k], v)
		}
	}
}

func TestACoffeeIsOrderedAtTheServersPriceAndPaidWithThePINOnce(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		sign := seeded(t, d, false)
		lin, chen := sign(demo.People[0].ID), sign(demo.People[1].ID)

		status, menu := lin.call("GET", "/commerce/v1/items", nil)
		if items, _ := menu["items"].([]any); status != 200 || len(items) != 3 {
			t.Fatalf("menu: %d %v", status, menu)
		}
		status, trade := lin.order("latte", 2, "k#1")
		lin.want("order", status, trade, 200, map[string]any{"totalFen": 5600, "status": "WAIT_BUYER_PAY", "subject": "Harbour Latte × 2"})
		no := trade["tradeNo"]
		status, again := lin.order("latte", 2, "k#1")
		lin.want("the same order again", status, again, 200, map[string]any{"tradeNo": no})
		status, other := lin.order("latte", 3, "k#1")
		lin.want("the key with another order", status, other, 409, map[string]any{"error": "CONTEXT_INCONSISTENT"})

		status, due := lin.my("cashier", map[string]any{"tradeNO": no})
		lin.want("cashier", status, due, 200, map[string]any{"amount": "56.00", "merchant": "Northpier Coffee", "hasPin": true})
		if tender := due["tenders"].([]any)[0].(map[string]any); tender["available"] != "500.00" || tender["enough"] != true {
			t.Errorf("tender %v", tender)
		}
		status, refused := chen.my("cashier", map[string]any{"tradeNO": no})
		chen.want("another's trade", status, refused, 403, map[string]any{"fault": "TRADE_BUYER_NOT_MATCH"})

		status, refused = lin.my("pay", map[string]any{"tradeNO": no, "pin": "111111"})
		lin.want("a wrong PIN", status, refused, 403, map[string]any{"fault": "PIN_WRONG", "errorMessage": "the PIN is wrong: 4 tries left"})
		status, paid := lin.my("pay", map[string]any{"tradeNO": no, "pin": demo.PIN})
		lin.want("paying", status, paid, 200, map[string]any{"resultCode": "9000"})
		status, paid = lin.my("pay", map[string]any{"tradeNO": no, "pin": demo.PIN})
		lin.want("paying again", status, paid, 200, map[string]any{"resultCode": "9000"})
		status, refused = lin.my("cashier", map[string]any{"tradeNO": no})
		lin.want("the cashier of a paid trade", status, refused, 409, map[string]any{"fault": "TRADE_HAS_SUCCESS"})

		status, receipt := lin.call("GET", "/commerce/v1/trades/"+no.(string), nil)
		lin.want("receipt", status, receipt, 200, map[string]any{"status": "TRADE_SUCCESS"})
		status, mine := lin.call("GET", "/commerce/v1/trades", nil)
		if list, _ := mine["trades"].([]any); status != 200 || len(list) != 1 {
			t.Errorf("my trades: %d %v", status, mine)
		}
		status, refused = chen.call("GET", "/commerce/v1/trades/"+no.(string), nil)
		chen.want("another's receipt", status, refused, 404, map[string]any{"error": "TRADE_NOT_EXIST"})

		balance := wallet.Balance{}
		if err := d.Read(context.Background(), func(tx *db.Tx) (err error) {
			balance, err = wallet.Read(context.Background(), tx, demo.People[0].ID)
			return err
		}); err != nil || balance.Total != 444_00 {
			t.Errorf("the wallet holds %v, %v", balance.Total, err)
		}
	})
}

func TestAnEmptyWalletAndABadBasketAreRefusedInWordsAndNothingMoves(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		wu := seeded(t, d, false)(demo.People[3].ID)
		_, trade := wu.order("americano", 1, "k")
		status, due := wu.my("cashier", map[string]any{"tradeNO": trade["tradeNo"]})
		if tender := due["tenders"].([]any)[0].(map[string]any); status != 200 || tender["enough"] != false {
			t.Errorf("cashier: %d %v", status, due)
		}
		status, refused := wu.my("pay", map[string]any{"tradeNO": trade["tradeNo"], "pin": demo.PIN})
		wu.want("paying without money", status, refused, 409, map[string]any{"fault": "BUYER_BALANCE_NOT_ENOUGH"})
		status, after := wu.my("trade", map[string]any{"tradeNO": trade["tradeNo"]})
		wu.want("the trade still waits", status, after, 200, map[string]any{"status": "WAIT_BUYER_PAY"})
		for what, c := range map[string]struct {
			item     string
			quantity int
			key      string
			code     string
		}{
			"an unknown item": {"tea", 1, "a", "ITEM_NOT_FOUND"}, "no quantity": {"latte", 0, "b", "BASKET_INVALID"},
			"a negative quantity": {"latte", -1, "c", "BASKET_INVALID"}, "a huge quantity": {"latte", 1 << 40, "d", "BASKET_INVALID"}, "no key": {"latte", 1, "", "KEY_INVALID"},
		} {
			status, refused := wu.order(c.item, c.quantity, c.key)
			if status < 400 || status >= 500 || refused["error"] != c.code {
				t.Errorf("%s: %d %v", what, status, refused)
			}
		}
	})
}

func TestCallsFromAnotherSiteOrWithoutASessionAreRefused(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		lin := seeded(t, d, false)(demo.People[0].ID)
		plain := func(headers map[string]string, cookie string) int {
			r := httptest.NewRequest("POST", "/my/"+string(demo.Coffee)+"/getAuthCode", strings.NewReader("{}"))
			for k, v := range headers {
				r.Header.Set(k, v)
			}
			r.AddCookie(&http.Cookie{Name: my.Cookie, Value: cookie})
			w := httptest.NewRecorder()
			lin.doors.ServeHTTP(w, r)
			return w.Code
		}
		good := map[string]string{"X-Souk": "1", "Content-Type": "application/json"}
		if got := plain(good, lin.token); got != 200 {
			t.Errorf("the shell's call: %d", got)
		}
		if got := plain(map[string]string{"Content-Type": "application/json"}, lin.token); got != 403 {
			t.Errorf("without X-Souk: %d", got)
		}
		if got := plain(map[string]string{"X-Souk": "1", "Content-Type": "text/plain"}, lin.token); got != 403 {
			t.Errorf("a form's content type: %d", got)
		}
		if got := plain(good, "x"+lin.token); got != 401 {
			t.Errorf("a wrong cookie: %d", got)
		}
		status, refused := lin.my("launchMissiles", nil)
		lin.want("an unknown api", status, refused, 404, map[string]any{"error": 1})
	})
}
