package pack

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits on what one program may bring.
const (
	maxFiles     = 20000    // listed outside node_modules
	maxFileBytes = 16 << 20 // of one file
)

type hash [sha256.Size]byte

// content is a file as it was last read. It is read once, by whoever needs it first.
type content struct {
	size  int64
	mtime time.Time

	once sync.Once
	read bool // data and hash are there; false after once: the file cannot be read
	data []byte
	hash hash
}

// files is the program's folder during one compilation. A file is read at most once, and not even that when the cache
// holds it with the same size and time of change.
type files struct {
	fsys  fs.FS
	root  string // "" or a folder with a slash at its end: where app.json stands
	cache *Cache

	// changed are the files that differ from the listing that the cache had, which is otherwise as it was; nil: everything may differ.
	changed map[string]bool

	mu    sync.Mutex
	known map[string]*content // by path in fsys; nil: there is no such file
	list  []string            // paths in fsys, outside node_modules
}

func isModule(name string) bool {
	return name == "node_modules" || strings.HasPrefix(name, "node_modules/")
}

// openFiles lists the folder.
func openFiles(fsys fs.FS, cache *Cache) (*files, error) {
	f := &files{fsys: fsys, cache: cache, known: map[string]*content{}}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			if name == "." {
				return err
			}
			return nil // a folder that cannot be read: its files are not there
		}
		if entry.IsDir() {
			if name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if len(f.list) == maxFiles {
			return fmt.Errorf("it holds more than %d files", maxFiles)
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		f.list = append(f.list, name)
		f.known[name] = &content{size: info.Size(), mtime: info.ModTime()}
		return nil
	})
	return f, err
}

// reopenFiles takes the listing of the last compilation when no more than the content of listed files has changed since, and lists the folder
// otherwise. A change of a lock file or a package.json says that packages were installed, of which a watcher tells nothing.
func reopenFiles(fsys fs.FS, opts Options) (*files, error) {
	last := opts.Cache.takeListing()
	if last == nil || opts.Changed == nil {
		return openFiles(fsys, opts.Cache)
	}
	f := &files{fsys: fsys, cache: opts.Cache, known: maps.Clone(last.known), list: last.list, changed: map[string]bool{}}
	for _, name := range opts.Changed {
		was := last.known[name]
		info, err := fs.Stat(fsys, name)
		if was == nil && err != nil && !slices.ContainsFunc(last.list, func(listed string) bool { return strings.HasPrefix(listed, name+"/") }) {
			continue // an editor's file that came and went
		}
		if was == nil || err != nil || !info.Mode().IsRegular() || decidesNames(name) {
			return openFiles(fsys, opts.Cache)
		}
		f.known[name] = &content{size: info.Size(), mtime: info.ModTime()}
		f.changed[name] = true
	}
	return f, nil
}

// decidesNames: what the other files' names lead to may be another file now.
func decidesNames(name string) bool {
	base := path.Base(name)
	return base == projectFile || base == "package.json" || strings.HasSuffix(base, ".lock") || strings.HasSuffix(base, "-lock.json") || strings.HasSuffix(base, "-lock.yaml")
}

// enter makes a folder the program's root.
func (f *files) enter(root string) {
	f.root = root + "/"
}

// real is the path in fsys of a project-relative one. node_modules may stand beside the root or above it.
func (f *files) real(name string) string {
	if f.root == "" {
		return name
	}
	inRoot := path.Join(f.root, name)
	if isModule(name) && !f.has(inRoot) {
		return name
	}
	return inRoot
}

// exists says whether a project-relative path is a regular file.
func (f *files) exists(name string) bool {
	if name == "" || name == "." || !fs.ValidPath(name) {
		return false
	}
	return f.has(f.real(name))
}

func (f *files) has(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stat(name) != nil
}

// stat looks a file up; the listing has everything but node_modules. Call with the lock held.
func (f *files) stat(name string) *content {
	c, listed := f.known[name]
	if listed || !strings.Contains(name, "node_modules/") {
		return c
	}
	if info, err := fs.Stat(f.fsys, name); err == nil && info.Mode().IsRegular() {
		c = &content{size: info.Size(), mtime: info.ModTime()}
	}
	f.known[name] = c
	return c
}

// read gives a file by its project-relative path.
func (f *files) read(name string) ([]byte, bool) {
	c := f.load(name)
	if c == nil {
		return nil, false
	}
	return c.data, true
}

// load reads a file, or takes it from the cache; nil when it is not there, not readable or too large.
func (f *files) load(name string) *content {
	if !fs.ValidPath(name) {
		return nil
	}
	name = f.real(name)
	f.mu.Lock()
	c := f.stat(name)
	f.mu.Unlock()
	if c == nil {
		return nil
	}
	c.once.Do(func() { f.fill(name, c) }) // files are read beside each other
	if !c.read {
		return nil
	}
	return c
}

func (f *files) fill(name string, c *content) {
	if old := f.cache.content(name); old != nil && old.size == c.size && old.mtime.Equal(c.mtime) {
		c.data, c.hash, c.read = old.data, old.hash, true
		return
	}
	if c.size > maxFileBytes {
		return
	}
	data, err := fs.ReadFile(f.fsys, name)
	if err != nil || len(data) > maxFileBytes {
		return
	}
	c.data, c.hash, c.read = data, sha256.Sum256(data), true
	f.cache.keepContent(name, c)
}

// listed gives the program's files by their project-relative paths, sorted.
func (f *files) listed() []string {
	var names []string
	for _, name := range f.list {
		if inner, ok := strings.CutPrefix(name, f.root); ok {
			names = append(names, inner)
		}
	}
	slices.Sort(names)
	return names
}

func (f *files) size(name string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.stat(f.real(name)); c != nil {
		return c.size
	}
	return 0
}
