package shell_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/handset"
)

// unruly is a program whose tap starts the mischief.
func unruly(mischief string) string {
	return strings.Replace(`
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Unruly"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="go" onTap="go">go {{n}}</view>
<view a:for="{{list}}">{{item}}</view>
-- pages/index/index.js --
Page({ data: { n: 0, list: [] }, MISCHIEF });
`, "MISCHIEF", mischief, 1)
}

// leave closes the program by its capsule, which must answer whatever the program does.
func (p *phone) leave() {
	p.T.Helper()
	p.Tap(`.program:not(.warm) .capsule-close`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
	p.Sees(`.brand`, "Souk")
}

func TestAProgramThatThrowsOnEveryEventIsToldOfAndGoesOn(t *testing.T) {
	p := openPhone(t, handset.Folder(t, unruly(`go() { this.setData({ n: this.data.n + 1 }); throw new Error('thrown ' + this.data.n); }`)), "", nil)
	p.OpenProgram()
	p.Reads("go 0")
	for _, n := range []string{"1", "2", "3"} {
		p.Press(`.go`)
		p.Reads("go " + n)
		p.Sees(`.dev-panel strong`, "thrown "+n)
		p.Sees(`.dev-panel pre`, "pages/index/index.js:1:")
	}
	p.leave()
}

func TestAProgramThatKeepsFailingIsOfferedToBeClosed(t *testing.T) {
	p := openPhone(t, handset.Folder(t, unruly(`go() { for (let i = 0; i < 60; i++) setTimeout(() => { throw new Error('again'); }); }`)), "", nil)
	p.OpenProgram()
	p.Reads("go 0")
	p.Press(`.go`)
	p.Sees(`.stuck`, "This program keeps failing")
	p.Shot("failing")
	p.Tap(`.stuck .strong`)
	p.Sees(`.error-card`, "This program keeps failing")
	p.Tap(`.error-card .soft`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
}

func TestAProgramThatThrowsWithoutEndIsStopped(t *testing.T) {
	p := openPhone(t, handset.Folder(t, unruly(`go() { setInterval(() => { for (let i = 0; i < 50; i++) setTimeout(() => { throw new Error('again'); }); }, 1); }`)), "", nil)
	p.OpenProgram()
	p.Reads("go 0")
	p.Press(`.go`)
	p.Sees(`.error-card`, "It sent more than it may and was stopped.")
	p.Tap(`.error-card .soft`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
}

// The worker waits for the frame after eight flushes, so that a flood is drawn as fast as it can be and no faster.
func TestAFloodOfSetDataIsDrawnAndTheShellStaysAlive(t *testing.T) {
	p := openPhone(t, handset.Folder(t, unruly(`go() { setInterval(() => { for (let i = 0; i < 100; i++) this.setData({ n: this.data.n + 1, list: Array.from({ length: 200 }, (_, k) => this.data.n + k) }); }, 0); }`)), "", nil)
	p.OpenProgram()
	p.Reads("go 0")
	p.Press(`.go`)
	p.Until("numbers that grow", func() bool {
		text := p.Text()
		return !strings.Contains(text, "go 0") && strings.Contains(text, "go ")
	})
	p.Tap(`.program:not(.warm) .capsule-menu`)
	p.Sees(`.menu-grid`, "")
	p.Run(chromedp.KeyEvent("\x1b"))
	p.Misses(`.menu-grid`)
	p.leave()
}

// The worker is well, but the frame does not answer: here because something keeps its thread busy, as a tree does that takes longer to
// lay out than anybody waits.
func TestAFrameThatDoesNotAnswerIsOfferedToBeClosed(t *testing.T) {
	p := openPhone(t, handset.Folder(t, unruly(`go() { this.setData({ n: 1 }); }`)), "", nil)
	p.OpenProgram()
	p.Reads("go 0")
	if started, err := handset.Inside[bool](p.Phone, `setTimeout(() => { for (const end = Date.now() + 60000; Date.now() < end;); }, 200); return true;`); err != nil || !started {
		t.Fatal("the frame could not be kept busy")
	}
	p.Sees(`.stuck`, "does not answer")
	p.Tap(`.stuck .strong`)
	p.Sees(`.error-card`, "This program stopped")
	p.Tap(`.error-card .soft`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
}
