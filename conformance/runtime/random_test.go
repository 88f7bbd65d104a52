package runtime_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"testing"
	"testing/fstest"

	"souk/conformance/random"
)

var seed = flag.Uint64("seed", 1, "the first random template's seed")

// TestARandomTemplateLooksInChromiumAsANewPageWould makes random templates and changes: after each, the tree that Chromium brought up to date
// is the one that the engine in Go shows, and the one that a new page with the same data shows in both. -args -seed tries others.
func TestARandomTemplateLooksInChromiumAsANewPageWould(t *testing.T) {
	const templates = 6
	tab := openTab(t)
	for n := range uint64(templates) {
		g := random.New(*seed + n)
		t.Run(fmt.Sprintf("seed %d", *seed+n), func(t *testing.T) {
			c := randomCase(t, g)
			said := inGo(t, c)
			p := &page{T: t, ctx: tab.ctx, url: tab.url}
			shown := p.play(c)
			compare(t, p, c, said, shown)
			for i := range len(shown) / 5 {
				updated, fresh := shown[2+5*i], shown[4+5*i]
				if updated != fresh {
					t.Errorf("%s: after change %d the page (got) and a new one (want) part in Chromium\n%s", c.file, i, parting(updated, fresh))
				}
			}
			if t.Failed() {
				t.Logf("the template was\n%s", g.Template)
			}
		})
	}
}

// randomCase changes, looks, opens a new page, looks, goes back: five steps a change.
func randomCase(t *testing.T, g *random.Program) kase {
	t.Helper()
	c := kase{name: "random", file: "random"}
	program := fstest.MapFS{}
	for name, text := range g.Files {
		program[name] = &fstest.MapFile{Data: []byte(text)}
	}
	compile(t, &c, program)
	c.in.Ops = false
	for range 8 {
		ops, err := json.Marshal(g.Changes())
		if err != nil {
			t.Fatal(err)
		}
		detail, err := json.Marshal(map[string]string{"value": string(ops)})
		if err != nil {
			t.Fatal(err)
		}
		c.steps = append(c.steps, "fire #run input "+string(detail), "tree", "tap #open", "tree", "event back")
	}
	return c
}
