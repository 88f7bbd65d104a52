package pack

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"souk/compiler/acss"
	"souk/compiler/diag"
	"souk/compiler/manifest"
	"souk/compiler/template"
)

// kind says what a unit is.
type kind int

const (
	appUnit kind = iota
	pageUnit
	componentUnit
)

// tabBarUnit is where a program keeps a tab bar of its own (tabBar.customize). barTag is its tag in the view that stands
// on every tab page.
const (
	tabBarUnit = "customize-tab-bar/index"
	barTag     = "souk-tab-bar"
)

// hasOwnBar says whether the program draws its tab bar itself.
func (b *build) hasOwnBar() bool { return b.byPath[tabBarUnit] != nil }

// unit is the app, a page or a component: files of one name with different endings.
type unit struct {
	kind
	path string // without ending
	json manifest.Page
	tags map[string]string // usingComponents with the app's merged in: tag → component path

	script, style, markup string // files, "" where there is none

	sheet acss.Sheet
	view  template.Output
}

// file gives the first of path+ending that exists.
func (b *build) file(base string, endings ...string) string {
	for _, ending := range endings {
		if b.files.exists(base + ending) {
			return base + ending
		}
	}
	return ""
}

func (b *build) newUnit(k kind, name string) *unit {
	u := &unit{kind: k, path: name, tags: map[string]string{}}
	u.script = b.file(name, ".js", ".ts")
	u.style = b.file(name, ".acss", ".less")
	if sass := b.file(name, ".scss", ".sass"); sass != "" && u.style == "" {
		b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "style-sass", File: sass,
			Message: "this is Sass, which neither the platform nor Souk compiles: " + name + " has no styles",
			Hint:    "compile it to " + path.Base(name) + ".acss first, or write Less"})
	}
	if k != appUnit {
		u.markup = b.file(name, ".axml")
		config := name + ".json"
		u.json = remembered(b, "json "+config, "", func(l *look, bag *diag.Bag) manifest.Page {
			src, _ := l.read(config)
			return manifest.ParsePage(config, src, bag)
		})
	}
	b.units = append(b.units, u)
	b.byPath[name] = u
	return u
}

// findUnits starts at the pages and follows usingComponents.
func (b *build) findUnits() {
	b.byPath = map[string]*unit{}
	app := b.newUnit(appUnit, "app")
	if app.script == "" {
		b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "no-app-script", File: "app.json", Message: "there is no app.js",
			Hint: "add app.js with App({})"})
	}
	for _, page := range b.app.Pages {
		b.newPage(page)
	}
	for _, c := range b.app.Components {
		if target, ok := b.component("app.json", c); ok {
			app.tags[c.Tag] = target
			b.addComponent(target)
		}
	}
	b.findTabBar()
	for i := 1; i < len(b.units) && len(b.units) <= manifest.MaxComponents+manifest.MaxPages; i++ { // grows while it runs
		b.follow(b.units[i], app.tags)
	}
}

// findTabBar adds the program's own tab bar. Without one the platform's bar is drawn, so that nobody is stuck on a tab.
func (b *build) findTabBar() {
	if b.app.TabBar == nil || !b.app.TabBar.Customize {
		return
	}
	if b.component1(tabBarUnit) {
		b.addComponent(tabBarUnit)
		return
	}
	b.bag.Add(diag.Diagnostic{Severity: diag.Warning, Code: "tab-bar", File: "app.json",
		Message: "tabBar.customize is on, but there is no " + tabBarUnit + ".axml; the platform's own bar is drawn",
		Hint:    "add the component, or remove customize"})
}

func (b *build) newPage(name string) {
	u := b.newUnit(pageUnit, name)
	if u.markup != "" {
		return
	}
	at := b.app.Places[name]
	d := diag.Diagnostic{Severity: diag.Error, Code: "page-missing", File: "app.json", Line: at.Line, Column: at.Column, Length: at.Length,
		Message: fmt.Sprintf("page %s is listed here, but there is no %s.axml", name, name),
		Hint:    "add the file or remove the entry"}
	if near := b.nearest(name+".axml", ".axml"); near != "" {
		d.Hint = fmt.Sprintf("did you mean %s?", strings.TrimSuffix(near, ".axml"))
	}
	b.bag.Add(d)
}

// follow finds the components of one unit.
func (b *build) follow(u *unit, app map[string]string) {
	for tag, target := range app {
		if target != u.path {
			u.tags[tag] = target
		}
	}
	for _, c := range u.json.Generics {
		u.tags[c.Tag] = "" // without a default, the component's user must name one
		if c.Path == "" {
			continue
		}
		if target, ok := b.component(u.path+".json", c); ok {
			u.tags[c.Tag] = target
			b.addComponent(target)
		}
	}
	for _, c := range u.json.Components {
		target, ok := b.component(u.path+".json", c)
		if !ok {
			delete(u.tags, c.Tag)
			continue
		}
		u.tags[c.Tag] = target
		b.addComponent(target)
	}
	for tag, in := range u.json.Placeholder { // what never comes (a plugin's) is stood in for all the time
		if _, there := u.tags[tag]; !there && u.tags[in] != "" {
			u.tags[tag] = u.tags[in]
		}
	}
}

func (b *build) addComponent(name string) {
	if _, known := b.byPath[name]; !known {
		b.newUnit(componentUnit, name)
	}
}

// component1 says whether files of that name make a component.
func (b *build) component1(name string) bool {
	return b.file(name, ".axml", ".js", ".ts", ".json") != ""
}

// component resolves one entry of usingComponents in the file from.
func (b *build) component(from string, c manifest.Component) (string, bool) {
	d := diag.Diagnostic{Severity: diag.Error, Code: "component-missing", File: from, Line: c.At.Line, Column: c.At.Column, Length: c.At.Length}
	for _, scheme := range []string{"plugin://", "dynamic-plugin://"} {
		if strings.HasPrefix(c.Path, scheme) {
			d.Severity, d.Code = diag.Warning, "plugin-unsupported"
			d.Message = fmt.Sprintf("component %s comes from a plugin, which Souk cannot load; only its componentPlaceholder is shown, if it has one", c.Tag)
			b.bag.Add(d)
			return "", false
		}
	}
	l := &look{b: b, seen: map[string]hash{}, exists: map[string]bool{}}
	for _, base := range l.candidates(from, c.Path) {
		base = strings.TrimSuffix(base, path.Ext(base))
		for _, name := range []string{base, path.Join(base, "index")} {
			if b.component1(name) {
				return name, true
			}
		}
	}
	d.Message = fmt.Sprintf("component %s is not there: no file %s.axml", c.Tag, c.Path)
	if b.isPackage(c.Path) {
		name := packageName(c.Path)
		d.Hint = fmt.Sprintf("install the package: npm install %s", name)
	} else if near := b.nearest(strings.TrimPrefix(c.Path, "/")+".axml", ".axml"); near != "" {
		d.Hint = fmt.Sprintf("did you mean /%s?", strings.TrimSuffix(near, ".axml"))
	}
	b.bag.Add(d)
	return "", false
}

func (b *build) isPackage(ref string) bool {
	return !strings.HasPrefix(ref, ".") && !strings.HasPrefix(ref, "/")
}

func packageName(ref string) string {
	parts := strings.SplitN(ref, "/", 3)
	if strings.HasPrefix(ref, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// nearest is the program's file whose path differs least from a wrong one; "" when none is close.
func (b *build) nearest(wrong, ending string) string {
	best, least := "", max(5, len(wrong)/5)
	for _, name := range b.files.listed() {
		if !strings.HasSuffix(name, ending) {
			continue
		}
		if d := distance(wrong, name, least); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance counts the edits between two strings, and gives up at limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(row[j]+1, row[j-1]+1, cost)
		}
		if slices.Min(row) >= limit {
			return limit
		}
	}
	return min(row[len(b)], limit)
}

// reach lists the components that a unit's template may show, itself excluded, in the order in which they were found.
func (b *build) reach(u *unit) []*unit {
	seen := map[*unit]bool{u: true}
	queue := []*unit{u}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		for _, target := range next.tags {
			if c := b.byPath[target]; c != nil && !seen[c] {
				seen[c] = true
				queue = append(queue, c)
			}
		}
	}
	var list []*unit
	for _, c := range b.units {
		if seen[c] && c != u {
			list = append(list, c)
		}
	}
	return list
}
