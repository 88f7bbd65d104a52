package suite

import (
	"encoding/json"
	"fmt"
	"strings"

	"souk/browser/headless"
	"souk/browser/mock"
)

// usual are the answers of calls that package headless leaves open: a person who allows everything and pays.
var usual = map[string]any{
	"tradePay":                map[string]any{"resultCode": "9000", "memo": "", "result": ""},
	"getLocation":             map[string]any{"longitude": "121.4737", "latitude": "31.2304", "accuracy": "30", "city": "上海市", "province": "上海市", "country": "中国"},
	"getClipboard":            map[string]any{"text": ""},
	"requestSubscribeMessage": map[string]any{"behavior": "subscribe", "show": true, "keep": false, "refuse": false},
	"openSetting":             map[string]any{"authSetting": map[string]any{}},
	"scan":                    map[string]any{"code": "", "qrCode": ""},
	"getOpenUserInfo":         map[string]any{"response": `{"response":{"code":"10000","msg":"Success","nickName":"Lin","avatar":""}}`},
	"makePhoneCall":           map[string]any{},
	"previewImage":            map[string]any{},
	"startPullDown":           map[string]any{},
	"stopPullDown":            map[string]any{},
	"setScreenBright":         map[string]any{},
	"hideKeyboard":            map[string]any{},
	"pageScrollTo":            map[string]any{},
	"setKeepScreenOn":         map[string]any{"success": true},
	"getBatteryInfo":          map[string]any{"level": 100, "isCharging": true},
	"getSystemSetting":        map[string]any{},
}

// answers is what a program hears: first what the test scripted, then souk.mock.json, then the usual.
func (r *run) answers(f *file) func(string, json.RawMessage) (any, error) {
	return func(api string, opts json.RawMessage) (any, error) {
		if f != nil {
			if data, ok, err := f.scripted(api, opts); ok {
				return data, err
			}
		}
		if api == "request" {
			return r.request(opts)
		}
		if data, ok := r.table.Answers[api]; ok {
			return given(data)
		}
		if data, ok := usual[api]; ok {
			return data, nil
		}
		return nil, headless.ErrNoAnswer
	}
}

// given is a scripted answer: {"error": number} fails the call, anything else is what success receives.
func given(data json.RawMessage) (any, error) {
	var f struct {
		Error        *int   `json:"error"`
		ErrorMessage string `json:"errorMessage"`
	}
	if json.Unmarshal(data, &f) == nil && f.Error != nil {
		return nil, &headless.Failure{Code: *f.Error, Message: f.ErrorMessage}
	}
	return data, nil
}

type request struct {
	URL    string `json:"url"`
	Method string `json:"method"`
}

// request answers from souk.mock.json.
func (r *run) request(opts json.RawMessage) (any, error) {
	var q request
	if err := json.Unmarshal(opts, &q); err != nil {
		return nil, &headless.Failure{Code: 2, Message: "request needs url"}
	}
	a, ok, err := r.table.Find(r.in.Files, q.Method, q.URL)
	if err != nil {
		return nil, &headless.Failure{Code: 3, Message: err.Error()}
	}
	if !ok {
		return nil, &headless.Failure{Code: 12, Message: unanswered(q)}
	}
	return answered(a)
}

func unanswered(q request) string {
	method := strings.ToUpper(q.Method)
	if method == "" {
		method = "GET"
	}
	return fmt.Sprintf("no mock answers %s %s: add one in the test, or to %s", method, q.URL, mock.File)
}

func answered(a mock.Answer) (any, error) {
	if a.Fail != nil {
		return nil, &headless.Failure{Code: a.Fail.Error, Message: a.Fail.ErrorMessage}
	}
	return a, nil
}
