package open

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"souk/kit/db/dbtest"
	"souk/kit/sign"
)

// raw sends bytes over a socket and returns the bytes that come back.
func raw(t *testing.T, address, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(bufio.NewReader(c))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestOnTheWireV3HeadersAreLowerCaseAndTargetsAreTakenAsTheyCome(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	c := h.app(testKeys[0])
	c.want("alipay.trade.create", order("WIRE", "1.00"))
	server := httptest.NewServer(h.handler)
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	send := func(verb, target, signed, body string) string {
		auth := fmt.Sprintf("app_id=%s,nonce=%s,timestamp=%d", c.card.AppID, newTrace(), h.d.Now())
		s, err := sign.Sign(c.key, sign.RSA2, sign.V3String(auth, verb, signed, []byte(body), ""))
		if err != nil {
			t.Fatal(err)
		}
		return raw(t, address, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: %s %s,sign=%s\r\nContent-Length: %d\r\n\r\n%s",
			verb, target, sign.Scheme, auth, s, len(body), body))
	}
	got := send("POST", "/v3/alipay/trade/query", "/v3/alipay/trade/query", `{"out_trade_no":"WIRE"}`)
	if !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("answer %s", got)
	}
	for _, header := range []string{"\r\nalipay-timestamp: ", "\r\nalipay-nonce: ", "\r\nalipay-signature: ", "\r\nalipay-trace-id: "} {
		if !strings.Contains(got, header) {
			t.Errorf("no header %q in %s", header, got)
		}
	}
	for _, query := range []string{"?bill_date=2020-01-01&bill_type=trade&x=a+b%2Bc%2F%E4%B8%AD", "?bill_date=2020-01-01&bill_type=trade&x=a%20b", "?bill_type=trade&&bill_date=2020-01-01"} {
		path := "/v3/alipay/data/dataservice/bill/downloadurl/query" + query
		if got := send("GET", path, path, ""); !strings.Contains(got, `"code":"BILL_NOT_EXIST"`) {
			t.Errorf("%s: %s", path, got)
		}
		if got := send("GET", "http://"+address+path, path, ""); !strings.Contains(got, `"code":"BILL_NOT_EXIST"`) {
			t.Errorf("absolute %s: %s", path, got)
		}
	}
	form := formOf(c.params("alipay.trade.query", fields{"out_trade_no": "WIRE"})).Encode()
	for _, target := range []string{"/gateway.do?" + form, "http://" + address + "/gateway.do?" + form} {
		got := raw(t, address, fmt.Sprintf("GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target))
		if !strings.Contains(got, `"code":"10000"`) || !strings.Contains(got, "\r\ntrace_id: ") {
			t.Errorf("%.60s: %s", target, got)
		}
	}
	if got := raw(t, address, "GET /v3/x HTTP/1.1\r\nHost: x\r\nA: "+strings.Repeat("x", 2<<20)+"\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 431") {
		t.Errorf("a header flood: %.100s", got)
	}
}

func TestTheSameOrderFromManyServersAtOnceIsOneTrade(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		var group sync.WaitGroup
		answers := make([]string, 64)
		for i := range answers {
			p := c.params("alipay.trade.create", order("MANY", "1.00"))
			group.Go(func() { answers[i] = c.answerTo(p).text("trade_no") })
		}
		group.Wait()
		for _, no := range answers {
			if no != answers[0] || len(no) != 28 {
				t.Fatalf("trades %v", answers)
			}
		}
	})
}

func TestAFloodOfForgeriesIsAnsweredWithoutSigningEachOne(t *testing.T) {
	h := newHouse(t, dbtest.Engines[0])
	now := h.d.Now()
	h.d.SetClock(func() int64 { return now })
	c := h.app(testKeys[0])
	p := c.params("alipay.trade.query", fields{"out_trade_no": "x"})
	p["version"] = "2.0"
	signed := 0
	for range 3 * signedRefusals {
		body := h.post(p).Body.String()
		if !strings.Contains(body, `"sub_code":"isv.invalid-signature"`) {
			t.Fatalf("answer %s", body)
		}
		if strings.Contains(body, `,"sign":"`) {
			signed++
		}
	}
	if signed != signedRefusals {
		t.Errorf("%d of %d answers signed, want %d", signed, 3*signedRefusals, signedRefusals)
	}
	now += 1000
	c.refused("isv.invalid-signature", "alipay.trade.query", fields{}, "version", "1.0", "sign_type", "RSA2", "charset", "utf-8", "timestamp", h.door.now().Format(dateTime), "app_id", h.app(testKeys[1]).card.AppID)
	c.want("alipay.trade.create", order("OK", "1.00"))
}

func TestTheAuditorOfTheAttackTestsSeesEveryChange(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		c := h.app(testKeys[0])
		before := h.rows()
		no := c.want("alipay.trade.create", order("AUD", "1.00")).text("trade_no")
		if diff := before.changed(h.rows()); !strings.HasPrefix(diff, "pay_trade: ") || strings.Contains(diff, ";") {
			t.Errorf("a trade changed %q", diff)
		}
		before = h.rows()
		h.payAs(lin, no)
		for _, table := range []string{"pay_trade", "ledger_posting", "event_log"} {
			if diff := before.changed(h.rows()); !strings.Contains(diff, table) {
				t.Errorf("a payment changed %q, not %s", diff, table)
			}
		}
	})
}
