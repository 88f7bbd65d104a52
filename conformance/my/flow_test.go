package my_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
)

// film makes a short video with the browser's own recorder.
func (p *phone) film() []byte {
	p.T.Helper()
	text, err := chrome.JS[string](p.Tab, `(async () => {
		const c = document.createElement('canvas'); c.width = 64; c.height = 48; const g = c.getContext('2d');
		const r = new MediaRecorder(c.captureStream(20), { mimeType: 'video/webm' }), parts = [];
		r.ondataavailable = (e) => parts.push(e.data);
		const done = new Promise((ok) => (r.onstop = ok));
		r.start();
		for (let n = 0; n < 20; n++) { g.fillStyle = n % 2 ? '#f00' : '#00f'; g.fillRect(0, 0, 64, 48); await new Promise((ok) => setTimeout(ok, 50)); }
		r.stop(); await done;
		const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
		return btoa(String.fromCharCode(...bytes)); })()`)
	if err != nil {
		p.T.Fatal(err)
	}
	film, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		p.T.Fatal(err)
	}
	return film
}

func TestAVideoIsChosenMeasuredPlayedAndSaved(t *testing.T) {
	p := open(t, `const video = await my.chooseVideo({ sourceType: ['album'] });
		say('chosen', video.tempFilePath.startsWith('https://resource/tmp/') + ' ' + (video.size > 500) + ' ' + video.width + 'x' + video.height);
		const about = await my.getVideoInfo({ src: video.tempFilePath });
		say('about', [about.width, about.height, about.duration > 0.3, about.type, about.fps].join());
		say('broken', (await failing(my.getVideoInfo({ src: 'data:video/webm;base64,AAAA' }))).error);
		await shown({ src: video.tempFilePath });
		const v = my.createVideoContext('v');
		await v.mute(true); v.play();
		await until(() => (page.heard || []).some(([type]) => type === 'timeUpdate'));
		await v.pause();
		await until(() => page.heard.some(([type]) => type === 'pause'));
		const types = page.heard.map(([type]) => type);
		say('events', ['play', 'renderStart', 'timeUpdate', 'pause'].map((t) => types.includes(t)).join());
		say('times', typeof page.heard.find(([type]) => type === 'timeUpdate')[1].currentTime);
		v.seek(0); v.playbackRate(2); v.stop();
		await my.saveVideoToPhotosAlbum({ filePath: video.tempFilePath });
		say('saved', true);
		say('nothing', (await failing(my.chooseVideo({}))).error);`,
		`<video id="v" a:if="{{src}}" src="{{src}}" muted loop controls="{{true}}" onPlay="hear" onPause="hear" onTimeUpdate="hear" onRenderStart="hear" onError="hear" style="width:200px;height:150px"/>`, "")
	if _, err := chromedp.Call(p.Ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "film.webm")
	if err := os.WriteFile(path, p.film(), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Press("#go")
	p.Run(chromedp.SetUploadFiles(chromedp.CSS(".layers input[type=file]"), []string{path}))
	p.Reads("times:")
	p.Shot("video")
	p.Tap(".layer:not(.out) .allow")
	p.Reads("saved:")
	p.page(`document.querySelector('.layers input[type=file]').dispatchEvent(new Event('cancel'))`)
	p.ends(map[string]string{"chosen": "true true 64x48", "about": "64,48,true,webm,0", "broken": "2", "events": "true,true,true,true", "times": "number", "saved": "true", "nothing": "11"})
}

func TestPermissionsAreShownGuidedToAndTakenBack(t *testing.T) {
	p := begin(t, `const guide = await my.showAuthGuide({ authType: 'LBS' });
		say('guide', guide.shown);
		say('odd', (await failing(my.showAuthGuide({ authType: 'NONSENSE' }))).error);
		const { authSetting } = await my.openSetting();
		say('setting', authSetting.location);
		say('kept', (await my.getSetting()).authSetting.location);
		say('system', (await my.getAppAuthorizeSetting()).locationAuthorized);`)
	p.Tap(".layer:not(.out) .allow")
	p.Tap(".layer:not(.out) [role=switch]")
	p.Sees(".layer:not(.out) [role=switch][aria-checked=false]", "")
	p.Shot("settings")
	p.Tap(".layer:not(.out) .sheet-close")
	p.ends(map[string]string{"guide": "true", "odd": "2", "setting": "false", "kept": "false", "system": "denied"})
}

func TestWhoAsksTheSameAtOnceIsAnsweredWithOneQuestion(t *testing.T) {
	p := begin(t, `const both = await Promise.all([my.getLocation(), my.getLocation()]);
		say('both', both.map((place) => place.latitude).join());`)
	p.Stand(31.5, 121.5)
	p.Sees(".layer:not(.out) .allow", "")
	p.Tap(".allow")
	p.ends(map[string]string{"both": "31.5,31.5"})
}

func TestThePanelForSharingOpensAndCloses(t *testing.T) {
	p := begin(t, `await my.showSharePanel(); say('panel', true);
		await my.hideShareMenu(); await my.showShareMenu(); say('menu', true);`)
	p.Sees(".share-link", "#/program/")
	p.Shot("share")
	p.Tap(".layer:not(.out) .sheet-close")
	p.ends(map[string]string{"panel": "true", "menu": "true"})
}

func TestAFontIsLoadedAndAnAnimationRuns(t *testing.T) {
	p := open(t, `say('font', (await failing(my.loadFontFace({ family: 'None', source: 'url("https://127.0.0.1:1/none.woff2")' }))).error);
		const a = my.createAnimation({ duration: 60, timeFunction: 'linear' });
		a.translateX(40).opacity(0.5).step();
		a.rotate(90).step({ duration: 30 });
		const exported = a.export();
		say('groups', exported.length + ' ' + a.export().length);
		await shown({ animation: exported });
		await until(() => (page.heard || []).some(([type]) => type === 'transitionEnd'));
		await pause(300);
		const [fields] = await new Promise((done) => my.createSelectorQuery().select('#moved').fields({ computedStyle: ['opacity', 'transform'] }).exec(done));
		say('opacity', fields.opacity);
		say('moved', fields.transform.startsWith('matrix(') && fields.transform.endsWith(', 40, 0)'));`,
		`<view id="moved" animation="{{animation}}" onTransitionEnd="hear" style="width:50px;height:50px;background:#0f4a48"/>`, "")
	p.Press("#go")
	p.ends(map[string]string{"font": "3", "groups": "2 0", "opacity": "0.5", "moved": "true"})
}

func TestAProgramSendsThePersonToAnotherAndBack(t *testing.T) {
	p := begin(t, `say('none', (await failing(my.navigateToMiniProgram({ appId: '2099000000000000' }))).error);
		say('noId', (await failing(my.navigateToMiniProgram({}))).error);
		say('stayed', (await failing(my.navigateToMiniProgram({ appId: my.getAppIdSync().appId }))).error);
		my.navigateToMiniProgram({ appId: my.getAppIdSync().appId, path: 'q?n=7', extraData: { from: 'here' } });`)
	p.Tap(".layer:not(.out) .dialog-buttons button:first-child")
	p.Reads("stayed:")
	p.Tap(".layer:not(.out) .dialog-buttons .strong")
	p.Reads("second page, 7, here")
}

func TestTheScannerAndTheTelephoneAskFirst(t *testing.T) {
	p := begin(t, `say('call', (await failing(my.makePhoneCall({ number: '10086' }))).error);
		say('scan', (await failing(my.scan({ scanType: ['qrCode'] }))).error);`)
	p.Tap(".layer:not(.out) .dialog-buttons button:first-child")
	p.Tap(".layer:not(.out) .deny")
	p.ends(map[string]string{"call": "11", "scan": "11"})
}

func TestASocketThatNobodyAnswersTellsItsListeners(t *testing.T) {
	p := begin(t, `const seen = [], hear = (name) => () => seen.push(name), gone = hear('gone');
		say('none', (await failing(my.closeSocket())).error + ' ' + (await failing(my.sendSocketMessage({ data: 'x' }))).error);
		for (const name of ['Open', 'Message', 'Error', 'Close']) { my['onSocket' + name](gone); my['offSocket' + name](gone); }
		my.offSocketOpen(); my.offSocketMessage(); my.offSocketError(); my.offSocketClose();
		my.onSocketOpen(hear('open')); my.onSocketMessage(hear('message')); my.onSocketError(hear('error')); my.onSocketClose(hear('close'));
		say('failed', (await failing(my.connectSocket({ url: 'ws://127.0.0.1:1/none' }))).error > 0);
		await until(() => seen.includes('close'));
		say('seen', seen.join());
		say('closed', (await failing(my.sendSocketMessage({ data: 'x' }))).error > 0);
		my.showNavigationBarLoading(); my.hideNavigationBarLoading();
		my.onNetworkStatusChange(gone); my.offNetworkStatusChange(gone);`)
	p.ends(map[string]string{"none": "3 3", "failed": "true", "seen": "error,close", "closed": "true"})
}

func TestAProgramThatNobodySentGoesBackToTheShell(t *testing.T) {
	p := begin(t, `my.navigateBackMiniProgram({ extraData: { paid: true } });`)
	p.Until("the program behind", func() bool {
		behind, err := chrome.JS[bool](p.Tab, `!document.querySelector('.program:not(.warm):not(.behind)')`)
		return err == nil && behind
	})
}

func TestTheBarsAreAsTheProgramSays(t *testing.T) {
	p := open(t, `const asked = (n) => until(() => (page.heard || []).length >= n);
		await my.setNavigationBar({ title: 'Menu of today', backgroundColor: '#0f4a48', frontColor: '#ffffff' });
		say('one', true); await asked(1);
		await my.setNavigationBarTitle({ title: 'Second title' });
		await my.setOptionMenu({ title: 'Help' });
		say('two', true); await asked(2);
		await my.hideOptionMenu();
		await my.hideTabBar();
		say('three', true); await asked(3);
		await my.showTabBar();
		await my.setTabBarBadge({ index: 1, text: '9' });
		say('badIndex', (await failing(my.setTabBarBadge({ index: 7, text: '9' }))).error);
		my.startShare({ title: 'Tea for two' });`, `<view id="next" onTap="hear">next</view>`,
		"-- app.json --\n{\"pages\": [\"p\", \"q\"], \"tabBar\": {\"items\": [{\"pagePath\": \"p\", \"name\": \"One\"}, {\"pagePath\": \"q\", \"name\": \"Two\"}]}}\n")
	p.Press("#go")
	p.Reads("one:")
	p.Sees(".program:not(.warm) .bar", "Menu of today")
	p.Press("#next")
	p.Reads("two:")
	p.Sees(".program:not(.warm) .bar", "Second title")
	p.Sees(".program:not(.warm) .bar", "Help")
	p.Shot("bar")
	p.Press("#next")
	p.Reads("three:")
	p.Until("no tab bar", func() bool { return !p.Shows(".program:not(.warm) .tabs:not([hidden])", "Two") })
	p.Press("#next")
	p.Sees(".program:not(.warm) .tabs", "9")
	p.Sees(".layer:not(.out)", "Tea for two")
	p.Shot("share")
	p.ends(map[string]string{"badIndex": "2"})
}

func TestDialogsAnswerWithWhatWasPressed(t *testing.T) {
	p := begin(t, `await my.alert({ title: 'Note', content: 'Read this', buttonText: 'I see' });
		say('alert', true);
		say('yes', (await my.confirm({ title: 'Sure?', content: 'Really', confirmButtonText: 'Yes', cancelButtonText: 'No' })).confirm);
		say('no', (await my.confirm({ title: 'Sure?' })).confirm);
		const typed = await my.prompt({ title: 'Name', message: 'Who?', okButtonText: 'OK' });
		say('typed', typed.ok + ' ' + typed.inputValue);
		say('sheet', (await my.showActionSheet({ title: 'Cup', items: ['Small', 'Large'], cancelButtonText: 'None' })).index);
		say('none', (await my.showActionSheet({ items: ['Small'] })).index);
		say('empty', (await failing(my.showActionSheet({}))).error);
		const order = await new Promise((done) => { const seen = []; my.confirm({ content: 'callbacks', success: (r) => seen.push('success ' + r.confirm), fail: () => seen.push('fail'), complete: () => { seen.push('complete'); done(seen); } }); });
		say('order', order);`)
	p.Sees(".dialog:not(.out)", "Read this")
	p.Shot("alert")
	p.Tap(".dialog:not(.out) .strong")
	p.Reads("alert:")
	p.Tap(".dialog:not(.out) .strong")
	p.Reads("yes:")
	p.Tap(".dialog:not(.out) .dialog-buttons button:first-child")
	p.Reads("no:")
	p.Tap(".dialog:not(.out) .dialog-field")
	p.Run(chromedp.KeyEvent("Mei"))
	p.Tap(".dialog:not(.out) .strong")
	p.Reads("typed:")
	p.Tap(".layer.sheet:not(.out) .choice:nth-of-type(2)")
	p.Reads("sheet:")
	p.Tap(".layer.sheet:not(.out) .choice.leave")
	p.Tap(".dialog:not(.out) .strong")
	p.ends(map[string]string{"alert": "true", "yes": "true", "no": "false", "typed": "true Mei", "sheet": "1", "none": "-1", "empty": "2", "order": `["success true","complete"]`})
}
