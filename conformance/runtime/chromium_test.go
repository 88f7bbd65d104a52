package runtime_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"souk/browser"
	"souk/browser/headless"
)

const caseTime = 20 * time.Second

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
			value = p.eval("t.style(" + quote(value) + ")")
			if value == "" {
				continue
			}
		case value == "":
			value = "true"
		}
		b.WriteString(" " + m[1] + "=" + quote(value))
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
	groups := map[string]string{}
	for name, script := range a.Groups {
		groups[name] = string(script)
	}
	said := []string{p.eval(fmt.Sprintf("(await t.boot(%s, %s, %s, %s), t.take())", quote(c.frame), quote(boot), quote(headless.Answers()), quote(groups)))}
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
		js = "t.fire(" + quote(rest) + `, "tap")`
	case "fire":
		selector, event, data := fireWords(rest)
		js = "t.fire(" + quote(selector) + ", " + quote(event) + ", " + quote(data) + ")"
	case "gesture", "event":
		js = "t." + verb + "(" + quote(word) + ", " + quote(value(more)) + ")"
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

func quote(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
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

var chrome = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, errors.New("Chromium is needed: install the Debian package chromium")
	}
	dir, err := os.MkdirTemp("", "souk-runtime-")
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(dir), chromedp.WindowSize(375, 667),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("force-prefers-reduced-motion", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(alloc)
	cleanups = append(cleanups, func() { _ = chromedp.Cancel(ctx); stop(); os.RemoveAll(dir) })
	return ctx, chromedp.Do(ctx)
})

var cleanups []func()

func TestMain(m *testing.M) {
	code := m.Run()
	for _, f := range cleanups {
		f()
	}
	os.Exit(code)
}

// openTab opens one tab for all cases, beside a server of the harness and the two scripts.
func openTab(t *testing.T) *page {
	t.Helper()
	parent, err := chrome()
	if err != nil {
		t.Fatal(err)
	}
	a := assets(t)
	files := map[string][]byte{"/frame.js": a.FrameJS, "/worker.js": []byte("window.workerSource = " + quote(string(a.WorkerJS)))}
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
	tab, closeTab := chromedp.NewContext(parent)
	t.Cleanup(closeTab)
	if err := chromedp.Do(tab); err != nil { // here, so that the tab outlives the time of a case
		t.Fatal(err)
	}
	return &page{T: t, ctx: tab, url: server.URL + "/"}
}
