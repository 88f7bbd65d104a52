package dev

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"souk/browser/mock"
	"souk/browser/stack"
	"souk/compiler/pack"
)

// maxBody bounds what a panel sends: a request's address, a stack or the mock table.
const maxBody = 1 << 20

// panels are the doors of developer mode's panels. They take JSON with X-Souk, which no other site's page can send.
func (f *Folder) panels(mux *http.ServeMux) {
	mux.HandleFunc("POST /-/dev/mock", f.answerRequest)
	mux.HandleFunc("POST /-/dev/stack", f.placeStack)
	mux.HandleFunc("GET /-/dev/mocks", f.showMocks)
	mux.HandleFunc("PUT /-/dev/mocks", f.saveMocks)
}

// receive reads a body, or answers what is wrong with it.
func receive(w http.ResponseWriter, r *http.Request, into any) bool {
	if r.Header.Get("X-Souk") != "1" {
		refuse(w, http.StatusForbidden, "this door is for the panels of developer mode")
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "the body is no JSON of this door")
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"errorMessage": why}) // the page may be gone
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // the page may be gone
}

type mocked struct {
	Hit     bool          `json:"hit"`
	Rule    string        `json:"rule,omitempty"`
	DelayMs int           `json:"delayMs,omitempty"`
	Answer  *mock.Answer  `json:"answer,omitempty"`
	Fail    *mock.Failure `json:"fail,omitempty"`
	Problem string        `json:"problem,omitempty"` // the table cannot be read
}

// answerRequest says what souk.mock.json answers to a request. The file is read each time: a change counts at once.
func (f *Folder) answerRequest(w http.ResponseWriter, r *http.Request) {
	var q struct{ Method, URL string }
	if !receive(w, r, &q) {
		return
	}
	table, err := mock.Read(pack.Dir(f.dir))
	if err == nil {
		var a mock.Answer
		var ok bool
		if a, ok, err = table.Find(pack.Dir(f.dir), q.Method, q.URL); err == nil && !ok {
			reply(w, mocked{})
			return
		} else if err == nil {
			reply(w, mocked{Hit: true, Rule: a.Rule, DelayMs: a.DelayMs, Answer: &a, Fail: a.Fail})
			return
		}
	}
	reply(w, mocked{Problem: err.Error()})
}

// showMocks gives the table's text and what is wrong with it.
func (f *Folder) showMocks(w http.ResponseWriter, _ *http.Request) {
	text, err := fs.ReadFile(pack.Dir(f.dir), mock.File)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	out := map[string]string{"text": string(text)}
	if len(text) > 0 {
		if _, err := mock.Parse(text); err != nil {
			out["problem"] = err.Error()
		}
	}
	reply(w, out)
}

// saveMocks writes the table, when it is one.
func (f *Folder) saveMocks(w http.ResponseWriter, r *http.Request) {
	var in struct{ Text string }
	if !receive(w, r, &in) {
		return
	}
	if _, err := mock.Parse([]byte(in.Text)); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if err := os.WriteFile(filepath.Join(f.dir, mock.File), []byte(in.Text), 0o644); err != nil {
		refuse(w, http.StatusInternalServerError, fmt.Sprintf("%s was not written: %v", mock.File, err))
		return
	}
	reply(w, map[string]string{})
}

type place struct {
	stack.Frame
	Text string `json:"text,omitempty"` // the source line
}

// placeStack finds a stack's places in the program's sources. A stack of an older compilation is not placed.
func (f *Folder) placeStack(w http.ResponseWriter, r *http.Request) {
	var in struct{ Bundle, Stack string }
	if !receive(w, r, &in) {
		return
	}
	f.mu.Lock()
	program, hash := f.compiled, f.news.Bundle
	f.mu.Unlock()
	places := []place{}
	if program != nil && hash == in.Bundle {
		reader, err := stack.New(program.SourceMap)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err.Error())
			return
		}
		for _, frame := range reader.Frames(in.Stack) {
			places = append(places, place{frame, lineOf(pack.Source(pack.Dir(f.dir), frame.File), frame.Line)})
		}
	}
	reply(w, map[string]any{"places": places})
}
