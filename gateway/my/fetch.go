package my

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"souk/kit/db"
	"souk/kit/egress"
	"souk/kit/fault"
	"souk/platform/merchant"
)

// Limits of a call outside.
const (
	maxAnswer    = 10 << 20
	maxUpload    = 5 << 20
	maxRedirects = 3
	maxHeaders   = 64
	maxURL       = 8 << 10
	defaultWait  = 30 * time.Second
	maxWait      = 60 * time.Second
)

var (
	errURL      = fault.New(fault.Invalid, "URL_INVALID", "url must be an http or https address")
	errHost     = fault.New(fault.Forbidden, "HOST_NOT_ALLOWED", "this host is not on the program's list of allowed hosts")
	errUpstream = fault.New(fault.Unavailable, "NO_ANSWER", "the server that the program called did not answer")
	errSlow     = fault.New(fault.Unavailable, "NO_ANSWER_IN_TIME", "the server that the program called did not answer in time")
)

// outgoing is what a program asks to be fetched. Data is text, or base64 when Base64 is true. Timeout is in ms.
type outgoing struct {
	URL     string
	Method  string
	Headers map[string]string
	Data    string
	Base64  bool
	Timeout int64
	own     map[string]string // headers of ours
}

// incoming is what came back. Data is text, or base64 when it is not valid UTF-8 (or was asked for as such) and Base64 is true.
type incoming struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Data    string            `json:"data"`
	Base64  bool              `json:"base64"`
}

var methods = []string{"GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"}

// body is what a program sends: text, or bytes in base64.
func (in outgoing) body() ([]byte, error) {
	if !in.Base64 {
		return []byte(in.Data), nil
	}
	body, err := base64.StdEncoding.DecodeString(in.Data)
	if err != nil {
		return nil, errBody.With("data is not base64")
	}
	return body, nil
}

// request is my.request: outgoing → incoming, whatever the status.
func request(ctx context.Context, c call) (any, error) {
	var in outgoing
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	body, err := in.body()
	if err != nil {
		return nil, err
	}
	return c.fetch(ctx, in, body)
}

// downloadFile is my.downloadFile: {url, headers} → incoming, always base64.
func downloadFile(ctx context.Context, c call) (any, error) {
	var in outgoing
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	in.Method = "GET"
	got, err := c.fetch(ctx, in, nil)
	if err == nil && !got.Base64 {
		got.Data, got.Base64 = base64.StdEncoding.EncodeToString([]byte(got.Data)), true
	}
	return got, err
}

// uploadFile is my.uploadFile: {url, fileName (the field), name, type, data (base64), formData, headers} → incoming.
func uploadFile(ctx context.Context, c call) (any, error) {
	var in struct {
		outgoing
		FileName string
		Name     string
		Type     string
		FormData map[string]string
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	file, err := base64.StdEncoding.DecodeString(in.Data)
	if err != nil || len(file) > maxUpload || in.FileName == "" || len(in.FormData) > maxHeaders {
		return nil, errBody.With("an upload has fileName and data in base64, at most %d bytes", maxUpload)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range in.FormData {
		if err := form.WriteField(name, value); err != nil {
			return nil, err
		}
	}
	if in.Name == "" {
		in.Name = "file"
	}
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", `form-data; name="`+quote(in.FileName)+`"; filename="`+quote(in.Name)+`"`)
	header.Set("Content-Type", cleanType(in.Type))
	part, err := form.CreatePart(header)
	if err != nil {
		return nil, err
	}
	part.Write(file)
	form.Close()
	in.Method = "POST"
	headers := map[string]string{"Content-Type": form.FormDataContentType()}
	for name, value := range in.Headers {
		if !strings.EqualFold(name, "Content-Type") {
			headers[name] = value
		}
	}
	in.Headers = headers
	return c.fetch(ctx, in.outgoing, body.Bytes())
}

func quote(s string) string {
	return strings.NewReplacer("\\", "\\\\", `"`, "%22", "\r", "%0D", "\n", "%0A").Replace(s)
}

func cleanType(s string) string {
	if s == "" || len(s) > 128 || strings.ContainsAny(s, "\r\n") {
		return "application/octet-stream"
	}
	return s
}

// fetch calls an allowed host and follows up to three redirects, each to an allowed host.
func (c call) fetch(ctx context.Context, in outgoing, body []byte) (incoming, error) {
	wait := time.Duration(in.Timeout) * time.Millisecond
	if wait <= 0 {
		wait = defaultWait
	}
	ctx, cancel := context.WithTimeout(ctx, min(wait, maxWait))
	defer cancel()
	target := in.URL
	for range maxRedirects + 1 {
		r, err := c.outgoingRequest(ctx, in, target, body)
		if err != nil {
			return incoming{}, err
		}
		answer, err := c.out.Do(r)
		if err != nil {
			return incoming{}, refusal(err)
		}
		next, moved := redirect(r.URL, answer)
		if !moved {
			defer answer.Body.Close()
			return read(answer)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusSeeOther || in.Method == "POST" && answer.StatusCode < http.StatusTemporaryRedirect {
			in.Method, body = "GET", nil
		}
		if next.Host != r.URL.Host {
			in.own, in.Headers = nil, withoutSecrets(in.Headers)
		}
		target = next.String()
	}
	return incoming{}, errUpstream.With("it redirects too often")
}

func refusal(err error) error {
	switch {
	case errors.Is(err, egress.ErrPrivate):
		return egress.ErrPrivate
	case errors.Is(err, context.DeadlineExceeded):
		return errSlow
	}
	return errUpstream.With("%s", egress.Why(err))
}

func redirect(from *url.URL, answer *http.Response) (*url.URL, bool) {
	if !slices.Contains([]int{301, 302, 303, 307, 308}, answer.StatusCode) {
		return nil, false
	}
	next, err := from.Parse(answer.Header.Get("Location"))
	return next, err == nil && answer.Header.Get("Location") != ""
}

// secrets do not travel to another host.
var secrets = []string{"authorization", "cookie", "proxy-authorization"}

func withoutSecrets(headers map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range headers {
		if !slices.Contains(secrets, strings.ToLower(name)) {
			kept[name] = value
		}
	}
	return kept
}

// ours are headers that a program may not set: they belong to the connection.
var ours = []string{"host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "expect", "x-forwarded-for", "forwarded", "x-souk", "x-souk-app", "x-souk-cloud-env", "x-souk-auth-code"}

func (c call) outgoingRequest(ctx context.Context, in outgoing, target string, body []byte) (*http.Request, error) {
	u, err := url.Parse(target)
	if err != nil || len(target) > maxURL || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return nil, errURL.With("%.200q", target)
	}
	if err := c.allowedHost(ctx, u); err != nil {
		return nil, err
	}
	method := strings.ToUpper(in.Method)
	if method == "" {
		method = "GET"
	}
	if !slices.Contains(methods, method) || len(in.Headers) > maxHeaders {
		return nil, errBody.With("method %.20q, %d headers", in.Method, len(in.Headers))
	}
	if method == "GET" || method == "HEAD" {
		body = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, errURL
	}
	r.Header.Set("User-Agent", "Souk/1 (mini-program "+string(c.app.ID)+")")
	for name, value := range in.Headers {
		if !slices.Contains(ours, strings.ToLower(name)) {
			r.Header.Set(name, value)
		}
	}
	for name, value := range in.own {
		r.Header.Set(name, value)
	}
	return r, nil
}

// allowedHost: https to a host on the program's list; in developer mode anything.
func (c call) allowedHost(ctx context.Context, u *url.URL) error {
	if c.Dev || u.Scheme == "https" && c.granted != "" && u.Host == c.granted {
		return nil
	}
	host := strings.ToLower(u.Hostname())
	if port := u.Port(); port != "" && !(port == "443" && u.Scheme == "https") {
		host += ":" + port
	}
	ok := false
	err := c.DB.Read(ctx, func(tx *db.Tx) (err error) {
		ok, err = merchant.Allows(ctx, tx, c.app.ID, host)
		return err
	})
	if err == nil && (!ok || u.Scheme != "https") {
		err = errHost.With("https://%.200s", host)
	}
	return err
}

func read(answer *http.Response) (incoming, error) {
	body, err := egress.ReadAll(answer.Body, maxAnswer)
	if err != nil {
		if _, known := fault.Of(err); known {
			return incoming{}, err
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return incoming{}, errUpstream.With("the answer broke off")
		}
		return incoming{}, refusal(err)
	}
	got := incoming{Status: answer.StatusCode, Headers: map[string]string{}, Data: string(body)}
	for name, values := range answer.Header {
		got.Headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	if !utf8.Valid(body) {
		got.Data, got.Base64 = base64.StdEncoding.EncodeToString(body), true
	}
	return got, nil
}
