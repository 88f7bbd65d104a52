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
	GlobalMode string // "enable" gives the program the global object, "fake" an empty one of its own
	Divided    bool   // there are sub-packages, which join the table later
	Package    bool   // this is one of them
	Dev        bool
}

// prelude runs the module table. A file that throws may be required again; a name that was not linked when the
// program was compiled (a computed one) is looked up beside the file.
const prelude = `var __souk_loaded = Object.create(null);
function __souk_load(id) {
  var m = __souk_loaded[id];
  if (m) return m.exports;
  var file = __souk_files[id];
  if (!file) throw new Error(id + " is in a sub-package that is not loaded; ask for it with require.async");
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
  function find(name) {
    var id = Object.prototype.hasOwnProperty.call(links, name) ? links[name] : __souk_find(from, String(name));
    if (id === undefined) throw new Error("cannot find module '" + name + "' required by " + from);
    return id;
  }
  function require(name, done, fail) {
    if (typeof done !== "function") return __souk_load(find(name));
    require.async(name).then(done, typeof fail === "function" ? fail : undefined);
  }
  require.async = function (name) {
    return new Promise(function (done) {
      var id = find(name);
      done(__souk_files[id] ? __souk_load(id) : __souk_lazy(id).then(function () { return __souk_load(id); }));
    }).catch(function (error) { throw Object.assign(error, { mod: name, errMsg: String(error && error.message) }); });
  };
  return require;
}
`

// joining makes the table one that sub-packages add to.
const joining = "souk.table(__souk_files, __souk_load);\n"

// Write makes the script and, in developer mode, its source map.
func Write(p Program) (code []byte, sourceMap []byte) {
	w := writer{dev: p.Dev}
	size := 1 << 14
	for _, part := range p.Parts {
		size += len(part) + 1
	}
	for _, f := range p.Files {
		size += len(f.Code) + 200
	}
	w.out.Grow(size)
	if p.Package {
		w.text("souk.extend(function (__souk_table, __souk_load, " + strings.Join(Params, ", ") + ") {\n")
	} else {
		w.text("souk.run(function (" + strings.Join(Params, ", ") + ") {\n")
	}
	switch p.GlobalMode {
	case "enable": // the worker's own, or what is left of it: the one phrase that its Function answers
		w.text("globalThis = global = Function(\"return this\")();\n")
	case "fake":
		w.text("globalThis = global = $global;\n")
	}
	for _, helper := range helpers()[p.Dev] {
		w.text(strings.TrimRight(helper, "\n") + "\n")
	}
	if !p.Package {
		w.text("var __souk_lazy = souk.lazy;\n" + prelude)
	}
	w.text("var __souk_files = {\n")
	for _, f := range p.Files {
		w.file(f)
	}
	w.text("};\n")
	switch {
	case p.Package:
		w.text("Object.assign(__souk_table, __souk_files);\n")
	case p.Divided:
		w.text(joining)
	}
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

// section is a file's source map and the line of the script where the file begins.
type section struct {
	line      int
	sourceMap []byte
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
		w.sections = append(w.sections, section{w.line, f.Map})
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

// sourceMap is an index map: the files' own maps, each moved to where its file begins.
func (w *writer) sourceMap() []byte {
	if !w.dev {
		return nil
	}
	size := 64
	for _, s := range w.sections {
		size += len(s.sourceMap) + 64
	}
	out := append(make([]byte, 0, size), `{"version":3,"file":"app.js","sections":[`...)
	for i, s := range w.sections {
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"offset":{"line":%d,"column":0},"map":`, s.line)
		out = append(append(out, s.sourceMap...), '}')
	}
	return append(out, "]}"...)
}

// Quote writes a JavaScript string literal. JSON is one, but for two line separators, which are escaped here.
func Quote(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(fmt.Sprintf("script: a string must marshal: %v", err))
	}
	return string(data)
}
