// Package frame_test shows what a person sees of a mini-program: it loads the frame in Chromium beside a scripted worker
// that only passes messages on, sends operations, taps and drags, and reads the DOM and the events that come back.
// It never compiles a program and never starts a server of ours. Start reading at open.
package frame_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"souk/browser"
	"souk/conformance/chrome"
)

const (
	width, height = 390, 844
	patience      = 60 * time.Second
	mostTime      = 5 * time.Minute // of one test
)

//go:embed harness.html
var harness []byte

// A pixel picture of 40 × 30, so that modes have something to fit.
const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#9cf"/><circle cx="20" cy="15" r="12" fill="#f60"/></svg>`

var assets = sync.OnceValues(func() (browser.Assets, error) { return browser.Build(true) })

var quote = chrome.Quote

func TestMain(m *testing.M) { os.Exit(chrome.Run(m)) }

// A phone is a tab at phone size that holds one frame.
type phone struct {
	*testing.T
	ctx context.Context
}

// A view is one template in the contract's static form (docs/runtime.md §2), written as JavaScript.
type view string

// open boots the frame with the templates as the views of pages/index/index and one style sheet, and opens that page as block 1.
func open(t *testing.T, css string, views ...view) *phone {
	t.Helper()
	p, groups := load(t)
	p.do("t.reply.group = " + groups)
	p.boot(css, views...)
	return p
}

// load brings the harness up and answers the groups' code for t.reply.group, without which the frame waits for it.
func load(t *testing.T) (p *phone, groups string) {
	t.Helper()
	a, err := assets()
	if err != nil {
		t.Fatal(err)
	}
	server := serve(a)
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(chrome.Open(t, width, height).Ctx, mostTime)
	t.Cleanup(cancel)
	p = &phone{t, ctx}
	p.run(chromedp.Navigate(server.URL + "/"))
	send(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: true})
	send(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	scripts := map[string]string{}
	for name, script := range a.Groups {
		scripts[name] = string(script)
	}
	return p, "{ byName: " + quote(scripts) + " }"
}

// boot gives the frame the program and opens its first page.
func (p *phone) boot(css string, views ...view) {
	p.Helper()
	var texts []string
	for _, v := range views {
		texts = append(texts, string(v))
	}
	p.do(`t.boot({ views: [` + strings.Join(texts, ",") + `], styles: [{ path: "app.acss", css: ` + quote(css) + ` }],
		pages: { "pages/index/index": { config: { pullRefresh: true }, styles: [0], view: 0 }, "pages/two/two": { config: {}, styles: [0], view: 0 } } })`)
	p.do(`await t.ops([[0, 1, "pages/index/index"], [6, 1, "push"]])`)
}

func serve(a browser.Assets) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(harness)
	})
	mux.HandleFunc("/frame.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(a.FrameJS)
	})
	mux.HandleFunc("/assets/picture.svg", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		_, _ = w.Write([]byte(picture))
	})
	return httptest.NewServer(mux)
}

func (p *phone) run(action chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, action); err != nil {
		p.Fatal(err)
	}
}

// send runs one command of the DevTools protocol.
func send[P any](p *phone, command cdp.Command[P, cdp.Empty], params P) {
	p.Helper()
	p.run(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, command, params)
		return chromedp.Void{}, err
	})
}

// do runs JavaScript statements, in which await may be used.
func (p *phone) do(js string) {
	p.Helper()
	p.get("(async () => { " + js + "\n return null })()")
}

// get evaluates a JavaScript expression, waiting for a promise, and answers its value as JSON.
func (p *phone) get(js string) string {
	p.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("(async () => JSON.stringify(await ("+js+")) ?? 'null')()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", js, err)
	}
	return out
}

// want compares a JavaScript value's JSON.
func (p *phone) want(js, json string) {
	p.Helper()
	if got := p.get(js); got != json {
		p.Errorf("%s\n got %s\nwant %s", js, got, json)
	}
}

// wait polls until the JavaScript is true.
func (p *phone) wait(js string) {
	p.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if p.get("!!("+js+")") == "true" {
			return
		}
	}
	p.Fatalf("never true: %s\nevents %s", js, p.get("t.events"))
}

// events answers what the worker was told since the last call, one line an event: type [block,node,flags]… detail.
func (p *phone) events() string {
	p.Helper()
	text := p.get(`t.take().map((m) => m[0] === 2 ? m[1] + " " + JSON.stringify(m[2]) + (m[3].detail === undefined ? "" : " " + JSON.stringify(m[3].detail)) : JSON.stringify(m)).join("\n")`)
	var lines string
	if err := json.Unmarshal([]byte(text), &lines); err != nil {
		p.Fatal(err)
	}
	return lines
}

type point struct{ x, y float64 }

// at answers the middle of the element.
func (p *phone) at(selector string) point {
	p.Helper()
	var box []float64
	text := p.get("(() => { const r = t.$(" + quote(selector) + ").getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()")
	if err := json.Unmarshal([]byte(text), &box); err != nil {
		p.Fatal(err)
	}
	return point{box[0], box[1]}
}

// click is a tap with the mouse.
func (p *phone) click(selector string) {
	p.Helper()
	at := p.at(selector)
	p.run(chromedp.MouseClickXY(at.x, at.y))
}

// tap is a tap with a finger.
func (p *phone) tap(selector string) {
	p.Helper()
	p.touch(input.DispatchTouchEventTypeTouchStart, p.at(selector))
	p.touch(input.DispatchTouchEventTypeTouchEnd)
}

func (p *phone) touch(kind input.DispatchTouchEventType, at ...point) {
	p.Helper()
	points := []*input.TouchPoint{}
	for _, a := range at {
		points = append(points, &input.TouchPoint{X: a.x, Y: a.y})
	}
	send(p, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: points})
}

// drag moves a finger from the element's middle by (dx, dy), in ten steps.
func (p *phone) drag(selector string, dx, dy float64) {
	p.Helper()
	from := p.at(selector)
	p.touch(input.DispatchTouchEventTypeTouchStart, from)
	for i := 1.0; i <= 10; i++ {
		p.touch(input.DispatchTouchEventTypeTouchMove, point{from.x + dx*i/10, from.y + dy*i/10})
	}
	p.touch(input.DispatchTouchEventTypeTouchEnd)
}

// pull drags with the mouse.
func (p *phone) pull(selector string, dx, dy float64) {
	p.Helper()
	from := p.at(selector)
	p.mouse(input.DispatchMouseEventTypeMousePressed, from)
	for i := 1.0; i <= 10; i++ {
		p.mouse(input.DispatchMouseEventTypeMouseMoved, point{from.x + dx*i/10, from.y + dy*i/10})
	}
	p.mouse(input.DispatchMouseEventTypeMouseReleased, point{from.x + dx, from.y + dy})
}

func (p *phone) mouse(kind input.DispatchMouseEventType, at point) {
	p.Helper()
	send(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at.x, Y: at.y, Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1})
}

// key presses a key by its name, such as Enter or ArrowRight.
func (p *phone) key(name string) {
	p.Helper()
	code := map[string]int64{"Enter": 13, " ": 32, "Tab": 9, "ArrowRight": 39, "ArrowLeft": 37, "ArrowDown": 40, "ArrowUp": 38}[name]
	text := map[string]string{"Enter": "\r", " ": " "}[name]
	send(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: name, Text: text, WindowsVirtualKeyCode: code})
	send(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: name, WindowsVirtualKeyCode: code})
}

// write types text into whatever has the focus.
func (p *phone) write(text string) {
	p.Helper()
	for _, c := range text {
		send(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: string(c), Text: string(c)})
		send(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: string(c)})
	}
}

// shoot saves a screenshot when SOUK_SHOTS names a folder, for a person to look at.
func (p *phone) shoot(name string) {
	p.Helper()
	dir := os.Getenv("SOUK_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.Fatal(err)
	}
}
