// Package shell_test taps through the super-app in Chromium, against the real server on 127.0.0.1: opening programs,
// dialogs, paying, and what a hostile program reaches. Start reading at openPhone, then the sentences in the other files.
package shell_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/tools/txtar"

	"souk/compiler/diag"
	"souk/gateway/dev"
	"souk/kit/db"
	"souk/platform/demo"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

const (
	width, height = 390, 844
	patience      = 60 * time.Second
	lookAgain     = 50 * time.Millisecond
)

// phone is one browser in front of one server that runs one program.
type phone struct {
	t    *testing.T
	ctx  context.Context
	base string
	app  merchant.AppID
	db   *db.DB

	folder *dev.Folder
	log    *slog.Logger
}

// wrap puts something between browser and server; nil is nothing.
type wrap func(http.Handler) http.Handler

// chrome is one browser for all tests; each phone is a browser context of its own, with its own cookies and storage.
var chrome = sync.OnceValues(func() (context.Context, error) {
	bin, err := exec.LookPath("chromium")
	if err != nil {
		return nil, errors.New("Chromium is needed: install the Debian package chromium")
	}
	dir, err := os.MkdirTemp("", "souk-shell-")
	if err != nil {
		return nil, err
	}
	film := filepath.Join(dir, "film.mjpeg")
	if err := os.WriteFile(film, bytes.Repeat(codeJPEG(cameraSees), 4), 0o644); err != nil {
		return nil, err
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.UserDataDir(dir), chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US"), chromedp.Flag("force-prefers-reduced-motion", true),
		chromedp.Flag("use-fake-ui-for-media-stream", true), chromedp.Flag("use-fake-device-for-media-stream", true),
		chromedp.Flag("use-file-for-fake-video-capture", film))
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

// openPhone serves the folder as a program and opens the shell's first page.
func openPhone(t *testing.T, dir string, app merchant.AppID, between wrap) *phone {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "souk.db"), append(slices.Clone(demo.Schemas), openapp.Schema)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	log := slog.New(slog.DiscardHandler)
	handler, folder, err := dev.New(ctx, dev.Options{Dir: dir, App: app, DB: d, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range folder.News().Problems {
		if p.Severity == diag.Error {
			t.Fatalf("%s:%d: %s", p.File, p.Line, p.Message)
		}
	}
	if between != nil {
		handler = between(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	if app == "" {
		app = dev.App
	}
	parent, err := chrome()
	if err != nil {
		t.Fatal(err)
	}
	tab, closeTab := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	p := &phone{t: t, ctx: tab, base: server.URL, app: app, db: d, folder: folder, log: log}
	if err := chromedp.Do(tab, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	p.run(chromedp.Navigate(p.base + "/"))
	return p
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
	if err != nil {
		p.t.Log(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, p.t.Name()+"-"+name+".png"), png, 0o644); err != nil {
		p.t.Log(err)
	}
}

// openProgram opens the program by its shareable address.
func (p *phone) openProgram() {
	p.t.Helper()
	p.run(chromedp.Navigate(p.base+dev.Address(p.app)), chromedp.WaitVisible(chromedp.CSS(`.program:not(.warm) .bar`)))
}

// tap presses an element of the shell where a finger would: once it stands still and nothing lies over it.
func (p *phone) tap(selector string) {
	p.t.Helper()
	var at place
	p.until(selector+" at rest and in reach", func() bool {
		before, err := at, error(nil)
		at, err = js[place](p, `(() => { const n = document.querySelector(`+quote(selector)+`); const r = n?.getBoundingClientRect(); if (!r || !r.width) return {X: 0, Y: 0};
			const at = {X: r.left + r.width / 2, Y: r.top + r.height / 2}; return n.contains(document.elementFromPoint(at.X, at.Y)) ? at : {X: 0, Y: 0}; })()`)
		return err == nil && at.X > 0 && at == before
	})
	p.run(chromedp.MouseClickXY(at.X, at.Y))
}

// sees waits until the shell's element contains the words.
func (p *phone) sees(selector, words string) {
	p.t.Helper()
	p.until(words+" in "+selector, func() bool {
		text, err := js[string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map((n) => n.innerText ?? n.textContent).join('\n')`)
		return err == nil && strings.Contains(text, words)
	})
}

// misses waits until no element of the shell matches.
func (p *phone) misses(selector string) {
	p.t.Helper()
	p.until("no "+selector, func() bool {
		count, err := js[int](p, `document.querySelectorAll(`+quote(selector)+`).length`)
		return err == nil && count == 0
	})
}

func quote(s string) string { return "`" + strings.ReplaceAll(s, "`", "\\`") + "`" }

func (p *phone) until(what string, done func() bool) {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(lookAgain) {
		if done() {
			return
		}
	}
	p.shot("failed")
	p.t.Fatalf("waited in vain for %s", what)
}

// inside evaluates JavaScript in the frame of the program that has drawn something; ok is false while there is none.
func inside[T any](p *phone, expression string) (result T, ok bool) {
	all, err := chromedp.Targets(p.ctx)
	if err != nil {
		return result, false
	}
	for _, t := range all {
		if t.Type != "iframe" {
			continue
		}
		frame, leave := chromedp.NewContext(p.ctx, chromedp.WithTargetID(t.TargetID), chromedp.WithDetachOnCancel())
		drawn, err := chromedp.Run(frame, chromedp.Evaluate[bool](`(document.querySelector('.souk-stage')?.childElementCount ?? 0) > 0`))
		if err == nil && drawn {
			result, err = chromedp.Run(frame, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		}
		leave()
		if err == nil && drawn {
			return result, true
		}
	}
	return result, false
}

// deep finds text and elements through the pages' shadow roots.
const deep = `const all = (root) => [...root.querySelectorAll('*')].flatMap((n) => [n, ...(n.shadowRoot ? all(n.shadowRoot) : [])]);
const page = () => all(document).filter((n) => n.shadowRoot && n.offsetParent !== null || n.shadowRoot && getComputedStyle(n).display !== 'none');
const text = () => page().map((n) => [...n.shadowRoot.children].map((c) => c.innerText ?? '').join('\n')).join('\n');
const find = (sel) => page().flatMap((n) => [...n.shadowRoot.querySelectorAll(sel)]);`

// reads waits until the program shows the words.
func (p *phone) reads(words string) {
	p.t.Helper()
	var last string
	defer func() {
		if p.t.Failed() {
			p.t.Logf("the program showed %q", last)
		}
	}()
	p.until(words+" in the program", func() bool {
		if text, ok := inside[string](p, `(() => { `+deep+` return text(); })()`); ok {
			last = text
		}
		return strings.Contains(last, words)
	})
}

type place struct{ X, Y float64 }

// press taps an element of the program, found by a selector in its page, at its place on the screen once it stands still.
func (p *phone) press(selector string) {
	p.t.Helper()
	var at place
	p.until(selector+" at rest in the program", func() (ok bool) {
		before := at
		at, ok = inside[place](p, `(() => { `+deep+` const r = find(`+quote(selector)+`)[0]?.getBoundingClientRect(); return r ? {X: r.left + r.width / 2, Y: r.top + r.height / 2} : {X: 0, Y: 0}; })()`)
		return ok && at.X > 0 && at == before
	})
	frame, err := js[place](p, `(() => { const r = document.querySelector('.program:not(.warm):not(.behind) iframe').getBoundingClientRect(); return {X: r.left, Y: r.top}; })()`)
	if err != nil {
		p.t.Fatal(err)
	}
	p.run(chromedp.MouseClickXY(at.X+frame.X, at.Y+frame.Y))
}

// program writes the files of a txtar text into a folder.
func program(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
