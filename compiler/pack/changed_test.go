package pack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// small is a program in which files name each other in every way: usingComponents, import, include, @import, require, SJS, aliases.
const small = `
-- mini.project.json --
{"format": 2, "compileOptions": {"resolveAlias": {"@lib": "/lib"}}}
-- app.json --
{"pages": ["pages/a/a", "pages/b/b"], "usingComponents": {"card": "/components/card/card"}}
-- app.js --
App({});
-- app.acss --
@import './lib/base.acss';
-- lib/base.acss --
.x { color: red }
-- lib/util.js --
export const name = 'util';
-- lib/fmt.sjs --
export default { up: (s) => s };
-- lib/row.axml --
<view>row</view>
-- components/card/card.json --
{"component": true}
-- components/card/card.js --
Component({});
-- components/card/card.axml --
<view><slot/></view>
-- pages/a/a.json --
{}
-- pages/a/a.js --
import { name } from '@lib/util'; Page({ data: { name } });
-- pages/a/a.axml --
<import-sjs name="fmt" from="../../lib/fmt.sjs"/><include src="../../lib/row.axml"/><card>{{fmt.up(name)}}</card>
-- pages/a/a.acss --
.a { width: 10rpx }
-- pages/b/b.json --
{"usingComponents": {"other": "../../components/other/other"}}
-- pages/b/b.js --
const u = require('../../lib/util'); Page({ data: { u } });
-- pages/b/b.axml --
<view><other/></view>
`

// edits are what people do to a folder. Each changes the disk and answers what a watcher would name.
var edits = []func(dir string, r *rand.Rand) []string{
	func(dir string, r *rand.Rand) []string {
		return write(dir, "lib/util.js", fmt.Sprintf("export const name = %d;", r.Int()))
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "lib/base.acss", fmt.Sprintf(".x { width: %dpx }", r.Int()))
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "lib/row.axml", fmt.Sprintf("<view>%d {{name}}</view>", r.Int()))
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "lib/fmt.sjs", fmt.Sprintf("export default { up: (s) => s + %d };", r.Int()))
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "pages/a/a.axml", fmt.Sprintf("<card>%d</card>", r.Int()))
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "components/other/other.json", `{"component": true}`)
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "components/other/other.axml", fmt.Sprintf("<view>%d</view>", r.Int()))
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "lib/index.js", "export const name = 'index';")
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "lib/util/index.js", "export const name = 'folder';")
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "more/util.js", fmt.Sprintf("export const name = 'more %d';", r.Int()))
	},
	func(dir string, r *rand.Rand) []string { return write(dir, "app.json", `{"pages": [`) }, // broken in the middle of typing
	func(dir string, r *rand.Rand) []string {
		return write(dir, "app.json", `{"pages": ["pages/b/b", "pages/a/a"], "usingComponents": {"card": "/components/card/card"}}`)
	},
	func(dir string, r *rand.Rand) []string {
		return write(dir, "mini.project.json", fmt.Sprintf(`{"format": 2, "compileOptions": {"resolveAlias": {"@lib": "/%s"}}}`, []string{"lib", "more"}[r.IntN(2)]))
	},
	func(dir string, _ *rand.Rand) []string { return remove(dir, "components/other") },
	func(dir string, _ *rand.Rand) []string { return remove(dir, "lib/util") },
	func(dir string, _ *rand.Rand) []string { return remove(dir, "lib/row.axml") },
	func(dir string, _ *rand.Rand) []string {
		return append(write(dir, "lib/.row.axml.swp", "x"), remove(dir, "lib/.row.axml.swp")...)
	},
	func(dir string, _ *rand.Rand) []string { return rename(dir, "lib/util.js", "lib/tool.js") },
	func(dir string, _ *rand.Rand) []string { return rename(dir, "lib/tool.js", "lib/util.js") },
	func(dir string, _ *rand.Rand) []string { return rename(dir, "components/card", "components/kart") },
	func(dir string, _ *rand.Rand) []string { return rename(dir, "components/kart", "components/card") },
}

func write(dir, name, text string) []string {
	path := filepath.Join(dir, name)
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil || os.WriteFile(path, []byte(text), 0o644) != nil {
		return nil
	}
	return []string{name}
}

func remove(dir, name string) []string {
	os.RemoveAll(filepath.Join(dir, name))
	return []string{name}
}

func rename(dir, from, to string) []string {
	os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)) // not there: nothing has changed
	return []string{from, to}
}

func everything(p *Program, remarks any) []byte {
	whole, err := json.Marshal(remarks)
	if p != nil && err == nil {
		var bundle []byte
		bundle, err = json.Marshal(p.Bundle)
		whole = append(append(whole, bundle...), p.Script...)
	}
	if err != nil {
		panic(err)
	}
	return whole
}

func TestWhatAWatcherNamesIsCompiledAsIfAllHadBeenReadAnew(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(small)).Files {
		write(dir, f.Name, string(f.Data))
	}
	cache, ctx, quick := &Cache{}, context.Background(), 0
	CompileDir(ctx, dir, Options{Cache: cache})
	var changed, history []string
	for round := range 300 {
		for range 1 + r.IntN(2) {
			changed = append(changed, edits[r.IntN(len(edits))](dir, r)...)
		}
		history = append(history, fmt.Sprint(changed))
		if cache.listing != nil {
			quick++
		}
		got, gotBag := CompileDir(ctx, dir, Options{Cache: cache, Changed: changed})
		want, wantBag := CompileDir(ctx, dir, Options{})
		if g, w := everything(got, gotBag.Sorted()), everything(want, wantBag.Sorted()); !bytes.Equal(g, w) {
			t.Fatalf("round %d, after %v:\n%s\nnot\n%s", round, history, g, w)
		}
		changed = nil
	}
	if quick < 50 {
		t.Errorf("the quick way was taken %d times only", quick)
	}
}
