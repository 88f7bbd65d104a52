package sign_test

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"souk/kit/sign"
)

const vectors = "testdata/vectors"

// section returns a file of a txtar archive without the newline that ends it.
func section(t *testing.T, a *txtar.Archive, name string) string {
	t.Helper()
	for _, f := range a.Files {
		if f.Name == name {
			return strings.TrimSuffix(string(f.Data), "\n")
		}
	}
	return ""
}

func archive(t testing.TB, name string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join(vectors, name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func keys(t *testing.T) (app, platform *rsa.PublicKey, aes string) {
	t.Helper()
	a := archive(t, "keys")
	var err error
	if app, err = sign.ParsePublicKey(section(t, a, "app")); err != nil {
		t.Fatal(err)
	}
	if platform, err = sign.ParsePublicKey(section(t, a, "platform")); err != nil {
		t.Fatal(err)
	}
	return app, platform, section(t, a, "aes")
}

// between returns what stands in text after from and before to.
func between(t *testing.T, text, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, from)
	got, _, ended := strings.Cut(rest, to)
	if !found || !ended {
		t.Fatalf("no %q … %q in %q", from, to, text)
	}
	return got
}

func requestSignature(t *testing.T, request string) string {
	t.Helper()
	for _, sep := range []string{"&sign=", "\nsign="} {
		if i := strings.Index(request, sep); i >= 0 {
			end := strings.IndexAny(request[i+len(sep):], "& \n")
			if end < 0 {
				end = len(request) - i - len(sep)
			}
			s, err := url.QueryUnescape(request[i+len(sep) : i+len(sep)+end])
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
	t.Fatalf("no signature in %q", request)
	return ""
}

func TestEveryV2VectorSignsTheStringThatTheSDKSigned(t *testing.T) {
	app, _, _ := keys(t)
	for _, name := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"} {
		a := archive(t, name)
		text, signature := section(t, a, "tosign"), requestSignature(t, section(t, a, "request"))
		if err := sign.Verify(app, sign.RSA2, []byte(text), signature); err != nil {
			t.Errorf("vector %s: %v", name, err)
		}
		if err := sign.Verify(app, sign.RSA2, []byte(text+" "), signature); err == nil {
			t.Errorf("vector %s: another text passes", name)
		}
	}
}

func TestNotificationsAndMessagesAreSignedAsTheSDKsExpect(t *testing.T) {
	_, platform, _ := keys(t)
	a := archive(t, "21")
	form, err := url.ParseQuery(section(t, a, "notification"))
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]string{}
	for k := range form {
		params[k] = form.Get(k)
	}
	if got, want := string(sign.NotifyString(params)), section(t, a, "tosign"); got != want {
		t.Errorf("string to sign\n got %q\nwant %q", got, want)
	}
	if err := sign.Verify(platform, sign.RSA2, sign.NotifyString(params), params["sign"]); err != nil {
		t.Errorf("form V1: %v", err)
	}
	message := strings.TrimPrefix(section(t, archive(t, "22"), "message"), "sign=")
	if err := sign.Verify(platform, sign.RSA2, sign.MessageString(params), message); err != nil {
		t.Errorf("form V2: %v", err)
	}
	params["total_amount"] = "2500.00"
	if sign.Verify(platform, sign.RSA2, sign.NotifyString(params), params["sign"]) == nil {
		t.Error("a changed amount passes")
	}
}

func TestEveryV3VectorVerifiesFromItsRequestLineAndHeaders(t *testing.T) {
	app, platform, _ := keys(t)
	for _, name := range []string{"11", "12", "13", "14", "15", "16", "17", "18"} {
		a := archive(t, name)
		request := section(t, a, "request")
		line, rest, _ := strings.Cut(request, "\n")
		head, body, _ := strings.Cut(rest, "\n\n")
		fields, headers := strings.Fields(line), map[string]string{}
		for _, h := range strings.Split(head, "\n") {
			k, v, _ := strings.Cut(h, ": ")
			headers[strings.ToLower(k)] = v
		}
		if name == "16" { // of an upload only the part "data" is signed
			body = between(t, body, "application/json\n\n", "\n-----")
		}
		auth, err := sign.ParseAuthorization(headers["authorization"])
		if err != nil {
			t.Fatalf("vector %s: %v", name, err)
		}
		body = strings.TrimRight(body, "\n")
		text := sign.V3String(auth.Signed, fields[0], fields[1], []byte(body), headers["alipay-app-auth-token"])
		var want string
		if err := json.Unmarshal([]byte(section(t, a, "tosign.json")), &want); err != nil {
			t.Fatal(err)
		}
		if string(text) != want {
			t.Errorf("vector %s: string to sign\n got %q\nwant %q", name, text, want)
		}
		if err := sign.Verify(app, sign.RSA2, text, auth.Sign); err != nil {
			t.Errorf("vector %s: %v", name, err)
		}
		if reply := section(t, a, "v3reply"); reply != "" {
			l := strings.Split(reply, "\n") // status, timestamp, nonce, body, signature
			if err := sign.Verify(platform, sign.RSA2, sign.V3ReplyString(l[1], l[2], []byte(l[3])), l[4]); err != nil {
				t.Errorf("vector %s, answer: %v", name, err)
			}
		}
	}
}

func TestOnlyTheFittingHabitOfLeavingOutVerifies(t *testing.T) {
	app, _, _ := keys(t)
	cases := map[string]struct {
		params map[string]string
		want   sign.Drop
	}{
		"02": {map[string]string{"app_auth_token": ""}, sign.DropNothing},
		"09": {map[string]string{"notify_url": "0"}, sign.DropEmptyAndZero},
	}
	for name, c := range cases {
		a := archive(t, name)
		params := map[string]string{}
		for _, pair := range strings.Split(section(t, a, "tosign"), "&") {
			k, v, _ := strings.Cut(pair, "=")
			params[k] = v
		}
		for k, v := range c.params {
			params[k] = v
		}
		params["sign"] = requestSignature(t, section(t, a, "request"))
		if err := sign.VerifyV2(app, params); err != nil {
			t.Errorf("vector %s: %v", name, err)
		}
		for _, drop := range []sign.Drop{sign.DropEmpty, sign.DropNothing, sign.DropEmptyAndZero} {
			err := sign.Verify(app, sign.RSA2, sign.V2String(params, drop), params["sign"])
			if (err == nil) != (drop == c.want) {
				t.Errorf("vector %s: leaving out %d: %v", name, drop, err)
			}
		}
	}
}

func TestContentEncryptionEqualsTheMeasuredCiphertext(t *testing.T) {
	_, _, key := keys(t)
	const plain, want = `{"out_trade_no":"ENC1"}`, "HJjZXDcVHUcOrByocVgEmoC4qCjAQNyzuqwCc6Fkr/o="
	got, err := sign.Encrypt(key, []byte(plain))
	if err != nil || got != want {
		t.Fatalf("Encrypt = %q, %v; want %q", got, err, want)
	}
	back, err := sign.Decrypt(key, got)
	if err != nil || string(back) != plain {
		t.Fatalf("Decrypt = %q, %v", back, err)
	}
	for _, bad := range []string{"", "x", want[:len(want)-4], "AAAA" + want[4:], want[:40] + "AAA="} {
		if text, err := sign.Decrypt(key, bad); err == nil && string(text) == plain {
			t.Errorf("Decrypt(%q) gave the text", bad)
		}
	}
	reply := section(t, archive(t, "03"), "reply")
	node := between(t, reply, `_response":"`, `"`)
	text, err := sign.Decrypt(key, node)
	if err != nil || !bytes.Contains(text, []byte(`"code":"10000"`)) {
		t.Fatalf("answer decrypts to %q, %v", text, err)
	}
}

func TestKeysAreReadInEveryFormAndRefusedWhenSmall(t *testing.T) {
	key, err := sign.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{sign.PrivateText(key), sign.PrivatePKCS8(key), " " + sign.PrivateText(key)[:64] + "\n" + sign.PrivateText(key)[64:]} {
		got, err := sign.ParsePrivateKey(text)
		if err != nil || !got.Equal(key) {
			t.Errorf("ParsePrivateKey: %v", err)
		}
	}
	for _, text := range []string{"", "x", "AAAA", strings.Repeat("A", 1<<20), sign.PrivateText(key)} {
		if _, err := sign.ParsePublicKey(text); err == nil {
			t.Errorf("ParsePublicKey(%.20q…) passes", text)
		}
	}
	small := "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ=="
	if _, err := sign.ParsePublicKey(small); err == nil {
		t.Error("a 512-bit key passes")
	}
}
