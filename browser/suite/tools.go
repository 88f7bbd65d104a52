package suite

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"souk/browser/headless"
	"souk/browser/mock"
)

// tool is the one door from a test: an operation's name and its arguments as a JSON list; {"value"} or {"error"}.
func (f *file) tool(op, args string) string {
	var raw []json.RawMessage
	value, err := any(nil), json.Unmarshal([]byte(args), &raw)
	if err == nil {
		value, err = f.operate(op, raw)
	}
	if f.session != nil {
		f.look()
	}
	answer := map[string]any{"value": value}
	if err != nil {
		answer = map[string]any{"error": err.Error()}
	}
	out, err := json.Marshal(answer)
	if err != nil {
		return `{"error": "the answer cannot be written as JSON"}`
	}
	return string(out)
}

var errNotOpen = errors.New("no page is open yet: begin with await open('pages/…')")

func (f *file) operate(op string, args []json.RawMessage) (any, error) {
	if do, ok := always[op]; ok {
		return do(f, args)
	}
	do, ok := withPage[op]
	if !ok {
		return nil, fmt.Errorf("there is no operation %q", op)
	}
	if f.session == nil {
		return nil, errNotOpen
	}
	return do(f, f.session, args)
}

// read takes the arguments apart; missing ones keep the zero value.
func read(args []json.RawMessage, targets ...any) error {
	for i, target := range targets {
		if i < len(args) && string(args[i]) != "null" {
			if err := json.Unmarshal(args[i], target); err != nil {
				return fmt.Errorf("argument %d cannot be used: %w", i+1, err)
			}
		}
	}
	return nil
}

// always are the operations that need no page.
var always = map[string]func(*file, []json.RawMessage) (any, error){
	"done": (*file).done, "print": (*file).print, "open": (*file).open, "mock": (*file).mock, "answer": (*file).answer,
	"stored": (*file).stored, "store": (*file).keep, "calls": (*file).called, "console": (*file).console,
}

// withPage are those that look at the page in front or touch it.
var withPage = map[string]func(*file, *headless.Session, []json.RawMessage) (any, error){
	"settle": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var ms int64
		if err := read(args, &ms); err != nil {
			return nil, err
		}
		return nil, s.Settle(ms)
	},
	"fire": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var selector, event string
		var detail any
		if err := read(args, &selector, &event, &detail); err != nil {
			return nil, err
		}
		if err := s.Fire(selector, event, detail); err != nil {
			return nil, fmt.Errorf("%w\n%s", err, s.Tree())
		}
		return nil, s.Settle(0)
	},
	"gesture": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var what string
		var data any
		if err := read(args, &what, &data); err != nil {
			return nil, err
		}
		if err := s.Gesture(what, data); err != nil {
			return nil, err
		}
		return nil, s.Settle(0)
	},
	"event": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var name string
		var data any
		if err := read(args, &name, &data); err != nil {
			return nil, err
		}
		if err := s.Event(name, data); err != nil {
			return nil, err
		}
		return nil, s.Settle(0)
	},
	"count": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var selector string
		err := read(args, &selector)
		return s.Count(selector), err
	},
	"text": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var selector string
		if err := read(args, &selector); err != nil {
			return nil, err
		}
		text, ok := s.Find(selector)
		if !ok {
			return nil, fmt.Errorf("nothing on the page matches %q\n%s", selector, s.Tree())
		}
		return text, nil
	},
	"attribute": func(_ *file, s *headless.Session, args []json.RawMessage) (any, error) {
		var selector, name string
		if err := read(args, &selector, &name); err != nil {
			return nil, err
		}
		if s.Count(selector) == 0 {
			return nil, fmt.Errorf("nothing on the page matches %q\n%s", selector, s.Tree())
		}
		if value, ok := s.Attr(selector, name); ok {
			return value, nil
		}
		return nil, nil
	},
	"tree":     func(_ *file, s *headless.Session, _ []json.RawMessage) (any, error) { return s.Tree(), nil },
	"stack":    func(_ *file, s *headless.Session, _ []json.RawMessage) (any, error) { return s.Stack(), nil },
	"snapshot": (*file).compare,
}

func (f *file) done(args []json.RawMessage) (any, error) {
	var p *thrown
	if err := read(args, &p); err != nil {
		return nil, err
	}
	f.ended = true
	if f.session != nil {
		f.look()
	}
	if p != nil {
		// What the program threw on the way is the likelier cause and stays first.
		f.faults = append(f.faults, Fault{Message: p.Message, Frames: f.places.Frames(p.Stack)})
	}
	return nil, nil
}

func (f *file) print(args []json.RawMessage) (any, error) {
	var text string
	err := read(args, &text)
	f.printed = append(f.printed, "test: "+text)
	return nil, err
}

// open starts the program anew; what the one before stored stays on the device.
func (f *file) open(args []json.RawMessage) (any, error) {
	var page string
	var query json.RawMessage
	var o struct {
		Scene    string         `json:"scene"`
		Language string         `json:"language"`
		System   map[string]any `json:"system"`
	}
	if err := read(args, &page, &query, &o); err != nil {
		return nil, err
	}
	values, err := queryOf(query)
	if err != nil {
		return nil, err
	}
	page = strings.TrimPrefix(page, "/")
	if path, text, found := strings.Cut(page, "?"); found {
		page = path
		for k, v := range parseQuery(text) {
			values[k] = v
		}
	}
	if f.session != nil {
		maps.Copy(f.storage, f.session.Storage())
		f.leave()
	}
	f.session, err = headless.Open(headless.Input{Bundle: f.run.in.Bundle, Script: f.run.in.Script, Packages: f.run.in.Packages, Path: page, Query: values,
		Scene: o.Scene, Language: o.Language, System: o.System, Storage: f.storage, Shell: f.run.answers(f)})
	if err != nil {
		return nil, err
	}
	return nil, f.session.Settle(0)
}

// mock scripts a request: "GET https://…" or only the address. The newest one that fits answers.
func (f *file) mock(args []json.RawMessage) (any, error) {
	var address string
	m := mocked{}
	if err := read(args, &address, &m.script); err != nil {
		return nil, err
	}
	m.url = address
	if method, rest, found := strings.Cut(address, " "); found {
		m.method, m.url = method, strings.TrimSpace(rest)
	}
	if m.url == "" {
		return nil, errors.New("mock needs an address")
	}
	f.mocks = append([]mocked{m}, f.mocks...)
	return nil, nil
}

// answer scripts another my.* call; of several answers each serves once and the last for ever.
func (f *file) answer(args []json.RawMessage) (any, error) {
	var api string
	var list []script
	if err := read(args, &api, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("answer(%q, …) needs at least one answer", api)
	}
	f.scripts[strings.TrimPrefix(api, "my.")] = list
	return nil, nil
}

// scripted is what the test wants a call to be answered with.
func (f *file) scripted(api string, opts json.RawMessage) (any, bool, error) {
	if list := f.scripts[api]; len(list) > 0 {
		if len(list) > 1 {
			f.scripts[api] = list[1:]
		}
		data, err := f.value(list[0], opts)
		if err != nil {
			return nil, true, err
		}
		answer, err := given(data)
		return answer, true, err
	}
	if api != "request" {
		return nil, false, nil
	}
	var q request
	if json.Unmarshal(opts, &q) != nil {
		return nil, false, nil
	}
	for _, m := range f.mocks {
		if (mock.Rule{URL: m.url, Method: m.method}).Fits(q.Method, q.URL) {
			data, err := f.requested(m, opts)
			return data, true, err
		}
	}
	return nil, false, nil
}

// requested reads a request's scripted answer: the data itself, or {status, headers, data} or {fail}.
func (f *file) requested(m mocked, opts json.RawMessage) (any, error) {
	value, err := f.value(m.script, opts)
	if err != nil {
		return nil, err
	}
	rule := mock.Rule{}
	if !isAnswer(value) {
		rule.Data = value
	} else if err := json.Unmarshal(value, &rule); err != nil {
		return nil, fmt.Errorf("the mock of %s cannot be used: %w", m.url, err)
	}
	rule.URL, rule.Method = "*", ""
	a, _, err := mock.Table{Requests: []mock.Rule{rule}}.Find(f.run.in.Files, "", "")
	if err != nil {
		return nil, err
	}
	return answered(a)
}

// isAnswer tells {status: 404, data: …} and {fail: …} from data that a server sends: only these members, and a status of HTTP.
func isAnswer(value json.RawMessage) bool {
	var shape map[string]json.RawMessage
	if json.Unmarshal(value, &shape) != nil {
		return false
	}
	for name := range shape {
		switch name {
		case "status", "headers", "data", "file", "fail":
		default:
			return false
		}
	}
	var status int
	return shape["fail"] != nil || json.Unmarshal(shape["status"], &status) == nil && status >= 100 && status <= 599
}

// value is a script's own, or what its function in the test says.
func (f *file) value(s script, opts json.RawMessage) (json.RawMessage, error) {
	if s.Ask == nil {
		return s.Value, nil
	}
	text, err := f.vm.Call("__answer", *s.Ask, string(opts))
	if err != nil {
		return nil, err
	}
	var out struct {
		Value   json.RawMessage `json:"value"`
		Problem *thrown         `json:"problem"`
	}
	if err := json.Unmarshal([]byte(fmt.Sprint(text)), &out); err != nil {
		return nil, fmt.Errorf("reading a mock's answer: %w", err)
	}
	if out.Problem != nil {
		f.faults = append(f.faults, Fault{Message: "in a mock: " + out.Problem.Message, Frames: f.places.Frames(out.Problem.Stack)})
		return nil, errors.New(out.Problem.Message)
	}
	return out.Value, nil
}

func (f *file) stored(args []json.RawMessage) (any, error) {
	var key *string
	if err := read(args, &key); err != nil {
		return nil, err
	}
	all := f.storage
	if f.session != nil {
		all = f.session.Storage()
	}
	if key == nil {
		return all, nil
	}
	return all[*key], nil
}

// keep puts something on the device before a page is opened.
func (f *file) keep(args []json.RawMessage) (any, error) {
	var key string
	if err := read(args, &key); err != nil {
		return nil, err
	}
	if f.session != nil {
		return nil, errors.New("storage.set comes before open: the program has read its storage already")
	}
	if len(args) > 1 {
		f.storage[key] = args[1]
	}
	return nil, nil
}

func (f *file) called(args []json.RawMessage) (any, error) {
	var api string
	if err := read(args, &api); err != nil {
		return nil, err
	}
	out := []any{}
	for _, c := range f.calls {
		if api == "" {
			out = append(out, map[string]any{"api": c.API, "opts": c.Opts})
		} else if c.API == strings.TrimPrefix(api, "my.") {
			out = append(out, c.Opts)
		}
	}
	return out, nil
}

func (f *file) console([]json.RawMessage) (any, error) {
	return append([]string{}, f.printed...), nil
}

// compare holds the page against its snapshot.
func (f *file) compare(s *headless.Session, args []json.RawMessage) (any, error) {
	var name string
	if err := read(args, &name); err != nil {
		return nil, err
	}
	f.snapshot++
	if name == "" {
		name = fmt.Sprint(f.snapshot)
	}
	return nil, f.snaps.compare(f.test+" › "+name, s.Tree(), f.run.in.Update)
}

// queryOf takes {a: 1} or "a=1".
func queryOf(raw json.RawMessage) (map[string]string, error) {
	out := map[string]string{}
	if len(raw) == 0 {
		return out, nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return parseQuery(text), nil
	}
	var values map[string]any
	if err := json.Unmarshal(raw, &values); err != nil {
		return nil, errors.New("a query is an object or a text such as a=1&b=2")
	}
	for k, v := range values {
		out[k] = fmt.Sprint(v)
	}
	return out, nil
}
