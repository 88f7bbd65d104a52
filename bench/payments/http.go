package payments

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"souk/gateway/my"
	"souk/kit/db"
	"souk/platform/identity"
)

const answerTimeout = time.Minute

// caller is an ordinary Go client with as many connections as it has users.
func caller(clients int) *http.Client {
	return &http.Client{Timeout: answerTimeout, Transport: &http.Transport{MaxIdleConns: clients, MaxIdleConnsPerHost: clients, DisableCompression: true}}
}

// serve answers on a loopback port until the bench ends.
func (b *bench) serve(h http.Handler) (base string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: answerTimeout}
	go server.Serve(l)
	b.undo = append(b.undo, func() { server.Close() })
	return "http://" + l.Addr().String(), nil
}

// post sends a call as the shell does and checks that it was granted.
func post(c *http.Client, address, token string, body []byte) error {
	r, err := http.NewRequest("POST", address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Souk", "1")
	r.Header.Set("Cookie", my.Cookie+"="+token)
	answer, err := c.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err == nil && (answer.StatusCode != http.StatusOK || !bytes.Contains(text, []byte(`"9000"`))) {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return err
}

// receipt is as long as a payment's answer.
const receipt = `{"data":{"memo":"","result":"{\"alipay_trade_app_pay_response\":{\"app_id\":\"2021900000000000\",\"code\":\"10000\",\"msg\":\"Success\",` +
	`\"out_trade_no\":\"bench_100000\",\"total_amount\":\"0.01\",\"trade_no\":\"2026112222001400000000000001\"}}","resultCode":"9000"}}` + "\n"

// addHTTP adds a handler that does nothing, and payments through gateway/my by persons who are signed in.
func (b *bench) addHTTP(ctx context.Context) error {
	nothing := http.NewServeMux()
	nothing.HandleFunc("POST /my/{app}/{api}", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			io.WriteString(w, receipt)
		}
	})
	empty, err := b.serve(nothing)
	if err != nil {
		return err
	}
	h, err := b.house(ctx)
	if err != nil {
		return err
	}
	if err := h.signIn(ctx); err != nil {
		return err
	}
	proved, err := b.serve(my.New(my.Options{DB: h.d, Log: slog.New(slog.DiscardHandler), Prove: func(context.Context, *db.DB, identity.PersonID, string) error { return nil }}))
	if err != nil {
		return err
	}
	real, err := b.serve(my.New(my.Options{DB: h.d, Log: slog.New(slog.DiscardHandler)}))
	if err != nil {
		return err
	}
	idle := &form{name: "HTTP, no-op handler", unit: "answers", clients: b.Clients, ready: func(ctx context.Context, n int) (func(int) error, int, error) {
		c, body := caller(b.Clients), payBody("2026112222001400000000000001")
		return func(int) error { return post(c, empty+"/my/"+string(app(0))+"/pay", h.tokens[0], body) }, 1 << 40, nil
	}}
	paying := h.overHTTP("HTTP, payment, person proved before", proved, b.Clients)
	pins := h.overHTTP("HTTP, payment, PIN hashed each time", real, b.Clients)
	b.forms = append(b.forms, idle, paying, pins)
	b.compare("HTTP payment / no-op handler", paying, idle, 0.3)
	return nil
}

// signIn gives every person a session and the same PIN.
func (h *house) signIn(ctx context.Context) error {
	hash, err := identity.HashPIN(ctx, pin)
	if err != nil {
		return err
	}
	h.tokens = make([]string, h.persons)
	return h.inBatches(ctx, h.persons, func(tx *db.Tx, i int) (err error) {
		if err := identity.SetPIN(ctx, tx, person(i), hash); err != nil {
			return err
		}
		h.tokens[i], err = identity.StartSession(ctx, tx, person(i))
		return err
	})
}

const pin = "246810"

func payBody(no string) []byte {
	body, err := json.Marshal(map[string]string{"tradeNO": no, "pin": pin})
	if err != nil {
		panic("payments: " + err.Error())
	}
	return body
}

// overHTTP is a payment as a phone makes it: POST /my/{app}/pay with the session's cookie.
func (h *house) overHTTP(name, base string, clients int) *form {
	return &form{name: name, unit: "payments", clients: clients, ready: func(ctx context.Context, n int) (func(int) error, int, error) {
		made, err := h.trades(ctx, n, sellers)
		c := caller(clients)
		return func(i int) error {
			err := post(c, base+"/my/"+string(made[i].App)+"/pay", h.tokens[h.payer(i)], payBody(string(made[i].No)))
			if err == nil {
				h.paid.Add(1)
			}
			return err
		}, n, err
	}}
}
