package shell_test

import (
	"testing"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

const ownBar = `
-- app.json --
{"pages": ["one/one", "two/two"], "subPackages": [{"root": "shop", "pages": ["list/list"]}],
 "tabBar": {"customize": true, "items": [{"pagePath": "one/one", "name": "One"}, {"pagePath": "two/two", "name": "Two"}]}}
-- app.js --
App({});
-- customize-tab-bar/index.json --
{"component": true}
-- customize-tab-bar/index.axml --
<view class="mine"><view a:for="{{tabs}}" class="to-{{item}} {{at === index ? 'on' : ''}}" data-item="{{item}}" onTap="go">{{item}}</view></view>
-- customize-tab-bar/index.acss --
.mine { display: flex; height: 96rpx; background: rgb(1, 2, 3); color: white } .mine view { flex: 1 }
-- customize-tab-bar/index.js --
Component({ data: { tabs: ['one', 'two'], at: 0 }, methods: { go(e) { const page = e.target.dataset.item; my.switchTab({ url: '/' + page + '/' + page }) } } });
-- one/one.axml --
<view class="said">{{said}}</view><button class="shop" onTap="shop">shop</button><button id="share" data-item="7" open-type="share">share</button><button id="mates" data-item="8" openType="contactShare">mates</button>
-- one/one.js --
Page({
  data: { said: 'page one' },
  shop() { my.navigateTo({ url: '/shop/list/list?n=4' }) },
  onShareAppMessage(e) {
    this.setData({ said: 'shared by ' + e.from + ' ' + e.target.id + ' ' + e.target.dataset.item });
    return Promise.resolve({ title: 'a title', desc: 'words', path: '/two/two?x=1' });
  },
  events: { onKeyboardHeight(e) { this.setData({ said: 'keyboard ' + e.height }) } },
});
-- two/two.axml --
<view>page two</view>
-- two/two.js --
Page({ onShow() { this.getTabBar().setData({ at: 1 }) } });
-- shop/list/list.json --
{"responsive": "NO"}
-- shop/list/list.axml --
<view class="row" style="height: {{n}}px; width: 200rpx">the shop's list</view>
-- shop/list/list.acss --
.row { color: rgb(9, 8, 7) }
-- shop/list/list.js --
Page({ data: { n: 0 }, onLoad(q) { this.setData({ n: q.n * 10 }) } });
`

func TestAProgramsOwnTabBarStandsInItsPages(t *testing.T) {
	p := openPhone(t, handset.Folder(t, ownBar), "", nil)
	p.OpenProgram()
	p.Reads("page one", "two")
	if n, err := chrome.JS[int](p.Tab, `document.querySelectorAll('.program:not(.warm) .tabs:not([hidden])').length`); err != nil || n != 0 {
		t.Errorf("%d bars of the shell's stand beside the program's (%v)", n, err)
	}
	p.Press(`.to-two`)
	p.Reads("page two")
	p.Shot("own bar")
	at, err := handset.Inside[string](p.Phone, `const bar = document.querySelector('.souk-page.shown .souk-host').shadowRoot.querySelector('.a-customize-tab-bar'), r = bar.getBoundingClientRect();
		return [getComputedStyle(bar).position, getComputedStyle(bar.querySelector('.mine')).backgroundColor, Math.round(r.bottom - innerHeight), bar.querySelector('.on').textContent].join()`)
	if err != nil || at != "fixed,rgb(1, 2, 3),0,two" {
		t.Errorf("the bar is %q (%v)", at, err)
	}
	p.Press(`.to-one`)
	p.Reads("page one")
}

func TestAPageOfASubPackageComesWithItsStyles(t *testing.T) {
	p := openPhone(t, handset.Folder(t, ownBar), "", nil)
	p.OpenProgram()
	p.Reads("page one")
	p.Press(`.shop`)
	p.Reads("the shop's list")
	looks, err := handset.Inside[string](p.Phone, `const row = document.querySelector('.souk-page.shown .souk-host').shadowRoot.querySelector('.row'); return [getComputedStyle(row).color, row.style.height, getComputedStyle(row).width].join(' ')`)
	if err != nil || looks != "rgb(9, 8, 7) 40px 100px" {
		t.Errorf("the row looks %q (%v)", looks, err)
	}
}

func TestAPageHearsWhoSharesItAndWhatTheKeyboardCovers(t *testing.T) {
	p := openPhone(t, handset.Folder(t, ownBar), "", nil)
	p.OpenProgram()
	p.Reads("page one")
	// A browser without a screen has no keyboard: the window is told what it would be told.
	if _, err := chrome.JS[bool](p.Tab, `Object.defineProperty(visualViewport, 'height', { configurable: true, get: () => innerHeight - 260 }), visualViewport.dispatchEvent(new Event('resize'))`); err != nil {
		t.Fatal(err)
	}
	p.Reads("keyboard 260")
	p.Press(`#share`)
	p.Reads("shared by button share 7")
	p.Sees(`.program:not(.warm) .layers`, "a title")
	p.Tap(`.layer:not(.out) .sheet-close`)
	p.Press(`#mates`)
	p.Reads("shared by button mates 8")
	p.Sees(`.program:not(.warm) .layers`, "a title")
}

const dragged = `
-- app.json --
{"pages": ["one/one"]}
-- app.js --
App({});
-- one/one.axml --
<import-sjs from="./drag.sjs" name="drag"/>
<view class="thing" style="width: 100px; height: 50px; margin-top: 30px" data-n="{{n}}" change:data-n="{{drag.counted}}" onTap="{{drag.tap}}">thing</view>
<view class="said">{{said}}</view>
-- one/one.js --
Page({ data: { n: 0, said: '' }, measured(e) { this.setData({ said: e.join(' '), n: this.data.n + 1 }) } });
-- one/drag.sjs --
function tap(event, owner) {
  const box = event.instance.getBoundingClientRect(), style = event.instance.getComputedStyle(['height'])
  event.instance.setStyle({ transform: 'translateX(' + box.width + 'px)', width: '200rpx' })
  owner.callMethod('measured', [box.width, box.height, style.height])
}
function counted(now, before, owner, element) { element.addClass('n' + now) }
export default { tap, counted }
`

func TestSJSMeasuresAndMovesElements(t *testing.T) {
	p := openPhone(t, handset.Folder(t, dragged), "", nil)
	p.OpenProgram()
	p.Press(`.thing`)
	p.Reads("100 50 50px")
	p.Press(`.thing`)
	p.Reads("104 50 50px")
	looks, err := handset.Inside[string](p.Phone, `const thing = document.querySelector('.souk-page.shown .souk-host').shadowRoot.querySelector('.thing');
		return thing.style.transform + ' ' + ['n0', 'n1', 'n2'].every(name => thing.classList.contains(name))`)
	if err != nil || looks != "translateX(104px) true" {
		t.Errorf("the thing looks %q (%v)", looks, err)
	}
}
