package open

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/identity"
	"souk/platform/pay"
)

const chen identity.PersonID = "1000000000000002"

// known is how a client's app names a person.
func (c *client) known(p identity.PersonID) (userID string) {
	c.t.Helper()
	c.write(func(tx *db.Tx) error {
		link, err := identity.LinkTo(context.Background(), tx, c.card.AppID, p)
		userID = link.UserID
		return err
	})
	return userID
}

// sold makes a paid trade.
func (c *client) sold(out, total string, more fields) string {
	c.t.Helper()
	o := order(out, total)
	for k, v := range more {
		o[k] = v
	}
	no := c.want("alipay.trade.create", o).text("trade_no")
	c.payAs(lin, no)
	return no
}

// nextDay moves the clock a day on and settles what was paid.
func (h *house) nextDay() {
	h.t.Helper()
	var at atomic.Int64 // every look at the clock is later than the last, so that what follows has a later time
	at.Store(h.d.Now() + 24*3600*1000)
	h.d.SetClock(func() int64 { return at.Add(1) })
	if err := pay.SettleAll(context.Background(), h.d); err != nil {
		h.t.Fatal(err)
	}
}

func TestATransferPaysAPersonOnceOutOfSettledMoney(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, plain := h.certifiedApp(), h.app(testKeys[0])
		send := func(out, total, who, kind string) fields {
			return fields{"out_biz_no": out, "trans_amount": total, "product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER",
				"order_title": "工资", "payee_info": fields{"identity": who, "identity_type": kind, "name": "陈墨"}}
		}
		to := c.known(chen)
		plain.refused("isv.missing-app-cert-sn", "alipay.fund.trans.uni.transfer", send("T1", "1.00", to, "ALIPAY_USER_ID"))
		c.refused("PAYER_BALANCE_NOT_ENOUGH", "alipay.fund.trans.uni.transfer", send("T1", "1.00", to, "ALIPAY_USER_ID"))
		c.sold("S1", "100.00", nil)
		h.nextDay()
		if b := c.want("alipay.data.bill.balance.query", fields{}); b.text("available_amount") != "99.40" || b.text("settle_amount") != "0.00" {
			t.Errorf("after settlement %v", b)
		}
		first := c.want("alipay.fund.trans.uni.transfer", send("T1", "40.00", to, "ALIPAY_USER_ID"))
		again := c.want("alipay.fund.trans.uni.transfer", send("T1", "40.00", "8613800000002", "ALIPAY_LOGON_ID"))
		if first.text("status") != "SUCCESS" || first.text("order_id") != again.text("order_id") {
			t.Errorf("first %v, again %v", first, again)
		}
		c.refused("PAYMENT_INFO_INCONSISTENCY", "alipay.fund.trans.uni.transfer", send("T1", "41.00", to, "ALIPAY_USER_ID"))
		c.refused("PAYEE_NOT_EXIST", "alipay.fund.trans.uni.transfer", send("T2", "1.00", "8613800000001", "ALIPAY_LOGON_ID"))
		c.refused("PAYEE_NOT_EXIST", "alipay.fund.trans.uni.transfer", send("T2", "1.00", "2088000000000000", "ALIPAY_USER_ID"))
		c.refused("PAYER_BALANCE_NOT_ENOUGH", "alipay.fund.trans.uni.transfer", send("T3", "59.41", to, "ALIPAY_USER_ID"))
		if q := c.want("alipay.fund.trans.common.query", fields{"out_biz_no": "T1"}); q.text("trans_amount") != "40.00" || q.text("status") != "SUCCESS" {
			t.Errorf("query %v", q)
		}
		plain.refused("ORDER_NOT_EXIST", "alipay.fund.trans.common.query", fields{"out_biz_no": "T1"})
		if b := h.balance(chen); b != "1320.50" {
			t.Errorf("payee has %s", b)
		}
		log := c.want("alipay.data.bill.accountlog.query", fields{
			"start_time": h.door.now().Add(-48 * time.Hour).Format(dateTime), "end_time": h.door.now().Add(time.Minute).Format(dateTime)})
		items := log["detail_list"].([]any)
		if len(items) != 2 || answer(items[0].(map[string]any)).text("balance") != "59.40" {
			t.Errorf("account log %v", log)
		}
		h.wantBooks()
	})
}

func TestASplitGivesReceiversTheirPartAndARefundTakesItBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		to := c.known(chen)
		no := c.sold("R1", "100.00", fields{"extend_params": fields{"royalty_freeze": "true"}})
		part := func(request, total string) fields {
			return fields{"out_request_no": request, "trade_no": no, "royalty_parameters": []fields{{"trans_in": to, "trans_in_type": "userId", "amount": total, "desc": "佣金"}}}
		}
		c.refused("ACQ.ROYALTY_RECEIVER_INVALID", "alipay.trade.order.settle", part("s1", "30.00"))
		bind := fields{"out_request_no": "b1", "receiver_list": []fields{{"type": "userId", "account": to, "name": "陈墨", "memo": "合伙人"}}}
		if a := c.want("alipay.trade.royalty.relation.bind", bind); a.text("result_code") != "SUCCESS" {
			t.Errorf("bind %v", a)
		}
		if a := c.want("alipay.trade.royalty.relation.batchquery", fields{"out_request_no": "q"}); a.text("total_record_num") != "1" ||
			answer(a["receiver_list"].([]any)[0].(map[string]any)).text("account") != to {
			t.Errorf("receivers %v", a)
		}
		first, again := c.want("alipay.trade.order.settle", part("s1", "30.00")), c.want("alipay.trade.order.settle", part("s1", "30.00"))
		if first.text("settle_no") != again.text("settle_no") {
			t.Errorf("first %v, again %v", first, again)
		}
		c.refused("ACQ.DISCORDANT_REPEAT_REQUEST", "alipay.trade.order.settle", part("s1", "31.00"))
		c.refused("ACQ.ALLOC_AMOUNT_VALIDATE_ERROR", "alipay.trade.order.settle", part("s2", "70.00"))
		if a := c.want("alipay.trade.order.onsettle.query", fields{"trade_no": no}); a.text("unsettled_amount") != "70.00" {
			t.Errorf("unsettled %v", a)
		}
		status, q := c.v3("GET", "/v3/alipay/trade/order/settle/query?settle_no="+first.text("settle_no"), nil, "")
		if status != 200 || len(q["royalty_detail_list"].([]any)) != 1 {
			t.Errorf("settle query %d %v", status, q)
		}
		h.app(testKeys[1]).refused("MERCHANT_TRADE_NOT_MATCH", "alipay.trade.order.settle.query", fields{"settle_no": first["settle_no"]})
		c.want("alipay.trade.refund", fields{"trade_no": no, "refund_amount": "100.00", "out_request_no": "all",
			"refund_royalty_parameters": []fields{{"trans_out": to, "trans_out_type": "userId", "amount": "30.00"}}})
		if h.balance(chen) != "1280.50" || h.balance(lin) != "500.00" {
			t.Errorf("balances %s, %s", h.balance(chen), h.balance(lin))
		}
		c.want("alipay.trade.royalty.relation.unbind", bind)
		h.wantBooks()
	})
}

func TestAFrozenTradeIsSettledWhenItsMerchantConfirms(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		frozen := c.sold("C1", "50.00", fields{"extend_params": fields{"royalty_freeze": "true"}})
		plain := c.sold("C2", "10.00", nil)
		h.nextDay()
		if b := c.want("alipay.data.bill.balance.query", fields{}); b.text("settle_amount") != "50.00" || b.text("available_amount") != "9.94" {
			t.Errorf("before %v", b)
		}
		confirm := func(no, amount string) fields {
			return fields{"out_request_no": "c", "trade_no": no, "settle_info": fields{"settle_detail_infos": []fields{{"amount": amount, "trans_in_type": "defaultSettle"}}}}
		}
		c.refused("ACQ.TRADE_SETTLE_ERROR", "alipay.trade.settle.confirm", confirm(frozen, "49.00"))
		c.refused("ACQ.ILLEGAL_SETTLE_STATE", "alipay.trade.settle.confirm", confirm(plain, "10.00"))
		for range 2 {
			if a := c.want("alipay.trade.settle.confirm", confirm(frozen, "50.00")); a.text("settle_amount") != "50.00" {
				t.Errorf("confirm %v", a)
			}
		}
		h.nextDay()
		if b := c.want("alipay.data.bill.balance.query", fields{}); b.text("settle_amount") != "0.00" || b.text("available_amount") != "59.64" {
			t.Errorf("after %v", b)
		}
		h.wantBooks()
	})
}

func TestAnAuthorisationIsFrozenPaidInPartsAndGivenBack(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, r := h.app(testKeys[0]), newReceiver(t)
		freeze := fields{"out_order_no": "H1", "out_request_no": "f1", "order_title": "房间押金", "amount": "300.00", "auth_code": h.paymentCode(lin), "auth_code_type": "bar_code"}
		a := c.want("alipay.fund.auth.order.freeze", freeze, "notify_url", r.URL)
		again := c.want("alipay.fund.auth.order.freeze", freeze, "notify_url", r.URL)
		if a.text("status") != "SUCCESS" || a.text("auth_no") != again.text("auth_no") {
			t.Fatalf("freeze %v, again %v", a, again)
		}
		h.work()
		wantNotification(t, h, <-r.got, map[string]string{"notify_type": "fund_auth_freeze", "auth_no": a.text("auth_no"), "rest_amount": "300.00"})
		o := order("HP1", "120.00")
		o["auth_no"], o["product_code"] = a["auth_no"], "PRE_AUTH"
		paid := c.want("alipay.trade.pay", o)
		if repeat := c.want("alipay.trade.pay", o); repeat.text("trade_no") != paid.text("trade_no") {
			t.Errorf("paid %v, again %v", paid, repeat)
		}
		c.refused("REQUEST_AMOUNT_EXCEED", "alipay.fund.auth.order.unfreeze", fields{"auth_no": a["auth_no"], "out_request_no": "u0", "amount": "180.01", "remark": "x"})
		c.want("alipay.fund.auth.order.unfreeze", fields{"auth_no": a["auth_no"], "out_request_no": "u1", "amount": "80.00", "remark": "x"})
		q := c.want("alipay.fund.auth.operation.detail.query", fields{"auth_no": a["auth_no"], "out_request_no": "u1"})
		if q.text("operation_type") != "UNFREEZE" || q.text("rest_amount") != "100.00" || q.text("total_pay_amount") != "120.00" || q.text("order_status") != "AUTHORIZED" {
			t.Errorf("query %v", q)
		}
		h.app(testKeys[1]).refused("AUTH_ORDER_NOT_EXIST", "alipay.fund.auth.operation.detail.query", fields{"auth_no": a["auth_no"], "out_request_no": "u1"})
		last := order("HP2", "60.00")
		last["auth_no"], last["auth_confirm_mode"] = a["auth_no"], "COMPLETE"
		c.want("alipay.trade.pay", last)
		if q := c.want("alipay.fund.auth.operation.detail.query", fields{"out_order_no": "H1", "out_request_no": "f1"}); q.text("order_status") != "FINISH" {
			t.Errorf("after the last payment %v", q)
		}
		if b := h.balance(lin); b != "320.00" {
			t.Errorf("payer has %s", b)
		}
		voucher := c.want("alipay.fund.auth.order.voucher.create", fields{"out_order_no": "H2", "out_request_no": "f2", "order_title": "押金", "amount": "1.00"})
		if !strings.HasPrefix(voucher.text("code_value"), h.door.Base+authPath) {
			t.Errorf("voucher %v", voucher)
		}
		if x := c.want("alipay.fund.auth.operation.cancel", fields{"out_order_no": "H2", "out_request_no": "f2", "remark": "x"}); x.text("action") != "close" {
			t.Errorf("cancel %v", x)
		}
		h.wantBooks()
	})
}

func TestADaysBillHasEveryPaymentAndRefundOnce(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	c.sold("B1", "10.00", fields{"subject": `=cmd|' /C calc'!A0,"x"`})
	no := c.sold("B2", "20.00", nil)
	c.want("alipay.trade.refund", fields{"trade_no": no, "refund_amount": "5.00", "out_request_no": "r1"})
	today := h.door.now().Format(time.DateOnly)
	ask := fields{"bill_type": "trade", "bill_date": today}
	c.refused("INVAILID_ARGUMENTS", "alipay.data.dataservice.bill.downloadurl.query", ask)
	c.refused("TYPE_NOT_SUPPORTED", "alipay.data.dataservice.bill.downloadurl.query", fields{"bill_type": "x", "bill_date": today})
	h.nextDay()
	h.app(testKeys[1]).refused("BILL_NOT_EXIST", "alipay.data.dataservice.bill.downloadurl.query", ask)
	link := strings.TrimPrefix(c.want("alipay.data.dataservice.bill.downloadurl.query", ask).text("bill_download_url"), h.door.Base)
	get := func(link string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, httptest.NewRequest("GET", link, nil))
		return w
	}
	w := get(link)
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil || len(z.File) != 1 {
		t.Fatalf("%d %v", w.Code, err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(simplifiedchinese.GBK.NewDecoder().Reader(f))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"#交易合计：2笔，共30.00元", "#退款合计：1笔，共-5.00元", ",'=cmd|' /C calc'!A0，”x”,", ",退款,", ",-5.00,", c.card.Merchant} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the bill lacks %q:\n%s", want, text)
		}
	}
	forged := link[:len(link)-2] + "B" + link[len(link)-1:]
	if forged == link {
		forged = link[:len(link)-2] + "A" + link[len(link)-1:]
	}
	if w := get(forged); w.Code != 404 {
		t.Errorf("a forged address: %d", w.Code)
	}
	at := h.d.Now() + 31_000
	h.d.SetClock(func() int64 { return at })
	if w := get(link); w.Code != 404 {
		t.Errorf("after 31 seconds: %d", w.Code)
	}
}

func TestIdentityTellsOnlyWhatThePersonAgreedTo(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other, ctx := h.app(testKeys[0]), h.app(testKeys[1]), context.Background()
		code := func() (code string) {
			h.write(func(tx *db.Tx) (err error) {
				code, err = identity.NewAuthCode(ctx, tx, c.card.AppID, lin, []string{"auth_user"})
				return err
			})
			return code
		}
		h.write(func(tx *db.Tx) error { return identity.Decide(ctx, tx, c.card.AppID, lin, "auth_user", true) })
		token := func(c *client, more ...string) answer {
			return c.v2("alipay.system.oauth.token", nil, more...)
		}
		one := code()
		if a := token(other, "grant_type", "authorization_code", "code", one); a.text("sub_code") != "isv.code-invalid" || a.text("sub_msg") != "授权码code无效" || a.text("code") != "40002" {
			t.Errorf("another app's code: %v", a)
		}
		a := token(c, "grant_type", "authorization_code", "code", one)
		if a["code"] != nil || len(a.text("user_id")) != 16 || !strings.HasPrefix(a.text("user_id"), "2088") || a["access_token"] == nil {
			t.Fatalf("token %v", a)
		}
		if b := token(c, "grant_type", "authorization_code", "code", one); b.text("sub_code") != "isv.code-invalid" {
			t.Errorf("the same code again: %v", b)
		}
		info := c.want("alipay.user.info.share", nil, "auth_token", a.text("access_token"))
		if info.text("nick_name") != "林夏" || info.text("open_id") != a.text("open_id") || info["mobile"] != nil {
			t.Errorf("info %v", info)
		}
		if x := other.v2("alipay.user.info.share", nil, "auth_token", a.text("access_token")); x.text("sub_code") != "aop.invalid-auth-token" || x.text("code") != "20001" {
			t.Errorf("another app's token: %v", x)
		}
		status, e := c.v3("POST", "/v3/alipay/user/info/share?auth_token=x", nil, "")
		if status != 401 || e.text("code") != "invalid-auth-token" || e.text("message") != "无效的访问令牌" {
			t.Errorf("v3 bad token: %d %v", status, e)
		}
		status, e = c.v3("POST", "/v3/alipay/user/info/share", fields{"auth_token": a["access_token"]}, "")
		if status != 200 || e.text("nick_name") != "林夏" {
			t.Errorf("v3 token in the body: %d %v", status, e)
		}
		fresh := token(c, "grant_type", "refresh_token", "refresh_token", a.text("refresh_token"))
		if fresh["access_token"] == nil || fresh["access_token"] == a["access_token"] {
			t.Errorf("refreshed %v", fresh)
		}
		if b := token(c, "grant_type", "refresh_token", "refresh_token", a.text("refresh_token")); b.text("sub_code") != "isv.refresh-token-invalid" {
			t.Errorf("the same refresh token again: %v", b)
		}
		h.write(func(tx *db.Tx) error { return identity.Decide(ctx, tx, c.card.AppID, lin, "auth_user", false) })
		if x := c.v2("alipay.user.info.share", nil, "auth_token", fresh.text("access_token")); x.text("code") == "10000" {
			t.Errorf("after the person took it back: %v", x)
		}
		q := c.want("alipay.open.auth.userauth.relationship.query", fields{"open_id": a["open_id"], "scopes": "auth_base,auth_user"})
		if q.text("query_detail") != `{"auth_base":"true","auth_user":"false"}` {
			t.Errorf("relationship %v", q)
		}
	})
}
