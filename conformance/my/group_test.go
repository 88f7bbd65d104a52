package my_test

import (
	"fmt"
	"strings"
	"testing"

	"souk/conformance/handset"
)

// Each group of functions is loaded by a program that calls one of them; what is in none of its groups is not there.
func TestAProgramHasTheGroupsOfFunctionsThatItCalls(t *testing.T) {
	names := strings.Fields(`getFileSystemManager createCanvasContext createOffscreenCanvas canvasToTempFilePath createVideoContext createMapContext
		createWebViewContext createInnerAudioContext getBackgroundAudioManager connectSocket sendSocketMessage closeSocket onSocketOpen offSocketOpen
		onSocketMessage offSocketMessage onSocketError offSocketError onSocketClose offSocketClose startAccelerometer stopAccelerometer
		onAccelerometerChange offAccelerometerChange startGyroscope stopGyroscope onGyroscopeChange offGyroscopeChange startCompass stopCompass
		onCompassChange offCompassChange onDeviceMotionChange offDeviceMotionChange watchShake getRecorderManager createAnimation rsa`)
	var able, there []string
	for _, name := range names {
		able = append(able, fmt.Sprintf("my.canIUse('%s')", name))
		there = append(there, "typeof my."+name)
	}
	p := begin(t, fmt.Sprintf(`say('able', [%s].every(Boolean)); say('functions', [%s].every((kind) => kind === 'function'));`, strings.Join(able, ", "), strings.Join(there, ", ")))
	p.ends(map[string]string{"able": "true", "functions": "true"})
	p = begin(t, `say('able', my.canIUse('rsa') && my.canIUse('createAnimation')); say('called', typeof my.createAnimation); say('table', Object.keys(my.createAnimation()).length > 20);`)
	p.ends(map[string]string{"able": "true", "called": "function", "table": "true"})
	p = begin(t, `const any = my; say('any', ['rsa', 'getFileSystemManager', 'connectSocket', 'watchShake'].map((name) => typeof any[name]).join());`)
	p.ends(map[string]string{"any": "function,function,function,function"})
}

// Parts of the worker that are no function of my come by the words that mean them.
func TestAProgramHasTheSeldomPartsOfTheWorkerThatItNames(t *testing.T) {
	p := open(t, `const box = this.selectComponent('#outer');
		say('related', box.getRelationNodes('./inner').map((one) => one.is));
		this.createSelectorQuery().select('#go').boundingClientRect((r) => { this.width = r.width; }).exec();
		await until(() => this.width !== undefined);
		say('measured', this.width > 0);
		say('absent', typeof my.openCardList + ' ' + typeof my.ap.openURL + ' ' + my.canIUse('openCardList') + ' ' + my.canIUse('startWifi'));`,
		`<import-sjs name="m" from="./m.sjs"/><outer id="outer"><inner/></outer><view id="mark" onTap="{{m.mark}}">mark me</view>`,
		`-- p.json --
{"usingComponents": {"outer": "./outer", "inner": "./inner"}}
-- m.sjs --
export default { mark(event) { event.instance.setStyle({ outline: '3px solid red' }); } };
-- outer.json --
{"component": true}
-- outer.axml --
<view class="outer"><slot/></view>
-- outer.js --
Component({ options: { relations: true }, relations: { './inner': { type: 'child' } } });
-- inner.json --
{"component": true}
-- inner.axml --
<text>inside</text>
-- inner.js --
Component({ options: { relations: true }, relations: { './outer': { type: 'parent' } } });
`)
	p.Press("#go")
	p.ends(map[string]string{"related": `["inner"]`, "measured": "true", "absent": "function function true false"})
	p.Press("#mark")
	p.Until("the mark that a handler in SJS made", func() bool {
		made, err := handset.Inside[bool](p.Phone, `return find('#mark')[0].style.outlineStyle === 'solid';`)
		return err == nil && made
	})
}
