package shell_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

// merchantSite is a program's own server: what it hears it says again.
func merchantSite(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"method": r.Method, "query": r.URL.RawQuery, "type": r.Header.Get("Content-Type"), "own": r.Header.Get("X-Own"), "body": string(body)})
	})
	mux.HandleFunc("/text", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "not json") })
	mux.HandleFunc("/no", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"message": "no such thing"}`)
	})
	mux.HandleFunc("/dot.png", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		w.Write(dotPNG)
	})
	mux.HandleFunc("/upload", func(w http.ResponseWriter, r *http.Request) {
		file, header, err := r.FormFile("photo")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body, _ := io.ReadAll(file)
		fmt.Fprintf(w, "%s %d %s", header.Header.Get("Content-Type"), len(body), r.FormValue("note"))
	})
	mux.HandleFunc("/socket", echoSocket)
	s := httptest.NewServer(mux)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

// echoSocket says everything again until it hears "bye".
func echoSocket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{"chat"}})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	ctx := context.Background()
	conn.Write(ctx, websocket.MessageText, []byte("token "+r.Header.Get("X-Token")+" query "+r.URL.RawQuery))
	for {
		kind, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		if string(data) == "bye" {
			conn.Close(3001, "as you wish")
			return
		}
		conn.Write(ctx, kind, data)
	}
}

// says is a program of one page that runs `steps`, JavaScript in an async function with say(name, value), and shows what was said.
func says(t *testing.T, steps string) string {
	return handset.Folder(t, `-- app.json --
{"pages": ["p"]}
-- app.js --
App({});
-- p.axml --
<view id="go" onTap="go">go</view><view id="box" style="height:40px"/><canvas id="c" style="width:60px;height:40px"/><view a:for="{{said}}">{{item}}</view>
-- p.js --
Page({
  data: { said: [] },
  async go() {
    const said = [], say = (name, value) => { said.push(name + ': ' + (typeof value === 'string' ? value : JSON.stringify(value))); this.setData({ said }); };
    const failing = (call) => call.then((r) => ({ unexpected: r }), (e) => e);
    try {
      await (async () => {`+steps+`})();
    } catch (e) { say('threw', e && e.stack || e); }
    say('end', 'of steps');
  },
});
`)
}

// hear runs such a program to its end and answers what it said, by name.
func hear(t *testing.T, steps string, between wrap) (*phone, map[string]string) {
	t.Helper()
	p := openPhone(t, says(t, steps), "", between)
	p.OpenProgram()
	p.Press("#go")
	p.Reads("end: of steps")
	return p, p.said()
}

func (p *phone) said() map[string]string {
	said := map[string]string{}
	for line := range strings.SplitSeq(p.Text(), "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			said[name] = value
		}
	}
	return said
}

func wantSaid(t *testing.T, got, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: said %q, want %q", name, got[name], value)
		}
	}
	if threw, ok := got["threw"]; ok {
		t.Errorf("the program threw %s", threw)
	}
}

func TestWhatAProgramSendsReachesItsServerAsDocumented(t *testing.T) {
	site := merchantSite(t)
	_, got := hear(t, `
		const at = `+chrome.Quote(site)+`;
		const brief = (r) => [r.status, r.statusCode, r.data.method, r.data.query, r.data.type, r.data.own, r.data.body].join('|');
		say('get', brief(await my.request({ url: at + '/echo?a=1', data: { b: 'x y', c: 2 }, headers: { 'X-Own': 'mine' } })));
		say('post', brief(await my.request({ url: at + '/echo', method: 'POST', data: { a: [1, '茶'] } })));
		say('form', brief(await my.request({ url: at + '/echo', method: 'POST', data: { a: 1, b: '&' }, headers: { 'content-type': 'application/x-www-form-urlencoded' } })));
		say('string', brief(await my.request({ url: at + '/echo', method: 'PUT', data: 'plain', header: { 'Content-Type': 'text/plain' } })));
		say('old', brief(await my.httpRequest({ url: at + '/echo', method: 'POST', data: { a: 1 } })));
		say('bytes', brief(await my.request({ url: at + '/echo', method: 'POST', data: new Uint8Array([104, 105]).buffer, headers: { 'Content-Type': 'a/b' } })));
		say('text', (await my.request({ url: at + '/text', dataType: 'text' })).data);
		say('base64', (await my.request({ url: at + '/text', dataType: 'base64' })).data);
		say('buffer', (await my.request({ url: at + '/text', dataType: 'arraybuffer' })).data.byteLength);
		say('notjson', (await failing(my.request({ url: at + '/text' }))).error);
		const no = await failing(my.request({ url: at + '/no' }));
		say('refused', [no.error, no.errorMessage, no.status, no.data.message].join('|'));
		say('nowhere', (await failing(my.request({ url: 'http://127.0.0.1:1/' }))).error);
		const down = await my.downloadFile({ url: at + '/dot.png' });
		say('download', down.apFilePath.slice(0, 22) + ' ' + (await my.getImageInfo({ src: down.apFilePath })).width);
		say('download404', (await failing(my.downloadFile({ url: at + '/no' }))).error);
		const up = await my.uploadFile({ url: at + '/upload', filePath: down.apFilePath, fileName: 'photo', fileType: 'image', formData: { note: 'hi' } });
		say('upload', up.statusCode + ' ' + up.data);
		say('time', Math.abs((await my.getServerTime()).time - Date.now()) < 60000);
	`, nil)
	wantSaid(t, got, map[string]string{
		"get":    "200|200|GET|a=1&b=x%20y&c=2||mine|",
		"post":   `200|200|POST||application/json||{"a":[1,"茶"]}`,
		"form":   "200|200|POST||application/x-www-form-urlencoded||a=1&b=%26",
		"string": "200|200|PUT||text/plain||plain",
		"old":    "200|200|POST||application/x-www-form-urlencoded||a=1",
		"bytes":  "200|200|POST||a/b||hi",
		"text":   "not json", "base64": "bm90IGpzb24=", "buffer": "8", "notjson": "14",
		"refused": "19|no such thing|404|no such thing", "nowhere": "12",
		"download": "data:image/png;base64, 2", "download404": "12", "upload": fmt.Sprintf("200 image/png %d hi", len(dotPNG)), "time": "true",
	})
}

func TestASocketCarriesTextAndBytesBothWaysAndClosesWithItsCode(t *testing.T) {
	site := merchantSite(t)
	_, got := hear(t, `
		const at = `+chrome.Quote(strings.Replace(site, "http", "ws", 1))+`;
		const next = (on) => new Promise((done) => on(done));
		const message = () => new Promise((done) => { const hear = (m) => { my.offSocketMessage(hear); done(m); }; my.onSocketMessage(hear); });
		const opened = next(my.onSocketOpen), first = message();
		await my.connectSocket({ url: at + '/socket', data: { room: 7 }, header: { 'X-Token': 'abc' }, protocols: ['chat'] });
		await opened;
		say('first', (await first).data);
		let m = message();
		await my.sendSocketMessage({ data: '你好' });
		say('text', (await m).data);
		m = message();
		await my.sendSocketMessage({ data: 'AQID', isBuffer: true });
		const bytes = await m;
		say('bytes', bytes.isBuffer + ' ' + new Uint8Array(bytes.data).join());
		const closed = next(my.onSocketClose);
		await my.sendSocketMessage({ data: 'bye' });
		const end = await closed;
		say('closed', end.code + ' ' + end.reason);
		say('after', (await failing(my.sendSocketMessage({ data: 'x' }))).error);
		const task = my.connectSocket({ url: at + '/socket', multiple: true, success() {} });
		await next(task.onOpen);
		const gone = next(task.onClose);
		await task.close({ code: 1000 });
		say('own', (await gone).code);
		say('nowhere', (await failing(my.connectSocket({ url: 'ws://127.0.0.1:1/' }))).error);
		say('http', (await failing(my.connectSocket({ url: 'http://127.0.0.1/' }))).error);
	`, nil)
	wantSaid(t, got, map[string]string{"first": "token abc query room=7", "text": "你好", "bytes": "true 1,2,3", "closed": "3001 as you wish", "after": "4", "own": "1000", "nowhere": "12", "http": "2"})
}

func TestCanIUseAnswersFromTheTable(t *testing.T) {
	_, got := hear(t, `
		for (const path of ['button', 'button.open-type', 'button.openType.getAuthorize', 'button.open-type.lifestyle', 'button.onGetAuthorize', 'button.class', 'button.nonsense', 'camera', 'lottie', 'view', 'nonsense',
			'request', 'request.return.data', 'openBluetoothAdapter', 'ap.faceVerify', 'toString']) say(path, my.canIUse(path));
	`, nil)
	wantSaid(t, got, map[string]string{"button": "true", "button.open-type": "true", "button.openType.getAuthorize": "true", "button.open-type.lifestyle": "false", "button.onGetAuthorize": "true", "button.class": "true",
		"button.nonsense": "false", "camera": "true", "lottie": "false", "view": "true", "nonsense": "false", "request": "true", "request.return.data": "true", "openBluetoothAdapter": "false", "ap.faceVerify": "false", "toString": "false"})
}
