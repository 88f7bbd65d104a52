package my_test

import (
	"testing"

	"souk/conformance/handset"
)

// cameraOnThePage waits until the camera's own element draws what the device sees: the device of the tests is not black.
func (p *phone) cameraOnThePage() {
	p.T.Helper()
	p.Until("a picture in the camera", func() bool {
		drawn, err := handset.Inside[bool](p.Phone, `const c = find('canvas.souk-camera')[0]; if (!c) return false;
			const pen = document.createElement('canvas').getContext('2d'); pen.drawImage(c, 0, 0, 8, 8);
			const pixels = pen.getImageData(0, 0, 8, 8).data; return pixels.some((n, i) => i % 4 < 3 && n > 60);`)
		return err == nil && drawn
	})
}

func TestTheCameraShowsWhatItSeesAndTakesPhotosAndFilms(t *testing.T) {
	p := open(t, `const told = (type) => (page.heard || []).filter(([t]) => t === type);
		await until(() => told('ready').length === 1);
		say('ready', told('ready')[0][1].maxZoom >= 1);
		const c = my.createCameraContext('cam');
		const photo = await c.takePhoto({ quality: 'high' });
		const size = await my.getImageInfo({ src: photo.tempImagePath });
		say('photo', photo.tempImagePath.startsWith('https://resource/tmp/') + ' ' + (size.width > 100));
		let film = { size: 0 }, twice;
		while (!film.size) {
			await c.startRecord({ timeout: 60 });
			twice = await failing(c.startRecord({}));
			await pause(500);
			film = await my.createCameraContext('cam').stopRecord();
		}
		const kept = await my.getVideoInfo({ src: film.tempVideoPath });
		say('film', [film.duration > 0, kept.width === film.width, (await my.getFileInfo({ apFilePath: film.tempVideoPath })).size === film.size, film.width === size.width].join());
		say('thumb', (await my.getImageInfo({ src: film.tempThumbPath })).width === size.width);
		say('refused', [twice.error, (await failing(c.stopRecord())).error, (await failing(c.setZoom({ zoom: 99 }))).error, (await failing(my.createCameraContext('other').takePhoto())).error].join());
		const frames = [];
		const frame = await new Promise((done) => { const on = c.onCameraFrame((f) => { frames.push(f); if (frames.length === 2) on.stop({ success: () => done(f) }); }); on.start(); });
		say('frame', [frame.width, frame.height, frame.data instanceof ArrayBuffer, frame.data.byteLength === 4 * 360 * 640].join());
		const late = new Promise((done) => c.startRecord({ timeout: 1, timeoutCallback: done }));
		say('late', (await late).tempVideoPath.startsWith('https://resource/tmp/'));
		await my.navigateTo({ url: '/q' });
		await until(() => told('stop').length === 1);
		await my.navigateBack();
		await until(() => told('ready').length === 2);
		say('errors', told('error').length);`,
		`<camera id="cam" device-position="front" flash="off" outputDimension="360P" frame-size="small" style="width: 200px; height: 150px" onReady="hear" onStop="hear" onError="hear"><cover-view>over it</cover-view></camera>`, "")
	p.Tap(".allow")
	p.cameraOnThePage()
	p.Sees(".program.filmed .bar", "")
	p.Shot("camera")
	p.Press("#go")
	p.Tap(".allow") // the microphone
	p.ends(map[string]string{"ready": "true", "photo": "true true", "film": "true,true,true,true", "thumb": "true", "refused": "7,1000,2,1000",
		"frame": "360,640,true,true", "late": "true", "errors": "0"})
	p.cameraOnThePage()
}

func TestACameraThatIsNotAllowedSaysSo(t *testing.T) {
	p := open(t, `await until(() => page.heard);
		say('error', page.heard[0][0] + ' ' + page.heard[0][1].errorCode);
		say('photo', (await failing(my.createCameraContext('cam').takePhoto())).error);
		say('able', [my.canIUse('createCameraContext'), my.canIUse('camera'), my.canIUse('camera.onReady'), my.canIUse('camera.device-position')].join());`,
		`<camera id="cam" onError="hear" onReady="hear"/>`, "")
	p.Tap(".deny")
	p.Press("#go")
	p.ends(map[string]string{"error": "error 1004", "photo": "2001", "able": "true,true,true,true"})
	p.Misses(".filmed")
}
