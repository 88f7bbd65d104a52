package shell_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
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
	p.t.Helper()
	p.tap(`.program:not(.warm) .capsule-close`)
	p.run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
	p.sees(`.brand`, "Souk")
}

func TestAProgramThatThrowsOnEveryEventIsToldOfAndGoesOn(t *testing.T) {
	p := openPhone(t, program(t, unruly(`go() { this.setData({ n: this.data.n + 1 }); throw new Error('thrown ' + this.data.n); }`)), "", nil)
	p.openProgram()
	p.reads("go 0")
	for _, n := range []string{"1", "2", "3"} {
		p.press(`.go`)
		p.reads("go " + n)
		p.sees(`.dev-panel strong`, "thrown "+n)
		p.sees(`.dev-panel pre`, "pages/index/index.js:1:")
	}
	p.leave()
}

func TestAProgramThatThrowsWithoutEndIsStopped(t *testing.T) {
	p := openPhone(t, program(t, unruly(`go() { setInterval(() => { for (let i = 0; i < 50; i++) setTimeout(() => { throw new Error('again'); }); }, 1); }`)), "", nil)
	p.openProgram()
	p.reads("go 0")
	p.press(`.go`)
	p.sees(`.error-card`, "It sent more than it may and was stopped.")
	p.tap(`.error-card .soft`)
	p.run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
}

// The worker waits for the frame after eight flushes, so that a flood is drawn as fast as it can be and no faster.
func TestAFloodOfSetDataIsDrawnAndTheShellStaysAlive(t *testing.T) {
	p := openPhone(t, program(t, unruly(`go() { setInterval(() => { for (let i = 0; i < 100; i++) this.setData({ n: this.data.n + 1, list: Array.from({ length: 200 }, (_, k) => this.data.n + k) }); }, 0); }`)), "", nil)
	p.openProgram()
	p.reads("go 0")
	p.press(`.go`)
	p.until("numbers that grow", func() bool {
		text, ok := inside[string](p, `(() => { `+deep+` return text(); })()`)
		return ok && !strings.Contains(text, "go 0") && strings.Contains(text, "go ")
	})
	p.tap(`.program:not(.warm) .capsule-menu`)
	p.sees(`.menu-grid`, "")
	p.run(chromedp.KeyEvent("\x1b"))
	p.misses(`.menu-grid`)
	p.leave()
}

// The worker is well, but the frame does not answer: here because something keeps its thread busy, as a tree does that takes longer to
// lay out than anybody waits.
func TestAFrameThatDoesNotAnswerIsOfferedToBeClosed(t *testing.T) {
	p := openPhone(t, program(t, unruly(`go() { this.setData({ n: 1 }); }`)), "", nil)
	p.openProgram()
	p.reads("go 0")
	if started, ok := inside[bool](p, `(() => { setTimeout(() => { for (const end = Date.now() + 60000; Date.now() < end;); }, 200); return true; })()`); !ok || !started {
		t.Fatal("the frame could not be kept busy")
	}
	p.sees(`.stuck`, "does not answer")
	p.tap(`.stuck .strong`)
	p.sees(`.error-card`, "This program stopped")
	p.tap(`.error-card .soft`)
	p.run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
}
