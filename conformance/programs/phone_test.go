// Package programs_test opens whole mini-programs, ours and other people's, under developer mode in a real Chromium at a phone's size:
// every page of app.json, then what a person would look at and tap. Other people's programs are never copied here: they
// are read from the folder that SOUK_PROGRAMS names. Start reading at real_test.go (the table), then walk_test.go.
package programs_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"souk/compiler/diag"
	"souk/gateway/dev"
	"souk/kit/db"
	"souk/platform/demo"
)

const (
	width, height = 390, 844
	patience      = 30 * time.Second
	lookAgain     = 40 * time.Millisecond
	programTime   = 10 * time.Minute
	linesMax      = 2000
)

// phone is one browser in front of one server that runs one program.
type phone struct {
	t       *testing.T
	ctx     context.Context
	base    string
	frame   context.Context // the program's frame, once it has drawn
	leave   context.CancelFunc
	servers *backend

	mu    sync.Mutex
	lines []string // what the program's console said
}

// chrome is one browser for all tests; each phone is a browser context of its own, with its own cookies and storage.
var chrome = sync.OnceValues(func() (context.Context, error) {
	bin, err := exec.LookPath("chromium")
	if err != nil {
		return nil, errors.New("Chromium is needed: install the Debian package chromium")
	}
	dir, err := os.MkdirTemp("", "souk-programs-")
	if err != nil {
		return nil, err
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.UserDataDir(dir), chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("force-prefers-reduced-motion", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, _ := chromedp.NewContext(alloc)
	cleanups = append(cleanups, func() { _ = chromedp.Cancel(ctx); stop(); os.RemoveAll(dir) })
	return ctx, chromedp.Do(ctx)
})

var cleanups []func()

func TestMain(m *testing.M) {
	code := m.Run()
	for _, f := range cleanups {
		f()
	}
	os.Exit(code)
}

// openPhone compiles and serves the folder, with answers in place of the servers that the program asks, and opens its first page.
func openPhone(t *testing.T, dir string, answers []answer) *phone {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), programTime)
	t.Cleanup(cancel)
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "souk.db"), demo.Schemas...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	handler, folder, err := dev.New(ctx, dev.Options{Dir: dir, DB: d, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range folder.News().Problems {
		if p.Severity == diag.Error {
			t.Errorf("does not compile: %s:%d: %s", p.File, p.Line, p.Message)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	back := &backend{answers: answers}
	server := httptest.NewServer(back.before(handler))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	parent, err := chrome()
	if err != nil {
		t.Fatal(err)
	}
	tab, closeTab := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	p := &phone{t: t, ctx: tab, base: server.URL, servers: back}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	go p.listen(chromedp.Console(tab))
	p.run(chromedp.Navigate(p.base+dev.Address(dev.App)), chromedp.WaitVisible(chromedp.CSS(`.program:not(.warm) .bar`)))
	p.attach()
	return p
}

func (p *phone) listen(messages func(func(chromedp.ConsoleMessage, error) bool)) {
	for m, err := range messages {
		if err != nil {
			return
		}
		p.mu.Lock()
		if len(p.lines) < linesMax {
			p.lines = append(p.lines, m.Text)
		}
		p.mu.Unlock()
	}
}

func (p *phone) console() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

func (p *phone) run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.shot("failed")
		p.t.Fatal(err)
	}
}

// js evaluates an expression in the shell.
func js[T any](p *phone, expression string) (T, error) {
	return chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// shot keeps a picture when SOUK_SHOTS names a folder for them.
func (p *phone) shot(name string) {
	dir := os.Getenv("SOUK_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		file := strings.NewReplacer("/", "_", " ", "_").Replace(p.t.Name() + "-" + name)
		err = os.WriteFile(filepath.Join(dir, file+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Log(err)
	}
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic("a string is always JSON: " + err.Error())
	}
	return string(text)
}

func (p *phone) until(what string, done func() bool) {
	p.t.Helper()
	if !p.soon(done, patience) {
		p.shot("failed")
		p.t.Fatalf("waited in vain for %s; the page says %q; errors %v", what, p.text(), p.errors())
	}
}

func (p *phone) soon(done func() bool, most time.Duration) bool {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(lookAgain) {
		if done() {
			return true
		}
	}
	return done()
}

// attach finds the frame that has drawn something. The shell keeps a second, empty one warm.
func (p *phone) attach() {
	p.t.Helper()
	p.until("the program's first page", func() bool {
		all, err := chromedp.Targets(p.ctx)
		if err != nil {
			return false
		}
		for _, t := range all {
			if t.Type != "iframe" {
				continue
			}
			frame, leave := chromedp.NewContext(p.ctx, chromedp.WithTargetID(t.TargetID), chromedp.WithDetachOnCancel())
			drawn, err := chromedp.Run(frame, chromedp.Evaluate[bool](`!!document.querySelector('.souk-page.shown')`))
			if err == nil && drawn {
				p.frame, p.leave = frame, leave
				p.t.Cleanup(leave)
				return true
			}
			leave()
		}
		return false
	})
}

// deep finds text and elements in the shown page's shadow root.
const deep = `const root = document.querySelector('.souk-page.shown .souk-host')?.shadowRoot;
const all = (n) => [n, ...[...n.children].flatMap(all)];
const text = () => [...(root?.childNodes ?? [])].map((c) => c.innerText ?? c.nodeValue ?? '').join('\n');
const find = (sel) => [...(root?.querySelectorAll(sel) ?? [])];
const seen = (n) => { const r = n.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(n).visibility !== 'hidden'; };
const saying = (words) => { const own = [...(root?.children ?? [])].flatMap(all).filter((n) => seen(n) && (n.innerText ?? '').includes(words)); return own.filter((n) => !own.some((m) => m !== n && n.contains(m))); };`

// inside evaluates JavaScript in the program's frame.
func inside[T any](p *phone, body string) (T, error) {
	if p.frame == nil {
		return *new(T), errors.New("nothing is drawn yet")
	}
	return chromedp.Run(p.frame, chromedp.Evaluate[T](`(() => { `+deep+body+` })()`, chromedp.EvalAwaitPromise))
}

// text is what the shown page says.
func (p *phone) text() string {
	text, err := inside[string](p, `return text();`)
	if err != nil {
		return ""
	}
	return text
}

// reads waits until the program shows the words.
func (p *phone) reads(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.until(quote(w)+" in the program", func() bool { return strings.Contains(p.text(), w) })
	}
}

// sees waits until the shell (bars, dialogs, toasts) shows the words.
func (p *phone) sees(words string) {
	p.t.Helper()
	p.until(quote(words)+" in the shell", func() bool {
		text, err := js[string](p, `document.body.innerText`)
		return err == nil && strings.Contains(text, words)
	})
}

// tapShell presses the innermost element of the shell that says the words.
func (p *phone) tapShell(words string) {
	p.t.Helper()
	var at place
	p.until("the button "+words, func() bool {
		var err error
		before := at
		at, err = js[place](p, `(() => { const all = [...document.querySelectorAll('body *')].filter((n) => n.children.length === 0 && n.textContent.trim() === `+quote(words)+` && n.getBoundingClientRect().width > 0); const r = all.at(-1)?.getBoundingClientRect(); return r ? {X: r.left + r.width / 2, Y: r.top + r.height / 2} : {X: 0, Y: 0}; })()`)
		return err == nil && at.X > 0 && at == before
	})
	p.run(chromedp.MouseClickXY(at.X, at.Y))
}

type place struct{ X, Y float64 }

// tapText presses the nth innermost element of the program (from 0) that says the words.
func (p *phone) tapText(words string, nth int) {
	p.t.Helper()
	p.tapAt(quote(words), `saying(`+quote(words)+`)[`+quoteInt(nth)+`]`)
}

// tap presses the nth element of the program (from 0) that the selector finds.
func (p *phone) tap(selector string, nth int) {
	p.t.Helper()
	p.tapAt(selector, `find(`+quote(selector)+`)[`+quoteInt(nth)+`]`)
}

func quoteInt(n int) string {
	text, err := json.Marshal(n)
	if err != nil {
		panic("a number is always JSON: " + err.Error())
	}
	return string(text)
}

// tapAt presses what the expression finds, once it has been brought into view and stands still.
func (p *phone) tapAt(what, expression string) {
	p.t.Helper()
	var at place
	p.until(what+" at rest in the program", func() bool {
		before := at
		var err error
		at, err = inside[place](p, `const n = `+expression+`; if (!n) return {X: 0, Y: 0};
			let r = n.getBoundingClientRect(); if (r.top < 0 || r.bottom > innerHeight || r.left < 0 || r.right > innerWidth) { n.scrollIntoView({block: 'center', inline: 'center'}); r = n.getBoundingClientRect(); }
			return {X: r.left + r.width / 2, Y: r.top + r.height / 2};`)
		return err == nil && at.X > 0 && at == before
	})
	frame, err := js[place](p, `(() => { const r = document.querySelector('.program:not(.warm):not(.behind) iframe').getBoundingClientRect(); return {X: r.left, Y: r.top}; })()`)
	if err != nil {
		p.t.Fatal(err)
	}
	p.run(chromedp.MouseClickXY(at.X+frame.X, at.Y+frame.Y))
}

// says waits until the program's console has lines with these words, in this order.
func (p *phone) says(words ...string) {
	p.t.Helper()
	p.until(strings.Join(words, ", then ")+" on the console", func() bool {
		rest := p.console()
		for _, w := range words {
			_, after, found := strings.Cut(rest, w)
			if !found {
				return false
			}
			rest = after
		}
		return true
	})
}

// tapShellIfThere presses a button of the shell that a slow or quick program may not show yet.
func (p *phone) tapShellIfThere(words string) {
	p.t.Helper()
	there := func() bool {
		text, err := js[string](p, `document.body.innerText`)
		return err == nil && strings.Contains(text, words)
	}
	if p.soon(there, time.Second) {
		p.tapShell(words)
	}
}

// types enters text where the last tap put the cursor.
func (p *phone) types(text string) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(text))
}

// back presses the navigation bar's arrow.
func (p *phone) back() {
	p.t.Helper()
	p.run(chromedp.WaitVisible(chromedp.CSS(`.program:not(.warm):not(.behind) .bar-left .bar-button`)), chromedp.Click(chromedp.CSS(`.program:not(.warm):not(.behind) .bar-left .bar-button`)))
}

// scrollToEnd scrolls the shown page to its end, as a thumb would.
func (p *phone) scrollToEnd() {
	p.t.Helper()
	if _, err := inside[bool](p, `const s = document.querySelector('.souk-page.shown .souk-scroll'); s.scrollTop = s.scrollHeight; return true;`); err != nil {
		p.t.Fatal(err)
	}
}

// open goes to a page of the program and waits until it is drawn.
func (p *phone) open(page string) {
	p.t.Helper()
	if err := p.visit(page, false); err != nil {
		p.t.Fatal(err)
	}
}

// hasDrawing waits until something is painted on the canvas that the selector finds.
func (p *phone) hasDrawing(selector string) {
	p.t.Helper()
	p.until("a drawing on "+selector, func() bool {
		painted, err := inside[bool](p, `const c = find(`+quote(selector)+`)[0]?.querySelector('canvas'); if (!c?.width) return false;
			return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0);`)
		return err == nil && painted
	})
}
