// Package acss turns a style sheet of a mini-program into CSS for the shadow root of a page: rpx becomes a
// calculation on --rpx, tags get their prefix, page is the host, imports are inlined, relative addresses become
// addresses of the program's assets and font faces are set aside for the document. It never reads files itself (Input.Read
// does) and never decides which page uses a sheet. Start reading at Compile; sheet.go walks rules, selector.go rewrites
// selectors, value.go values.
package acss

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"souk/compiler/diag"
	"souk/compiler/place"
)

// Limits of one sheet with its imports.
const (
	maxImports = 200
	maxDepth   = 32      // of nested blocks and of imports
	maxBytes   = 4 << 20 // of one file
)

// AssetScheme stands before the path from the program's root in every url() of the output.
const AssetScheme = "souk-asset:"

// shadowed are the elements with a shadow root of their own, which browsers give only to names with a hyphen.
var shadowed = []string{"swiper", "picker-view", "picker-view-column"}

// TagName is what the frame calls an element: with a prefix that keeps it apart from HTML's own and, where it can be, without
// hyphens, since a browser takes a name with one for a custom element that may be defined later: a third more for each.
func TagName(tag string) string {
	tag = strings.ToLower(tag)
	if slices.Contains(shadowed, tag) {
		return "a-" + tag
	}
	return "a_" + strings.ReplaceAll(tag, "-", "_")
}

// Input is one style sheet and what its surroundings mean.
type Input struct {
	Path    string // project-relative
	Source  []byte
	Read    func(path string) ([]byte, bool)                                     // files by their project-relative path
	Resolve func(from, ref string) (path string, ok bool)                        // targets of @import: relative, root-absolute or npm
	Has     func(path string) bool                                               // whether a file that url() names exists; nil: not asked
	Plain   func(path string, src []byte, bag *diag.Bag) (css []byte, made bool) // turns Less into CSS by the file's name; nil: none
	Scope   string                                                               // class that every subject gets (styleIsolation apply-shared), or ""
	Host    string                                                               // selector that :host stands for in a component, or "" for the page itself
}

// Sheet is the compiled sheet.
type Sheet struct {
	CSS      string
	Fonts    string   // @font-face rules; shadow roots ignore them, so they go to the document
	Files    []string // imported files
	Assets   []string // files named by url(), from the program's root
	UsesData bool     // some selector looks at a data-* attribute
}

// Compile translates one sheet and what it imports. It always gives a sheet; what it could not understand is left
// out and said in bag.
func Compile(in Input, bag *diag.Bag) Sheet {
	c := &compiler{in: in, bag: bag, importing: map[string]bool{}}
	c.file(in.Path, in.Source, 0)
	c.sheet.CSS = c.out.String()
	c.sheet.Fonts = c.fonts.String()
	return c.sheet
}

type compiler struct {
	in        Input
	bag       *diag.Bag
	out       strings.Builder
	fonts     strings.Builder
	sheet     Sheet
	importing map[string]bool // files that are being read now: a cycle ends here
}

// file appends one file's rules to the output.
func (c *compiler) file(name string, src []byte, depth int) {
	if len(src) > maxBytes {
		c.bag.Add(diag.Diagnostic{Severity: diag.Error, Code: "acss-size", File: name,
			Message: fmt.Sprintf("this style sheet is larger than %d MB", maxBytes>>20)})
		return
	}
	made := false
	if c.in.Plain != nil {
		src, made = c.in.Plain(name, src, c.bag)
	}
	c.importing[name] = true
	defer delete(c.importing, name)
	src = blankLineComments(src)
	p := &parser{c: c, file: name, toks: scan(src), index: place.New(name, src), made: made, imports: depth}
	p.rules(0)
}

// include inlines an @import. media is what stands after the address, "" for none.
func (c *compiler) include(p *parser, ref, media string, at token) {
	if external(ref) {
		p.warn(at, "acss-import", fmt.Sprintf("@import of %s is left out: a program loads nothing from other hosts", ref), "copy the file into the program")
		return
	}
	name, ok := c.in.Resolve(p.file, ref)
	if !ok {
		p.fail(at, "acss-import", fmt.Sprintf("the style sheet %q is not there", ref), "")
		return
	}
	if c.importing[name] {
		p.warn(at, "acss-import", fmt.Sprintf("%s imports itself in a circle; this import is left out", name), "")
		return
	}
	if len(c.sheet.Files) >= maxImports || p.imports >= maxDepth {
		p.fail(at, "acss-import", fmt.Sprintf("more than %d imports or %d levels of them", maxImports, maxDepth), "")
		return
	}
	src, ok := c.in.Read(name)
	if !ok {
		p.fail(at, "acss-import", fmt.Sprintf("the style sheet %q cannot be read", ref), "")
		return
	}
	c.sheet.Files = append(c.sheet.Files, name)
	if media != "" {
		c.out.WriteString("@media " + media + "{")
		defer c.out.WriteString("}")
	}
	c.file(name, src, p.imports+1)
}

// external says whether an address leaves the program.
func external(ref string) bool {
	return strings.HasPrefix(ref, "//") || strings.Contains(ref, "://")
}

// asset turns an address in a sheet into one that the shell can resolve.
func (p *parser) asset(ref string, at token) string {
	trimmed := strings.TrimSpace(ref)
	colon, slash := strings.IndexByte(trimmed, ':'), strings.IndexByte(trimmed, '/')
	if trimmed == "" || trimmed[0] == '#' || external(trimmed) || colon >= 0 && (slash < 0 || colon < slash) {
		return trimmed
	}
	target, query := trimmed, ""
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		target, query = target[:i], target[i:]
	}
	if !strings.HasPrefix(target, "/") {
		target = path.Join("/", path.Dir(p.file), target)
	}
	target = path.Clean(target)
	p.c.sheet.Assets = append(p.c.sheet.Assets, target[1:])
	if p.c.in.Has != nil && !p.c.in.Has(target[1:]) {
		p.warn(at, "asset-missing", fmt.Sprintf("the file %s is not there", target[1:]), "")
	}
	return AssetScheme + target + query
}
