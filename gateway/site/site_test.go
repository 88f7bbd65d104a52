package site

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, h http.Handler, address string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestThePageHasAFreshNonceEachTimeAndItsFilesAreCachedForEver(t *testing.T) {
	h, err := New(Options{Shelf: &Shelf{}})
	if err != nil {
		t.Fatal(err)
	}
	nonces := map[string]bool{}
	var page string
	for range 3 {
		r := get(t, h, "/")
		policy := r.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("the policy lacks %s: %s", want, policy)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src 'self' 'unsafe-inline'") {
			t.Errorf("the policy allows too much: %s", policy)
		}
		nonces[regexp.MustCompile(`'nonce-([^']+)'`).FindStringSubmatch(policy)[1]] = true
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		page = string(body)
	}
	if len(nonces) != 3 {
		t.Errorf("%d nonces in 3 pages", len(nonces))
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="(/-/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		if r := get(t, h, m[1]); r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != forever || r.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d, %s, %s", m[1], r.StatusCode, r.Header.Get("Cache-Control"), r.Header.Get("Content-Encoding"))
		}
	}
	if r := get(t, h, "/-/shell.js?v=old"); r.Header.Get("Cache-Control") == forever {
		t.Error("an old address is cached for ever")
	}
}

func TestAReleaseIsNamedByItsContentAndServesNoPages(t *testing.T) {
	shelf := &Shelf{}
	entries := map[string][]byte{"bundle.json": []byte("{}"), "app.js": []byte("souk.run()"), "assets/a.html": []byte("<script>1</script>"), "assets/b.svg": []byte("<svg/>")}
	first := shelf.Publish("app", "1", entries)
	if again := shelf.Publish("app", "2", entries); again.Hash != first.Hash {
		t.Error("the same content has two names")
	}
	h, err := New(Options{Shelf: shelf})
	if err != nil {
		t.Fatal(err)
	}
	base := "/-/bundle/" + first.Hash
	for name, kind := range map[string]string{"/bundle.json": "application/json", "/app.js": "text/javascript; charset=utf-8", "/assets/a.html": "application/octet-stream", "/assets/b.svg": "image/svg+xml"} {
		r := get(t, h, base+name)
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != kind || r.Header.Get("Cache-Control") != forever {
			t.Errorf("%s: %d %s %s", name, r.StatusCode, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"))
		}
		if !strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s opens unsandboxed", name)
		}
	}
	for i := range hashesPerApp {
		shelf.Publish("app", "n", map[string][]byte{"app.js": {byte(i)}})
	}
	if r := get(t, h, base+"/app.js"); r.StatusCode != http.StatusNotFound {
		t.Errorf("the oldest bundle is still there: %d", r.StatusCode)
	}
}
