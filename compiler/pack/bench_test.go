//go:build unix

package pack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// processor reports the processor time of a benchmark's loops: on a machine that others use, it says more than the clock.
func processor(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() { b.ReportMetric(float64(used()-before)/float64(b.N)/1e6, "cpu-ms/op") }
}

// generated writes a program the size of the official demo: 180 pages, 60 components, 60 modules that pages share.
func generated(b *testing.B) string {
	dir := b.TempDir()
	put := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	pages := ""
	for i := range 180 {
		page := fmt.Sprintf("pages/p%d/p%d", i, i)
		pages += fmt.Sprintf("%q,", page)
		put(page+".axml", fmt.Sprintf(`<view class="page"><card%d title="{{title}}" onTap="tap"/><view a:for="{{list}}" a:key="id" data-id="{{item.id}}" onTap="tap">
<text class="{{item.on ? 'on' : 'off'}}">{{index + 1}}. {{item.name}}</text><image src="{{item.src}}" mode="aspectFit"/></view>
<form onSubmit="send"><input name="a" value="{{value}}" onInput="type"/><button form-type="submit">ok</button></form></view>`, i%60))
		put(page+".json", fmt.Sprintf(`{"defaultTitle": "%d", "usingComponents": {"card%d": "/components/c%d/c%d"}}`, i, i%60, i%60, i%60))
		put(page+".acss", ".page { padding: 20rpx } .on text { color: red } view > image { width: 100rpx; height: 100rpx }")
		put(page+".js", fmt.Sprintf("import { sum } from '../../lib/m%d';\nPage({ data: { title: '%d', list: [] }, async tap(e) { await my.alert({ content: sum(1, 2) }); }, send() {}, type() {} });\n", i%60, i))
	}
	for i := range 60 {
		component := fmt.Sprintf("components/c%d/c%d", i, i)
		put(component+".axml", `<view class="card" onTap="tap"><text>{{title}}</text><slot/></view>`)
		put(component+".json", `{"component": true}`)
		put(component+".acss", ".card { border-radius: 8rpx }")
		put(component+".js", "Component({ props: { title: '', onTap() {} }, methods: { tap(e) { this.props.onTap(e); } } });")
		put(fmt.Sprintf("lib/m%d.js", i), "export function sum(a, b) { return a + b; }\nexport const words = ['a', 'b', 'c'];\nexport class Box { constructor(v) { this.v = v; } get() { return this.v; } }\n")
	}
	put("app.json", `{"pages": [`+pages+`]}`)
	put("app.js", "App({});")
	return dir
}

func BenchmarkCold(b *testing.B) {
	dir := generated(b)
	defer processor(b)()
	for b.Loop() {
		if p, _ := CompileDir(context.Background(), dir, Options{Dev: true}); p == nil {
			b.Fatal("nothing was compiled")
		}
	}
}

// BenchmarkOneFileChanged compiles again after one page's script has changed, with the cache that souk dev keeps.
func BenchmarkOneFileChanged(b *testing.B) { oneFileChanged(b, nil) }

// BenchmarkOneFileChangedAndNamed is the same when a watcher has said which.
func BenchmarkOneFileChangedAndNamed(b *testing.B) { oneFileChanged(b, []string{"pages/p7/p7.js"}) }

func oneFileChanged(b *testing.B, changed []string) {
	dir := generated(b)
	var cache Cache
	script := filepath.Join(dir, "pages/p7/p7.js")
	text, err := os.ReadFile(script)
	if err != nil {
		b.Fatal(err)
	}
	CompileDir(context.Background(), dir, Options{Dev: true, Cache: &cache})
	defer processor(b)()
	for i := 0; b.Loop(); i++ {
		if err := os.WriteFile(script, fmt.Appendf(text[:len(text):len(text)], "// %d\n", i), 0o644); err != nil {
			b.Fatal(err)
		}
		if p, _ := CompileDir(context.Background(), dir, Options{Dev: true, Cache: &cache, Changed: changed}); p == nil {
			b.Fatal("nothing was compiled")
		}
	}
}
