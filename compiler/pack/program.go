package pack

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"souk/compiler/diag"
	"souk/compiler/manifest"
	"souk/compiler/script"
	"souk/compiler/template"
)

// Limits on a program's assets.
const (
	maxAssets     = 4000
	maxAssetBytes = 60 << 20 // together; kit/bundle takes 4096 files and 64 MB
)

// Program is a compiled mini-program.
type Program struct {
	Bundle    Bundle
	Script    []byte // app.js
	SourceMap []byte // app.js.map; nil without Options.Dev
	Packages  []Package

	files *files
}

// Bundle is bundle.json; docs/runtime.md §1 says what each member means.
type Bundle struct {
	Format     int                       `json:"format"`
	App        *manifest.App             `json:"app"`
	Pages      map[string]PageEntry      `json:"pages"`
	Components map[string]ComponentEntry `json:"components"`
	Views      []template.View           `json:"views"`
	Styles     []Style                   `json:"styles"`
	Fonts      string                    `json:"fonts"`
	Assets     []string                  `json:"assets"`
	Uses       Uses                      `json:"uses"`
}

// PageEntry is a page. View is an index of Views, -1 for a page without a template; Styles are indexes of Styles.
type PageEntry struct {
	Config    map[string]any `json:"config"`
	Styles    []int          `json:"styles"`
	View      int            `json:"view"`
	Component bool           `json:"component"`
	Package   string         `json:"package,omitempty"` // the root of its sub-package
}

// ComponentEntry is a component.
type ComponentEntry struct {
	Config  map[string]any `json:"config"`
	View    int            `json:"view"`
	Package string         `json:"package,omitempty"`
}

// Style is one compiled sheet.
type Style struct {
	Path string `json:"path"`
	CSS  string `json:"css"`
}

// Uses lists what the program needs of the platform, with places.
type Uses struct {
	API       map[string][]template.Place `json:"api"`
	Component map[string][]template.Place `json:"component"`
	Attribute map[string][]template.Place `json:"attribute"`
	Event     map[string][]template.Place `json:"event"`
	Unknown   map[string][]template.Place `json:"unknown,omitempty"`
	My        []string                    `json:"my"`    // the functions that any script can reach, libraries too; null: any
	Words     []string                    `json:"words"` // those that mean seldom parts of the runtime: relations, createSelectorQuery …, and sjs when events or changes run functions of SJS
}

// format is the version of the bundle's form.
const format = 1

// assemble puts the results together.
func (b *build) assemble() *Program {
	p := &Program{files: b.files, Bundle: Bundle{Format: format, App: b.app, Pages: map[string]PageEntry{},
		Components: map[string]ComponentEntry{}, Views: []template.View{}, Styles: []Style{}, Assets: []string{}}}
	views, styles := map[*unit]int{}, map[*unit]int{}
	for _, u := range b.units {
		views[u] = -1
		if u.markup != "" {
			views[u] = len(p.Bundle.Views)
			p.Bundle.Views = append(p.Bundle.Views, u.view.View)
		}
		if b.homeOf(u.path) == 0 {
			p.Bundle.Fonts += u.sheet.Fonts
		}
		if u.sheet.CSS != "" {
			styles[u] = len(p.Bundle.Styles)
			p.Bundle.Styles = append(p.Bundle.Styles, Style{u.style, u.sheet.CSS})
		}
	}
	b.drawTabBar(p)
	for _, u := range b.units {
		switch u.kind {
		case pageUnit:
			p.Bundle.Pages[u.path] = PageEntry{Config: manifest.Merge(b.app.Window, u.json.Config), Styles: b.styles(u, styles),
				View: views[u], Component: u.json.Component}
		case componentUnit:
			p.Bundle.Components[u.path] = ComponentEntry{Config: u.json.Config, View: views[u]}
		}
	}
	p.Bundle.Uses = b.uses()
	p.Bundle.Assets = b.assets()
	h := b.divide()
	for _, u := range b.units {
		if home := h.units[u]; home > 0 {
			p.at(u, b.app.SubPackages[home-1].Root)
		}
	}
	p.Script, p.SourceMap = b.script(h, 0, views)
	b.takeOut(p, h, views, styles)
	b.checkSizes(p)
	b.opts.Cache.forget(b.used)
	return p
}

// at writes which sub-package a page or component is in.
func (p *Program) at(u *unit, root string) {
	if page, ok := p.Bundle.Pages[u.path]; ok && u.kind == pageUnit {
		page.Package = root
		p.Bundle.Pages[u.path] = page
	}
	if component, ok := p.Bundle.Components[u.path]; ok && u.kind == componentUnit {
		component.Package = root
		p.Bundle.Components[u.path] = component
	}
}

// drawTabBar adds the view that holds the program's own bar on each tab page.
func (b *build) drawTabBar(p *Program) {
	if !b.hasOwnBar() {
		return
	}
	at := len(p.Bundle.Views)
	b.app.TabBar.View = &at
	b.bar = template.Compile(template.Input{Path: tabBarUnit, Source: []byte(`<view class="a-customize-tab-bar"><` + barTag + `/></view>`),
		Components: map[string]string{barTag: tabBarUnit}}, b.bag)
	p.Bundle.Views = append(p.Bundle.Views, b.bar.View)
}

// styles orders a page's sheets: the app's, those of every component in reach, its own.
func (b *build) styles(page *unit, index map[*unit]int) []int {
	list := []int{}
	add := func(u *unit) {
		if i, ok := index[u]; ok {
			list = append(list, i)
		}
	}
	add(b.units[0])
	for _, c := range b.reach(page) {
		add(c)
	}
	if bar := b.byPath[tabBarUnit]; bar != nil && b.isTab(page.path) {
		for _, c := range append(b.reach(bar), bar) {
			if i, ok := index[c]; ok && !slices.Contains(list, i) {
				list = append(list, i)
			}
		}
	}
	add(page)
	return list
}

func (b *build) isTab(page string) bool {
	return b.app.TabBar != nil && slices.ContainsFunc(b.app.TabBar.Items, func(t manifest.TabItem) bool { return t.PagePath == page })
}

// script writes app.js, or a sub-package's script.
func (b *build) script(h *homes, home int, views map[*unit]int) ([]byte, []byte) {
	p := script.Program{GlobalMode: b.project.GlobalMode, Dev: b.opts.Dev, Package: home > 0, Divided: len(b.app.SubPackages) > 0}
	p.Parts, p.Modules = b.modules(h, home, views)
	for _, s := range b.scripts {
		if h.scripts[s.Path] == home {
			p.Files = append(p.Files, s.Linked)
		}
	}
	return script.Write(p)
}

// known are the tags whose component is known here; a generic one without a default is not.
func (u *unit) known() map[string]string {
	known := maps.Clone(u.tags)
	maps.DeleteFunc(known, func(_, target string) bool { return target == "" })
	return known
}

// uses gathers what all files need of the platform.
func (b *build) uses() Uses {
	all := Uses{API: map[string][]template.Place{}, Component: map[string][]template.Place{},
		Attribute: map[string][]template.Place{}, Event: map[string][]template.Place{}, Unknown: map[string][]template.Place{}}
	for _, s := range b.scripts {
		for _, u := range s.Uses {
			all.API[u.Name] = append(all.API[u.Name], template.Place{File: u.File, Line: u.Line, Column: u.Column})
		}
	}
	all.My = b.calls()
	all.Words = b.words()
	merge := func(to, from map[string][]template.Place) {
		for name, places := range from {
			to[name] = append(to[name], places...)
		}
	}
	for _, u := range b.units {
		merge(all.Component, u.view.Uses.Components)
		merge(all.Attribute, u.view.Uses.Attributes)
		merge(all.Event, u.view.Uses.Events)
		merge(all.Unknown, u.view.Uses.Unknown)
	}
	return all
}

// calls gathers the functions of my that the program can reach, sorted; nil when it may reach any.
func (b *build) calls() []string {
	names := []string{}
	for _, s := range b.scripts {
		if s.Calls.Any {
			return nil
		}
		names = append(names, s.Calls.Names...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// words gathers what scripts say of parts of the runtime that most programs do without.
func (b *build) words() []string {
	words := []string{}
	for _, s := range b.scripts {
		words = append(words, s.Words...)
	}
	for _, u := range b.units {
		if u.view.RunsSjs() {
			words = append(words, "sjs")
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// sources are endings that never reach the bundle as assets.
var sources = []string{".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx", ".axml", ".acss", ".less", ".scss", ".sjs", ".map", ".md", ".json",
	".lock", ".wxml", ".wxss", ".wxs", ".zip", ".psd", ".sketch", ".snap"}

// assets lists the files that the running program may ask for: everything that is no source, and what sheets of npm
// packages name.
func (b *build) assets() []string {
	var list []string
	total := int64(0)
	add := func(name string) {
		total += b.files.size(name)
		list = append(list, name)
	}
	for _, name := range b.files.listed() {
		if b.isAsset(name) {
			add(name)
		}
	}
	for _, u := range b.units {
		for _, name := range u.sheet.Assets {
			if strings.Contains(name, "node_modules/") && b.files.exists(name) && !slices.Contains(list, name) {
				add(name)
			}
		}
		if dir := path.Dir(u.path); strings.Contains(dir, "node_modules/") {
			for _, name := range b.pictures(dir) {
				if !slices.Contains(list, name) {
					add(name)
				}
			}
		}
	}
	if len(list) > maxAssets || total > maxAssetBytes {
		b.bag.Add(diag.Diagnostic{Severity: diag.Error, Code: "assets-size", File: ".",
			Message: fmt.Sprintf("the program has %d assets of %d MB together; at most %d and %d MB are allowed", len(list), total>>20, maxAssets, maxAssetBytes>>20),
			Hint:    "move large pictures and videos to a server"})
		return []string{}
	}
	slices.Sort(list)
	return list
}

func (b *build) isAsset(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || base == "LICENSE" {
		return false
	}
	ext := strings.ToLower(path.Ext(name))
	if ext == ".json" {
		return b.isData(name)
	}
	return !slices.Contains(sources, ext)
}

// isData says whether a JSON file is data that the program may load (an animation), not configuration.
func (b *build) isData(name string) bool {
	switch path.Base(name) {
	case "app.json", "package.json", "package-lock.json", "tsconfig.json", "mini.project.json", "jsconfig.json":
		return false
	}
	base := strings.TrimSuffix(name, ".json")
	return b.byPath[base] == nil && !b.compiled[name] && b.file(base, ".axml", ".js", ".ts") == ""
}

// pictures lists the pictures beside a component of an npm package.
func (b *build) pictures(dir string) []string {
	entries, err := fs.ReadDir(b.files.fsys, b.files.real(dir))
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range entries {
		switch strings.ToLower(path.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp":
			list = append(list, path.Join(dir, e.Name()))
		}
	}
	return list
}

// JSON is bundle.json.
func (p *Program) JSON() []byte {
	data, err := json.Marshal(p.Bundle)
	if err != nil {
		panic(fmt.Sprintf("pack: a bundle must marshal: %v", err)) // views hold what the template compiler made valid
	}
	return data
}

// Asset reads one of Bundle.Assets; fs.ErrNotExist for any other name.
func (p *Program) Asset(name string) ([]byte, error) {
	if _, ok := slices.BinarySearch(p.Bundle.Assets, name); !ok {
		return nil, fs.ErrNotExist
	}
	data, ok := p.files.read(name)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// Entries are the files of the bundle by their names in the zip.
func (p *Program) Entries() (map[string][]byte, error) {
	entries := map[string][]byte{"bundle.json": p.JSON(), "app.js": p.Script}
	if p.SourceMap != nil {
		entries["app.js.map"] = p.SourceMap
	}
	for i, sub := range p.Packages {
		name := fmt.Sprintf("packages/%d", i)
		entries[name+".js"], entries[name+".json"] = sub.Script, sub.Frame
		if sub.SourceMap != nil {
			entries[name+".js.map"] = sub.SourceMap
		}
	}
	for _, name := range p.Bundle.Assets {
		data, err := p.Asset(name)
		if err != nil {
			return nil, fmt.Errorf("asset %s: %w", name, err)
		}
		entries["assets/"+name] = data
	}
	return entries, nil
}
