package open

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/identity"
)

// allow lets agent act for c's app and returns the code.
func (c *client) allow(agent *client) (code string) {
	c.t.Helper()
	c.write(func(tx *db.Tx) (err error) {
		code, err = AllowAgent(context.Background(), tx, c.card.AppID, agent.card.AppID)
		return err
	})
	return code
}

func (c *client) token(code string) answer {
	c.t.Helper()
	return c.want("alipay.open.auth.token.app", fields{"grant_type": "authorization_code", "code": code})
}

func TestAnAgentActsForAMerchantsAppUntilThatEnds(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		owner, agent, stranger, r := h.app(testKeys[0]), h.app(testKeys[1]), h.app(testKeys[2]), newReceiver(t)
		h.write(func(tx *db.Tx) error {
			return ChangeApp(context.Background(), tx, agent.card.AppID, Change{MessageURL: &r.URL})
		})
		code := owner.allow(agent)
		stranger.refused("AUTH_CODE_NOT_VALID", "alipay.open.auth.token.app", fields{"grant_type": "authorization_code", "code": code})
		got := agent.token(code)
		agent.refused("AUTH_CODE_NOT_VALID", "alipay.open.auth.token.app", fields{"grant_type": "authorization_code", "code": code})
		token := got.text("app_auth_token")
		if got.text("auth_app_id") != owner.card.AppID || got.text("user_id") != owner.card.Merchant || len(got["tokens"].([]any)) != 1 {
			t.Errorf("%v", got)
		}
		if a := agent.want("alipay.open.auth.token.app.query", fields{"app_auth_token": token}); a.text("status") != "valid" || len(a["auth_methods"].([]any)) < 50 {
			t.Errorf("%v", a)
		}
		no := agent.want("alipay.trade.create", order("AG1", "7.00"), "app_auth_token", token, "notify_url", r.URL).text("trade_no")
		if owner.want("alipay.trade.query", fields{"out_trade_no": "AG1"}).text("trade_no") != no {
			t.Error("the owner does not see the trade")
		}
		agent.refused("ACQ.TRADE_NOT_EXIST", "alipay.trade.query", fields{"out_trade_no": "AG1"})
		if status, a := agent.v3("POST", "/v3/alipay/trade/query", fields{"out_trade_no": "AG1"}, token); status != 200 || a.text("trade_no") != no {
			t.Errorf("v3: %d %v", status, a)
		}
		h.payAs(lin, no)
		h.work()
		wantNotification(t, h, <-r.got, map[string]string{"app_id": agent.card.AppID, "auth_app_id": owner.card.AppID, "trade_no": no})
		stranger.refused("aop.invalid-app-auth-token", "alipay.trade.query", fields{"out_trade_no": "AG1"}, "app_auth_token", token)
		if status, a := stranger.v3("POST", "/v3/alipay/trade/query", fields{"out_trade_no": "AG1"}, token); status != 401 || a.text("code") != "invalid-app-auth-token" {
			t.Errorf("v3: %d %v", status, a)
		}
		renewed := agent.want("alipay.open.auth.token.app", fields{"grant_type": "refresh_token", "refresh_token": got.text("app_refresh_token")})
		agent.refused("aop.invalid-app-auth-token", "alipay.trade.query", fields{"out_trade_no": "AG1"}, "app_auth_token", token)
		token = renewed.text("app_auth_token")
		agent.want("alipay.trade.query", fields{"out_trade_no": "AG1"}, "app_auth_token", token)
		h.write(func(tx *db.Tx) error { return EndAgent(context.Background(), tx, owner.card.AppID, agent.card.AppID) })
		before := h.rows()
		agent.refused("aop.invalid-app-auth-token", "alipay.trade.refund", fields{"trade_no": no, "refund_amount": "7.00"}, "app_auth_token", token)
		agent.refused("REFRESH_TOKEN_NOT_VALID", "alipay.open.auth.token.app", fields{"grant_type": "refresh_token", "refresh_token": renewed.text("app_refresh_token")})
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("changed: %s", diff)
		}
		h.work()
		wantMessage(t, h, <-r.got, "alipay.open.auth.appauth.cancelled", map[string]string{"auth_app_id": owner.card.AppID})
	})
}

// wantMessage checks a message's signature, which covers sign_type, and its content.
func wantMessage(t *testing.T, h *house, form url.Values, name string, want map[string]string) {
	t.Helper()
	params := map[string]string{}
	for k := range form {
		params[k] = form.Get(k)
	}
	if err := sign.Verify(&h.door.own.Key.PublicKey, sign.RSA2, sign.MessageString(params), params["sign"]); err != nil || params["msg_method"] != name || len(params["utc_timestamp"]) != 13 {
		t.Errorf("message %v: %v, want %s", params, err, name)
	}
	var content map[string]string
	if err := json.Unmarshal([]byte(params["biz_content"]), &content); err != nil {
		t.Fatal(err)
	}
	for k, v := range want {
		if content[k] != v {
			t.Errorf("%s = %q, want %q", k, content[k], v)
		}
	}
}

func TestAMessageAddressHearsOfTransfersAndOfWhoTookTheirConsentBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, r := h.certifiedApp(), newReceiver(t)
		h.write(func(tx *db.Tx) error {
			return ChangeApp(context.Background(), tx, c.card.AppID, Change{MessageURL: &r.URL})
		})
		who := h.knownTo(c, lin)
		for _, granted := range []bool{true, false, false} {
			h.write(func(tx *db.Tx) error {
				return identity.Decide(context.Background(), tx, c.card.AppID, lin, "auth_user", granted)
			})
		}
		h.work()
		wantMessage(t, h, <-r.got, "alipay.open.auth.userauth.cancelled", map[string]string{"open_id": who, "auth_app_id": c.card.AppID})
		if n := len(c.notifications()); n != 1 {
			t.Errorf("%d messages about one withdrawal", n)
		}
		day := h.door.now().Format("20060102")
		a := c.want("alipay.user.deloauth.detail.query", fields{"date": day, "limit": 10, "offset": 0})
		text, err := json.Marshal(a)
		if err != nil || strings.Count(string(text), who) != 2 {
			t.Errorf("%s %v", text, err)
		}
		if status, a := c.v3("POST", "/v3/alipay/user/deloauth/detail/query", fields{"date": "20230102", "offset": 20, "limit": 1}, ""); status != 200 || len(a) != 0 {
			t.Errorf("what npm's manual calls first: %d %v", status, a)
		}
	})
}

func TestAMerchantsWordAboutAnOrderReachesItsPersonAndTheNewestCounts(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other := h.app(testKeys[0]), h.app(testKeys[1])
		who, stranger := h.knownTo(c, lin), h.knownTo(other, lin)
		tell := func(status, at string) answer {
			return c.want("alipay.merchant.order.sync", fields{"out_biz_no": "O1", "buyer_open_id": who, "amount": "12.00", "order_modified_time": at,
				"ext_info": []fields{{"ext_key": "merchant_order_status", "ext_value": status}}})
		}
		first := tell("PAID", "2026-11-22 10:00:00")
		second := tell("MERCHANT_FINISHED", "2026-11-22 12:00:00")
		old := tell("MERCHANT_DELIVERD", "2026-11-22 11:00:00")
		if first.text("order_id") != second.text("order_id") || first.text("record_id") == second.text("record_id") || old.text("order_status") != "MERCHANT_FINISHED" {
			t.Errorf("%v, %v, %v", first, second, old)
		}
		before := h.rows()
		c.refused("BUYER_NOT_FOUND", "alipay.merchant.order.sync", fields{"out_biz_no": "O2", "buyer_open_id": stranger})
		c.refused("BUYER_ID_IS_NULL", "alipay.merchant.order.sync", fields{"out_biz_no": "O2"})
		c.refused("AMOUNT_ILLEGAL", "alipay.merchant.order.sync", fields{"out_biz_no": "O2", "buyer_open_id": who, "amount": "1.001"})
		c.refused("DATA_INCONSISTENT", "alipay.merchant.order.sync", fields{"out_biz_no": "O1", "buyer_open_id": h.knownTo(c, "1000000000000002")})
		c.refused("TRADE_NOT_EXIST", "alipay.merchant.order.sync", fields{"out_biz_no": "O2", "trade_no": "1"})
		if diff := before.changed(h.rows(), "identity_link"); diff != "" {
			t.Errorf("changed: %s", diff)
		}
	})
}

func TestAReceiptSaysWhatMovedAndOnlyToWhoseItIs(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c, other := h.certifiedApp(), h.app(testKeys[1])
	c.sold("E1", "30.00", nil)
	h.nextDay()
	day, flat := h.door.now().Format(time.DateOnly), h.door.now().Format("20060102")
	c.want("alipay.fund.trans.uni.transfer", fields{"out_biz_no": "T1", "trans_amount": "2.50", "product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER", "order_title": "工资",
		"payee_info": fields{"identity_type": "ALIPAY_OPEN_ID", "identity": h.knownTo(c, poor)}})
	order := c.want("alipay.fund.trans.common.query", fields{"out_biz_no": "T1"}).text("order_id")
	for kind, key := range map[string]string{"FUND_DETAIL": order, "ACCOUNT_LOG_DETAIL": "send:" + order, "ACCOUNT_LOG_SUM_DAILY": day, "ACCOUNT_LOG_SUM_MONTHLY": day[:7], "ACCOUNT_FLOW_DETAIL": flat + "-" + flat} {
		file := c.want("alipay.data.bill.ereceipt.apply", fields{"type": kind, "key": key}).text("file_id")
		a := c.want("alipay.data.bill.ereceipt.query", fields{"file_id": file})
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", strings.TrimPrefix(a.text("download_url"), h.door.Base), nil))
		if w.Code != 200 || !bytes.HasPrefix(w.Body.Bytes(), []byte("%PDF-1.4")) || !strings.Contains(w.Body.String(), pdfText("2.50")) {
			t.Errorf("%s: %d %.300s", kind, w.Code, w.Body)
		}
		other.refused("BIZ_ERROR", "alipay.data.bill.ereceipt.query", fields{"file_id": file})
		other.refused("BIZ_ERROR", "alipay.data.bill.ereceipt.apply", fields{"type": "FUND_DETAIL", "key": order})
	}
	c.refused("BIZ_ERROR", "alipay.data.bill.ereceipt.query", fields{"file_id": "x.y"})
	c.refused("BIZ_ERROR", "alipay.data.bill.ereceipt.apply", fields{"type": "ACCOUNT_LOG_SUM_DAILY", "key": "2020-01-01"})
	c.refused("BIZ_ERROR", "alipay.data.bill.ereceipt.apply", fields{"type": "FUND_DETAIL", "key": "nothing"})
}

func TestAPageRefundGivesBackOnceHoweverOftenTheLinkIsOpened(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		no := c.want("alipay.trade.create", order("PR1", "10.00")).text("trade_no")
		h.payAs(lin, no)
		p := c.params("alipay.trade.page.refund", fields{"trade_no": no, "out_request_no": "b1", "refund_amount": "4.00"}, "return_url", "https://shop.example/back")
		for range 3 {
			w := h.post(p)
			to, err := url.Parse(w.Header().Get("Location"))
			if err != nil || w.Code != 302 || to.Query().Get("refund_amount") != "4.00" || to.Query().Get("method") != "alipay.trade.page.refund.return" {
				t.Fatalf("%d %v %s", w.Code, to, w.Body)
			}
		}
		before := h.rows()
		over := c.params("alipay.trade.page.refund", fields{"trade_no": no, "out_request_no": "b2", "refund_amount": "6.01"})
		if w := h.post(over); !strings.Contains(w.Body.String(), "ACQ.REASON_TRADE_REFUND_FEE_ERR") {
			t.Errorf("%s", w.Body)
		}
		if diff := before.changed(h.rows()); diff != "" || h.balance(lin) != "494.00" {
			t.Errorf("changed: %s; the payer has %s", diff, h.balance(lin))
		}
	})
}
