package open

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// v2Window is how far a v2 timestamp may be from our clock. It is wide because
// most SDKs write their machine's local time without a zone.
const v2Window = 24 * time.Hour

// system are the parameters that are no business of a method.
var system = []string{
	"app_id", "method", "format", "charset", "sign_type", "sign", "timestamp", "version", "notify_url", "return_url",
	"app_auth_token", "auth_token", "app_cert_sn", "alipay_root_cert_sn", "encrypt_type", "biz_content",
	"alipay_sdk", "terminal_type", "terminal_info", "prod_code", "target_app_id", "ws_service_url",
}

// v2 is one request of that dialect on its way through the checks.
type v2 struct {
	params    map[string]string
	files     []upload
	method    *method // nil: no such method
	app       openapp.App
	certified bool
	signer    openapp.Signer // the platform's key for this app
	seal      seal
	encrypted bool // the answer goes out encrypted
}

func (d *Door) serveV2(w http.ResponseWriter, r *http.Request) {
	began, trace := time.Now(), newTrace()
	w.Header()["trace_id"] = []string{trace}
	req, err := decode(r)
	if err != nil {
		bad := refuse("isv.invalid-parameter", err.Error())
		d.writeV2(w, "error_response", bad.node(), seal{})
		return
	}
	if req.params["service"] == "notify_verify" {
		d.serveNotifyVerify(w, r, req.params)
		return
	}
	v := &v2{params: req.params, files: req.files}
	result, err := d.answerV2(r.Context(), v)
	var bad *refusal
	if err != nil {
		bad = d.explain(trace, req.params["method"], err)
	}
	d.note(began, trace, "v2", remote(r), v.params, nil, signedV2(v.params), result, bad)
	if v.method != nil && v.method.page {
		d.writePage(w, r, result, bad)
		return
	}
	node, err := v.node(result, bad)
	if err != nil {
		d.Log.Error("open api answer", "trace", trace, "error", err)
		node = refuse("isp.unknow-error").node()
	}
	d.writeV2(w, v.name(), node, v.seal)
}

func (d *Door) writeV2(w http.ResponseWriter, name string, node []byte, s seal) {
	body, err := envelope(name, node, s)
	if err != nil {
		d.Log.Error("open api answer cannot be signed", "error", err)
		http.Error(w, "the answer could not be signed", http.StatusInternalServerError)
		return
	}
	charset := "utf-8"
	if s.gbk {
		charset = "GBK"
	}
	w.Header().Set("Content-Type", "text/html;charset="+charset)
	w.Write(body)
}

// name is the key of the answer's node: always the method's own when the name
// could be one, since SDKs check the signature only there.
func (v *v2) name() string {
	name := v.params["method"]
	if name == "" || len(name) > maxName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._") != "" {
		return "error_response"
	}
	return nodeName(name)
}

// node writes the outcome, encrypted when the request was.
func (v *v2) node(result any, bad *refusal) (node []byte, err error) {
	switch {
	case bad != nil:
		node = bad.node()
	case v.method.bare:
		node, err = plain(result)
	default:
		node, err = success(result)
	}
	if err != nil || !v.encrypted {
		return node, err
	}
	cipher, err := sign.Encrypt(v.app.AESKey, node)
	return []byte(`"` + cipher + `"`), err
}

// answerV2 goes through the gateway's checks in their order: presence, app,
// key, signature, method, permission, tokens, decryption, business.
func (d *Door) answerV2(ctx context.Context, v *v2) (any, error) {
	c, err := d.admitV2(ctx, v)
	if err != nil {
		return nil, err
	}
	return d.run(ctx, v.method, c, v.params["app_auth_token"])
}

func (d *Door) admitV2(ctx context.Context, v *v2) (*call, error) {
	missing := absent(v.params)
	if err := d.identify(ctx, v); err != nil {
		if missing != nil {
			return nil, missing
		}
		return nil, err
	}
	if missing != nil {
		return nil, missing
	}
	if err := d.checkSignature(ctx, v); err != nil {
		return nil, err
	}
	if !d.underRate(v.app.ID) {
		if !d.mayRefuseSigned() {
			v.seal.key = nil
		}
		return nil, refuse("isv.app-call-limited")
	}
	utf8, err := utf8Params(v.params)
	if err != nil {
		return nil, refuse("isv.invalid-charset")
	}
	v.params = utf8
	if err := checkForm(v.params, d.now()); err != nil {
		return nil, err
	}
	if v.method = methods[v.params["method"]]; v.method == nil {
		return nil, refuse("isv.invalid-method")
	}
	return v.call(d)
}

// absent refuses the first common parameter that is missing.
func absent(params map[string]string) error {
	for _, p := range [...]struct{ name, sub string }{
		{"method", "isv.missing-method"}, {"app_id", "isv.missing-app-id"}, {"sign_type", "isv.missing-signature-type"},
		{"sign", "isv.missing-signature"}, {"timestamp", "isv.missing-timestamp"}, {"version", "isv.missing-version"},
	} {
		if params[p.name] == "" {
			return refuse(p.sub)
		}
	}
	return nil
}

// knownApp is an app, and whether it has any certificate, which is asked only of one without a plain key.
type knownApp struct {
	openapp.App
	hasCertificate bool
}

// known finds an app. Every call asks, so the answer is remembered: see db.Memo.
func (d *Door) known(ctx context.Context, id string) (knownApp, error) {
	return d.apps.Look(ctx, id, func(tx *db.Tx) (a knownApp, err error) {
		if a.App, err = openapp.Find(ctx, tx, id); err != nil || a.Key != nil {
			return a, err
		}
		a.hasCertificate, err = openapp.HasCertificate(ctx, tx, a.ID)
		return a, err
	})
}

// identify finds the app. From here on answers are signed, if it has a key.
func (d *Door) identify(ctx context.Context, v *v2) error {
	known, err := d.known(ctx, v.params["app_id"])
	v.app = known.App
	switch {
	case errors.Is(err, openapp.ErrUnknown):
		return refuse("isv.invalid-app-id")
	case err != nil:
		return err
	case v.app.Key == nil && !known.hasCertificate:
		return refuse("isv.missing-signature-config")
	}
	kind := sign.Type(v.params["sign_type"])
	if !kind.Known() {
		kind = sign.RSA2
	}
	if v.signer, err = d.signer(ctx, v.app.Signer); err != nil {
		return err
	}
	v.seal = seal{key: v.signer.Key, kind: kind, gbk: isGBK(v.params["charset"])}
	return nil
}

func (d *Door) checkSignature(ctx context.Context, v *v2) error {
	if !sign.Type(v.params["sign_type"]).Known() {
		return refuse("isv.invalid-signature-type")
	}
	signed, err := d.signedBy(ctx, v.app, v.params["app_cert_sn"], func(key *rsa.PublicKey) error { return sign.VerifyV2(key, v.params) })
	if err != nil {
		return err
	}
	if v.params["app_cert_sn"] != "" {
		v.certified, v.seal.certSN = true, v.signer.Certificate.SN
	}
	if !signed {
		if !d.mayRefuseSigned() {
			v.seal.key = nil
		}
		text := sign.V2String(v.params, sign.DropEmpty)
		return refuse("isv.invalid-signature", "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为："+template.HTMLEscapeString(string(text)))
	}
	return nil
}

// signedBy says whether a request is signed with the key that must have signed it. Where the key that is remembered of the app does not fit, the app is looked
// up again: another process may have given it a new one just now.
func (d *Door) signedBy(ctx context.Context, app openapp.App, certSN string, verify func(*rsa.PublicKey) error) (bool, error) {
	key, err := d.appKey(ctx, app, certSN)
	if err != nil || verify(key) == nil {
		return err == nil, err
	}
	if certSN != "" {
		return false, nil // read just now
	}
	d.apps.Forget(app.ID)
	fresh, err := d.known(ctx, app.ID)
	if err != nil || fresh.Key == nil || fresh.Key.Equal(key) {
		return false, err
	}
	return verify(fresh.Key) == nil, nil
}

// appKey is the key that must have signed: the certificate's that the request
// names, else the app's plain one.
func (d *Door) appKey(ctx context.Context, app openapp.App, certSN string) (key *rsa.PublicKey, err error) {
	if certSN == "" {
		if app.Key == nil {
			return nil, refuse("isv.missing-app-cert-sn")
		}
		return app.Key, nil
	}
	err = d.DB.Read(ctx, func(tx *db.Tx) error {
		key, err = openapp.CertifiedKey(ctx, tx, app.ID, certSN)
		return err
	})
	switch {
	case errors.Is(err, openapp.ErrNoCert):
		return nil, refuse("isv.app-cert-not-exist")
	case errors.Is(err, openapp.ErrCertExpired):
		return nil, refuse("isv.app-cert-expired")
	}
	return key, err
}

// checkForm refuses common parameters with values that we cannot serve.
func checkForm(params map[string]string, now time.Time) error {
	at, err := time.ParseInLocation(dateTime, params["timestamp"], china)
	if err != nil || now.Sub(at).Abs() > v2Window {
		return refuse("isv.invalid-timestamp")
	}
	if !slices.Contains([]string{"", "utf-8", "utf8", "gbk"}, strings.ToLower(params["charset"])) {
		return refuse("isv.invalid-charset")
	}
	if !slices.Contains([]string{"", "json"}, strings.ToLower(params["format"])) {
		return refuse("isv.invalid-format")
	}
	return nil
}

// call is the request as methods see it: its business parameters as one JSON
// object, from biz_content or, without one, from the parameters themselves.
func (v *v2) call(d *Door) (*call, error) {
	c := &call{
		door: d, app: v.app, method: v.method.name, certified: v.certified, files: v.files,
		notifyURL: v.params["notify_url"], returnURL: v.params["return_url"], authToken: v.params["auth_token"],
	}
	content := v.params["biz_content"]
	if kind := v.params["encrypt_type"]; kind != "" {
		text, err := decrypt(v.app, kind, content)
		if err != nil {
			return nil, err
		}
		v.encrypted, content = true, string(text)
	}
	if content != "" {
		c.biz = []byte(content)
		return c, nil
	}
	rest := map[string]string{}
	for name, value := range v.params {
		if value != "" && !slices.Contains(system, name) {
			rest[name] = value
		}
	}
	var err error
	c.biz, err = json.Marshal(rest)
	return c, err
}

// decrypt opens content with the app's key.
func decrypt(app openapp.App, kind, content string) ([]byte, error) {
	if kind != "AES" {
		return nil, refuse("isv.invalid-encrypt-type")
	}
	if app.AESKey == "" {
		return nil, refuse("isv.missing-encrypt-key")
	}
	if content == "" {
		return nil, nil
	}
	text, err := sign.Decrypt(app.AESKey, content)
	if err != nil {
		return nil, refuse("isv.decryption-error-unknown")
	}
	return text, nil
}
