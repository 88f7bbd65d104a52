package console_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/kit/db"
	"souk/kit/db/dbtest"
)

func TestMain(m *testing.M) {
	os.Exit(chrome.Run(m, chrome.Flag("lang", "en-US")))
}

// tab is one page in Chromium.
type tab struct {
	*town
	*chrome.Tab
}

func (w *town) tab(width, height int64) *tab {
	w.t.Helper()
	return &tab{w, chrome.Open(w.t, width, height)}
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.Run(chromedp.Navigate(b.base + "/console" + path))
}

// press clicks what the selector finds and waits until the page says the words.
func (b *tab) press(selector, words string) {
	b.t.Helper()
	b.Tap(selector)
	b.says(words)
}

func (b *tab) says(words string) {
	b.t.Helper()
	b.until("the words "+words, func() bool { return strings.Contains(b.eval("document.body.innerText"), words) })
}

func (b *tab) eval(expression string) string {
	text, err := chrome.JS[string](b.Tab, "String("+expression+")")
	if err != nil {
		return ""
	}
	return text
}

// write puts text into a field as pasting would.
func (b *tab) write(selector, text string) {
	b.t.Helper()
	if b.eval(fmt.Sprintf("document.querySelector(%q).value = %q", selector, text)) != text {
		b.t.Fatalf("nothing can be written into %s", selector)
	}
}

// fits fails when the page is wider than the screen.
func (b *tab) fits(name string) {
	b.t.Helper()
	wide := b.eval(`(() => { const most = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= most) return '';
		return most + ' < ' + document.documentElement.scrollWidth + ': ' + [...document.querySelectorAll('main *')].filter((n) => n.getBoundingClientRect().right > most + 1).map((n) => n.tagName + '.' + n.className).slice(0, 5) })()`)
	if wide != "" {
		b.t.Errorf("%s is too wide: %s", name, wide)
	}
}

// shot keeps a picture of the whole page when SOUK_SHOTS names a folder for them.
func (b *tab) shot(name string) {
	dir := os.Getenv("SOUK_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.Ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(90))
	if err != nil {
		b.t.Log(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".jpg"), png, 0o644); err != nil {
		b.t.Log(err)
	}
}

func TestADeveloperMakesAnAppWithAKeyMadeForItInABrowser(t *testing.T) {
	w := settle(t, dbtest.Open(t, dbtest.URL(t, db.SQLite), schemas...), true)
	b := w.tab(1280, 860)
	b.open("/")
	b.says("Sign in")
	b.press(`button[name=merchant][value=northpier]`, "Northpier Coffee")
	b.press(`a[href="/console/apps/new"]`, "How does its server sign?")
	b.write(`input[name=name]`, "Browser till")
	if b.eval(`document.querySelector('[data-mode=request]').hidden`) != "true" {
		t.Error("fields of ways that are not chosen are shown")
	}
	b.press(`input[value=request]`, "Certificate request (CSR)")
	b.press(`input[value=pair]`, "three certificate files")
	b.press(`form.form button.main`, "The app is made")
	if !strings.HasPrefix(b.eval(`document.querySelector('#pkcs1').value`), "MII") {
		t.Error("no private key is shown")
	}
	private, certificate := b.eval(`document.querySelector('#pkcs1').value`), b.eval(`document.querySelector('#app-cert').value`)
	if private == "" || !strings.Contains(certificate, "BEGIN CERTIFICATE") {
		t.Error("the card is not complete")
	}
	b.press(`a.main`, "Certificates")
	b.shot("app")
	b.Run(chromedp.Navigate(b.base + "/console/apps/" + w.card.AppID))
	b.says("No such mini-program")
}

func TestEveryPageFitsAPhoneInBothLanguagesAndThemes(t *testing.T) {
	w := settle(t, dbtest.Open(t, dbtest.URL(t, db.SQLite), schemas...), true)
	trade := w.sale(w.card.AppID, w.keyText, "20261122-breakfast-000000000000000000000000000000000001", "128.00", "Breakfast for the whole office, with oat milk and two kinds of bread")
	w.deaf.Store(true)
	w.sale(w.card.AppID, w.keyText, "order-2", "9.90", "早餐咖啡")
	w.call(w.card.AppID, w.keyText, "alipay.trade.refund", map[string]string{"trade_no": trade, "refund_amount": "28.00", "out_request_no": "r-1", "refund_reason": "cold"})
	w.call(w.card.AppID, w.keyText, "alipay.trade.query", map[string]string{"out_trade_no": "nothing"})
	var trace, notification string
	w.until("the call in the log", func() bool { trace, notification = w.newest(); return trace != "" })
	app := "/apps/" + w.card.AppID
	w.until("an attempt that failed", func() bool {
		_, text := w.as("").get(app + "/notifications?state=waiting")
		return strings.Contains(text, "the receiver answered 500")
	})
	pages := map[string]string{"sign-in": "/sign-in", "apps": "/apps", "new": "/apps/new", "app": app, "calls": app + "/calls", "call": app + "/calls/" + trace,
		"notifications": app + "/notifications", "notification": app + "/notifications/" + notification, "trades": "/trades?merchant=" + w.card.Merchant,
		"refunds": "/trades?what=refunds&merchant=" + w.card.Merchant, "trade": "/trades/" + trade, "bill": "/bill?merchant=" + w.card.Merchant, "team": "/team"}
	for _, c := range []struct {
		name          string
		width, height int64
		lang, theme   string
	}{{"phone-en-light", 390, 844, "en", "light"}, {"narrow-zh-dark", 320, 640, "zh", "dark"}, {"desk-zh-light", 1280, 860, "zh", "light"}, {"desk-en-dark", 1280, 860, "en", "dark"}} {
		b := w.tab(c.width, c.height)
		b.open("/sign-in")
		b.press(`button[name=merchant][value=""]`, "Apps")
		b.eval(fmt.Sprintf(`(() => { const f = document.querySelector('form.look'); for (const [n, v] of [['lang', %q], ['theme', %q]]) { const i = document.createElement('input'); i.name = n; i.value = v; f.append(i) } f.submit() })()`, c.lang, c.theme))
		b.until("the look", func() bool {
			return b.eval(`document.documentElement.dataset.theme + document.documentElement.lang.slice(0, 2)`) == c.theme+c.lang
		})
		for name, path := range pages {
			b.open(path)
			if b.eval(`document.querySelector('h1').innerText`) == "" {
				t.Errorf("%s has no heading", name)
			}
			b.fits(c.name + " " + name)
			b.shot(c.name + "-" + name)
		}
	}
}
