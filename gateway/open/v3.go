package open

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"souk/kit/db"
	"souk/kit/sign"
	"souk/platform/openapp"
)

// v3Window is how far a v3 timestamp, milliseconds since 1970, may be from our
// clock. openapp.NonceLife is twice that.
const v3Window = 10 * time.Minute

const maxNonce = 128

// v3 is one request of that dialect on its way through the checks.
type v3 struct {
	target    string // path and query as received
	verb      string
	header    http.Header
	body      []byte // raw: ciphertext if encrypted, of an upload the part "data"
	files     []upload
	auth      sign.Authorization
	app       openapp.App
	signer    openapp.Signer // the platform's key for this app
	known     bool           // the app is known and meant: the answer is signed
	method    *method
	encrypted bool
}

func (d *Door) serveV3(w http.ResponseWriter, r *http.Request) {
	began, trace := time.Now(), newTrace()
	// Lower case on purpose: the official PHP SDK compares names as they come.
	w.Header()["alipay-trace-id"] = []string{trace}
	v := &v3{target: target(r), verb: r.Method, header: r.Header}
	result, err := d.answerV3(r, v)
	var bad *refusal
	if err != nil {
		bad = d.explain(trace, v.name(), err)
	}
	d.note(began, trace, "v3", remote(r), map[string]string{"app_id": v.auth.AppID, "method": v.name()}, v.body,
		signedV3(v.auth.Signed, v.verb, v.target, v.body, v.header.Get("alipay-app-auth-token")), result, bad)
	d.writeV3(w, v, result, bad)
}

func (v *v3) name() string {
	if v.method == nil {
		return v.verb + " " + v.target
	}
	return v.method.name
}

// target is the request target as received, without scheme and host, which a
// client may send in the absolute form.
func target(r *http.Request) string {
	if strings.HasPrefix(r.RequestURI, "/") {
		return r.RequestURI
	}
	if _, rest, found := strings.Cut(r.RequestURI, "://"); found {
		if at := strings.IndexByte(rest, '/'); at >= 0 {
			return rest[at:]
		}
	}
	return r.URL.RequestURI()
}

func (d *Door) answerV3(r *http.Request, v *v3) (any, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return nil, refuse("isv.missing-timestamp")
	}
	var err error
	if v.auth, err = sign.ParseAuthorization(header); err != nil {
		return nil, refuse("isv.invalid-signature", err.Error())
	}
	if err := v.read(r); err != nil {
		return nil, refuse("isv.invalid-parameter", err.Error())
	}
	if err := d.checkV3(r.Context(), v); err != nil {
		return nil, err
	}
	path, query, _ := strings.Cut(v.target, "?")
	m, pathParams := findV3(verbOf(r), path)
	if v.method = m; m == nil {
		return nil, refuse("isv.invalid-method")
	}
	c, err := v.call(d, query, pathParams)
	if err != nil {
		return nil, err
	}
	return d.run(r.Context(), m, c, v.header.Get("alipay-app-auth-token"))
}

// verbOf honours the header by which clients behind old proxies say PATCH.
func verbOf(r *http.Request) string {
	if verb := r.Header.Get("X-HTTP-Method-Override"); verb != "" && r.Method == http.MethodPost {
		return verb
	}
	return r.Method
}

// read takes the body, and of an upload its part "data" and its files.
func (v *v3) read(r *http.Request) (err error) {
	kind, options, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		v.body, err = readAll(r.Body, maxForm)
		return err
	}
	req := request{params: map[string]string{}}
	if err := addParts(&req, io.LimitReader(r.Body, maxUpload+1), options["boundary"]); err != nil {
		return err
	}
	v.body, v.files = []byte(req.params["data"]), req.files
	return nil
}

// checkV3 verifies app, time, signature and nonce, in this order: a stranger
// must not be able to use up nonces.
func (d *Door) checkV3(ctx context.Context, v *v3) error {
	known, err := d.known(ctx, v.auth.AppID)
	if errors.Is(err, openapp.ErrUnknown) {
		return refuse("isv.invalid-app-id")
	}
	if err != nil {
		return err
	}
	v.app = known.App
	text := sign.V3String(v.auth.Signed, v.verb, v.target, v.body, v.header.Get("alipay-app-auth-token"))
	signed, err := d.signedBy(ctx, v.app, v.auth.CertSN, func(key *rsa.PublicKey) error { return sign.Verify(key, sign.RSA2, text, v.auth.Sign) })
	if err != nil {
		return err
	}
	if v.signer, err = d.signer(ctx, v.app.Signer); err != nil {
		return err
	}
	if !signed {
		v.known = d.mayRefuseSigned()
		return refuse("isv.invalid-signature", "验签出错，网关生成的验签字符串为："+string(text))
	}
	v.known = true
	if !d.underRate(v.app.ID) {
		v.known = d.mayRefuseSigned()
		return refuse("isv.app-call-limited")
	}
	if err := checkV3Time(v.auth.Timestamp, d.now()); err != nil {
		return err
	}
	return d.claimNonce(ctx, v.auth)
}

func checkV3Time(timestamp string, now time.Time) error {
	ms, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || now.Sub(time.UnixMilli(ms)).Abs() > v3Window {
		return refuse("isv.invalid-timestamp")
	}
	return nil
}

func (d *Door) claimNonce(ctx context.Context, auth sign.Authorization) error {
	if auth.Nonce == "" || len(auth.Nonce) > maxNonce {
		return refuse("isv.invalid-parameter", "the Authorization header needs a nonce of at most 128 bytes")
	}
	err := d.DB.Write(ctx, func(tx *db.Tx) error { return openapp.ClaimNonce(ctx, tx, auth.AppID, auth.Nonce) })
	if errors.Is(err, openapp.ErrReplayed) {
		return refuse("isv.suspected-attack")
	}
	return err
}

// call is the request as methods see it: body, query and path parameters as
// one JSON object.
func (v *v3) call(d *Door, query string, pathParams map[string]string) (*call, error) {
	body := v.body
	if kind := v.header.Get("alipay-encrypt-type"); kind != "" && len(body) > 0 {
		text, err := decrypt(v.app, kind, string(body))
		if err != nil {
			return nil, err
		}
		v.encrypted, body = true, text
	}
	fields := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(body)) > 0 {
		if err := json.Unmarshal(body, &fields); err != nil {
			return nil, refuse("isv.illegal-json", "the body is not a JSON object")
		}
	}
	values, err := url.ParseQuery(query)
	if err != nil || len(values) > maxParameters {
		return nil, refuse("isv.invalid-parameter", errMalformed.Error())
	}
	for name := range values {
		fields[name] = quoted(values.Get(name))
	}
	for name, value := range pathParams {
		if value, err = url.PathUnescape(value); err != nil {
			return nil, refuse("isv.invalid-parameter", errMalformed.Error())
		}
		fields[name] = quoted(value)
	}
	biz, err := json.Marshal(fields)
	return &call{
		door: d, app: v.app, method: v.method.name, biz: biz, certified: v.auth.CertSN != "", files: v.files,
		notifyURL: unquoted(fields["notify_url"]), authToken: unquoted(fields["auth_token"]),
	}, err
}

func quoted(text string) json.RawMessage {
	out, err := json.Marshal(text)
	if err != nil {
		panic("open: a string that JSON cannot write: " + err.Error())
	}
	return out
}

func unquoted(field json.RawMessage) (text string) {
	if json.Unmarshal(field, &text) != nil {
		return ""
	}
	return text
}

func (d *Door) writeV3(w http.ResponseWriter, v *v3, result any, bad *refusal) {
	status := http.StatusOK
	body, err := plain(result)
	if bad == nil && err != nil {
		d.Log.Error("open api answer", "error", err)
		bad = refuse("isp.unknow-error")
	}
	contentType := "application/json;charset=utf-8"
	switch {
	case bad != nil: // never encrypted: SDKs read errors before they decrypt
		status, body = bad.status, bad.v3Body(d.Base)
	case v.encrypted:
		var cipher string
		if cipher, err = sign.Encrypt(v.app.AESKey, body); err != nil {
			http.Error(w, "the answer could not be encrypted", http.StatusInternalServerError)
			return
		}
		body, contentType = []byte(cipher), "text/plain;charset=utf-8"
	}
	if v.known {
		if err := d.signV3(w.Header(), v, body); err != nil {
			http.Error(w, "the answer could not be signed", http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	w.Write(body)
}

func (d *Door) signV3(h http.Header, v *v3, body []byte) error {
	timestamp, nonce := strconv.FormatInt(d.DB.Now(), 10), newTrace()
	signature, err := sign.Sign(v.signer.Key, sign.RSA2, sign.V3ReplyString(timestamp, nonce, body))
	if err != nil {
		return err
	}
	h["alipay-timestamp"], h["alipay-nonce"], h["alipay-signature"] = []string{timestamp}, []string{nonce}, []string{signature}
	if v.auth.CertSN != "" {
		h["alipay-sn"] = []string{v.signer.Certificate.SN}
	}
	return nil
}
