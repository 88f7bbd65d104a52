package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"souk/compiler/acss"
	"souk/compiler/diag"
	"souk/compiler/less"
	"souk/compiler/manifest"
	"souk/compiler/place"
	"souk/compiler/script"
	"souk/compiler/sjs"
	"souk/compiler/template"
)

// scope is the class that parts the styles of a unit with styleIsolation apply-shared from all others.
func (u *unit) scope() string {
	if u.json.Isolation != "apply-shared" {
		return ""
	}
	return "s-" + short(u.path)
}

// plain turns Less into CSS; other sheets are CSS already.
func (l *look) plain(name string, src []byte, bag *diag.Bag) ([]byte, bool) {
	if path.Ext(name) != ".less" {
		return src, false
	}
	return less.Compile(less.Input{Path: name, Source: src, Read: l.read, Resolve: l.style}, bag), true
}

// hosts gives, for each component, the selector of its own node (virtualHost: false): :host in its sheet. The node bears
// the tag by which the component is used, so all its tags count.
func (b *build) hosts() map[string]string {
	tags := map[string][]string{}
	for _, u := range b.units {
		for tag, target := range u.tags {
			if tag = acss.TagName(tag); !slices.Contains(tags[target], tag) {
				tags[target] = append(tags[target], tag)
			}
		}
	}
	hosts := map[string]string{}
	for target, list := range tags {
		slices.Sort(list)
		hosts[target] = ":is(" + strings.Join(list, ",") + ")"
	}
	return hosts
}

func short(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:4])
}

// compileStyles compiles the sheets of all units.
func (b *build) compileStyles() {
	hosts := b.hosts()
	each(b.ctx, b.units, func(u *unit) {
		if u.style == "" {
			return
		}
		host := hosts[u.path]
		u.sheet = remembered(b, "style "+u.style, u.scope()+" "+host, func(l *look, bag *diag.Bag) acss.Sheet {
			src, _ := l.read(u.style)
			return acss.Compile(acss.Input{Path: u.style, Source: src, Read: l.read, Resolve: l.style, Has: l.has,
				Plain: l.plain, Scope: u.scope(), Host: host}, bag)
		})
	})
	for _, u := range b.units {
		b.keepData = b.keepData || u.sheet.UsesData
	}
}

// compileTemplates compiles the templates of all units, then the SJS modules that they use.
func (b *build) compileTemplates() {
	each(b.ctx, b.units, func(u *unit) {
		if u.markup == "" {
			return
		}
		settings := fmt.Sprint(u.scope(), b.keepData, sorted(u.tags))
		u.view = remembered(b, "template "+u.markup, settings, func(l *look, bag *diag.Bag) template.Output {
			src, _ := l.read(u.markup)
			var own diag.Bag
			out := template.Compile(template.Input{Path: u.markup, Source: src, Read: l.read, Resolve: l.template,
				Components: u.tags, Scope: u.scope(), External: u.externalClasses(l), KeepData: b.keepData}, &own)
			u.passOn(&own, bag)
			return out
		})
	})
	b.compileSJS()
}

var (
	externalList = regexp.MustCompile(`\bexternalClasses\s*:\s*\[([^\]]*)\]`)
	externalName = regexp.MustCompile(`['"` + "`" + `]([\w-]+)['"` + "`" + `]`)
)

// externalClasses reads the list that a component's script declares. It must stand there as written names, as it does in
// every program seen: the template is compiled before the script runs.
func (u *unit) externalClasses(l *look) []string {
	if u.kind != componentUnit || u.script == "" {
		return nil
	}
	src, _ := l.read(u.script)
	var names []string
	if list := externalList.FindSubmatch(src); list != nil {
		for _, name := range externalName.FindAllSubmatch(list[1], -1) {
			names = append(names, string(name[1]))
		}
	}
	return names
}

// passOn leaves out remarks about tags that the unit's JSON declares: that their component is missing has been said there.
func (u *unit) passOn(from, to *diag.Bag) {
	for _, d := range from.Sorted() {
		declared := d.Code == "axml-unknown-component" && slices.ContainsFunc(u.json.Components, func(c manifest.Component) bool {
			return strings.HasPrefix(d.Message, "<"+c.Tag+">")
		})
		if !declared {
			to.Add(d)
		}
	}
}

// sorted writes a map in one fixed order.
func sorted(tags map[string]string) []string {
	var list []string
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag+"="+tags[tag])
	}
	return list
}

// sjsModule is a compiled .sjs file.
type sjsModule struct {
	path, code string
	imports    []string
}

func (b *build) compileSJS() {
	known := map[string]bool{}
	var queue []string
	want := func(names []string) {
		for _, name := range names {
			if !known[name] {
				known[name] = true
				queue = append(queue, name)
			}
		}
	}
	for _, u := range b.units {
		want(u.view.Sjs)
	}
	for i := 0; i < len(queue); i++ {
		name := queue[i]
		m := remembered(b, "sjs "+name, "", func(l *look, bag *diag.Bag) sjsModule {
			src, _ := l.read(name)
			code, imports := sjs.Compile(name, src, l.template, bag)
			return sjsModule{name, code, imports}
		})
		b.sjs = append(b.sjs, m)
		want(m.imports)
	}
	slices.SortFunc(b.sjs, func(x, y sjsModule) int { return strings.Compare(x.path, y.path) })
}

// linked is a script with its names resolved; ok is false when it could not be compiled.
type linked struct {
	script.Linked
	ok bool
}

// compileScripts starts at the units' scripts and follows what they require.
func (b *build) compileScripts() {
	b.compiled = map[string]bool{}
	known := map[string]bool{}
	var wave []string
	for _, u := range b.units {
		if u.script != "" && !known[u.script] {
			known[u.script] = true
			wave = append(wave, u.script)
		}
	}
	for len(wave) > 0 {
		results := make([]linked, len(wave))
		numbers := make([]int, len(wave))
		for i := range numbers {
			numbers[i] = i
		}
		each(b.ctx, numbers, func(i int) { results[i] = b.compileScript(wave[i]) })
		wave = nil
		for _, r := range results {
			if !r.ok {
				continue
			}
			b.scripts = append(b.scripts, r)
			b.compiled[r.Path] = true
			for _, target := range slices.Sorted(maps.Values(r.Links)) {
				if !known[target] {
					known[target] = true
					wave = append(wave, target)
				}
			}
		}
	}
	slices.SortFunc(b.scripts, func(x, y linked) int { return strings.Compare(x.Path, y.Path) })
}

// compileScript compiles one file and links its names.
func (b *build) compileScript(name string) linked {
	return remembered(b, "script "+name, fmt.Sprint(b.opts.Dev), func(l *look, bag *diag.Bag) linked {
		src, _ := l.read(name)
		file, ok := script.Compile(name, src, script.Options{Dev: b.opts.Dev}, bag)
		links := map[string]string{}
		for _, i := range file.Imports {
			if target, found := l.script(name, i.Ref); found {
				links[i.Ref] = target
				continue
			}
			b.unresolved(name, src, i, bag)
		}
		return linked{script.Linked{File: file, Links: links}, ok}
	})
}

// unresolved says that a required file is missing. In a library this is normal (it asks for what only Node has), and a file
// with a require of its own is a packed library.
func (b *build) unresolved(name string, src []byte, i script.Import, bag *diag.Bag) {
	if i.Optional || strings.Contains(name, "node_modules/") {
		return
	}
	hint := ""
	if b.isPackage(i.Ref) {
		hint = fmt.Sprintf("install the package (npm install %s), or begin the path of a file of the program with ./ or /", packageName(i.Ref))
	}
	bag.Add(place.New(name, src).Diagnostic(diag.Error, "script-import", i.From, i.To, fmt.Sprintf("%q is not there", i.Ref), hint))
}
