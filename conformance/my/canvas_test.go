package my_test

import "testing"

func TestAChartLibraryScalesOnceAndDrawsAgainAndAgain(t *testing.T) {
	p := open(t, `const g = my.createCanvasContext('c');
		const draw = () => new Promise((done) => g.draw(false, done));
		const pixel = async (x, y) => [...(await g.getImageData({ x, y, width: 1, height: 1 })).data.slice(0, 4)].join();
		g.scale(2, 2);
		g.setFillStyle('#ff0000');
		g.fillRect(0, 0, 5, 5);
		await draw();
		say('first', await pixel(8, 8));
		g.fillRect(10, 0, 5, 5);
		await draw();
		say('scaled', await pixel(28, 8));
		say('emptied', await pixel(8, 8));
		g.setLineDash([4, 2]);
		say('dash', g.getLineDash());
		g.drawImage('/dot.svg', 0, 0, 20, 20);
		await draw();
		say('picture', await pixel(39, 39));
		say('url', (await g.toDataURL({ x: 0, y: 0, width: 10, height: 10 })).slice(0, 14));
		const gradient = g.createLinearGradient(0, 0, 40, 0); gradient.addColorStop(0, '#00ff00'); gradient.addColorStop(1, '#00ff00');
		g.fillStyle = gradient; g.fillRect(0, 0, 20, 20);
		await new Promise((done) => g.draw(true, done));
		say('gradient', await pixel(10, 10));`, `<canvas id="c" width="60" height="60" style="width:60px;height:60px"/>`, "-- dot.svg --\n"+redDot)
	p.Press("#go")
	p.ends(map[string]string{"first": "255,0,0,255", "scaled": "255,0,0,255", "emptied": "0,0,0,0", "dash": "[4,2]", "picture": "255,0,0,255", "url": "data:image/png", "gradient": "0,255,0,255"})
}

// redDot is a picture as text, since txtar holds no bytes.
const redDot = `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4" fill="#f00"/></svg>
`

func TestACanvasNodeIsAskedForBeforeItsCodeIsThere(t *testing.T) {
	p := open(t, `await shown({ late: true });
		const [box] = await new Promise((done) => my.createSelectorQuery().select('#late').boundingClientRect().exec(done));
		say('box', box.width > 0 && box.height === 80);
		const [{ node }] = await new Promise((done) => my.createSelectorQuery().select('#late').node().exec(done));
		const g = node.getContext('2d');
		g.fillStyle = '#0000ff'; g.fillRect(0, 0, 50, 50);
		say('measured', g.measureText('abc').width > 5);
		say('sync', thrown(() => node.toDataURL()).error + ' ' + thrown(() => g.getImageData(0, 0, 1, 1)).error);
		await pause(100);
		const file = await my.canvasToTempFilePath({ canvas: node });
		say('file', (await my.getImageInfo({ src: file.tempFilePath })).width > 0);
		const off = my.createOffscreenCanvas({ width: 4, height: 4 });
		const o = off.getContext('2d'); o.fillStyle = '#ff00ff'; o.fillRect(0, 0, 4, 4);
		say('offscreen', [...o.getImageData(0, 0, 1, 1).data].join());`, `<view style="display:flex;flex-direction:column;align-items:center"><view><canvas a:if="{{late}}" id="late" type="2d" style="width:100%;height:80px"/></view></view>`, "")
	p.Press("#go")
	p.ends(map[string]string{"box": "true", "measured": "true", "sync": "4 4", "file": "true", "offscreen": "255,0,255,255"})
}
