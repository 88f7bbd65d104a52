package sign

import (
	"errors"
	"strings"
)

// Scheme is the authorization scheme of v3 requests.
const Scheme = "ALIPAY-SHA256withRSA"

const maxAuthorization = 4 << 10

// ErrAuthorization says that an Authorization header is not a v3 one.
var ErrAuthorization = errors.New("sign: the Authorization header is not of the form " + Scheme + " app_id=…,nonce=…,timestamp=…,sign=…")

// Authorization is a v3 Authorization header taken apart.
type Authorization struct {
	Signed    string // everything between the scheme and ",sign=", verbatim: first line of the string to sign
	AppID     string
	CertSN    string // serial of the app's certificate; empty in key mode
	Nonce     string
	Timestamp string // milliseconds since 1970, as sent
	Sign      string // Base64
}

// ParseAuthorization takes a v3 Authorization header apart. The order of keys
// differs between SDKs, and unknown keys are signed but otherwise ignored.
func ParseAuthorization(header string) (Authorization, error) {
	rest, found := strings.CutPrefix(header, Scheme+" ")
	at := strings.LastIndex(rest, ",sign=")
	if !found || at < 0 || len(header) > maxAuthorization {
		return Authorization{}, ErrAuthorization
	}
	a := Authorization{Signed: rest[:at], Sign: rest[at+len(",sign="):]}
	for _, pair := range strings.Split(a.Signed, ",") {
		name, value, _ := strings.Cut(pair, "=")
		switch strings.TrimSpace(name) {
		case "app_id":
			a.AppID = value
		case "app_cert_sn":
			a.CertSN = value
		case "nonce":
			a.Nonce = value
		case "timestamp":
			a.Timestamp = value
		}
	}
	if a.AppID == "" || a.Sign == "" {
		return Authorization{}, ErrAuthorization
	}
	return a, nil
}

// V3String is the string to sign of a v3 request. target is the path with its
// raw query exactly as received; body the raw body (ciphertext when encrypted,
// the part "data" of an upload); appAuthToken adds a fifth line unless empty.
func V3String(authorization, method, target string, body []byte, appAuthToken string) []byte {
	text := make([]byte, 0, len(authorization)+len(method)+len(target)+len(body)+len(appAuthToken)+5)
	for _, line := range [...]string{authorization, method, target} {
		text = append(text, line...)
		text = append(text, '\n')
	}
	text = append(text, body...)
	text = append(text, '\n')
	if appAuthToken == "" {
		return text
	}
	text = append(text, appAuthToken...)
	return append(text, '\n')
}

// V3ReplyString is the string to sign of a v3 answer.
func V3ReplyString(timestamp, nonce string, body []byte) []byte {
	text := make([]byte, 0, len(timestamp)+len(nonce)+len(body)+3)
	text = append(text, timestamp...)
	text = append(text, '\n')
	text = append(text, nonce...)
	text = append(text, '\n')
	text = append(text, body...)
	return append(text, '\n')
}
