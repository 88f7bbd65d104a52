package my_test

import (
	"context"
	"strings"
	"testing"

	"souk/conformance/chrome"
	"souk/kit/db"
	"souk/platform/demo"
	"souk/platform/wallet"
)

// page evaluates in the shell's own page, as the device would speak to it.
func (p *phone) page(expression string) {
	p.T.Helper()
	if _, err := chrome.JS[bool](p.Tab, `(() => { `+expression+`; return true; })()`); err != nil {
		p.T.Fatal(err)
	}
}

func TestACodeIsDrawnThatAReaderReads(t *testing.T) {
	p := begin(t, `const { image } = await my.generateImageFromCode({ code: 'https://souk.example/table/9', format: 'QRCODE', width: 240, correctLevel: 'H', codeColor: '#0f4a48' });
		say('kind', image.slice(0, 22));
		say('size', (await my.getImageInfo({ src: image })).width);
		say('none', (await failing(my.generateImageFromCode({ code: '', width: 100 }))).error);
		say('bar', (await failing(my.generateImageFromCode({ code: 'x', format: 'BARCODE', width: 100 }))).error);
		say('wide', (await failing(my.generateImageFromCode({ code: 'x', width: 1e6 }))).error);
		my.previewImage({ urls: [image] });`)
	p.Sees(".preview-count", "1 / 1")
	read, err := chrome.JS[string](p.Tab, `(async () => {
		const img = document.querySelector('.preview img'); await img.decode();
		const c = document.createElement('canvas'); c.width = img.naturalWidth; c.height = img.naturalHeight; c.getContext('2d').drawImage(img, 0, 0);
		const r = await fetch('/my/`+string(p.App)+`/decode', { method: 'POST', headers: { 'X-Souk': '1', 'Content-Type': 'application/json' }, body: JSON.stringify({ data: c.toDataURL('image/png').split(',')[1] }) });
		return (await r.json()).data.text; })()`)
	if err != nil || read != "https://souk.example/table/9" {
		t.Errorf("a reader read %q (%v)", read, err)
	}
	p.Shot("code")
	p.Tap(".preview .scan-close")
	p.ends(map[string]string{"kind": "data:image/png;base64,", "size": "240", "none": "102", "bar": "102", "wide": "102"})
}

func TestSensorsTellTheProgramInFront(t *testing.T) {
	p := open(t, `const first = (name, start) => new Promise((done) => { const on = (r) => { my['off' + name + 'Change'](on); done(r); }; my['on' + name + 'Change'](on); });
		const acceleration = await first('Accelerometer');
		say('acceleration', [acceleration.x, acceleration.y, acceleration.z].join());
		const turn = await first('Gyroscope');
		say('turn', [turn.x, turn.y, turn.z].map((n) => n.toFixed(3)).join());
		const motion = await first('DeviceMotion');
		say('motion', [motion.alpha, motion.beta, motion.gamma].map((n) => n.toFixed(3)).join());
		say('north', (await first('Compass')).direction);
		await new Promise((done) => my.startAccelerometer({ interval: 'game', complete: done }));
		await my.stopAccelerometer();
		say('shaken', (await my.watchShake()).success);
		say('able', my.canIUse('startAccelerometer') && my.canIUse('onCompassChange'));`, "", "")
	// A phone that moves, at first gently and then shaken. What Chromium tells of this machine, which has no sensors, is held back.
	p.page(`for (const type of ['devicemotion', 'deviceorientation', 'deviceorientationabsolute']) addEventListener(type, (e) => e.isTrusted && e.stopImmediatePropagation(), true);
		let n = 0; setInterval(() => { const force = ++n > 60 ? 40 : 1;
		dispatchEvent(new DeviceMotionEvent('devicemotion', { acceleration: { x: 1, y: 2, z: 3 }, accelerationIncludingGravity: { x: force, y: 2, z: 9.5 }, rotationRate: { alpha: 180, beta: 90, gamma: -90 }, interval: 16 }));
		for (const type of ['deviceorientation', 'deviceorientationabsolute']) dispatchEvent(new DeviceOrientationEvent(type, { alpha: 90, beta: 45, gamma: -45, absolute: true })); }, 50)`)
	p.Press("#go")
	p.ends(map[string]string{"acceleration": "1,2,9.5", "turn": "1.571,-1.571,3.142", "motion": "1.571,0.785,-0.785", "north": "270", "shaken": "true", "able": "true"})
}

func TestADeviceWithoutASensorSaysSo(t *testing.T) {
	p := begin(t, `say('none', (await failing(my.startGyroscope())).error);
		say('contacts', (await failing(my.choosePhoneContact())).error);
		say('unable', [my.canIUse('choosePhoneContact'), my.canIUse('setScreenBrightness'), my.canIUse('openBluetoothAdapter'), my.canIUse('getLocalIPAddress')].join());
		for (const name of ['setScreenBrightness', 'getScreenBrightness', 'openBluetoothAdapter', 'startWifi', 'getLocalIPAddress', 'isScreenReaderEnabled', 'getRunData', 'paySignCenter', 'closeBluetoothAdapter', 'getBluetoothAdapterState', 'startBluetoothDevicesDiscovery',
			'stopBluetoothDevicesDiscovery', 'getBluetoothDevices', 'connectBLEDevice', 'disconnectBLEDevice', 'startBeaconDiscovery', 'createRewardedAd']) {
			if (name === 'createRewardedAd') { say(name, (await failing(my[name]().show())).error); continue; }
			const e = await failing(my[name]({}));
			if (e.error !== 4 || e.errorMessage.length < 10 || my.canIUse(name)) say('odd', name + JSON.stringify(e));
		}
		say('cloud', (await failing(my.createCloudContext({}).init())).error + ' ' + (await failing(my.createCloudContext({ env: 'e' }).getTempFileURL({}))).error);
		for (const name of ['navigateToFinance', 'updateAlipayClient']) say(name, (await failing(my.ap[name]({}))).error);
		my.onUserCaptureScreen(() => {}); my.offUserCaptureScreen();
		say('capture', my.canIUse('onUserCaptureScreen'));`)
	p.Reads("end: of steps")
	if strings.Contains(p.Text(), "odd:") {
		t.Errorf("a function that cannot work does not say so as the others do: %s", p.Text())
	}
	p.ends(map[string]string{"none": "4", "contacts": "4", "unable": "false,false,false,false", "createRewardedAd": "4", "cloud": "2 4",
		"navigateToFinance": "4", "updateAlipayClient": "4", "capture": "false"})
}

func TestTheBatteryIsToldAtOnceAndTheScreenStaysOn(t *testing.T) {
	p := begin(t, `const b = my.getBatteryInfoSync();
		say('sync', typeof b.level + ' ' + typeof b.isCharging);
		say('same', (await my.getBatteryInfo()).level === b.level);
		await my.setKeepScreenOn({ keepScreenOn: true });
		await my.setKeepScreenOn({ keepScreenOn: false });
		say('kept', true);
		say('sources', (await my.getAvailableAudioSources()).audioSources.join());`)
	p.ends(map[string]string{"sync": "number boolean", "same": "true", "kept": "true", "sources": "auto,mic"})
}

func TestPeopleAreChosenByThePersonAlone(t *testing.T) {
	p := open(t, `const { contacts } = await my.chooseAlipayContact({ count: 1 });
		say('chosen', contacts.length + ' ' + contacts[0].mobile.includes('****') + ' ' + (contacts[0].userId.length > 8));
		const many = await my.chooseContact({ chooseType: 'multi', multiChooseMax: 3 });
		say('many', many.contactsDicArray[0].realName === contacts[0].realName);
		say('left', (await failing(my.chooseContact({ chooseType: 'single' }))).error);
		say('bad', (await failing(my.chooseContact({}))).error);
		await my.addPhoneContact({ firstName: '夏', lastName: '林', mobilePhoneNumber: '13800000000' });
		say('added', true);
		say('nameless', (await failing(my.addPhoneContact({}))).error);`, "", "")
	if err := p.DB.Write(context.Background(), func(tx *db.Tx) error {
		return wallet.Transfer(context.Background(), tx, wallet.Request{Person: demo.People[0].ID, Amount: 100, Key: "lunch", Title: "lunch"}, demo.People[1].ID)
	}); err != nil {
		t.Fatal(err)
	}
	p.Press("#go")
	p.Sees(".contacts", "****")
	p.Shot("contacts")
	p.Tap(".layer:not(.out) .contact")
	p.Reads("chosen:")
	p.Tap(".layer:not(.out) .contact")
	p.Tap(".layer:not(.out) .sheet-foot .wide")
	p.Reads("many:")
	p.Tap(".layer:not(.out) .sheet-close")
	p.Tap(".layer:not(.out) .dialog-buttons .strong")
	p.ends(map[string]string{"chosen": "1 true true", "many": "true", "left": "11", "bad": "2", "added": "true", "nameless": "2"})
}

func TestSoundIsRecordedPausedAndKept(t *testing.T) {
	p := begin(t, `const r = my.getRecorderManager(), seen = [];
		r.onStart(() => seen.push('start')); r.onPause(() => seen.push('pause')); r.onResume(() => seen.push('resume'));
		const stopped = new Promise((done) => r.onStop(done)), refused = new Promise((done) => r.onError(done));
		r.start({ duration: 60000, format: 'mp3' });
		await until(() => seen.includes('start'));
		r.start({});
		say('twice', (await refused).error);
		r.pause(); await until(() => seen.includes('pause'));
		r.resume(); await until(() => seen.includes('resume'));
		await pause(300);
		r.stop();
		const got = await stopped;
		say('seen', seen.join());
		say('file', got.tempFilePath.startsWith('https://resource/tmp/') + ' ' + (got.fileSize > 100) + ' ' + (got.duration > 0));
		say('info', (await my.getFileInfo({ apFilePath: got.tempFilePath })).size === got.fileSize);
		const sound = my.createInnerAudioContext();
		const can = new Promise((done) => { sound.onCanplay(() => done('plays')); sound.onError((e) => done(e.errorMessage || e.error)); });
		sound.src = got.tempFilePath;
		say('sound', await can);`)
	p.Tap(".allow")
	p.ends(map[string]string{"twice": "4", "seen": "start,pause,resume", "file": "true true true", "info": "true", "sound": "plays"})
}
