package axml

import (
	"fmt"
	"strings"
	"testing"

	"souk/compiler/diag"
)

// draw writes a tree back, with every value in quotes.
func draw(b *strings.Builder, nodes []*Node) {
	for _, n := range nodes {
		if n.Tag == "" {
			b.WriteString(n.Text)
			continue
		}
		b.WriteString("<" + n.Tag)
		for _, a := range n.Attrs {
			b.WriteString(" " + a.Name)
			if !a.Bare {
				fmt.Fprintf(b, "=%q", a.Value)
			}
		}
		b.WriteString(">")
		draw(b, n.Children)
		b.WriteString("</" + n.Tag + ">")
	}
}

func TestAnyMarkupBecomesATree(t *testing.T) {
	for _, row := range []struct{ src, tree, codes string }{
		{`<a b="c">d</a>`, `<a b="c">d</a>`, ""},
		{`<a/><b></b>`, `<a></a><b></b>`, ""},
		{"\ufeff<a/>", `<a></a>`, ""},
		{`<a><b></a>`, `<a><b></b></a>`, "axml-crossed"},
		{`<a><b></a></b>`, `<a><b></b></a>`, "axml-crossed axml-stray-end-tag"},
		{`<a>`, `<a></a>`, "axml-crossed"},
		{`<a><image src="x"><b/></a>`, `<a><image src="x"></image><b></b></a>`, "axml-crossed"},
		{`<image></image><b/>`, `<image></image><b></b>`, ""},
		{`</a>x`, `x`, "axml-stray-end-tag"},
		{`<A>x</a>`, `<A>x</A>`, ""},
		{`<a b={{c}} d={{e}}/>`, `<a b="{{c}}" d="{{e}}"></a>`, ""},
		{`<a b={{c > d}}>x</a>`, `<a b="{{c > d}}">x</a>`, ""},
		{`<a b={{c + '}}'}}>x</a>`, `<a b="{{c + '}}'}}">x</a>`, ""},
		{`<a b=c/d e/>`, `<a b="c/d" e></a>`, ""},
		{`<a b='c"d'/>`, `<a b="c\"d"></a>`, ""},
		{"<a\n b\n=\n'c'\n/>", `<a b="c"></a>`, ""},
		{`<a b="1" b="2"/>`, `<a b="1"></a>`, "axml-duplicate-attribute"},
		{`<a b="x > y"/>`, `<a b="x > y"></a>`, ""},
		{`<a b="{{c == "d"}}"/>`, `<a b="{{c == \"d\"}}"></a>`, "axml-nested-quotes"},
		{`<a b="{{c" d="e}}"/>`, `<a b="{{c" d="e}}"></a>`, ""},
		{"<a b=\"c\nd>x</a>", `<a b="c" d>x</a>`, "axml-unclosed-quote"},
		{`<a <b/>`, `<a><b></b></a>`, "axml-crossed axml-unclosed"},
		{`<a`, `<a></a>`, "axml-unclosed"},
		{`a < b {{c < d}} <3`, `a < b {{c < d}} <3`, ""},
		{`{{ "<b>" }}<b/>`, `{{ "<b>" }}<b></b>`, ""},
		{`{{ a <b/>`, `{{ a <b></b>`, ""},
		{`<t>{{ a </t>{{b}}`, `<t>{{ a </t>{{b}}`, ""},
		{`a<!-- <b> -->c`, `ac`, ""},
		{`<!DOCTYPE x><?xml?><a/>`, `<a></a>`, ""},
		{`<!-- x`, ``, "axml-unclosed"},
		{`<![CDATA[<x>]]>`, `<x>`, ""},
		{`<a </a>`, `<a></a>`, "axml-unclosed"},
		{`<a></a<b/>`, `<a></a><b></b>`, "axml-unclosed"},
		{`<a-b:c.d e:f-g="h"/>`, `<a-b:c.d e:f-g="h"></a-b:c.d>`, ""},
		{`<a 你="好">好</a>`, `<a 你="好">好</a>`, ""},
	} {
		bag := &diag.Bag{}
		f := Parse("x.axml", []byte(row.src), bag)
		var b strings.Builder
		draw(&b, f.Roots)
		if b.String() != row.tree {
			t.Errorf("%s\nbecomes %s\nwant    %s", row.src, b.String(), row.tree)
		}
		var codes []string
		for _, d := range bag.Sorted() {
			codes = append(codes, d.Code)
		}
		if got := strings.Join(codes, " "); got != row.codes {
			t.Errorf("%s: remarks %q, want %q", row.src, got, row.codes)
		}
	}
}

func TestPlacesCountCharactersFromOne(t *testing.T) {
	f := Parse("x.axml", []byte("<v>\n\t首页<b/>\r\n</v>"), nil)
	b := f.Roots[0].Children[1]
	if line, column := f.Position(b.Pos); line != 2 || column != 4 {
		t.Errorf("<b> is at %d:%d, want 2:4", line, column)
	}
	if line, column := f.Position(1 << 30); line != 3 || column != 5 {
		t.Errorf("the end is at %d:%d, want 3:5", line, column)
	}
}

func TestFilesBeyondTheLimitsAreCutWithAnError(t *testing.T) {
	for name, src := range map[string]string{
		"axml-too-long":            strings.Repeat(" ", MaxBytes+1),
		"axml-too-many-nodes":      strings.Repeat("<a/>", MaxNodes+10),
		"axml-too-deep":            strings.Repeat("<a>", MaxDepth+50),
		"axml-too-many-attributes": "<a" + strings.Repeat(" b", 1) + manyAttributes(maxAttributes+5) + "/>",
	} {
		bag := &diag.Bag{}
		Parse("x.axml", []byte(src), bag)
		found := false
		for _, d := range bag.Sorted() {
			found = found || d.Code == name && d.Severity == diag.Error
		}
		if !found {
			t.Errorf("%s is not reported", name)
		}
	}
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " x%d", i)
	}
	return b.String()
}

// Inputs that invite quadratic work: each is near the largest file. The test
// ends, and that is the point.
func TestHostileFilesEnd(t *testing.T) {
	for _, piece := range []string{"{{", "<a", "</a", "<a b=\"", "<a b={{", "<!--", "{{'}}", "<a b='{{\"'", "&", "<![CDATA[", "<a>{{</a>", "{{{}}"} {
		Parse("x.axml", []byte(strings.Repeat(piece, 200_000/len(piece))), &diag.Bag{})
	}
}

func TestReferencesAreDecodedAsDocumented(t *testing.T) {
	for src, want := range map[string]string{
		"a": "a", "&amp;lt;": "&lt;", "&lt;&gt;&quot;&apos;": `<>"'`, "&nbsp;&ensp;&emsp;": "\u00a0\u2002\u2003",
		"&#65;&#x42;&#X43;": "ABC", "&#xD800;&#0;&#1114112;": "&#xD800;&#0;&#1114112;", "&copy; & &; &#; &#x;": "&copy; & &; &#; &#x;", "a&": "a&",
	} {
		if got := Decode(src); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{`<a b="{{c}}">{{d}}</a>`, `<a><b></a></b>`, "<!-- -->{{'<'}}", `<a b='{{"x"}}' c={{d}} e>`, "<![CDATA[ ]]>&amp;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		bag := &diag.Bag{}
		file := Parse("x.axml", []byte(src), bag)
		check(t, file, file.Roots, 0)
		for _, d := range bag.Sorted() {
			diag.Render(d, []byte(src))
		}
		Decode(src)
	})
}

// check: every place lies in the file and in the order of the file.
func check(t *testing.T, f *File, nodes []*Node, depth int) {
	if depth > MaxDepth+1 {
		t.Fatal("deeper than MaxDepth")
	}
	at := 0
	for _, n := range nodes {
		if n.Pos < at || n.End < n.Pos || n.End > len(f.Source) {
			t.Fatalf("<%s> lies at %d–%d, behind %d", n.Tag, n.Pos, n.End, at)
		}
		at = n.Pos
		for _, a := range n.Attrs {
			if a.Pos < n.Pos || a.ValuePos < a.Pos || a.ValuePos+len(a.Value) > len(f.Source) || !a.Bare && f.Source[a.ValuePos:a.ValuePos+len(a.Value)] != a.Value {
				t.Fatalf("attribute %+v of <%s> is not where it says", a, n.Tag)
			}
		}
		check(t, f, n.Children, depth+1)
	}
}
