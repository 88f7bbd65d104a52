package handset

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
)

// front is the frame of the program that a person sees. The shell keeps a second, empty one warm.
const front = `document.querySelector('.program:not(.warm):not(.behind) iframe')`

// deep finds text and elements in the shown page's shadow root; those that say just the words come before those that say more.
const deep = `const root = document.querySelector('.souk-page.shown .souk-host')?.shadowRoot;
const all = (n) => [n, ...[...n.children].flatMap(all)];
const text = () => [...(root?.childNodes ?? [])].map((c) => c.innerText ?? c.nodeValue ?? '').join('\n');
const find = (sel) => [...(root?.querySelectorAll(sel) ?? [])];
const seen = (n) => { const r = n.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(n).visibility !== 'hidden'; };
const saying = (words) => { const own = [...(root?.children ?? [])].flatMap(all).filter((n) => seen(n) && (n.innerText ?? '').includes(words)); const inner = own.filter((n) => !own.some((m) => m !== n && n.contains(m))); const just = (n) => n.innerText.trim() === words; return [...inner.filter(just), ...inner.filter((n) => !just(n))]; };
`

var errNothingDrawn = errors.New("no program has drawn anything yet")

// frame is the chromedp context of the frame in front, once it has drawn a page.
func (p *Phone) frame() (context.Context, error) {
	id, err := p.frontFrame()
	if err != nil {
		return nil, err
	}
	if frame, known := p.frames[id]; known {
		return frame, nil
	}
	frame, leave := chromedp.NewContext(p.Ctx, chromedp.WithTargetID(target.ID(id)), chromedp.WithDetachOnCancel())
	err = chromedp.Do(frame) // attaches; what a limited context attaches to ends with its time
	drawn := false
	if err == nil {
		drawn, err = chrome.Evaluate[bool](frame, `!!document.querySelector('.souk-page.shown')`)
	}
	if err != nil || !drawn {
		leave()
		return nil, errors.Join(errNothingDrawn, err)
	}
	p.T.Cleanup(func() { delete(p.frames, id); leave() })
	p.frames[id] = frame
	return frame, nil
}

func (p *Phone) frontFrame() (cdp.FrameID, error) {
	found, err := chromedp.Call(p.Ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: front})
	if err != nil {
		return "", err
	}
	if found.Result == nil || found.Result.ObjectID == "" {
		return "", errNothingDrawn
	}
	node, err := chromedp.Call(p.Ctx, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: found.Result.ObjectID})
	if err != nil {
		return "", err
	}
	return node.Node.FrameID, nil
}

// Inside runs the body of a JavaScript function in the frame in front. root is the shown page's shadow root; text(), find(selector) and
// saying(words) look into it.
func Inside[T any](p *Phone, body string) (T, error) {
	frame, err := p.frame()
	if err != nil {
		return *new(T), err
	}
	return chrome.Evaluate[T](frame, `(() => { `+deep+body+` })()`)
}

// Text is what the shown page of the program says, or "" while there is none.
func (p *Phone) Text() string {
	text, err := Inside[string](p, `return text();`)
	if err != nil {
		return ""
	}
	return text
}

// Reads waits until the program shows each of the words.
func (p *Phone) Reads(words ...string) {
	p.T.Helper()
	for _, w := range words {
		p.Until(chrome.Quote(w)+" in the program", func() bool { return strings.Contains(p.Text(), w) })
	}
}

// Press taps the first element of the program that the selector finds.
func (p *Phone) Press(selector string) {
	p.T.Helper()
	p.PressNth(selector, 0)
}

// PressNth taps the nth element of the program, from 0, that the selector finds.
func (p *Phone) PressNth(selector string, nth int) {
	p.T.Helper()
	p.PressThe(selector, fmt.Sprintf(`find(%s)[%d]`, chrome.Quote(selector), nth))
}

// PressWords taps the first innermost element of the program that contains the words.
func (p *Phone) PressWords(words string) {
	p.T.Helper()
	p.PressThe(chrome.Quote(words), `saying(`+chrome.Quote(words)+`)[0]`)
}

// PressThe taps what the expression finds in the program, once it has been brought into view and stands still, and again if it moved away
// under the finger or was drawn anew.
func (p *Phone) PressThe(what, expression string) {
	p.T.Helper()
	p.pressUntil(chrome.Clicked, what, expression, func(at chrome.Place) { p.Run(chromedp.MouseClickXY(at.X, at.Y)) })
}

// TouchThe puts a finger on what the expression finds in the program and lifts it, for programs that listen to touches alone.
func (p *Phone) TouchThe(what, expression string) {
	p.T.Helper()
	p.pressUntil(chrome.Touched, what, expression, func(at chrome.Place) {
		for _, in := range []input.DispatchTouchEventParams{
			{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: []*input.TouchPoint{{X: at.X, Y: at.Y}}},
			{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}},
		} {
			if _, err := chromedp.Call(p.Ctx, input.DispatchTouchEvent, in); err != nil {
				p.T.Fatal(err)
			}
		}
	})
}

func (p *Phone) pressUntil(done func(context.Context) bool, what, expression string, press func(at chrome.Place)) {
	p.T.Helper()
	p.Until(what+" to be tapped", func() bool {
		press(p.Rest(what, expression))
		frame, err := p.frame()
		return err != nil || done(frame)
	})
}

// Rest waits until what the expression finds in the program is in view and stands still, as does the program on the screen with nothing of
// the shell over the place, and answers its middle on the screen.
func (p *Phone) Rest(what, expression string) chrome.Place {
	p.T.Helper()
	var at chrome.Place
	p.Until(what+" at rest in the program", func() bool {
		inside, err := Inside[chrome.Place](p, `const n = `+expression+`; if (!n) return {X: 0, Y: 0};
			let r = n.getBoundingClientRect(); if (r.top < 0 || r.bottom > innerHeight || r.left < 0 || r.right > innerWidth) { n.scrollIntoView({block: 'center', inline: 'center'}); r = n.getBoundingClientRect(); }
			`+chrome.Arm("n")+` return {X: r.left + r.width / 2, Y: r.top + r.height / 2};`)
		if err != nil || inside.X <= 0 {
			return false
		}
		before := at
		at, err = p.onScreen(inside)
		return err == nil && at.X > 0 && at == before
	})
	return at
}

// onScreen is a place of the frame in front on the screen; the zero Place where something of the shell lies over it.
func (p *Phone) onScreen(inside chrome.Place) (chrome.Place, error) {
	return chrome.JS[chrome.Place](p.Tab, fmt.Sprintf(`(() => { const frame = %s, r = frame?.getBoundingClientRect(); if (!r) return {X: 0, Y: 0};
		const at = {X: r.left + %g, Y: r.top + %g}; return document.elementFromPoint(at.X, at.Y) === frame ? at : {X: 0, Y: 0}; })()`, front, inside.X, inside.Y))
}

// wheelTime is how long a page may take to scroll before the wheel is turned again: what turns while a page arrives may move nothing.
const wheelTime = 2 * time.Second

// Wheel turns a mouse's wheel over the middle of the program until its shown page stands at least that many CSS pixels down, or at its end.
func (p *Phone) Wheel(down float64) {
	p.T.Helper()
	p.Until("the page to scroll", func() bool {
		p.Run(chromedp.MouseEvent(chromedp.MouseWheel, Width/2, Height/2, func(e *input.DispatchMouseEventParams) { e.DeltaX, e.DeltaY = 1, down }))
		return p.Soon(wheelTime, func() bool {
			done, err := Inside[bool](p, fmt.Sprintf(`const s = document.querySelector('.souk-page.shown .souk-scroll'); return !!s && s.scrollTop >= Math.min(%g, s.scrollHeight - s.clientHeight);`, down))
			return err == nil && done
		})
	})
}

// Types enters text where the last tap put the cursor.
func (p *Phone) Types(text string) {
	p.T.Helper()
	p.Run(chromedp.KeyEvent(text))
}

// Back presses the navigation bar's arrow.
func (p *Phone) Back() {
	p.T.Helper()
	p.Tap(`.program:not(.warm):not(.behind) .bar-left .bar-button`)
}

// Uncaught is an error of the program that nobody caught, as developer mode shows it.
type Uncaught struct{ Message, Page, Stack string }

func (u Uncaught) String() string { return u.Page + ": " + u.Message + "\n" + u.Stack }

// Errors are the uncaught errors that developer mode shows.
func (p *Phone) Errors() []Uncaught {
	found, err := chrome.JS[[]Uncaught](p.Tab, `[...document.querySelectorAll('.dev-panel article')].map((a) => ({Message: a.querySelector('strong')?.textContent ?? '', Page: a.querySelector('small')?.textContent ?? '', Stack: a.querySelector('pre')?.textContent ?? ''}))`)
	if err != nil {
		p.T.Fatal(err)
	}
	return found
}

func (p *Phone) situation() string {
	_, err := p.frame()
	around, _ := chrome.JS[string](p.Tab, `[...document.querySelectorAll('.program')].map((n) => n.className + ' ' + (n.querySelector('iframe')?.src || 'written') + ' ' + n.querySelector('iframe')?.contentWindow?.length).join('; ') + ' at ' + location.href`)
	return fmt.Sprintf("the program says %q (%v); errors %v; %s", p.Text(), err, p.Errors(), around)
}
