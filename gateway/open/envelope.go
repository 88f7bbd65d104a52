package open

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"souk/kit/sign"
)

// seal says how a v2 answer is signed. The zero seal leaves it unsigned, which
// is right only for an app that we do not know or that has no key.
type seal struct {
	key    *rsa.PrivateKey
	kind   sign.Type
	certSN string // platform certificate; only when the request was in certificate mode
	gbk    bool
}

// envelope is a v2 answer, byte for byte as SDKs cut it apart: the node first,
// then alipay_cert_sn, then sign, nothing between them but commas.
func envelope(name string, node []byte, s seal) ([]byte, error) {
	node = hideName(node, name)
	if s.gbk {
		node = toGBK(node)
	}
	size := len(name) + len(node) + len(s.certSN) + 420
	out := append(make([]byte, 0, size), `{"`...)
	out = append(append(out, name...), `":`...)
	out = append(out, node...)
	if s.key == nil {
		return append(out, '}'), nil
	}
	signature, err := sign.Sign(s.key, s.kind, node)
	if err != nil {
		return nil, err
	}
	if s.certSN != "" {
		out = append(append(append(out, `,"alipay_cert_sn":"`...), s.certSN...), '"')
	}
	out = append(append(out, `,"sign":"`...), signature...)
	return append(out, `"}`...), nil
}

// nodeName is the key under which a v2 answer to method stands.
func nodeName(method string) string {
	return strings.ReplaceAll(method, ".", "_") + "_response"
}

// success is the node of a v2 answer: result's fields after code and msg.
// result is anything that JSON writes as an object.
func success(result any) ([]byte, error) {
	fields, err := plain(result)
	if err != nil {
		return nil, err
	}
	code, rest := "10000", fields[1:]
	if w, ok := result.(withCode); ok {
		code = w.gatewayCode()
	}
	head := `{"code":"` + code + `","msg":"` + messages[code] + `"`
	if len(rest) > 1 {
		head += ","
	}
	return append([]byte(head), rest...), nil
}

// withCode is a result that is neither a plain success nor a refusal: 10003,
// the order waits for its payer.
type withCode interface{ gatewayCode() string }

// plain is a result as a JSON object without wrapper: the body of a v3 answer,
// and of the few v2 answers that carry no code.
func plain(result any) ([]byte, error) {
	if result == nil {
		return []byte("{}"), nil
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(result); err != nil {
		return nil, err
	}
	fields := bytes.TrimSpace(out.Bytes())
	if len(fields) < 2 || fields[0] != '{' {
		return nil, fmt.Errorf("open: an answer must be a JSON object, not %T", result)
	}
	return fields, nil
}

// hideName keeps the node from repeating its own name, which two SDKs search
// for: an underscore of it is written as an escape, the same text in JSON.
func hideName(node []byte, name string) []byte {
	if !bytes.Contains(node, []byte(name)) {
		return node
	}
	return bytes.ReplaceAll(node, []byte(name), []byte(strings.TrimSuffix(name, "_response")+`\u005fresponse`))
}

// toGBK writes JSON in GBK. A character that GBK lacks becomes an escape.
func toGBK(node []byte) []byte {
	if out, err := simplifiedchinese.GBK.NewEncoder().Bytes(node); err == nil {
		return out
	}
	out := make([]byte, 0, len(node)*2)
	for _, r := range string(node) {
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
