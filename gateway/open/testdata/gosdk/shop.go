// Command shop is a merchant's server that takes a payment with an unmodified Go SDK: create, wait for the signed notification, query,
// refund a part twice. Its tests build it against the modules named in go.mod.txt.
//
//	shop smartwalle|gopay|gopay3 card.json key.txt [aes]
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/go-pay/gopay"
	gopayali "github.com/go-pay/gopay/alipay"
	gopay3 "github.com/go-pay/gopay/alipay/v3"
	"github.com/go-pay/gopay/pkg/xhttp"
	"github.com/smartwalle/alipay/v3"
)

type card struct{ AppID, Gateway, Endpoint, PlatformPublicKey, AESKey, Files string }

// shop is what each SDK does in its own way. Amounts are yuan.
type shop interface {
	create(ctx context.Context, no, total, subject, notify string) (tradeNo string, err error)
	status(ctx context.Context, no string) (status, total string, err error)
	refund(ctx context.Context, no, request, amount string) (change, fee string, err error)
	genuine(r *http.Request) (no, status string, err error)
}

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3], len(os.Args) > 4); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kind, cardFile, keyFile string, aes bool) error {
	text, err := os.ReadFile(cardFile)
	if err != nil {
		return err
	}
	var c card
	if err := json.Unmarshal(text, &c); err != nil {
		return err
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return err
	}
	s, err := open(kind, c, string(key), aes)
	if err != nil {
		return err
	}
	return take(s)
}

func open(kind string, c card, key string, aes bool) (shop, error) {
	switch kind {
	case "smartwalle":
		return openSmartwalle(c, key, aes)
	case "gopay":
		return openGopay(c, key)
	case "gopay3":
		return openGopay3(c, key)
	}
	return nil, errors.New("no SDK " + kind)
}

func take(s shop) error {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	no, paid := fmt.Sprintf("GO%d", time.Now().UnixNano()), make(chan error, 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		order, status, err := s.genuine(r)
		if err == nil && order != no {
			err = errors.New("a notification about another order: " + order)
		}
		if err == nil {
			fmt.Fprint(w, "success")
		}
		if err != nil || status == "TRADE_SUCCESS" {
			paid <- err
		}
	}))
	defer server.Close()
	trade, err := s.create(ctx, no, "9.90", `拿铁 & "large" +1`, server.URL+"/notify") // no query: both SDKs would take it for a signed field
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	fmt.Println("TRADE", trade, "waits for its payer")
	select {
	case err := <-paid:
		if err != nil {
			return fmt.Errorf("notification: %w", err)
		}
	case <-ctx.Done():
		return errors.New("no notification came")
	}
	status, total, err := s.status(ctx, no)
	if err != nil || status != "TRADE_SUCCESS" {
		return fmt.Errorf("query: %s %w", status, err)
	}
	fmt.Println("PAID", total)
	change, _, err := s.refund(ctx, no, "back1", "1.90")
	if err != nil || change != "Y" {
		return fmt.Errorf("refund: fund_change %q %w", change, err)
	}
	again, fee, err := s.refund(ctx, no, "back1", "1.90")
	if err != nil || again != "N" {
		return fmt.Errorf("refund again: fund_change %q %w", again, err)
	}
	fmt.Println("REFUNDED", fee, "of", total)
	return nil
}

func files(c card) (app, platform, root string) {
	return filepath.Join(c.Files, "appCertPublicKey_"+c.AppID+".crt"), filepath.Join(c.Files, "alipayCertPublicKey_RSA2.crt"), filepath.Join(c.Files, "alipayRootCert.crt")
}

type smartwalle struct{ *alipay.Client }

func openSmartwalle(c card, key string, aes bool) (shop, error) {
	client, err := alipay.New(c.AppID, key, true, alipay.WithProductionGateway(c.Gateway))
	if err != nil {
		return nil, err
	}
	if c.Files == "" {
		err = client.LoadAliPayPublicKey(c.PlatformPublicKey)
	} else {
		app, platform, root := files(c)
		err = errors.Join(client.LoadAppCertPublicKeyFromFile(app), client.LoadAlipayCertPublicKeyFromFile(platform), client.LoadAliPayRootCertFromFile(root))
	}
	if err == nil && aes {
		err = client.SetEncryptKey(c.AESKey)
	}
	return smartwalle{client}, err
}

func (s smartwalle) create(ctx context.Context, no, total, subject, notify string) (string, error) {
	r, err := s.TradeCreate(ctx, alipay.TradeCreate{Trade: alipay.Trade{OutTradeNo: no, TotalAmount: total, Subject: subject, NotifyURL: notify}})
	if err == nil && r.IsFailure() {
		err = r.Error
	}
	if err != nil {
		return "", err
	}
	return r.TradeNo, nil
}

func (s smartwalle) status(ctx context.Context, no string) (string, string, error) {
	r, err := s.TradeQuery(ctx, alipay.TradeQuery{OutTradeNo: no})
	if err != nil {
		return "", "", err
	}
	return string(r.TradeStatus), r.TotalAmount, nil
}

func (s smartwalle) refund(ctx context.Context, no, request, amount string) (string, string, error) {
	r, err := s.TradeRefund(ctx, alipay.TradeRefund{OutTradeNo: no, OutRequestNo: request, RefundAmount: amount})
	if err != nil {
		return "", "", err
	}
	return r.FundChange, r.RefundFee, nil
}

func (s smartwalle) genuine(r *http.Request) (string, string, error) {
	if err := r.ParseForm(); err != nil {
		return "", "", err
	}
	n, err := s.DecodeNotification(r.Form)
	if err != nil {
		return "", "", err
	}
	return n.OutTradeNo, string(n.TradeStatus), nil
}

// elsewhere sends requests for Alipay's address to Souk's: gopay's v2 client has no setting for it.
type elsewhere struct{ to *url.URL }

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host, r.Host = e.to.Scheme, e.to.Host, e.to.Host
	return http.DefaultTransport.RoundTrip(r)
}

// notified checks a notification with gopay, which its two clients share.
type notified struct {
	c        card
	platform []byte // the certificate in certificate mode
}

func (n notified) genuine(r *http.Request) (string, string, error) {
	form, err := gopayali.ParseNotifyToBodyMap(r)
	if err != nil {
		return "", "", err
	}
	no, status, ok := form.Get("out_trade_no"), form.Get("trade_status"), false
	if n.platform != nil {
		ok, err = gopayali.VerifySignWithCert(n.platform, form)
	} else {
		ok, err = gopayali.VerifySign(n.c.PlatformPublicKey, form)
	}
	if err == nil && !ok {
		err = errors.New("the signature is not genuine")
	}
	return no, status, err
}

type goPay struct {
	*gopayali.Client
	notified
}

func openGopay(c card, key string) (shop, error) {
	client, err := gopayali.NewClient(c.AppID, key, true)
	if err != nil {
		return nil, err
	}
	to, err := url.Parse(c.Gateway)
	if err != nil {
		return nil, err
	}
	client.SetHttpClient(xhttp.NewClient().SetTransport(elsewhere{to}))
	s := goPay{client, notified{c: c}}
	if c.Files == "" {
		return s, nil
	}
	app, platform, root := files(c)
	if s.platform, err = os.ReadFile(platform); err != nil {
		return nil, err
	}
	client.AutoVerifySign(s.platform)
	return s, client.SetCertSnByPath(app, root, platform)
}

func (s goPay) create(ctx context.Context, no, total, subject, notify string) (string, error) {
	s.SetNotifyUrl(notify)
	r, err := s.TradeCreate(ctx, gopay.BodyMap{"out_trade_no": no, "total_amount": total, "subject": subject})
	if err != nil {
		return "", err
	}
	return r.Response.TradeNo, nil
}

func (s goPay) status(ctx context.Context, no string) (string, string, error) {
	r, err := s.TradeQuery(ctx, gopay.BodyMap{"out_trade_no": no})
	if err != nil {
		return "", "", err
	}
	return r.Response.TradeStatus, r.Response.TotalAmount, nil
}

func (s goPay) refund(ctx context.Context, no, request, amount string) (string, string, error) {
	r, err := s.TradeRefund(ctx, gopay.BodyMap{"out_trade_no": no, "out_request_no": request, "refund_amount": amount})
	if err != nil {
		return "", "", err
	}
	return r.Response.FundChange, r.Response.RefundFee, nil
}

type goPay3 struct {
	*gopay3.ClientV3
	notified
}

func openGopay3(c card, key string) (shop, error) {
	client, err := gopay3.NewClientV3(c.AppID, key, true)
	if err != nil {
		return nil, err
	}
	app, platform, root := files(c)
	var text [3][]byte
	for i, name := range []string{app, root, platform} {
		if text[i], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	if err := client.SetCert(text[0], text[1], text[2]); err != nil {
		return nil, err
	}
	client.SetProxyHost(c.Endpoint)
	return goPay3{client, notified{c: c, platform: text[2]}}, nil
}

func (s goPay3) create(ctx context.Context, no, total, subject, notify string) (string, error) {
	r, err := s.TradeCreate(ctx, gopay.BodyMap{"out_trade_no": no, "total_amount": total, "subject": subject, "notify_url": notify,
		"product_code": "JSAPI_PAY", "op_app_id": s.c.AppID})
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%d %+v", r.StatusCode, r.ErrResponse)
	}
	if err != nil {
		return "", err
	}
	return r.TradeNo, nil
}

func (s goPay3) status(ctx context.Context, no string) (string, string, error) {
	r, err := s.TradeQuery(ctx, gopay.BodyMap{"out_trade_no": no})
	if err != nil {
		return "", "", err
	}
	return r.TradeStatus, r.TotalAmount, nil
}

func (s goPay3) refund(ctx context.Context, no, request, amount string) (string, string, error) {
	r, err := s.TradeRefund(ctx, gopay.BodyMap{"out_trade_no": no, "out_request_no": request, "refund_amount": amount})
	if err != nil {
		return "", "", err
	}
	return r.FundChange, r.RefundFee, nil
}
