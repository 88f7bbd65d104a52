package headless_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"souk/browser/headless"
	"souk/compiler/pack"
)

// said opens a program of one page and gives what it printed.
func said(t *testing.T, app, page string) string {
	t.Helper()
	p, bag := pack.Compile(context.Background(), fstest.MapFS{
		"app.json": {Data: []byte(`{"pages": ["p"]}`)}, "app.js": {Data: []byte(app)}, "p.axml": {Data: []byte("<view/>")}, "p.js": {Data: []byte(page)},
	}, pack.Options{})
	if p == nil {
		t.Fatal(bag.Sorted())
	}
	s, err := headless.Open(headless.Input{Bundle: p.JSON(), Script: p.Script})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Settle(1000); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range s.Console() {
		out = append(out, l.Text)
	}
	for _, p := range s.Problems() {
		out = append(out, "problem: "+p.Message)
	}
	return strings.Join(out, "\n")
}

func TestARejectionNobodyCaughtIsHeard(t *testing.T) {
	cases := []struct{ name, page, want string }{
		{"made", `Promise.reject("a"); Page({})`, "heard a"},
		{"thrown in an async function", `(async () => { throw "b" })(); Page({})`, "heard b"},
		{"in a chain", `Promise.resolve().then(() => { throw "c" }).then(() => 1); Page({})`, "heard c"},
		{"caught", `Promise.reject("d").catch(() => {}); Page({})`, ""},
		{"caught by await", `(async () => { const p = Promise.reject("e"); try { await p } catch (e) {} })(); Page({})`, ""},
		{"caught later in the same turn", `const p = Promise.reject("f"); Promise.resolve().then(() => p.catch(() => {})); Page({})`, ""},
		{"in a timer", `setTimeout(() => Promise.reject("g"), 10); Page({})`, "heard g"},
		{"twice", `Promise.reject("h"); Promise.reject("i"); Page({})`, "heard h\nheard i"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := said(t, `App({ onUnhandledRejection(e) { console.log("heard", e.reason) } })`, c.page); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := said(t, `App({})`, `Promise.reject(new Error("alone")); Page({})`); got != "problem: Error: alone" {
		t.Errorf("a rejection that nobody listens for is an error of the program; got %q", got)
	}
}
