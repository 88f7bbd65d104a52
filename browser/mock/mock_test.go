package mock

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestARuleFitsTheAddressesThatItsPatternSays(t *testing.T) {
	for _, c := range []struct {
		rule, method, url string
		want              bool
	}{
		{"https://a.example/items", "", "https://a.example/items", true},
		{"https://a.example/items", "", "https://a.example/items?page=2", true},
		{"https://a.example/items?page=1", "", "https://a.example/items?page=2", false},
		{"https://a.example/items?page=*", "", "https://a.example/items?page=2", true},
		{"*/items", "", "https://b.example/v1/items", true},
		{"/v1/items", "", "https://b.example/v1/items", true},
		{"/v1/items", "", "/v1/items", true},
		{"/v1/items", "", "https://b.example/v2/items", false},
		{"/v1/*/rows", "", "/v1/7/rows", true},
		{"/v1/*/rows", "", "/v1/7/rows/3", false},
		{"a*a", "", "a", false},
	} {
		if got := (Rule{URL: c.rule}).Fits(c.method, c.url); got != c.want {
			t.Errorf("%q fits %q: got %v", c.rule, c.url, got)
		}
	}
	post := Rule{URL: "/x", Method: "post"}
	if !post.Fits("POST", "/x") || post.Fits("", "/x") {
		t.Error("a rule for POST answers POST and not GET")
	}
}

func TestTheFirstRuleThatFitsAnswersFromItsFile(t *testing.T) {
	files := fstest.MapFS{
		File:              {Data: []byte(`{"requests": [{"url": "/items", "file": "mock/items.json"}, {"url": "/*", "status": 503}]}`)},
		"mock/items.json": {Data: []byte(`[{"id": 1}]`)},
	}
	table, err := Read(files)
	if err != nil {
		t.Fatal(err)
	}
	a, ok, err := table.Find(files, "GET", "https://shop.example/items")
	if err != nil || !ok || a.Status != 200 || string(a.Data) != `[{"id": 1}]` || a.Fail != nil {
		t.Errorf("got %+v %v %v", a, ok, err)
	}
	if a, ok, err = table.Find(files, "GET", "/other"); err != nil || !ok || a.Fail == nil || a.Fail.Error != 19 {
		t.Errorf("a status of 503 must fail with 19: %+v %v %v", a, ok, err)
	}
}

func TestAMistakeInTheTableIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		`{"request": []}`:                                       `unknown field "request"`,
		"{\n\"requests\": [\n{]}":                               "line 3",
		`{"requests": [{"status": 200}]}`:                       "requests[0]: url is missing",
		`{"requests": [{"url": "/", "file": "../../secret"}]}`:  "must lie in the program's folder",
		`{"requests": [{"url": "/", "file": "a", "data": {}}]}`: "not both",
		`{"requests": [{"url": "/", "status": 7}]}`:             "none of HTTP",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
