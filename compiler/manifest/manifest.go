// Package manifest reads what a mini-program says about itself: app.json, the JSON beside a page or component, and
// mini.project.json. It accepts what real programs write (comments, trailing commas, YES/NO for booleans, the old
// flat project format), puts it into one normal form and points at mistakes. It never touches the file system and
// knows nothing of templates, styles or scripts. Start reading at ParseApp.
package manifest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"souk/compiler/diag"
	"souk/compiler/place"
)

// Limits, so that a hostile manifest stays small.
const (
	MaxPages      = 2000
	MaxComponents = 2000
)

// App is app.json in normal form; it becomes "app" in the bundle.
type App struct {
	Pages         []string           `json:"pages"` // no leading slash, sub-packages' pages after the main ones, no duplicates
	EntryPagePath string             `json:"entryPagePath"`
	Window        map[string]any     `json:"window"`
	TabBar        *TabBar            `json:"tabBar"`
	SubPackages   []SubPackage       `json:"subPackages,omitempty"`
	Preload       map[string]Preload `json:"preloadRule,omitempty"` // by page
	Plugins       []string           `json:"plugins,omitempty"`
	Behavior      map[string]any     `json:"behavior,omitempty"`
	Permission    map[string]any     `json:"permission,omitempty"`
	Timeout       map[string]any     `json:"networkTimeout,omitempty"`
	Workers       any                `json:"workers,omitempty"`
	Component2    bool               `json:"component2"` // from mini.project.json

	Components []Component      `json:"-"` // app-wide usingComponents
	Places     map[string]Place `json:"-"` // of each page's entry, by page
}

// Place is where something stands in its file, as a diagnostic names it.
type Place struct{ Line, Column, Length int }

// TabBar is app.json's tabBar.
type TabBar struct {
	TextColor       string    `json:"textColor,omitempty"`
	SelectedColor   string    `json:"selectedColor,omitempty"`
	BackgroundColor string    `json:"backgroundColor,omitempty"`
	Customize       bool      `json:"customize"`
	Overlay         bool      `json:"overlay,omitempty"`
	Items           []TabItem `json:"items"`
	View            *int      `json:"view,omitempty"` // the view that draws the program's own bar (customize); set by pack
}

// TabItem is one tab; the icons are paths from the program's root.
type TabItem struct {
	PagePath   string `json:"pagePath"`
	Name       string `json:"name"`
	Icon       string `json:"icon,omitempty"`
	ActiveIcon string `json:"activeIcon,omitempty"`
}

// SubPackage is a folder of pages that a phone would download when it needs them.
type SubPackage struct {
	Root  string   `json:"root"`
	Pages []string `json:"pages"`
}

// Preload is an entry of preloadRule: sub-packages to fetch when a page is shown.
type Preload struct {
	Network  string   `json:"network"` // "all" or "wifi"
	Packages []string `json:"packages"`
}

// Component is one entry of usingComponents: a tag and the path as written.
type Component struct {
	Tag, Path string
	At        Place // of the path
}

// Page is the JSON beside a page or a component.
type Page struct {
	Config      map[string]any // without usingComponents; normalised
	Component   bool
	Isolation   string // "shared" or "apply-shared"
	Components  []Component
	Generics    []Component       // componentGenerics with their default component's path ("" when none)
	Placeholder map[string]string // tag → the tag that stands in while the component's package is not there
}

// booleans are the members that occur both as booleans and as "YES"/"NO" or "true"/"false".
var booleans = map[string]bool{
	"pullRefresh": true, "allowsBounceVertical": true, "responsive": true, "titlePenetrate": true,
	"showTitleLoading": true, "gestureBack": true, "enableScrollBar": true, "component": true, "virtualHost": true,
	"customize": true, "overlay": true, "component2": true, "transparentTitle": false,
}

// normalise puts a plain JSON value of that name into its usual form.
func normalise(name string, v any) any {
	if !booleans[name] {
		return v
	}
	return truth(v)
}

func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return slices.Contains([]string{"yes", "true", "1"}, strings.ToLower(v))
	case float64:
		return v != 0
	}
	return false
}

// ParseApp reads app.json. It returns false when there is nothing to go on with.
func ParseApp(file string, src []byte, bag *diag.Bag) (*App, bool) {
	root, ok := parseObject(file, src, bag)
	if !ok {
		return nil, false
	}
	r := reader{index: place.New(file, src), bag: bag}
	app := &App{Window: map[string]any{}, Places: map[string]Place{}, Component2: true}
	if v, ok := root.Get("pages"); ok {
		r.addPages(app, "", v)
	}
	for _, name := range []string{"subPackages", "subpackages"} {
		if v, ok := root.Get(name); ok {
			r.subPackages(app, v)
		}
	}
	if len(app.Pages) == 0 {
		r.add(diag.Error, "no-pages", root.Span, "app.json names no page", `add "pages": ["pages/index/index"]`)
		return nil, false
	}
	if v, ok := root.Get("window"); ok {
		app.Window = r.config(v)
	}
	app.EntryPagePath = r.entry(app, root)
	app.Preload = r.preload(app, root)
	app.TabBar = r.tabBar(app, root)
	app.Components = r.components(root, "usingComponents")
	app.Plugins = r.plugins(root)
	app.Behavior, app.Permission, app.Timeout = object(root, "behavior"), object(root, "permission"), object(root, "networkTimeout")
	if v, ok := root.Get("workers"); ok {
		app.Workers = v.Any()
	}
	r.unsupported(root)
	return app, true
}

// unsupported says which members of app.json have no effect here.
func (r reader) unsupported(root Value) {
	for _, name := range []string{"workers", "loadingPages", "useDynamicPlugins"} {
		v, ok := root.Get(name)
		if ok && (v.Kind != Bool || v.Text == "true") {
			r.add(diag.Warning, "app-unsupported", v.Span, name+" has no effect in Souk", map[string]string{
				"workers":           "my.createWorker fails; heavy work slows the program down, not the shell",
				"loadingPages":      "a page is shown as it is first drawn, without a skeleton",
				"useDynamicPlugins": "my.loadPlugin fails",
			}[name])
		}
	}
}

// ParsePage reads the JSON beside a page or component; a missing or empty file is an empty configuration.
func ParsePage(file string, src []byte, bag *diag.Bag) Page {
	page := Page{Config: map[string]any{}, Isolation: "shared"}
	if len(strings.TrimSpace(strings.TrimPrefix(string(src), "\ufeff"))) == 0 {
		return page
	}
	root, ok := parseObject(file, src, bag)
	if !ok {
		return page
	}
	r := reader{index: place.New(file, src), bag: bag}
	page.Config = r.config(root)
	for _, name := range []string{"usingComponents", "component", "componentGenerics", "componentPlaceholder"} {
		delete(page.Config, name)
	}
	if v, ok := root.Get("component"); ok {
		page.Component = truth(v.Any())
	}
	if v, ok := root.Get("styleIsolation"); ok && v.Text != "" {
		page.Isolation = v.Text
		if v.Text != "shared" && v.Text != "apply-shared" {
			r.add(diag.Warning, "style-isolation", v.Span, fmt.Sprintf("styleIsolation %q is unknown; shared is used", v.Text),
				`use "shared" or "apply-shared"`)
			page.Isolation = "shared"
		}
	}
	page.Components = r.components(root, "usingComponents")
	page.Placeholder = r.placeholders(root)
	page.Generics = r.generics(root)
	return page
}

// Merge lays a page's configuration over the app's window.
func Merge(window, page map[string]any) map[string]any {
	merged := maps.Clone(window)
	if merged == nil {
		merged = map[string]any{}
	}
	maps.Copy(merged, page)
	return merged
}

func parseObject(file string, src []byte, bag *diag.Bag) (Value, bool) {
	root, ok := ParseJSON(file, src, bag)
	if ok && root.Kind != Object {
		bag.Add(place.New(file, src).Diagnostic(diag.Error, "json-shape", root.From, root.To,
			path.Base(file)+" must hold an object", "start it with { and end it with }"))
		return root, false
	}
	return root, ok
}

type reader struct {
	index place.Index
	bag   *diag.Bag
}

func (r reader) add(severity diag.Severity, code string, at Span, message, hint string) {
	r.bag.Add(r.index.Diagnostic(severity, code, at.From, at.To, message, hint))
}

func (r reader) place(at Span) Place {
	d := r.index.Diagnostic(diag.Hint, "", at.From, at.To, "", "")
	return Place{d.Line, d.Column, d.Length}
}

// addPages appends the pages of one package; root is "" or ends in a slash.
func (r reader) addPages(app *App, root string, v Value) []string {
	if v.Kind != Array {
		r.add(diag.Error, "json-shape", v.Span, `"pages" must be a list of paths`, "")
		return nil
	}
	var added []string
	for _, item := range v.Items {
		if item.Kind != String || strings.TrimSpace(item.Text) == "" {
			r.add(diag.Error, "json-shape", item.Span, "a page is named by its path, a string", "")
			continue
		}
		page := cleanPage(root + strings.TrimPrefix(item.Text, "/"))
		if strings.HasPrefix(page, "../") || page == ".." {
			r.add(diag.Error, "page-path", item.Span, fmt.Sprintf("page %q lies outside the program", item.Text), "")
			continue
		}
		if _, twice := app.Places[page]; twice {
			r.add(diag.Warning, "page-twice", item.Span, fmt.Sprintf("page %s is listed twice", page), "remove one of the entries")
			continue
		}
		if len(app.Pages) == MaxPages {
			r.add(diag.Error, "too-many-pages", item.Span, fmt.Sprintf("more than %d pages", MaxPages), "")
			return added
		}
		app.Places[page] = r.place(item.Span)
		app.Pages = append(app.Pages, page)
		added = append(added, page)
	}
	return added
}

func cleanPage(page string) string {
	page = strings.TrimSuffix(strings.TrimSpace(page), ".axml")
	return strings.TrimPrefix(path.Clean(strings.TrimPrefix(page, "/")), "./")
}

func (r reader) subPackages(app *App, v Value) {
	for _, item := range v.Items {
		root, _ := item.Get("root")
		pages, ok := item.Get("pages")
		if root.Kind != String || !ok {
			r.add(diag.Error, "sub-package", item.Span, `a sub-package needs "root" and "pages"`, "")
			continue
		}
		folder := cleanPage(root.Text)
		for _, other := range app.SubPackages {
			if strings.HasPrefix(folder+"/", other.Root+"/") || strings.HasPrefix(other.Root+"/", folder+"/") {
				r.add(diag.Warning, "sub-package", root.Span, fmt.Sprintf("sub-packages %s and %s lie in each other; on a phone they must not", folder, other.Root), "")
			}
		}
		added := r.addPages(app, folder+"/", pages)
		app.SubPackages = append(app.SubPackages, SubPackage{Root: folder, Pages: added})
	}
}

// preload reads preloadRule; a package that is not there is said so and left out.
func (r reader) preload(app *App, root Value) map[string]Preload {
	v, _ := root.Get("preloadRule")
	rules := map[string]Preload{}
	for _, m := range v.Members {
		rule := Preload{Network: "all"}
		if text(m.Value, "network") == "wifi" {
			rule.Network = "wifi"
		}
		packages, _ := m.Value.Get("packages")
		for _, item := range packages.Items {
			root := cleanPage(item.Text)
			if !slices.ContainsFunc(app.SubPackages, func(p SubPackage) bool { return p.Root == root }) {
				r.add(diag.Warning, "preload-rule", item.Span, fmt.Sprintf("there is no sub-package %s to load beforehand", item.Text), "name the root of one of subPackages")
				continue
			}
			rule.Packages = append(rule.Packages, root)
		}
		if len(rule.Packages) > 0 {
			rules[cleanPage(m.Name)] = rule
		}
	}
	return rules
}

// config turns window or a page's JSON into plain, normalised members.
func (r reader) config(v Value) map[string]any {
	config := map[string]any{}
	if v.Kind != Object {
		r.add(diag.Error, "json-shape", v.Span, "an object is expected here", "")
		return config
	}
	for _, m := range v.Members {
		config[m.Name] = normalise(m.Name, m.Value.Any())
	}
	return config
}

func (r reader) entry(app *App, root Value) string {
	v, ok := root.Get("entryPagePath")
	if !ok || v.Text == "" {
		return app.Pages[0]
	}
	page := cleanPage(v.Text)
	if _, known := app.Places[page]; !known {
		r.add(diag.Error, "entry-page", v.Span, fmt.Sprintf("entryPagePath %s is not one of the pages", v.Text), `list it in "pages"`)
		return app.Pages[0]
	}
	return page
}

func (r reader) tabBar(app *App, root Value) *TabBar {
	v, ok := root.Get("tabBar")
	if !ok || v.Kind != Object {
		return nil
	}
	bar := &TabBar{TextColor: text(v, "textColor", "color"), SelectedColor: text(v, "selectedColor"),
		BackgroundColor: text(v, "backgroundColor"), Customize: flag(v, "customize"), Overlay: flag(v, "overlay")}
	items, _ := v.Get("items")
	for _, item := range items.Items {
		tab := TabItem{PagePath: cleanPage(text(item, "pagePath")), Name: text(item, "name"),
			Icon: cleanIcon(text(item, "icon")), ActiveIcon: cleanIcon(text(item, "activeIcon"))}
		at := item.Span
		if named, ok := item.Get("pagePath"); ok {
			at = named.Span
		}
		if _, known := app.Places[tab.PagePath]; !known {
			r.add(diag.Error, "tab-page", at, fmt.Sprintf("the tab's page %s is not one of the pages", tab.PagePath), `list it in "pages"`)
			continue
		}
		bar.Items = append(bar.Items, tab)
	}
	if len(items.Items) == 0 {
		r.add(diag.Warning, "tab-bar", v.Span, "tabBar has no items and is not shown", "")
	}
	if len(bar.Items) == 0 {
		return nil
	}
	return bar
}

// cleanIcon makes an icon's path one from the root; addresses of other hosts stay.
func cleanIcon(icon string) string {
	if icon == "" || strings.Contains(icon, ":") {
		return icon
	}
	return strings.TrimPrefix(path.Clean("/"+icon), "/")
}

func (r reader) components(root Value, name string) []Component {
	v, ok := root.Get(name)
	if !ok {
		return nil
	}
	if v.Kind != Object {
		r.add(diag.Error, "json-shape", v.Span, name+" must be an object of tag and path", "")
		return nil
	}
	var components []Component
	for _, m := range v.Members {
		switch {
		case m.Value.Kind != String || m.Value.Text == "":
			r.add(diag.Error, "component-path", m.Value.Span, fmt.Sprintf("component %s needs a path, a string", m.Name), "")
		case len(components) == MaxComponents:
			r.add(diag.Error, "too-many-components", m.At, fmt.Sprintf("more than %d components", MaxComponents), "")
			return components
		default:
			components = append(components, Component{Tag: m.Name, Path: m.Value.Text, At: r.place(m.Value.Span)})
		}
	}
	return components
}

func (r reader) placeholders(root Value) map[string]string {
	v, _ := root.Get("componentPlaceholder")
	stand := map[string]string{}
	for _, m := range v.Members {
		if m.Value.Kind == String {
			stand[m.Name] = m.Value.Text
		}
	}
	return stand
}

func (r reader) generics(root Value) []Component {
	v, _ := root.Get("componentGenerics")
	var generics []Component
	for _, m := range v.Members {
		generics = append(generics, Component{Tag: m.Name, Path: text(m.Value, "default"), At: r.place(m.At)})
	}
	return generics
}

func (r reader) plugins(root Value) []string {
	v, _ := root.Get("plugins")
	var names []string
	for _, m := range v.Members {
		names = append(names, m.Name)
		r.add(diag.Warning, "plugin-unsupported", m.At, fmt.Sprintf("plugin %s cannot be loaded: Souk has no plugins", m.Name),
			"requirePlugin and the plugin's components fail when they are used")
	}
	return names
}

// text is the first of the named members that is a string or number.
func text(v Value, names ...string) string {
	for _, name := range names {
		if m, ok := v.Get(name); ok && (m.Kind == String || m.Kind == Number) {
			return m.Text
		}
	}
	return ""
}

func flag(v Value, name string) bool {
	m, _ := v.Get(name)
	return truth(m.Any())
}

func object(v Value, name string) map[string]any {
	m, _ := v.Get(name)
	plain, _ := m.Any().(map[string]any)
	return plain
}
