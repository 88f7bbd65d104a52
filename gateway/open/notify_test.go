package open

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/egress"
	"souk/kit/event"
	"souk/kit/job"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// receiver is a merchant's server that keeps what it was told.
type receiver struct {
	*httptest.Server
	got   chan url.Values
	reply atomic.Value // string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: make(chan url.Values, 64)}
	r.reply.Store("success")
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		form, _ := url.ParseQuery(string(body))
		r.got <- form
		if to, ok := strings.CutPrefix(r.reply.Load().(string), "redirect "); ok {
			http.Redirect(w, q, to, http.StatusFound)
			return
		}
		io.WriteString(w, r.reply.Load().(string))
	}))
	t.Cleanup(r.Close)
	return r
}

// work does the door's jobs that are due now.
func (h *house) work() (attempts int) {
	h.t.Helper()
	if _, err := event.CatchUp(context.Background(), h.d, notifyConsumer, h.door.onEvent, notifyEvents...); err != nil {
		h.t.Fatal(err)
	}
	attempts, err := job.RunDue(context.Background(), h.d, h.door.notifyKind())
	if err != nil {
		h.t.Fatal(err)
	}
	return attempts
}

func (c *client) notifications() (list []openapp.Notification) {
	c.t.Helper()
	c.read(func(tx *db.Tx) (err error) {
		list, err = openapp.Notifications(context.Background(), tx, openapp.NotificationSearch{AppID: c.card.AppID, Limit: openapp.MaxPage})
		return err
	})
	return list
}

func wantNotification(t *testing.T, h *house, form url.Values, want map[string]string) {
	t.Helper()
	params := map[string]string{}
	for name := range form {
		params[name] = form.Get(name)
		if params[name] == "" {
			t.Errorf("%s is empty", name)
		}
	}
	if err := sign.Verify(&h.door.own.Key.PublicKey, sign.RSA2, sign.NotifyString(params), params["sign"]); err != nil {
		t.Errorf("notification %v: %v", params, err)
	}
	for name, value := range want {
		if params[name] != value {
			t.Errorf("%s = %q, want %q", name, params[name], value)
		}
	}
}

func TestEverySuccessIsToldAndARefundIsToldAgain(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, r := h.app(testKeys[0]), newReceiver(t)
		o := order("T1", "25.00")
		o["passback_params"] = "store=1&k=x"
		no := c.want("alipay.trade.create", o, "notify_url", r.URL+"/n?a=1").text("trade_no")
		if n := h.work(); n != 0 {
			t.Errorf("%d notifications before payment", n)
		}
		h.payAs(lin, no)
		h.work()
		paid := <-r.got
		wantNotification(t, h, paid, map[string]string{
			"trade_no": no, "out_trade_no": "T1", "trade_status": "TRADE_SUCCESS", "total_amount": "25.00", "subject": `拿铁 & "大杯" +1`,
			"passback_params": "store=1&k=x", "app_id": c.card.AppID, "seller_id": c.card.Merchant, "notify_type": "trade_status_sync",
			"fund_bill_list": `[{"amount":"25.00","fundChannel":"ALIPAYACCOUNT"}]`,
		})
		c.want("alipay.trade.refund", fields{"trade_no": no, "refund_amount": "5.00", "out_request_no": "r1"})
		h.work()
		back := <-r.got
		wantNotification(t, h, back, map[string]string{"trade_status": "TRADE_SUCCESS", "refund_fee": "5.00", "out_biz_no": "r1"})
		if paid.Get("notify_id") == back.Get("notify_id") {
			t.Error("two causes share a notify_id")
		}
		if n := h.work(); n != 0 || len(r.got) != 0 {
			t.Errorf("%d attempts after success", n)
		}
	})
}

func TestANotificationIsRepeatedOnScheduleUntilTheReceiverSaysSuccess(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c, r := h.app(testKeys[0]), newReceiver(t)
		start := h.d.Now()
		now := start
		h.d.SetClock(func() int64 { return now })
		no := c.want("alipay.trade.create", order("S1", "1.00"), "notify_url", r.URL).text("trade_no")
		h.payAs(lin, no)
		ids := map[string]bool{}
		for i, reply := range []string{"fail", "SUCCESS", "success!", "redirect /elsewhere", "", "{}", "<html>", "no"} {
			r.reply.Store(reply)
			if n := h.work(); n != 1 {
				t.Fatalf("attempt %d: %d attempts", i+1, n)
			}
			ids[(<-r.got).Get("notify_id")] = true
			if i == len(openapp.Waits) {
				break
			}
			now += openapp.Waits[i].Milliseconds() - 1
			if n := h.work(); n != 0 {
				t.Errorf("attempt %d comes early", i+2)
			}
			now++
		}
		if whole := 24*time.Hour + 24*time.Minute; len(ids) != 1 || now-start != whole.Milliseconds() {
			t.Errorf("notify_ids %v after %v", ids, time.Duration(now-start)*time.Millisecond)
		}
		now += 48 * 3600 * 1000
		n := c.notifications()
		if got := h.work(); got != 0 || len(n) != 1 || n[0].State != "given_up" || n[0].Attempts != 8 || n[0].LastError == "" {
			t.Errorf("%d attempts after the last, %+v", got, n)
		}
		r.reply.Store("success")
		h.write(func(tx *db.Tx) error { return Replay(context.Background(), tx, c.card.AppID, n[0].ID) })
		if h.work() != 1 || (<-r.got).Get("notify_id") != n[0].ID || c.notifications()[0].State != "delivered" {
			t.Errorf("replay: %+v", c.notifications())
		}
		err := h.d.Write(context.Background(), func(tx *db.Tx) error { return Replay(context.Background(), tx, "2021999999999999", n[0].ID) })
		if err == nil {
			t.Error("another app replays a notification")
		}
	})
}

func TestOutsideDeveloperModeNoPrivateAddressIsNotified(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	r := newReceiver(t)
	h.door.client = egress.New(false)
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	for _, to := range []string{r.URL, "http://localhost" + port, "http://[::1]" + port, "http://0.0.0.0" + port, "http://[::ffff:127.0.0.1]" + port,
		"http://2130706433" + port, "http://127.1" + port, "http://169.254.169.254/latest/meta-data", "http://10.0.0.1", "http://[fd00::1]", "http://[64:ff9b::7f00:1]"} {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := h.door.post(ctx, openapp.Notification{ID: "x", AppID: "1", URL: to, Form: openapp.Trade})
		cancel()
		if err == nil {
			t.Errorf("%s was notified", to)
		}
	}
	if len(r.got) != 0 {
		t.Errorf("%d requests came through", len(r.got))
	}
	c := h.app(testKeys[0])
	for _, bad := range []string{"file:///etc/passwd", "gopher://127.0.0.1:25/", "ftp://a/", "//a", "javascript:alert(1)", "http://", "http://user:pw@a/", "http://a/" + strings.Repeat("x", 600)} {
		c.refused("isv.invalid-parameter", "alipay.trade.create", order("U1", "1.00"), "notify_url", bad)
	}
}
