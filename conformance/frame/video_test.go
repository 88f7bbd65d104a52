package frame_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// film gives the page window.film, the address of a video of some two seconds, 160 × 90, made by the browser's own recorder. Such a file does not say
// how long it is.
const film = `const c = document.createElement("canvas"); c.width = 160; c.height = 90; const g = c.getContext("2d");
	const r = new MediaRecorder(c.captureStream(25), { mimeType: "video/webm" }), parts = [];
	r.ondataavailable = (e) => parts.push(e.data);
	const done = new Promise((ok) => { r.onstop = ok; });
	r.start();
	for (let n = 0; n < 40; n++) {
		g.fillStyle = "hsl(" + n * 7 + " 60% 45%)"; g.fillRect(0, 0, 160, 90); g.fillStyle = "#fff"; g.font = "40px sans-serif"; g.fillText(n, 60, 60);
		await new Promise((ok) => setTimeout(ok, 40));
	}
	r.stop(); await done;
	window.film = URL.createObjectURL(new Blob(parts, { type: "video/webm" }));`

// sound gives it a file of exactly two and a half seconds, without a picture: how long the recorder's films are depends on the machine.
const sound = `const rate = 8000, wav = new Uint8Array(44 + rate * 2.5).fill(128), v = new DataView(wav.buffer), word = (at, s) => wav.set([...s].map((c) => c.charCodeAt(0)), at);
	word(0, "RIFF"); v.setUint32(4, wav.length - 8, true); word(8, "WAVEfmt "); v.setUint32(16, 16, true); v.setUint16(20, 1, true); v.setUint16(22, 1, true); v.setUint32(24, rate, true);
	v.setUint32(28, rate, true); v.setUint16(32, 1, true); v.setUint16(34, 8, true); word(36, "data"); v.setUint32(40, wav.length - 44, true);
	window.film = URL.createObjectURL(new Blob([wav], { type: "audio/wav" }));`

const heardOfVideo = `[0, "play", 0], [0, "pause", 0], [0, "userAction", 0], [0, "fullScreenChange", 0], [0, "renderStart", 0], [0, "error", 0]`

// openVideo shows a video with these attributes, the film or the sound as its source.
func openVideo(t *testing.T, source, attributes, events string) *phone {
	t.Helper()
	p := open(t, `a_video { width: 100%; height: 220px; }`, view(`{ path: "pages/index/index.axml", blocks: [ { n: [["video", { id: "v", `+attributes+` }, ["cover-view", { id: "over", style: "position:absolute;left:8px;top:8px;width:60px;height:20px" }, "live"]],
		["view", { id: "below", style: "height:2000px" }, "below"]], h: [[1, 0, "src"], [1, 0, "x"]], e: [`+events+`], r: [] } ] }`))
	p.do(source)
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [window.film, null]]])`)
	p.wait(`t.$("#v video")?.readyState >= 1`)
	return p
}

const (
	actions = `t.events.filter((m) => m[1] === "userAction").map((m) => m[3].detail.tag + m[3].detail.value)`
	idle    = `t.$(".souk-video-in").hasAttribute("data-idle")`
	bar     = ".souk-video-bar > button"
)

func TestAVideosControlsPlayMuteAndFade(t *testing.T) {
	p := openVideo(t, sound, `poster: "/picture.svg", "poster-size": "cover", "show-thin-progress-bar": "true", loop: "true"`, heardOfVideo)
	p.want(`[t.$(".souk-video-poster").style.backgroundSize, /picture.svg/.test(t.$(".souk-video-poster").style.backgroundImage), t.$(".souk-video-poster").hidden]`, `["cover",true,false]`)
	p.want(`t.$("#v video").controls`, `false`)
	p.shoot("video-before")
	p.tap(".souk-video-big")
	p.wait(`t.$("#v video").currentTime > 0.3`)
	p.want(`[t.$(".souk-video-poster").hidden, t.$(".souk-video-big").hidden, t.$(".souk-video-bar > span:last-of-type").textContent]`, `[true,true,"00:02"]`)
	p.want(`[...t.root().querySelectorAll(".souk-video-bar > button")].map((b) => b.ariaLabel)`, `["pause","mute","full screen"]`)
	p.shoot("video-playing")
	p.wait(idle) // nobody touches it
	p.wait(`getComputedStyle(t.$(".souk-video-bar")).visibility === "hidden" && getComputedStyle(t.$(".souk-video-thin")).display === "block"`)
	p.shoot("video-idle")
	p.tap("#v")
	p.wait(`!` + idle)
	p.tap(bar + ":nth-of-type(2)")
	p.want(`[t.$("#v video").muted, t.$(".souk-video-bar > button:nth-of-type(2)").ariaLabel]`, `[true,"unmute"]`)
	p.tap(bar)
	p.wait(`t.$("#v video").paused && t.events.some((m) => m[1] === "pause")`)
	p.want(actions, `["centerplay1","mute1","play0"]`)
	p.want(`t.events.filter((m) => /^(play|pause|renderStart)$/.test(m[1])).map((m) => m[1] + " " + m[3].detail.videoDuration)`, `["play 2.5","renderStart 2.5","pause 2.5"]`)
	p.want(`document.elementFromPoint(20, 18) && t.root().elementFromPoint(20, 18).id`, `"over"`) // a cover-view lies over the picture
}

func TestAVideoGoesWhereTheFingerPointsAndByKeys(t *testing.T) {
	p := openVideo(t, sound, ``, heardOfVideo)
	const at = `t.$("#v video").currentTime`
	p.want(`["aria-valuemin", "aria-valuemax", "role"].map((a) => t.$(".souk-video-rail").getAttribute(a))`, `["0","3","slider"]`)
	p.click(".souk-video-rail")
	p.wait(`Math.abs(` + at + ` - 1.25) < 0.05`)
	p.want(`t.$(".souk-video-rail").ariaValueText`, `"00:01 / 00:02"`)
	p.wait(`t.shell.some((m) => m.k === "group" && m.name === "video-more")`)
	p.do(`await new Promise((r) => setTimeout(r, 100))`)
	p.drag(".souk-video-rail", -40, 0)
	p.wait(at + " > 0.4 && " + at + " < 1")
	p.do(`t.$(".souk-video-rail").focus()`)
	p.key("ArrowRight") // by five seconds, which is beyond the end
	p.wait(at + " > 2.4")
	p.key("ArrowLeft")
	p.wait(at + " < 0.01")
	p.do(`t.$(".souk-video-in").focus()`)
	p.key(" ")
	p.wait(`!t.$("#v video").paused`)
	p.key(" ")
	p.wait(`t.$("#v video").paused`)
	p.key("ArrowDown")
	p.want(`Math.round(t.$("#v video").volume * 10)`, `9`)
	p.do(`t.$(".souk-video-bar > button").focus()`)
	p.key("Enter")
	p.wait(`!t.$("#v video").paused`)
}

func TestAVideoFillsTheScreenTurnedAndIsSweptThrough(t *testing.T) {
	p := openVideo(t, film, `duration: "2", "enable-progress-gesture": "true"`, heardOfVideo)
	p.click(bar + ":last-of-type")
	p.wait(`t.root().fullscreenElement?.className === "souk-video" && t.$(".souk-video-in").dataset.turn === "90"`)
	p.want(`(() => { const r = t.$(".souk-video-in").getBoundingClientRect(); return [Math.round(r.width), Math.round(r.height)].join() === [innerWidth, innerHeight].join(); })()`, `true`)
	p.shoot("video-wide")
	p.drag("#v video", 0, 300) // along the turned picture
	p.wait(`t.$("#v video").currentTime > 0.5`)
	p.want(`t.$(".souk-video-hint").textContent`, `""`)
	p.click(bar + ":last-of-type")
	p.wait(`!t.root().fullscreenElement && !t.$(".souk-video-in").hasAttribute("data-wide")`)
	p.want(`t.events.filter((m) => m[1] === "fullScreenChange").map((m) => [m[3].detail.fullScreen, m[3].detail.direction])`, `[[true,"horizontal"],[false,"horizontal"]]`)
	p.wait(actions + `.join() === "fullscreen1,fullscreen0"`)
	// By the program, upright; a browser that refuses lets the frame be filled at least.
	p.do(`Element.prototype.requestFullscreen = () => Promise.reject(new TypeError("refused"))`)
	p.want(`t.call("video", 1, "v", "requestFullScreen", { direction: 0 })`, `null`)
	p.wait(`t.$(".souk-video").matches(":popover-open") && t.$(".souk-video-in").dataset.turn === ""`)
	p.want(`t.$(".souk-video").getBoundingClientRect().height === innerHeight`, `true`)
	p.want(`t.call("video", 1, "v", "exitFullScreen")`, `null`)
	p.want(`[t.$(".souk-video").popover, Math.round(t.$(".souk-video").getBoundingClientRect().height), t.events.filter((m) => m[1] === "fullScreenChange").at(-2)[3].detail.direction]`, `[null,220,"vertical"]`)
}

func TestOnlyTheControlsThatAProgramWantsAreThere(t *testing.T) {
	p := openVideo(t, sound, `"show-play-btn": false, "show-mute-btn": false, "show-fullscreen-btn": false, "show-center-play-btn": false`, ``)
	p.want(`[...t.root().querySelectorAll(".souk-video-in button")].filter((b) => b.checkVisibility()).length`, `0`)
	p.want(`t.call("video", 1, "v", "showControl", { controlName: "centerplay" })`, `null`)
	p.want(`t.$(".souk-video-big").checkVisibility()`, `true`)
	p.want(`t.call("video", 1, "v", "hideControl", { controlName: "controls" })`, `null`)
	p.want(`t.$(".souk-video-bar").hidden`, `true`)
	if got := p.get(`t.call("video", 1, "v", "showControl", { controlName: "nonsense" })`); !strings.Contains(got, "controlName is one of play") {
		t.Errorf("got %s", got)
	}
	p.want(`t.call("video", 1, "v", "updateQualityList", { urls: JSON.stringify([{ definition: "HD", url: window.film + "#hd" }]) })`, `null`)
	p.want(`t.call("video", 1, "v", "switchQuality", { quality: "HD" })`, `null`)
	p.wait(`/#hd$/.test(t.$("#v video").src)`)
	if got := p.get(`t.call("video", 1, "v", "switchQuality", { quality: "4K" })`); !strings.Contains(got, "there is no quality 4K") {
		t.Errorf("got %s", got)
	}
}

func TestAVideoAsksBeforeItCostsMobileData(t *testing.T) {
	p := openVideo(t, sound, `duration: "75", "mobilenet-hint-type": "2"`, heardOfVideo)
	p.do(`Object.defineProperty(navigator, "connection", { value: { type: "cellular" }, configurable: true });
		await t.ops([[2, 2, 0, "/nothing.webm"]])`) // an address of the network, other than a file that is here already
	p.wait(`t.take().some((m) => m[1] === "error")`)
	p.want(`t.call("video", 1, "v", "play")`, `null`)
	p.want(`[t.$(".souk-video-note").checkVisibility(), t.$("#v video").paused]`, `[true,true]`)
	p.want(`t.$(".souk-video-bar > span:last-of-type").textContent`, `"01:15"`) // as the program says, where the file says nothing
	p.shoot("video-mobile")
	p.click(".souk-video-note > button")
	p.wait(actions + `.join() === "mobilenetplay1"`)
	p.wait(`t.events.some((m) => m[1] === "error")`)
	p.want(`t.events.find((m) => m[1] === "error")[3].detail.errorCode`, `1006`)
	p.wait(`t.$(".souk-video-note > button").textContent === "Try again"`)
	p.shoot("video-error")
	p.click(".souk-video-note > button")
	p.wait(actions + `.at(-1) === "retry1"`)
}

func TestAVideoFloatsWhileItsPlaceIsOutOfSight(t *testing.T) {
	p := openVideo(t, film, `loop: "true", "floating-mode": "page"`, heardOfVideo)
	p.tap(".souk-video-big")
	p.wait(`!t.$("#v video").paused`)
	const scroll = `document.querySelector(".souk-page.shown .souk-scroll").scrollTop`
	p.do(scroll + ` = 900`)
	p.wait(`t.$(".souk-video").matches(":popover-open[data-float]")`)
	p.shoot("video-floating")
	p.drag("#v video", -60, -80)
	p.wait(`t.$(".souk-video").style.translate === "-60px -80px"`)
	p.do(scroll + ` = 0`)
	p.wait(`!t.$(".souk-video").hasAttribute("data-float") && t.$(".souk-video").getBoundingClientRect().width === innerWidth`)
	p.do(scroll + ` = 900`)
	p.wait(`t.$(".souk-video[data-float]")`)
	p.click(".souk-video-close")
	p.wait(`t.$("#v video").paused && !t.$(".souk-video[data-float]")`)
}

func TestATapOnAVideoSaysWhereInIt(t *testing.T) {
	p := openVideo(t, sound, `style: "margin:30px 10px"`, `[0, "tap", 0]`)
	p.touch(input.DispatchTouchEventTypeTouchStart, point{50, 60})
	p.touch(input.DispatchTouchEventTypeTouchEnd)
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().filter((m) => m[1] === "tap").map((m) => m[3].detail.ptInView)`, `[{"x":40,"y":30}]`)
}
