package shell_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/handset"
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
	p.T.Helper()
	p.Tap(`.dv-tabs [role=tab]:nth-child(` + map[string]string{"Console": "1", "Network": "2", "Storage": "3", "Data": "4", "Stage": "7"}[name] + `)`)
}

func TestThePanelsShowTheProgramAndTheirMocksAndFaultsAct(t *testing.T) {
	p := openPhone(t, handset.Folder(t, looked), "", nil)
	p.Run(chromedp.EmulateViewport(1280, 860))
	p.OpenProgram()
	p.Reads("ask")
	p.Sees(`.dv-console`, "page opens")
	p.Press(`.go`)
	p.Reads("mocked mocha")
	p.panel("Network")
	p.Sees(`.dv-row`, "https://nowhere.invalid/menu")
	p.Sees(`.dv-pill`, "mock")
	p.panel("Storage")
	p.Sees(`.dv-entry`, "cups: 2")
	p.panel("Data")
	p.Sees(`.dv-instance`, `word: "mocked mocha"`)
	p.panel("Stage")
	p.Tap(`.dv-group:nth-child(2) input`)
	p.Press(`.go`)
	p.Reads("error 12")
}
