package programs_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

const (
	// answerTime is how long a tap may take to show anything; what is not seen by then is written down as silent.
	answerTime = 5 * time.Second
	// tapsMost is how many elements of a page are tapped.
	tapsMost = 16
)

// tappable is what a person would tap: what listens to taps, and the built-in controls, where they are to be seen and not switched off.
const tappable = `[...(root?.querySelectorAll('*') ?? [])].filter((n) => seen(n) && !n.matches('[disabled], [disabled] *') && (n.getAttribute('role') === 'button' || /^a[-_](button|switch|checkbox|radio|navigator|picker|input|textarea)$/.test(n.localName)) && !n.parentElement?.closest('[role=button]'))`

// tapped counts what was tapped on a program's pages, and after how many taps something could be seen.
type tapped struct{ taps, answered int }

// tapEverything goes to each page and taps everything on it, each from the page as it opens. Whatever it brings up is closed again. An
// uncaught error that is not the program's own fails the test.
func (p *phone) tapEverything(pages []string, tabs map[string]bool, known []mistake) (all tapped) {
	p.T.Helper()
	if _, err := chrome.JS[bool](p.Tab, `(() => { document.querySelector('.dv-drawer')?.remove(); return true; })()`); err != nil { // it lies over what is tapped
		p.T.Fatal(err)
	}
	for _, page := range pages {
		p.leaveLayers()
		p.clear()
		if err := p.visit(page, tabs[page]); err != nil {
			p.T.Errorf("%s: %v", page, err)
			continue
		}
		time.Sleep(settle)
		for n := 0; n < tapsMost; n++ {
			label, more := p.tapNth(page, n)
			if !more {
				break
			}
			all.taps++
			if label == "" {
				all.answered++
			} else {
				p.T.Logf("silent: %s: %s", page, label)
			}
			for _, e := range p.Errors() {
				if !slices.ContainsFunc(known, func(m mistake) bool {
					return (m.Page == "" || m.Page == page) && strings.Contains(e.Message, m.Message)
				}) {
					p.T.Errorf("%s, after tap %d: %s", page, n, e)
				}
			}
			if os.Getenv("SOUK_SHOTS") != "" && n == 0 {
				p.Shot("tap-" + page)
			}
		}
	}
	return all
}

// tapNth taps the nth thing of the page; more is false when there is no such. label names what showed nothing, and is "" for what did.
func (p *phone) tapNth(page string, n int) (label string, more bool) {
	p.leaveLayers()
	if n > 0 {
		if err := p.anew(page); err != nil {
			return "", false
		}
	}
	words, err := handset.Inside[string](p.Phone, fmt.Sprintf(`const n = %s[%d]; if (!n) return ''; n.scrollIntoView({block: 'center'}); return (n.innerText || n.className || n.localName || 'something').trim().slice(0, 40) || n.localName;`, tappable, n))
	if err != nil || words == "" {
		return "", false
	}
	at, err := handset.Inside[chrome.Place](p.Phone, fmt.Sprintf(`const r = %s[%d]?.getBoundingClientRect(); return r ? {X: r.left + Math.min(r.width / 2, 180), Y: r.top + r.height / 2} : {X: 0, Y: 0};`, tappable, n))
	frame, also := chrome.JS[chrome.Place](p.Tab, `(() => { const r = document.querySelector('.program:not(.warm):not(.behind) iframe').getBoundingClientRect(); return {X: r.left, Y: r.top}; })()`)
	if err != nil || also != nil || at.X == 0 {
		return "", false
	}
	before := p.everything()
	p.Run(chromedp.MouseClickXY(at.X+frame.X, at.Y+frame.Y))
	if p.Soon(answerTime, func() bool { return p.everything() != before }) {
		return "", true
	}
	return words, true
}

// anew opens the page again, so that nothing is left of what a tap did.
func (p *phone) anew(page string) error {
	if _, err := handset.Inside[bool](p.Phone, `root.host.dataset.before = '1'; return true;`); err != nil {
		return err
	}
	if err := p.visit(page, false); err != nil {
		return err
	}
	if !p.Soon(patience, func() bool {
		fresh, err := handset.Inside[bool](p.Phone, `return !!root && !root.host.dataset.before && root.childNodes.length > 0;`)
		return err == nil && fresh
	}) {
		return fmt.Errorf("%s does not open again", page)
	}
	return nil
}

// everything is what can be seen or heard of the program and the shell around it.
func (p *phone) everything() string {
	shell, _ := chrome.JS[string](p.Tab, `location.hash + [...document.querySelectorAll('.program:not(.warm), .layers, .toast, .dev-panel, .layer')].map((n) => n.innerText + n.className + n.getAttribute('style') + n.querySelectorAll('*').length).join('\n')`)
	inside, _ := handset.Inside[string](p.Phone, `const s = document.querySelector('.souk-page.shown .souk-scroll'); return (root?.innerHTML ?? '') + (s?.scrollTop ?? 0) + find('canvas, a_video, audio').map((n) => n.localName + (n.getContext?.('2d')?.getImageData(0, 0, n.width || 1, n.height || 1).data.reduce((a, b) => (a * 31 + b) | 0, 7) ?? '')).join() + (document.activeElement?.localName ?? '') + (root?.activeElement?.localName ?? '');`)
	return shell + inside + p.Console()
}

// leaveLayers closes what lies over the program, as a person who has seen enough would.
func (p *phone) leaveLayers() {
	for range 4 {
		left, err := chrome.JS[int](p.Tab, `(() => { const open = [...document.querySelectorAll('.layer:not(.out)')]; document.querySelectorAll('.dev-panel').forEach((n) => n.remove());
			for (const n of open) (n.querySelector('.sheet-close, .scan-close, [aria-label=Close], [aria-label=关闭]') ?? [...n.querySelectorAll('button')].at(-1))?.click(); return open.length; })()`)
		if err != nil || left == 0 {
			return
		}
		p.Run(chromedp.KeyEvent("\x1b"))
		time.Sleep(settle)
	}
}
