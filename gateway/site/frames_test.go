package site

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func ask(t *testing.T, h http.Handler, host, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://"+host+path, nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func frameFrom(origin string) string { return framePath + "?from=" + url.QueryEscape(origin) }

func TestAFrameOpensInsideItsOwnShellOnlyAndMayFetchNothing(t *testing.T) {
	here := Options{Shelf: &Shelf{}}
	there := Options{Shelf: &Shelf{}, Frames: "https://*.frames.example", Base: "https://souk.example"}
	for _, c := range []struct {
		o            Options
		host, origin string
		status       int
	}{
		{here, "frame-1.localhost:8080", "http://127.0.0.1:8080", 200},
		{here, "frame-1.localhost:8080", "http://localhost:8080", 200},
		{here, "frame-1.localhost:8080", "http://127.0.0.1:9090", 403},
		{here, "frame-1.localhost:8080", "http://evil.example:8080", 403},
		{here, "frame-1.localhost:8080", "http://127.0.0.1:8080; sandbox", 403},
		{here, "frame-1.localhost:8080", "", 403},
		{there, "frame-1.frames.example", "https://souk.example", 200},
		{there, "frame-1.frames.example", "http://127.0.0.1:8080", 403},
	} {
		h, err := New(c.o)
		if err != nil {
			t.Fatal(err)
		}
		w := ask(t, c.o.Apart(h), c.host, frameFrom(c.origin))
		if w.Code != c.status {
			t.Errorf("%s for %s: %d, not %d", c.host, c.origin, w.Code, c.status)
		}
		if w.Code != http.StatusOK {
			continue
		}
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "connect-src 'none'", "sandbox allow-scripts", "frame-ancestors " + c.origin} {
			if !strings.Contains(policy+";", want+";") {
				t.Errorf("the policy lacks %s: %s", want, policy)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "allow-same-origin") {
			t.Errorf("the policy allows too much: %s", policy)
		}
	}
}

func TestAFramesNameAnswersNothingElse(t *testing.T) {
	behind := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusTeapot) })
	here := Options{}.Apart(behind)
	there := Options{Frames: "https://*.frames.example", Base: "https://souk.example"}.Apart(behind)
	for _, path := range []string{"/", "/host/v1/session", "/my/1/pay", "/-/shell.js", "/-/framework"} {
		if w := ask(t, here, "frame-1.localhost:8080", path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
		if w := ask(t, there, "frame-1.frames.example", path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
		if w := ask(t, here, "127.0.0.1:8080", path); w.Code != http.StatusTeapot {
			t.Errorf("the shell's own %s: %d", path, w.Code)
		}
		if w := ask(t, there, "souk.example", path); w.Code != http.StatusTeapot {
			t.Errorf("the shell's own %s: %d", path, w.Code)
		}
	}
}

func TestAPlaceForFramesHasOneStarInItsName(t *testing.T) {
	for pattern, good := range map[string]bool{"": true, "https://*.frames.example": true, "http://*.localhost:8080": true, "https://frames.example": false, "*.frames.example": false,
		"https://*.*.example": false, "https://frames.example/*": false, "https://*.frames.example/x": false, "javascript://*.x": false} {
		if err := CheckFrames(pattern); (err == nil) != good {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

func TestAFramesDocumentBringsTheRuntimesAlongOnlyWhenAskedTo(t *testing.T) {
	o := Options{Shelf: &Shelf{}}
	h, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	const host, origin = "frame-1.localhost:8080", "http://127.0.0.1:8080"
	empty := ask(t, o.Apart(h), host, frameFrom(origin)).Body.String()
	whole := ask(t, o.Apart(h), host, frameFrom(origin)+"&whole=1").Body.String()
	if strings.Count(empty, "<script") != 1 || len(empty) > 4<<10 {
		t.Errorf("an empty frame has %d bytes and %d scripts", len(empty), strings.Count(empty, "<script"))
	}
	if strings.Count(whole, "<script") != 3 || strings.Count(whole, "</script>") != 3 || len(whole) < 64<<10 || strings.Contains(whole, "allFunctionsCalledOnLoad") {
		t.Errorf("a whole frame has %d bytes and %d scripts", len(whole), strings.Count(whole, "<script"))
	}
}
