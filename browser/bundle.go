// Package browser holds the TypeScript that runs on the phone and bundles it.
//
// Four programs come out of the sources beside this file: the shell (the trusted page), the frame (draws one
// mini-program in a sandbox), the worker (a mini-program's logic, its templates and my.*) and the headless worker (the
// same logic inside a JavaScript engine in Go, see package headless). The sources are embedded and bundled by esbuild's
// Go API when they are first asked for; no generated file is in git and nothing here needs Node.
//
// This package never serves HTTP and never reads the disk. Start reading at Build, then worker/main.ts; what the four
// programs say to each other is in wire/wire.ts and docs/runtime.md.
package browser

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

//go:embed shell frame worker elements my wire webview
var sources embed.FS

// Assets are the bundled programs. Scripts are classic scripts (IIFE), UTF-8. Hash is that of everything else here:
// addresses that contain it may be cached for ever.
type Assets struct {
	ShellJS    []byte
	FrameJS    []byte
	WorkerJS   []byte
	HeadlessJS []byte
	EarlyJS    []byte            // the shell's first lines, inlined in its page
	StartJS    []byte            // the first script of a sandbox
	WebViewJS  []byte            // what pages inside <web-view> load to speak with the program around them
	CSS        []byte            // the shell's style sheet
	Groups     map[string][]byte // frame scripts loaded when first needed: elements/groups/<name>.ts
	MyGroups   map[string][]byte // worker scripts for programs that call what is in them: my/groups/<name>.ts
	Hash       string            // 16 hexadecimal digits
}

// Build bundles all programs, once per process and mode. dev keeps names and adds inline source maps; otherwise the
// scripts are minified.
func Build(dev bool) (Assets, error) {
	if dev {
		return buildDev()
	}
	return buildProduction()
}

var (
	buildDev        = sync.OnceValues(func() (Assets, error) { return build(sources, true) })
	buildProduction = sync.OnceValues(func() (Assets, error) { return build(sources, false) })
)

// AtOnce begins the runtimes of the frame and the worker. It has V8 compile every function of a runtime when it is evaluated, which is while a sandbox warms up, and not when each is first called, which
// is while a program opens. Other engines read a comment.
const AtOnce = "//# allFunctionsCalledOnLoad\n"

const (
	groupFolder   = "elements/groups"
	myGroupFolder = "my/groups"
)

func build(fsys fs.FS, dev bool) (Assets, error) {
	a := Assets{Groups: map[string][]byte{}, MyGroups: map[string][]byte{}}
	entries := map[string]*[]byte{
		"shell/main.ts":      &a.ShellJS,
		"frame/main.ts":      &a.FrameJS,
		"worker/main.ts":     &a.WorkerJS,
		"worker/headless.ts": &a.HeadlessJS,
		"shell/shell.css":    &a.CSS,
	}
	var paths []string
	for p := range entries {
		paths = append(paths, p)
	}
	first := map[string]*[]byte{"shell/early.ts": &a.EarlyJS, "frame/start.ts": &a.StartJS, "webview/page.ts": &a.WebViewJS}
	groups, _ := fs.Glob(fsys, groupFolder+"/*.ts")
	out, err := bundle(fsys, append(paths, groups...), dev, nil)
	if err != nil {
		return Assets{}, err
	}
	if !dev {
		for _, p := range []string{"frame/main.ts", "worker/main.ts"} {
			out[p] = append([]byte(AtOnce), out[p]...)
		}
	}
	for _, p := range paths {
		*entries[p] = out[p]
	}
	inlined, err := bundle(fsys, slices.Sorted(maps.Keys(first)), false, nil) // stand in pages: without a source map
	if err != nil {
		return Assets{}, err
	}
	for p, text := range inlined {
		*first[p] = bytes.TrimSpace(text)
		out[p] = text
	}
	for _, p := range groups {
		a.Groups[strings.TrimSuffix(path.Base(p), ".ts")] = out[p]
	}
	if err := buildMyGroups(fsys, dev, &a, out); err != nil {
		return Assets{}, err
	}
	a.Hash = hashOf(out)
	return a, nil
}

// buildMyGroups bundles the worker's groups: what they import of the worker itself they take from souk.core.
func buildMyGroups(fsys fs.FS, dev bool, a *Assets, out map[string][]byte) error {
	groups, _ := fs.Glob(fsys, myGroupFolder+"/*.ts")
	if len(groups) == 0 {
		return nil
	}
	core, err := coreModules(fsys)
	if err != nil {
		return err
	}
	texts, err := bundle(fsys, groups, dev, core)
	for p, text := range texts {
		a.MyGroups[strings.TrimSuffix(path.Base(p), ".ts")] = text
		out[p] = text
	}
	return err
}

const coreFile = "my/core.ts"

var (
	coreImport = regexp.MustCompile(`import \{[^}]*\} from "([^"]+)"`)
	coreNames  = regexp.MustCompile(`export const core = \{([^}]*)\}`)
)

// coreModules says how a group's import of the worker's own modules is answered: every module of worker/ and every module
// that my/core.ts imports becomes the record of my/core.ts. A name that is not in it fails the build.
func coreModules(fsys fs.FS) (map[string]string, error) {
	text, err := fs.ReadFile(fsys, coreFile)
	if err != nil {
		return nil, err
	}
	found := coreNames.FindSubmatch(text)
	if found == nil {
		return nil, fmt.Errorf("bundling the browser programs: %s hands out no record", coreFile)
	}
	var b strings.Builder
	b.WriteString("const of = name => souk.core[name];\n")
	for _, name := range strings.FieldsFunc(string(found[1]), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		fmt.Fprintf(&b, "export const %s = /* @__PURE__ */ of(%q);\n", name, name)
	}
	modules := map[string]string{}
	for _, m := range coreImport.FindAllSubmatch(text, -1) {
		modules[path.Join(path.Dir(coreFile), string(m[1]))+".ts"] = b.String()
	}
	workers, _ := fs.Glob(fsys, "worker/*.ts")
	for _, p := range workers {
		modules[p] = b.String()
	}
	return modules, nil
}

// bundle answers entry path → bundled text. Files that are named in instead have the text that stands there.
func bundle(fsys fs.FS, entries []string, dev bool, instead map[string]string) (map[string][]byte, error) {
	opts := api.BuildOptions{
		EntryPoints:       entries,
		Outdir:            "out",
		Outbase:           ".",
		Bundle:            true,
		Format:            api.FormatIIFE,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		MinifyWhitespace:  !dev,
		MinifyIdentifiers: !dev,
		MinifySyntax:      true,
		TsconfigRaw:       `{"compilerOptions":{"target":"ES2022","useDefineForClassFields":true}}`,
		Plugins:           []api.Plugin{embedded(fsys, dev, instead)},
		LogLevel:          api.LogLevelSilent,
	}
	if dev {
		opts.Sourcemap = api.SourceMapInline
	}
	result := api.Build(opts)
	if len(result.Errors) > 0 {
		return nil, fmt.Errorf("bundling the browser programs: %s", sentences(result.Errors))
	}
	return byEntry(result.OutputFiles, entries)
}

func byEntry(files []api.OutputFile, entries []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, entry := range entries {
		want := "/out/" + strings.TrimSuffix(entry, ".ts") + ".js"
		if strings.HasSuffix(entry, ".css") {
			want = "/out/" + entry
		}
		for _, f := range files {
			if strings.HasSuffix(strings.ReplaceAll(f.Path, "\\", "/"), want) {
				out[entry] = f.Contents
			}
		}
		if out[entry] == nil {
			return nil, fmt.Errorf("bundling the browser programs: no output for %s", entry)
		}
	}
	return out, nil
}

// embedded lets esbuild read fsys instead of the disk. Only relative imports exist; anything else is refused, so that
// nothing from outside can slip into a bundle.
func embedded(fsys fs.FS, dev bool, instead map[string]string) api.Plugin {
	resolve := func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		name := path.Clean(args.Path)
		if args.Kind == api.ResolveCSSURLToken && strings.HasPrefix(args.Path, "data:") {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		}
		if args.Kind != api.ResolveEntryPoint {
			if !strings.HasPrefix(args.Path, ".") {
				return api.OnResolveResult{}, fmt.Errorf("%s imports %q: only relative imports are allowed", args.Importer, name)
			}
			name = path.Join(path.Dir(args.Importer), args.Path)
		}
		for _, p := range []string{name, name + ".ts"} {
			if exists(fsys, p) {
				return api.OnResolveResult{Path: p, Namespace: "souk", SideEffects: sideEffects(args.Kind)}, nil
			}
		}
		return api.OnResolveResult{}, fmt.Errorf("%s imports %q, which is not there", args.Importer, args.Path)
	}
	load := func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		if s, ok := instead[args.Path]; ok {
			return api.OnLoadResult{Contents: &s, Loader: api.LoaderJS}, nil
		}
		text, err := fs.ReadFile(fsys, args.Path)
		s := string(text)
		if err == nil && !dev && strings.HasSuffix(args.Path, ".css") && loader(args.Path) == api.LoaderText {
			s, err = shorter(s)
		}
		return api.OnLoadResult{Contents: &s, Loader: loader(args.Path)}, err
	}
	return api.Plugin{Name: "embedded", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, resolve)
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "souk"}, load)
	}}
}

// shorter takes comments and white space out of a style sheet that a script carries as text.
func shorter(css string) (string, error) {
	result := api.Transform(css, api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true, LogLevel: api.LogLevelSilent})
	if len(result.Errors) > 0 {
		return "", fmt.Errorf("a style sheet: %s", sentences(result.Errors))
	}
	return string(bytes.TrimSpace(result.Code)), nil
}

// Only entry points may have side effects (STYLE.md), so what is not used is dropped.
func sideEffects(kind api.ResolveKind) api.SideEffects {
	if kind == api.ResolveEntryPoint {
		return api.SideEffectsTrue
	}
	return api.SideEffectsFalse
}

// A style sheet is its own entry in the shell's folder and text everywhere else.
func loader(p string) api.Loader {
	switch {
	case strings.HasPrefix(p, "shell/") && strings.HasSuffix(p, ".css"): // shell.css imports its parts
		return api.LoaderCSS
	case strings.HasSuffix(p, ".css"), strings.HasSuffix(p, ".svg"):
		return api.LoaderText
	}
	return api.LoaderTS
}

func exists(fsys fs.FS, p string) bool {
	info, err := fs.Stat(fsys, p)
	return err == nil && !info.IsDir()
}

func hashOf(out map[string][]byte) string {
	names := make([]string, 0, len(out))
	for n := range out {
		names = append(names, n)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, n := range names {
		fmt.Fprintf(h, "%s %d\n", n, len(out[n]))
		h.Write(out[n])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func sentences(messages []api.Message) string {
	var b strings.Builder
	for i, m := range messages {
		if i > 0 {
			b.WriteString("; ")
		}
		if m.Location != nil {
			fmt.Fprintf(&b, "%s:%d:%d: ", m.Location.File, m.Location.Line, m.Location.Column+1)
		}
		b.WriteString(m.Text)
	}
	return b.String()
}
