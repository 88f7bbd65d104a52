package shell_test

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

const bars = `
-- app.json --
{"pages": ["pages/one/one", "pages/two/two", "pages/clear/clear"], "window": {"defaultTitle": "Bars", "titleBarColor": "#ffffff"},
 "tabBar": {"textColor": "#888888", "selectedColor": "#ff0000", "items": [{"pagePath": "pages/one/one", "name": "One"}, {"pagePath": "pages/two/two", "name": "Two"}]}}
-- app.js --
App({});
-- pages/one/one.json --
{}
-- pages/one/one.axml --
<view class="set" onTap="set">set</view><view class="hide" onTap="hide">hide</view><view class="clear" onTap="clear">clear</view>
-- pages/one/one.js --
Page({
  set() {
    my.setNavigationBar({ title: 'Changed', backgroundColor: '#102030' });
    my.setTabBarBadge({ index: 1, text: '7' });
    my.showTabBarRedDot({ index: 0 });
    my.showNavigationBarLoading();
  },
  hide() { my.hideTabBar(); },
  clear() { my.navigateTo({ url: '/pages/clear/clear' }); },
});
-- pages/two/two.json --
{"defaultTitle": "Second tab", "titleBarColor": "#aa0000"}
-- pages/two/two.axml --
<view>{{tapped}}</view>
-- pages/two/two.js --
Page({ data: { tapped: '' }, onTabItemTap(e) { this.setData({ tapped: 'tapped ' + e.index + ' ' + e.text }); } });
-- pages/clear/clear.json --
{"transparentTitle": "auto", "defaultTitle": "Clear"}
-- pages/clear/clear.axml --
<view style="height: 3000px; background: #345">high</view>
-- pages/clear/clear.js --
Page({});
`

func TestBarsFollowThePageAndWhatTheProgramAsks(t *testing.T) {
	p := openPhone(t, program(t, bars), "", nil)
	p.openProgram()
	const bar, tabs = `.program:not(.warm) .bar`, `.program:not(.warm) .tabs`
	has := func(selector, expression, want string) {
		t.Helper()
		p.until(selector+" "+expression+" = "+want, func() bool {
			got, err := js[string](p, `String((n => `+expression+`)(document.querySelector(`+quote(selector)+`)))`)
			return err == nil && got == want
		})
	}
	p.reads("set")
	has(tabs+` .tab.on`, `n.innerText.trim()`, "One")
	p.press(`.set`)
	p.sees(bar, "Changed")
	has(bar, `getComputedStyle(n).color`, "rgb(255, 255, 255)")
	has(tabs+` .badge`, `n.textContent`, "7")
	has(tabs, `n.querySelectorAll('.dot').length`, "1")
	has(bar, `n.querySelectorAll('.spinner').length`, "1")
	p.shot("set")
	p.tap(tabs + ` .tab:nth-child(2)`)
	p.reads("tapped 1 Two")
	p.sees(bar, "Second tab")
	p.tap(tabs + ` .tab:nth-child(1)`)
	p.sees(bar, "Changed")
	p.press(`.hide`)
	has(tabs, `n.hidden`, "true")
	p.press(`.clear`)
	p.reads("high")
	has(bar, `n.style.getPropertyValue('--solid')`, "0%")
	p.run(chromedp.MouseEvent(chromedp.MouseWheel, 200, 400, func(e *input.DispatchMouseEventParams) { e.DeltaX, e.DeltaY = 1, 300 }))
	has(bar, `n.style.getPropertyValue('--solid')`, "100%")
	p.tap(bar + ` .bar-button`)
	p.sees(bar, "Changed")
}
