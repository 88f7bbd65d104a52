// Package chrome drives the one real Chromium that the tests of a package share. Each tab is a browser context of its own, with its own
// cookies and storage; taps go where a finger would press, and every wait is for something to be seen, never for a time.
// It knows nothing of Souk, and without Chromium it fails with the name of the Debian package. Start reading at Run, then Open.
package chrome

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// browser is the Chromium of this test process. It starts with the first tab.
var browser struct {
	sync.Once
	flags []chromedp.ExecAllocatorOption
	ctx   context.Context
	err   error
	close []func()
}

// Run is what a package's TestMain hands to os.Exit: it runs the tests and then ends the browser, which the first tab starts with these flags.
func Run(m *testing.M, flags ...chromedp.ExecAllocatorOption) int {
	browser.flags = flags
	code := m.Run()
	for _, f := range browser.close {
		f()
	}
	return code
}

// Calm leaves out what moves, for tests that look at where things end.
func Calm() chromedp.ExecAllocatorOption { return Flag("force-prefers-reduced-motion", true) }

// ownPages are Chromium's own, of its address bar, which it loads into a process of theirs for every window: half a second of a core, while a test begins.
const ownPages = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"

// Flag is a switch of Chromium's command line.
func Flag(name string, value any) chromedp.ExecAllocatorOption { return chromedp.Flag(name, value) }

// Binary is where Chromium is, under any of the names that distributions give it.
func Binary() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("Chromium is needed: install the Debian package chromium")
}

func start() {
	bin, err := Binary()
	if err != nil {
		browser.err = err
		return
	}
	dir, err := os.MkdirTemp("", "souk-chrome-")
	if err != nil {
		browser.err = err
		return
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin), chromedp.NoSandbox, chromedp.UserDataDir(dir),
		Flag("allow-pre-commit-input", true), // else a press before a page's first paint is dropped
		Flag("disable-features", "Translate,BlinkGenPropertyTrees,"+ownPages),
		Flag("disable-quic", true), Flag("disable-component-update", true), Flag("disable-sync", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(flags, browser.flags...)...)
	browser.ctx, _ = chromedp.NewContext(alloc)
	browser.close = append(browser.close, func() { _ = chromedp.Cancel(browser.ctx); stop(); os.RemoveAll(dir) })
	browser.err = chromedp.Do(browser.ctx)
}

// Open makes a tab of the size in CSS pixels, which lasts as long as the test.
func Open(t *testing.T, width, height int64) *Tab {
	t.Helper()
	browser.Do(start)
	if browser.err != nil {
		t.Fatal(browser.err)
	}
	ctx, closeTab := chromedp.NewContext(browser.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	// The first step makes the tab, which lives as long as its context: no time limit here.
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
	p := &Tab{T: t, Ctx: ctx}
	go p.listen(chromedp.Console(ctx))
	return p
}
