// Package handset is a phone for tests: Chromium at a phone's size in front of Souk's developer mode, with one mini-program on it.
// A test opens the program, presses, types and reads as a person would; what it reaches for in the program's frame it finds by selector or by
// words. It never looks into a program's memory. Start reading at Open, then Press and Reads.
package handset

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"golang.org/x/tools/txtar"

	"souk/compiler/diag"
	"souk/conformance/chrome"
	"souk/gateway/dev"
	"souk/kit/db"
	"souk/platform/demo"
	"souk/platform/merchant"
	"souk/platform/openapp"
)

// Width and Height are the screen's, in CSS pixels.
const (
	Width  = 390
	Height = 844

	mostTime = 40 * time.Minute
)

// Phone is one browser tab in front of one server that runs one program.
type Phone struct {
	*chrome.Tab
	Base   string // the server's address
	App    merchant.AppID
	DB     *db.DB
	Folder *dev.Folder
	Log    *slog.Logger

	frames map[cdp.FrameID]context.Context // the programs' frames that were looked into
}

// Options say what is on the phone.
type Options struct {
	Dir     string                          // the program's folder
	App     merchant.AppID                  // "" for developer mode's own
	Beside  map[merchant.AppID]string       // folders of other programs
	Between func(http.Handler) http.Handler // stands between the browser and the server; nil for nothing
}

// Open compiles and serves the folder and opens the shell's first page. A program that does not compile fails the test.
func Open(t *testing.T, o Options) *Phone {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), mostTime)
	t.Cleanup(cancel)
	d, err := db.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "souk.db"), append(slices.Clone(demo.Schemas), openapp.Schema)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	log := slog.New(slog.DiscardHandler)
	handler, folder, err := dev.New(ctx, dev.Options{Dir: o.Dir, App: o.App, Beside: o.Beside, DB: d, Log: log})
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
	if o.Between != nil {
		handler = o.Between(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	if o.App == "" {
		o.App = dev.App
	}
	p := &Phone{Tab: chrome.Open(t, Width, Height), Base: server.URL, App: o.App, DB: d, Folder: folder, Log: log, frames: map[cdp.FrameID]context.Context{}}
	p.Explain = p.situation
	p.Run(chromedp.Navigate(p.Base + "/"))
	return p
}

// OpenProgram opens the program by its shareable address.
func (p *Phone) OpenProgram() {
	p.T.Helper()
	p.Run(chromedp.Navigate(p.Base+dev.Address(p.App)), chromedp.WaitVisible(chromedp.CSS(`.program:not(.warm) .bar`)))
}

// Stand puts the phone at a place, in degrees, and lets the page know of it.
func (p *Phone) Stand(latitude, longitude float64) {
	p.T.Helper()
	in := browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "geolocation"}, Setting: "granted", BrowserContextID: chromedp.FromContext(p.Ctx).BrowserContextID}
	if _, err := chromedp.CallBrowser(p.Ctx, browser.SetPermission, in); err != nil {
		p.T.Fatal(err)
	}
	accuracy := 20.0
	if _, err := chromedp.Call(p.Ctx, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &latitude, Longitude: &longitude, Accuracy: &accuracy}); err != nil {
		p.T.Fatal(err)
	}
}

// Folder writes the files of a txtar text into a folder that lasts as long as the test.
func Folder(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	Write(t, dir, txtar.Parse([]byte(archive)).Files)
	return dir
}

// Write puts the files into the folder.
func Write(t *testing.T, dir string, files []txtar.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
