package headless_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"souk/browser/headless"
	"souk/compiler/pack"
)

// A program with a sub-package that the shell does not have: nothing but what needs it fails, and says which it is.
func TestAPackageThatCannotBeHadIsAFailureOfWhatNeedsIt(t *testing.T) {
	p, bag := pack.Compile(context.Background(), fstest.MapFS{
		"app.json": {Data: []byte(`{"pages": ["p"], "subPackages": [{"root": "far", "pages": ["q"]}]}`)},
		"app.js":   {Data: []byte(`my.onLazyLoadError(e => console.log(e.type, e.subpackage[0], e.errMsg)); App({})`)},
		"p.json":   {Data: []byte(`{"usingComponents": {"c": "/far/c", "w": "/w"}, "componentPlaceholder": {"c": "w"}}`)},
		"p.axml":   {Data: []byte(`<c/><c/><button id="go" onTap="go"/>`)},
		"p.js": {Data: []byte(`Page({ go() {
			my.navigateTo({ url: '/far/q', fail: e => console.log(e.error, e.errorMessage) })
			require.async('./far/s').catch(e => console.log(e.mod, e.errMsg))
		} })`)},
		"w.axml": {Data: []byte(`<text>waiting</text>`)}, "w.json": {Data: []byte(`{"component": true}`)},
		"far/q.axml": {Data: []byte(`<view/>`)}, "far/s.js": {Data: []byte(``)},
		"far/c.axml": {Data: []byte(`<view/>`)}, "far/c.json": {Data: []byte(`{"component": true}`)},
	}, pack.Options{})
	if p == nil || bag.Errors() > 0 {
		t.Fatal(bag.Sorted())
	}
	s, err := headless.Open(headless.Input{Bundle: p.JSON(), Script: p.Script})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := strings.Count(s.Tree(), "waiting"); got != 2 {
		t.Errorf("%d components are stood in for, want 2", got)
	}
	if problems := s.Problems(); len(problems) != 1 || !strings.Contains(problems[0].Message, "sub-package far could not be loaded") {
		t.Errorf("problems: %v, want one that names the package", problems)
	}
	s.Console()
	if err := s.Tap("#go"); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range s.Console() {
		lines = append(lines, l.Text)
	}
	got := strings.Join(lines, "\n")
	for _, want := range []string{"subpackage far loadSubpackage: fail", "12 sub-package far could not be loaded: there is no sub-package far", "./far/s sub-package far could not be loaded"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said in\n%s", want, got)
		}
	}
	if tree := s.Tree(); !strings.Contains(tree, "waiting") {
		t.Errorf("the page is gone:\n%s", tree)
	}
}
