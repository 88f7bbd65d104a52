// Package pack compiles a whole mini-program: it finds the pages and components, hands each file to the room that
// knows it (manifest, acss, template, sjs, script) and puts the results together as the bundle that docs/runtime.md §1
// describes. It reads the program's files and nothing else, and never runs any of its code. Start reading at Compile;
// program.go is the result, tree.go finds pages and components, resolve.go names files, cache.go makes the second
// compilation quick.
package pack

import (
	"context"
	"crypto/sha256"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"souk/compiler/diag"
	"souk/compiler/manifest"
	"souk/compiler/template"
)

// Options say how to compile. The zero value makes a release.
type Options struct {
	Dev   bool   // readable script with a source map
	Cache *Cache // results of earlier compilations of the same folder, or nil
	// Changed are all the files whose content has changed since the last compilation with this Cache, by their paths in the folder; nil: not known, and
	// the whole folder is looked at. Files that came, went or were renamed may be among them: then it is looked at all the same.
	Changed []string
}

// Compile reads the program in fsys: the folder with app.json, or with a mini.project.json that names it. It gives
// nil and the errors when there is nothing that could run; with errors but a Program, what could be compiled is there
// (souk dev shows it with the errors).
func Compile(ctx context.Context, fsys fs.FS, opts Options) (*Program, *diag.Bag) {
	bag := &diag.Bag{}
	files, err := reopenFiles(fsys, opts)
	if err != nil {
		bag.Add(diag.Diagnostic{Severity: diag.Error, Code: "no-folder", File: ".", Message: "the program's folder cannot be read: " + reason(err)})
		return nil, bag
	}
	b := &build{ctx: ctx, opts: opts, files: files, bag: bag, used: map[string]bool{}}
	if !b.readApp() {
		return nil, bag
	}
	b.findUnits()
	b.compileStyles()
	b.compileTemplates()
	b.compileScripts()
	if ctx.Err() != nil {
		bag.Add(diag.Diagnostic{Severity: diag.Error, Code: "interrupted", File: ".", Message: "the compilation was interrupted"})
		return nil, bag
	}
	program := b.assemble()
	opts.Cache.keepListing(files)
	return program, bag
}

// CompileDir is Compile for a folder on disk.
func CompileDir(ctx context.Context, dir string, opts Options) (*Program, *diag.Bag) {
	return Compile(ctx, Dir(dir), opts)
}

// Dir is a program's folder on disk. Where it has no node_modules of its own, those of the nearest folder above it
// serve, as with npm.
func Dir(dir string) fs.FS {
	own := os.DirFS(dir)
	if _, err := fs.Stat(own, "node_modules"); err == nil {
		return own
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return own
	}
	for above, levels := filepath.Dir(abs), 0; levels < 4 && above != filepath.Dir(above); above, levels = filepath.Dir(above), levels+1 {
		if info, err := os.Stat(filepath.Join(above, "node_modules")); err == nil && info.IsDir() {
			return withModules{own, os.DirFS(above)}
		}
	}
	return own
}

// withModules takes node_modules from another folder.
type withModules struct{ own, modules fs.FS }

func (w withModules) Open(name string) (fs.File, error) {
	if isModule(name) {
		return w.modules.Open(name)
	}
	return w.own.Open(name)
}

// reason is an error's last part, without the system call and the path.
func reason(err error) string {
	if pe, ok := err.(*fs.PathError); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

// build is one compilation under way. Each step fills its fields and the next reads them.
type build struct {
	ctx   context.Context
	opts  Options
	files *files
	bag   *diag.Bag

	project manifest.Project
	app     *manifest.App
	units   []*unit // the app first, then pages, then components in the order in which they were found
	byPath  map[string]*unit

	mu   sync.Mutex
	used map[string]bool // keys of results that this compilation asked for

	packages sync.Map // package.json, by path: manifest.Value

	keepData bool            // some sheet selects by data-*
	bar      template.Output // what holds the program's own tab bar
	sjs      []sjsModule
	scripts  []linked
	compiled map[string]bool // the scripts' paths
}

const projectFile = "mini.project.json"

// readApp reads mini.project.json and app.json.
func (b *build) readApp() bool {
	b.project = manifest.NoProject()
	src, ok := b.files.read(projectFile)
	if ok {
		b.project = manifest.ParseProject(projectFile, src, b.bag)
	}
	b.opts.Cache.under(sha256.Sum256(src))
	if b.project.Root != "." {
		if _, ok := b.files.read(path.Join(b.project.Root, "app.json")); ok {
			b.files.enter(b.project.Root)
		}
	}
	src, ok = b.files.read("app.json")
	if !ok {
		b.bag.Add(diag.Diagnostic{Severity: diag.Error, Code: "no-app-json", File: "app.json",
			Message: "there is no app.json here, so this is not a mini-program's folder",
			Hint:    "name the folder that holds app.json; its smallest content is {\"pages\": [\"pages/index/index\"]}"})
		return false
	}
	app, ok := manifest.ParseApp("app.json", src, b.bag)
	if !ok {
		return false
	}
	app.Component2 = b.project.Component2
	b.app = app
	return true
}

// each runs f for every item on all cores and waits. Nothing starts once the context has ended.
func each[T any](ctx context.Context, items []T, f func(T)) {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, item := range items {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error { f(item); return nil })
	}
	group.Wait() // f gives no errors
}

// Source reads the text that a diagnostic is about, to show its line; nil when it cannot be read.
func Source(fsys fs.FS, name string) []byte {
	for _, root := range []string{".", projectRoot(fsys)} {
		if data, err := fs.ReadFile(fsys, path.Join(root, name)); err == nil {
			return data
		}
	}
	return nil
}

func projectRoot(fsys fs.FS) string {
	src, err := fs.ReadFile(fsys, projectFile)
	if err != nil {
		return "."
	}
	return manifest.ParseProject(projectFile, src, nil).Root
}
