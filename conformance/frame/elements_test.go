package frame_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// one makes a template of one root view that holds the nodes, with the events (on node numbers) and holes.
func one(nodes, events, holes string) view {
	return view(`{ path: "pages/index/index.axml", blocks: [ { n: [["view", { id: "root" }, ` + nodes + `]], h: [` + holes + `], e: [` + events + `], r: [] } ] }`)
}

// details answers type and detail of the component events so far, without touches and taps.
const details = `t.take().filter((m) => m[0] !== 2 || !/^(tap|touch)/.test(m[1])).map((m) => m[0] === 2 ? [m[1], m[3].detail] : m)`

func TestAnInputSendsWhatIsTypedAndDropsLateEchoes(t *testing.T) {
	p := open(t, "", one(`["input", { id: "in", style: "height:40px", placeholder: "Name" }]`, `[1, "input", 0], [1, "focus", 0], [1, "blur", 0], [1, "confirm", 0]`, `[1, 1, "value"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["ab"]]])`)
	p.want(`[t.$("input").value, t.$(".souk-ph").hidden]`, `["ab",true]`)
	p.click("#in")
	p.key("End")
	p.do(`t.$("input").setSelectionRange(2, 2)`)
	p.write("cd")
	p.wait(`t.events.some((m) => m[1] === "input" && m[3].detail.value === "abcd")`)
	p.do(`await t.ops([[2, 2, 0, "abc"]])`) // the echo of the keystroke before the last
	p.want(`t.$("input").value`, `"abcd"`)
	p.do(`await t.ops([[2, 2, 0, "abcd"]])`)
	p.do(`await t.ops([[2, 2, 0, "AB"]])`) // no echo: the program wants this text
	p.want(`t.$("input").value`, `"AB"`)
	p.key("Enter")
	p.wait(`t.events.some((m) => m[1] === "blur")`)
	p.want(details, `[["focus",{"value":"ab"}],["input",{"value":"abc","cursor":3}],["input",{"value":"abcd","cursor":4}],["confirm",{"value":"AB"}],["blur",{"value":"AB"}]]`)
}

func TestTextUnderCompositionIsLeftAlone(t *testing.T) {
	p := open(t, "", one(`["input", { id: "in", style: "height:40px" }]`, `[1, "input", 0]`, `[1, 1, "value"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [""]]])`)
	p.click("#in")
	send(p, input.ImeSetComposition, input.ImeSetCompositionParams{Text: "ni", SelectionStart: 2, SelectionEnd: 2})
	p.wait(`t.$("input").value === "ni"`)
	p.do(`await t.ops([[2, 2, 0, "from the program"]])`)
	p.want(`t.$("input").value`, `"ni"`)
	send(p, input.InsertText, input.InsertTextParams{Text: "你"})
	p.wait(`t.events.some((m) => m[1] === "input" && m[3].detail.value.includes("你") || t.$("input").value === "from the program")`)
}

func TestInputsKeepTheirLimits(t *testing.T) {
	p := open(t, "", one(`["input", { id: "in", style: "height:40px", maxlength: "3", type: "digit" }], ["textarea", { id: "ta", maxlength: "5", "show-count": "true" }]`, ``, ``))
	p.do(showGallery)
	p.click("#in")
	p.write("12345")
	p.want(`[t.$("input").value, t.$("input").inputMode]`, `["123","decimal"]`)
	p.click("#ta")
	p.write("hello world")
	p.want(`[t.$("textarea").value, t.$(".souk-count").textContent]`, `["hello","5/5"]`)
}

const formNodes = `["form", { id: "f" }, ["input", { name: "who", value: "Li" }], ["switch", { id: "s", name: "vip" }], ["slider", { id: "sl", name: "n", value: "20", style: "width:200px" }],
	["radio-group", { name: "size" }, ["label", { id: "l" }, ["radio", { value: "m", checked: "true" }], "M"], ["label", { id: "xl" }, ["radio", { id: "r2", value: "l" }], "Large one"]],
	["checkbox-group", { name: "with" }, ["checkbox", { id: "c1", value: "milk" }], ["checkbox", { id: "c2", value: "sugar", checked: "true" }]],
	["button", { id: "send", "form-type": "submit" }, "Send"], ["button", { id: "reset", "form-type": "reset" }, "Reset"]]`

func TestAFormSendsTheValuesOfItsControlsAndResetsThem(t *testing.T) {
	// nodes: 1 form, 2 input, 3 switch, 4 slider, 5 radio-group, 6 label, 7 radio, 8 text, 9 label, 10 radio, 11 text, 12 checkbox-group, 13, 14 checkbox, 15 button, 17 button
	p := open(t, "", one(formNodes, `[1, "submit", 0], [1, "reset", 0], [3, "change", 0], [5, "change", 0], [12, "change", 0], [13, "change", 0]`, ``))
	p.do(showGallery)
	p.click("#s")
	p.click("#xl")
	p.tap("#c1")
	p.wait(`t.$("#c1").getAttribute("aria-checked") === "true"`)
	p.click("#send")
	p.wait(`t.events.some((m) => m[1] === "submit")`)
	p.want(details, `[["change",{"value":true}],["change",{"value":"l"}],["change",{"value":true}],["change",{"value":["milk","sugar"]}],`+
		`["submit",{"value":{"who":"Li","vip":true,"n":20,"size":"l","with":["milk","sugar"]},"buttonTarget":{"at":[2,15]}}]]`)
	p.click("#reset")
	p.click("#send")
	p.wait(`t.events.some((m) => m[1] === "submit")`)
	p.want(details, `[["reset",{}],["submit",{"value":{"who":"Li","vip":false,"n":20,"size":"m","with":["sugar"]},"buttonTarget":{"at":[2,15]}}]]`)
}

func TestControlsAnswerToTheKeyboard(t *testing.T) {
	p := open(t, "", one(formNodes, `[3, "change", 0], [4, "change", 0], [5, "change", 0]`, ``))
	p.do(showGallery)
	p.do(`t.$("#s").focus()`)
	p.key(" ")
	p.do(`t.$("#sl").focus()`)
	p.key("ArrowRight")
	p.do(`t.$("a_radio").focus()`)
	p.key("ArrowDown")
	p.wait(`t.events.length >= 3`)
	p.want(details, `[["change",{"value":true}],["change",{"value":21}],["change",{"value":"l"}]]`)
	p.want(`["#s", "#sl", "#r2"].map((s) => t.$(s).getAttribute("role"))`, `["switch","slider","radio"]`)
}

func TestADisabledButtonIsDeafAndALabelTapsItsControl(t *testing.T) {
	p := open(t, "", one(`["button", { id: "off", disabled: "true" }, "Off"], ["label", { id: "for", for: "target" }, "Tap me"], ["switch", { id: "target" }]`, `[0, "tap", 0], [1, "tap", 0], [5, "change", 0]`, ``))
	p.do(showGallery)
	p.click("#off")
	p.click("#for")
	p.wait(`t.events.some((m) => m[1] === "change")`)
	p.want(`t.take().filter((m) => !/^touch/.test(m[1])).map((m) => m[1])`, `["tap","change"]`)
}

func TestASliderFollowsTheFinger(t *testing.T) {
	p := open(t, "", one(`["slider", { id: "s", min: "0", max: "10", step: "2", style: "width:300px;margin:20px" }]`, `[1, "change", 0], [1, "changing", 0]`, ``))
	p.do(showGallery)
	p.drag("#s .souk-knob", 150, 0)
	p.wait(`t.events.some((m) => m[1] === "change")`)
	p.want(`(() => { const all = t.take().filter((m) => /^chang/.test(m[1])).map((m) => [m[1], m[3].detail.value]); return [all.map((e) => e[0] === "changing").slice(0, -1).every(Boolean), all.every((e) => e[1] % 2 === 0), all[all.length - 1]] })()`,
		`[true,true,["change",6]]`)
}

const slides = `["swiper", { id: "w", style: "height:100px", duration: "60" }, ["swiper-item", { id: "s1" }, "1"], ["swiper-item", { id: "s2" }, "2"], ["swiper-item", { id: "s3" }, "3"]]`

func TestASwiperFollowsTheFingerTheProgramAndTheKeyboard(t *testing.T) {
	p := open(t, "", one(slides, `[1, "change", 0], [1, "animationEnd", 0]`, `[1, 1, "current"], [1, 1, "circular"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [0, false]]])`)
	left := `Math.round(t.$("#s%s").getBoundingClientRect().left)`
	p.drag("#w", -150, 0)
	p.wait(`t.events.some((m) => m[1] === "animationEnd")`)
	p.want(details, `[["change",{"current":1,"isChanging":false,"source":"touch"}],["animationEnd",{"current":1,"source":"touch"}]]`)
	p.want(fmt.Sprintf(left, "2"), `0`)
	p.do(`await t.ops([[2, 2, 0, 2]])`)
	p.wait(`t.events.some((m) => m[1] === "animationEnd")`)
	p.want(details, `[["change",{"current":2,"isChanging":false,"source":""}],["animationEnd",{"current":2,"source":""}]]`)
	p.pull("#w", -200, 0) // there is nothing after the last
	p.wait(`t.events.some((m) => m[1] === "animationEnd")`)
	p.want(fmt.Sprintf(left, "3"), `0`)
	p.do(`t.take(); await t.ops([[2, 2, 1, true]]); t.$("#w").focus()`)
	p.key("ArrowRight") // in a circle the first follows the last
	p.wait(`t.events.some((m) => m[1] === "animationEnd")`)
	p.want(details, `[["change",{"current":0,"isChanging":false,"source":"touch"}],["animationEnd",{"current":0,"source":"touch"}]]`)
	p.want(`[`+fmt.Sprintf(left, "1")+`, `+fmt.Sprintf(left, "2")+`, `+fmt.Sprintf(left, "3")+`]`, `[0,390,-390]`)
}

func TestAScrollViewTellsOfScrollAndOfItsEnds(t *testing.T) {
	p := open(t, "", one(`["scroll-view", { id: "v", "scroll-y": "true", style: "height:200px" }, ["view", { id: "a", style: "height:500px" }], ["view", { id: "b", style: "height:500px" }]]`,
		`[1, "scroll", 0], [1, "scrollToLower", 0], [1, "scrollToUpper", 0]`, `[1, 1, "scroll-top"], [1, 1, "scroll-into-view"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [100, ""]]])`)
	p.wait(`t.events.length === 1`)
	p.want(details, `[["scroll",{"scrollTop":100,"scrollLeft":0,"scrollHeight":1000,"scrollWidth":390,"deltaX":0,"deltaY":-100}]]`)
	p.do(`await t.ops([[2, 2, 1, "b"]])`)
	p.want(`t.$("#v").scrollTop`, `500`)
	p.do(`await t.ops([[2, 2, 1, ""], [2, 2, 0, 800]])`)
	p.wait(`t.events.some((m) => m[1] === "scrollToLower")`)
	p.do(`await t.ops([[2, 2, 0, 0]])`)
	p.wait(`t.events.some((m) => m[1] === "scrollToUpper")`)
	p.want(`t.take().filter((m) => m[1] !== "scroll").map((m) => [m[1], m[3].detail.direction])`, `[["scrollToLower","bottom"],["scrollToUpper","top"]]`)
}

func TestAPickerAsksTheShellForItsSheet(t *testing.T) {
	p := open(t, "", one(`["picker", { id: "p", title: "Shop", "range-key": "name" }, ["view", { style: "height:40px" }, "Choose"]]`, `[1, "change", 0]`, `[1, 1, "range"], [1, 1, "value"]`))
	p.do(`t.reply.sheet = 1; await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [[{ name: "North" }, { name: "South" }], 0]]])`)
	p.click("#p")
	p.wait(`t.events.some((m) => m[1] === "change")`)
	p.want(`t.shell.filter((m) => m.k === "sheet").map(({ id, ...m }) => m)`, `[{"k":"sheet","title":"Shop","range":["North","South"],"value":0}]`)
	p.want(details, `[["change",{"value":1}]]`)
}

func TestRichTextLetsNothingRunOrLoad(t *testing.T) {
	p := open(t, "", one(`["rich-text", { id: "r" }], ["rich-text", { id: "n" }]`, ``, `[1, 1, "nodes"], [1, 2, "nodes"]`))
	html := `<p onclick="x()" style="color:red;background:url(//evil);position:fixed">Hi <b>you</b><script>window.bad=1</script><img src="javascript:bad" onerror="bad()"><a href="javascript:bad()">link</a><svg onload="bad()"><circle/></svg><iframe src="//x"></iframe><custom>kept</custom></p>`
	nodes := `[{ name: "div", attrs: { class: "c", onclick: "bad()", style: "color: blue" }, children: [{ type: "text", text: "A &lt; B" }, { name: "script", children: [{ type: "text", text: "bad()" }] }, { name: "img", attrs: { src: "/picture.svg", width: "40" } }] }]`
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [` + quote(html) + `, ` + nodes + `]]])`)
	p.want(`t.$("#r").innerHTML`, `"<p style=\"color: red;\">Hi <b>you</b><img><a>link</a>kept</p>"`)
	p.want(`t.$("#n").innerHTML.replace(/http[^"]*assets/, "")`, `"<div class=\"c\" style=\"color: blue;\">A &lt; B<img src=\"/picture.svg\" width=\"40\"></div>"`)
}

func TestAPickerViewTurnsAndTells(t *testing.T) {
	p := open(t, "", one(`["picker-view", { id: "pv", style: "width:100%;height:200px" }, ["picker-view-column", { id: "c1" }, ["view", 0, "a"], ["view", 0, "b"], ["view", 0, "c"]], ["picker-view-column", { id: "c2" }, ["view", 0, "x"], ["view", 0, "y"]]]`,
		`[1, "change", 0], [1, "pickEnd", 0]`, `[1, 1, "value"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [[1, 0]]]])`)
	p.wait(`t.$("#c1").shadowRoot && t.$("#c1").getAttribute("aria-valuetext") === "b"`)
	p.drag("#c2", 0, -40)
	p.wait(`t.events.some((m) => m[1] === "pickEnd")`)
	p.want(details, `[["change",{"value":[1,1]}],["pickEnd",{}]]`)
	p.do(`t.$("#c1").focus()`)
	p.key("ArrowDown")
	p.wait(`t.events.some((m) => m[1] === "pickEnd")`)
	p.want(details, `[["change",{"value":[2,1]}],["pickEnd",{}]]`)
}

func TestAMovableViewStaysInItsArea(t *testing.T) {
	p := open(t, "", one(`["movable-area", { style: "width:200px;height:200px" }, ["movable-view", { id: "mv", direction: "horizontal", style: "width:50px;height:50px" }]]`, `[2, "change", 0], [2, "changeEnd", 0]`, `[1, 2, "x"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [20]]])`)
	p.wait(`t.$("#mv").getBoundingClientRect().left === 20`)
	p.drag("#mv", 300, 60)
	p.wait(`t.events.some((m) => m[1] === "changeEnd")`)
	p.want(`t.take().filter((m) => m[1] === "changeEnd").map((m) => m[3].detail)`, `[{"x":150,"y":0}]`)
}

func TestTheMapKnowsWhereThingsAre(t *testing.T) {
	p := open(t, "", one(`["map", { id: "m", style: "width:300px;height:300px", latitude: "31", longitude: "121", scale: "14" }]`, `[1, "tap", 0], [1, "markerTap", 0], [1, "regionChange", 0]`, `[1, 1, "markers"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [[{ id: 7, latitude: 31, longitude: 121, title: "Shop" }]]]])`)
	p.want(`t.call("map", 1, "m", "getScale", {})`, `{"scale":14}`)
	p.wait(`t.$("#m [aria-label=Shop]")`)
	p.click("#m [aria-label=Shop]")
	p.wait(`t.events.some((m) => m[1] === "markerTap")`)
	p.want(`t.take().filter((m) => m[1] === "markerTap").map((m) => m[3].detail)`, `[{"markerId":7,"latitude":31,"longitude":121}]`)
	p.drag("#m", 100, 0)
	p.wait(`t.events.filter((m) => m[1] === "regionChange").length === 2`)
	p.want(`(async () => { const c = await t.call("map", 1, "m", "getCenterLocation", {}); return [c.latitude.toFixed(4), c.longitude < 121, c.longitude > 120.98] })()`, `["31.0000",true,true]`)
	p.want(`(async () => Math.round((await t.call("map", 1, "m", "calculateDistance", { points: [{ latitude: 31, longitude: 121 }, { latitude: 32, longitude: 121 }] })).distance / 1000))()`, `111`)
}

func TestACanvasDrawsWhatWasRecorded(t *testing.T) {
	p := open(t, "", one(`["canvas", { id: "c", width: "100", height: "50" }]`, `[1, "ready", 0]`, ``))
	p.do(showGallery)
	p.do(`await t.call("canvas", 1, "c", "draw", [["=fillStyle", "#ff0000"], ["fillRect", 0, 0, 10, 10], ["drawImage", { image: "/picture.svg" }, 50, 0, 40, 30]], 0)`)
	p.want(`t.call("canvas", 1, "c", "getImageData", { x: 0, y: 0, width: 2, height: 1 })`, `{"width":2,"height":1,"data":"/wAA//8AAP8="}`)
	p.want(`t.call("canvas", 1, "c", "size")`, `{"width":100,"height":50}`)
	p.want(`(async () => (await t.call("canvas", 1, "c", "toTempFilePath", { x: 50, y: 0, width: 40, height: 30 })).dataUrl.slice(0, 22))()`, `"data:image/png;base64,"`)
	p.want(`t.call("canvas", 1, "none", "size")`, `{"error":"the page has no canvas with the id \"none\""}`)
}

func TestASwiperTakesSlidesThatComeAndGo(t *testing.T) {
	p := open(t, "", view(`{ path: "pages/index/index.axml", blocks: [
		{ n: [["swiper", { id: "w", style: "height:100px", duration: 40, "previous-margin": "30px", "next-margin": "30px" }, 1]], h: [[1, 0, "current"], [1, 0, "autoplay"]], e: [[0, "change", 0]], r: [1] },
		{ n: [["swiper-item", 0, ["view", { class: "s" }, 0]]], h: [[0, 2]], e: [[1, "tap", 0]], r: [] } ] }`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [1, false]], [1, 2, 0, 0, 0, 1, 10, 3, ["a", "b", "c"]]])`)
	middle := `[...t.root().querySelectorAll(".s")].find((e) => { const r = e.getBoundingClientRect(); return r.left === 30 && r.width === 330 })?.textContent`
	p.wait(middle + ` === "b"`)
	p.click(`a_swiper_item:nth-of-type(2) .s`)
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().filter((m) => m[1] === "tap").map((m) => m[2])`, `[[[11,1,0]]]`)
	p.do(`await t.ops([[3, 2, 0, 1, 2]])`)
	p.wait(middle + ` === "a"`)
	p.do(`await t.ops([[1, 2, 0, 1, 0, 1, 20, 2, ["d", "e"]], [2, 2, 0, 2]])`)
	p.wait(middle + ` === "e"`)
}

func TestAStylesAddressesAreTheProgramsFiles(t *testing.T) {
	p := open(t, "", one(`["view", { id: "a", style: "background:url(/x.png)" }], ["view", { id: "b" }]`, ``, `[3, 2]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["background-image:url('https://example.org/y.png'), url(souk-asset:/z.png); width: 10rpx"]]])`)
	p.want(`["#a", "#b"].map((s) => t.$(s).style.backgroundImage.replace(/http:[^"]*\/assets/g, ""))`, `["url(\"/x.png\")","url(\"https://example.org/y.png\"), url(\"/z.png\")"]`)
}

func TestWhatIsWrittenInAnElementMovesIntoItWhenItsCodeArrivesLate(t *testing.T) {
	const sheet = `["page-container", { id: "sheet", duration: "10" }, ["view", { id: "cup", style: "height:100px" }, "Choose "]]`
	p, groups := load(t)
	p.boot("", one(sheet, `[1, "clickOverlay", 0]`, `[1, 1, "show"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [true]]])`)
	p.want(`[t.$("#cup").parentNode.id, t.$(".souk-sheet-shade")]`, `["sheet",null]`)
	p.do(`t.reply.group = ` + groups + `; t.answerLate("group")`)
	p.wait(`t.$("#sheet[data-in]")`)
	p.want(`[t.$("#cup").parentNode.className, t.$("#cup").textContent]`, `["souk-sheet","Choose "]`)
	p.click(".souk-sheet-shade")
	p.wait(`t.events.some((m) => m[1] === "clickOverlay")`)
}

func TestAScrollViewRefusesToScrollWhereItIsTold(t *testing.T) {
	p := open(t, "", one(`["scroll-view", { id: "v", "scroll-y": "true", style: "height:200px" }, ["view", { style: "height:1000px" }]]`, ``,
		`[1, 1, "disable-lower-scroll"], [1, 1, "disable-upper-scroll"], [1, 1, "scroll-top"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["out-of-bounds", "out-of-bounds", 0]]])`)
	// Whether a wheel and a finger that want to scroll by so much, down (positive) or up, are refused.
	const refused = `[50, -50].flatMap((dy) => {
		const v = t.$("#v"), at = (y) => [new Touch({ identifier: 1, target: v, clientX: 100, clientY: y })];
		const wheel = !v.dispatchEvent(new WheelEvent("wheel", { deltaY: dy, cancelable: true }));
		v.dispatchEvent(new TouchEvent("touchstart", { touches: at(100), cancelable: true }));
		return [wheel, !v.dispatchEvent(new TouchEvent("touchmove", { touches: at(100 - dy), cancelable: true }))];
	})`
	p.want(refused, `[false,false,true,true]`) // at the top
	p.do(`await t.ops([[2, 2, 2, 400]])`)
	p.want(refused, `[false,false,false,false]`)
	p.do(`await t.ops([[2, 2, 2, 800]])`)
	p.want(refused, `[true,true,false,false]`) // at the bottom
	p.do(`await t.ops([[2, 2, 0, "always"], [2, 2, 1, ""], [2, 2, 2, 400]])`)
	p.want(refused, `[false,false,true,true]`)
}

func TestTwoTapsOnTheTitleBringScrollViewsThatAskForItToTheirTop(t *testing.T) {
	p := open(t, "", one(`["scroll-view", { id: "v", "scroll-y": "true", "enable-back-to-top": "true", "scroll-top": 300, style: "height:200px" }, ["view", { style: "height:1000px" }]],
		["scroll-view", { id: "w", "scroll-y": "true", "scroll-top": 300, style: "height:200px" }, ["view", { style: "height:1000px" }]]`, ``, ``))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, []]]); t.hear({ k: "top" })`)
	p.wait(`t.$("#v").scrollTop === 0`)
	p.want(`t.$("#w").scrollTop`, `300`)
}
