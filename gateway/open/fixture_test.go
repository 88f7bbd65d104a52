package open

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/ledger"
	"souk/platform/openapp"
	"souk/platform/wallet"
)

// testSchemas are the tables that this door's verbs touch.
func testSchemas() []db.Schema {
	return append(slices.Clone(demo.Schemas), openapp.Schema)
}

const (
	lin  identity.PersonID = "1000000000000001" // 500.00 yuan
	poor identity.PersonID = "1000000000000004" // nothing
)

// house is a door with the demo's people behind it.
type house struct {
	t       testing.TB
	d       *db.DB
	door    *Door
	handler http.Handler
}

func eachHouse(t *testing.T, f func(t *testing.T, h *house)) {
	for _, engine := range dbtest.Engines {
		t.Run(engine, func(t *testing.T) { f(t, newHouse(t, engine)) })
	}
}

func newHouse(t testing.TB, engine string) *house {
	t.Helper()
	h := &house{t: t, d: dbtest.Open(t, dbtest.URL(t, engine), testSchemas()...)}
	if err := demo.Seed(context.Background(), h.d); err != nil {
		t.Fatal(err)
	}
	h.door, h.handler = newDoor(t, h.d)
	return h
}

func (h *house) read(f func(*db.Tx) error) {
	h.t.Helper()
	if err := h.d.Read(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(f func(*db.Tx) error) {
	h.t.Helper()
	if err := h.d.Write(context.Background(), f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) balance(p identity.PersonID) string {
	h.t.Helper()
	var b wallet.Balance
	h.read(func(tx *db.Tx) (err error) { b, err = wallet.Read(context.Background(), tx, p); return err })
	return b.Total.Yuan()
}

// wantBooks fails unless the whole ledger verifies.
func (h *house) wantBooks() {
	h.t.Helper()
	h.read(func(tx *db.Tx) error {
		report, err := ledger.Verify(context.Background(), tx)
		if err == nil && len(report.Differences) > 0 {
			h.t.Errorf("the books do not verify: %v", report.Differences)
		}
		return err
	})
}

// payAs is a person's yes at the cashier.
func (h *house) payAs(p identity.PersonID, tradeNo string) {
	h.t.Helper()
	if _, err := PayAs(context.Background(), h.d, true, tradeNo, string(p)); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) paymentCode(p identity.PersonID) (code string) {
	h.t.Helper()
	h.write(func(tx *db.Tx) (err error) { code, err = wallet.NewCode(context.Background(), tx, p); return err })
	return code
}

// client is a merchant's server, signing as SDKs do.
type client struct {
	*house
	card AppCard
	key  *rsa.PrivateKey
	aes  bool // encrypt content
	kind sign.Type
}

var testKeys = []*rsa.PrivateKey{mustKey(), mustKey(), mustKey()}

func mustKey() *rsa.PrivateKey {
	key, err := sign.NewKey()
	if err != nil {
		panic(err)
	}
	return key
}

// app makes an app of its own merchant in key mode.
func (h *house) app(key *rsa.PrivateKey) *client {
	h.t.Helper()
	card, err := CreateApp(context.Background(), h.d, h.door.Base, NewApp{Name: "Test Shop", PublicKey: sign.PublicText(&key.PublicKey), AES: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return &client{house: h, card: card, key: key, kind: sign.RSA2}
}

// certifiedApp makes an app in certificate mode.
func (h *house) certifiedApp() *client {
	h.t.Helper()
	dir := h.t.TempDir()
	request, err := RequestIn(dir)
	if err != nil {
		h.t.Fatal(err)
	}
	card, err := CreateApp(context.Background(), h.d, h.door.Base, NewApp{Name: "Certified Shop", Request: request, AES: true})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := WriteCertificates(dir, &card); err != nil {
		h.t.Fatal(err)
	}
	text, err := readFile(dir, privateKeyFile)
	if err != nil {
		h.t.Fatal(err)
	}
	key, err := sign.ParsePrivateKey(text)
	if err != nil {
		h.t.Fatal(err)
	}
	return &client{house: h, card: card, key: key, kind: sign.RSA2}
}

// params are a v2 request's, signed.
func (c *client) params(method string, biz any, more ...string) map[string]string {
	c.t.Helper()
	p := map[string]string{
		"app_id": c.card.AppID, "method": method, "charset": "utf-8", "sign_type": string(c.kind), "version": "1.0",
		"timestamp": c.door.now().Format(dateTime),
	}
	if biz != nil {
		p["biz_content"] = string(jsonOf(c.t, biz))
	}
	if c.aes && biz != nil {
		text, err := sign.Encrypt(c.card.AESKey, []byte(p["biz_content"]))
		if err != nil {
			c.t.Fatal(err)
		}
		p["biz_content"], p["encrypt_type"] = text, "AES"
	}
	if c.card.AppCertSN != "" {
		p["app_cert_sn"], p["alipay_root_cert_sn"] = c.card.AppCertSN, c.card.RootCertSN
	}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i]] = more[i+1]
	}
	c.sign(p)
	return p
}

func (c *client) sign(p map[string]string) {
	c.t.Helper()
	signature, err := sign.Sign(c.key, c.kind, sign.V2String(p, sign.DropEmpty))
	if err != nil {
		c.t.Fatal(err)
	}
	p["sign"] = signature
}

func jsonOf(t testing.TB, v any) []byte {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func formOf(p map[string]string) url.Values {
	form := url.Values{}
	for k, v := range p {
		form.Set(k, v)
	}
	return form
}

// post sends parameters as one form and returns the raw answer.
func (h *house) post(p map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", gatewayPath, strings.NewReader(formOf(p).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// answer is a v2 node, its fields as texts.
type answer map[string]any

func (a answer) text(name string) string { return fmt.Sprint(a[name]) }

// v2 calls a method, checks that every SDK accepts the answer, and returns it.
func (c *client) v2(method string, biz any, more ...string) answer {
	c.t.Helper()
	return c.answerTo(c.params(method, biz, more...))
}

func (c *client) answerTo(p map[string]string) answer {
	c.t.Helper()
	body, node := c.post(p).Body.String(), nodeName(p["method"])
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &fields); err != nil {
		c.t.Fatalf("%s: answer %s: %v", p["method"], body, err)
	}
	raw := fields[node]
	encrypted := len(raw) > 0 && raw[0] == '"'
	wantSigned(c.t, &c.door.own.Key.PublicKey, sign.Type(p["sign_type"]), body, node, encrypted)
	if (c.card.AppCertSN != "") != strings.Contains(body, `"alipay_cert_sn":"`+c.door.own.Certificate.SN) {
		c.t.Errorf("certificate serial in %s", body)
	}
	if encrypted {
		text, err := sign.Decrypt(c.card.AESKey, strings.Trim(string(raw), `"`))
		if err != nil {
			c.t.Fatal(err)
		}
		raw = text
	}
	out := answer{}
	if err := json.Unmarshal(raw, &out); err != nil {
		c.t.Fatalf("%s: node %s: %v", p["method"], raw, err)
	}
	return out
}

// want calls a method that must succeed.
func (c *client) want(method string, biz any, more ...string) answer {
	c.t.Helper()
	a := c.v2(method, biz, more...)
	if a.text("code") != "10000" {
		c.t.Fatalf("%s %v: %v", method, biz, a)
	}
	return a
}

// refused calls a method that must be refused with this sub_code.
func (c *client) refused(sub, method string, biz any, more ...string) {
	c.t.Helper()
	if a := c.v2(method, biz, more...); a.text("sub_code") != sub {
		c.t.Errorf("%s %v: %v, want %s", method, biz, a, sub)
	}
}

// v3 sends a v3 request; token is the app-auth token or empty.
func (c *client) v3(verb, target string, biz any, token string) (int, answer) {
	c.t.Helper()
	var body []byte
	if biz != nil {
		body = jsonOf(c.t, biz)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if c.aes && biz != nil {
		text, err := sign.Encrypt(c.card.AESKey, body)
		if err != nil {
			c.t.Fatal(err)
		}
		body = []byte(text)
		header.Set("alipay-encrypt-type", "AES")
	}
	auth := "app_id=" + c.card.AppID
	if c.card.AppCertSN != "" {
		auth += ",app_cert_sn=" + c.card.AppCertSN
	}
	auth += ",nonce=" + newTrace() + ",timestamp=" + fmt.Sprint(c.d.Now())
	signature, err := sign.Sign(c.key, sign.RSA2, sign.V3String(auth, verb, target, body, token))
	if err != nil {
		c.t.Fatal(err)
	}
	header.Set("Authorization", sign.Scheme+" "+auth+",sign="+signature)
	if token != "" {
		header.Set("alipay-app-auth-token", token)
	}
	return c.send(verb, target, body, header)
}

// send delivers a v3 request and checks the answer's signature.
func (c *client) send(verb, target string, body []byte, header http.Header) (int, answer) {
	c.t.Helper()
	r := httptest.NewRequest(verb, target, bytes.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	raw, err := io.ReadAll(w.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if h := w.Header(); len(h["alipay-signature"]) == 1 {
		text := sign.V3ReplyString(h["alipay-timestamp"][0], h["alipay-nonce"][0], raw)
		if err := sign.Verify(&c.door.own.Key.PublicKey, sign.RSA2, text, h["alipay-signature"][0]); err != nil {
			c.t.Errorf("%s %s: answer: %v", verb, target, err)
		}
	} else if w.Code < 300 {
		c.t.Errorf("%s %s: a success without a signature", verb, target)
	}
	if c.aes && w.Code < 300 {
		if raw, err = sign.Decrypt(c.card.AESKey, string(raw)); err != nil {
			c.t.Fatal(err)
		}
	}
	out := answer{}
	if err := json.Unmarshal(raw, &out); err != nil {
		c.t.Fatalf("%s %s: %d %s: %v", verb, target, w.Code, raw, err)
	}
	return w.Code, out
}
