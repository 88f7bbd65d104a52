package payments

import (
	"context"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"

	"souk/gateway/open"
	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/merchant"
	"souk/platform/pay"
)

// addOpen adds bare signatures, and whole answers of the open API to a merchant's server, each signed.
func (b *bench) addOpen(ctx context.Context) error {
	key, err := sign.NewKey()
	if err != nil {
		return err
	}
	// A file of its own: what a merchant's server hears of other forms' payments later would else be counted here.
	h, err := b.openFile(ctx, "open.db", 1)
	if err != nil {
		return err
	}
	door, err := open.New(ctx, open.Config{DB: h.d, Base: "http://127.0.0.1", Developer: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() { defer close(ended); door.Run(running) }() // with its call log being written beside
	b.undo = append(b.undo, func() { stop(); <-ended })
	mux := http.NewServeMux()
	door.Routes(mux)
	body, err := h.signedQuery(ctx, key)
	if err != nil {
		return err
	}
	raw := signing(key)
	replies := &form{name: "open API, signed trade.query", unit: "replies", clients: runtime.NumCPU(), pieces: signingPieces, ready: endless(func(int) error {
		r := httptest.NewRequest("POST", "/gateway.do", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"code":"10000"`) {
			return fmt.Errorf("%d %s", w.Code, w.Body)
		}
		return nil
	})}
	b.forms = append(b.forms, raw, replies)
	b.compare("open API replies / crypto/rsa signatures", replies, raw, 0.85)
	return nil
}

// signedQuery registers an app with a trade and answers the signed form by which its server asks for it.
func (h *house) signedQuery(ctx context.Context, key *rsa.PrivateKey) (string, error) {
	card, err := open.CreateApp(ctx, h.d, "http://127.0.0.1", open.NewApp{Name: "Bench", PublicKey: sign.PublicText(&key.PublicKey)})
	if err != nil {
		return "", err
	}
	if err := h.d.Write(ctx, func(tx *db.Tx) error {
		_, _, err := pay.Create(ctx, tx, pay.Order{App: merchant.AppID(card.AppID), OutTradeNo: "bench_query", Subject: "A cup of coffee", Total: 1})
		return err
	}); err != nil {
		return "", err
	}
	now := h.d.Now()
	p := map[string]string{"app_id": card.AppID, "method": "alipay.trade.query", "charset": "utf-8", "sign_type": string(sign.RSA2), "version": "1.0",
		"timestamp": timestamp(now), "biz_content": `{"out_trade_no":"bench_query"}`}
	if p["sign"], err = sign.Sign(key, sign.RSA2, sign.V2String(p, sign.DropEmpty)); err != nil {
		return "", err
	}
	form := url.Values{}
	for k, v := range p {
		form.Set(k, v)
	}
	return form.Encode(), nil
}
