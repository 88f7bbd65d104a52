package my_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

// merchantServer is a program's own server. It counts what reaches it.
func merchantServer(t *testing.T) (*httptest.Server, *int) {
	reached := new(int)
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		*reached++
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprintf(w, "%s %s|%s|%s|%s", r.Method, r.URL.RequestURI(), r.Header.Get("X-Own"), r.Host, body)
	})
	mux.HandleFunc("/binary", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte{0xff, 0x00, 0xfe}) })
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) {
		for range 11 {
			w.Write(make([]byte, 1<<20))
		}
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/echo?moved=1", http.StatusFound) })
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("photo")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body, _ := io.ReadAll(file)
		fmt.Fprintf(w, "%s %s %s %s", header.Filename, header.Header.Get("Content-Type"), body, r.FormValue("note"))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s, reached
}

func TestAProgramsRequestReachesItsServerAndComesBackWhole(t *testing.T) {
	s, _ := merchantServer(t)
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	lin := seeded(t, d, true)(demo.People[0].ID)
	status, got := lin.my("request", map[string]any{"url": s.URL + "/echo?a=1", "method": "post", "data": "hallo", "headers": map[string]string{"X-Own": "mine", "Host": "evil", "Connection": "close"}})
	lin.want("echo", status, got, 200, map[string]any{"status": 418, "base64": false,
		"data": "POST /echo?a=1|mine|" + strings.TrimPrefix(s.URL, "http://") + "|hallo"})
	if headers := got["headers"].(map[string]any); headers["x-answer"] != "yes" {
		t.Errorf("headers %v", headers)
	}
	status, got = lin.my("request", map[string]any{"url": s.URL + "/binary"})
	lin.want("bytes", status, got, 200, map[string]any{"base64": true, "data": base64.StdEncoding.EncodeToString([]byte{0xff, 0x00, 0xfe})})
	status, got = lin.my("request", map[string]any{"url": s.URL + "/moved", "method": "POST", "data": "x"})
	if data, _ := got["data"].(string); status != 200 || !strings.HasPrefix(data, "GET /echo?moved=1|") {
		t.Errorf("redirect: %d %v", status, got)
	}
	status, got = lin.my("downloadFile", map[string]any{"url": s.URL + "/echo"})
	lin.want("download", status, got, 200, map[string]any{"base64": true})
	status, got = lin.my("uploadFile", map[string]any{"url": s.URL + "/upload", "fileName": "photo", "name": "a\".png", "type": "image/png",
		"data": base64.StdEncoding.EncodeToString([]byte("PNG")), "formData": map[string]string{"note": "hi"}})
	lin.want("upload", status, got, 200, map[string]any{"status": 200, "data": "a%22.png image/png PNG hi"})
}

func TestARequestThatGoesTooFarIsRefused(t *testing.T) {
	s, _ := merchantServer(t)
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	lin := seeded(t, d, true)(demo.People[0].ID)
	for what, c := range map[string]struct {
		in    map[string]any
		fault string
	}{
		"a huge answer":    {map[string]any{"url": s.URL + "/huge"}, "ANSWER_TOO_LARGE"},
		"a slow server":    {map[string]any{"url": s.URL + "/slow", "timeout": 50}, "NO_ANSWER_IN_TIME"},
		"an endless loop":  {map[string]any{"url": s.URL + "/loop"}, "NO_ANSWER"},
		"a file":           {map[string]any{"url": "file:///etc/passwd"}, "URL_INVALID"},
		"a path":           {map[string]any{"url": "/etc/passwd"}, "URL_INVALID"},
		"a password":       {map[string]any{"url": strings.Replace(s.URL, "http://", "http://a:b@", 1)}, "URL_INVALID"},
		"a strange method": {map[string]any{"url": s.URL + "/echo", "method": "CONNECT"}, "BODY_INVALID"},
		"nothing":          {map[string]any{}, "URL_INVALID"},
		"a closed port":    {map[string]any{"url": "http://127.0.0.1:1/"}, "NO_ANSWER"},
	} {
		status, got := lin.my("request", c.in)
		if status < 400 || got["fault"] != c.fault {
			t.Errorf("%s: %d %v", what, status, got)
		}
	}
}

func TestOutsideDeveloperModeOnlyAllowedHostsAreCalledAndNeverPrivateAddresses(t *testing.T) {
	s, reached := merchantServer(t)
	host := strings.TrimPrefix(s.URL, "http://")
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	lin := seeded(t, d, false)(demo.People[0].ID)
	refused := func(what, url, code string) {
		t.Helper()
		status, got := lin.my("request", map[string]any{"url": url})
		if status != 403 || got["fault"] != code {
			t.Errorf("%s: %d %v", what, status, got)
		}
	}
	refused("a host that is not on the list", "https://"+host+"/echo", "HOST_NOT_ALLOWED")
	for _, allowed := range []string{host, strings.Replace(host, "127.0.0.1", "localhost", 1)} {
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return merchant.Allow(context.Background(), tx, demo.Coffee, allowed) }); err != nil {
			t.Fatal(err)
		}
		refused("plain http", "http://"+allowed+"/echo", "HOST_NOT_ALLOWED")
		refused("a private address on the list", "https://"+allowed+"/echo", "ADDRESS_PRIVATE")
	}
	if *reached != 0 {
		t.Errorf("%d requests got through", *reached)
	}
	for _, bad := range []string{"*.example.com", "http://example.com", "exa mple.com", "", "example.com/path", "-a.com"} {
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return merchant.Allow(context.Background(), tx, demo.Coffee, bad) }); err == nil {
			t.Errorf("%q was allowed", bad)
		}
	}
}

func TestNamesNumbersAndAddressesNeedConsentAndItCanBeTakenBack(t *testing.T) {
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), append(slices.Clone(demo.Schemas), openapp.Schema)...)
	lin := seeded(t, d, false)(demo.People[0].ID)
	for api, scope := range map[string]string{"getOpenUserInfo": "userInfo", "getPhoneNumber": "phoneNumber", "getAddress": "address"} {
		for _, granted := range []bool{false, true, false} {
			status, got := lin.my("consent", map[string]any{"scope": scope, "granted": granted})
			lin.want("consent", status, got, 200, nil)
			status, got = lin.my(api, nil)
			if granted != (status == 200) || !granted && fmt.Sprint(got["error"]) != "2001" {
				t.Errorf("%s with consent %v: %d %v", api, granted, status, got)
			}
			if text := fmt.Sprint(got); granted && !strings.Contains(text, "Lin Xia") && !strings.Contains(text, "8613800000001") {
				t.Errorf("%s: %v", api, got)
			}
		}
	}
	status, got := lin.my("getAuthCode", map[string]any{"scopes": []string{"auth_user"}})
	lin.want("a code for what was taken back", status, got, 403, map[string]any{"error": 2001})
	status, got = lin.my("getAuthCode", map[string]any{})
	if code, _ := got["authCode"].(string); status != 200 || len(code) < 40 {
		t.Errorf("a silent code: %d %v", status, got)
	}
	if _, got := lin.my("consents", nil); len(got["consents"].([]any)) != 3 {
		t.Errorf("consents %v", got)
	}
}
