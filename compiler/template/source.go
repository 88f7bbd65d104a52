package template

import (
	"fmt"
	"path"
	"strings"

	"souk/compiler/axml"
	"souk/compiler/diag"
)

// Limits of what one template may draw in.
const (
	maxFiles = 200
	maxNodes = 100_000 // after includes
)

// source is one AXML file with what it defines and imports.
type source struct {
	number    int
	path      string
	file      *axml.File
	templates map[string]*axml.Node
	order     []string // names of templates, as written
	imports   []*source
	sjs       map[string]sjsName
}

// sjsName is a name that import-sjs brings in: a whole module, or the member
// of it.
type sjsName struct {
	path   string
	member string // "" for the module
}

// load parses a file once and reads its definitions. Imports that go round in
// a circle end here, because a file that is being read is already known.
func (c *compiler) load(p string, src []byte) *source {
	if s, ok := c.sources[p]; ok {
		return s
	}
	s := &source{number: len(c.sources), path: p, templates: map[string]*axml.Node{}, sjs: map[string]sjsName{}}
	c.sources[p] = s
	s.file = axml.Parse(p, src, c.bag)
	w := &where{c: c, src: s}
	w.define(s.file.Roots)
	return s
}

// define collects templates, imports and SJS names, wherever they stand.
func (w *where) define(nodes []*axml.Node) {
	for _, n := range nodes {
		switch n.Tag {
		case "import":
			if imported := w.fetch(n, ".axml"); imported != nil {
				w.src.imports = append(w.src.imports, imported)
			}
		case "import-sjs":
			w.defineSjs(n)
		case "template":
			w.defineTemplate(n)
		}
		w.define(n.Children)
	}
}

func (w *where) defineTemplate(n *axml.Node) {
	a := n.Attr("name")
	if a == nil {
		return
	}
	name := strings.TrimSpace(a.Value)
	if _, twice := w.src.templates[name]; twice {
		w.report(diag.Warning, "axml-duplicate-template", n.Pos, n.Pos+len("<template"), "there are two templates named "+quote(name)+"; the last one counts", "rename one of them")
	} else {
		w.src.order = append(w.src.order, name)
	}
	w.src.templates[name] = n
}

// target resolves the src of an import, include or import-sjs.
func (w *where) target(n *axml.Node, attr, extension string) (string, *axml.Attr) {
	a := n.Attr(attr)
	if a == nil && attr == "from" {
		a = n.Attr("src")
	}
	if a == nil || a.Value == "" {
		w.report(diag.Error, "axml-no-target", n.Pos, n.Pos+1+len(n.Tag), fmt.Sprintf("<%s> has no %s", n.Tag, attr), fmt.Sprintf("write %s=\"./file%s\"", attr, extension))
		return "", nil
	}
	ref := strings.TrimSpace(a.Value)
	for _, candidate := range []string{ref, ref + extension} {
		if p, ok := w.c.resolve(w.src.path, candidate); ok {
			return p, a
		}
	}
	w.report(diag.Error, "axml-missing-target", a.ValuePos, a.ValuePos+len(a.Value), fmt.Sprintf("<%s> names a file that does not exist: %s", n.Tag, quote(ref)), "paths are relative to this file, or begin with / at the program's root")
	return "", nil
}

// fetch loads the file that an import or include names.
func (w *where) fetch(n *axml.Node, extension string) *source {
	p, a := w.target(n, "src", extension)
	if a == nil {
		return nil
	}
	if s, ok := w.c.sources[p]; ok {
		return s
	}
	if len(w.c.sources) >= maxFiles {
		w.report(diag.Error, "axml-too-many-files", n.Pos, n.Pos+1+len(n.Tag), fmt.Sprintf("this template draws in more than %d files", maxFiles), "use components")
		return nil
	}
	src, ok := w.c.in.Read(p)
	if !ok {
		w.report(diag.Error, "axml-missing-target", a.ValuePos, a.ValuePos+len(a.Value), fmt.Sprintf("<%s> names a file that cannot be read: %s", n.Tag, quote(p)), "")
		return nil
	}
	w.c.files = append(w.c.files, p)
	return w.c.load(p, src)
}

// defineSjs reads <import-sjs name="x" from="…"/> and name="{a, b: c}".
func (w *where) defineSjs(n *axml.Node) {
	p, a := w.target(n, "from", ".sjs")
	if a == nil {
		return
	}
	w.c.useSjs(p)
	nameAttr := n.Attr("name")
	if nameAttr == nil {
		w.report(diag.Warning, "axml-sjs-name", n.Pos, n.Pos+len("<import-sjs"), "<import-sjs> has no name, so nothing can use it", `write name="fmt" or name="{ price }"`)
		return
	}
	name := strings.TrimSpace(nameAttr.Value)
	inner, isList := strings.CutPrefix(name, "{")
	if !isList {
		w.src.sjs[name] = sjsName{path: p}
		return
	}
	for _, pair := range strings.Split(strings.Trim(strings.TrimSuffix(inner, "}"), "{} "), ",") {
		member, local, renamed := strings.Cut(pair, ":")
		member = strings.TrimSpace(member)
		if !renamed {
			local = member
		}
		if member != "" {
			w.src.sjs[strings.TrimSpace(local)] = sjsName{path: p, member: member}
		}
	}
}

// resolve finds a referenced file; without Input.Resolve, relative and
// root-absolute paths are understood.
func (c *compiler) resolve(from, ref string) (string, bool) {
	if c.in.Resolve != nil {
		return c.in.Resolve(from, ref)
	}
	p := path.Join(path.Dir(from), ref)
	if strings.HasPrefix(ref, "/") {
		p = path.Join(ref[1:])
	}
	if c.in.Read == nil || strings.HasPrefix(p, "../") {
		return "", false
	}
	_, ok := c.in.Read(p)
	return p, ok
}

func (c *compiler) useSjs(p string) {
	if _, known := c.modules[p]; known {
		return
	}
	c.modules[p] = fmt.Sprintf("m%d", len(c.modules))
	c.sjs = append(c.sjs, p)
}

// sjsVariable gives the variable that holds an imported value and notes that it
// is needed.
func (c *compiler) sjsVariable(m sjsName) string {
	if v, ok := c.sjsVars[m]; ok {
		return v
	}
	v := fmt.Sprintf("v%d", len(c.sjsVars))
	c.sjsVars[m] = v
	c.sjsOrder = append(c.sjsOrder, m)
	return v
}

// report adds a diagnostic about the bytes from pos to end of the file that w
// is in.
func (w *where) report(s diag.Severity, code string, pos, end int, message, hint string) {
	w.src.file.Report(w.c.bag, s, code, pos, end, message, hint)
}
