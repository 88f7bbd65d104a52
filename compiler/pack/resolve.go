package pack

import (
	"path"
	"strings"

	"souk/compiler/manifest"
	"souk/compiler/script"
)

// maxPackageUp bounds how many node_modules folders above a package are tried.
const maxPackageUp = 6

// candidates gives the paths that a reference in the file from may mean, best first, without endings. Relative ones
// stand beside from, those with a slash in front at the root, all others are aliases, npm packages or, as real
// programs have it, paths from the root or from the file without ./ in front.
func (l *look) candidates(from, ref string) []string {
	if target, ok := l.alias(ref); ok {
		ref = target
	}
	ref = strings.TrimPrefix(ref, "~") // as webpack's users write a package
	switch {
	case ref == "":
		return nil
	case strings.HasPrefix(ref, "/"):
		return within(path.Clean(ref[1:]))
	case strings.HasPrefix(ref, "."):
		return within(path.Join(path.Dir(from), ref))
	}
	list := l.packages(from, ref)
	list = append(list, within(path.Clean(ref))...)
	return append(list, within(path.Join(path.Dir(from), ref))...)
}

// within drops a path that leaves the program.
func within(name string) []string {
	if name == ".." || strings.HasPrefix(name, "../") || strings.HasPrefix(name, "/") {
		return nil
	}
	return []string{name}
}

func (l *look) alias(ref string) (string, bool) {
	for _, a := range l.b.project.Alias {
		name, prefix := strings.CutSuffix(a.Name, "*")
		name = strings.TrimSuffix(name, "/")
		target := "/" + strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(a.Path, "*"), "/"), "./")
		if ref == name {
			return target, true
		}
		if rest, ok := strings.CutPrefix(ref, name+"/"); ok && (prefix || name != "") {
			return path.Join(target, rest), true
		}
	}
	return "", false
}

// packages gives the places of an npm reference: its package may lie in any node_modules from the file upwards, and
// within the package also below the folders that mini-program packages publish.
func (l *look) packages(from, ref string) []string {
	name, inner, _ := strings.Cut(ref, "/")
	if strings.HasPrefix(name, "@") {
		var second string
		second, inner, _ = strings.Cut(inner, "/")
		name += "/" + second
	}
	var list []string
	dir := path.Dir(from)
	for up := 0; up < maxPackageUp; up++ {
		home := path.Join(dir, "node_modules", name)
		if path.Base(dir) != "node_modules" && l.has(path.Join(home, "package.json")) {
			list = append(list, path.Join(home, inner))
			for _, folder := range l.published(home) {
				list = append(list, path.Join(home, folder, inner))
			}
		}
		if dir == "." {
			break
		}
		dir = path.Dir(dir)
	}
	return list
}

// published are the folders in which a package keeps its mini-program sources.
func (l *look) published(home string) []string {
	var folders []string
	if v, ok := l.packageJSON(home); ok {
		if field, _ := v.Get("miniprogram"); field.Kind == manifest.String && field.Text != "" {
			folders = append(folders, field.Text)
		}
	}
	return append(folders, "es", "miniprogram_dist")
}

// packageJSON reads a package's description, once a compilation.
func (l *look) packageJSON(home string) (manifest.Value, bool) {
	name := path.Join(home, "package.json")
	src, ok := l.read(name)
	if !ok {
		return manifest.Value{}, false
	}
	if v, ok := l.b.packages.Load(name); ok {
		return v.(manifest.Value), true
	}
	v, _ := manifest.ParseJSON(name, src, nil)
	l.b.packages.Store(name, v)
	return v, true
}

// resolve finds the first candidate that is a file, as it stands or with one of the endings.
func (l *look) resolve(from, ref string, endings ...string) (string, bool) {
	for _, base := range l.candidates(from, ref) {
		if path.Ext(base) != "" && l.has(base) {
			return base, true
		}
		for _, ending := range endings {
			if l.has(base + ending) {
				return base + ending, true
			}
		}
	}
	return "", false
}

// template resolves what an AXML or SJS file names.
func (l *look) template(from, ref string) (string, bool) {
	return l.resolve(from, ref, path.Ext(from), ".axml", ".sjs")
}

func (l *look) style(from, ref string) (string, bool) {
	return l.resolve(from, ref, path.Ext(from), ".acss", ".less", ".css")
}

// script resolves what a script requires.
func (l *look) script(from, ref string) (string, bool) {
	for _, base := range l.candidates(from, ref) {
		if l.has(base) && path.Ext(base) != "" {
			return base, true
		}
		for _, ending := range script.Extensions {
			if l.has(base + ending) {
				return base + ending, true
			}
		}
		if name, ok := l.folder(base); ok {
			return name, true
		}
	}
	return "", false
}

// folder is the main file of a folder: what its package.json says, else its index.
func (l *look) folder(base string) (string, bool) {
	if v, ok := l.mainOf(base); ok {
		return v, true
	}
	for _, ending := range script.Extensions {
		if name := path.Join(base, "index"+ending); l.has(name) {
			return name, true
		}
	}
	return "", false
}

// mainOf reads a package's entry. "browser" comes before "main", since "main" may be for Node; "module" last, since
// require of a CommonJS package must give its exports themselves.
func (l *look) mainOf(base string) (string, bool) {
	if !isModule(base) && !strings.Contains(base, "/node_modules/") || !l.has(path.Join(base, "package.json")) {
		return "", false
	}
	v, _ := l.packageJSON(base)
	fields := []string{exported(v)}
	for _, name := range []string{"miniprogram", "browser", "main", "module"} {
		if field, _ := v.Get(name); field.Kind == manifest.String {
			fields = append(fields, field.Text)
		}
	}
	for _, field := range fields {
		if field == "" {
			continue
		}
		entry := path.Join(base, field)
		for _, name := range []string{entry, entry + ".js", entry + ".cjs", entry + "/index.js"} {
			if path.Ext(name) != "" && l.has(name) {
				return name, true
			}
		}
	}
	return "", false
}

// exported reads exports["."] of a package that has neither main nor browser.
func exported(v manifest.Value) string {
	if _, main := v.Get("main"); main {
		return ""
	}
	entry, ok := v.Get("exports")
	if root, has := entry.Get("."); has {
		entry = root
	}
	for depth := 0; ok && depth < 4; depth++ {
		if entry.Kind == manifest.String {
			return entry.Text
		}
		found := false
		for _, condition := range []string{"browser", "require", "default", "import"} {
			if next, has := entry.Get(condition); has {
				entry, found = next, true
				break
			}
		}
		if !found {
			return ""
		}
	}
	return ""
}
