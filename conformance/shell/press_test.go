package shell_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/platform/merchant"
)

// eager does all it can as soon as it runs: it stores, asks the network, asks the person, says who shares it, and shows a picture from elsewhere.
const eager = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "NAME"}}
-- app.js --
App({ onLaunch() {
  my.setStorageSync({ key: 'launched', data: (my.getStorageSync({ key: 'launched' }).data || 0) + 1 });
  my.request({ url: 'SITE/request' });
  my.getAuthCode({ scopes: 'auth_base' });
  my.showToast({ content: 'hello' });
} });
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="words">NAME runs, {{times}}</view><image src="{{picture}}" /><view style="{{style}}" />
-- pages/index/index.js --
Page({ data: { times: '', picture: 'SITE/picture', style: 'background: url(SITE/style)' }, onLoad() { this.setData({ times: 'launched ' + my.getStorageSync({ key: 'launched' }).data }); } });
`

// shy shows a picture from elsewhere in its sheet alone.
const shy = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "NAME"}}
-- app.js --
App({});
-- app.acss --
.words { background: url(SITE/sheet); }
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="words">NAME runs</view>
-- pages/index/index.js --
Page({});
`

// touched is a phone with two programs, and what reached servers because of them.
type touched struct {
	*phone
	calls, outside atomic.Int64
}

func touch(t *testing.T, first string) *touched {
	p := &touched{}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.outside.Add(1) }))
	t.Cleanup(site.Close)
	folder := func(text, name string) string {
		return handset.Folder(t, strings.NewReplacer("NAME", name, "SITE", site.URL).Replace(text))
	}
	count := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/my/") {
				p.calls.Add(1)
			}
			next.ServeHTTP(w, r)
		})
	}
	p.phone = &phone{handset.Open(t, handset.Options{Dir: folder(first, "First"), Beside: map[merchant.AppID]string{neighbourApp: folder(eager, "Second")}, Between: count})}
	return p
}

func (p *touched) finger(kind input.DispatchTouchEventType, points ...*input.TouchPoint) {
	p.T.Helper()
	if _, err := chromedp.Call(p.Ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: kind, TouchPoints: append([]*input.TouchPoint{}, points...)}); err != nil {
		p.T.Fatal(err)
	}
}

// restMost is how long a finger of these tests rests: less than what the shell takes for something else than a tap.
const restMost = 1500 * time.Millisecond

// rests puts a finger on a program's tile until the program has begun, unseen: its bar is drawn. A machine that is too busy for that in one
// finger's time gets another.
func (p *touched) rests(app merchant.AppID, title string) {
	p.T.Helper()
	begun := fmt.Sprintf(`[...document.querySelectorAll('.program.warm .bar-title')].some((n) => n.textContent === %s)`, chrome.Quote(title))
	p.Until(title+" to begin under a finger", func() bool {
		at, err := chrome.JS[chrome.Place](p.Tab, `(() => { const r = document.querySelector('.tile[data-app="`+string(app)+`"]')?.getBoundingClientRect(); return r ? {X: r.left + r.width / 2, Y: r.top + r.height / 2} : {X: 0, Y: 0}; })()`)
		if err != nil || at.X == 0 {
			return false
		}
		p.finger(input.DispatchTouchEventTypeTouchStart, &input.TouchPoint{X: at.X, Y: at.Y})
		if p.Soon(restMost, func() bool { yes, err := chrome.JS[bool](p.Tab, begun); return err == nil && yes }) {
			return true
		}
		p.finger(input.DispatchTouchEventTypeTouchCancel)
		return false
	})
}

// traces is what is left of programs on the phone: what was used last, and how much they stored.
func (p *touched) traces() string {
	p.T.Helper()
	found, err := chrome.JS[string](p.Tab, `(async () => {
		const rows = await new Promise((done) => {
			const q = indexedDB.open('souk');
			q.onupgradeneeded = () => q.transaction.abort(); // nothing was ever stored here
			q.onerror = () => done(0);
			q.onsuccess = () => {
				const all = q.result.transaction('storage').objectStore('storage').count();
				all.onsuccess = () => { q.result.close(); done(all.result); };
			};
		});
		const recents = Object.keys(localStorage).filter((key) => key.startsWith('souk.recents.')).map((key) => localStorage[key]).join();
		return [location.hash, recents, rows, document.querySelectorAll('.toast').length, document.querySelectorAll('.program:not(.warm)').length].join(' ');
	})()`)
	if err != nil {
		p.T.Fatal(err)
	}
	return found
}

// A moment for what should not come.
const whileLater = 600 * time.Millisecond

func TestAPressThatBecomesNoTapLeavesNoTrace(t *testing.T) {
	p := touch(t, eager)
	before := p.traces()
	p.rests(p.App, "First")
	p.Soon(whileLater, func() bool { return p.calls.Load()+p.outside.Load() > 0 })
	p.finger(input.DispatchTouchEventTypeTouchCancel)
	p.Until("the program to be thrown away", func() bool { return !p.Shows(`.program.warm .bar-title`, "First") })
	p.Soon(whileLater, func() bool { return p.calls.Load()+p.outside.Load() > 0 })
	if after := p.traces(); after != before || p.calls.Load() != 0 || p.outside.Load() != 0 {
		t.Errorf("%q became %q; %d calls reached the server and %d requests another", before, after, p.calls.Load(), p.outside.Load())
	}
	p.rests(p.App, "First")
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	p.Reads("First runs, launched 1")
	p.Until("the program's calls, and its pictures from elsewhere", func() bool { return p.calls.Load() >= 2 && p.outside.Load() >= 3 })
}

func TestWhatASheetWouldLoadFromElsewhereWaitsForTheTap(t *testing.T) {
	p := touch(t, shy)
	p.rests(p.App, "First")
	p.Soon(whileLater, func() bool { return p.outside.Load() > 0 })
	if n := p.outside.Load(); n != 0 {
		t.Errorf("%d requests before the tap", n)
	}
	p.finger(input.DispatchTouchEventTypeTouchEnd)
	p.Reads("First runs")
	p.Until("the picture of the sheet", func() bool { return p.outside.Load() == 1 })
}

func TestAPressAndReleaseOpensTheProgramOnceHoweverItIsPressed(t *testing.T) {
	tile := `.tile[data-app="` + string(neighbourApp) + `"]`
	for name, press := range map[string]func(p *touched){
		"a finger that rests": func(p *touched) {
			p.rests(neighbourApp, "Second")
			p.finger(input.DispatchTouchEventTypeTouchEnd)
		},
		"a mouse that clicks at once": func(p *touched) { p.Tap(tile) },
		"the space bar": func(p *touched) {
			p.Run(chromedp.WaitVisible(chromedp.CSS(tile)), chromedp.Focus(chromedp.CSS(tile)), chromedp.KeyEvent(" "))
		},
		"the enter key": func(p *touched) {
			p.Run(chromedp.WaitVisible(chromedp.CSS(tile)), chromedp.Focus(chromedp.CSS(tile)), chromedp.KeyEvent("\r"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := touch(t, eager)
			press(p)
			p.Reads("Second runs, launched 1")
			p.Until("its address", func() bool {
				hash, err := chrome.JS[string](p.Tab, `location.hash`)
				return err == nil && strings.Contains(hash, string(neighbourApp))
			})
			p.Until("the program's request", func() bool { return p.calls.Load() >= 2 })
			p.Soon(whileLater, func() bool { return false })
			if n := p.calls.Load(); n != 2 {
				t.Errorf("%d calls, want the request and the code once each", n)
			}
			p.Run(chromedp.NavigateBack())
			p.Sees(`.brand`, "Souk")
			if yes, err := chrome.JS[bool](p.Tab, `!document.querySelector('.program:not(.warm):not(.behind)') && location.hash.length < 3`); err != nil || !yes {
				t.Error("one step back does not lead home")
			}
		})
	}
}

func TestOfTwoQuickPressesOnlyTheTappedProgramRuns(t *testing.T) {
	p := touch(t, eager)
	p.rests(p.App, "First")
	p.finger(input.DispatchTouchEventTypeTouchCancel)
	p.Tap(`.tile[data-app="` + string(neighbourApp) + `"]`)
	p.Reads("Second runs, launched 1")
	p.Until("the program's request", func() bool { return p.calls.Load() >= 2 })
	p.Soon(whileLater, func() bool { return false })
	if traces := p.traces(); p.calls.Load() != 2 || strings.Contains(traces, string(p.App)) || !strings.Contains(traces, string(neighbourApp)) {
		t.Errorf("%d calls; left %q", p.calls.Load(), traces)
	}
}
