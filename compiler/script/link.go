package script

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Params are the names that the program's code may use beside its own, in the order in which the worker passes
// values. After the first nine come names that are undefined in a mini-program.
var Params = []string{
	"App", "Page", "Component", "Mixin", "my", "getApp", "getCurrentPages", "requirePlugin", "$global",
	"window", "document", "location", "self", "globalThis", "global", "fetch", "XMLHttpRequest", "AlipayJSBridge", "navigator",
	"WebSocket", "EventSource", "importScripts", "postMessage", "onmessage", "Worker", "SharedWorker", "BroadcastChannel",
	"MessageChannel", "indexedDB", "caches", "localStorage", "sessionStorage", "eval",
}

// Linked is a file of the table with its names resolved.
type Linked struct {
	File
	Links map[string]string // name as written → path of the file
}

// Module is a page, component or the app: its name in the contract and the file that defines it. Without a file,
// Default is registered with nothing in it: App, Page or Component.
type Module struct{ Name, File, Default string }

// Program is everything that goes into app.js.
type Program struct {
	Parts      []string // complete statements: templates, SJS, component tables
	Modules    []Module
	Files      []Linked
	GlobalMode string // "enable" and "fake" give the program a global object of its own
	Dev        bool
}

// prelude runs the module table. A file that throws may be required again; a name that was not linked when the
// program was compiled (a computed one) is looked up beside the file.
const prelude = `var __souk_loaded = Object.create(null);
function __souk_load(id) {
  var m = __souk_loaded[id];
  if (m) return m.exports;
  var file = __souk_files[id];
  m = __souk_loaded[id] = { id: id, exports: {}, loaded: false };
  var done = false;
  try { file[0].call(m.exports, m.exports, __souk_require(id, file[1]), m); done = true; } finally { if (!done) delete __souk_loaded[id]; }
  m.loaded = true;
  return m.exports;
}
function __souk_find(from, name) {
  var path = name[0] === "/" ? [] : from.split("/").slice(0, -1);
  name.split("/").forEach(function (part) { if (part === "..") path.pop(); else if (part && part !== ".") path.push(part); });
  var base = path.join("/");
  return ["", ".js", ".ts", ".json", "/index.js", "/index.ts"].map(function (end) { return base + end; })
    .find(function (id) { return Object.prototype.hasOwnProperty.call(__souk_files, id); });
}
function __souk_require(from, links) {
  function require(name) {
    var id = Object.prototype.hasOwnProperty.call(links, name) ? links[name] : __souk_find(from, String(name));
    if (id === undefined) throw new Error("cannot find module '" + name + "' required by " + from);
    return __souk_load(id);
  }
  require.async = function (name) { return new Promise(function (done) { done(require(name)); }); };
  return require;
}
`

// Write makes the script and, in developer mode, its source map.
func Write(p Program) (code []byte, sourceMap []byte) {
	w := writer{dev: p.Dev}
	w.text("souk.run(function (" + strings.Join(Params, ", ") + ") {\n")
	if p.GlobalMode == "enable" || p.GlobalMode == "fake" {
		w.text("globalThis = global = $global;\n")
	}
	for _, helper := range helpers()[p.Dev] {
		w.text(strings.TrimRight(helper, "\n") + "\n")
	}
	w.text(prelude)
	w.text("var __souk_files = {\n")
	for _, f := range p.Files {
		w.file(f)
	}
	w.text("};\n")
	for _, part := range p.Parts {
		w.text(part)
		w.text("\n")
	}
	for _, m := range p.Modules {
		if m.File == "" {
			w.text(fmt.Sprintf("souk.module(%s, function () { %s({}); });\n", Quote(m.Name), m.Default))
			continue
		}
		w.text(fmt.Sprintf("souk.module(%s, function () { __souk_load(%s); });\n", Quote(m.Name), Quote(m.File)))
	}
	w.text("});\n")
	return []byte(w.out.String()), w.sourceMap()
}

type writer struct {
	out      strings.Builder
	line     int
	dev      bool
	sections []section
}

type section struct {
	Offset struct {
		Line   int `json:"line"`
		Column int `json:"column"`
	} `json:"offset"`
	Map json.RawMessage `json:"map"`
}

func (w *writer) text(s string) {
	w.out.WriteString(s)
	if w.dev {
		w.line += strings.Count(s, "\n")
	}
}

func (w *writer) file(f Linked) {
	w.text(Quote(f.Path) + ": [function (exports, require, module) {\n")
	if w.dev && len(f.Map) > 0 {
		s := section{Map: f.Map}
		s.Offset.Line = w.line
		w.sections = append(w.sections, s)
	}
	w.text(strings.TrimRight(f.Code, "\n"))
	w.text("\n}, {")
	names := make([]string, 0, len(f.Links))
	for name := range f.Links {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i > 0 {
			w.text(", ")
		}
		w.text(Quote(name) + ": " + Quote(f.Links[name]))
	}
	w.text("}],\n")
}

func (w *writer) sourceMap() []byte {
	if !w.dev {
		return nil
	}
	data, err := json.Marshal(struct {
		Version  int       `json:"version"`
		File     string    `json:"file"`
		Sections []section `json:"sections"`
	}{3, "app.js", w.sections})
	if err != nil {
		panic(fmt.Sprintf("script: esbuild's source maps must be JSON: %v", err))
	}
	return data
}

// Quote writes a JavaScript string literal. JSON is one, but for two line separators, which are escaped here.
func Quote(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("script: a string must marshal: %v", err))
	}
	return string(data)
}
