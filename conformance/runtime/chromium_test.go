package runtime_test

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"souk/browser"
	"souk/browser/headless"
	"souk/conformance/chrome"
)

const caseTime = 2 * time.Minute

//go:embed harness.html
var harness []byte

// TestEachProgramIsTheSameInChromium plays every case on the real frame and worker and compares, step by step, with what
// the engine in Go said and showed.
func TestEachProgramIsTheSameInChromium(t *testing.T) {
	tab := openTab(t)
	for _, c := range readCases(t) {
		t.Run(c.name, func(t *testing.T) {
			said := inGo(t, c)
			p := &page{T: t, ctx: tab.ctx, url: tab.url}
			shown := p.play(c)
			compare(t, p, c, said, shown)
		})
	}
}

// compare holds the two against each other. What timers do belongs to the step before, where a browser's real time may
// already have run them: a step and the "settle" after it are one.
func compare(t *testing.T, p *page, c kase, said, shown []string) {
	t.Helper()
	steps := append([]string{"(open)"}, c.steps...)
	for i := 0; i < len(steps); i++ {
		a, b, name := said[i], shown[i], steps[i]
		for i+1 < len(steps) && strings.HasPrefix(steps[i+1], "settle") {
			i++
			a, b, name = a+said[i], b+shown[i], name+", "+steps[i]
		}
		a, b = p.alike(a), sameWords(b)
		if a != b {
			t.Errorf("%s: step %d, %q: Chromium (got) and the engine in Go (want) part\n%s", c.file, i, name, parting(b, a))
		}
	}
}

// ---- the same text form -------------------------------------------------------------------------------------------------

var (
	engineWords = regexp.MustCompile(`(TypeError|ReferenceError|SyntaxError|RangeError): .*`)
	tagLine     = regexp.MustCompile(`^( *)<([a-z][\w-]*)((?: [\w:-]+="(?:[^"\\]|\\.)*")*)>$`)
	attribute   = regexp.MustCompile(` ([\w:-]+)=("(?:[^"\\]|\\.)*")`)
)

// sameWords leaves out how an engine words its own errors.
func sameWords(text string) string { return engineWords.ReplaceAllString(text, "$1") }

// plain are the elements that write every attribute into the document as it is; of the others, id and class are compared.
var plain = map[string]bool{"view": true, "text": true, "cover-view": true}

// alike turns what package headless printed into what the document says: styles as Chromium writes them, false is absent.
func (p *page) alike(text string) string {
	lines := strings.Split(sameWords(text), "\n")
	for i, line := range lines {
		if m := tagLine.FindStringSubmatch(line); m != nil {
			lines[i] = m[1] + "<" + m[2] + p.attributes(m[2], m[3]) + ">"
		}
	}
	return strings.Join(lines, "\n")
}

func (p *page) attributes(tag, text string) string {
	var b strings.Builder
	for _, m := range attribute.FindAllStringSubmatch(text, -1) {
		value, err := strconv.Unquote(m[2])
		if err != nil {
			p.Fatalf("%s: %v", m[2], err)
		}
		switch name := m[1]; {
		case name != "id" && name != "class" && !plain[tag], value == "false", name == "role", name == "tabindex", name == "slot":
			continue
		case name == "style":
			value = p.eval("t.style(" + chrome.Quote(value) + ")")
			if value == "" {
				continue
			}
		case value == "":
			value = "true"
		}
		b.WriteString(" " + m[1] + "=" + chrome.Quote(value))
	}
	return b.String()
}

// ---- the page -------------------------------------------------------------------------------------------------------------

type page struct {
	*testing.T
	ctx context.Context
	url string
}

// play opens the program in a fresh document of the tab and runs the steps.
func (p *page) play(c kase) []string {
	ctx, cancel := context.WithTimeout(p.ctx, caseTime)
	defer cancel()
	defer func(tab context.Context) { p.ctx = tab }(p.ctx)
	p.ctx = ctx
	if err := chromedp.Do(p.ctx, chromedp.Navigate(p.url)); err != nil {
		p.Fatal(err)
	}
	boot, err := headless.BootMessage(c.in)
	if err != nil {
		p.Fatal(err)
	}
	boot["dev"] = true // the worker then sends its console
	a := assets(p.T)
	boot["groups"] = myGroups(a)
	groups := map[string]string{}
	for name, script := range a.Groups {
		groups[name] = string(script)
	}
	packages := map[string]map[string]string{}
	for root, sub := range c.in.Packages {
		packages[root] = map[string]string{"script": string(sub.Script), "frame": string(sub.Frame)}
	}
	said := []string{p.eval(fmt.Sprintf("(await t.boot(%s, %s, %s, %s, %s), t.take())",
		chrome.Quote(c.frame), chrome.Quote(boot), chrome.Quote(headless.Answers()), chrome.Quote(groups), chrome.Quote(packages)))}
	for _, command := range c.steps {
		said = append(said, p.step(command))
	}
	return said
}

func (p *page) step(command string) string {
	verb, rest, _ := strings.Cut(command, " ")
	word, more, _ := strings.Cut(rest, " ")
	var js string
	switch verb {
	case "tree", "ops", "calls", "stack":
		return p.eval("t.show." + verb + "() + t.take()")
	case "tap":
		js = "t.fire(" + chrome.Quote(rest) + `, "tap")`
	case "fire":
		selector, event, data := fireWords(rest)
		js = "t.fire(" + chrome.Quote(selector) + ", " + chrome.Quote(event) + ", " + chrome.Quote(data) + ")"
	case "gesture", "event":
		js = "t." + verb + "(" + chrome.Quote(word) + ", " + chrome.Quote(value(more)) + ")"
	case "settle":
		js = "t.settle(" + rest + ")"
	default:
		p.Fatalf("unknown command %q", command)
	}
	return p.eval(`(await (async () => { try { await ` + js + `; return "" } catch (e) { return "! " + e.message + "\n" } })()) + (await t.idle(), t.take())`)
}

// eval answers a JavaScript expression that is a text; await may be used in it.
func (p *page) eval(js string) string {
	p.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("(async () => ("+js+"))()", chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%.300s: %v", js, err)
	}
	return out
}

// ---- Chromium -------------------------------------------------------------------------------------------------------------

func assets(t *testing.T) browser.Assets {
	t.Helper()
	a, err := browser.Build(true)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestMain(m *testing.M) { os.Exit(chrome.Run(m, chrome.Calm())) }

// myGroups are all groups of functions: the cases call all of them. The one that lets a page-container have a step back first comes only with programs
// that have one: the step then waits for the frame.
func myGroups(a browser.Assets) []string {
	var texts []string
	for name, text := range a.MyGroups {
		if name != "container" {
			texts = append(texts, string(text))
		}
	}
	return texts
}

// openTab opens one tab for all cases, beside a server of the harness and the two scripts.
func openTab(t *testing.T) *page {
	t.Helper()
	a := assets(t)
	files := map[string][]byte{"/frame.js": a.FrameJS, "/worker.js": []byte("window.workerSource = " + chrome.Quote(string(a.WorkerJS)))}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		script, ok := files[r.URL.Path]
		switch {
		case ok:
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			w.Header().Set("Cache-Control", "max-age=600")
			_, _ = w.Write(script)
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write(harness)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return &page{T: t, ctx: chrome.Open(t, 375, 667).Ctx, url: server.URL + "/"}
}
