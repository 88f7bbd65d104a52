// Package mock reads souk.mock.json, the file beside a program that says what its servers and the platform answer while
// it is developed and tested: answers to my.request by address, answers of other my.* calls, and the query with which a
// page is opened by `souk test`.
//
// It never speaks to a network and never decides when mocks are used: developer mode and the test runner do. Start
// reading at Read.
package mock

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// File is the table's name, beside app.json.
const File = "souk.mock.json"

// Limits of a table.
const (
	maxTableBytes = 1 << 20
	maxFileBytes  = 8 << 20
	maxRules      = 1000
)

// Table is the file's content.
type Table struct {
	Requests []Rule                     `json:"requests,omitempty"`
	Answers  map[string]json.RawMessage `json:"answers,omitempty"` // API name → what success receives; {"error": n} fails
	Pages    map[string]Page            `json:"pages,omitempty"`   // path → how `souk test` opens it
}

// Page is how a page is opened by itself.
type Page struct {
	Query map[string]string `json:"query,omitempty"`
	Skip  string            `json:"skip,omitempty"` // why it cannot be opened by itself
}

// Rule answers the requests whose address fits. The first rule that fits is taken.
type Rule struct {
	// URL is the address with * for any run of characters. Without a "?" in it the query of a request is not looked at;
	// beginning with "/" it fits that path on any host.
	URL     string            `json:"url"`
	Method  string            `json:"method,omitempty"` // "" is any
	Status  int               `json:"status,omitempty"` // 200 when 0
	Headers map[string]string `json:"headers,omitempty"`
	DelayMs int               `json:"delayMs,omitempty"`
	Data    json.RawMessage   `json:"data,omitempty"`
	File    string            `json:"file,omitempty"` // a file of the program's folder instead of data: JSON, or text
	Fail    *Failure          `json:"fail,omitempty"`
}

// Failure is what a call fails with.
type Failure struct {
	Error        int    `json:"error"`
	ErrorMessage string `json:"errorMessage"`
}

// Answer is what my.request receives, under its old names too.
type Answer struct {
	Status     int               `json:"status"`
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Header     map[string]string `json:"header"`
	Data       json.RawMessage   `json:"data"`
	DelayMs    int               `json:"-"`
	Rule       string            `json:"-"` // the rule's own address, to show
	Fail       *Failure          `json:"-"`
}

// Read reads the table of a program's folder; without the file it is empty. Errors say which part is wrong.
func Read(fsys fs.FS) (Table, error) {
	text, err := readBounded(fsys, File, maxTableBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return Table{}, nil
	}
	if err != nil {
		return Table{}, fmt.Errorf("%s: %w", File, err)
	}
	return Parse(text)
}

// Parse reads a table's text.
func Parse(text []byte) (Table, error) {
	var t Table
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&t); err != nil {
		return Table{}, fmt.Errorf("%s: %w", File, readable(err, text))
	}
	if len(t.Requests) > maxRules {
		return Table{}, fmt.Errorf("%s: at most %d requests", File, maxRules)
	}
	for i, r := range t.Requests {
		if err := r.check(); err != nil {
			return Table{}, fmt.Errorf("%s: requests[%d]: %w", File, i, err)
		}
	}
	return t, nil
}

// readable adds the line to a mistake in the JSON itself.
func readable(err error, text []byte) error {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	before := text[:min(int(syntax.Offset), len(text))]
	return fmt.Errorf("line %d: %w", bytes.Count(before, []byte("\n"))+1, err)
}

func (r Rule) check() error {
	switch {
	case r.URL == "":
		return errors.New("url is missing")
	case r.Data != nil && r.File != "":
		return errors.New("data or file, not both")
	case r.File != "" && !fs.ValidPath(path.Clean(strings.TrimPrefix(r.File, "./"))):
		return fmt.Errorf("file %q must lie in the program's folder", r.File)
	case r.Status != 0 && (r.Status < 100 || r.Status > 599):
		return fmt.Errorf("status %d is none of HTTP", r.Status)
	case r.DelayMs < 0 || r.DelayMs > 60_000:
		return errors.New("delayMs is from 0 to 60000")
	}
	return nil
}

// Find gives the answer of the first rule that fits, read from the rule's file where it names one; ok is false when none
// fits. A file that cannot be read is an error.
func (t Table) Find(fsys fs.FS, method, address string) (a Answer, ok bool, err error) {
	for _, r := range t.Requests {
		if r.Fits(method, address) {
			a, err = r.answer(fsys)
			return a, true, err
		}
	}
	return Answer{}, false, nil
}

// Fits says whether a rule is about a request.
func (r Rule) Fits(method, address string) bool {
	if method == "" {
		method = "GET"
	}
	if r.Method != "" && !strings.EqualFold(r.Method, method) {
		return false
	}
	if !strings.Contains(r.URL, "?") {
		address, _, _ = strings.Cut(address, "?")
	}
	if strings.HasPrefix(r.URL, "/") {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			address = address[strings.Index(address, u.Host)+len(u.Host):]
		}
	}
	return fits(r.URL, address)
}

// fits matches with * for any run of characters.
func fits(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[len(parts)-1])
}

func (r Rule) answer(fsys fs.FS) (Answer, error) {
	a := Answer{Status: r.Status, Headers: r.Headers, Data: r.Data, DelayMs: r.DelayMs, Rule: r.URL, Fail: r.Fail}
	if a.Status == 0 {
		a.Status = 200
	}
	if a.Headers == nil {
		a.Headers = map[string]string{}
	}
	a.StatusCode, a.Header = a.Status, a.Headers
	if r.File != "" {
		text, err := readBounded(fsys, path.Clean(strings.TrimPrefix(r.File, "./")), maxFileBytes)
		if err != nil {
			return Answer{}, fmt.Errorf("%s names a file that cannot be read: %w", File, err)
		}
		if a.Data = text; !json.Valid(text) {
			a.Data, _ = json.Marshal(string(text)) // strings always marshal
		}
	}
	if a.Data == nil {
		a.Data = json.RawMessage("null")
	}
	if a.Fail == nil && a.Status >= 400 {
		a.Fail = &Failure{Error: 19, ErrorMessage: words(a)}
	}
	return a, nil
}

// words is what a refusal says of itself, as the shell passes it on.
func words(a Answer) string {
	var said struct {
		ErrorMessage string `json:"errorMessage"`
		Message      string `json:"message"`
	}
	if json.Unmarshal(a.Data, &said) == nil && said.ErrorMessage+said.Message != "" {
		return cmp.Or(said.ErrorMessage, said.Message)
	}
	return fmt.Sprintf("http status error %d", a.Status)
}

func readBounded(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() > most {
		return nil, fmt.Errorf("%s is no file of at most %d MB", name, most>>20)
	}
	return fs.ReadFile(fsys, name)
}
