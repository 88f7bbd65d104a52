package frame_test

import (
	"strings"
	"testing"
)

// openMap shows a map of 300 × 300 around 31° north, 121° east at scale 14 with more attributes.
func openMap(t *testing.T, attributes, events string) *phone {
	t.Helper()
	p := open(t, "", one(`["map", { id: "m", style: "width:300px;height:300px", latitude: "31", longitude: "121", scale: "14", `+attributes+` }]`, events, `[1, 1, "markers"], [1, 1, "rotate"], [1, 1, "skew"], [1, 1, "tile-overlay"], [1, 1, "ground-overlays"], [1, 1, "panels"]`))
	p.do(`t.reply.open = undefined; await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [[{ id: 7, latitude: 31, longitude: 121.01, title: "Shop" }], 0, 0, null, [], []]]])`)
	p.wait(`t.$("#m [aria-label=Shop]")`)
	return p
}

// place is where the marker stands, from the map's middle, in whole pixels.
const place = `(() => { const a = t.$("#m [aria-label=Shop]").getBoundingClientRect(), b = t.$("#m").getBoundingClientRect(); return [a.x + a.width / 2 - b.x - 150, a.bottom - b.y - 150].map(Math.round); })()`

const frames = `await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));`

func TestAMapIsTurnedAndTiltedAndStillKnowsWhereThingsAre(t *testing.T) {
	p := openMap(t, ``, `[1, "regionChange", 0]`)
	p.want(place, `[117,0]`)
	p.do(`await t.ops([[2, 2, 1, 90]]);` + frames)
	p.want(place, `[0,117]`) // what is east lies below on a map that is turned clockwise
	p.want(`t.call("map", 1, "m", "getRotate", {})`, `{"rotate":90}`)
	p.do(`await t.ops([[2, 2, 1, 270], [2, 2, 2, 40]]);` + frames)
	p.want(place, `[0,-83]`) // the far side lies back, and is smaller
	p.want(`t.call("map", 1, "m", "getSkew", {})`, `{"skew":40}`)
	p.want(`(async () => { const at = await t.call("map", 1, "m", "mapToScreen", { latitude: 31.004, longitude: 121.006 }), back = await t.call("map", 1, "m", "screenToMap", at);
		return [back.latitude.toFixed(5), back.longitude.toFixed(5)]; })()`, `["31.00400","121.00600"]`)
	p.want(`(async () => { const { northeast: ne, southwest: sw } = await t.call("map", 1, "m", "getRegion", {}); return ne.latitude > 31 && sw.latitude < 31 && ne.longitude > 121 && sw.longitude < 121; })()`, `true`)
	p.do(`t.take(); t.$("#m").focus()`)
	p.do(`t.$("#m").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true, bubbles: true }))`)
	p.want(`t.call("map", 1, "m", "getRotate", {})`, `{"rotate":285}`)
	p.want(`t.take().map((m) => [m[3].detail.type, m[3].detail.causedBy, m[3].detail.rotate, m[3].detail.skew])`, `[["end","rotate",285,40]]`)
	p.want(`t.call("map", 1, "m", "showsCompass", { isShowsCompass: 1 })`, `null`)
	p.wait(`t.$(".souk-map-compass")`)
	p.shoot("map-turned")
	p.click(".souk-map-compass")
	p.want(`t.call("map", 1, "m", "getRotate", {})`, `{"rotate":0}`)
	p.want(`t.call("map", 1, "m", "setCenterOffset", { offset: [0.5, 0.8] })`, `null`)
	p.do(frames)
	p.want(place, `[117,90]`)
	if got := p.get(`t.call("map", 1, "m", "setMapType", { mapType: 1 })`); !strings.Contains(got, "no pictures from satellites") {
		t.Errorf("got %s", got)
	}
}

func TestTilesAndPicturesLieOnAMapsGround(t *testing.T) {
	p := openMap(t, `"custom-map-style": "light"`, ``)
	p.do(`await t.ops([[2, 2, 3, { url: location.origin + "/assets/picture.svg?{z}/{x}/{y}" }], [2, 2, 4, [{ id: "a", image: "/picture.svg", alpha: 0.5, "include-points": [{ latitude: 31.005, longitude: 121.005 }, { latitude: 31, longitude: 121 }] }]]]);`)
	p.wait(`t.root().querySelectorAll("#m img").length === 5`)
	p.want(`[...t.root().querySelectorAll("#m img")].filter((i) => i.src.includes("?")).map((i) => i.src.split("?")[1]).sort()`, `["14/13698/6706","14/13698/6707","14/13699/6706","14/13699/6707"]`)
	const overlay = `(() => { const r = [...t.root().querySelectorAll("#m img")].find((i) => !i.src.includes("?")).getBoundingClientRect(); return [r.width, r.height, r.x - 150, r.bottom - 150].map(Math.round); })()`
	p.want(overlay, `[58,68,0,0]`)
	p.shoot("map-tiles")
	p.do(`await t.ops([[2, 2, 1, 90]]);` + frames)
	p.want(overlay, `[68,58,0,58]`)
	p.do(`await t.ops([[2, 2, 2, 40], [2, 2, 1, 30]]);` + frames)
	p.shoot("map-tiles-tilted")
	// A picture's corner and a place agree however the map lies.
	p.want(`(async () => { const img = [...t.root().querySelectorAll("#m img")].find((i) => i.src.includes("13698/6706")), mark = document.createElement("i"); mark.style.cssText = "position:absolute;left:" + img.style.left + ";top:" + img.style.top;
		img.parentNode.append(mark); const r = mark.getBoundingClientRect(), n = Math.PI - 2 * Math.PI * 6706 / 2 ** 14;
		const at = await t.call("map", 1, "m", "mapToScreen", { latitude: Math.atan(Math.sinh(n)) * 180 / Math.PI, longitude: 13698 / 2 ** 14 * 360 - 180 }); mark.remove();
		return [Math.round(r.x - at.x), Math.round(r.y - at.y)]; })()`, `[0,0]`)
	p.do(`await t.ops([[2, 2, 3, { url: "javascript:alert(1)" }], [2, 2, 4, []]]);` + frames)
	p.want(`t.root().querySelectorAll("#m img").length`, `0`)
	p.want(`t.call("map", 1, "m", "addGroundOverlay", { id: "b", image: "/picture.svg", "include-points": [{ latitude: 31.005, longitude: 121.005 }, { latitude: 31, longitude: 121 }] })`, `null`)
	p.wait(`t.root().querySelectorAll("#m img").length === 1`)
	p.want(`t.call("map", 1, "m", "removeGroundOverlay", { id: "b" })`, `null`)
	p.wait(`t.root().querySelectorAll("#m img").length === 0`)
	if got := p.get(`t.call("map", 1, "m", "updateGroundOverlay", { id: "b" })`); !strings.Contains(got, "there is no overlay b") {
		t.Errorf("got %s", got)
	}
}

func TestAPanelIsDrawnByItsLayoutAndTellsWhatWasTapped(t *testing.T) {
	p := openMap(t, ``, `[1, "panelTap", 0], [1, "calloutTap", 0], [1, "markerTap", 0]`)
	p.do("t.reply.open = " + quote(`<!--.xml--><box layout='vertical' background-color='${bg}'><text text='${title}' font-size='16' color='#FFFFFF'/><box layout='horizontal'><text id='go' clickable='true' text='导航' padding-left='8' onclick='alert(1)'/><image src='/picture.svg' width='20' height='20'/></box></box>`))
	p.do(`await t.ops([[2, 2, 5, [{ id: 6, layout: { src: "/layout/panel.xml", params: { title: "A <b> & co", bg: "#DC143C" } }, position: { left: 0, bottom: 0, width: 200, height: 84 } }]],
		[2, 2, 0, [{ id: 7, latitude: 31, longitude: 121, title: "Shop", customCallout: { isShow: 1, layout: { src: "/layout/panel.xml", params: { title: "Here", bg: "#1677ff" } } } }]]])`)
	p.wait(`/A <b> & co/.test(t.$("#m").textContent) && /Here/.test(t.$("#m").textContent)`)
	p.want(`t.shell.filter((m) => m.k === "open").map((m) => [m.what, m.path])`, `[["layout","/layout/panel.xml"]]`)
	p.want(`t.root().querySelectorAll("#m [onclick], #m b").length`, `0`)
	p.shoot("map-panel")
	p.click(`#m .souk-map:last-of-type [role=button] [role=button]`)
	p.wait(`t.events.length >= 1`)
	p.do(`[...t.root().querySelectorAll("#m [role=button]")].find((n) => n.textContent === "导航" && !n.closest("[aria-label='6']")).click()`)
	p.want(`t.take().filter((m) => m[0] === 2).map((m) => [m[1], m[3].detail])`, `[["panelTap",{"panelId":6,"layoutId":"go"}],["calloutTap",{"markerId":7,"latitude":31,"longitude":121,"layoutId":"go"}]]`)
	p.do(`t.reply.open = "<box><text"; await t.ops([[2, 2, 5, [{ id: 8, layout: { src: "/layout/broken.xml" } }]]])`)
	p.wait(`t.events.some((m) => m[0] === 4 && /broken.xml is not a layout/.test(m[1]))`)
}

func TestWhatAMapContextMeasuresAndMoves(t *testing.T) {
	p := openMap(t, ``, `[1, "regionChange", 0], [1, "tap", 0]`)
	const line = `[{ latitude: 31, longitude: 121 }, { latitude: 31.01, longitude: 121 }, { latitude: 31.02, longitude: 121 }]`
	p.want(`(async () => { const m = await t.call("map", 1, "m", "calculateDistance", { points: `+line+`, targetDistances: [1667.9] }); return [Math.round(m.distance / 100), m.targetPoints[0].latitude.toFixed(3)]; })()`, `[22,"31.015"]`)
	p.want(`t.call("map", 1, "m", "calculateDistance", { points: `+line+`, exportTotalDistance: false })`, `{"targetPoints":[]}`)
	const square = `[{ latitude: 30, longitude: 120 }, { latitude: 30, longitude: 122 }, { latitude: 32, longitude: 122 }, { latitude: 32, longitude: 120 }]`
	p.want(`Promise.all([[31, 121], [31, 123]].map(([latitude, longitude]) => t.call("map", 1, "m", "polygonContainsPoint", { polygon: `+square+`, point: { latitude, longitude } })))`, `[{"success":true},{"success":false}]`)
	p.want(`t.call("map", 1, "m", "smoothMoveMarker", { markerId: 7, points: `+line+`, duration: 50 })`, `null`)
	p.do(frames)
	p.want(place, `[0,-272]`)
	p.want(`t.call("map", 1, "m", "smoothDrawPolyline", { polylineId: 3, points: `+line+`, duration: 50, color: "#f60", width: 6 })`, `null`)
	p.shoot("map-line")
	p.want(`t.call("map", 1, "m", "stopSmoothDrawPolyline", { polylineId: 3 })`, `null`)
	p.do(`t.take(); t.reply.open = { latitude: 31.5, longitude: 121.5 }`)
	p.want(`t.call("map", 1, "m", "moveToLocation", {})`, `null`)
	p.want(`t.call("map", 1, "m", "getCenterLocation", {})`, `{"latitude":31.5,"longitude":121.5,"scale":16}`)
	p.want(`t.take().map((m) => [m[3].detail.type, m[3].detail.causedBy])`, `[["begin","update"],["end","update"]]`)
	p.drag("#m", 60, 0)
	p.wait(`t.events.filter((m) => m[1] === "regionChange").length === 2`)
	p.want(`t.take().map((m) => [m[1], m[3].detail.type, m[3].detail.causedBy])`, `[["regionChange","begin","gesture"],["regionChange","end","drag"]]`) // and no tap at its end
	p.do(`await new Promise((r) => setTimeout(r, 400))`)                                                                                                // a tap right after a drag is the end of it to a browser
	p.tap("#m")
	p.wait(`t.events.length === 1`)
	p.want(`t.take().map((m) => [m[1], m[3].detail.latitude.toFixed(2)])`, `[["tap","31.50"]]`)
	for _, wrong := range []string{`"nonsense", {}`, `"initMarkerCluster", { clusterRanges: [] }`, `"setCenterOffset", { offset: [2, 0] }`, `"smoothMoveMarker", { markerId: 99, points: [] }`} {
		if got := p.get(`t.call("map", 1, "m", ` + wrong + `)`); !strings.Contains(got, `"error"`) {
			t.Errorf("%s: %s", wrong, got)
		}
	}
}
