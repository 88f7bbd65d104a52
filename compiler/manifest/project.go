package manifest

import (
	"fmt"
	"path"
	"strings"

	"souk/compiler/diag"
	"souk/compiler/place"
)

// Project is mini.project.json: how the program wants to be compiled.
type Project struct {
	Root       string // the folder with app.json, relative to mini.project.json; "." by default
	Component2 bool
	Less       bool
	Alias      []Alias // resolveAlias, longest name first
	GlobalMode string  // globalObjectMode: legacy (default), enable or fake
	Exclude    []string
	Include    []string // assetsInclude
	Plugin     bool     // compileType "plugin"
}

// Alias is a name (or a prefix ending in "*") and the path from the program's root that it stands for.
type Alias struct{ Name, Path string }

// NoProject is what holds when there is no mini.project.json. component2 is on: programs that need it do not
// always say so, and those that do not know it are not touched by it.
func NoProject() Project {
	return Project{Root: ".", Component2: true, Less: true, GlobalMode: "legacy"}
}

// ParseProject reads mini.project.json, format 2 or the old flat one.
func ParseProject(file string, src []byte, bag *diag.Bag) Project {
	p := NoProject()
	if len(strings.TrimSpace(string(src))) == 0 {
		return p
	}
	root, ok := parseObject(file, src, bag)
	if !ok {
		return p
	}
	r := reader{index: place.New(file, src), bag: bag}
	options, nested := root.Get("compileOptions")
	if !nested {
		options = root
	}
	for _, from := range []Value{root, options} {
		if v, ok := from.Get("component2"); ok {
			p.Component2 = truth(v.Any())
		}
	}
	if mode := text(options, "globalObjectMode"); mode != "" {
		p.GlobalMode = mode
	}
	p.Root = r.folder(root, "miniprogramRoot")
	p.Plugin = text(root, "compileType") == "plugin"
	if p.Plugin {
		v, _ := root.Get("compileType")
		r.add(diag.Warning, "plugin-unsupported", v.Span, "this is a plugin project; only its mini-program (miniprogramRoot) is compiled", "")
	}
	alias, _ := options.Get("resolveAlias")
	for _, m := range alias.Members {
		if m.Value.Kind == String {
			p.Alias = append(p.Alias, Alias{Name: m.Name, Path: m.Value.Text})
		}
	}
	p.Exclude = texts(root, "uploadExclude", "exclude")
	p.Include = texts(root, "assetsInclude", "include")
	return p
}

func (r reader) folder(root Value, name string) string {
	v, ok := root.Get(name)
	if !ok || v.Text == "" {
		return "."
	}
	folder := path.Clean(strings.TrimPrefix(v.Text, "/"))
	if folder == ".." || strings.HasPrefix(folder, "../") {
		r.add(diag.Error, "project-root", v.Span, fmt.Sprintf("%s %s lies outside the project", name, v.Text), "")
		return "."
	}
	return folder
}

func texts(v Value, names ...string) []string {
	var all []string
	for _, name := range names {
		list, _ := v.Get(name)
		for _, item := range list.Items {
			if item.Kind == String {
				all = append(all, item.Text)
			}
		}
	}
	return all
}
