package open

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"souk/kit/db"
	"souk/kit/db/dbtest"
	"souk/kit/sign"
	"souk/platform/openapp"
)

const vectorApp = "2021000000000001"

// vectorTime is when the vectors were made.
var vectorTime = time.Date(2026, 11, 22, 12, 28, 0, 0, time.UTC)

func vector(t testing.TB, name string) map[string]string {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("../../kit/sign/testdata/vectors", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range a.Files {
		out[f.Name] = strings.TrimSuffix(string(f.Data), "\n")
	}
	return out
}

// httpRequest rebuilds the bytes that an SDK sent. The vectors' files have
// plain line ends; a multipart body went out with CR LF.
func httpRequest(t testing.TB, raw string) *http.Request {
	t.Helper()
	line, rest, _ := strings.Cut(raw, "\n")
	head, body, _ := strings.Cut(rest, "\n\n")
	fields := strings.Fields(line)
	body = strings.TrimRight(body, "\n")
	if strings.Contains(head, "multipart/") {
		body = strings.ReplaceAll(body, "\n", "\r\n") + "\r\n"
	}
	r := httptest.NewRequest(fields[0], fields[1], strings.NewReader(body))
	for _, h := range strings.Split(head, "\n") {
		if name, value, ok := strings.Cut(h, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	return r
}

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// newDoor is a door on a fresh database; schemas are what tests of methods add.
func newDoor(t testing.TB, d *db.DB) (*Door, http.Handler) {
	t.Helper()
	door, err := New(context.Background(), Config{DB: d, Base: "http://127.0.0.1:8080", Developer: true, Log: quietLog()})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	door.Routes(mux)
	return door, mux
}

// vectorDoor knows the vectors' app, its key, its AES key and its certificate
// serial, at the vectors' time.
func vectorDoor(t *testing.T) (*Door, http.Handler) {
	t.Helper()
	d := dbtest.Open(t, dbtest.URL(t, db.SQLite), testSchemas()...)
	at := vectorTime.UnixMilli()
	d.SetClock(func() int64 { return at })
	keys := vector(t, "keys")
	door, handler := newDoor(t, d)
	err := d.Write(context.Background(), func(tx *db.Tx) error {
		app, err := openapp.Save(context.Background(), tx, openapp.Register{AppID: vectorApp, PublicKey: keys["app"], AESKey: keys["aes"]})
		if err != nil {
			return err
		}
		issued, err := door.own.Root.Issue("x", app.Key, time.UnixMilli(at), time.Hour)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO openapp_certificate (sn, app_id, pem, not_before, not_after) VALUES ($1, $2, $3, $4, $5)`,
			"bcfa4f26f65cd4092ac8bb58af9f18e6", vectorApp, issued.PEM, at-1, at+1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return door, handler
}

func TestEveryV2VectorPassesTheSignatureAndGetsASignedAnswer(t *testing.T) {
	for _, name := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"} {
		t.Run(name, func(t *testing.T) {
			door, handler := vectorDoor(t)
			v := vector(t, name)
			req, err := decode(httpRequest(t, v["request"]))
			if err != nil {
				t.Fatal(err)
			}
			drop := sign.DropEmpty
			switch name {
			case "02":
				drop = sign.DropNothing
			case "09":
				drop = sign.DropEmptyAndZero
			}
			if got := string(sign.V2String(req.params, drop)); got != v["tosign"] {
				t.Errorf("string to sign\n got %s\nwant %s", got, v["tosign"])
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httpRequest(t, v["request"]))
			body, node := w.Body.String(), nodeName(req.params["method"])
			encrypted := strings.HasPrefix(body, `{"`+node+`":"`)
			if encrypted != (name == "03") {
				t.Errorf("encrypted answer: %v", encrypted)
			}
			if certified := strings.Contains(body, door.own.Certificate.SN); certified != (name == "04" || name == "08") {
				t.Errorf("answer in certificate mode: %v: %s", certified, body)
			}
			wantSigned(t, &door.own.Key.PublicKey, sign.RSA2, body, node, encrypted)
			if strings.Contains(body, "invalid-signature") || w.Code != 200 || len(w.Header()["trace_id"][0]) < 29 {
				t.Errorf("answer %d %s", w.Code, body)
			}
			if name == "05" && (len(req.files) != 1 || string(req.files[0].data) != "JPEGDATA" || req.files[0].name != "图片.jpg") {
				t.Errorf("files %+v", req.files)
			}
		})
	}
}

func TestEveryV3VectorPassesTheSignatureAndGetsASignedAnswer(t *testing.T) {
	for _, name := range []string{"11", "12", "13", "14", "15", "16", "17", "18"} {
		t.Run(name, func(t *testing.T) {
			door, handler := vectorDoor(t)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httpRequest(t, vector(t, name)["request"]))
			h, body := w.Header(), w.Body.Bytes()
			for _, header := range []string{"alipay-timestamp", "alipay-nonce", "alipay-signature", "alipay-trace-id"} {
				if len(h[header]) != 1 { // exactly so, in lower case
					t.Fatalf("header %s: %v", header, h)
				}
			}
			text := sign.V3ReplyString(h["alipay-timestamp"][0], h["alipay-nonce"][0], body)
			if err := sign.Verify(&door.own.Key.PublicKey, sign.RSA2, text, h["alipay-signature"][0]); err != nil {
				t.Errorf("answer: %v", err)
			}
			if strings.Contains(string(body), "invalid-signature") || strings.Contains(string(body), "timestamp") {
				t.Errorf("answer %d %s", w.Code, body)
			}
			if (name == "15") != (len(h["alipay-sn"]) == 1) {
				t.Errorf("alipay-sn: %v", h["alipay-sn"])
			}
			if name == "17" {
				var e struct{ Code, Message string }
				if err := json.Unmarshal(body, &e); err != nil || e.Code != "invalid-method" || e.Message != "不存在的方法名" || w.Code != 400 {
					t.Errorf("answer %d %s", w.Code, body)
				}
			}
			again := httptest.NewRecorder()
			handler.ServeHTTP(again, httpRequest(t, vector(t, name)["request"]))
			if !strings.Contains(again.Body.String(), `"code":"suspected-attack"`) {
				t.Errorf("the same nonce passes again: %s", again.Body)
			}
		})
	}
}

func TestTheGETLinkAndTheOrderStringOfTheVectorsVerify(t *testing.T) {
	keys := vector(t, "keys")
	app, err := sign.ParsePublicKey(keys["app"])
	if err != nil {
		t.Fatal(err)
	}
	link, err := decode(httptest.NewRequest("GET", vector(t, "19")["link"], nil))
	if err != nil || sign.VerifyV2(app, link.params) != nil {
		t.Errorf("link: %v", err)
	}
	order, err := decodeOrder(vector(t, "20")["order"])
	if err != nil || sign.VerifyV2(app, order.params) != nil {
		t.Errorf("order string: %v", err)
	}
	order.params["notify_url"] += "/"
	if sign.VerifyV2(app, order.params) == nil {
		t.Error("a changed order string passes")
	}
}
