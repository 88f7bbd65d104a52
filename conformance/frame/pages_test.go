package frame_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

const tall view = `{ path: "pages/index/index.axml", blocks: [ { n: [["view", { id: "top", style: "height:100px" }, "top"], ["view", { id: "mid", class: "box", style: "height:1500px;margin:10px" }, ["text", { class: "in" }, "inside"]], ["view", { id: "fixed", style: "position:fixed;left:0;bottom:0;height:40px;width:100%" }, "bar"]], h: [], e: [], r: [] } ] }`

func TestPagesKeepTheirScrollAndTellOfTheirEnd(t *testing.T) {
	p := open(t, `:host { background: rgb(1, 2, 3); }`, tall)
	p.do(showGallery + `t.take()`)
	p.want(`getComputedStyle(document.querySelector(".souk-scroll")).backgroundColor`, `"rgb(1, 2, 3)"`)
	p.want(`t.call("scrollTo", 1, { scrollTop: 300, duration: 0 })`, `null`)
	p.wait(`t.events.length === 1`)
	p.want(`t.take()`, `[[3,1,"scroll",{"scrollTop":300,"scrollHeight":1620}]]`)
	p.want(`t.$("#fixed").getBoundingClientRect().bottom`, `844`)
	p.do(`await t.ops([[0, 2, "pages/two/two"], [6, 2, "push"], [1, 2, 0, 0, 0, 0, 50, 1, []]])`)
	p.wait(`getComputedStyle(document.querySelectorAll(".souk-page")[0]).visibility === "hidden"`)
	p.do(`await t.ops([[6, 1, "pop"], [7, 2]])`)
	p.wait(`document.querySelectorAll(".souk-page").length === 1`)
	p.want(`document.querySelector(".souk-scroll").scrollTop`, `300`)
	p.do(`t.take(); await t.call("scrollTo", 1, { selector: "#fixed", duration: 50 }); await t.call("scrollTo", 1, { scrollTop: 5000 })`)
	p.wait(`t.events.some((m) => m[2] === "reachBottom")`)
	p.want(`t.take().filter((m) => m[2] === "reachBottom").length`, `1`)
}

func TestPullingDownRefreshesUntilTheProgramStops(t *testing.T) {
	p := open(t, "", tall)
	p.do(showGallery)
	p.do(`await t.call("hideKeyboard")`) // what a pull needs comes with the calls, after the first paint
	p.drag("#top", 0, 60)                // too short
	p.want(`t.take()`, `[]`)
	p.drag("#top", 0, 200)
	p.wait(`t.events.some((m) => m[2] === "pullDownRefresh")`)
	p.wait(`Math.round(t.$("#top").getBoundingClientRect().top) === 56`)
	p.shoot("pull")
	p.do(`await t.call("pullDown", 1, "stop")`)
	p.wait(`t.$("#top").getBoundingClientRect().top === 0`)
	p.do(`t.take(); await t.call("pullDown", 1, "start")`)
	p.want(`t.take()`, `[[3,1,"pullDownRefresh"]]`)
}

func TestQueriesMeasureWhatIsAsked(t *testing.T) {
	p := open(t, ``, tall)
	p.do(showGallery)
	p.want(`t.call("query", 1, [["#mid", 0, "rect"], [null, 0, "rect"], [null, 0, "scroll"], [".box .in", 1, "fields", { id: true, dataset: true, computedStyle: ["display"] }], ["view", 1, "fields", { id: true }], ["#none", 0, "rect"]])`,
		`[{"left":10,"top":110,"right":380,"bottom":1610,"width":370,"height":1500},{"left":0,"top":0,"right":390,"bottom":844,"width":390,"height":844},{"scrollLeft":0,"scrollTop":0,"scrollWidth":390,"scrollHeight":1620},`+
			`[{"at":[2,3],"id":"","display":"inline"}],[{"at":[2,0],"id":"top"},{"at":[2,2],"id":"mid"},{"at":[2,5],"id":"fixed"}],null]`)
	p.want(`t.call("query", 1, [["..bad", 0, "rect"]])`, `{"error":"\"..bad\" is not a selector"}`)
	p.want(`t.call("nothing")`, `{"error":"the frame has no call nothing"}`)
	p.want(`t.call("query", 77, [])`, `{"error":"page 77 is closed"}`)
}

func TestAnObserverTellsWhatComesIntoView(t *testing.T) {
	p := open(t, ``, tall)
	p.do(showGallery)
	p.do(`window.n = t.next + 1; await t.call("observe", 1, { selector: "#top", thresholds: [0, 0.5, 1] })`)
	p.wait(`t.answers[n].length >= 2`)
	p.do(`await t.call("scrollTo", 1, { scrollTop: 400 })`)
	p.wait(`t.answers[n].some((a) => a.intersectionRatio === 0)`)
	p.want(`t.answers[n].filter((a) => "intersectionRatio" in a).map((a) => [a.at, a.id, a.intersectionRatio])`, `[[[2,0],"top",1],[[2,0],"top",0]]`)
}

func TestAppearEventsComeOncePerCrossing(t *testing.T) {
	p := open(t, ``, view(`{ path: "pages/index/index.axml", blocks: [ { n: [["view", { id: "a", style: "height:100px" }], ["view", { style: "height:2000px" }]], h: [], e: [[0, "appear", 0], [0, "disappear", 0], [0, "firstAppear", 0]], r: [] } ] }`))
	p.do(showGallery)
	p.wait(`t.events.length === 2`)
	p.do(`await t.call("scrollTo", 1, { scrollTop: 300 })`)
	p.wait(`t.events.some((m) => m[1] === "disappear")`)
	p.do(`await t.call("scrollTo", 1, { scrollTop: 0 })`)
	p.wait(`t.events.filter((m) => m[1] === "appear").length === 2`)
	p.want(`t.take().filter((m) => m[0] === 2).map((m) => m[1])`, `["firstAppear","appear","disappear","appear"]`)
}

func TestANavigatorNamesItsPageToTheWorker(t *testing.T) {
	p := open(t, ``, one(`["navigator", { id: "go", url: "../two/two?a=1", "open-type": "redirect" }, ["view", { style: "height:30px" }, "go"]]`, ``, ``))
	p.do(showGallery)
	p.click("#go")
	p.wait(`t.events.length === 1`)
	p.want(`t.take()`, `[[3,1,"navigate",{"openType":"redirect","url":"../two/two?a=1","delta":1}]]`)
}

func TestAnAnimationMovesTheElementAndSurvivesANewStyle(t *testing.T) {
	p := open(t, ``, one(`["view", { id: "box" }]`, `[1, "transitionEnd", 0]`, `[3, 1], [1, 1, "animation"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["width:50px;height:50px", null]]])`)
	p.do(`await t.ops([[2, 2, 1, [{ config: { duration: 60, timeFunction: "ease", delay: 0 }, animation: [["translateX", [100]], ["rotate", [90]], ["opacity", [0.5]]] }]]])`)
	p.wait(`t.events.some((m) => m[1] === "transitionEnd")`)
	p.do(`await t.ops([[2, 2, 0, "width:60px;height:60px"]])`)
	p.want(`[t.$("#box").style.width, t.$("#box").style.transform, t.$("#box").style.opacity]`, `["60px","translateX(100px) rotate(90deg)","0.5"]`)
}

func TestRpxFollowsTheWidthOfTheScreen(t *testing.T) {
	p := open(t, `.css { width: calc(var(--rpx) * 375); height: 10px; }`, one(`["view", { id: "a", class: "css" }], ["view", { id: "b" }]`, ``, `[3, 2]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["width: 375rpx; height:10px; color: red !important"]]])`)
	p.want(`["#a", "#b"].map((s) => t.$(s).offsetWidth)`, `[195,195]`)
	p.want(`getComputedStyle(t.$("#b")).color`, `"rgb(255, 0, 0)"`)
	send(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 750, Height: 500, DeviceScaleFactor: 1, Mobile: true})
	p.wait(`t.$("#a").offsetWidth === 375 && t.$("#b").offsetWidth === 375`)
}

// A phone set to dark shows mini-programs as their authors drew them: dark text stays on a light ground.
func TestInTheDarkEverythingStaysLegible(t *testing.T) {
	p := open(t, ``, formGallery)
	send(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
	p.do(showGallery)
	p.want(`[getComputedStyle(document.querySelector(".souk-scroll")).backgroundColor, getComputedStyle(t.$("a_text")).color, getComputedStyle(t.$("input")).color, getComputedStyle(t.$("input")).backgroundColor]`,
		`["rgb(255, 255, 255)","rgb(51, 51, 51)","rgb(51, 51, 51)","rgba(0, 0, 0, 0)"]`)
	p.shoot("dark")
}

func TestAttributesCannotRunOrLoadAnything(t *testing.T) {
	p := open(t, ``, one(`["view", { id: "v", onclick: "window.bad = 1", slot: "x", contenteditable: "true", nonce: "test" }], ["image", { id: "i" }], ["script", { id: "s" }, "window.bad = 1"], ["image/onerror=x", 0]`,
		`[2, "error", 0]`, `[1, 2, "src"], [1, 1, "onload"], [1, 1, "aria-label"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["javascript:alert(1)", "bad()", "fine"]]])`)
	p.want(`t.$("#v").getAttributeNames()`, `["id","aria-label"]`)
	p.want(`[t.$("#i img").getAttribute("src"), window.bad ?? null, t.$("#s").localName]`, `[null,null,"a_script"]`)
	p.wait(`t.events.some((m) => m[1] === "error")`)
	p.want(`[typeof RTCPeerConnection, typeof webkitRTCPeerConnection]`, `["undefined","undefined"]`)
	for from, want := range map[string]string{"/a/b.png": "a/b.png", "../x.png": "pages/x.png", "x.png": "pages/index/x.png", "../../../../x.png": "x.png"} {
		p.do(`await t.ops([[2, 2, 0, ` + quote(from) + `]])`)
		p.want(`t.$("#i img").getAttribute("src").replace(/^.*assets\//, "")`, quote(want))
	}
}
