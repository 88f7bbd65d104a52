package frame_test

import (
	"fmt"
	"testing"
)

// Rows: a list (block 2, region 0) in a page that begins with a header; a row has a class (hole 0), a text (hole 1) and a region inside.
const rowsView view = `{ path: "pages/index/index.axml", blocks: [
	{ n: [["view", { class: "head" }, "head"], ["view", { class: "list" }, 1]], h: [[2, 2]], e: [], r: [3] },
	{ n: [["view", { class: "row" }, ["view", { class: "in" }, 0], 1]], h: [[2, 0], [0, 2]], e: [], r: [3] },
	{ n: [["view", { class: "more" }, "more"]], h: [], e: [], r: [] }
] }`

const rowsCSS = `.head { position: sticky; top: 0; height: 50px; } .row { height: calc(var(--rpx) * 80); border-top: 1px solid #ddd; overflow: hidden; } .odd { height: 60px; } .auto { height: auto; } `

// openRows shows a thousand rows, whose every seventh is odd, once the frame has the code that lets rows wait.
func openRows(t *testing.T, config, css string) *phone {
	t.Helper()
	p, groups := load(t)
	p.do("t.reply.group = " + groups)
	p.do(fmt.Sprintf(`t.boot({ views: [%s], styles: [{ path: "app.acss", css: %s }], pages: { "pages/index/index": { config: { %s }, styles: [0], view: 0 } } })`, rowsView, quote(rowsCSS+css), config))
	p.do(`await t.ops([[0, 1, "pages/index/index"], [6, 1, "push"], [1, 1, 0, 0, 0, 0, 2, 1, ["list"]]]); await t.call("hideKeyboard")`)
	p.do(`t.rows = (count) => Array.from({ length: count }, (_, i) => [i % 7 ? "row" : "row odd", "row " + i]).flat()
		t.far = () => t.root().querySelectorAll("[souk-far]").length
		t.painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))
		t.scroller = document.querySelector(".souk-scroll")
		await t.ops([[1, 2, 0, 0, 0, 1, 100, 1000, t.rows(1000)]])
		await t.painted(); t.take()`)
	return p
}

// answers is what a program can measure of the page, by every way that it has.
const answers = `[
	await t.call("query", 1, [[".row", 1, "rect"], [".in", 1, "fields", { size: true, rect: true, computedStyle: ["width", "height"] }], [".list", 0, "rect"], [null, 0, "scroll"]]),
	await t.call("scrollTo", 1, { selector: ".row:nth-of-type(700) .in", duration: 0 }), t.scroller.scrollTop, t.scroller.scrollHeight,
	await t.call("query", 1, [[".row:nth-of-type(720)", 0, "rect"]]),
	await t.call("scrollTo", 1, { scrollTop: 12345, duration: 0 }), await t.painted(), t.root().elementFromPoint(200, 400).textContent, t.take().pop()
]`

// same compares what two pages answer, and shows where they part.
func (p *phone) same(script, want string) {
	p.Helper()
	got := p.get(script)
	if got == want {
		return
	}
	from := 0
	for from < min(len(got), len(want)) && got[from] == want[from] {
		from++
	}
	from = max(from-200, 0)
	p.Errorf("after %d characters\n got %.400s\nwant %.400s", from, got[from:], want[from:])
}

func TestALongListIsMeasuredAsOneThatIsLaidOutAtOnce(t *testing.T) {
	const script = `(async () => ` + answers + `)()`
	plain := openRows(t, `containRows: false`, "")
	plain.want(`t.far()`, `0`)
	want := plain.get(script)
	p := openRows(t, "", "")
	p.want(`t.far() > 800`, `true`)
	p.same(script, want)
	p.want(`t.far()`, `0`) // who measured has made it whole
}

func TestRowsOfALongListStandWhereTheyWouldAndBecomeOrdinaryWhenTheyComeNear(t *testing.T) {
	p := openRows(t, "", "")
	for _, top := range []int{0, 3000, 20000, 41000, 99999, 700, 30000} {
		p.do(fmt.Sprintf(`t.scroller.scrollTop = %d; await t.painted()`, top))
		p.wait(`[...t.root().querySelectorAll("[souk-far]")].every((el) => { const r = el.getBoundingClientRect(); return r.bottom <= 0 || r.top >= 844 })`)
		// Where each row in sight must be, from its number alone.
		p.want(`[...t.root().querySelectorAll(".row")].map((el, i) => {
			const high = Math.floor(390 / 750 * 80 * 64) / 64, odd = Math.ceil(i / 7), top = 50 + odd * 61 + (i - odd) * (high + 1) - t.scroller.scrollTop, r = el.getBoundingClientRect()
			return r.bottom > 0 && r.top < 844 && Math.abs(r.top - top) > 1 ? [i, r.top, top] : null
		}).filter((wrong) => wrong)`, `[]`)
	}
	p.want(`t.take().filter((m) => m[2] === "scroll").map((m) => m[3].scrollHeight).every((high) => high === t.scroller.scrollHeight)`, `true`)
	p.want(`t.far() > 500`, `true`) // what nobody saw waits still
}

func TestAddingMovingAndRemovingRowsThatWait(t *testing.T) {
	script := `(async () => [await t.ops([[1, 2, 0, 1000, 0, 1, 2000, 500, t.rows(500)], [5, 2, 0, [1400, 2, 0, 900]], [3, 2, 0, 500, 300], [2, 1500, 1, "changed"]]), await t.painted(), ` + answers + `])()`
	p := openRows(t, "", "")
	want := openRows(t, `containRows: false`, "").get(script)
	p.same(script, want)
}

func TestARowThatChangesItsLookOrItsContentWaitsNoLonger(t *testing.T) {
	p := openRows(t, "", `.wide .row { height: auto; } .more { height: 300px; }`)
	far := `t.root().querySelectorAll(".row")[%d].hasAttribute("souk-far")`
	p.want(fmt.Sprintf(far, 600), `true`)
	p.do(`await t.ops([[2, 700, 0, "row auto"], [2, 701, 1, "a text alone"], [1, 702, 0, 0, 0, 2, 5000, 1, []]])`)
	p.want(fmt.Sprintf("[%s,%s,%s]", fmt.Sprintf(far, 600), fmt.Sprintf(far, 601), fmt.Sprintf(far, 602)), `[false,true,false]`)
	p.do(`await t.ops([[2, 2, 0, "list wide"]])`)
	p.want(`t.far()`, `0`)
	p.do(`await t.ops([[4, 2, 0], [1, 2, 0, 0, 0, 1, 6000, 1000, t.rows(1000)]])`)
	p.want(`t.far()`, `0`) // rows of this height cannot wait
	p.do(`await t.ops([[2, 2, 0, "list"], [4, 2, 0], [1, 2, 0, 0, 0, 1, 8000, 1000, t.rows(1000)]])`)
	p.want(`t.far() > 800`, `true`)
}

func TestAnObserverLooksAtAPageThatIsLaidOutAsAWhole(t *testing.T) {
	p := openRows(t, "", "")
	p.do(`window.n = t.next + 1; await t.call("observe", 1, { selector: ".row:nth-of-type(500)", margins: { bottom: 30000 } })`)
	p.wait(`t.answers[n].some((a) => a.intersectionRatio === 1)`)
	p.want(`t.far()`, `0`)
	p.do(`await t.ops([[1, 2, 0, 1000, 0, 1, 2000, 500, t.rows(500)]])`)
	p.want(`t.far()`, `0`)
}

func TestRowsWhosePlaceDependsOnWhatIsInThemAreLaidOutAtOnce(t *testing.T) {
	for name, css := range map[string]string{
		"the content makes the height":            `.row { height: auto; }`,
		"a least height of the content":           `.row { min-height: min-content; }`,
		"the content hangs out":                   `.row { overflow: visible; } .in { height: 200px; }`,
		"the content is wider":                    `.row { overflow: visible; } .in { width: 2000px; }`,
		"a margin goes through":                   `.row { overflow: visible; border: 0; } .in { margin-top: 20px; }`,
		"placed by the page":                      `.in { position: absolute; top: 5px; }`,
		"fixed to the screen":                     `.in { position: fixed; bottom: 0; }`,
		"sticking to the screen":                  `.in { position: sticky; top: 0; }`,
		"a mark placed by the page":               `.in::before { content: "x"; position: absolute; top: 5px; }`,
		"numbers that count on":                   `.in { counter-increment: row; } .in::before { content: counter(row); }`,
		"the list is as wide as its rows":         `.list { width: fit-content; }`,
		"the list floats":                         `.list { float: left; }`,
		"the list stands beside something":        `:host { display: flex; }`,
		"rows beside each other":                  `.list { display: flex; flex-wrap: wrap; }`,
		"a table":                                 `.list { display: table; } .row { display: table-row; }`,
		"columns":                                 `.list { column-count: 2; }`,
		"rows that float":                         `.row { float: left; width: 50%; }`,
		"rows on a line":                          `.row { display: inline-block; width: 49%; }`,
		"moving":                                  `.in { animation: turn 1s infinite; } @keyframes turn { to { transform: rotate(1turn) } }`,
		"from top to bottom":                      `.list { writing-mode: vertical-rl; }`,
		"a list that is not shown says nothing":   `.list { display: none; }`,
		"the list in the middle of a flex column": `:host { display: flex; flex-direction: column; } .list { align-self: center; }`,
	} {
		t.Run(name, func(t *testing.T) { openRows(t, "", css).want(`t.far()`, `0`) })
	}
	for name, css := range map[string]string{
		"a flex column around":   `:host { display: flex; flex-direction: column; }`,
		"a row that is a flex":   `.row { display: flex; align-items: center; }`,
		"an absolute part in it": `.row { position: relative; } .in { position: absolute; top: 5px; }`,
		"no overflow is hidden":  `.row { overflow: visible; }`,
	} {
		t.Run("but not: "+name, func(t *testing.T) { openRows(t, "", css).want(`t.far() > 800`, `true`) })
	}
}

func TestAScrollViewFindsARowThatWaits(t *testing.T) {
	p, groups := load(t)
	p.do("t.reply.group = " + groups)
	p.boot(`.row { height: 40px; border-top: 1px solid; } .in { height: 20px; }`, `{ path: "pages/index/index.axml", blocks: [
		{ n: [["scroll-view", { class: "list", "scroll-y": "true", style: "height:300px" }, 1]], h: [[1, 0, "scroll-into-view"]], e: [], r: [1] },
		{ n: [["view", { class: "row" }, ["view", { class: "in" }, "in"]]], h: [[1, 1, "id"]], e: [], r: [] } ] }`)
	p.do(`await t.ops([[1, 1, 0, 0, 0, 0, 2, 1, [""]]]); await t.call("hideKeyboard"); await t.ops([[1, 2, 0, 0, 0, 1, 100, 1000, Array.from({ length: 1000 }, (_, i) => "in" + i)]])`)
	p.want(`t.root().querySelectorAll("[souk-far]").length > 800`, `true`)
	p.do(`await t.ops([[2, 2, 0, "in777"]])`)
	p.wait(`Math.abs(t.$("#in777").getBoundingClientRect().top - t.$(".list").getBoundingClientRect().top) < 1`)
	p.want(`[t.$(".list").scrollTop, t.$(".list").scrollHeight]`, `[31858,41000]`)
}
