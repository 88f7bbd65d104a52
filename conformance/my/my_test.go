// Package my_test proves the functions of my in Chromium, one after the other: parameters and results as documented, failures by their
// numbers, what lasts and what a person sees. A program runs the steps of a test and says what came of them; which test proves which name is
// in proof_test.go. Start reading at run.
package my_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

func TestMain(m *testing.M) {
	os.Exit(chrome.Run(m, chrome.Calm(), chrome.Flag("lang", "en-US"), chrome.Flag("use-fake-ui-for-media-stream", true), chrome.Flag("use-fake-device-for-media-stream", true),
		chrome.Flag("autoplay-policy", "no-user-gesture-required")))
}

// program is one page whose tap runs the steps. say(name, value) writes a line on it, failing(promise) answers what a call failed with,
// and pause() waits for the next drawing.
const program = `-- app.json --
{"pages": ["p", "q"]}
-- app.js --
App({ onShow(options) { this.options = options; } });
-- p.axml --
<view id="go" onTap="go">go</view><view id="extra">EXTRA</view><view a:for="{{said}}" class="line">{{item}}</view>
-- p.js --
Page({
  data: { said: [], at: {} },
  region(e) { this.regions = (this.regions || []).concat([e.type + ' ' + e.causedBy + ' ' + e.latitude]); },
  hear(e) { this.heard = (this.heard || []).concat([[e.type, e.detail]]); },
  async go() {
    const said = [], page = this, say = (name, value) => { said.push(name + ': ' + (typeof value === 'string' ? value : JSON.stringify(value))); this.setData({ said }); };
    const failing = (call) => call.then((r) => ({ unexpected: r }), (e) => e);
    const thrown = (run) => { try { return { unexpected: run() }; } catch (e) { return e; } };
    const shown = (data) => new Promise((done) => this.setData(data, done));
    const pause = (ms) => new Promise((done) => setTimeout(done, ms || 50));
    const until = async (f) => { while (!f()) await pause(20); };
    try {
      await (async () => {STEPS})();
    } catch (e) { say('threw', e && e.stack || e); }
    say('end', 'of steps');
  },
});
-- q.axml --
<view id="there">second page, {{n}}, {{from}}</view>
-- q.js --
Page({ data: { n: '', from: '' }, onLoad(query) { const sent = getApp().options.referrerInfo; this.setData({ n: query.n, from: sent ? sent.extraData.from : 'nobody' }); } });
`

// phone has a program that runs steps.
type phone struct{ *handset.Phone }

// open shows a program with extra markup that runs steps when #go is pressed. files are more of its files.
func open(t *testing.T, steps, extra, files string) *phone {
	t.Helper()
	text := strings.NewReplacer("STEPS", steps, "EXTRA", extra).Replace(program) + files
	p := &phone{handset.Open(t, handset.Options{Dir: handset.Folder(t, text)})}
	p.OpenProgram()
	return p
}

// begin opens such a program and starts its steps.
func begin(t *testing.T, steps string) *phone {
	t.Helper()
	p := open(t, steps, "", "")
	p.Press("#go")
	return p
}

// ends waits for the last step and compares what was said.
func (p *phone) ends(want map[string]string) {
	p.T.Helper()
	p.Reads("end: of steps")
	said := map[string]string{}
	for line := range strings.SplitSeq(p.Text(), "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			said[name] = value
		}
	}
	for name, value := range want {
		if said[name] != value {
			p.T.Errorf("%s: said %q, want %q", name, said[name], value)
		}
	}
	if threw, ok := said["threw"]; ok {
		p.T.Errorf("the program threw %s", threw)
	}
}

// OpenAgain loads the whole page anew and opens the program in it.
func (p *phone) OpenAgain() {
	p.T.Helper()
	p.Run(chromedp.Navigate("about:blank"))
	p.OpenProgram()
}

// dotPNG is a picture of 2×2 pixels.
var dotPNG = func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 2, 2))
	img.Set(1, 1, color.RGBA{255, 0, 0, 255})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		panic(err) // into memory
	}
	return out.Bytes()
}()

func itoa(n int) string { return strconv.Itoa(n) }

func md5Of(data []byte) string {
	sum := md5.Sum(data)
	return hex.EncodeToString(sum[:])
}
