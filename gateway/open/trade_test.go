package open

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"souk/kit/db/dbtest"
	"souk/kit/sign"
)

func readFile(dir, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, name))
	return string(text), err
}

type fields map[string]any

func order(outTradeNo, total string) fields {
	return fields{"out_trade_no": outTradeNo, "total_amount": total, "subject": `拿铁 & "大杯" +1`}
}

// modes are the ways in which one app can call.
func modes(h *house) map[string]*client {
	key, encrypted, sha1 := h.app(testKeys[0]), h.app(testKeys[0]), h.app(testKeys[0])
	encrypted.aes, sha1.kind = true, sign.RSA
	certified := h.certifiedApp()
	both := *certified
	both.aes = true
	return map[string]*client{"key": key, "AES": encrypted, "RSA": sha1, "certificate": certified, "certificate and AES": &both}
}

func TestAV2ClientCreatesIsPaidQueriesAndRefundsInEveryMode(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		n := 0
		for mode, c := range modes(h) {
			n++
			out := "ORD" + string(rune('A'+n))
			made := c.want("alipay.trade.create", order(out, "10.00"))
			if again := c.want("alipay.trade.create", order(out, "10.00")); again.text("trade_no") != made.text("trade_no") {
				t.Errorf("%s: the same order makes another trade", mode)
			}
			if q := c.want("alipay.trade.query", fields{"out_trade_no": out}); q.text("trade_status") != "WAIT_BUYER_PAY" || q["buyer_open_id"] != nil {
				t.Errorf("%s: before payment %v", mode, q)
			}
			h.payAs(lin, made.text("trade_no"))
			q := c.want("alipay.trade.query", fields{"trade_no": made["trade_no"], "query_options": []string{"fund_bill_list"}})
			if q.text("trade_status") != "TRADE_SUCCESS" || q.text("total_amount") != "10.00" || q.text("buyer_logon_id") != "861****0001" ||
				len(q["fund_bill_list"].([]any)) != 1 || len(q.text("buyer_open_id")) < 20 {
				t.Errorf("%s: after payment %v", mode, q)
			}
			r := c.want("alipay.trade.refund", fields{"out_trade_no": out, "refund_amount": "4.00", "out_request_no": "r1"})
			again := c.want("alipay.trade.refund", fields{"out_trade_no": out, "refund_amount": 4, "out_request_no": "r1"})
			if r.text("fund_change") != "Y" || again.text("fund_change") != "N" || again.text("refund_fee") != "4.00" {
				t.Errorf("%s: refund %v, again %v", mode, r, again)
			}
			if f := c.want("alipay.trade.fastpay.refund.query", fields{"out_trade_no": out, "out_request_no": "r1"}); f.text("refund_status") != "REFUND_SUCCESS" {
				t.Errorf("%s: refund query %v", mode, f)
			}
			if f := c.want("alipay.trade.fastpay.refund.query", fields{"out_trade_no": out, "out_request_no": "r2"}); f["refund_status"] != nil {
				t.Errorf("%s: a refund that never was: %v", mode, f)
			}
			whole := c.want("alipay.trade.refund", fields{"out_trade_no": out, "refund_amount": "6.00", "out_request_no": "r2"})
			if q := c.want("alipay.trade.query", fields{"out_trade_no": out}); whole.text("refund_fee") != "10.00" || q.text("trade_status") != "TRADE_CLOSED" {
				t.Errorf("%s: wholly refunded %v, %v", mode, whole, q)
			}
		}
		if b := h.balance(lin); b != "500.00" {
			t.Errorf("all was refunded, yet the payer has %s", b)
		}
		h.wantBooks()
	})
}

func TestAV3ClientCreatesIsPaidQueriesAndRefundsInEveryMode(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for mode, c := range modes(h) {
			if c.kind == sign.RSA {
				continue // v3 knows RSA2 only
			}
			out := "V3" + strings.ReplaceAll(mode, " ", "_")
			status, made := c.v3("POST", "/v3/alipay/trade/create", order(out, "0.02"), "")
			if status != 200 || made["code"] != nil {
				t.Fatalf("%s: %d %v", mode, status, made)
			}
			h.payAs(lin, made.text("trade_no"))
			status, q := c.v3("POST", "/v3/alipay/trade/query", fields{"out_trade_no": out}, "")
			if status != 200 || q.text("trade_status") != "TRADE_SUCCESS" {
				t.Errorf("%s: %d %v", mode, status, q)
			}
			status, r := c.v3("POST", "/v3/alipay/trade/refund", fields{"out_trade_no": out, "refund_amount": "0.02"}, "")
			if status != 200 || r.text("fund_change") != "Y" {
				t.Errorf("%s: %d %v", mode, status, r)
			}
			status, e := c.v3("POST", "/v3/alipay/trade/query", fields{"out_trade_no": "none"}, "")
			links, _ := e["links"].([]any)
			if status != 400 || e.text("code") != "ACQ.TRADE_NOT_EXIST" || e.text("message") != "交易不存在" || len(links) != 1 {
				t.Errorf("%s: %d %v", mode, status, e)
			}
		}
		h.wantBooks()
	})
}

func TestAPaymentCodeIsTakenOnceAndABigOneWaitsForItsPayer(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		pay := func(out, total, code string) answer {
			o := order(out, total)
			o["auth_code"], o["scene"] = code, "bar_code"
			return c.v2("alipay.trade.pay", o)
		}
		code := h.paymentCode(lin)
		first, again := pay("P1", "88.00", code), pay("P1", "88.00", code)
		if first.text("code") != "10000" || first.text("trade_no") != again.text("trade_no") || again.text("code") != "10000" {
			t.Errorf("first %v, again %v", first, again)
		}
		if a := pay("P2", "1.00", code); a.text("sub_code") != "ACQ.PAYMENT_AUTH_CODE_INVALID" {
			t.Errorf("the same code for another trade: %v", a)
		}
		if a := pay("P3", "1.00", h.paymentCode(poor)); a.text("sub_code") != "ACQ.BUYER_BALANCE_NOT_ENOUGH" {
			t.Errorf("an empty wallet: %v", a)
		}
		c.refused("ACQ.TRADE_NOT_EXIST", "alipay.trade.query", fields{"out_trade_no": "P3"})
		big := pay("P4", "1000.01", h.paymentCode(lin))
		if big.text("code") != "10003" || big.text("msg") != "order success pay inprocess" {
			t.Errorf("a big payment: %v", big)
		}
		if a := c.want("alipay.trade.cancel", fields{"out_trade_no": "P4"}); a.text("action") != "close" || a.text("retry_flag") != "N" {
			t.Errorf("cancel: %v", a)
		}
		if a := c.want("alipay.trade.cancel", fields{"out_trade_no": "P1"}); a.text("action") != "refund" {
			t.Errorf("cancel after payment: %v", a)
		}
		if a := c.want("alipay.trade.cancel", fields{"out_trade_no": "P9"}); a["action"] != nil {
			t.Errorf("cancel of nothing: %v", a)
		}
		if b := h.balance(lin); b != "500.00" {
			t.Errorf("balance %s", b)
		}
		h.wantBooks()
	})
}

func TestAPrecreatedTradeExistsFromTheFirstScan(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		qr := c.want("alipay.trade.precreate", order("Q1", "3.00")).text("qr_code")
		c.refused("ACQ.TRADE_NOT_EXIST", "alipay.trade.query", fields{"out_trade_no": "Q1"})
		c.refused("ACQ.APPLY_PC_MERCHANT_CODE_ERROR", "alipay.trade.precreate", order("Q1", "4.00"))
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", strings.TrimPrefix(qr, h.door.Base), nil))
		to := w.Header().Get("Location")
		if w.Code != 302 || !strings.HasPrefix(to, "/#/cashier?tradeNO=") {
			t.Fatalf("scan: %d %s", w.Code, to)
		}
		c.want("alipay.trade.query", fields{"out_trade_no": "Q1"})
		w = httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", qrPath+"1", nil))
		if w.Code != 404 || !strings.Contains(w.Body.String(), "ACQ.TRADE_NOT_EXIST") {
			t.Errorf("an unknown code: %d %s", w.Code, w.Body)
		}
	})
}

func TestAPagePaymentGoesToTheCashierAndComesBackSigned(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	p := c.params("alipay.trade.page.pay", order("W1", "5.00"), "return_url", "https://shop.example/back?x=1#done")
	w := h.post(p)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != 302 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	q, err := url.ParseQuery(strings.TrimPrefix(to.Fragment, "/cashier?"))
	if err != nil {
		t.Fatal(err)
	}
	back := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", q.Get("return"), nil))
		return w
	}
	if w := back(); w.Code != 404 {
		t.Errorf("back before payment: %d", w.Code)
	}
	h.payAs(lin, q.Get("tradeNO"))
	home, err := url.Parse(back().Header().Get("Location"))
	if err != nil || home.Host != "shop.example" || home.Fragment != "done" || home.Query().Get("x") != "1" {
		t.Fatalf("back to %v, %v", home, err)
	}
	params := map[string]string{}
	for k := range home.Query() {
		params[k] = home.Query().Get(k)
	}
	delete(params, "x")
	if err := sign.Verify(&h.door.own.Key.PublicKey, sign.RSA2, sign.NotifyString(params), params["sign"]); err != nil || params["out_trade_no"] != "W1" {
		t.Errorf("%v %v", params, err)
	}
	p["sign"] = "AAAA"
	if w := h.post(p); w.Code != 200 || !strings.Contains(w.Body.String(), "isv.invalid-signature") || !strings.Contains(w.Header().Get("Content-Type"), "html") {
		t.Errorf("a forged form: %d %s", w.Code, w.Body)
	}
}

func TestAnOrderStringMakesItsTradeWhenTheClientSubmitsIt(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	p := c.params("alipay.trade.app.pay", order("A1", "6.00"))
	parts := []string{}
	for k, v := range p {
		parts = append(parts, k+"="+strings.ReplaceAll(url.QueryEscape(v), "+", "%20"))
	}
	c.refused("ACQ.TRADE_NOT_EXIST", "alipay.trade.query", fields{"out_trade_no": "A1"})
	made, err := h.door.SubmitOrder(t.Context(), strings.Join(parts, "&"))
	if err != nil {
		t.Fatal(err)
	}
	if q := c.want("alipay.trade.query", fields{"out_trade_no": "A1"}); q.text("trade_no") != string(made.TradeNo) {
		t.Errorf("%v, want %v", q, made)
	}
	for _, bad := range []string{"", "x", strings.Join(parts[1:], "&"), strings.Join(parts, "&") + "&a=b"} {
		if no, err := h.door.SubmitOrder(t.Context(), bad); err == nil {
			t.Errorf("%q makes %v", bad, no)
		}
	}
}
