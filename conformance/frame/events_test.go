package frame_test

import "testing"

// A card (node 0) with a button-like view (1), its label (2), a catching view (4) and a capturing region at the top. It listens to no long
// tap: a finger that a slow machine lifts late taps all the same.
var card = cardWith("")

func cardWith(events string) view {
	return view(`{ path: "pages/index/index.axml", blocks: [ { n: [
	["view", { id: "card", style: "padding:20px" },
		["view", { id: "go", style: "height:60px", "hover-class": "pressed", "hover-start-time": "0" }, ["text", { id: "label" }, "Go"]],
		["view", { id: "stop", style: "height:60px" }, "Stop"],
		["view", { id: "plain", style: "height:60px" }, "Plain"]]
	], h: [[2, 1]], e: [` + events + `[0, "tap", 2], [0, "tap", 0], [1, "tap", 0], [4, "tap", 1], [0, "touchStart", 0], [0, "touchEnd", 0]], r: [] } ] }`)
}

const cardOps = `await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, ["first"]]]);`

func TestATapCarriesItsHandlersFromCaptureUpToTheFirstCatch(t *testing.T) {
	p := open(t, "", card)
	p.do(cardOps)
	p.click("#label")
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().map((m) => [m[1], m[2]])`, `[["touchStart",[[2,0,0]]],["touchEnd",[[2,0,0]]],["tap",[[2,0,2],[2,1,0],[2,0,0]]]]`)
	p.click("#stop")
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().filter((m) => m[1] === "tap").map((m) => [m[2], m[3].target.slice(0, 2), m[3].detail.x > 0])`, `[[[[2,0,2],[2,4,1]],[2,4],true]]`)
}

func TestTheTargetIsTheElementHitAndTouchesHavePagePositions(t *testing.T) {
	p := open(t, "", card)
	p.do(cardOps)
	p.tap("#label")
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.events.map((m) => [m[1], m[3].target.slice(0, 2)])`, `[["touchStart",[2,2]],["touchEnd",[2,2]],["tap",[2,2]]]`)
	p.want(`t.take()[0][3].touches.map((x) => [x.identifier, x.clientX === x.pageX, x.pageY > 20])`, `[[0,true,true]]`)
}

func TestALongTapIsNoTap(t *testing.T) {
	p := open(t, "", cardWith(`[1, "longTap", 0], `))
	p.do(cardOps)
	p.touch("touchStart", p.at("#go"))
	p.wait(`t.events.some((m) => m[1] === "longTap")`)
	p.touch("touchEnd")
	p.tap("#plain")
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().filter((m) => /ap$/.test(m[1])).map((m) => [m[1], m[3].target.slice(0, 2)])`, `[["longTap",[2,1]],["tap",[2,6]]]`)
}

func TestADragIsNoTap(t *testing.T) {
	p := open(t, "", card)
	p.do(cardOps)
	p.pull("#go", 0, 40)
	p.click("#plain")
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().filter((m) => m[1] === "tap").map((m) => m[3].target.slice(0, 2))`, `[[2,6]]`)
}

func TestHoverClassComesWithTheFingerAndGoesWithIt(t *testing.T) {
	p := open(t, "", card)
	p.do(cardOps)
	p.want(`t.$("#go").className`, `"first"`)
	p.touch("touchStart", p.at("#go"))
	p.wait(`t.$("#go").className === "first pressed"`)
	p.touch("touchEnd")
	p.wait(`t.$("#go").className === "first"`)
}

func TestTappableViewsAreReachedByKeyboard(t *testing.T) {
	p := open(t, "", card)
	p.do(cardOps)
	p.want(`["#card", "#go", "#stop", "#plain"].map((s) => t.$(s).getAttribute("role"))`, `[null,"button","button",null]`)
	p.key("Tab")
	p.want(`t.root().activeElement.id`, `"go"`)
	p.key("Enter")
	p.wait(`t.events.some((m) => m[1] === "tap")`)
	p.want(`t.take().filter((m) => m[1] === "tap").map((m) => m[2])`, `[[[2,0,2],[2,1,0],[2,0,0]]]`)
}

// Rows of a list, to see that a row's events name the row's own block whatever stands around it.
const rows view = `{ path: "pages/index/index.axml", blocks: [
	{ n: [["view", { class: "list" }, ["view", { style: "height:20px" }, "head"], 1, ["view", { id: "foot", style: "height:30px" }, "foot"]]], h: [], e: [[4, "tap", 0]], r: [3] },
	{ n: [["view", { style: "height:30px" }, ["text", 0, 0], ["image", { src: "/picture.svg", style: "width:20px;height:20px" }]]], h: [[0, 2]], e: [[0, "tap", 0], [3, "load", 0]], r: [] } ] }`

func TestARowsEventNamesTheRowsBlock(t *testing.T) {
	p := open(t, "", rows)
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, []], [1, 2, 0, 0, 0, 1, 10, 5, ["a", "b", "c", "d", "e"]], [5, 2, 0, [4, 0]]])`)
	p.wait(`t.events.filter((m) => m[1] === "load").length === 5`)
	p.want(`t.take().filter((m) => m[1] === "load").map((m) => [...m[2][0], m[3].detail.width]).sort((a, b) => a[0] - b[0])`, `[[10,3,0,40],[11,3,0,40],[12,3,0,40],[13,3,0,40],[14,3,0,40]]`)
	p.click(`.list > a_view:nth-child(2) img`)
	p.click(`.list > a_view:nth-child(4) a_text`)
	p.click(`#foot`)
	p.wait(`t.events.filter((m) => m[1] === "tap").length === 3`)
	p.want(`t.take().map((m) => [m[2], m[3].target.slice(0, 2)])`, `[[[[14,0,0]],[14,3]],[[[11,0,0]],[11,1]],[[[2,4,0]],[2,4]]]`)
}
