package pack

import (
	"maps"
	"strings"
	"sync"

	"souk/compiler/diag"
)

// Cache holds files and results between compilations of one folder. It may be used by one compilation at a time; the
// zero value is ready, and a nil *Cache remembers nothing.
type Cache struct {
	mu       sync.Mutex
	contents map[string]*content
	results  map[string]result
	project  hash   // of mini.project.json under which the results were made
	listing  *files // of the last compilation, when it was finished: then all results were in accord with it
}

// under drops the results when the project's settings (root, aliases) are others: all names may mean other files.
func (c *Cache) under(project hash) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.project != project {
		c.project, c.results = project, nil
	}
}

// takeListing hands the listing out; it is kept again when a compilation has finished.
func (c *Cache) takeListing() *files {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.listing
	c.listing = nil
	return last
}

func (c *Cache) keepListing(f *files) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listing = f
}

// result is what one file was compiled to, with everything that was looked at on the way.
type result struct {
	settings string          // everything but files that the result depends on
	seen     map[string]hash // content of the files read; the zero hash: the file was not there
	exists   map[string]bool // files asked for by name
	value    any
	remarks  []diag.Diagnostic
}

func (c *Cache) content(name string) *content {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.contents[name]
}

func (c *Cache) keepContent(name string, file *content) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.contents == nil {
		c.contents = map[string]*content{}
	}
	c.contents[name] = file
}

func (c *Cache) result(key string) (result, bool) {
	if c == nil {
		return result{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.results[key]
	return r, ok
}

func (c *Cache) keepResult(key string, r result) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.results == nil {
		c.results = map[string]result{}
	}
	c.results[key] = r
}

// forget drops what the finished compilation did not use, so that the cache grows no larger than one program.
func (c *Cache) forget(used map[string]bool) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.results, func(key string, _ result) bool { return !used[key] })
}

// look is the view of the program's files that one unit of work has: it notes what was asked.
type look struct {
	b      *build
	seen   map[string]hash
	exists map[string]bool
}

func (l *look) read(name string) ([]byte, bool) {
	c := l.b.files.load(name)
	if c == nil {
		l.seen[name] = hash{}
		return nil, false
	}
	l.seen[name] = c.hash
	return c.data, true
}

func (l *look) has(name string) bool {
	found := l.b.files.exists(name)
	l.exists[name] = found
	return found
}

// same says whether everything that led to an earlier result is as it was.
func (b *build) same(r result) bool {
	if b.files.changed != nil {
		return b.sameBut(r)
	}
	for name, was := range r.seen {
		c := b.files.load(name)
		if c == nil && was != (hash{}) || c != nil && c.hash != was {
			return false
		}
	}
	for name, was := range r.exists {
		if b.files.exists(name) != was {
			return false
		}
	}
	return true
}

// sameBut looks at the changed files alone: every result was in accord with all others when the last compilation ended.
func (b *build) sameBut(r result) bool {
	for name := range b.files.changed {
		name, _ = strings.CutPrefix(name, b.files.root)
		if was, read := r.seen[name]; read {
			if c := b.files.load(name); c == nil || c.hash != was {
				return false
			}
		}
	}
	return true
}

// remembered gives the earlier result for key, or makes it. Remarks come back with an earlier result too.
func remembered[T any](b *build, key, settings string, work func(l *look, bag *diag.Bag) T) T {
	b.use(key)
	if old, ok := b.opts.Cache.result(key); ok && old.settings == settings && b.same(old) {
		for _, d := range old.remarks {
			b.bag.Add(d)
		}
		return old.value.(T)
	}
	l := &look{b: b, seen: map[string]hash{}, exists: map[string]bool{}}
	var own diag.Bag
	value := work(l, &own)
	remarks := own.Sorted()
	for _, d := range remarks {
		b.bag.Add(d)
	}
	b.opts.Cache.keepResult(key, result{settings, l.seen, l.exists, value, remarks})
	return value
}

func (b *build) use(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used[key] = true
}
