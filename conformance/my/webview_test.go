package my_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"souk/conformance/handset"
)

func TestAPageInAWebViewSpeaksWithTheProgramThroughTheHostsScript(t *testing.T) {
	script := ""
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<!doctype html><h1>Elsewhere</h1><script src="` + script + `/webview.js"></script><script>
			my.onMessage = async (asked) => {
				const net = await my.getNetworkType();
				my.postMessage({ heard: asked.n, net: typeof net.networkType });
				my.getLocation({ fail: (e) => { my.postMessage({ location: e.error }); my.getEnv((env) => { my.postMessage(env); my.redirectTo({ url: '/end' }); }); } });
			};
			addEventListener('message', (e) => e.data.souk === 'answer' && e.data.id === 99 && my.postMessage({ refused: e.data.data.error }));
			parent.postMessage({ souk: 'call', id: 99, api: 'getAuthCode', opts: {} }, '*');
			my.postMessage({ ready: true });</script>`))
	}))
	t.Cleanup(site.Close)
	p := &phone{handset.Open(t, handset.Options{Dir: handset.Folder(t, strings.ReplaceAll(`-- app.json --
{"pages": ["p", "w", "end"]}
-- app.js --
App({ said: [] });
-- p.axml --
<view id="go" onTap="go">go</view>
-- p.js --
Page({ go() { my.navigateTo({ url: '/w' }); } });
-- w.axml --
<web-view id="w" src="SITE/" onMessage="hear"/>
-- w.js --
Page({ hear(e) { getApp().said.push(JSON.stringify(e.detail)); if (e.detail.ready) my.createWebViewContext('w').postMessage({ n: 7 }); } });
-- end.axml --
<view>the end: {{said}}</view>
-- end.js --
Page({ data: { said: '' }, onLoad() { this.setData({ said: getApp().said.join(' ') }); } });
`, "SITE", site.URL))})}
	script = p.Base
	p.OpenProgram()
	p.Press("#go")
	p.Tap(".deny")
	p.Reads("the end:", `{"ready":true}`, `{"heard":7,"net":"string"}`, `{"location":11}`, `{"miniprogram":true}`, `{"refused":4}`)
}
