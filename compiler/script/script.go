// Package script turns the JavaScript, TypeScript and JSON of a mini-program into one classic script with a small module
// table: ES modules and CommonJS may be mixed in a file, every file runs at most once and when it is first needed. It never
// resolves or reads files itself: the caller links names to files. Start reading at Compile (one file); link.go writes the
// table, uses.go finds the my.* calls.
package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"

	"souk/compiler/diag"
	"souk/compiler/manifest"
	"souk/compiler/place"
)

// maxBytes bounds one source file. The largest library seen in a real program (a chart library) has 2 MB.
const maxBytes = 8 << 20

// Extensions are tried in this order after a name without one.
var Extensions = []string{".js", ".ts", ".mjs", ".cjs", ".json"}

// Import is a name that a file requires or imports.
type Import struct {
	Ref      string
	Optional bool // require is a name of the file's own (a packed library), or the call is only tried
	Async    bool // only ever asked for with require.async or a callback: it may lie in another package
	From, To int  // byte offsets of the name in the source; 0, 0 when it was not found there
}

// File is one compiled file: the body of a function (exports, require, module).
type File struct {
	Path    string
	Code    string
	Map     []byte // a version 3 source map for Code, nil without Options.Dev
	Imports []Import
	Uses    []Use
	Calls   Calls    // what it has of my; of libraries too
	Words   []string // those of calls.go that stand in it, sorted
}

// Options say how to compile.
type Options struct {
	Dev bool // readable output with a source map
}

// Compile translates one file. On a syntax error it says so in bag and returns false.
func Compile(name string, src []byte, opts Options, bag *diag.Bag) (File, bool) {
	index := place.New(name, src)
	if len(src) > maxBytes {
		bag.Add(diag.Diagnostic{Severity: diag.Error, Code: "script-size", File: name,
			Message: fmt.Sprintf("this script is larger than %d MB", maxBytes>>20)})
		return File{}, false
	}
	if path.Ext(name) == ".json" {
		return compileJSON(name, src, bag)
	}
	options := transform(name, opts)
	if bytes.Contains(src, []byte(environment)) { // a define costs every file a tenth of a millisecond
		options.Define = map[string]string{environment: mode(opts)}
	}
	result := api.Transform(string(src), options)
	for _, m := range result.Errors {
		bag.Add(remark(index, diag.Error, "script-syntax", m))
	}
	if len(result.Errors) > 0 {
		return File{}, false
	}
	for _, m := range result.Warnings {
		if !isLibrary(name) && m.ID != "commonjs-variable-in-esm" && m.ID != "empty-import-meta" {
			bag.Add(remark(index, diag.Warning, "script-"+m.ID, m))
		}
	}
	code, sourceMap := withoutHelpers(result.Code, result.Map, opts.Dev)
	f := File{Path: name, Code: string(code), Map: sourceMap, Imports: imports(code, src), Calls: findCalls(code), Words: findWords(code)}
	if !isLibrary(name) {
		f.Uses = FindUses(name, src)
	}
	return f, true
}

func isLibrary(name string) bool { return strings.HasPrefix(name, "node_modules/") }

// transform are the settings that every file shares. Nothing newer is turned into anything older: the runtime's
// engines know async functions, classes and optional chaining.
func transform(name string, opts Options) api.TransformOptions {
	loader := api.LoaderJS
	if ext := path.Ext(name); ext == ".ts" {
		loader = api.LoaderTS
	}
	options := api.TransformOptions{
		Format: api.FormatCommonJS, Loader: loader, Platform: api.PlatformNeutral, Charset: api.CharsetUTF8, Sourcefile: name,
		MinifyWhitespace: !opts.Dev, LegalComments: api.LegalCommentsNone,
		Supported: map[string]bool{"dynamic-import": false},
		LogLevel:  api.LogLevelSilent,
	}
	if opts.Dev {
		options.Sourcemap, options.SourcesContent = api.SourceMapExternal, api.SourcesContentInclude
	}
	return options
}

// environment is what packages written for Node ask; nothing else of Node is there.
const environment = "process.env.NODE_ENV"

func mode(opts Options) string {
	if opts.Dev {
		return `"development"`
	}
	return `"production"`
}

func compileJSON(name string, src []byte, bag *diag.Bag) (File, bool) {
	value, ok := manifest.ParseJSON(name, src, bag)
	if !ok {
		return File{}, false
	}
	code, err := json.Marshal(value.Any())
	if err != nil {
		panic(fmt.Sprintf("script: a parsed JSON value must marshal: %v", err)) // plain types only
	}
	return File{Path: name, Code: "module.exports = " + string(code) + ";\n"}, true
}

// remark turns esbuild's message into ours. Its columns count bytes from 0.
func remark(index place.Index, severity diag.Severity, code string, m api.Message) diag.Diagnostic {
	if m.Location == nil {
		return index.Diagnostic(severity, code, 0, 0, m.Text, "")
	}
	from := index.Offset(m.Location.Line) + m.Location.Column
	hint := ""
	switch {
	case strings.Contains(m.Text, "end of file"):
		from = index.LastText()
		hint = "a bracket that was opened above is never closed"
	case strings.Contains(m.Text, "Unterminated string"):
		hint = "close the quote on the same line"
	case m.Location.Suggestion != "":
		hint = "write " + m.Location.Suggestion
	}
	text := strings.ToLower(m.Text[:1]) + m.Text[1:]
	return index.Diagnostic(severity, code, from, from+m.Location.Length, text, hint)
}

var (
	requireCall = regexp.MustCompile(`(^|[^\w$."'` + "`" + `])require(\.async)?\(("(?:[^"\\\n]|\\.)*")\s*([,)])`)
	ownRequire  = regexp.MustCompile(`(?:\b(?:var|let|const)\s+|function\s*|function\s*\w*\s*\([^)]{0,200})\brequire\b\s*[=(,)]`)
)

// imports lists what the compiled code requires, each name once.
func imports(code, src []byte) []Import {
	var list []Import
	own := ownRequire.Match(code)
	for _, m := range requireCall.FindAllSubmatch(code, -1) {
		var ref string
		if json.Unmarshal(m[3], &ref) != nil || ref == "" {
			continue // an escape that JSON does not know: no file has such a name
		}
		async := len(m[2]) > 0 || m[4][0] == ','
		if at := slices.IndexFunc(list, func(i Import) bool { return i.Ref == ref }); at >= 0 {
			list[at].Async = list[at].Async && async
			continue
		}
		from, to := find(src, ref)
		list = append(list, Import{Ref: ref, Optional: own, Async: async, From: from, To: to})
	}
	return list
}

// find gives the place of a quoted name in the source.
func find(src []byte, ref string) (from, to int) {
	for _, quote := range []string{"'", `"`, "`"} {
		if i := bytes.Index(src, []byte(quote+ref+quote)); i >= 0 {
			return i, i + len(ref) + 2
		}
	}
	return 0, 0
}

// helpers are the functions that esbuild puts before each file that uses import or export. The script holds them
// once; this finds their text by compiling a file that needs them all.
var helpers = sync.OnceValue(func() map[bool][]string {
	const all = `import a, * as b from "x"; import {c} from "y"; export {a, b, c}; export default 1; export * from "z"; import("d")`
	texts := map[bool][]string{}
	for _, dev := range []bool{false, true} {
		options := transform("all.js", Options{Dev: dev})
		options.Sourcemap = api.SourceMapNone
		result := api.Transform(all, options)
		texts[dev] = declarations(string(result.Code))
	}
	return texts
})

var helperStart = regexp.MustCompile(`(?m)(?:^|;)var __\w+ ?=`)

// declarations cuts the leading "var __name = …;" statements apart.
func declarations(code string) []string {
	end := strings.Index(code, "var all_exports")
	if end < 0 {
		panic("script: esbuild no longer names exports after the file") // a broken promise between this file and esbuild's version
	}
	code = code[:end]
	var cuts []int
	for _, m := range helperStart.FindAllStringIndex(code, -1) {
		start := m[0]
		if code[start] == ';' {
			start++
		}
		cuts = append(cuts, start)
	}
	var list []string
	for i, from := range cuts {
		to := len(code)
		if i+1 < len(cuts) {
			to = cuts[i+1]
		}
		list = append(list, code[from:to])
	}
	return list
}

// withoutHelpers takes the helpers off the front of a compiled file and shifts its map by as many lines.
func withoutHelpers(code, sourceMap []byte, dev bool) ([]byte, []byte) {
	lines := 0
	for found := true; found; {
		found = false
		for _, text := range helpers()[dev] {
			if bytes.HasPrefix(code, []byte(text)) {
				code, found = code[len(text):], true
				lines += strings.Count(text, "\n")
				break
			}
		}
	}
	if lines > 0 && len(sourceMap) > 0 {
		head, mappings, ok := bytes.Cut(sourceMap, []byte(`"mappings": "`))
		if !ok || !bytes.HasPrefix(mappings, bytes.Repeat([]byte{';'}, lines)) {
			panic("script: esbuild's source map has an unknown form")
		}
		sourceMap = slices.Concat(head, []byte(`"mappings": "`), mappings[lines:])
	}
	return code, sourceMap
}
