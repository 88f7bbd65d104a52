package my_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
	"souk/platform/identity"
	"souk/platform/merchant"
)

func TestACloudFunctionIsCalledBelowItsAddressByAPersonItCanKnow(t *testing.T) {
	dbtest.Each(t, demo.Schemas, func(t *testing.T, d *db.DB) {
		var codes []string
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			codes = append(codes, r.Header.Get("X-Souk-Auth-Code"))
			fmt.Fprintf(w, "%s %s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("X-Souk-App"), r.Header.Get("X-Souk-Cloud-Env"), body)
		}))
		t.Cleanup(s.Close)
		lin := seeded(t, d, true)(demo.People[0].ID)
		set := func(env, address string) error {
			return d.Write(context.Background(), func(tx *db.Tx) error {
				return merchant.SetCloud(context.Background(), tx, demo.Coffee, env, address)
			})
		}
		ask := func(env, path string) (int, map[string]any) {
			return lin.my("cloud", map[string]any{"env": env, "url": path, "method": "POST", "data": "{}", "headers": map[string]string{"X-Souk-Auth-Code": "forged", "X-Souk-App": "forged"}})
		}
		status, got := ask("prod", "points")
		lin.want("before it is set", status, got, 404, map[string]any{"fault": "CLOUD_UNKNOWN"})
		if err := set("prod", s.URL+"/functions/"); err != nil {
			t.Fatal(err)
		}
		status, got = ask("prod", "points?a=1")
		lin.want("called", status, got, 200, map[string]any{"status": 200, "data": "POST /functions/points?a=1 " + string(demo.Coffee) + " prod {}"})
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			tokens, err := identity.Exchange(context.Background(), tx, string(demo.Coffee), codes[0])
			if link, err := identity.LinkTo(context.Background(), tx, string(demo.Coffee), demo.People[0].ID); err != nil || tokens.Link.OpenID != link.OpenID {
				t.Errorf("the code is %s's, %v", tokens.Link.OpenID, err)
			}
			return err
		}); err != nil {
			t.Errorf("the code %q: %v", codes[0], err)
		}
		for _, path := range []string{"", "/", "../secret", "a/../../secret", "%2e%2e/secret", "//evil.test/x", "a//b"} {
			if status, got := ask("prod", path); status != 400 && status != 200 || status == 200 && got["data"] == nil {
				t.Errorf("%q: %d %v", path, status, got)
			}
		}
		for _, code := range codes {
			if code == "" || code == "forged" {
				t.Errorf("a code that is not ours: %q", code)
			}
		}
		for _, bad := range []string{"ftp://x.test", "https://", "https://u:p@x.test", "https://x.test/?a=1", "x"} {
			if err := set("bad", bad); err == nil {
				t.Errorf("%s was taken", bad)
			}
		}
		if err := set("prod", ""); err != nil {
			t.Fatal(err)
		}
		status, got = ask("prod", "points")
		lin.want("after it was taken away", status, got, 404, map[string]any{"fault": "CLOUD_UNKNOWN"})
	})
}

func TestACloudAddressInsideIsNotCalledByAService(t *testing.T) {
	s, reached := merchantServer(t)
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	lin := seeded(t, d, false)(demo.People[0].ID)
	for env, address := range map[string]string{"http": s.URL, "private": "https://127.0.0.1:1"} {
		if err := d.Write(context.Background(), func(tx *db.Tx) error {
			return merchant.SetCloud(context.Background(), tx, demo.Coffee, env, address)
		}); err != nil {
			t.Fatal(err)
		}
		if status, got := lin.my("cloud", map[string]any{"env": env, "url": "echo", "method": "POST"}); status != 403 {
			t.Errorf("%s: %d %v", env, status, got)
		}
	}
	if *reached != 0 {
		t.Errorf("reached %d times", *reached)
	}
}
