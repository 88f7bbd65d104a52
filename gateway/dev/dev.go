// Package dev is developer mode: it compiles one folder, watches it, and tells open pages when it was compiled anew and
// what was wrong.
//
// It publishes each good compilation on the site's Shelf under the program's appId, so that the same shell and the same
// doors serve it as any released program. It never writes into the folder, but souk.mock.json when the panel is asked to. Start reading at Open.
package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"souk/compiler/diag"
	"souk/compiler/pack"
	"souk/gateway/site"
)

// Folder is a program's folder under development. It may be used from several goroutines.
type Folder struct {
	dir   string
	app   string
	shelf *site.Shelf
	cache *pack.Cache

	compiling sync.Mutex // one compilation at a time: they share the cache

	mu       sync.Mutex
	news     News
	hearers  map[chan News]bool
	builds   int
	compiled *pack.Program
}

// News is what an open page is told after each compilation.
type News struct {
	App      string    `json:"app"`    // which program it is about
	Bundle   string    `json:"bundle"` // the release's hash; "" when nothing could be compiled
	Problems []Problem `json:"problems"`
	Millis   int64     `json:"millis"` // how long compiling took
}

// Problem is a diagnostic with its source line.
type Problem struct {
	diag.Diagnostic
	Text string `json:"text,omitempty"`
}

// Open compiles the folder for the first time. The program's mistakes are no error here: they are in News.
func Open(ctx context.Context, dir, app string, shelf *site.Shelf) *Folder {
	f := &Folder{dir: dir, app: app, shelf: shelf, cache: new(pack.Cache), hearers: map[chan News]bool{}}
	f.Compile(ctx)
	return f
}

// Compile reads the folder again, publishes what came out and tells everyone who listens.
func (f *Folder) Compile(ctx context.Context) News { return f.compile(ctx, nil) }

// compile is Compile when it is known which files have changed (pack.Options.Changed).
func (f *Folder) compile(ctx context.Context, changed []string) News {
	f.compiling.Lock()
	defer f.compiling.Unlock()
	start := time.Now()
	program, bag := pack.CompileDir(ctx, f.dir, pack.Options{Dev: true, Cache: f.cache, Changed: changed})
	news := News{App: f.app, Problems: []Problem{}}
	for _, d := range bag.Sorted() {
		news.Problems = append(news.Problems, Problem{d, f.line(d)})
	}
	if program != nil {
		entries, err := program.Entries()
		if err != nil {
			news.Problems = append(news.Problems, Problem{Diagnostic: diag.Diagnostic{Severity: diag.Error, Code: "assets", File: ".", Message: err.Error()}})
		} else {
			news.Bundle = f.shelf.Publish(f.app, "dev", entries).Hash
		}
	}
	news.Millis = time.Since(start).Milliseconds()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.news, f.compiled = news, program
	f.builds++
	for hearer := range f.hearers {
		select {
		case hearer <- news:
		default: // it reads slowly and gets the next one
		}
	}
	return news
}

// News is the result of the last compilation.
func (f *Folder) News() News {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.news
}

// Name is what the program calls itself, or the folder's name.
func (f *Folder) Name() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.compiled != nil {
		var app struct {
			Window struct {
				DefaultTitle string `json:"defaultTitle"`
			} `json:"window"`
		}
		raw, err := json.Marshal(f.compiled.Bundle.App)
		if err == nil && json.Unmarshal(raw, &app) == nil && app.Window.DefaultTitle != "" {
			return app.Window.DefaultTitle
		}
	}
	abs, err := filepath.Abs(f.dir)
	if err != nil {
		return "mini-program"
	}
	return filepath.Base(abs)
}

const maxLine = 400

// line reads the source line of a diagnostic, "" when there is none to show.
func (f *Folder) line(d diag.Diagnostic) string {
	if d.Line <= 0 {
		return ""
	}
	source, err := fs.ReadFile(pack.Dir(f.dir), d.File)
	if err != nil {
		return ""
	}
	return lineOf(source, d.Line)
}

// lineOf is a source's line, counted from 1, "" when there is none.
func lineOf(source []byte, line int) string {
	lines := bytes.SplitN(source, []byte("\n"), line+1)
	if line <= 0 || len(lines) < line {
		return ""
	}
	text := strings.TrimRight(string(lines[line-1]), "\r\n")
	if len(text) > maxLine {
		text = strings.ToValidUTF8(text[:maxLine], "")
	}
	return text
}

const (
	hearersMax = 64
	beatEvery  = 20 * time.Second
)

// ServeHTTP streams News to an open page (GET /-/dev/events), the last one first.
func (f *Folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hearer := make(chan News, 4)
	f.mu.Lock()
	full := len(f.hearers) >= hearersMax
	if !full {
		f.hearers[hearer] = true
	}
	hearer <- f.news
	f.mu.Unlock()
	if full {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer func() {
		f.mu.Lock()
		delete(f.hearers, hearer)
		f.mu.Unlock()
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case news := <-hearer:
			text, err := json.Marshal(news)
			if err != nil {
				panic(fmt.Sprintf("dev: news must marshal: %v", err))
			}
			fmt.Fprintf(w, "data: %s\n\n", text)
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		}
		if out.Flush() != nil {
			return
		}
	}
}
