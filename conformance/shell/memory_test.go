package shell_test

import (
	"strings"
	"testing"

	"souk/conformance/handset"
	"souk/platform/merchant"
)

const neighbourApp merchant.AppID = "2021999900000002"

// counting is a program that counts what it lived through and opens its neighbour.
const counting = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Counting"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="count" onTap="count">counted {{n}}</view><view class="next" onTap="next">next</view>
-- pages/index/index.js --
Page({ data: { n: 0 }, count() { this.setData({ n: this.data.n + 1 }); }, next() { my.navigateToMiniProgram({ appId: '2021999900000002' }); } });
`

// growing takes memory without end: values that it keeps, in one go or bit by bit.
const growing = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Growing"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="go" onTap="go">grow</view>
-- pages/index/index.js --
const kept = [];
Page({ go() { GROW } });
`

// The browser ends a process that takes more than it may. Each program has one of its own, so that no other ends with it; the shell feels that the
// pulse is gone. TestMain gives programs as much as a small phone does.
func TestAProgramThatGrowsWithoutEndIsClosedInWordsAndTheOtherProgramGoesOn(t *testing.T) {
	for name, grow := range map[string]string{
		"at once":    `for (;;) kept.push(new Array(100000).fill(kept.length + 0.5));`,
		"bit by bit": `setInterval(() => { for (let i = 0; i < 50; i++) kept.push(new Array(100000).fill(i + 0.5)); }, 1);`,
	} {
		t.Run(name, func(t *testing.T) {
			beside := map[merchant.AppID]string{neighbourApp: handset.Folder(t, strings.Replace(growing, "GROW", grow, 1))}
			p := &phone{handset.Open(t, handset.Options{Dir: handset.Folder(t, counting), Beside: beside})}
			p.OpenProgram()
			for _, said := range []string{"counted 0", "counted 1"} {
				p.Reads(said)
				p.Press(`.count`)
			}
			p.Reads("counted 2")
			p.Press(`.next`)
			p.Tap(`.layer.dialog.in .strong`)
			p.Reads("grow")
			p.Press(`.go`)
			p.Sees(`.program:not(.warm):not(.behind) .error-card`, "This program stopped")
			p.Sees(`.program:not(.warm):not(.behind) .error-card`, "used up the memory")
			p.Shot("stopped")
			p.Tap(`.program:not(.warm):not(.behind) .error-card .soft`)
			p.Reads("counted 2")
			p.Press(`.count`)
			p.Reads("counted 3")
			p.leave()
		})
	}
}
