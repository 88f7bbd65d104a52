package headless

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
)

// boot is the shell's first message.
func (s *Session) boot(b bundle) map[string]any {
	in := s.in
	language := in.Language
	if language == "" {
		language = "en"
	}
	system := map[string]any{
		"model": "headless", "pixelRatio": 2, "windowWidth": 375, "windowHeight": 667, "screenWidth": 375, "screenHeight": 667,
		"language": language, "version": "10.5.0", "platform": "Android", "brand": "souk", "system": "10", "statusBarHeight": 20,
		"titleBarHeight": 48, "fontSizeSetting": 16, "app": "alipay",
	}
	maps.Copy(system, in.System)
	return map[string]any{
		"k": "boot", "appId": "2021000000000000", "bundle": map[string]any{"app": b.App, "pages": b.Pages, "components": orEmpty(b.Components)},
		"script": string(in.Script), "query": orEmptyMap(in.Query), "path": in.Path, "scene": orScene(in.Scene),
		"system": system, "storage": orEmptyMap(in.Storage), "person": map[string]any{}, "dev": false, "language": language,
		"settings": map[string]bool{},
	}
}

func orEmpty(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

func orEmptyMap[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func orScene(scene string) string {
	if scene == "" {
		return "1000"
	}
	return scene
}

type shellMessage struct {
	K       string          `json:"k"`
	ID      int             `json:"id"`
	API     string          `json:"api"`
	Opts    json.RawMessage `json:"opts"`
	Stack   json.RawMessage `json:"stack"`
	Message string          `json:"message"`
	Page    string          `json:"page"`
	Op      string          `json:"op"`
	Key     string          `json:"key"`
	Data    json.RawMessage `json:"data"`
}

// shell hears one message of the worker.
func (s *Session) shell(text string) error {
	var m shellMessage
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return fmt.Errorf("reading a message for the shell: %w", err)
	}
	switch m.K {
	case "call":
		return s.answerCall(m)
	case "nav":
		s.stack = nil // not into the old entries, whose queries would be merged
		return json.Unmarshal(m.Stack, &s.stack)
	case "error":
		var stack string
		_ = json.Unmarshal(m.Stack, &stack) // a stack that is no text is no stack
		s.problems = append(s.problems, Problem{m.Message, stack, m.Page})
	case "exit":
		s.exited = true
	case "storage":
		s.store(m)
	}
	return nil
}

// store follows what the program keeps; the worker has its own copy, which it reads.
func (s *Session) store(m shellMessage) {
	switch m.Op {
	case "set":
		s.stored[m.Key] = m.Data
	case "remove":
		delete(s.stored, m.Key)
	case "clear":
		clear(s.stored)
	}
}

// Storage is what my.getStorage would find now: key → JSON.
func (s *Session) Storage() map[string]json.RawMessage { return maps.Clone(s.stored) }

func (s *Session) answerCall(m shellMessage) error {
	s.calls = append(s.calls, Call{m.API, m.Opts})
	data, err := s.answer(m)
	if err != nil {
		f := &Failure{Code: 3, Message: err.Error()}
		errors.As(err, &f)
		return s.call("shell", mustJSON(map[string]any{"k": "reply", "id": m.ID, "ok": false, "data": f}))
	}
	return s.call("shell", mustJSON(map[string]any{"k": "reply", "id": m.ID, "ok": true, "data": data}))
}

func (s *Session) answer(m shellMessage) (any, error) {
	if s.in.Shell != nil {
		data, err := s.in.Shell(m.API, m.Opts)
		if !errors.Is(err, ErrNoAnswer) {
			return data, err
		}
	}
	if m.API == "loadPackage" {
		return s.loadPackage(m.Opts)
	}
	if data, ok := builtIn[m.API]; ok {
		return data, nil
	}
	return nil, &Failure{Code: 4, Message: "my." + m.API + " is not answered here"}
}

func (s *Session) loadPackage(opts json.RawMessage) (any, error) {
	var want struct{ Root string }
	if err := json.Unmarshal(opts, &want); err != nil {
		return nil, fmt.Errorf("reading which package is wanted: %w", err)
	}
	p, ok := s.in.Packages[want.Root]
	if !ok {
		return nil, &Failure{Code: 3, Message: "there is no sub-package " + want.Root}
	}
	return map[string]string{"script": string(p.Script), "frame": string(p.Frame)}, nil
}

// builtIn are the answers of a shell with a patient person before it: dialogs are confirmed, nothing is refused.
var builtIn = map[string]any{
	"alert": map[string]any{"success": true}, "confirm": map[string]any{"confirm": true}, "prompt": map[string]any{"ok": true, "inputValue": ""},
	"showModal": map[string]any{"confirm": true}, "showToast": map[string]any{}, "hideToast": map[string]any{},
	"showLoading": map[string]any{}, "hideLoading": map[string]any{}, "showActionSheet": map[string]any{"index": 0},
	"setNavigationBar": map[string]any{}, "setNavigationBarTitle": map[string]any{}, "setNavigationBarColor": map[string]any{},
	"showNavigationBarLoading": map[string]any{}, "hideNavigationBarLoading": map[string]any{}, "setOptionMenu": map[string]any{},
	"hideBackHome": map[string]any{}, "setBackgroundColor": map[string]any{}, "setClipboard": map[string]any{"success": true}, "vibrate": map[string]any{},
	"vibrateShort": map[string]any{}, "vibrateLong": map[string]any{}, "getNetworkType": map[string]any{"networkType": "WIFI", "networkAvailable": true},
	"getAuthCode": map[string]any{"authCode": "headless", "authSuccessScopes": []string{"auth_base"}}, "reportAnalytics": map[string]any{},
	"getSetting": map[string]any{"authSetting": map[string]any{}}, "getServerTime": map[string]any{"time": 1763769600000},
	"showTabBar": map[string]any{}, "hideTabBar": map[string]any{},
	"shareResult": map[string]any{},
}

// Event tells the program of something outside: "back", "tab", "appHide", "titleClick" … (docs/runtime.md §5).
func (s *Session) Event(name string, data any) error {
	if err := s.call("shell", mustJSON(map[string]any{"k": "event", "name": name, "data": data})); err != nil {
		return err
	}
	return s.drain()
}
