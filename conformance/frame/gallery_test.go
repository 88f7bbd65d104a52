package frame_test

import (
	"strings"
	"testing"
)

// galleryCSS is how the gallery's page looks; the elements themselves are left as they come.
const galleryCSS = `:host { background: #f5f5f5; padding: 12px; box-sizing: border-box; }
.card { background: #fff; border-radius: 8px; padding: 12px; margin-bottom: 10px; }
.row { display: flex; align-items: center; gap: 10px; margin: 6px 0; flex-wrap: wrap; }
.name { font-size: 12px; color: #999; margin-bottom: 6px; }
.slide { height: 120px; line-height: 120px; text-align: center; color: #fff; font-size: 24px; }`

func section(name string, nodes ...string) string {
	return `["view", { class: "card" }, ["view", { class: "name" }, ` + quote(name) + `], ` + strings.Join(nodes, ", ") + `]`
}

func row(nodes ...string) string {
	return `["view", { class: "row" }, ` + strings.Join(nodes, ", ") + `]`
}

// gallery makes one static template of sections.
func gallery(sections ...string) view {
	return view(`{ path: "pages/index/index.axml", blocks: [ { n: [` + strings.Join(sections, ",\n") + `], h: [], e: [], r: [] } ] }`)
}

const showGallery = `await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, []]]);`

var formGallery = gallery(
	section("button", `["button", { type: "primary" }, "Primary 主要"]`, row(`["button", { size: "mini" }, "Default"]`, `["button", { size: "mini", type: "primary" }, "Primary"]`,
		`["button", { size: "mini", type: "warn" }, "Warn"]`, `["button", { size: "mini", plain: "true", type: "primary" }, "Plain"]`, `["button", { size: "mini", disabled: "true", type: "primary" }, "Off"]`,
		`["button", { size: "mini", loading: "true" }, "Busy"]`)),
	section("text, icon", row(`["text", 0, "Text with\nnew line"]`, `["text", { decode: "true" }, "5 &lt; 6&nbsp;&amp; 7"]`, `["text", { "number-of-lines": "1", style: "width:90px" }, "cut off after one line"]`),
		row(`["icon", { type: "success" }]`, `["icon", { type: "info" }]`, `["icon", { type: "warn" }]`, `["icon", { type: "waiting" }]`, `["icon", { type: "cancel" }]`, `["icon", { type: "clear" }]`,
			`["icon", { type: "download" }]`, `["icon", { type: "search" }]`, `["icon", { type: "success_no_circle" }]`, `["icon", { type: "loading", size: "30" }]`)),
	section("input, textarea", `["input", { id: "in", placeholder: "Your name 姓名", style: "height:40px;border-bottom:1px solid #eee" }]`, `["input", { value: "13800000000", type: "number", style: "height:40px" }]`,
		`["textarea", { id: "ta", placeholder: "Anything to tell us?", maxlength: "100", style: "width:100%;height:70px" }]`),
	section("radio, checkbox, switch", `["radio-group", { class: "row", name: "size" }, ["label", 0, ["radio", { value: "m", checked: "true" }], " Medium"], ["label", 0, ["radio", { value: "l" }], " Large"], ["label", 0, ["radio", { value: "x", disabled: "true" }], " Sold out"]]`,
		`["checkbox-group", { class: "row" }, ["label", 0, ["checkbox", { value: "milk", checked: "true" }], " Milk"], ["label", 0, ["checkbox", { value: "sugar", color: "#f60", checked: "true" }], " Sugar"], ["checkbox", { value: "no", disabled: "true", checked: "true" }]]`,
		row(`["switch", { checked: "true" }]`, `["switch", 0]`, `["switch", { checked: "true", color: "#00b578" }]`, `["switch", { disabled: "true", checked: "true" }]`)),
	section("slider, progress", `["slider", { value: "30", "show-value": "true" }]`, `["progress", { percent: "40", "show-info": "true" }]`, `["progress", { percent: "80", "stroke-width": "3", "active-color": "#1677ff" }]`),
)

var boxGallery = gallery(
	section("image", row(`["image", { src: "/picture.svg", style: "width:80px;height:40px" }]`, `["image", { src: "/picture.svg", mode: "aspectFit", style: "width:80px;height:40px;background:#eee" }]`,
		`["image", { src: "/picture.svg", mode: "aspectFill", style: "width:80px;height:40px" }]`, `["image", { src: "/picture.svg", mode: "widthFix", style: "width:40px" }]`)),
	section("swiper", `["swiper", { id: "swiper", "indicator-dots": "true", "indicator-active-color": "#fff", circular: "true" },
		["swiper-item", 0, ["view", { class: "slide", style: "background:#1677ff" }, "One"]], ["swiper-item", 0, ["view", { class: "slide", style: "background:#00b578" }, "Two"]], ["swiper-item", 0, ["view", { class: "slide", style: "background:#ff8f1f" }, "Three"]]]`),
	section("scroll-view", `["scroll-view", { "scroll-x": "true", style: "white-space:nowrap" }, ["view", { style: "display:inline-block;width:200px;height:40px;background:#e7f1ff" }], ["view", { style: "display:inline-block;width:300px;height:40px;background:#bcd9ff" }]]`),
	section("rich-text, picker, navigator", `["rich-text", { nodes: "<p>Rich <b>text</b> with <i style='color:#f60'>colour</i><img src='x' onerror='alert(1)'><script>bad()<\/script></p>" }]`,
		`["picker", { range: "" }, ["view", { style: "color:#1677ff" }, "Choose a shop"]]`, `["navigator", { url: "/pages/two/two" }, "To page two"]`),
	section("picker-view", `["picker-view", { style: "height:150px" }, ["picker-view-column", 0, ["view", 0, "2024"], ["view", 0, "2025"], ["view", 0, "2026"], ["view", 0, "2027"]], ["picker-view-column", 0, ["view", 0, "Jan"], ["view", 0, "Feb"], ["view", 0, "Mar"]]]`),
	section("movable, canvas", row(`["movable-area", { style: "width:120px;height:80px;background:#eee" }, ["movable-view", { direction: "all", x: "20", y: "20", style: "width:40px;height:40px;background:#ff8f1f" }]]`,
		`["canvas", { id: "c", style: "width:150px;height:80px;background:#fafafa" }]`)),
)

var farGallery = gallery(
	section("map", `["map", { id: "m", latitude: "31.2304", longitude: "121.4737", scale: "14", style: "width:100%;height:260px" }]`),
	section("cover-view, lifestyle, contact-button, favorite", `["cover-view", { style: "background:rgba(0,0,0,.6);color:#fff;padding:6px" }, "Cover"]`, `["lifestyle", { "public-id": "1", memo: "Northpier Coffee" }]`, row(`["contact-button", { size: "30*30" }]`, `["favorite", 0]`)),
	section("video", `["video", { style: "width:100%;height:120px" }]`),
	section("rare", `["lottie", 0]`, `["camera", 0]`, `["page-container", 0, ["view", 0, "content stays"]]`),
)

const drawSomething = `await t.call("canvas", 1, "c", "draw", [["=fillStyle", { linear: [0, 0, 150, 0], stops: [[0, "#1677ff"], [1, "#00b578"]] }], ["fillRect", 10, 10, 60, 60],
	["beginPath"], ["arc", 110, 40, 28, 0, 6.283], ["=strokeStyle", "#f60"], ["=lineWidth", 6], ["stroke"], ["=font", "14px sans-serif"], ["fillText", "canvas", 88, 45]], 0);`

const drawRoute = `await t.call("map", 1, "m", "updateComponents", { markers: [{ id: 1, latitude: 31.2304, longitude: 121.4737, title: "Shop", callout: { content: "Northpier 北埠" }, label: { content: "1" } }, { id: 2, latitude: 31.24, longitude: 121.49, iconPath: "/picture.svg", width: 30, height: 24 }],
	polyline: [{ points: [{ latitude: 31.2304, longitude: 121.4737 }, { latitude: 31.233, longitude: 121.482 }, { latitude: 31.24, longitude: 121.49 }], color: "#1677FFDD", width: 6 }], circles: [{ latitude: 31.2304, longitude: 121.4737, radius: 600, color: "#ff8f1f", fillColor: "#ff8f1f22", strokeWidth: 2 }] });`

// The gallery shows every element once; SOUK_SHOTS=folder keeps the pictures for a person to look at.
func TestEveryElementDrawsWithoutAnError(t *testing.T) {
	galleries := []struct {
		name string
		view view
		more string
	}{
		{"form", formGallery, ""},
		{"box", boxGallery, drawSomething},
		{"far", farGallery, drawRoute},
	}
	for _, g := range galleries {
		t.Run(g.name, func(t *testing.T) {
			p := open(t, galleryCSS, g.view)
			p.do(showGallery + g.more)
			p.do(`await new Promise((r) => setTimeout(r, 300))`)
			p.shoot(g.name)
			p.want(`t.take().filter((m) => m[0] === 4 && !/is not supported/.test(m[1]))`, `[]`)
			p.want(`[...t.root().querySelectorAll("a_view.card > *:not(.name)")].filter((e) => e.offsetHeight === 0 && !["A_LOTTIE", "A_CAMERA", "A_PAGE_CONTAINER"].includes(e.tagName)).map((e) => e.localName)`, `[]`)
		})
	}
}
