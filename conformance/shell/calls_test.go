package shell_test

import (
	"testing"

	"souk/conformance/handset"
)

func TestWhatNeedsNobodysAnswerAnswersAsDocumented(t *testing.T) {
	_, got := hear(t, `
		const kept = {};
		say('storage', my.setStorageSync({ key: 'cart', data: { items: [1] } }).success + ' ' + JSON.stringify(my.getStorageSync({ key: 'cart' }).data));
		await my.setStorage({ key: 'n', data: 0 });
		say('zero', (await my.getStorage({ key: 'n' })).data);
		say('keys', (await my.getStorageInfo()).keys.sort());
		await my.removeStorage({ key: 'n' });
		my.removeStorageSync({ key: 'cart' });
		say('gone', my.getStorageSync({ key: 'cart' }).data === null);
		my.clearStorageSync(); await my.clearStorage();
		const sys = my.getSystemInfoSync();
		say('system', [sys.windowWidth, sys.screenHeight, sys.pixelRatio > 0, sys.app, sys.SDKVersion === my.SDKVersion, (await my.getSystemInfo()).windowHeight === sys.windowHeight].join());
		say('app', my.getAppIdSync().appId);
		const box = await new Promise((done) => my.createSelectorQuery().select('#box').boundingClientRect().selectViewport().scrollOffset().exec(done));
		say('query', [box[0].width, box[0].height, box[1].scrollTop].join());
		my.showLoading({ content: 'wait' }); my.hideLoading(); my.showToast({ content: 'hi', duration: 300 }); my.hideToast();
		say('code', typeof (await my.getAuthCode({ scopes: 'auth_base' })).authCode);
		my.reportAnalytics('bought', { n: 1 });
		my.getUpdateManager().onCheckForUpdate((r) => { kept.update = r.hasUpdate; });
		await my.pageScrollTo({ scrollTop: 0, duration: 0 });
		await my.startPullDownRefresh(); await my.stopPullDownRefresh();
		await my.setCanPullDown({ canPullDown: false });
		await my.hideShareMenu(); await my.showShareMenu();
		await my.hideKeyboard();
		say('battery', typeof (await my.getBatteryInfo()).level);
		say('setting', typeof (await my.getSetting()).authSetting);
		say('none', (await failing(my.getOpenUserInfo())).error);
		say('update', kept.update);
		const done = await new Promise((ok) => { const order = []; my.getNetworkType({ success: () => order.push('success'), fail: () => order.push('fail'), complete: () => { order.push('complete'); ok(order); } }); });
		say('order', done);
		const lost = await new Promise((ok) => { const order = []; my.getImageInfo({ src: 'none.png', success: () => order.push('success'), fail: (e) => order.push('fail ' + typeof e.error + typeof e.errorMessage), complete: () => { order.push('complete'); ok(order); } }); });
		say('lost', lost);
		say('called', await new Promise((ok) => my.call('getNetworkType', {}, (r) => ok(typeof r.networkType))));
	`, nil)
	wantSaid(t, got, map[string]string{
		"storage": `true {"items":[1]}`, "zero": "0", "keys": `["cart","n"]`, "gone": "true", "system": "390,844,true,alipay,true,true", "app": "2021999900000001",
		"query": "390,40,0", "code": "string", "battery": "number", "setting": "object", "none": "11", "update": "false",
		"order": `["success","complete"]`, "lost": `["fail numberstring","complete"]`, "called": "string",
	})
}

func TestWheelsAnswerWithWhatStandsInThem(t *testing.T) {
	p := begin(t, `say('date', (await my.datePicker({ format: 'yyyy-MM-dd', currentDate: '2026-11-22', startDate: '2026-01-01', endDate: '2027-12-31' })).date);
		say('option', (await my.optionsSelect({ title: 'Size', optionsOne: ['S', 'M', 'L'], selectedOneIndex: 1 })).selectedOneOption);
		const levels = await my.multiLevelSelect({ title: 'Area', list: [{ name: '浙江', subList: [{ name: '杭州', subList: [{ name: '西湖' }] }] }] });
		say('levels', levels.success + ' ' + levels.result.map((l) => l.name).join('/'));
		say('city', (await my.chooseCity({ cities: [{ city: '杭州', adCode: '330100' }] })).adCode);
		say('left', (await failing(my.datePicker({}))).error);`)
	for range 4 {
		p.Tap(".layer.sheet:not(.out) .sheet-foot .wide")
		p.Misses(".layer.sheet.out")
	}
	p.Tap(".layer.sheet:not(.out) .sheet-close")
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"date": "2026-11-22", "option": "M", "levels": "true 浙江/杭州/西湖", "city": "330100", "left": "11"})
}

func TestThePersonIsToldOnlyAfterAYes(t *testing.T) {
	p := begin(t, `say('modal', JSON.stringify(await my.showModal({ title: 'Sure?', content: 'really' })));
		say('refused', (await failing(my.getAuthUserInfo())).error);
		say('again', typeof (await my.getAuthUserInfo()).nickName);
		const code = await my.getAuthCode({ scopes: ['auth_user'] });
		say('code', typeof code.authCode + ' ' + code.authSuccessScopes.join());
		say('phone', Object.keys(await my.getPhoneNumber()).length > 0);
		say('address', Object.keys(await my.getAddress()).length > 0);`)
	p.Tap(".dialog .strong")
	p.Tap(".deny")
	for range 3 {
		p.Tap(".layer:not(.out) .allow")
		p.Misses(".layer.out")
	}
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"modal": `{"confirm":true,"cancel":false}`, "refused": "11", "again": "string", "code": "string auth_user", "phone": "true", "address": "true"})
}

func TestSoundVideoAndMapAnswerTheirContexts(t *testing.T) {
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["p"]}
-- app.js --
App({});
-- p.axml --
<view id="go" onTap="go">go</view><view a:for="{{said}}">{{item}}</view>
<map id="m" latitude="31.23" longitude="121.47" scale="14" style="width:300px;height:200px"/>
-- p.js --
const wav = 'data:audio/wav;base64,' + my.arrayBufferToBase64((() => {
  const n = 8000, b = new ArrayBuffer(44 + n), v = new DataView(b), text = (at, s) => [...s].forEach((c, i) => v.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF'); v.setUint32(4, 36 + n, true); text(8, 'WAVEfmt '); v.setUint32(16, 16, true); v.setUint16(20, 1, true); v.setUint16(22, 1, true);
  v.setUint32(24, 8000, true); v.setUint32(28, 8000, true); v.setUint16(32, 1, true); v.setUint16(34, 8, true); text(36, 'data'); v.setUint32(40, n, true);
  for (let i = 0; i < n; i++) v.setUint8(44 + i, 128);
  return b;
})());
Page({ data: { said: [] }, async go() {
  const said = [], say = (name, value) => { said.push(name + ': ' + value); this.setData({ said }); };
  const map = my.createMapContext('m');
  const at = await map.getCenterLocation();
  say('center', Number(at.latitude).toFixed(2) + ' ' + Number(at.longitude).toFixed(2));
  say('scale', (await map.getScale()).scale);
  const sound = my.createInnerAudioContext();
  const heard = (on) => new Promise((done) => on(done));
  const canplay = heard(sound.onCanPlay), play = heard(sound.onPlay), ended = heard(sound.onEnded);
  sound.src = wav;
  await canplay;
  sound.play();
  await play;
  say('playing', sound.paused);
  await ended;
  say('duration', sound.duration);
  sound.destroy();
  say('end', 'of steps');
} });
`), "", nil)
	p.OpenProgram()
	p.Press("#go")
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"center": "31.23 121.47", "scale": "14", "playing": "false", "duration": "1"})
}

func TestRoutesMoveBetweenPagesAndTabs(t *testing.T) {
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["a", "b", "c"], "tabBar": {"items": [{"pagePath": "a", "name": "A"}, {"pagePath": "b", "name": "B"}]}}
-- app.js --
App({ n: 0 });
-- a.axml --
<view id="go" onTap="go">page a {{n}}</view>
-- a.js --
const steps = [
  () => my.switchTab({ url: '/b' }),
  async () => { await my.navigateTo({ url: 'c?x=1' }); },
  async () => { await my.redirectTo({ url: '/c?x=2' }); },
  () => my.navigateBack(),
  () => my.reLaunch({ url: '/c?x=3' }),
];
Page({ onShow() { this.setData({ n: getApp().n }); }, go() { steps[getApp().n++](); } });
getApp().steps = steps;
-- b.axml --
<view id="go" onTap="go">page b {{n}}</view>
-- b.js --
Page({ onShow() { this.setData({ n: getApp().n }); }, go() { getApp().steps[getApp().n++](); } });
-- c.axml --
<view id="go" onTap="go">page c {{x}} {{n}} {{depth}}</view>
-- c.js --
Page({ onLoad(q) { this.setData({ x: q.x }); }, onShow() { this.setData({ n: getApp().n, depth: getCurrentPages().length }); }, go() { getApp().steps[getApp().n++](); } });
`), "", nil)
	p.OpenProgram()
	for _, words := range []string{"page a 0", "page b 1", "page c 1 2 2", "page c 2 3 2", "page b 4", "page c 3 5 1"} {
		p.Reads(words)
		if words != "page c 3 5 1" {
			p.Press("#go")
		}
	}
}
