package commerce

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
)

// The document and the door must name the same addresses: each documented one answers something else than "nothing at this address",
// and refuses whoever does not come from the shell.
func TestTheDocumentNamesTheAddressesThatExist(t *testing.T) {
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(openapi, &doc); err != nil {
		t.Fatal(err)
	}
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	doors := New(d, nil)
	ask := func(method, path string, shell bool) (int, string) {
		r := httptest.NewRequest(method, strings.ReplaceAll(path, "{no}", "1"), strings.NewReader("{}"))
		if shell {
			r.Header.Set("X-Souk", "1")
			r.Header.Set("X-Souk-App", string(demo.Coffee))
			r.Header.Set("Content-Type", "application/json")
		}
		w := httptest.NewRecorder()
		doors.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	documented := 0
	for path, methods := range doc.Paths {
		for method := range methods {
			documented++
			if status, body := ask(strings.ToUpper(method), path, true); status != http.StatusUnauthorized || !strings.Contains(body, "NOT_SIGNED_IN") {
				t.Errorf("%s %s without a session: %d %s", method, path, status, body)
			}
			if status, _ := ask(strings.ToUpper(method), path, false); status != http.StatusForbidden {
				t.Errorf("%s %s from another site: %d", method, path, status)
			}
		}
	}
	if documented != 4 || doc.OpenAPI == "" {
		t.Errorf("%d addresses are documented", documented)
	}
}
