package site

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"text/template"

	"souk/browser"
)

// framePath is the document of a mini-program's frame. It is loaded from a name of its own for each frame (in place of
// the star of Options.Frames), since Chromium gives sandboxed frames of each origin a process: a program that grows until its process dies takes no
// other with it, and none can read another's memory.
const framePath = "/-/frame"

// loopbackFrames are the frames' names when the shell is opened on the machine itself: browsers take every name under localhost to it.
const loopbackFrames = "http://*.localhost:"

// framesOf is where a shell that was asked for at host finds its frames: "https://*.frames.example", or "" for none, when the
// frames share the shell's site (and so one process).
func (o Options) framesOf(host string) string {
	if o.Frames != "" {
		return o.Frames
	}
	name, port, err := net.SplitHostPort(host)
	if err != nil || !isLoopback(name) {
		return ""
	}
	return loopbackFrames + port
}

// CheckFrames refuses what is no place for frames: "" is fine, else a scheme and a name with one star.
func CheckFrames(pattern string) error {
	if pattern == "" {
		return nil
	}
	u, err := url.Parse(strings.Replace(pattern, "*", "star", 1))
	if err != nil || strings.Count(pattern, "*") != 1 || !strings.Contains(u.Hostname(), "star") || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" || u.RawQuery != "" {
		return fmt.Errorf("--frames %s: this is no address with a star for a name, such as https://*.frames.example", pattern)
	}
	return nil
}

func isLoopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// isFrames tells whether host is one of the frames' names.
func (o Options) isFrames(host string) bool {
	if o.Frames == "" {
		name, _, err := net.SplitHostPort(host)
		return err == nil && strings.HasPrefix(name, "frame-") && strings.HasSuffix(name, ".localhost")
	}
	_, pattern, _ := strings.Cut(o.Frames, "://")
	before, after, _ := strings.Cut(pattern, "*")
	return len(host) > len(before)+len(after) && strings.HasPrefix(host, before) && strings.HasSuffix(host, after)
}

// Apart keeps the frames' names for frames: whatever else is asked for under them is not there. next answers the shell's own name.
func (o Options) Apart(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.isFrames(r.Host) && r.URL.Path != framePath {
			http.Error(w, "this name is for frames of mini-programs only", http.StatusNotFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mayFrame tells whether the shell at an origin may load a frame under host: the configured shell, or one of this machine at the same port.
func (o Options) mayFrame(origin, host string) bool {
	if o.Frames != "" {
		return origin == strings.TrimSuffix(o.Base, "/")
	}
	u, err := url.Parse(origin)
	_, port, _ := net.SplitHostPort(host)
	return err == nil && u.Scheme == "http" && u.Port() == port && isLoopback(u.Hostname()) && origin == "http://"+u.Host
}

var frameDocument = template.Must(template.New("frame").Parse(`<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover"></head><body>{{if .Frame}}<script type="text/plain" id="worker">{{.Worker}}</script>{{end}}<script nonce="{{.Nonce}}">{{.Start}}</script>{{if .Frame}}<script nonce="{{.Nonce}}">{{.Frame}}</script>{{end}}</body></html>
`))

// inFrame are the scripts of a frame's document. A program that is opened by its address waits for its frame, so that document brings the
// runtimes along (?whole=1), to be compiled as they are called and not at once.
type inFrame struct{ Nonce, Start, Frame, Worker string }

func scriptsInFrame(assets browser.Assets) (inFrame, error) {
	later := func(script []byte) string { return strings.TrimPrefix(string(script), browser.AtOnce) }
	scripts := inFrame{Start: string(assets.StartJS), Frame: later(assets.FrameJS), Worker: later(assets.WorkerJS)}
	for _, script := range []string{scripts.Start, scripts.Frame, scripts.Worker} {
		if endsScript.MatchString(script) {
			return scripts, fmt.Errorf("a runtime cannot stand in a page: it contains %q", endsScript.FindString(script))
		}
	}
	return scripts, nil
}

// endsScript is what ends a script in a page, or hides its end.
var endsScript = regexp.MustCompile(`(?i)</?script|<!--`)

// serveFrame answers ?from=ORIGIN with an empty frame for the shell at that origin. It never changes and holds nothing of a program: the shell
// hands everything in.
func (o Options) serveFrame(scripts inFrame) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from := r.URL.Query().Get("from")
		if !o.mayFrame(from, r.Host) {
			http.Error(w, "a frame opens inside the shell of this site only", http.StatusForbidden)
			return
		}
		nonce := newNonce()
		head := w.Header()
		head.Set("Cache-Control", "no-store")
		head.Set("Content-Security-Policy", framePolicy(nonce, from, o.Dev)+"; sandbox allow-scripts; frame-ancestors "+from)
		head.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=()")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("Cross-Origin-Resource-Policy", "cross-origin")
		in := scripts
		in.Nonce = nonce
		if r.URL.Query().Get("whole") != "1" {
			in.Frame, in.Worker = "", ""
		}
		var out bytes.Buffer
		if err := frameDocument.Execute(&out, in); err != nil {
			panic("site: the frame must render: " + err.Error()) // its fields are ours
		}
		Answer(w, r, "text/html; charset=utf-8", out.Bytes())
	}
}

// framePolicy is what a frame may load: pictures, sounds and fonts from https and from the shell's origin (in developer mode from http
// too); nothing may be fetched, and scripts are ours, by nonce, or a worker's blob.
func framePolicy(nonce, origin string, dev bool) string {
	media := origin + " https: data: blob:"
	if dev {
		media += " http:"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'nonce-" + nonce + "' blob:",
		"worker-src blob:",
		"style-src 'unsafe-inline'",
		"img-src " + media, "media-src " + media, "font-src " + media,
		"connect-src 'none'",
		"base-uri 'none'", "form-action 'none'",
	}, "; ")
}
