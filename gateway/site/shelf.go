package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"mime"
	"net/http"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"
)

// hashesPerApp is how many bundles of a program stay on the shelf, so that a phone that opened the one before still finds
// its pictures.
const hashesPerApp = 4

// Shelf holds the bundles that this process serves, by hash and by program. Its zero value is empty; it may be used from
// several goroutines.
type Shelf struct {
	mu      sync.RWMutex
	bundles map[string]map[string]file
	current map[string]Release
	history map[string][]string
}

// Release is what a program's people get.
type Release struct {
	Hash    string // 32 hexadecimal digits; names the content
	Version string
}

// Publish makes entries (bundle.json, app.js, assets/…; pack.Program.Entries) the release of a program. The same content
// has the same hash.
func (s *Shelf) Publish(app, version string, entries map[string][]byte) Release {
	r := Release{Hash: hashOf(entries), Version: version}
	s.mu.RLock()
	before := s.bundles[s.current[app].Hash]
	s.mu.RUnlock()
	files := make(map[string]file, len(entries))
	for name, data := range entries {
		if was, ok := before[name]; ok && bytes.Equal(was.plain, data) {
			files[name] = was // not zipped again
			continue
		}
		files[name] = newFile(data, kindOf(name))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bundles == nil {
		s.bundles, s.current, s.history = map[string]map[string]file{}, map[string]Release{}, map[string][]string{}
	}
	s.bundles[r.Hash] = files
	s.current[app] = r
	if !slices.Contains(s.history[app], r.Hash) {
		s.history[app] = append(s.history[app], r.Hash)
	}
	if old := s.history[app]; len(old) > hashesPerApp {
		delete(s.bundles, old[0])
		s.history[app] = old[1:]
	}
	return r
}

// Find tells the release of a program; ok is false when it has none.
func (s *Shelf) Find(app string) (r Release, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, ok = s.current[app]
	return r, ok
}

// Texts are what a shell opens a release with.
type Texts struct {
	Bundle string `json:"bundle"` // bundle.json
	Script string `json:"script"` // app.js
}

// Texts are those of a release, nil when it is not on the shelf.
func (s *Shelf) Texts(hash string) *Texts {
	s.mu.RLock()
	defer s.mu.RUnlock()
	files, ok := s.bundles[hash]
	if !ok {
		return nil
	}
	return &Texts{string(files["bundle.json"].plain), string(files["app.js"].plain)}
}

// serve answers GET /-/bundle/{hash}/{name…}.
func (s *Shelf) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	f, ok := s.bundles[r.PathValue("hash")][r.PathValue("name")]
	s.mu.RUnlock()
	if !ok {
		http.Error(w, "this release has no such file", http.StatusNotFound)
		return
	}
	f.answer(w, r, forever)
}

// hashOf names a set of entries by name and content.
func hashOf(entries map[string][]byte) string {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		for _, part := range [][]byte{[]byte(name), entries[name]} {
			var size [8]byte
			binary.BigEndian.PutUint64(size[:], uint64(len(part)))
			h.Write(size[:])
			h.Write(part)
		}
	}
	return hexOf(h.Sum(nil))
}

// kinds are the content types of what programs carry, the same on every machine.
var kinds = map[string]string{
	".js": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json", ".svg": "image/svg+xml",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".avif": "image/avif", ".bmp": "image/bmp",
	".ttf": "font/ttf", ".otf": "font/otf", ".woff": "font/woff", ".woff2": "font/woff2",
	".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".wav": "audio/wav", ".mp4": "video/mp4", ".webm": "video/webm", ".txt": "text/plain; charset=utf-8",
}

// kindOf never answers text/html: a release's file is no page of this site.
func kindOf(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if kind, ok := kinds[ext]; ok {
		return kind
	}
	if kind := mime.TypeByExtension(ext); kind != "" && !strings.Contains(kind, "html") && !strings.Contains(kind, "xml") {
		return kind
	}
	return "application/octet-stream"
}
