// Package site serves what a browser loads: the shell's page with its security headers, the runtimes that are bundled at
// start, and the releases of mini-programs by their content's hash.
//
// The page is the only thing here that is not cached; everything else has its hash in its address and is immutable. It
// knows no person and touches no database: who is asking is gateway/host's business. What the sandbox promises is
// docs/security.md. Start reading at New; releases are on the Shelf.
package site

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"text/template"

	"souk/browser"
	"souk/compiler/compat"
)

// Options are what the door needs.
type Options struct {
	Shelf *Shelf
	Dev   bool // developer mode: readable runtimes, pictures over http, an event stream
	// Frames is where the frames of mini-programs come from, with a star for a name that is new for each: "https://*.frames.example".
	// Without it a shell opened on the machine itself uses names under localhost; any other, its own site. Base is then the shell's origin.
	Frames, Base string
}

//go:embed page.html
var pageSource string

//go:embed icon.svg
var iconSVG []byte

//go:embed manifest.webmanifest
var manifest []byte

var page = template.Must(template.New("page").Parse(pageSource))

// New bundles the browser programs (some 100 ms) and is the handler of /, /-/… and the icons. Errors: what esbuild says of
// our own sources.
func New(o Options) (http.Handler, error) {
	assets, err := browser.Build(o.Dev)
	if err != nil {
		return nil, err
	}
	inside, err := scriptsInFrame(assets)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	elements := compat.ElementsJSON()
	sum := sha256.Sum256(elements)
	compatHash := hexOf(sum[:])
	mux.HandleFunc("GET /{$}", o.servePage(assets, compatHash))
	mux.HandleFunc("GET "+framePath, o.serveFrame(inside))
	mux.Handle("GET /-/compat.json", newFile(elements, "application/json").at(compatHash))
	scripts := map[string][]byte{"shell.js": assets.ShellJS, "frame.js": assets.FrameJS, "worker.js": assets.WorkerJS, "start.js": assets.StartJS}
	for name, group := range assets.Groups {
		scripts["group/"+name+".js"] = group
	}
	for name, group := range assets.MyGroups {
		scripts["my/"+name+".js"] = group
	}
	for name, text := range scripts {
		mux.Handle("GET /-/"+name, newFile(text, "text/javascript; charset=utf-8").at(assets.Hash))
	}
	mux.Handle("GET /-/shell.css", newFile(assets.CSS, "text/css; charset=utf-8").at(assets.Hash))
	mux.Handle("GET /webview.js", newFile(assets.WebViewJS, "text/javascript; charset=utf-8"))
	mux.Handle("GET /icon.svg", newFile(iconSVG, "image/svg+xml"))
	mux.Handle("GET /favicon.ico", newFile(iconSVG, "image/svg+xml"))
	mux.Handle("GET /manifest.webmanifest", newFile(manifest, "application/manifest+json"))
	mux.HandleFunc("GET /-/bundle/{hash}/{name...}", o.Shelf.serve)
	return mux, nil
}

// servePage answers the shell's page under a policy with a fresh nonce. A frame that is written into the page (browser/shell/sandbox.ts)
// inherits the page's policy, so the page allows what frames need and each frame's own policy narrows it.
func (o Options) servePage(assets browser.Assets, compatHash string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		nonce, frames := newNonce(), o.framesOf(r.Host)
		head := w.Header()
		head.Set("Content-Type", "text/html; charset=utf-8")
		head.Set("Cache-Control", "no-store")
		head.Set("Content-Security-Policy", policy(nonce, frames, o.Dev))
		head.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self), accelerometer=(self), gyroscope=(self), magnetometer=(self), payment=(), usb=(), serial=()")
		head.Set("Cross-Origin-Opener-Policy", "same-origin")
		head.Set("Referrer-Policy", "no-referrer")
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("X-Frame-Options", "DENY")
		var out bytes.Buffer
		if err := page.Execute(&out, map[string]any{"Nonce": nonce, "Hash": assets.Hash, "Compat": compatHash, "Dev": o.Dev, "Frames": frames,
			"Policy": framePolicy(nonce, "ORIGIN", o.Dev), "Early": string(assets.EarlyJS)}); err != nil {
			panic(fmt.Sprintf("site: the page must render: %v", err)) // its fields are ours
		}
		w.Write(out.Bytes())
	}
}

func newNonce() string {
	raw := make([]byte, 16)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

func policy(nonce, frames string, dev bool) string {
	media, framed := "'self' https: data: blob:", "https: "+frames
	if dev {
		media, framed = media+" http:", framed+" http://127.0.0.1:* http://localhost:*"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'nonce-" + nonce + "' blob:",
		"worker-src blob:",
		"style-src 'self' 'unsafe-inline'",
		"img-src " + media, "media-src " + media, "font-src " + media,
		"connect-src 'self'",
		"frame-src " + framed,
		"manifest-src 'self'",
		"base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
	}, "; ")
}

// file is one immutable answer, gzipped beforehand where that pays.
type file struct {
	plain, packed []byte
	kind          string
	version       string // when not "", only ?v=version is cached for ever
}

const (
	packFrom   = 1 << 10
	forever    = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

func newFile(plain []byte, kind string) file {
	f := file{plain: plain, kind: kind}
	if len(plain) < packFrom || !packs(kind) {
		return f
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(plain) // into memory: no error
	w.Close()
	if out.Len() < len(plain) {
		f.packed = out.Bytes()
	}
	return f
}

func packs(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "svg") || strings.Contains(kind, "javascript")
}

func (f file) at(version string) file {
	f.version = version
	return f
}

// ServeHTTP answers the file, for ever when it was asked for under its version.
func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cache := revalidate
	if f.version != "" && r.URL.Query().Get("v") == f.version {
		cache = forever
	}
	f.answer(w, r, cache)
}

// answer writes the file. Frames have an opaque origin: fonts and pictures for canvases need the open door, and there is
// nothing secret in a release. Opened by itself a file is sandboxed, so that an SVG of a program is no page of this site.
func (f file) answer(w http.ResponseWriter, r *http.Request, cache string) {
	head := w.Header()
	head.Set("Content-Type", f.kind)
	head.Set("Cache-Control", cache)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	head.Set("Vary", "Accept-Encoding")
	body := f.plain
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		head.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	head.Set("Content-Length", fmt.Sprint(len(body)))
	w.Write(body)
}

// Answer writes a body made for this one answer, gzipped where the browser takes that and it pays.
func Answer(w http.ResponseWriter, r *http.Request, kind string, body []byte) {
	head := w.Header()
	head.Set("Content-Type", kind)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Vary", "Accept-Encoding")
	if len(body) < packFrom || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Write(body)
		return
	}
	head.Set("Content-Encoding", "gzip")
	out, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		panic(fmt.Sprintf("site: gzip knows its own levels: %v", err))
	}
	out.Write(body)
	out.Close()
}

func hexOf(sum []byte) string { return hex.EncodeToString(sum)[:32] }
