package programs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"souk/compiler/pack"
	"souk/conformance/chrome"
	"souk/conformance/handset"
)

// settle is how long a page may go on working after it is drawn before its errors are counted; a page without an error is
// not judged by time.
const settle = 150 * time.Millisecond

// patience is how long a page may take to come and to be drawn, on a busy machine too.
const patience = 30 * time.Second

// mistake is an error that a program's own code throws on the phone too, with the reason. Any other error fails the test.
type mistake struct {
	Page    string // the page on which it shows, or "" for any
	Message string // part of the message
	Why     string
}

// clear closes what the last page left over the program: the panel of errors, and dialogs by their last button.
func (p *phone) clear() {
	if _, err := chrome.JS[bool](p.Tab, `(() => { document.querySelectorAll('.dev-panel').forEach((n) => n.remove());
		document.querySelectorAll('.program [role=dialog]').forEach((n) => [...n.querySelectorAll('button')].at(-1)?.click()); return true; })()`); err != nil {
		p.T.Fatal(err)
	}
}

// appJSON is what the walk needs of a compiled app.json.
type appJSON struct {
	Pages  []string `json:"pages"`
	TabBar *struct {
		Items []struct {
			PagePath string `json:"pagePath"`
		} `json:"items"`
	} `json:"tabBar"`
}

func pagesOf(t *testing.T, dir string) (pages []string, tabs map[string]bool) {
	t.Helper()
	program, _ := pack.CompileDir(t.Context(), dir, pack.Options{Dev: true})
	if program == nil {
		t.Fatalf("%s does not compile", dir)
	}
	raw, err := json.Marshal(program.Bundle.App)
	if err != nil {
		t.Fatal(err)
	}
	var app appJSON
	if err := json.Unmarshal(raw, &app); err != nil {
		t.Fatal(err)
	}
	tabs = map[string]bool{}
	if app.TabBar != nil {
		for _, item := range app.TabBar.Items {
			tabs[strings.TrimPrefix(item.PagePath, "/")] = true
		}
	}
	return app.Pages, tabs
}

// page is the path of the page in front, as the address bar has it.
func (p *phone) page() string {
	at, err := chrome.JS[string](p.Tab, `new URLSearchParams(location.hash.split('?')[1] ?? '').get('page') ?? ''`)
	if err != nil {
		return ""
	}
	return at
}

// visit goes to a page as the program's own navigator would: to a tab by switchTab, to another page from an empty stack by reLaunch.
// A page may go on to another by itself, such as a login to what lies behind it.
func (p *phone) visit(page string, tab bool) error {
	how := "reLaunch"
	if tab {
		how = "switchTab"
	}
	before := p.page()
	_, err := handset.Inside[bool](p.Phone, `const n = document.createElement('a_navigator'); n.setAttribute('open-type', `+chrome.Quote(how)+`); n.setAttribute('url', `+chrome.Quote("/"+page)+`);
		root.appendChild(n); n.click(); n.remove(); return true;`)
	if err != nil {
		return err
	}
	arrived := p.Soon(patience, func() bool {
		at := p.page()
		return at == page || at != before
	})
	if !arrived {
		return fmt.Errorf("the program stays at %s", before)
	}
	drawn := p.Soon(patience, func() bool {
		ok, err := handset.Inside[bool](p.Phone, `return !!root && root.childNodes.length > 0;`)
		return err == nil && ok
	})
	if !drawn {
		return fmt.Errorf("nothing is drawn")
	}
	return nil
}

// walk opens every page and returns what went wrong that the program's own mistakes do not explain.
func (p *phone) walk(pages []string, tabs map[string]bool, known []mistake) (opened int, failures, theirs []string) {
	own := func(u handset.Uncaught, page string) bool {
		i := slices.IndexFunc(known, func(m mistake) bool {
			return (m.Page == "" || m.Page == page || m.Page == u.Page) && strings.Contains(u.Message, m.Message)
		})
		if i < 0 {
			return false
		}
		if said := u.Page + ": " + u.Message + " (" + known[i].Why + ")"; !slices.Contains(theirs, said) {
			theirs = append(theirs, said)
		}
		return true
	}
	for _, u := range p.Errors() {
		if !own(u, u.Page) {
			failures = append(failures, "before the first page: "+u.String())
		}
	}
	for _, page := range pages {
		p.clear()
		err := p.visit(page, tabs[page])
		time.Sleep(settle)
		ours := false
		for _, u := range p.Errors() {
			if own(u, page) {
				continue
			}
			ours = true
			failures = append(failures, page+" after visiting: "+u.String())
		}
		if err != nil && !ours {
			failures = append(failures, page+": "+err.Error())
		}
		if err == nil && !ours {
			opened++
		}
		if os.Getenv("SOUK_SHOTS") != "" {
			p.Shot("page-" + strings.ReplaceAll(page, "/", "_"))
		}
	}
	return opened, failures, theirs
}

// folderOf is where the program was fetched to, or "".
func folderOf(name string) string {
	root := os.Getenv("SOUK_PROGRAMS")
	if root == "" {
		return ""
	}
	dir := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(filepath.Join(dir, "app.json")); err != nil {
		return ""
	}
	return dir
}
