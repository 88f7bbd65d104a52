package open

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Bounds of one request. Anything larger is refused before it is looked at.
const (
	maxForm       = 2 << 20  // bytes of query and of a body without files
	maxUpload     = 12 << 20 // bytes of a body with files
	maxFile       = 10 << 20 // bytes of one file
	maxParameters = 128
	maxParts      = 64
	maxFiles      = 8
	maxName       = 128 // bytes of a parameter's name
)

// request is a v2 request, decoded: the query, the form and the parts that are
// no files in one map, since every SDK divides its parameters among them in
// its own way. Values are bytes in the request's charset, not yet UTF-8,
// because that is what the signature covers.
type request struct {
	params map[string]string
	files  []upload
}

// upload is one file part. It takes no part in a signature.
type upload struct {
	field, name, contentType string
	data                     []byte
}

var (
	errTooLarge  = errors.New("the request is larger than this gateway accepts")
	errMalformed = errors.New("the request is not a well-formed form, query or multipart body")
)

// decode merges everything that a v2 request carries. Where a name comes twice
// the body wins; the signature then decides whether that was meant.
func decode(r *http.Request) (request, error) {
	req := request{params: map[string]string{}}
	if len(r.URL.RawQuery) > maxForm {
		return req, errTooLarge
	}
	if err := addForm(req.params, r.URL.RawQuery); err != nil {
		return req, err
	}
	kind, options, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return req, addParts(&req, io.LimitReader(r.Body, maxUpload+1), options["boundary"])
	}
	body, err := readAll(r.Body, maxForm)
	if err != nil {
		return req, err
	}
	return req, addForm(req.params, string(body))
}

// decodeOrder takes apart the order string that an SDK signs for an app or a
// mini-program and that arrives through my.tradePay.
func decodeOrder(order string) (request, error) {
	req := request{params: map[string]string{}}
	if len(order) > maxForm {
		return req, errTooLarge
	}
	return req, addForm(req.params, order)
}

// readAll reads at most limit bytes and refuses a longer body.
func readAll(body io.Reader, limit int64) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, errMalformed
	}
	if int64(len(data)) > limit {
		return nil, errTooLarge
	}
	return data, nil
}

// addForm decodes name=value pairs joined with &. A semicolon is data here,
// unlike in net/url.
func addForm(params map[string]string, form string) error {
	form = strings.Trim(form, "\r\n")
	for form != "" {
		var pair string
		pair, form, _ = strings.Cut(form, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return errMalformed
		}
		if value, err = url.QueryUnescape(value); err != nil {
			return errMalformed
		}
		if err := add(params, name, value); err != nil {
			return err
		}
	}
	return nil
}

func add(params map[string]string, name, value string) error {
	if name == "" || len(name) > maxName {
		return errMalformed
	}
	params[name] = value
	if len(params) > maxParameters {
		return errTooLarge
	}
	return nil
}

func addParts(req *request, body io.Reader, boundary string) error {
	parts := multipart.NewReader(body, boundary)
	for count := 0; ; count++ {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return errMalformed
		}
		if count >= maxParts {
			return errTooLarge
		}
		if err := addPart(req, part); err != nil {
			return err
		}
	}
}

func addPart(req *request, part *multipart.Part) error {
	if part.FileName() == "" {
		value, err := readAll(part, maxForm)
		if err != nil {
			return err
		}
		return add(req.params, part.FormName(), string(value))
	}
	data, err := readAll(part, maxFile)
	if err != nil {
		return err
	}
	if len(req.files) >= maxFiles {
		return errTooLarge
	}
	req.files = append(req.files, upload{
		field: part.FormName(), name: part.FileName(), contentType: part.Header.Get("Content-Type"), data: data,
	})
	return nil
}

// isGBK reports whether a charset parameter names GBK; everything else that we
// accept is UTF-8.
func isGBK(charset string) bool { return strings.EqualFold(charset, "gbk") }

// utf8Params returns the parameters in UTF-8. Signatures are checked before.
func utf8Params(params map[string]string) (map[string]string, error) {
	if !isGBK(params["charset"]) {
		return params, nil
	}
	out := make(map[string]string, len(params))
	for name, value := range params {
		text, err := simplifiedchinese.GBK.NewDecoder().String(value)
		if err != nil {
			return nil, errMalformed
		}
		out[name] = text
	}
	return out, nil
}
