package template

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"

	"souk/compiler/diag"
	"souk/conformance/cases"
)

// caseSources gives the main files of the conformance cases.
func caseSources(tb testing.TB) []string {
	var out []string
	cases.Seed(tb, "axml", func(name string, text []byte) {
		if name == "index.axml" {
			out = append(out, string(text))
		}
	})
	return out
}

// Whatever the template says, the code is JavaScript, the view is JSON, and both
// halves agree on holes, regions and events.
func FuzzCompile(f *testing.F) {
	for _, src := range caseSources(f) {
		f.Add(src, src)
	}
	f.Fuzz(func(t *testing.T, src, other string) {
		files := map[string][]byte{"index.axml": []byte(src), "other.axml": []byte(other), "m.sjs": nil}
		bag := &diag.Bag{}
		out := Compile(Input{
			Path: "index.axml", Source: []byte(src), Components: map[string]string{"card": "c", "list": "l", "button": "b"}, Scope: "s", KeepData: len(src)%2 == 0,
			Read: func(p string) ([]byte, bool) { text, ok := files[p]; return text, ok },
			Resolve: func(_, ref string) (string, bool) {
				if strings.HasSuffix(ref, ".sjs") {
					return "m.sjs", true
				}
				return "other.axml", len(ref)%3 > 0
			},
		}, bag)
		r := api.Transform("("+out.Code+")", api.TransformOptions{LogLevel: api.LogLevelSilent})
		if len(r.Errors) > 0 {
			t.Fatalf("esbuild refuses the output: %s\n%s", r.Errors[0].Text, out.Code)
		}
		if text, err := json.Marshal(out.View); err != nil || !json.Valid(text) {
			t.Fatalf("the view is no JSON: %v\n%s", err, text)
		}
		for i := range out.View.Blocks {
			checkBlock(t, i, &out.View.Blocks[i])
		}
		for _, d := range bag.Sorted() {
			diag.Render(d, files[d.File])
		}
	})
}

// checkBlock counts nodes as the frame does and looks each reference up.
func checkBlock(t *testing.T, number int, b *Block) {
	var kinds []NodeKind
	var walk func(nodes []Node)
	walk = func(nodes []Node) {
		for _, n := range nodes {
			kinds = append(kinds, n.Kind)
			walk(n.Children)
		}
	}
	walk(b.Nodes)
	anchors, texts := 0, 0
	for _, k := range kinds {
		if k == Anchor {
			anchors++
		}
		if k == TextHole {
			texts++
		}
	}
	for i, r := range b.Regions {
		if r >= len(kinds) || kinds[r] != Anchor || i > 0 && r <= b.Regions[i-1] {
			t.Fatalf("block %d: region %d is at node %d", number, i, r)
		}
	}
	for _, h := range b.Holes {
		want := ElementNode
		if h.Kind == HoleText {
			want = TextHole
			texts--
		}
		if h.Node >= len(kinds) || kinds[h.Node] != want {
			t.Fatalf("block %d: hole %+v is at no such node", number, h)
		}
	}
	for _, e := range b.Events {
		if e.Node >= len(kinds) || kinds[e.Node] != ElementNode {
			t.Fatalf("block %d: event %+v is at no element", number, e)
		}
	}
	if anchors != len(b.Regions) || texts != 0 {
		t.Fatalf("block %d: %d anchors for %d regions, %d text holes without a hole", number, anchors, len(b.Regions), texts)
	}
}

func TestIncludesThatMultiplyEndWithAnError(t *testing.T) {
	files := map[string][]byte{"index.axml": []byte(`<include src="f0.axml"/>`)}
	for i := range 40 {
		next := `<include src="f` + string(rune('0'+i/10)) + string(rune('0'+i%10)) + `.axml"/>`
		files["f"+map[bool]string{true: "0", false: string(rune('0'+(i-1)/10)) + string(rune('0'+(i-1)%10))}[i == 0]+".axml"] = []byte("<view/>" + next + next)
	}
	bag := &diag.Bag{}
	Compile(Input{Path: "index.axml", Source: files["index.axml"], Read: func(p string) ([]byte, bool) { src, ok := files[p]; return src, ok }}, bag)
	for _, d := range bag.Sorted() {
		if d.Code == "axml-too-many-nodes" {
			return
		}
	}
	t.Errorf("2^40 includes passed: %v", bag.Sorted())
}

func TestSameInputSameOutput(t *testing.T) {
	for _, src := range caseSources(t) {
		in := Input{Path: "index.axml", Source: []byte(src), Components: map[string]string{"card": "card/index"}, Read: func(string) ([]byte, bool) { return nil, false }}
		first, second := &diag.Bag{}, &diag.Bag{}
		a, b := Compile(in, first), Compile(in, second)
		if a.Code != b.Code || len(first.Sorted()) != len(second.Sorted()) {
			t.Fatalf("two compilations differ:\n%s", src)
		}
		for i, d := range first.Sorted() {
			if d != second.Sorted()[i] {
				t.Fatalf("%v, then %v", d, second.Sorted()[i])
			}
		}
	}
}

// BenchmarkCompile compiles a page of ordinary size; SOUK_AXML may name a folder
// of templates to take instead.
func BenchmarkCompile(b *testing.B) {
	sources := [][]byte{[]byte(ordinaryPage)}
	if dir := os.Getenv("SOUK_AXML"); dir != "" {
		sources = nil
		filepath.WalkDir(dir, func(p string, _ os.DirEntry, _ error) error {
			if strings.HasSuffix(p, ".axml") {
				src, _ := os.ReadFile(p)
				sources = append(sources, src)
			}
			return nil
		})
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Compile(Input{Path: "index.axml", Source: sources[i%len(sources)], Read: func(string) ([]byte, bool) { return nil, true }}, &diag.Bag{})
	}
}

const ordinaryPage = `<import-sjs name="fmt" from="./fmt.sjs"/>
<view class="page {{theme}}">
  <swiper autoplay="{{true}}" interval="{{3000}}" indicator-dots>
    <swiper-item a:for="{{banners}}" key="{{item.id}}"><image src="{{item.image}}" mode="aspectFill" data-id="{{item.id}}" onTap="openBanner"/></swiper-item>
  </swiper>
  <view class="tabs"><view a:for="{{tabs}}" a:key="*this" class="tab {{index === current ? 'on' : ''}}" data-index="{{index}}" onTap="select">{{item}}</view></view>
  <scroll-view scroll-y style="height: {{height}}px" onScrollToLower="more">
    <view a:for="{{items}}" a:key="id" class="row" data-item="{{item}}" onTap="open">
      <image src="{{item.image}}" class="thumb"/>
      <view class="text"><text class="name">{{item.name}}</text><text a:if="{{item.tag}}" class="tag">{{item.tag}}</text></view>
      <text class="price">¥{{fmt.price(item.price)}}</text>
      <button size="mini" type="primary" disabled="{{item.left <= 0}}" catchTap="add" data-id="{{item.id}}">{{item.left > 0 ? 'Add' : 'Sold out'}}</button>
    </view>
    <view a:if="{{loading}}" class="foot">loading</view><view a:elif="{{!items.length}}" class="foot">nothing here</view><view a:else class="foot">that is all</view>
  </scroll-view>
</view>
`
