package my_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"souk/gateway/my"
	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/platform/demo"
)

// knock opens a socket at the door and says which one it wants; it answers what came first, or the close code and reason.
func knock(t *testing.T, p phone, origin, token string, wish any) (status int, first string, code websocket.StatusCode, reason string) {
	t.Helper()
	server := httptest.NewServer(p.doors)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	header := http.Header{"Cookie": {my.Cookie + "=" + token}}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, answer, err := websocket.Dial(ctx, strings.Replace(server.URL, "http", "ws", 1)+"/my/"+string(p.app)+"/socket", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		return answer.StatusCode, "", 0, ""
	}
	defer conn.CloseNow()
	text, err := json.Marshal(wish)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
		t.Fatal(err)
	}
	_, data, err := conn.Read(ctx)
	var said websocket.CloseError
	if err != nil {
		if !errors.As(err, &said) {
			t.Fatal(err)
		}
	}
	return answer.StatusCode, string(data), said.Code, said.Reason
}

func TestASocketIsJudgedLikeARequest(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, err := websocket.Accept(w, r, nil); err == nil {
			conn.CloseNow()
		}
	}))
	t.Cleanup(echo.Close)
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), demo.Schemas...)
	open, strict := seeded(t, d, true)(demo.People[0].ID), seeded(t, d, false)(demo.People[0].ID)
	here := "ws" + strings.TrimPrefix(echo.URL, "http")
	for _, c := range []struct {
		name   string
		at     phone
		wish   any
		first  string
		code   websocket.StatusCode
		reason string
	}{
		{"developer mode", open, map[string]any{"url": here}, `{"open":true,"protocol":""}`, 0, ""},
		{"a host that is not on the list", strict, map[string]any{"url": "wss://evil.example/"}, "", 4403, "list of allowed hosts"},
		{"this machine", strict, map[string]any{"url": here}, "", 4403, "list of allowed hosts"},
		{"another scheme", open, map[string]any{"url": "file:///etc/passwd"}, "", 4403, "ws:// or wss://"},
		{"no wish", open, "hello", "", 4403, ""},
		{"nobody there", open, map[string]any{"url": "ws://127.0.0.1:1/"}, "", 4502, ""},
	} {
		_, first, code, reason := knock(t, c.at, "", c.at.token, c.wish)
		if first != c.first || code != c.code || !strings.Contains(reason, c.reason) {
			t.Errorf("%s: %q, %d %q", c.name, first, code, reason)
		}
	}
	if status, _, _, _ := knock(t, open, "https://evil.example", open.token, nil); status != http.StatusForbidden {
		t.Errorf("another site's page opened a socket: %d", status)
	}
	if status, _, _, _ := knock(t, open, "", "nobody", nil); status != http.StatusUnauthorized {
		t.Errorf("a stranger opened a socket: %d", status)
	}
}
