package shell_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
	"souk/gateway/dev"
)

// listener is a real socket that counts who knocks.
type listener struct {
	net.Listener
	knocks atomic.Int64
}

func listen(t *testing.T) *listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	heard := &listener{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			heard.knocks.Add(1)
			first := make([]byte, 200)
			c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
			n, _ := c.Read(first)
			t.Logf("the socket heard %q", first[:n])
			c.Close()
		}
	}()
	return heard
}

// hostile is a program that tries every way out that it can think of, first by the names a script knows, then by way of
// the global object, and writes down what happened. %[1]s is the listening socket; the site itself comes as the page's query.
const hostile = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Hostile"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="report">{{report}}</view>
-- pages/index/index.js --
var self_ = (function () { return this; })();
var roots = [];
try { roots.push(self_); } catch (e) {}
try { roots.push(Object.getPrototypeOf(self_)); } catch (e) {}
try { roots.push((0, eval)('this')); } catch (e) {}
try { roots.push([].constructor.constructor('return this')()); } catch (e) {}
try { roots.push((async () => {}).constructor('return this')()); } catch (e) {}
roots = roots.filter(Boolean);
function own(name) {
  for (var i = 0; i < roots.length; i++) { var r = roots[i]; while (r) { try { var d = Object.getOwnPropertyDescriptor(r, name); if (d) return d.value !== undefined ? d.value : d.get && d.get.call(roots[0]); } catch (e) {} r = Object.getPrototypeOf(r); } }
  return undefined;
}
var sites = ['http://%[1]s'];
var tries = {
  fetch: (u) => own('fetch').call(self_, u + '/leak-fetch', { mode: 'no-cors' }),
  xhr: (u) => new Promise((ok, no) => { var x = new (own('XMLHttpRequest'))(); x.open('GET', u + '/leak-xhr'); x.onload = ok; x.onerror = no; x.send(); }),
  webSocket: (u) => new Promise((ok, no) => { var w = new (own('WebSocket'))(u.replace('http', 'ws') + '/leak-ws'); w.onopen = ok; w.onerror = no; }),
  eventSource: (u) => new Promise((ok, no) => { var w = new (own('EventSource'))(u + '/leak-es'); w.onopen = ok; w.onerror = no; }),
  importScripts: (u) => own('importScripts').call(self_, u + '/leak-is'),
  worker: (u) => new Promise((ok, no) => { var W = own('Worker'); var w = new W(u + '/leak-worker'); w.onmessage = ok; w.onerror = no; }),
  nestedWorker: (u) => new Promise((ok, no) => { var B = own('Blob'), U = own('URL'), W = own('Worker'); var w = new W(U.createObjectURL(new B(['fetch("' + u + '/leak-nested",{mode:"no-cors"}).then(()=>postMessage("out"),()=>postMessage(""))']))); w.onmessage = (m) => m.data ? ok() : no(new Error('refused inside')); w.onerror = no; }),
  webTransport: (u) => new (own('WebTransport'))(u.replace('http', 'https')).ready,
  evaluate: () => (0, eval)('1'),
  makeFunction: () => [].constructor.constructor('return 1')(),
  indexedDB: () => new Promise((ok, no) => { var r = own('indexedDB').open('x'); r.onsuccess = ok; r.onerror = no; }),
  caches: () => own('caches').open('x'),
  localStorage: () => { var s = own('localStorage'); s.setItem('a', 'b'); },
  cookie: () => { var d = own('document'); if (!d) throw new Error('none'); return d.cookie; },
  parent: () => { var p = own('parent') || own('top'); if (!p) throw new Error('none'); return p.document; },
  broadcast: () => { new (own('BroadcastChannel'))('x').postMessage(1); },
  postMessage: () => { own('postMessage').call(self_, { k: 'boot' }); },
  location: (u) => { var l = own('location'); l.href = u + '/leak-location'; if (l.href.indexOf('leak') < 0) throw new Error('unmoved'); },
};
Page({
  data: { report: 'trying' },
  async onLoad(query) {
    sites.push(query.site);
    var out = {};
    for (var name in tries) for (var i = 0; i < sites.length; i++) {
      try { await Promise.race([Promise.resolve(tries[name](sites[i])), new Promise((ok, no) => setTimeout(() => no(new Error('nothing happened')), 700))]); out[name] = 'GOT OUT'; } catch (e) { out[name] = out[name] || 'refused'; }
    }
    this.setData({ report: 'REPORT ' + JSON.stringify(out) + ' END' });
  },
});
`

// leaks counts requests to the site itself whose path tells of an escape.
func leaks(t *testing.T, count *atomic.Int64) wrap {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/leak-") {
				count.Add(1)
				t.Log("the site was asked for", r.URL.Path)
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestAHostileProgramReachesNoNetworkNoStorageAndNoParent(t *testing.T) {
	socket := listen(t)
	var onSite atomic.Int64
	p := openPhone(t, handset.Folder(t, fmt.Sprintf(hostile, socket.Addr())), "", leaks(t, &onSite))
	p.control(socket, &onSite)
	p.Run(chromedp.Navigate(p.Base + dev.Address(p.App) + "?query=" + url.QueryEscape("site="+p.Base)))
	p.Reads("END")
	text := p.Text()
	var report map[string]string
	between, _, _ := strings.Cut(strings.SplitN(text, "REPORT ", 2)[1], " END")
	if err := json.Unmarshal([]byte(between), &report); err != nil {
		t.Fatalf("%v in %q", err, between)
	}
	if len(report) < 18 {
		t.Errorf("only %d ways were tried: %v", len(report), report)
	}
	for way, outcome := range report {
		if outcome != "refused" {
			t.Errorf("%s: %s", way, outcome)
		}
	}
	p.quiet(socket, &onSite)
}

// control proves that the counters count: the test itself knocks once, and the shell's own page asks the site once.
func (p *phone) control(socket *listener, onSite *atomic.Int64) {
	p.T.Helper()
	c, err := net.Dial("tcp", socket.Addr().String())
	if err != nil {
		p.T.Fatal(err)
	}
	c.Close()
	if _, err := chrome.JS[int](p.Tab, `fetch('/leak-control').then((r) => r.status)`); err != nil {
		p.T.Fatal(err)
	}
	p.Until("the counters to count", func() bool { return socket.knocks.Load() == 1 && onSite.Load() == 1 })
}

// quiet fails when anybody but control was heard.
func (p *phone) quiet(socket *listener, onSite *atomic.Int64) {
	p.T.Helper()
	time.Sleep(300 * time.Millisecond) // for what is still on its way
	if n := socket.knocks.Load(); n != 1 {
		p.T.Errorf("the socket heard %d connections from the sandbox", n-1)
	}
	if n := onSite.Load(); n != 1 {
		p.T.Errorf("the site heard %d requests from the sandbox", n-1)
	}
}

// probes run in the frame's own realm and in a worker of the frame that nothing was taken from: the policy alone must hold.
// Some ways of a document are open in Chromium whatever the policy says: its own location, <link rel="prefetch">, and the empty
// connection that is opened before a refused <iframe>. No code of a program ever runs in the document and no markup of it
// becomes such an element (TestMarkupOfAProgramLoadsNothing).
const probes = `(async () => {
  const sites = ['http://%[1]s', '%[2]s'];
  const body = (u) => ({
    fetch: () => fetch(u + '/leak-fetch', { mode: 'no-cors' }),
    xhr: () => new Promise((ok, no) => { const x = new XMLHttpRequest(); x.open('GET', u + '/leak-xhr'); x.onload = ok; x.onerror = no; x.send(); }),
    webSocket: () => new Promise((ok, no) => { const w = new WebSocket(u.replace('http', 'ws') + '/leak-ws'); w.onopen = ok; w.onerror = no; }),
    eventSource: () => new Promise((ok, no) => { const w = new EventSource(u + '/leak-es'); w.onopen = ok; w.onerror = no; }),
    import: () => import(u + '/leak-import'),
    importScripts: () => { if (typeof importScripts !== 'function') throw new Error('none'); importScripts(u + '/leak-is'); },
    worker: () => new Promise((ok, no) => { const w = new Worker(u + '/leak-worker'); w.onmessage = ok; w.onerror = no; }),
    beacon: () => { if (!(navigator.sendBeacon && navigator.sendBeacon(u + '/leak-beacon'))) throw new Error('none'); throw new Error('queued, counted by the sockets'); },
    evaluate: () => (0, eval)('1'),
    indexedDB: () => new Promise((ok, no) => { const r = indexedDB.open('x'); r.onsuccess = ok; r.onerror = no; }),
    localStorage: () => localStorage.setItem('a', 'b'),
    cookie: () => { document.cookie = 'a=b'; if (document.cookie === '') throw new Error('none'); },
    parent: () => parent.document.title,
    top: () => { top.location.href = u + '/leak-top'; },
    popup: () => { if (!open(u + '/leak-popup')) throw new Error('none'); },
    form: () => { const f = document.createElement('form'); f.action = u + '/leak-form'; document.body.append(f); f.submit(); throw new Error('counted by the sockets'); },
  });
  const attempt = async (tries) => {
    const out = {};
    for (const [name, f] of Object.entries(tries)) out[name] = await Promise.race([Promise.resolve().then(f).then(() => 'GOT OUT', () => 'refused'), new Promise((ok) => setTimeout(() => ok('refused'), 700))]);
    return out;
  };
  const out = {};
  for (const u of sites) {
    Object.assign(out, Object.fromEntries(Object.entries(await attempt(body(u))).map(([k, v]) => ['frame ' + k + ' ' + u, v])));
    const source = 'const attempt = ' + attempt + '; const body = ' + body + '; attempt(body(' + JSON.stringify(u) + ')).then((o) => postMessage(o))';
    const inWorker = await new Promise((ok) => { const w = new Worker(URL.createObjectURL(new Blob([source]))); w.onmessage = (m) => ok(m.data); w.onerror = (e) => ok({ broken: e.message }); });
    Object.assign(out, Object.fromEntries(Object.entries(inWorker).map(([k, v]) => ['worker ' + k + ' ' + u, v])));
  }
  return out;
})()`

const markup = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Markup"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="report">{{report}}</view>
<rich-text nodes="{{text}}" />
<rich-text nodes="{{list}}" />
<navigator url="{{script}}"><view>go</view></navigator>
-- pages/index/index.js --
Page({
  data: { report: 'before', text: '', list: [], script: '' },
  onLoad() {
    const u = 'http://%[1]s';
    const bad = (n) => '<link rel="prefetch" href="' + u + '/leak-' + n + '"><link rel="stylesheet" href="' + u + '/leak-css"><script src="' + u + '/leak-script"></' + 'script><iframe src="' + u + '/leak-frame"></iframe><object data="' + u + '/leak-object"></object><embed src="' + u + '/leak-embed"><meta http-equiv="refresh" content="0;url=' + u + '/leak-meta"><base href="' + u + '"><form action="' + u + '"><input autofocus onfocus="location=\'' + u + '\'"></form><svg><script href="' + u + '/leak-svg"></' + 'script></svg><a href="javascript:location=\'' + u + '\'">x</a><p onclick="location=\'' + u + '\'">kept words</p>';
    const node = (name, attrs) => ({ name, attrs, children: [] });
    this.setData({
      text: bad('text'),
      list: [node('link', { rel: 'prefetch', href: u + '/leak-node' }), node('script', { src: u + '/leak-nodescript' }), node('iframe', { src: u + '/leak-nodeframe' }), node('p', { onclick: 'location="' + u + '"', class: 'kept' })],
      script: 'javascript:location="' + u + '"',
      report: 'shown',
    });
  },
});
`

func TestMarkupOfAProgramLoadsNothing(t *testing.T) {
	socket := listen(t)
	var onSite atomic.Int64
	p := openPhone(t, handset.Folder(t, fmt.Sprintf(markup, socket.Addr())), "", leaks(t, &onSite))
	p.control(socket, &onSite)
	p.OpenProgram()
	p.Reads("shown")
	p.Reads("kept words")
	p.quiet(socket, &onSite)
}

// framesFrom changes where the page says that frames come from.
func framesFrom(names string) wrap {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				next.ServeHTTP(w, r)
				return
			}
			page := httptest.NewRecorder()
			next.ServeHTTP(page, r)
			maps.Copy(w.Header(), page.Header())
			w.Write(framesNamed.ReplaceAll(page.Body.Bytes(), []byte(`data-frames="`+names+`"`)))
		})
	}
}

var framesNamed = regexp.MustCompile(`data-frames="http:[^"]+"`)

// A frame has a name of its own; where there are none, or none that leads here, it is written into the page.
func TestThePolicyAloneHoldsEvenIfTheRuntimeWereReplaced(t *testing.T) {
	for place, names := range map[string]wrap{"a name of its own": nil, "written into the page": framesFrom(""), "a name that leads nowhere": framesFrom("http://*.invalid")} {
		t.Run(place, func(t *testing.T) {
			socket := listen(t)
			var onSite atomic.Int64
			between := leaks(t, &onSite)
			if names != nil {
				counted := between
				between = func(next http.Handler) http.Handler { return names(counted(next)) }
			}
			p := openPhone(t, handset.Folder(t, plain), "", between)
			p.control(socket, &onSite)
			p.OpenProgram()
			p.Reads("plain page")
			own, err := handset.Inside[bool](p.Phone, `return location.protocol !== 'about:'`)
			if err != nil || own != (names == nil) {
				t.Fatalf("the frame has a name of its own: %v, %v", own, err)
			}
			p.probe(socket)
			p.quiet(socket, &onSite)
		})
	}
}

func (p *phone) probe(socket *listener) {
	p.T.Helper()
	var report map[string]string
	p.Until("the probes", func() bool {
		var err error
		report, err = handset.Inside[map[string]string](p.Phone, "return "+fmt.Sprintf(probes, socket.Addr(), p.Base))
		return err == nil
	})
	if len(report) < 60 {
		p.T.Errorf("only %d ways were tried: %v", len(report), report)
	}
	for way, outcome := range report {
		if outcome != "refused" {
			p.T.Errorf("%s: %s", way, outcome)
		}
	}
}

const plain = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Plain"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view>plain page</view>
-- pages/index/index.js --
Page({});
`

const endless = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Endless"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="go" onTap="spin">spin</view>
-- pages/index/index.js --
Page({ spin() { for (;;) {} } });
`

func TestAProgramThatLoopsForEverIsOfferedToBeClosedAndTheShellStaysAlive(t *testing.T) {
	p := openPhone(t, handset.Folder(t, endless), "", nil)
	p.OpenProgram()
	p.Reads("spin")
	p.Press(`.go`)
	p.Sees(`.stuck`, "does not answer")
	p.Shot("stuck")
	p.Tap(`.stuck .strong`)
	p.Sees(`.error-card`, "This program stopped")
	p.Tap(`.error-card .soft`)
	p.Run(chromedp.WaitVisible(chromedp.CSS(`.host-tabs`)))
	p.Sees(`.brand`, "Souk")
}

const flooding = `
-- app.json --
{"pages": ["pages/index/index"], "window": {"defaultTitle": "Flood"}}
-- app.js --
App({});
-- pages/index/index.json --
{}
-- pages/index/index.axml --
<view class="go" onTap="flood">{{refused}} refused</view>
-- pages/index/index.js --
Page({ data: { refused: 0 }, flood() {
  let refused = 0;
  for (let i = 0; i < 1000; i++) my.alert({ title: 'alert ' + i, fail: () => { refused++; this.setData({ refused }); } });
} });
`

func TestAThousandDialogsBecomeAFewAndTheRestIsRefused(t *testing.T) {
	p := openPhone(t, handset.Folder(t, flooding), "", nil)
	p.OpenProgram()
	p.Reads("0 refused")
	p.Press(`.go`)
	p.Sees(`.stuck`, "This program asks for too much")
	p.Shot("pushy")
	p.Tap(`.stuck button:not(.strong)`)
	p.Misses(`.stuck`)
	for i := range 8 {
		p.Sees(`.layer.dialog.in h2`, fmt.Sprintf("alert %d", i))
		p.Tap(`.layer.dialog.in .strong`)
	}
	p.Misses(`.layer.dialog.in`)
	p.Reads("992 refused")
}
