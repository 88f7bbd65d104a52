package shell_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
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
	p := openPhone(t, handset.Folder(t, bars), "", nil)
	p.OpenProgram()
	const bar, tabs = `.program:not(.warm) .bar`, `.program:not(.warm) .tabs`
	has := func(selector, expression, want string) {
		t.Helper()
		p.Until(selector+" "+expression+" = "+want, func() bool {
			got, err := chrome.JS[string](p.Tab, `String((n => `+expression+`)(document.querySelector(`+chrome.Quote(selector)+`)))`)
			return err == nil && got == want
		})
	}
	p.Reads("set")
	has(tabs+` .tab.on`, `n.innerText.trim()`, "One")
	p.Press(`.set`)
	p.Sees(bar, "Changed")
	has(bar, `getComputedStyle(n).color`, "rgb(255, 255, 255)")
	has(tabs+` .badge`, `n.textContent`, "7")
	has(tabs, `n.querySelectorAll('.dot').length`, "1")
	has(bar, `n.querySelectorAll('.spinner').length`, "1")
	p.Shot("set")
	p.Tap(tabs + ` .tab:nth-child(2)`)
	p.Reads("tapped 1 Two")
	p.Sees(bar, "Second tab")
	p.Tap(tabs + ` .tab:nth-child(1)`)
	p.Sees(bar, "Changed")
	p.Press(`.hide`)
	has(tabs, `n.hidden`, "true")
	p.Press(`.clear`)
	p.Reads("high")
	has(bar, `n.style.getPropertyValue('--solid')`, "0%")
	p.Wheel(300)
	has(bar, `n.style.getPropertyValue('--solid')`, "100%")
	p.Tap(bar + ` .bar-button`)
	p.Sees(bar, "Changed")
}

func TestTwoTapsOnTheTitleBringAScrollViewToItsTop(t *testing.T) {
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["p"], "window": {"defaultTitle": "Long"}}
-- p.axml --
<scroll-view scroll-y enableBackToTop scrollTop="{{300}}" style="height: 200px"><view style="height: 1000px">long</view></scroll-view>
-- p.js --
Page({});
`), "", nil)
	p.OpenProgram()
	at := func(top int) func() bool {
		return func() bool {
			now, err := handset.Inside[int](p.Phone, `return Math.round(find('a_scroll_view')[0]?.scrollTop ?? -1);`)
			return err == nil && now == top
		}
	}
	p.Until("a list that is scrolled", at(300))
	tap := `(() => { document.querySelector('.program:not(.warm) .bar-title').dispatchEvent(new MouseEvent('click', { bubbles: true, detail: %s })); return true; })()`
	for _, count := range []string{"1", "2"} {
		if _, err := chrome.JS[bool](p.Tab, strings.Replace(tap, "%s", count, 1)); err != nil {
			t.Fatal(err)
		}
	}
	p.Until("the list at its top", at(0))
}

func TestAStepBackClosesAPageContainerBeforeItsPage(t *testing.T) {
	sheet := `<view id="open" onTap="open">open</view><view id="out" onTap="leave">out</view><page-container show="{{shown}}" duration="20" onAfterLeave="left"><view id="leave" onTap="leave" style="height: 200px">the sheet</view></page-container><view>closed {{times}} on {{place}}</view>`
	script := `Page({ data: { shown: false, times: 0, place: 'PLACE' }, open() { this.setData({ shown: true }); }, left() { this.setData({ shown: false, times: this.data.times + 1 }); }, on() { my.navigateTo({ url: '/q' }); }, leave() { my.navigateBack(); } });`
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["p", "q"]}
-- p.axml --
<view id="on" onTap="on">on</view>`+sheet+`
-- p.js --
`+strings.Replace(script, "PLACE", "the first page", 1)+`
-- q.axml --
`+sheet+`
-- q.js --
`+strings.Replace(script, "PLACE", "the second page", 1)+`
`), "", nil)
	p.OpenProgram()
	shown := func() {
		p.T.Helper()
		p.Press("#open")
		p.Until("the sheet in its place", func() bool {
			there, err := handset.Inside[bool](p.Phone, `return !!find('a_page_container[data-in]')[0];`)
			return err == nil && there
		})
		p.Until("a step back that is the sheet's", func() bool { // the shell has heard of it
			depth, err := chrome.JS[int](p.Tab, `history.state.depth`)
			pages, failed := chrome.JS[int](p.Tab, `document.querySelector('.program:not(.warm) .bar-left .bar-button') ? 2 : 1`)
			return err == nil && failed == nil && depth == pages+1
		})
	}
	shown()
	p.Run(chromedp.NavigateBack()) // a gesture or the browser's button
	p.Reads("closed 1 on the first page")
	p.Press("#on")
	p.Reads("closed 0 on the second page")
	shown()
	p.Back() // the arrow
	p.Reads("closed 1 on the second page")
	shown()
	p.Press("#leave") // my.navigateBack
	p.Reads("closed 2 on the second page")
	p.Press("#out")
	p.Reads("closed 1 on the first page")
}

func TestTwoStepsBackAtOnceLeaveTheHistoryInStep(t *testing.T) {
	page := func(name, tap string) string {
		return "-- " + name + `.axml --
<view id="go" onTap="go">this is ` + name + `</view>
-- ` + name + `.js --
Page({ go() { ` + tap + ` } });
`
	}
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["one", "two", "three"]}
`+page("one", `my.navigateTo({ url: '/two' });`)+page("two", `my.navigateTo({ url: '/three' });`)+page("three", `my.navigateBack(); my.navigateBack();`)), "", nil)
	p.at("#/me")
	p.OpenProgram()
	for _, name := range []string{"one", "two", "three"} {
		p.Reads("this is " + name)
		p.Press("#go")
	}
	p.Reads("this is one")
	p.Until("the address of the first page", func() bool {
		depth, err := chrome.JS[int](p.Tab, `location.hash.includes('page=one') ? history.state.depth : 0`)
		return err == nil && depth == 1
	})
	for _, name := range []string{"one", "two"} {
		p.Press("#go")
		p.Reads("this is " + map[string]string{"one": "two", "two": "three"}[name])
	}
	p.Run(chromedp.NavigateBack()) // one step of the browser is one page
	p.Reads("this is two")
	p.Run(chromedp.NavigateBack())
	p.Reads("this is one")
}
