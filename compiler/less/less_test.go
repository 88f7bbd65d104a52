package less

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"souk/compiler/diag"
	"souk/conformance/cases"
)

// TestEachLessFileBecomesItsCSS runs conformance/less: in.less, and what it imports, gives want.css and want.remarks. The
// expected sheets were compared with those of the official compiler (4.x, math parens-division) when they were written.
func TestEachLessFileBecomesItsCSS(t *testing.T) {
	cases.Each(t, "less", []string{"want.css", "want.remarks"}, func(_ *testing.T, c cases.Case) map[string]string {
		var bag diag.Bag
		css := string(Compile(inputOf(c.Files), &bag))
		var said strings.Builder
		for _, d := range bag.Sorted() {
			fmt.Fprintf(&said, "%s:%d:%d %s\n", d.File, d.Line, d.Column, d.Message)
		}
		return map[string]string{"want.css": css, "want.remarks": said.String()}
	})
}

func inputOf(files map[string][]byte) Input {
	return Input{Path: "in.less", Source: files["in.less"],
		Read: func(name string) ([]byte, bool) { data, ok := files[name]; return data, ok },
		Resolve: func(from, ref string) (string, bool) {
			for _, ending := range []string{"", ".less"} {
				if name := path.Join(path.Dir(from), ref) + ending; files[name] != nil {
					return name, true
				}
			}
			return "", false
		}}
}

// FuzzCompile: whatever a file holds, the compiler ends without a panic.
func FuzzCompile(f *testing.F) {
	cases.Seed(f, "less", func(_ string, text []byte) { f.Add(string(text)) })
	f.Fuzz(func(t *testing.T, src string) {
		Compile(inputOf(map[string][]byte{"in.less": []byte(src), "other.less": []byte(".x(@a) { y: @a }")}), nil)
	})
}
