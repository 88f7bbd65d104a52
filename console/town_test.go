package console_test

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"souk/console"
	"souk/console/desk"
	"souk/gateway/open"
	"souk/kit/db"
	"souk/kit/job"
	"souk/kit/sign"
	"souk/platform/audit"
	"souk/platform/demo"
	"souk/platform/openapp"
	"souk/platform/staff"
)

var schemas = append(append([]db.Schema{}, demo.Schemas...), openapp.Schema, staff.Schema, audit.Schema)

const (
	patience  = 60 * time.Second
	lookAgain = 30 * time.Millisecond
)

// town is a demo with its open API and console, and a merchant's server that hears notifications.
type town struct {
	t        *testing.T
	db       *db.DB
	base     string
	hears    string       // notify_url of the merchant's server
	deaf     atomic.Bool  // it answers 500
	heard    atomic.Int64 // notifications that came, whatever it answered
	card     open.AppCard // of an app of the second merchant, Other Shop
	keyText  string       // its private key
	services sync.WaitGroup
}

// settle makes the town. play is what desk.Options.Play says.
func settle(t *testing.T, d *db.DB, play bool) *town {
	t.Helper()
	w := &town{t: t, db: d}
	ctx, cancel := context.WithCancel(context.Background())
	if err := demo.Seed(ctx, d); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	w.base = server.URL
	log := slog.New(slog.DiscardHandler)
	gateway, err := open.New(ctx, open.Config{DB: d, Base: w.base, Developer: true, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	gateway.Routes(mux)
	pages, err := console.New(desk.Options{DB: d, Base: w.base, Play: play, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle(desk.Root+"/", pages)
	w.services.Go(func() { gateway.Run(ctx) })
	w.services.Go(func() { job.Run(ctx, d) })
	shop := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.heard.Add(1)
		if w.deaf.Load() {
			out.WriteHeader(http.StatusInternalServerError)
			return
		}
		io.WriteString(out, "success")
	}))
	w.hears = shop.URL + "/notify"
	t.Cleanup(func() {
		cancel()
		w.services.Wait()
		server.CloseClientConnections() // a browser keeps some open that it never used
		server.Close()
		shop.Close()
	})
	w.otherShop()
	return w
}

// otherShop registers an app with a key that the test holds.
func (w *town) otherShop() {
	w.t.Helper()
	key, err := sign.NewKey()
	if err != nil {
		w.t.Fatal(err)
	}
	w.keyText = sign.PrivateText(key)
	w.card, err = open.CreateApp(context.Background(), w.db, w.base, open.NewApp{Name: "Other Shop", PublicKey: sign.PublicText(&key.PublicKey)})
	if err != nil {
		w.t.Fatal(err)
	}
}

// call makes one call of the open API as an app's server would; extra are more common parameters.
func (w *town) call(app, private, method string, biz map[string]string, extra ...string) map[string]any {
	w.t.Helper()
	key, err := sign.ParsePrivateKey(private)
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := json.Marshal(biz)
	if err != nil {
		w.t.Fatal(err)
	}
	params := map[string]string{"app_id": app, "method": method, "charset": "utf-8", "sign_type": "RSA2", "version": "1.0",
		"timestamp": time.Now().UTC().Add(8 * time.Hour).Format(time.DateTime), "biz_content": string(text)}
	for i := 0; i+1 < len(extra); i += 2 {
		params[extra[i]] = extra[i+1]
	}
	if params["sign"], err = sign.Sign(key, sign.RSA2, sign.V2String(params, sign.DropEmpty)); err != nil {
		w.t.Fatal(err)
	}
	form := url.Values{}
	for name, value := range params {
		form.Set(name, value)
	}
	answer, err := http.PostForm(w.base+"/gateway.do", form)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		w.t.Fatal(err)
	}
	node, ok := out[strings.ReplaceAll(method, ".", "_")+"_response"].(map[string]any)
	if !ok {
		w.t.Fatalf("%s answered %v", method, out)
	}
	return node
}

// sale has a person of the demo pay an order of an app, and returns the trade's number.
func (w *town) sale(app, private, out, yuan, subject string) string {
	w.t.Helper()
	node := w.call(app, private, "alipay.trade.create", map[string]string{"out_trade_no": out, "total_amount": yuan, "subject": subject, "product_code": "JSAPI_PAY"}, "notify_url", w.hears)
	no, ok := node["trade_no"].(string)
	if !ok {
		w.t.Fatalf("no trade: %v", node)
	}
	if _, err := open.PayAs(context.Background(), w.db, true, no, string(demo.People[0].ID)); err != nil {
		w.t.Fatal(err)
	}
	return no
}

// visitor is somebody at the console without scripts.
type visitor struct {
	*town
	client *http.Client
}

func (w *town) visitor() visitor {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return visitor{w, &http.Client{Jar: jar, Timeout: patience}}
}

func (v visitor) get(path string) (status int, text string) {
	v.t.Helper()
	answer, err := v.client.Get(v.base + "/console" + path)
	return v.read(answer, err)
}

func (v visitor) read(answer *http.Response, err error) (int, string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer.StatusCode, html.UnescapeString(string(text))
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// post sends a form with the token that a page of ours shows.
func (v visitor) post(path string, fields ...string) (int, string) {
	v.t.Helper()
	form := url.Values{}
	if _, page := v.get("/sign-in"); formToken.MatchString(page) {
		form.Set("form", formToken.FindStringSubmatch(page)[1])
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	answer, err := v.client.PostForm(v.base+"/console"+path, form)
	return v.read(answer, err)
}

// as signs in by the demo's switch; merchant "" is an operator.
func (w *town) as(merchant string) visitor {
	w.t.Helper()
	v := w.visitor()
	if status, text := v.post("/try", "merchant", merchant); status != http.StatusOK {
		w.t.Fatalf("signing in as %q: %d %s", merchant, status, text)
	}
	return v
}

// until waits for something that happens a moment later.
func (w *town) until(what string, done func() bool) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(lookAgain) {
		if done() {
			return
		}
	}
	w.t.Fatalf("waited in vain for %s", what)
}

// must fails unless the page answered with the status and says all the words.
func (w *town) must(status int, text string, want int, words ...string) {
	w.t.Helper()
	if status != want {
		w.t.Errorf("status %d, not %d: %s", status, want, text)
		return
	}
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.t.Errorf("the page does not say %q: %s", word, text)
		}
	}
}
