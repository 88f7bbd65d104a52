package programs_test

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"souk/conformance/chrome"
	"souk/conformance/handset"
)

// npmCache is where cmd/selftest puts other people's packages.
const npmCache = "../../.cache/npm/node_modules"

// install copies packages, with what they need, from the cache into a program's folder.
func install(t *testing.T, dir string, names ...string) {
	t.Helper()
	done := map[string]bool{}
	for len(names) > 0 {
		name := names[0]
		names = names[1:]
		if done[name] {
			continue
		}
		done[name] = true
		from := filepath.Join(npmCache, name)
		text, err := os.ReadFile(filepath.Join(from, "package.json"))
		if err != nil {
			t.Fatalf("%s is not there: go run ./cmd/selftest fetches it with npm (Debian package: npm)", from)
		}
		if err := os.CopyFS(filepath.Join(dir, "node_modules", name), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		var needs struct {
			Dependencies map[string]string `json:"dependencies"`
		}
		if err := json.Unmarshal(text, &needs); err != nil {
			t.Fatal(err)
		}
		for need := range needs.Dependencies {
			if !strings.HasPrefix(need, "@mini-types/") {
				names = append(names, need)
			}
		}
	}
}

// bare is a program with a page for each component of the folder of a package, used with no props at all.
func bare(t *testing.T, pkg string) (files []txtar.File) {
	t.Helper()
	home := filepath.Join(npmCache, pkg)
	var pages []string
	add := func(name, text string) { files = append(files, txtar.File{Name: name, Data: []byte(text)}) }
	err := filepath.WalkDir(home, func(file string, _ os.DirEntry, err error) error {
		if err != nil || filepath.Ext(file) != ".axml" {
			return err
		}
		if _, err := os.Stat(strings.TrimSuffix(file, ".axml") + ".json"); err != nil {
			return nil // a template that components import
		}
		component, err := filepath.Rel(home, strings.TrimSuffix(file, ".axml"))
		if err != nil {
			return err
		}
		component = filepath.ToSlash(component)
		page := "pages/" + strings.ReplaceAll(component, "/", "-")
		pages = append(pages, page)
		add(page+".js", "Page({});")
		add(page+".axml", "<one/>")
		add(page+".json", `{"usingComponents": {"one": `+chrome.Quote(path.Join(pkg, component))+`}}`)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	add("app.js", "App({});")
	add("mini.project.json", `{"component2": true}`)
	add("app.json", `{"pages": `+chrome.Quote(pages)+`}`)
	return files
}

// opensBare opens each component of a package by itself and expects at least so many.
func opensBare(t *testing.T, pkg string, least int, known []mistake, packages ...string) {
	dir := t.TempDir()
	install(t, dir, packages...)
	handset.Write(t, dir, bare(t, pkg))
	pages, tabs := pagesOf(t, dir)
	p := openPhone(t, dir, nil)
	opened, failures, _ := p.walk(pages, tabs, known)
	for _, f := range failures {
		t.Error(f)
	}
	t.Logf("%d of %d components opened", opened, len(pages))
	if opened < least {
		t.Errorf("%d of %d components opened; the package has at least %d", opened, len(pages), least)
	}
}

func TestEveryMiniAliUIComponentOpens(t *testing.T) {
	opensBare(t, "mini-ali-ui/es", 50, []mistake{
		{Page: "pages/collapse-index", Message: "reading 'forEach'", Why: "a collapse expects items inside"},
		{Page: "pages/tabs-index", Message: "reading 'length'", Why: "tabs expects tabs"},
	}, "mini-ali-ui", "@babel/runtime")
}

func TestEveryAntDesignComponentOpens(t *testing.T) {
	opensBare(t, "antd-mini/es", 74, []mistake{
		{Page: "pages/IndexBar-index", Message: "Indexbar", Why: "an index expects letters"},
		{Page: "pages/IndexBar-index", Message: "reading 'height'", Why: "an index expects letters"},
	}, "antd-mini")
}

// used is a program of pages that use a library's components, and what a person does on each.
type used struct {
	pages []string
	tours map[string]string
}

// usedPage is the script of a page that has none of its own; DATA is its data.
const usedPage = `Page({
  data: Object.assign({ heard: '', open: false }, DATA),
  hear(value) { this.setData({ heard: JSON.stringify(value) }); },
  open() { this.setData({ open: true }); },
  close() { this.setData({ open: false }); },
  more() { this.setData({ n: this.data.n + 1 }); },
});
`

var libraryTag = regexp.MustCompile(`<(ant-[a-z-]+)`)

// writeUsed writes the program that a txtar text describes.
func writeUsed(t *testing.T, dir, file, pkg string) used {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	texts, u := map[string]string{}, used{tours: map[string]string{}}
	for _, f := range archive.Files {
		texts[f.Name] = string(f.Data)
	}
	where := map[string]string{}
	for line := range strings.Lines(texts["components"]) {
		tag, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		where[tag] = folder
	}
	var files []txtar.File
	add := func(name, text string) { files = append(files, txtar.File{Name: name, Data: []byte(text)}) }
	for _, f := range archive.Files {
		name, ok := strings.CutSuffix(f.Name, ".axml")
		if !ok {
			continue
		}
		page := "pages/" + name
		u.pages = append(u.pages, page)
		u.tours[page] = texts[name+".tour"]
		add(page+".axml", string(f.Data)+`<view>heard {{heard}} {{open ? 'opened' : 'closed'}}</view>`)
		add(page+".json", chrome.Quote(map[string]any{"usingComponents": components(string(f.Data), where, pkg)}))
		script, data := texts[name+".js"], texts[name+".data"]
		if script == "" {
			script = strings.Replace(usedPage, "DATA", orElse(data, "{}"), 1)
		}
		add(page+".js", script)
	}
	add("app.js", "App({});")
	add("mini.project.json", `{"component2": true}`)
	add("app.json", `{"pages": `+chrome.Quote(u.pages)+`, "window": {"defaultTitle": "library"}}`)
	handset.Write(t, dir, files)
	return u
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// components are the library's components that the markup uses.
func components(axml string, where map[string]string, pkg string) map[string]string {
	using := map[string]string{}
	for _, m := range libraryTag.FindAllStringSubmatch(axml, -1) {
		folder, named := where[m[1]]
		if !named {
			for word := range strings.SplitSeq(strings.TrimPrefix(m[1], "ant-"), "-") {
				folder += strings.ToUpper(word[:1]) + word[1:]
			}
		}
		using[m[1]] = path.Join(pkg, folder, "index")
	}
	return using
}

// TestAntDesignComponentsDoWhatTheyAreFor uses each component as a program would, and taps it.
func TestAntDesignComponentsDoWhatTheyAreFor(t *testing.T) {
	dir := t.TempDir()
	install(t, dir, "antd-mini")
	u := writeUsed(t, dir, "testdata/antd-mini.txtar", "antd-mini/es")
	p := openPhone(t, dir, nil)
	for _, page := range u.pages {
		t.Run(path.Base(page), func(t *testing.T) {
			p.T = t
			p.clear()
			if err := p.visit(page, false); err != nil {
				t.Fatal(err)
			}
			p.play(t, u.tours[page])
			time.Sleep(settle)
			p.Shot("end")
			for _, e := range p.Errors() {
				t.Error(e)
			}
		})
	}
	p.T = t
}
