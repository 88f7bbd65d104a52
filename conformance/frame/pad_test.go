package frame_test

import "testing"

const padKeys = `[...t.root().querySelectorAll(".souk-pad-keys > button")].map((b) => b.textContent).join("")`

// tapKey taps a key of the pad by what is on it.
func (p *phone) tapKey(key string) {
	p.Helper()
	p.do(`for (const b of t.root().querySelectorAll(".souk-pad button")) b.id = "key" + (b.textContent === "⌫" ? "back" : b.textContent === "." ? "point" : b.textContent)`)
	p.tap("#key" + key)
}

func TestAPadOfOurOwnTypesDigitsAndStandsWhileItsFieldHasTheFocus(t *testing.T) {
	p := open(t, "", one(`["input", { id: "in", style: "height:40px", type: "digitpad", maxlength: "4" }], ["view", { style: "height:600px" }], ["input", { id: "low", style: "height:40px", type: "idcardpad" }]`,
		`[1, "input", 0], [1, "confirm", 0], [1, "blur", 0]`, ``))
	p.do(showGallery)
	p.tap("#in")
	p.wait(`t.$(".souk-pad:popover-open")`)
	p.want(`[`+padKeys+`, t.$("#in input").inputMode, t.root().activeElement.localName]`, `["123456789.0⌫","none","input"]`)
	p.shoot("pad")
	for _, key := range []string{"1", "2", "point", "5", "6"} { // one more than there is room for
		p.tapKey(key)
	}
	p.want(`t.$("#in input").value`, `"12.5"`)
	p.do(`t.$("#in input").setSelectionRange(2, 2)`)
	p.tapKey("back")
	p.tapKey("7")
	p.write("8") // a keyboard of the device's has no room left either
	p.want(`[t.$("#in input").value, t.root().activeElement.localName]`, `["17.5","input"]`)
	p.tapKey("Done")
	p.wait(`!t.$(".souk-pad")`)
	p.wait(`t.events.some((m) => m[1] === "blur")`)
	p.want(`t.take().filter((m) => m[0] === 2).map((m) => m[1] + " " + m[3].detail.value).slice(-3)`, `["input 17.5","confirm 17.5","blur 17.5"]`)
	p.do(`document.documentElement.dataset.theme = "dark"`)
	p.tap("#low") // which the pad would cover
	p.wait(`t.$(".souk-pad") && t.$("#low").getBoundingClientRect().bottom <= t.$(".souk-pad").getBoundingClientRect().top`)
	p.want(padKeys, `"123456789X0⌫"`)
	p.shoot("pad-dark")
}

func TestDigitsAreShuffledWhereAProgramWantsItAndTheSystemsKeyboardTakenWhereItSaysSo(t *testing.T) {
	p := open(t, "", one(`["input", { id: "in", style: "height:40px", type: "number", "random-number": "true" }], ["input", { id: "system", style: "height:40px", type: "numberpad", "always-system": "true" }], ["input", { id: "text", style: "height:40px", "random-number": "true" }]`, ``, ``))
	p.do(showGallery)
	orders := map[string]bool{}
	for range 6 {
		p.click("#in")
		p.wait(`t.$(".souk-pad")`)
		p.want(`[...`+padKeys+`].sort().join("")`, `"0123456789⌫"`)
		orders[p.get(padKeys)] = true
		p.do(`t.$("#in input").blur()`)
		p.wait(`!t.$(".souk-pad")`)
	}
	if len(orders) < 2 { // six times the same of 3,628,800
		t.Errorf("the digits stand as ever: %v", orders)
	}
	p.click("#system")
	p.wait(`t.root().activeElement?.closest("#system")`)
	p.want(`[t.$("#system input").inputMode, t.$("#text input").inputMode, t.$(".souk-pad")]`, `["numeric","text",null]`)
}

func TestAFormThatAsksForItHasAnIDForEachSubmit(t *testing.T) {
	p := open(t, "", one(`["form", { "report-submit": true }, ["button", { id: "go", "form-type": "submit" }, "Send"]]`, `[1, "submit", 0]`, ``))
	p.do(showGallery)
	p.click("#go")
	p.click("#go")
	p.wait(`t.events.length === 2`)
	p.want(`(() => { const ids = t.take().map((m) => m[3].detail.formId); return [ids[0] !== ids[1], ids.every((id) => /^[\d-]{8,60}$/.test(id))]; })()`, `[true,true]`)
}
