package open

import (
	"context"
	"strings"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/openapp"
)

func TestAfterTheKeyWasReplacedElsewhereEachAppIsAnsweredWithTheKeyThatItKnows(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		before, certified, r := h.app(testKeys[0]), h.certifiedApp(), newReceiver(t)
		old := h.door.own
		own, err := openapp.Rotate(context.Background(), h.d, time.Hour) // as souk key rotate does, in another process
		if err != nil {
			t.Fatal(err)
		}
		after := h.app(testKeys[1])
		no := before.want("alipay.trade.create", order("K1", "2.00"), "notify_url", r.URL).text("trade_no")
		certified.want("alipay.fund.account.query", fields{})
		h.payAs(lin, no)
		h.work()
		wantNotification(t, h, <-r.got, map[string]string{"trade_no": no}) // checked with the old key, like the answers
		if status, _ := before.v3("POST", "/v3/alipay/trade/query", fields{"trade_no": no}, ""); status != 200 {
			t.Errorf("v3: %d", status)
		}
		h.door.own = own // the tests check answers with this key from here on
		after.want("alipay.trade.create", order("K2", "1.00"))
		if after.card.PlatformPublicKey != own.PublicText() || before.card.PlatformPublicKey != old.PublicText() {
			t.Error("the cards name other keys")
		}
		h.write(func(tx *db.Tx) error { return openapp.Switch(context.Background(), tx, before.card.AppID) })
		before.want("alipay.trade.query", fields{"trade_no": no})
		h.write(func(tx *db.Tx) error { return openapp.Switch(context.Background(), tx, certified.card.AppID) })
		certified.want("alipay.open.app.alipaycert.download", fields{"alipay_cert_sn": own.Certificate.SN})
		certified.refused("isv.app-cert-not-exist", "alipay.open.app.alipaycert.download", fields{"alipay_cert_sn": "0"})
	})
}

func TestAnAppThatCallsTooOftenIsToldSoAndOthersAreNotHindered(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	h.door.AppRate = 3
	now := h.d.Now()
	h.d.SetClock(func() int64 { return now })
	c, other := h.app(testKeys[0]), h.app(testKeys[1])
	for i := range 6 {
		if a := c.v2("alipay.fund.account.query", fields{}); a.text("code") != "10000" {
			t.Fatalf("call %d: %v", i, a)
		}
	}
	before := h.rows()
	if a := c.v2("alipay.trade.create", order("R1", "1.00")); a.text("code") != "40005" || a.text("sub_code") != "isv.app-call-limited" {
		t.Errorf("one too many: %v", a)
	}
	if status, a := c.v3("POST", "/v3/alipay/trade/create", order("R1", "1.00"), ""); status != 429 || a.text("code") != "app-call-limited" {
		t.Errorf("one too many in v3: %d %v", status, a)
	}
	if diff := before.changed(h.rows()); diff != "" {
		t.Errorf("changed: %s", diff)
	}
	p := c.params("alipay.trade.create", order("R1", "1.00"))
	p["sign"] = "AAAA"
	if body := h.post(p).Body.String(); !strings.Contains(body, "isv.invalid-signature") {
		t.Errorf("a forgery counts as a call: %s", body)
	}
	other.want("alipay.fund.account.query", fields{})
	now += 1000
	for range 3 {
		c.want("alipay.fund.account.query", fields{})
	}
	c.refused("isv.app-call-limited", "alipay.fund.account.query", fields{})
}

func TestALogThatIsBehindSaysHowManyCallsItDidNotKeep(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	h.door.calls = make(chan noted, 2)
	for range 5 {
		c.want("alipay.fund.account.query", fields{})
	}
	h.door.storeCalls(context.Background())
	var calls []openapp.Call
	h.read(func(tx *db.Tx) (err error) {
		calls, err = openapp.Calls(context.Background(), tx, openapp.CallSearch{AppID: c.card.AppID, Limit: 10})
		return err
	})
	said := ""
	for _, call := range calls {
		said += call.Method + "\n"
	}
	if len(calls) != 3 || !strings.Contains(said, "(3 calls not logged)") {
		t.Errorf("the log says:\n%s", said)
	}
}
