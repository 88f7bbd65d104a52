package frame_test

import "testing"

func TestAPageContainerClosesWhenTheWorkerGoesBackAndLiesWhereItsZIndexSays(t *testing.T) {
	p := open(t, "", one(`["page-container", { id: "sheet", duration: "10", "z-index": "50" }, ["view", { id: "cup", style: "height:100px" }, "Choose "]],
		["view", { id: "above", style: "position:fixed;bottom:0;left:0;width:100px;height:50px;z-index:60" }], ["view", { id: "below", style: "position:fixed;bottom:0;right:0;width:100px;height:50px;z-index:40" }]`,
		`[1, "afterLeave", 0]`, `[1, 1, "show"]`))
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [false]]])`)
	p.want(`t.call("container", 1)`, `false`)
	p.do(`await t.ops([[2, 2, 0, true]])`)
	p.wait(`t.$("#sheet[data-in]") && t.$("#cup").getBoundingClientRect().bottom <= innerHeight + 1`)
	p.want(`[t.root().elementFromPoint(10, innerHeight - 10).id, t.root().elementFromPoint(innerWidth - 10, innerHeight - 10).id]`, `["above","cup"]`)
	p.want(`t.call("container", 1)`, `true`)
	p.wait(`t.events.some((m) => m[1] === "afterLeave")`)
	p.want(`getComputedStyle(t.$("#sheet")).display`, `"none"`)
}

func TestAPageMetaColoursWhatAPulledPageLeavesBare(t *testing.T) {
	p := open(t, "", one(`["page-meta", { "background-color-top": "#10406a", "background-text-style": "light" }], ["view", { style: "height:100px;background:#fff" }, "page"]`, ``, ``))
	p.do(showGallery)
	p.do(`await t.call("pullDown", 1, "start")`)
	p.wait(`document.querySelector(".souk-pull i")`)
	p.want(`[getComputedStyle(document.querySelector(".souk-page.shown")).backgroundColor, getComputedStyle(document.querySelector(".souk-pull i")).backgroundColor]`, `["rgb(16, 64, 106)","rgb(255, 255, 255)"]`)
	p.do(`await new Promise((r) => setTimeout(r, 400))`)
	p.shoot("pull")
}
