package open

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"souk/gateway/host"
	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/identity"
)

// browser is a person's browser, signed in.
type browser struct {
	*house
	cookie string
}

func (h *house) browser(p identity.PersonID) browser {
	h.t.Helper()
	var token string
	h.write(func(tx *db.Tx) (err error) {
		token, err = identity.StartSession(context.Background(), tx, p)
		return err
	})
	return browser{h, token}
}

// visit opens an address, or submits a form to it; origin is the page's own when empty.
func (b browser) visit(method, path string, form url.Values, origin string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Sec-Fetch-Site", origin)
	}
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: host.Cookie, Value: b.cookie})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

var rightPIN = url.Values{"pin": {demo.PIN}}

// asked opens a signed link of page.sign and returns where it leads.
func (c *client) asked(biz fields, more ...string) string {
	c.t.Helper()
	w := c.post(c.params("alipay.user.agreement.page.sign", biz, more...))
	if w.Code != 302 {
		c.t.Fatalf("page.sign %v: %d %s", biz, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func withholding(no string) fields {
	return fields{"external_agreement_no": no, "personal_product_code": "GENERAL_WITHHOLDING_P", "sign_scene": "INDUSTRY|MOBILE", "product_code": "GENERAL_WITHHOLDING"}
}

func TestWhatAPersonAgreedToIsTakenLaterWithinItsBoundsAndEndsWhenTheySay(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other, r, b := h.app(testKeys[0]), h.app(testKeys[1]), newReceiver(t), h.browser(lin)
		page := c.asked(withholding("W1"), "notify_url", r.URL, "return_url", "https://shop.example/back")
		key := fields{"external_agreement_no": "W1", "personal_product_code": "GENERAL_WITHHOLDING_P"}
		c.refused("USER_AGREEMENT_NOT_EXIST", "alipay.user.agreement.query", key)
		if w := b.visit("GET", page, nil, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "¥1000.00") {
			t.Fatalf("the page: %d %s", w.Code, w.Body)
		}
		w := b.visit("POST", page, rightPIN, "same-origin")
		back, err := url.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != 303 || back.Host != "shop.example" || back.Query().Get("status") != "NORMAL" {
			t.Fatalf("signed: %d %v %s", w.Code, back, w.Body)
		}
		a := c.want("alipay.user.agreement.query", key)
		no := a.text("agreement_no")
		if a.text("status") != "NORMAL" || no != back.Query().Get("agreement_no") || a.text("single_quota") != "1000.00" {
			t.Errorf("query %v", a)
		}
		other.refused("USER_AGREEMENT_NOT_EXIST", "alipay.user.agreement.query", fields{"agreement_no": no})
		h.work()
		wantNotification(t, h, <-r.got, map[string]string{"notify_type": "dut_user_sign", "agreement_no": no, "status": "NORMAL"})

		charge := func(out, total string) fields {
			o := order(out, total)
			o["product_code"], o["agreement_params"] = "GENERAL_WITHHOLDING", fields{"agreement_no": no}
			return o
		}
		c.want("alipay.trade.pay", charge("D1", "30.00"))
		again := c.want("alipay.trade.pay", charge("D1", "30.00"))
		if again.text("total_amount") != "30.00" || h.balance(lin) != "470.00" {
			t.Errorf("charged %v, the person has %s", again, h.balance(lin))
		}
		other.refused("ACQ.AGREEMENT_NOT_EXIST", "alipay.trade.pay", charge("D2", "1.00"))
		c.refused("ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED", "alipay.trade.pay", charge("D3", "1000.01"))
		c.refused("ACQ.BUYER_BALANCE_NOT_ENOUGH", "alipay.trade.pay", charge("D4", "900.00"))
		if w := b.visit("GET", agreementsPath, nil, ""); !strings.Contains(w.Body.String(), no) || !strings.Contains(w.Body.String(), "¥30.00 · 1") {
			t.Errorf("what the person sees: %s", w.Body)
		}
		b.visit("POST", page+"/end", nil, "same-origin")
		c.refused("ACQ.AGREEMENT_STATUS_NOT_NORMAL", "alipay.trade.pay", charge("D5", "1.00"))
		h.work()
		wantNotification(t, h, <-r.got, map[string]string{"notify_type": "dut_user_unsign", "agreement_no": no, "status": "UNSIGN"})
		if h.balance(lin) != "470.00" {
			t.Errorf("the person has %s", h.balance(lin))
		}
		h.wantBooks()
	})
}

func TestNobodyAgreesWithoutThePINOrFromAnotherPageOrForAnother(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		page := c.asked(withholding("W1"))
		before := h.rows()
		for _, k := range []struct {
			name   string
			b      browser
			form   url.Values
			origin string
			code   int
		}{
			{"nobody signed in", browser{h, ""}, rightPIN, "same-origin", 401},
			{"a wrong PIN", h.browser(lin), url.Values{"pin": {"000000"}}, "same-origin", 400},
			{"no PIN", h.browser(lin), nil, "same-origin", 400},
			{"another site's form", h.browser(lin), rightPIN, "cross-site", 403},
		} {
			if w := k.b.visit("POST", page, k.form, k.origin); w.Code != k.code {
				t.Errorf("%s: %d %s", k.name, w.Code, w.Body)
			}
		}
		if diff := before.changed(h.rows(), "identity_session", "identity_pin"); diff != "" {
			t.Errorf("changed: %s", diff)
		}
		if w := h.browser(lin).visit("POST", page, rightPIN, "same-origin"); w.Code != 303 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for _, path := range []string{page, page + "/end"} {
			if w := h.browser(poor).visit("POST", path, rightPIN, "same-origin"); w.Code == 200 {
				t.Errorf("another person at %s: %d %s", path, w.Code, w.Body)
			}
		}
		if w := h.browser(poor).visit("GET", page, nil, ""); strings.Contains(w.Body.String(), "1000.00") {
			t.Errorf("another person reads %s", w.Body)
		}
		if a := c.want("alipay.user.agreement.query", fields{"external_agreement_no": "W1", "personal_product_code": "GENERAL_WITHHOLDING_P"}); a.text("status") != "NORMAL" {
			t.Errorf("%v", a)
		}
		c.want("alipay.user.agreement.unsign", fields{"external_agreement_no": "W1", "personal_product_code": "GENERAL_WITHHOLDING_P"})
		if w := h.post(c.params("alipay.user.agreement.page.sign", withholding("W1"))); !strings.Contains(w.Body.String(), "AGREEMENT_STATUS_NOT_NORMAL") {
			t.Errorf("an ended number asks again: %d %s", w.Code, w.Body)
		}
	})
}

func TestAPlanIsFollowedDayByDayAndNeverOverdrawn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		now := h.d.Now()
		clock := now
		h.d.SetClock(func() int64 { return clock })
		c, b := h.app(testKeys[0]), h.browser(lin)
		today := time.UnixMilli(now).In(china)
		rule := fields{"period_type": "MONTH", "period": "1", "execute_time": today.Format(time.DateOnly), "single_amount": "10.00", "total_amount": "25.00", "total_payments": "3"}
		ask := fields{"external_agreement_no": "P1", "personal_product_code": "CYCLE_PAY_AUTH_P", "product_code": "CYCLE_PAY_AUTH", "period_rule_params": rule}
		if w := b.visit("POST", c.asked(ask), rightPIN, "same-origin"); w.Code != 303 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		key := fields{"external_agreement_no": "P1", "personal_product_code": "CYCLE_PAY_AUTH_P"}
		no := c.want("alipay.user.agreement.query", key).text("agreement_no")
		charge := func(out, total string) fields {
			o := order(out, total)
			o["product_code"], o["agreement_params"] = "CYCLE_PAY_AUTH", fields{"agreement_no": no}
			return o
		}
		c.want("alipay.trade.pay", charge("M1", "10.00"))
		c.refused("ACQ.CYCLE_PAY_DATE_NOT_MATCH", "alipay.trade.pay", charge("M2", "10.00"))
		next := c.want("alipay.user.agreement.query", key).text("next_deduct_time")
		later := today.AddDate(0, 2, 3).Format(time.DateOnly)
		c.refused("ILLEGAL_EXECUTION_TIME", "alipay.user.agreement.executionplan.modify", fields{"agreement_no": no, "deduct_time": today.Format(time.DateOnly)})
		if a := c.want("alipay.user.agreement.executionplan.modify", fields{"agreement_no": no, "deduct_time": later}); a.text("deduct_time") != later || later == next {
			t.Errorf("moved %v from %s", a, next)
		}
		clock = now + 63*24*60*60*1000
		var group sync.WaitGroup
		codes := make([]string, 8)
		requests := make([]map[string]string, len(codes))
		for i := range codes {
			requests[i] = c.params("alipay.trade.pay", charge("M3"+string(rune('a'+i)), "10.00"))
		}
		for i := range codes {
			group.Go(func() { codes[i] = h.post(requests[i]).Body.String() })
		}
		group.Wait()
		paid := 0
		for _, body := range codes {
			if strings.Contains(body, `"code":"10000"`) {
				paid++
			}
		}
		if paid != 1 {
			t.Errorf("%d of 8 at once were paid: %v", paid, codes)
		}
		clock += 60 * 24 * 60 * 60 * 1000 // the next planned day is up to two months away: a plan begun at a month's end comes back to that day
		c.refused("ACQ.CYCLE_PAY_TOTAL_FEE_EXCEED", "alipay.trade.pay", charge("M4", "10.00"))
		c.want("alipay.trade.pay", charge("M5", "5.00"))
		clock += 40 * 24 * 60 * 60 * 1000
		c.refused("ACQ.CYCLE_PAY_TOTAL_FEE_EXCEED", "alipay.trade.pay", charge("M6", "0.01"))
		if h.balance(lin) != "475.00" {
			t.Errorf("the person has %s", h.balance(lin))
		}
		h.wantBooks()
	})
}

func TestTheConsultationKnowsPersonAndAgreementAndPromisesNothing(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	no := c.want("alipay.trade.create", order("C1", "1.00")).text("trade_no")
	h.payAs(lin, no)
	who := c.want("alipay.trade.query", fields{"trade_no": no}).text("buyer_user_id")
	if a := c.want("alipay.trade.advance.consult", fields{"alipay_user_id": who}); a["refer_result"] != false || a.text("result_code") != "BUYER_NOT_SUPPORT_ADVANCEPAY" {
		t.Errorf("%v", a)
	}
	c.refused("USER_NOT_EXIST", "alipay.trade.advance.consult", fields{"alipay_user_id": "2088000000000000"})
	c.refused("ILLEGAL_AGREEMENT", "alipay.trade.advance.consult", fields{"agreement_no": "1"})
}
