package chrome

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long something may take to be seen: long, since machines that run tests are busy. SOUK_PATIENCE=5s is for a person who
// writes a test.
var patience = func() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("SOUK_PATIENCE")); err == nil && d > 0 {
		return d
	}
	return 60 * time.Second
}()

const (
	lookAgain = 40 * time.Millisecond
	linesMax  = 2000
)

// Tab is a page in Chromium.
type Tab struct {
	T       *testing.T
	Ctx     context.Context
	Explain func() string // what to say when something is waited for in vain; nil for nothing

	mu    sync.Mutex
	lines []string
}

func (p *Tab) listen(messages func(func(chromedp.ConsoleMessage, error) bool)) {
	for m, err := range messages {
		if err != nil {
			return
		}
		p.mu.Lock()
		if len(p.lines) < linesMax {
			p.lines = append(p.lines, m.Text)
		}
		p.mu.Unlock()
	}
}

// Console is what the page's console said, at most 2,000 lines.
func (p *Tab) Console() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

// Run does the steps, in at most a minute.
func (p *Tab) Run(steps ...chromedp.Action[chromedp.Void]) {
	p.T.Helper()
	ctx, cancel := context.WithTimeout(p.Ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.Shot("failed")
		p.T.Fatal(err)
	}
}

// JS evaluates an expression in the tab's own document, waiting for a promise.
func JS[T any](p *Tab, expression string) (T, error) {
	return Evaluate[T](p.Ctx, expression)
}

// Evaluate evaluates an expression in the document of a chromedp context, waiting for a promise, in at most a minute.
func Evaluate[T any](ctx context.Context, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Quote writes a value as JavaScript.
func Quote(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("only what JSON can say is quoted: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}

// Soon asks again and again until it is done or the time is over.
func (p *Tab) Soon(most time.Duration, done func() bool) bool {
	for end := time.Now().Add(most); time.Now().Before(end) && p.Ctx.Err() == nil; time.Sleep(lookAgain) {
		if done() {
			return true
		}
	}
	return done()
}

// Until waits for what is described, and fails the test when it does not come.
func (p *Tab) Until(what string, done func() bool) {
	p.T.Helper()
	if p.Soon(patience, done) {
		return
	}
	p.Shot("failed")
	said := ""
	if p.Explain != nil {
		said = "; " + p.Explain()
	}
	p.T.Fatalf("waited in vain for %s%s", what, said)
}

// Shot keeps a picture of the screen when SOUK_SHOTS names a folder for them.
func (p *Tab) Shot(name string) {
	dir := os.Getenv("SOUK_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.Ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		file := strings.NewReplacer("/", "_", " ", "_").Replace(p.T.Name() + "-" + name)
		err = os.WriteFile(filepath.Join(dir, file+".png"), png, 0o644)
	}
	if err != nil {
		p.T.Log(err)
	}
}

// Place is a point in CSS pixels from the tab's left upper corner.
type Place struct{ X, Y float64 }

// Tap presses the first element that the selector finds, where a finger would: once it stands still and nothing lies over it.
func (p *Tab) Tap(selector string) {
	p.T.Helper()
	p.TapThe(selector, `document.querySelector(`+Quote(selector)+`)`)
}

// TapWords presses the innermost element that says just these words; the last of several, which lies in front.
func (p *Tab) TapWords(words string) {
	p.T.Helper()
	p.TapThe(Quote(words), `[...document.querySelectorAll('body *')].filter((n) => n.children.length === 0 && n.textContent.trim() === `+Quote(words)+` && n.getBoundingClientRect().width > 0).at(-1)`)
}

// TapThe presses the element that the JavaScript expression gives, brought into view, and again if it moved away under the finger.
func (p *Tab) TapThe(what, expression string) {
	p.T.Helper()
	find := `(() => { const n = ` + expression + `; let r = n?.getBoundingClientRect(); if (!r || !r.width) return {X: 0, Y: 0};
		if (r.bottom < 0 || r.top > innerHeight) { n.scrollIntoView({block: 'center'}); r = n.getBoundingClientRect(); }
		const at = {X: r.left + r.width / 2, Y: r.top + r.height / 2}; if (!n.contains(document.elementFromPoint(at.X, at.Y))) return {X: 0, Y: 0}; ` + Arm("n") + ` return at; })()`
	p.Until(what+" to be tapped", func() bool {
		var at Place
		p.Until(what+" at rest and in reach", func() bool {
			before, err := at, error(nil)
			at, err = JS[Place](p, find)
			return err == nil && at.X > 0 && at == before
		})
		p.Run(chromedp.MouseClickXY(at.X, at.Y))
		return Clicked(p.Ctx)
	})
}

// Arm is a JavaScript statement that notes when a finger comes down on the element of that name and when it clicks it; Clicked and Touched
// tell whether it did.
func Arm(name string) string {
	return `globalThis.soukArmed || ['pointerdown', 'click'].forEach((type) => addEventListener(type, (e) => {
		if (e.composedPath().includes(globalThis.soukArmed.n)) globalThis.soukArmed[type] = true; }, true));
		globalThis.soukArmed = {n: ` + name + `};`
}

// lateClickMs is how long a click may take to be heard before it is taken for missed and pressed again.
const lateClickMs = "1000"

// Clicked tells whether what was armed in the document of the context was clicked: a finger came down on it and left it there. Under a
// finger that finds it moved or drawn anew it was not. What is switched off hears no click and only has to be touched; a document that has
// gone meanwhile was clicked.
func Clicked(ctx context.Context) bool {
	done, err := Evaluate[bool](ctx, `(async () => { const a = globalThis.soukArmed, clicked = () => !a || !!a.click || !!a.pointerdown && a.n.matches(':disabled');
		for (const end = performance.now() + `+lateClickMs+`; !clicked() && performance.now() < end;) await new Promise((done) => setTimeout(done, 20));
		return clicked(); })()`)
	return err != nil || done
}

// Touched tells whether a finger came down on what was armed in the document of the context. A document that has gone meanwhile was touched.
func Touched(ctx context.Context) bool {
	done, err := Evaluate[bool](ctx, `globalThis.soukArmed?.pointerdown !== undefined || !globalThis.soukArmed`)
	return err != nil || done
}

// Shows tells whether elements that the selector finds say the words now.
func (p *Tab) Shows(selector, words string) bool {
	text, err := JS[string](p, `[...document.querySelectorAll(`+Quote(selector)+`)].map((n) => n.innerText ?? n.textContent).join('\n')`)
	return err == nil && strings.Contains(text, words)
}

// Sees waits until elements that the selector finds say the words.
func (p *Tab) Sees(selector, words string) {
	p.T.Helper()
	p.Until(words+" in "+selector, func() bool { return p.Shows(selector, words) })
}

// Misses waits until no element matches.
func (p *Tab) Misses(selector string) {
	p.T.Helper()
	p.Until("no "+selector, func() bool {
		count, err := JS[int](p, `document.querySelectorAll(`+Quote(selector)+`).length`)
		return err == nil && count == 0
	})
}
