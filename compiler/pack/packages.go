package pack

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"souk/compiler/diag"
	"souk/compiler/script"
	"souk/compiler/template"
)

// Limits of the platform on what a phone downloads, compressed.
const (
	maxPackageBytes = 2 << 20 // the main package, and each sub-package
	maxTotalBytes   = 8 << 20 // all of them together
)

// Package is what is loaded when a sub-package is first needed: its script for the worker, and what the frame gets.
type Package struct {
	Root      string
	Script    []byte
	SourceMap []byte // nil without Options.Dev
	Frame     []byte // JSON: docs/runtime.md §1
}

// packageFrame is Package.Frame: views and styles by their index in the bundle.
type packageFrame struct {
	Views  map[int]template.View `json:"views"`
	Styles map[int]Style         `json:"styles"`
	Fonts  string                `json:"fonts,omitempty"`
}

// homes says which package things live in: 0 is the main one, n is app.json's nth sub-package. What lies in a
// sub-package's folder is its own, unless something outside needs it without waiting.
type homes struct {
	b       *build
	units   map[*unit]int
	scripts map[string]int
	sjs     map[string]int
}

// homeOf is the package whose folder a path lies in.
func (b *build) homeOf(name string) int {
	home, longest := 0, 0
	for i, p := range b.app.SubPackages {
		if strings.HasPrefix(name, p.Root+"/") && len(p.Root) > longest {
			home, longest = i+1, len(p.Root)
		}
	}
	return home
}

// divide finds every file's package.
func (b *build) divide() *homes {
	h := &homes{b: b, units: map[*unit]int{}, scripts: map[string]int{}, sjs: map[string]int{}}
	if len(b.app.SubPackages) == 0 {
		return h
	}
	for _, u := range b.units {
		h.units[u] = b.homeOf(u.path)
	}
	for _, s := range b.scripts {
		h.scripts[s.Path] = b.homeOf(s.Path)
	}
	for _, m := range b.sjs {
		h.sjs[m.path] = b.homeOf(m.path)
	}
	for h.moved() { // each round takes something into the main package, or ends
	}
	b.checkTabs()
	return h
}

// moved takes what another package needs at once into the main package, and says whether there was anything.
func (h *homes) moved() bool {
	found := false
	for _, u := range h.b.units {
		for _, tag := range slices.Sorted(maps.Keys(u.tags)) {
			target := h.b.byPath[u.tags[tag]]
			if target != nil && u.json.Placeholder[tag] == "" && outside(h.units[u], h.units[target]) {
				h.warn(u.path+".json", target.path, h.units[target], fmt.Sprintf("give the tag a stand-in in componentPlaceholder, which waits for the package, or move the component out of %s", h.b.app.SubPackages[h.units[target]-1].Root))
				h.units[target], found = 0, true
			}
		}
		if home, there := h.scripts[u.script]; there && outside(h.units[u], home) {
			h.scripts[u.script], found = 0, true
		}
		for _, name := range u.view.Sjs {
			if home, there := h.sjs[name]; there && outside(h.units[u], home) {
				h.sjs[name], found = 0, true
			}
		}
	}
	for _, s := range h.b.scripts {
		for _, i := range s.Imports {
			target := s.Links[i.Ref]
			if home, there := h.scripts[target]; there && !i.Async && outside(h.scripts[s.Path], home) {
				h.warn(s.Path, target, home, "write require.async, which waits for the package, or move the file out of it")
				h.scripts[target], found = 0, true
			}
		}
	}
	for _, m := range h.b.sjs {
		for _, name := range m.imports {
			if home, there := h.sjs[name]; there && outside(h.sjs[m.path], home) {
				h.sjs[name], found = 0, true
			}
		}
	}
	return found
}

// outside says whether something at home in `from` cannot see, without waiting, what is at home in `to`.
func outside(from, to int) bool { return to != 0 && to != from }

func (h *homes) warn(from, to string, home int, hint string) {
	h.b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "sub-package-reference", File: from,
		Message: fmt.Sprintf("%s is in sub-package %s and used from outside it: on a phone it would not be there; it is put into the main package", to, h.b.app.SubPackages[home-1].Root), Hint: hint})
}

// checkTabs says which pages the platform wants in the main package.
func (b *build) checkTabs() {
	for _, page := range b.app.Pages {
		if home := b.homeOf(page); home > 0 && (b.isTab(page) || page == b.app.EntryPagePath) {
			at := b.app.Places[page]
			b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "sub-package-tab", File: "app.json", Line: at.Line, Column: at.Column, Length: at.Length,
				Message: fmt.Sprintf("page %s is the first page or a tab and belongs into the main package, not into %s", page, b.app.SubPackages[home-1].Root)})
		}
	}
}

// placeholders are the tags of a unit whose component may have to be waited for, with the tag that stands in.
func (h *homes) placeholders(u *unit) map[string]string {
	stand := map[string]string{}
	for tag, in := range u.json.Placeholder {
		if target := h.b.byPath[u.tags[tag]]; target != nil && outside(h.units[u], h.units[target]) {
			stand[tag] = in
		}
	}
	return stand
}

// takeOut takes what belongs to sub-packages out of the bundle.
func (b *build) takeOut(p *Program, h *homes, views, styles map[*unit]int) {
	for i, sub := range b.app.SubPackages {
		frame := packageFrame{Views: map[int]template.View{}, Styles: map[int]Style{}}
		for _, u := range b.units {
			if h.units[u] != i+1 {
				continue
			}
			if n := views[u]; n >= 0 {
				frame.Views[n] = p.Bundle.Views[n]
				p.Bundle.Views[n] = template.View{Blocks: []template.Block{}}
			}
			if n, there := styles[u]; there {
				frame.Styles[n] = p.Bundle.Styles[n]
				p.Bundle.Styles[n].CSS = ""
			}
		}
		for _, u := range b.units {
			if b.homeOf(u.path) == i+1 {
				frame.Fonts += u.sheet.Fonts
			}
		}
		data, err := json.Marshal(frame)
		if err != nil {
			panic(fmt.Sprintf("pack: a package must marshal: %v", err)) // as for the bundle
		}
		code, sourceMap := b.script(h, i+1, views)
		p.Packages = append(p.Packages, Package{Root: sub.Root, Script: code, SourceMap: sourceMap, Frame: data})
	}
}

// checkSizes says what is too large for a phone. Compiling again and again beside an editor does without.
func (b *build) checkSizes(p *Program) {
	if b.opts.Cache != nil {
		return
	}
	total := 0
	check := func(name, hint string, parts ...[]byte) {
		size := compressed(parts...)
		for _, asset := range p.Bundle.Assets {
			if home := b.homeOf(asset); home == 0 && name == "" || home > 0 && b.app.SubPackages[home-1].Root == name {
				size += int(b.files.size(asset))
			}
		}
		total += size
		if size <= maxPackageBytes {
			return
		}
		what := "the main package"
		if name != "" {
			what = "sub-package " + name
		}
		b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "package-size", File: "app.json",
			Message: fmt.Sprintf("%s has %.1f MB compressed; Alipay takes at most %d MB", what, float64(size)/(1<<20), maxPackageBytes>>20), Hint: hint})
	}
	check("", "move pages into subPackages, or pictures to a server", p.Script, p.JSON())
	for _, sub := range p.Packages {
		check(sub.Root, "divide it, or move pictures to a server", sub.Script, sub.Frame)
	}
	if total > maxTotalBytes {
		b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "package-size", File: "app.json",
			Message: fmt.Sprintf("all packages together have %.1f MB compressed; Alipay takes at most %d MB", float64(total)/(1<<20), maxTotalBytes>>20), Hint: "move pictures to a server"})
	}
}

// compressed is about what parts take in a package; small ones are not compressed to find out.
func compressed(parts ...[]byte) int {
	raw := 0
	for _, part := range parts {
		raw += len(part)
	}
	if raw <= maxPackageBytes/2 {
		return raw
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		panic(fmt.Sprintf("pack: a known level must do: %v", err))
	}
	for _, part := range parts {
		w.Write(part) // into memory: it cannot fail
	}
	w.Close()
	return out.Len()
}

// modules are the registrations of a package's units, and parts the statements before them.
func (b *build) modules(h *homes, home int, views map[*unit]int) (parts []string, modules []script.Module) {
	if home == 0 && b.bar.Code != "" {
		parts = append(parts, fmt.Sprintf("souk.template(%d, %s);", *b.app.TabBar.View, b.bar.Code))
	}
	for _, u := range b.units {
		if h.units[u] == home && views[u] >= 0 {
			parts = append(parts, fmt.Sprintf("souk.template(%d, %s);", views[u], u.view.Code))
		}
	}
	for _, m := range b.sjs {
		if h.sjs[m.path] == home {
			parts = append(parts, fmt.Sprintf("souk.sjs(%s, %s);", script.Quote(m.path), m.code))
		}
	}
	for _, u := range b.units {
		if h.units[u] != home {
			continue
		}
		m := script.Module{Name: u.path, Default: [...]string{"App", "Page", "Component"}[u.kind]}
		if u.json.Component {
			m.Default = "Component"
		}
		if b.compiled[u.script] {
			m.File = u.script
		}
		modules = append(modules, m)
		if uses := b.usesOf(h, u); uses != "" {
			parts = append(parts, uses)
		}
	}
	return parts, modules
}

// usesOf writes which components a unit's tags mean, and which tags stand in while a package is on its way.
func (b *build) usesOf(h *homes, u *unit) string {
	known := u.known()
	if u.kind == pageUnit && b.hasOwnBar() && b.isTab(u.path) {
		known[barTag] = tabBarUnit
	}
	if len(known) == 0 || u.kind == appUnit {
		return ""
	}
	text := "souk.components(" + script.Quote(u.path) + ", " + object(known)
	if stand := h.placeholders(u); len(stand) > 0 {
		text += ", " + object(stand)
	}
	return text + ");"
}

func object(m map[string]string) string {
	data, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("pack: a map of strings must marshal: %v", err))
	}
	return string(data)
}
