package programs_test

import (
	"fmt"
	"strings"
	"testing"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

// play does what a person does and sees, a line each:
//
//	press WHAT     taps it; WHAT is a selector in the page, SELECTOR@N for the nth from 0, or "words"
//	touch WHAT     puts a finger on it and lifts it
//	type WORDS     where the last tap put the cursor
//	reads WORDS    waits until the page says them
//	lacks WORDS    waits until it does not
//	sees WHAT      waits until it is there and has a size
//	gone WHAT      waits until it is not to be seen
//	low WHAT       waits until it is less than 2 pixels high; high WHAT until it is more than 10
//	shell WORDS    taps what says just these words in the shell
//	dialog WORDS   waits until the shell says them
//	back           presses the arrow of the navigation bar
func (p *phone) play(t *testing.T, tour string) {
	t.Helper()
	p.T = t
	for line := range strings.Lines(tour) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if verb == "" || strings.HasPrefix(verb, "#") {
			continue
		}
		if !p.step(verb, rest) {
			t.Fatalf("%q is no step of a tour", verb)
		}
	}
}

func (p *phone) step(verb, rest string) bool {
	switch verb {
	case "press":
		p.PressThe(rest, element(rest))
	case "touch":
		p.TouchThe(rest, element(rest))
	case "type":
		p.Types(rest)
	case "reads":
		p.Reads(rest)
	case "lacks":
		p.Until("a page without "+rest, func() bool { return !strings.Contains(p.Text(), rest) })
	case "sees":
		p.holds(rest+" to be seen", `const n = `+element(rest)+`; return !!n && seen(n);`)
	case "gone":
		p.holds(rest+" to be gone", `const n = `+element(rest)+`; if (!n || !seen(n)) return true; const r = n.getBoundingClientRect(); return r.top >= innerHeight || r.bottom <= 0 || r.left >= innerWidth || r.right <= 0;`)
	case "low":
		p.holds(rest+" to be low", `return `+element(rest)+`?.getBoundingClientRect().height < 2;`)
	case "high":
		p.holds(rest+" to be high", `return `+element(rest)+`?.getBoundingClientRect().height > 10;`)
	case "shell":
		p.TapWords(rest)
	case "dialog":
		p.Sees("body", rest)
	case "back":
		p.Back()
	default:
		return false
	}
	return true
}

// holds waits until the body of a JavaScript function, run in the program's frame, answers true.
func (p *phone) holds(what, body string) {
	p.T.Helper()
	p.Until(what, func() bool {
		yes, err := handset.Inside[bool](p.Phone, body)
		return err == nil && yes
	})
}

// element is the JavaScript expression of what a tour names.
func element(what string) string {
	if words, ok := strings.CutPrefix(what, `"`); ok {
		return `saying(` + chrome.Quote(strings.TrimSuffix(words, `"`)) + `)[0]`
	}
	selector, nth, found := strings.Cut(what, "@")
	if !found {
		nth = "0"
	}
	return fmt.Sprintf("find(%s)[%s]", chrome.Quote(selector), nth)
}
