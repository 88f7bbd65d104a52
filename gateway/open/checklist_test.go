package open

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/identity"
)

// Rules of the wire that no other test names. The others stand where their names say: signatures and vectors (vectors_test.go,
// kit/sign), envelopes (cut_test.go, envelope_test.go), header case and targets (wire_test.go), order of checks (attack_test.go).

func TestParametersCountTheSameInQueryFormAndParts(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	c.want("alipay.trade.create", order("P1", "1.00"))
	for where, split := range map[string]func(name string) string{
		"all in the query":            func(string) string { return "query" },
		"system in the query":         func(name string) string { return map[bool]string{true: "part", false: "query"}[name == "biz_content"] },
		"all as parts":                func(string) string { return "part" },
		"sign alone in the query":     func(name string) string { return map[bool]string{true: "query", false: "part"}[name == "sign"] },
		"content alone in the query":  func(name string) string { return map[bool]string{true: "query", false: "part"}[name == "biz_content"] },
		"query and a form, as npm v2": func(name string) string { return map[bool]string{true: "form", false: "query"}[name == "biz_content"] },
	} {
		query, form := url.Values{}, url.Values{}
		var body bytes.Buffer
		parts := multipart.NewWriter(&body)
		for name, value := range c.params("alipay.trade.query", fields{"out_trade_no": "P1"}) {
			switch split(name) {
			case "query":
				query.Set(name, value)
			case "form":
				form.Set(name, value)
			default:
				parts.WriteField(name, value)
			}
		}
		parts.Close()
		kind := parts.FormDataContentType()
		if len(form) > 0 {
			body.Reset()
			body.WriteString(form.Encode())
			kind = "application/x-www-form-urlencoded"
		}
		r := httptest.NewRequest("POST", gatewayPath+"?"+query.Encode(), &body)
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), `"trade_status":"WAIT_BUYER_PAY"`) {
			t.Errorf("%s: %s", where, w.Body)
		}
	}
}

func TestFormatAndCharsetAreReadInEverySpellingThatSDKsUse(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	c.want("alipay.trade.create", order("P1", "1.00"))
	for _, more := range [][]string{{"format", "json"}, {"format", "JSON"}, {"charset", "UTF-8"}, {"charset", "utf-8"}, {"version", "1.0"}, {"alipay_sdk", "x"}, {"terminal_type", "y"},
		{"ws_service_url", "z"}, {"target_app_id", "1"}} {
		c.want("alipay.trade.query", fields{"out_trade_no": "P1"}, more...)
	}
	c.refused("isv.invalid-format", "alipay.trade.query", fields{"out_trade_no": "P1"}, "format", "xml")
}

func TestEmptyMembersAreAbsentOnes(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	o := order("E1", "1.00")
	for _, name := range []string{"body", "buyer_id", "buyer_open_id", "seller_id", "time_expire", "timeout_express", "product_code", "goods_detail", "extend_params", "discountable_amount", "passback_params"} {
		o[name] = ""
	}
	c.want("alipay.trade.create", o)
	c.want("alipay.trade.query", fields{"out_trade_no": "E1", "trade_no": "", "query_options": nil})
	c.want("alipay.trade.query", nil, "biz_content", "{ \"query_options\" :[ ],\n\t\"out_trade_no\":\"E1\", \"x\": {\"y\": [1,2]} }")
	c.want("alipay.trade.query", nil, "biz_content", `{"out_trade_no":"\u0045\u0031"}`)
}

func TestEveryAnswerCarriesATraceAndAnErrorOneLink(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	trace := regexp.MustCompile(`^\w{29,}$`)
	w := h.post(c.params("alipay.trade.query", fields{"out_trade_no": "none"}))
	if got := w.Header()["trace_id"]; len(got) != 1 || !trace.MatchString(got[0]) {
		t.Errorf("trace_id %v", got)
	}
	r := httptest.NewRequest("POST", "/v3/alipay/trade/query", strings.NewReader("{}"))
	w = httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if got := w.Header()["alipay-trace-id"]; w.Code != 400 || len(got) != 1 || !trace.MatchString(got[0]) {
		t.Errorf("%d alipay-trace-id %v", w.Code, got)
	}
	status, a := c.v3("POST", "/v3/alipay/trade/query", fields{"out_trade_no": "none"}, "")
	links, _ := a["links"].([]any)
	if status != 400 || a.text("code") != "ACQ.TRADE_NOT_EXIST" || len(links) != 1 {
		t.Fatalf("%d %v", status, a)
	}
	link := links[0].(map[string]any)["link"].(string)
	w = httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest("GET", strings.TrimPrefix(link, h.door.Base), nil))
	if w.Code != 200 || !strings.Contains(w.Body.String(), "交易不存在") {
		t.Errorf("the link %s: %d %s", link, w.Code, w.Body)
	}
}

func TestANotificationOfACertifiedAppCarriesNoSerialAndAClosedTradeNone(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c, r := h.certifiedApp(), newReceiver(t)
	closed := c.want("alipay.trade.create", order("C1", "1.00"), "notify_url", r.URL).text("trade_no")
	c.want("alipay.trade.close", fields{"trade_no": closed})
	if n := h.work(); n != 0 {
		t.Errorf("%d notifications of a closed trade", n)
	}
	no := c.want("alipay.trade.create", order("C2", "1.00"), "notify_url", r.URL).text("trade_no")
	h.payAs(lin, no)
	h.work()
	form := <-r.got
	wantNotification(t, h, form, map[string]string{"out_trade_no": "C2"})
	if _, has := form["alipay_cert_sn"]; has {
		t.Errorf("%v", form)
	}
}

func TestAV3QueryTakesItsParametersInTheQueryOrInABody(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	path := "/v3/alipay/data/dataservice/bill/downloadurl/query"
	for _, k := range []struct {
		target string
		body   any
	}{{path + "?bill_type=trade&bill_date=2020-01-01", nil}, {path, fields{"bill_type": "trade", "bill_date": "2020-01-01"}}, {path + "?bill_type=trade", fields{"bill_date": "2020-01-01"}}} {
		if status, a := c.v3("GET", k.target, k.body, ""); status != 400 || a.text("code") != "BILL_NOT_EXIST" {
			t.Errorf("%s with %v: %d %v", k.target, k.body, status, a)
		}
	}
}

func TestAUsersTokenIsTakenFromQueryBodyOrParameter(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	var token string
	h.write(func(tx *db.Tx) error {
		if err := identity.Decide(t.Context(), tx, c.card.AppID, lin, "auth_user", true); err != nil {
			return err
		}
		code, err := identity.NewAuthCode(t.Context(), tx, c.card.AppID, lin, []string{"auth_user"})
		if err != nil {
			return err
		}
		tokens, err := identity.Exchange(t.Context(), tx, c.card.AppID, code)
		token = tokens.Access
		return err
	})
	if a := c.want("alipay.user.info.share", nil, "auth_token", token); a.text("nick_name") == "" {
		t.Errorf("%v", a)
	}
	path := "/v3/alipay/user/info/share"
	for _, k := range []struct {
		target string
		body   any
	}{{path + "?auth_token=" + token, nil}, {path, fields{"auth_token": token}}} {
		if status, a := c.v3("POST", k.target, k.body, ""); status != 200 || a.text("nick_name") == "" {
			t.Errorf("%s: %d %v", k.target, status, a)
		}
	}
	if status, a := c.v3("POST", path+"?auth_token=x", nil, ""); status != 401 || a.text("code") != "invalid-auth-token" || a.text("message") != "无效的访问令牌" {
		t.Errorf("%d %v", status, a)
	}
}

func TestWhoDoesNotPayAPageGoesToItsQuitURLWithoutFacts(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	o := order("Q1", "5.00")
	o["quit_url"] = "https://shop.example/cart?x=1"
	w := h.post(c.params("alipay.trade.wap.pay", o, "return_url", "https://shop.example/back"))
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusFound {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	q, err := url.ParseQuery(strings.TrimPrefix(to.Fragment, "/cashier?"))
	if err != nil || q.Get("quit") != "https://shop.example/cart?x=1" {
		t.Fatalf("%v %v", q, err)
	}
	back := func() string {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", q.Get("return"), nil))
		return w.Header().Get("Location")
	}
	if got := back(); got != "https://shop.example/cart?x=1" {
		t.Errorf("unpaid, back to %s", got)
	}
	h.payAs(lin, q.Get("tradeNO"))
	if got := back(); !strings.HasPrefix(got, "https://shop.example/back?") || !strings.Contains(got, "trade_no=") {
		t.Errorf("paid, back to %s", got)
	}
	o["out_trade_no"] = "Q2"
	for _, bad := range []string{"javascript:alert(1)", "/x", "https://user:pw@shop.example/"} {
		o["quit_url"] = bad
		if w := h.post(c.params("alipay.trade.wap.pay", o)); !strings.Contains(w.Body.String(), "isv.invalid-parameter") {
			t.Errorf("quit_url %s: %d %s", bad, w.Code, w.Body)
		}
	}
}

// Every method that names a thing by its number, asked by a stranger about another's: nothing is told and nothing changes.
func TestAStrangerLearnsNothingOfAnothersOrdersAuthorisationsAndMoney(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other := h.certifiedApp(), h.certifiedApp()
		no := c.sold("S1", "20.00", nil)
		auth := c.want("alipay.fund.auth.order.voucher.create", fields{"out_order_no": "H1", "out_request_no": "h", "order_title": "押金", "amount": "3.00"}).text("code_value")
		auth = auth[strings.LastIndexByte(auth, '/')+1:]
		if _, err := FreezeAs(t.Context(), h.d, true, auth, string(lin)); err != nil {
			t.Fatal(err)
		}
		c.want("alipay.trade.refund", fields{"trade_no": no, "refund_amount": "1.00", "out_request_no": "r1"})
		before := h.rows()
		for _, k := range []struct {
			method, sub string
			biz         fields
		}{
			{"alipay.trade.query", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no}},
			{"alipay.trade.close", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no}},
			{"alipay.trade.refund", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no, "refund_amount": "1.00", "out_request_no": "x"}},
			{"alipay.trade.refund.apply", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no, "refund_amount": "1.00", "out_request_no": "x"}},
			{"alipay.trade.fastpay.refund.query", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no, "out_request_no": "r1"}},
			{"alipay.trade.orderinfo.sync", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no, "out_request_no": "x", "biz_type": "CREDIT_AUTH", "order_biz_info": "{}"}},
			{"alipay.trade.order.settle", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no, "out_request_no": "x", "royalty_parameters": []fields{{"trans_in": other.card.Merchant, "trans_in_type": "userId", "amount": "1.00"}}}},
			{"alipay.trade.order.onsettle.query", "ACQ.TRADE_NOT_EXIST", fields{"trade_no": no}},
			{"alipay.fund.auth.order.unfreeze", "AUTH_ORDER_NOT_EXIST", fields{"auth_no": auth, "out_request_no": "x", "amount": "1.00"}},
			{"alipay.fund.auth.operation.detail.query", "AUTH_ORDER_NOT_EXIST", fields{"auth_no": auth, "out_request_no": "h"}},
			{"alipay.fund.auth.operation.cancel", "AUTH_ORDER_NOT_EXIST", fields{"auth_no": auth}},
			{"alipay.trade.pay", "AUTH_ORDER_NOT_EXIST", fields{"auth_no": auth, "out_trade_no": "X1", "total_amount": "1.00", "subject": "x"}},
			{"alipay.fund.account.query", "NO_PERMISSION", fields{"alipay_user_id": c.card.Merchant}},
			{"alipay.data.bill.balance.query", "NO_PERMISSION", fields{"bill_user_id": c.card.Merchant}},
			{"alipay.data.bill.ereceipt.apply", "NO_PERMISSION", fields{"bill_user_id": c.card.Merchant, "type": "ACCOUNT_LOG_SUM_DAILY", "key": "2026-11-22"}},
			{"alipay.open.auth.app.aes.get", "ACCESS_DENIED", fields{"merchant_app_id": c.card.AppID}},
			{"alipay.open.auth.app.aes.set", "ACCESS_DENIED", fields{"merchant_app_id": c.card.AppID}},
			{"alipay.open.app.alipaycert.download", "isv.app-cert-not-exist", fields{"alipay_cert_sn": c.card.AppCertSN}},
		} {
			a := other.v2(k.method, k.biz)
			if sub := strings.TrimPrefix(a.text("sub_code"), "ACQ."); sub != strings.TrimPrefix(k.sub, "ACQ.") {
				t.Errorf("%s: %v, want %s", k.method, a, k.sub)
			}
			if told := fmt.Sprint(a); strings.Contains(told, "20.00") || strings.Contains(told, "S1") {
				t.Errorf("%s tells %s", k.method, told)
			}
		}
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("changed: %s", diff)
		}
	})
}

func FuzzTheV3AuthorizationNeverPanics(f *testing.F) {
	f.Add(sign.Scheme + " app_id=1,nonce=2,timestamp=3,sign=AAAA")
	f.Add(sign.Scheme + " ,,=,sign=")
	f.Fuzz(func(t *testing.T, header string) {
		auth, err := sign.ParseAuthorization(header)
		if err == nil && (auth.Signed == "" || strings.Contains(auth.Signed, ",sign=")) {
			t.Errorf("%q is signed as %q", header, auth.Signed)
		}
	})
}
