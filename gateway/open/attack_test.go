package open

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
)

func TestASignatureThatIsForgedForeignOrOldChangesNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other, certified := h.app(testKeys[0]), h.app(testKeys[1]), h.certifiedApp()
		before := h.rows()
		good := func() map[string]string { return c.params("alipay.trade.create", order("F1", "1.00")) }
		cases := []struct {
			name, sub string
			change    func(map[string]string)
		}{
			{"changed content", "isv.invalid-signature", func(p map[string]string) { p["biz_content"] = strings.Replace(p["biz_content"], "1.00", "0.01", 1) }},
			{"added parameter", "isv.invalid-signature", func(p map[string]string) { p["notify_url"] = "https://evil.example/" }},
			{"signed by another app", "isv.invalid-signature", other.sign},
			{"another app's id", "isv.invalid-signature", func(p map[string]string) { p["app_id"] = other.card.AppID }},
			{"another app's certificate", "isv.app-cert-not-exist", func(p map[string]string) {
				p["app_cert_sn"] = certified.card.AppCertSN
				certified.sign(p)
			}},
			{"weaker hash than signed", "isv.invalid-signature", func(p map[string]string) { p["sign_type"] = "RSA" }},
			{"unknown hash", "isv.invalid-signature-type", func(p map[string]string) { p["sign_type"] = "MD5" }},
			{"no signature", "isv.missing-signature", func(p map[string]string) { delete(p, "sign") }},
			{"empty signature", "isv.missing-signature", func(p map[string]string) { p["sign"] = "" }},
			{"short signature", "isv.invalid-signature", func(p map[string]string) { p["sign"] = "AAAA" }},
			{"yesterday's", "isv.invalid-timestamp", func(p map[string]string) {
				p["timestamp"] = h.door.now().Add(-25 * time.Hour).Format(dateTime)
				c.sign(p)
			}},
			{"tomorrow's", "isv.invalid-timestamp", func(p map[string]string) {
				p["timestamp"] = h.door.now().Add(25 * time.Hour).Format(dateTime)
				c.sign(p)
			}},
		}
		for _, k := range cases {
			p := good()
			k.change(p)
			if body := h.post(p).Body.String(); !strings.Contains(body, `"sub_code":"`+k.sub+`"`) {
				t.Errorf("%s: %s, want %s", k.name, body, k.sub)
			}
		}
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("changed: %s", diff)
		}
	})
}

func TestAReplayedV2RequestGetsTheFirstAnswerAndChangesNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		create := c.params("alipay.trade.create", order("R1", "9.00"))
		no := c.answerTo(create).text("trade_no")
		h.payAs(lin, no)
		refund := c.params("alipay.trade.refund", fields{"trade_no": no, "refund_amount": "2.00", "out_request_no": "r"})
		sync := c.params("alipay.trade.orderinfo.sync", fields{"trade_no": no, "out_request_no": "s", "biz_type": "CREDIT_AUTH", "order_biz_info": `{"status":"COMPLETE"}`})
		if a := c.answerTo(refund); a.text("fund_change") != "Y" {
			t.Fatalf("refund %v", a)
		}
		if a := c.answerTo(sync); a.text("code") != "10000" {
			t.Fatalf("sync %v", a)
		}
		before := h.rows()
		if a := c.answerTo(create); a.text("sub_code") != "ACQ.TRADE_HAS_SUCCESS" {
			t.Errorf("create again %v", a)
		}
		if a := c.answerTo(refund); a.text("fund_change") != "N" || a.text("refund_fee") != "2.00" {
			t.Errorf("refund again %v", a)
		}
		if a := c.answerTo(sync); a.text("code") != "10000" {
			t.Errorf("sync again %v", a)
		}
		c.refused("ACQ.CONTEXT_INCONSISTENT", "alipay.trade.orderinfo.sync", fields{"trade_no": no, "out_request_no": "s", "biz_type": "CREDIT_AUTH", "order_biz_info": "{}"})
		if diff := before.changed(h.rows()); diff != "" || h.balance(lin) != "493.00" {
			t.Errorf("changed: %s; the payer has %s", diff, h.balance(lin))
		}
	})
}

func TestAV3RequestWorksOnceAndOnlyNow(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other := h.app(testKeys[0]), h.app(testKeys[1])
		send := func(key *client, app, nonce string, at int64, verb, target, signedTarget string) string {
			auth := fmt.Sprintf("app_id=%s,nonce=%s,timestamp=%d", app, nonce, at)
			body := jsonOf(t, order("N1", "1.00"))
			s, err := sign.Sign(key.key, sign.RSA2, sign.V3String(auth, verb, signedTarget, body, ""))
			if err != nil {
				t.Fatal(err)
			}
			_, a := c.send(verb, target, body, http.Header{"Authorization": {sign.Scheme + " " + auth + ",sign=" + s}})
			return a.text("code")
		}
		now, path := h.d.Now(), "/v3/alipay/trade/create"
		before := h.rows()
		for _, k := range []struct{ name, got, want string }{
			{"another app's key", send(other, c.card.AppID, "n1", now, "POST", path, path), "invalid-signature"},
			{"too old", send(c, c.card.AppID, "n1", now-11*60*1000, "POST", path, path), "invalid-timestamp"},
			{"too new", send(c, c.card.AppID, "n1", now+11*60*1000, "POST", path, path), "invalid-timestamp"},
			{"another path", send(c, c.card.AppID, "n1", now, "POST", path, "/v3/alipay/trade/query"), "invalid-signature"},
			{"another query", send(c, c.card.AppID, "n1", now, "POST", path+"?a=b", path), "invalid-signature"},
			{"no nonce", send(c, c.card.AppID, "", now, "POST", path, path), "invalid-parameter"},
			{"unknown app", send(c, "2021999999999999", "n1", now, "POST", path, path), "invalid-app-id"},
		} {
			if k.got != k.want {
				t.Errorf("%s: %s, want %s", k.name, k.got, k.want)
			}
		}
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("changed: %s", diff)
		}
		if got := send(c, c.card.AppID, "n1", now, "POST", path, path); got != "<nil>" {
			t.Errorf("the nonce of refused requests is used up: %s", got)
		}
		if got := send(c, c.card.AppID, "n1", now, "POST", path, path); got != "suspected-attack" {
			t.Errorf("replayed: %s", got)
		}
		if got := send(other, other.card.AppID, "n1", now, "POST", path, path); got != "<nil>" {
			t.Errorf("another app's same nonce: %s", got)
		}
	})
}

func TestNoOddAmountMakesATradeOrARefund(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		paid := c.want("alipay.trade.create", order("M0", "10.00")).text("trade_no")
		h.payAs(lin, paid)
		before := h.rows()
		for _, total := range []any{"0", "0.00", "-1.00", "+1.00", "1.001", "0.001", "1e3", "NaN", "Infinity", " 1.00", "1.00 ", "１.00", "1,000.00", "0x10",
			"100000000.01", "99999999999999999999", "", nil, true, []string{"1.00"}, fields{"a": 1}, -1, 0, 1e300, 0.001} {
			o := order("M1", "1.00")
			o["total_amount"] = total
			if a := c.v2("alipay.trade.create", o); a.text("sub_code") != "isv.invalid-parameter" {
				t.Errorf("total_amount %v: %v", total, a)
			}
			if a := c.v2("alipay.trade.refund", fields{"trade_no": paid, "out_request_no": "x", "refund_amount": total}); a.text("sub_code") != "isv.invalid-parameter" {
				t.Errorf("refund_amount %v: %v", total, a)
			}
		}
		c.refused("ACQ.REASON_TRADE_REFUND_FEE_ERR", "alipay.trade.refund", fields{"trade_no": paid, "out_request_no": "x", "refund_amount": "10.01"})
		if diff := before.changed(h.rows()); diff != "" {
			t.Errorf("changed: %s", diff)
		}
		c.want("alipay.trade.refund", fields{"trade_no": paid, "out_request_no": "y", "refund_amount": "10.00"})
		c.refused("ACQ.REASON_TRADE_REFUND_FEE_ERR", "alipay.trade.refund", fields{"trade_no": paid, "out_request_no": "z", "refund_amount": "0.01"})
		c.refused("ACQ.DISCORDANT_REPEAT_REQUEST", "alipay.trade.refund", fields{"trade_no": paid, "out_request_no": "y", "refund_amount": "9.00"})
		h.wantBooks()
	})
}

func TestAnotherAppsTradeDoesNotExist(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, other := h.app(testKeys[0]), h.app(testKeys[1])
		no := c.want("alipay.trade.create", order("X1", "1.00")).text("trade_no")
		for _, key := range []fields{{"trade_no": no}, {"out_trade_no": "X1"}} {
			key["refund_amount"], key["out_request_no"] = "1.00", "r"
			for _, method := range []string{"query", "close", "refund", "fastpay.refund.query", "refund.apply"} {
				other.refused("ACQ.TRADE_NOT_EXIST", "alipay.trade."+method, key)
			}
			if a := other.want("alipay.trade.cancel", key); a["action"] != nil {
				t.Errorf("cancel of another's trade: %v", a)
			}
		}
		h.payAs(lin, no)
		mine := c.want("alipay.trade.query", fields{"trade_no": no}).text("buyer_open_id")
		o := order("X2", "1.00")
		o["buyer_open_id"] = mine
		other.refused("ACQ.BUYER_NOT_EXIST", "alipay.trade.create", o)
		other.refused("app-openid-not-match", "alipay.open.auth.userauth.relationship.query", fields{"open_id": mine, "scopes": "auth_user"})
		if a := c.want("alipay.trade.query", fields{"trade_no": no}); a.text("trade_status") != "TRADE_SUCCESS" {
			t.Errorf("%v", a)
		}
	})
}

func TestChecksComeInTheGatewaysOrder(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	for _, k := range []struct {
		sub    string
		change func(p map[string]string)
	}{
		{"isv.missing-method", func(p map[string]string) { delete(p, "method") }},
		{"isv.missing-app-id", func(p map[string]string) { delete(p, "app_id") }},
		{"isv.missing-signature-type", func(p map[string]string) { delete(p, "sign_type") }},
		{"isv.missing-timestamp", func(p map[string]string) { delete(p, "timestamp") }},
		{"isv.missing-version", func(p map[string]string) { delete(p, "version") }},
		{"isv.invalid-app-id", func(p map[string]string) { p["app_id"] = "2021999999999999" }},
		{"isv.invalid-signature", func(p map[string]string) { p["method"] = "no.such.method" }},
		{"isv.invalid-method", func(p map[string]string) { p["method"] = "no.such.method"; c.sign(p) }},
		{"isv.invalid-charset", func(p map[string]string) { p["charset"] = "latin1"; c.sign(p) }},
		{"isv.invalid-format", func(p map[string]string) { p["format"] = "xml"; c.sign(p) }},
		{"isv.insufficient-isv-permissions", func(p map[string]string) { p["method"] = "alipay.marketing.card.consume.sync"; c.sign(p) }},
		{"aop.invalid-app-auth-token", func(p map[string]string) { p["app_auth_token"] = "x"; c.sign(p) }},
		{"isv.invalid-encrypt-type", func(p map[string]string) { p["encrypt_type"] = "SM4"; c.sign(p) }},
		{"isv.decryption-error-unknown", func(p map[string]string) { p["encrypt_type"] = "AES"; c.sign(p) }},
		{"isv.illegal-json", func(p map[string]string) { p["biz_content"] = "[1]"; c.sign(p) }},
		{"isv.illegal-json", func(p map[string]string) { p["biz_content"] = `{"a":`; c.sign(p) }},
	} {
		p := c.params("alipay.trade.query", fields{"out_trade_no": "1"})
		k.change(p)
		w := h.post(p)
		if !strings.Contains(w.Body.String(), `"sub_code":"`+k.sub+`"`) || w.Code != 200 {
			t.Errorf("%d %s, want %s", w.Code, w.Body, k.sub)
		}
		if signed := strings.Contains(w.Body.String(), `,"sign":"`); signed == (p["app_id"] != c.card.AppID) {
			t.Errorf("%s: signed %v", k.sub, signed)
		}
	}
}

func TestFloodsAreCutShort(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	before := h.rows()
	many := strings.Repeat("a=b&", 10) + manyParams(2000)
	big := "biz_content=" + strings.Repeat("x", maxForm+1)
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	for i := range 1000 {
		w.WriteField(fmt.Sprint("f", i), "v")
	}
	w.Close()
	var file bytes.Buffer
	fw := multipart.NewWriter(&file)
	part, err := fw.CreateFormFile("file_content", "a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(make([]byte, maxFile+1))
	fw.Close()
	for name, r := range map[string]*http.Request{
		"many parameters":    withType(httptest.NewRequest("POST", gatewayPath, strings.NewReader(many)), "application/x-www-form-urlencoded"),
		"a long body":        withType(httptest.NewRequest("POST", gatewayPath, strings.NewReader(big)), "application/x-www-form-urlencoded"),
		"an endless body":    withType(httptest.NewRequest("POST", gatewayPath, io.LimitReader(endless{}, 1<<40)), "application/x-www-form-urlencoded"),
		"many parts":         withType(httptest.NewRequest("POST", gatewayPath, &parts), w.FormDataContentType()),
		"a big file":         withType(httptest.NewRequest("POST", gatewayPath, &file), fw.FormDataContentType()),
		"a broken multipart": withType(httptest.NewRequest("POST", gatewayPath, strings.NewReader("--x")), "multipart/form-data; boundary=x"),
		"a bad escape":       httptest.NewRequest("POST", gatewayPath, strings.NewReader("a=%zz")),
		"a long v3 header":   withAuth(httptest.NewRequest("POST", "/v3/alipay/trade/query", nil), sign.Scheme+" app_id="+strings.Repeat("1", 1<<20)+",sign=AA=="),
		"a long v3 body":     withAuth(httptest.NewRequest("POST", "/v3/alipay/trade/query", strings.NewReader(big)), sign.Scheme+" app_id=1,sign=AA=="),
	} {
		answer := httptest.NewRecorder()
		h.handler.ServeHTTP(answer, r)
		if body := answer.Body.String(); !strings.Contains(body, "invalid-parameter") && !strings.Contains(body, "invalid-signature") || len(body) > 4096 {
			t.Errorf("%s: %d %.300s", name, answer.Code, body)
		}
	}
	if diff := before.changed(h.rows()); diff != "" {
		t.Errorf("changed: %s", diff)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func manyParams(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "p%d=v&", i)
	}
	return b.String()
}

func withType(r *http.Request, contentType string) *http.Request {
	r.Header.Set("Content-Type", contentType)
	return r
}

func withAuth(r *http.Request, header string) *http.Request {
	r.Header.Set("Authorization", header)
	return r
}

func TestTheCallLogHidesSecrets(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	c.v2("alipay.system.oauth.token", nil, "grant_type", "authorization_code", "code", "SECRETCODE")
	o := order("L1", "1.00")
	o["auth_code"] = "289999999999999999"
	c.v2("alipay.trade.pay", o)
	c.v3("POST", "/v3/alipay/trade/pay", o, "")
	c.v2("alipay.open.auth.app.aes.get", fields{})
	h.door.storeCalls(context.Background())
	n := 0
	h.read(func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT request || reply || method || sub_code FROM openapp_call`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			n++
			for _, secret := range []string{"SECRETCODE", "289999999999999999", c.card.AESKey} {
				if strings.Contains(text, secret) {
					t.Errorf("%s is in the log: %s", secret, text)
				}
			}
		}
		return rows.Err()
	})
	if n != 4 {
		t.Errorf("%d calls in the log, want 4", n)
	}
}
