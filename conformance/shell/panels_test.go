package shell_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

const looked = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Looked at"}}
-- app.js --
App({});
-- souk.mock.json --
{"requests": [{"url": "https://nowhere.invalid/menu", "data": {"drink": "mocked mocha"}}]}
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="go" onTap="ask">{{word}}</view>
-- pages/index/index.js --
Page({ data: { word: 'ask' },
  onLoad() { console.log('page opens', { deep: 1 }); my.setStorageSync({ key: 'cart', data: { cups: 2 } }); },
  ask() {
    my.request({ url: 'https://nowhere.invalid/menu', success: (r) => this.setData({ word: r.data.drink }), fail: (e) => this.setData({ word: 'error ' + e.error }) });
  },
});
`

func (p *phone) panel(name string) {
	p.t.Helper()
	p.tap(`.dv-tabs [role=tab]:nth-child(` + map[string]string{"Console": "1", "Network": "2", "Storage": "3", "Data": "4", "Stage": "7"}[name] + `)`)
}

func TestThePanelsShowTheProgramAndTheirMocksAndFaultsAct(t *testing.T) {
	p := openPhone(t, program(t, looked), "", nil)
	p.run(chromedp.EmulateViewport(1280, 860))
	p.openProgram()
	p.reads("ask")
	p.sees(`.dv-console`, "page opens")
	p.press(`.go`)
	p.reads("mocked mocha")
	p.panel("Network")
	p.sees(`.dv-row`, "https://nowhere.invalid/menu")
	p.sees(`.dv-pill`, "mock")
	p.panel("Storage")
	p.sees(`.dv-entry`, "cups: 2")
	p.panel("Data")
	p.sees(`.dv-instance`, `word: "mocked mocha"`)
	p.panel("Stage")
	p.tap(`.dv-group:nth-child(2) input`)
	p.press(`.go`)
	p.reads("error 12")
}
