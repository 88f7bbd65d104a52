package shell_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"souk/conformance/handset"
)

// begin opens a program that runs steps, and starts it.
func begin(t *testing.T, steps string) *phone {
	t.Helper()
	p := openPhone(t, says(t, steps), "", nil)
	p.OpenProgram()
	p.Press("#go")
	return p
}

// grant lets the page use what the browser would ask the person for.
func (p *phone) grant(names ...string) {
	p.T.Helper()
	for _, name := range names {
		in := browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: name}, Setting: "granted", BrowserContextID: chromedp.FromContext(p.Ctx).BrowserContextID}
		if _, err := chromedp.CallBrowser(p.Ctx, browser.SetPermission, in); err != nil {
			p.T.Fatal(err)
		}
	}
}

// choose hands a file to the input that is waiting in the shell.
func (p *phone) choose(selector, name string, content []byte) {
	p.T.Helper()
	path := filepath.Join(p.T.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		p.T.Fatal(err)
	}
	p.Run(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{path}))
}

func TestTheCameraReadsACodeInABrowserThatCannot(t *testing.T) {
	p := begin(t, `const r = await my.scan({ scanType: ['qrCode'] }); say('scan', [r.code, r.result, r.qrCode].join('|'));
		my.scan({ fail: (e) => say('left', e.error) });`)
	p.Tap(".allow")
	p.Reads("end: of steps")
	p.Shot("camera")
	wantSaid(t, p.said(), map[string]string{"scan": cameraSees + "|" + cameraSees + "|" + cameraSees})
}

func TestACodeIsReadFromAPicture(t *testing.T) {
	p := begin(t, `const r = await my.scan({}); say('scan', r.code);`)
	// The camera sees a code too: the page must not have one before the picture is chosen.
	p.Run(chromedp.Evaluate[chromedp.Void](`navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no camera'))`))
	p.Tap(".allow")
	p.Sees(".scan", "")
	p.choose(".scan input[type=file]", "code.jpg", codeJPEG("6 cups"))
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"scan": "6 cups"})
}

func TestPicturesAreChosenMeasuredCompressedAndShown(t *testing.T) {
	p := openPhone(t, says(t, `const got = await my.chooseImage({ count: 1 });
		say('chosen', got.apFilePaths.length + ' ' + got.tempFilePaths[0].slice(0, 15));
		const size = await my.getImageInfo({ src: got.apFilePaths[0] });
		say('size', size.width + 'x' + size.height);
		const small = await my.compressImage({ apFilePaths: got.apFilePaths, compressLevel: 0 });
		say('small', (await my.getImageInfo({ src: small.apFilePaths[0] })).width);
		const info = await my.getFileInfo({ apFilePath: got.apFilePaths[0] });
		say('info', (info.size > 1000) + ' ' + info.digest.length);
		const saved = await my.saveFile({ apFilePath: got.apFilePaths[0] });
		say('saved', !!saved.apFilePath + ' ' + (await my.getSavedFileList()).fileList.length);
		await my.previewImage({ urls: [got.apFilePaths[0], got.apFilePaths[0]], current: 1 });
		say('looked', true);
		await my.saveImage({ url: got.apFilePaths[0] });
		say('kept', true);`), "", nil)
	if _, err := chromedp.Call(p.Ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	p.OpenProgram()
	p.Press("#go")
	p.choose(".layers input[type=file]", "photo.jpg", codeJPEG("photo"))
	p.Sees(".preview-count", "2 / 2")
	p.Shot("preview")
	p.Tap(".preview .scan-close")
	p.Tap(".allow")
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"chosen": "1 data:image/jpeg", "size": "640x480", "small": "640", "info": "true 32", "saved": "true 1", "looked": "true", "kept": "true"})
}

func TestThePositionIsAskedForShownAndChosen(t *testing.T) {
	p := openPhone(t, says(t, `const at = await my.getLocation({ type: 1 });
		say('at', [at.latitude, at.longitude, at.city].join('|'));
		await my.openLocation({ latitude: 31.2304, longitude: 121.4737, name: '人民广场', address: '上海市黄浦区' });
		say('shown', true);
		const place = await my.chooseLocation();
		say('chosen', [place.latitude, place.name].join('|'));
		const setting = (await my.getSetting()).authSetting;
		say('setting', setting.location);`), "", nil)
	p.grant("geolocation")
	latitude, longitude, accuracy := 31.2304, 121.4737, 20.0
	if _, err := chromedp.Call(p.Ctx, emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &latitude, Longitude: &longitude, Accuracy: &accuracy}); err != nil {
		t.Fatal(err)
	}
	p.OpenProgram()
	p.Press("#go")
	p.Tap(".allow")
	p.Sees(".place", "人民广场")
	p.Shot("place")
	p.Tap(".sheet-close")
	p.Reads("shown: true")
	p.Tap(".sheet-foot button.wide")
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"at": "31.2304|121.4737|上海市", "chosen": "31.2304|上海市", "setting": "true"})
}

func TestTheClipboardIsWrittenAndReadAndTheDeviceShakes(t *testing.T) {
	p := openPhone(t, says(t, `await my.setClipboard({ text: '订单 42' });
		say('clip', (await my.getClipboard()).text);
		say('old', (await my.setClipboardData({ data: 'x' })).success);
		await my.vibrateShort();
		await my.vibrate();
		say('shook', true);
		say('net', (await my.getNetworkType()).networkAvailable);
		say('called', (await failing(my.makePhoneCall({ number: 'none' }))).error);
		say('stayed', (await failing(my.makePhoneCall({ number: '10086' }))).error);`), "", nil)
	p.grant("clipboard-read", "clipboard-write")
	p.OpenProgram()
	p.Press("#go")
	p.Tap(".allow")
	p.Sees(".dialog", "10086")
	p.Tap(".dialog .dialog-buttons button:first-child, .dialog button")
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"clip": "订单 42", "old": "true", "shook": "true", "net": "true", "called": "2", "stayed": "11"})
}

func TestAnOldCanvasDrawsAndGivesItsPicture(t *testing.T) {
	p := begin(t, `const g = my.createCanvasContext('c');
		g.setFillStyle('#ff0000');
		g.fillRect(0, 0, 30, 40);
		g.setFontSize(20);
		g.fillStyle = 'rgb(0,0,255)';
		g.fillRect(30, 0, 30, 40);
		await new Promise((done) => g.draw(false, done));
		const pixel = async (x, y) => [...(await g.getImageData({ x, y, width: 1, height: 1 })).data.slice(0, 4)].join();
		say('left', await pixel(5, 5));
		say('right', await pixel(40, 5));
		await g.putImageData({ x: 0, y: 0, width: 1, height: 1, data: new Uint8ClampedArray([0, 255, 0, 255]) });
		say('put', await pixel(0, 0));
		const file = await my.canvasToTempFilePath({ canvasId: 'c' });
		const size = await my.getImageInfo({ src: file.apFilePath });
		say('file', size.width + 'x' + size.height);
		const own = await g.toTempFilePath({ x: 0, y: 0, width: 10, height: 10 });
		say('own', (await my.getImageInfo({ src: own.apFilePath })).width);
		say('measured', g.measureText('abc').width > 10);`)
	p.Reads("end: of steps")
	wantSaid(t, p.said(), map[string]string{"left": "255,0,0,255", "right": "0,0,255,255", "put": "0,255,0,255", "file": "60x40", "own": "10", "measured": "true"})
}

func TestAWebViewTalksWithItsProgram(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><h1>Elsewhere</h1><script>
			addEventListener('message', (e) => parent.postMessage({ heard: e.data }, '*'));
			parent.postMessage({ hello: 1 }, '*');</script>`))
	}))
	t.Cleanup(site.Close)
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["p", "w"]}
-- app.js --
App({ said: [] });
-- p.axml --
<view id="go" onTap="go">go</view><view a:for="{{said}}">{{item}}</view>
-- p.js --
Page({ data: { said: [] }, go() { my.navigateTo({ url: '/w' }); }, onShow() { this.setData({ said: getApp().said }); } });
-- w.axml --
<web-view id="w" src="`+site.URL+`/" onMessage="hear" onLoad="loaded"/>
-- w.js --
Page({
  loaded() { getApp().said.push('loaded: true'); my.createWebViewContext('w').postMessage({ n: 7 }); },
  hear(e) { getApp().said.push('message: ' + JSON.stringify(e.detail)); if (e.detail.heard) my.navigateBack(); },
});
`), "", nil)
	p.OpenProgram()
	p.Press("#go")
	p.Reads(`message: {"heard":{"n":7}}`)
	p.Reads(`message: {"hello":1}`)
	p.Reads("loaded: true")
	p.Misses("iframe.web-view")
}

func TestACameraOnThePageReadsCodesAndTakesNoPhotosMeanwhile(t *testing.T) {
	p := openPhone(t, handset.Folder(t, `-- app.json --
{"pages": ["p"]}
-- p.axml --
<camera id="c" mode="scanCode" style="width: 300px; height: 300px" onScanCode="read" onError="read"/><view a:for="{{said}}">{{item}}</view>
-- p.js --
Page({
  data: { said: [] },
  read(e) {
    if (this.data.said.length) return;
    this.setData({ said: [e.type + ': ' + e.detail.result] });
    my.createCameraContext('c').takePhoto({ fail: (f) => this.setData({ said: [...this.data.said, 'photo: ' + f.error] }) });
  },
});
`), "", nil)
	p.OpenProgram()
	p.Tap(".allow")
	p.Reads("scanCode: "+cameraSees, "photo: 1009")
}
