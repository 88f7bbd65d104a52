// Package programs_test opens whole mini-programs, ours and other people's, under developer mode in a real Chromium at a phone's size:
// every page of app.json, then what a person would look at and tap. Other people's programs are never copied here: they
// are read from the folder that SOUK_PROGRAMS names, or come from npm. Start reading at real_test.go (the table), then walk_test.go.
package programs_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

func TestMain(m *testing.M) {
	os.Exit(chrome.Run(m, chrome.Calm(), chrome.Flag("lang", "zh-CN"), chrome.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1")))
}

// phone is a handset on which a program's missing servers are stood in for.
type phone struct {
	*handset.Phone
	servers *backend
}

// openPhone compiles and serves the folder, with answers in place of the servers that the program asks, and opens its first page.
func openPhone(t *testing.T, dir string, answers []answer) *phone {
	t.Helper()
	back := &backend{answers: answers}
	p := &phone{handset.Open(t, handset.Options{Dir: dir, Between: back.before}), back}
	p.OpenProgram()
	p.Until("the program's first page", func() bool {
		_, err := handset.Inside[bool](p.Phone, `return true;`)
		return err == nil
	})
	return p
}

// says waits until the program's console has lines with these words, in this order.
func (p *phone) says(words ...string) {
	p.T.Helper()
	p.Until(strings.Join(words, ", then ")+" on the console", func() bool {
		rest := p.Console()
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

// tapIfThere presses a button of the shell that a slow or quick program may not show yet.
func (p *phone) tapIfThere(words string) {
	p.T.Helper()
	if p.Soon(time.Second, func() bool { return p.Shows("body", words) }) {
		p.TapWords(words)
	}
}

// scrollToEnd scrolls the shown page to its end, as a thumb would.
func (p *phone) scrollToEnd() {
	p.T.Helper()
	if _, err := handset.Inside[bool](p.Phone, `const s = document.querySelector('.souk-page.shown .souk-scroll'); s.scrollTop = s.scrollHeight; return true;`); err != nil {
		p.T.Fatal(err)
	}
}

// open goes to a page of the program and waits until it is drawn.
func (p *phone) open(page string) {
	p.T.Helper()
	if err := p.visit(page, false); err != nil {
		p.T.Fatal(err)
	}
}

// hasDrawing waits until something is painted on the canvas that the selector finds.
func (p *phone) hasDrawing(selector string) {
	p.T.Helper()
	p.Until("a drawing on "+selector, func() bool {
		painted, err := handset.Inside[bool](p.Phone, `const c = find(`+chrome.Quote(selector)+`)[0]?.querySelector('canvas'); if (!c?.width) return false;
			return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0);`)
		return err == nil && painted
	})
}
