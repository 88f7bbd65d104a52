// Package sjs compiles .sjs modules (ES modules with a small, fixed set of
// globals) into function expressions for souk.sjs, as docs/runtime.md §1
// defines them.
//
// It never reads files and never runs code. A module sees only what the
// language itself gives, getDate and getRegExp; every other free name is
// undefined, and `x.constructor` is a string such as "Array".
// Start reading at Compile.
package sjs

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"

	"souk/compiler/diag"
)

// MaxBytes is the size of the longest module.
const MaxBytes = 1 << 20

const empty = "function($e,$r){}"

// documented are the globals that Alipay promises; allowed are others that do no
// harm. require and module are what ES modules become.
var (
	documented = wordSet("Math JSON Number console parseInt parseFloat isNaN isFinite NaN Infinity undefined encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape getDate getRegExp arguments")
	allowed    = wordSet("Object Array String Boolean Date RegExp Map Set WeakMap WeakSet Symbol Error TypeError RangeError BigInt")
	plumbing   = wordSet("require module exports")
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// Resolve turns a reference as written in the module `from` into the path of a
// file that exists.
type Resolve func(from, ref string) (path string, ok bool)

// Compile translates one module. The result is a function expression of
// (exports, require); imports lists the modules that it requires, by the paths
// that resolve gave, which are also the arguments of require. A module that
// cannot be parsed gives an empty function and an error in bag.
func Compile(path string, src []byte, resolve Resolve, bag *diag.Bag) (code string, imports []string) {
	c := &compiler{path: path, src: string(src), resolve: resolve, bag: bag}
	if len(src) > MaxBytes {
		c.report(diag.Error, "sjs-too-long", 0, 1, "this module is longer than 1 MiB", "split it")
		return empty, nil
	}
	text, ok := c.transform()
	if !ok {
		return empty, nil
	}
	ast, err := js.Parse(parse.NewInputString(text), js.Options{})
	if err != nil {
		c.report(diag.Error, "sjs-syntax", 0, 1, "this module uses syntax that SJS cannot have", "keep to functions, const and let, arrows, destructuring and template strings")
		return empty, nil
	}
	js.Walk(c, ast)
	return c.wrap(ast), c.imports
}

type compiler struct {
	path, src string
	resolve   Resolve
	bag       *diag.Bag
	imports   []string
	usesCtor  bool
}

// transform checks the syntax and turns import and export into require and
// module.exports, with live bindings.
func (c *compiler) transform() (string, bool) {
	result := api.Transform(c.src, api.TransformOptions{
		Sourcefile: c.path, Loader: api.LoaderJS, Format: api.FormatCommonJS, Target: api.ES2020,
		Charset: api.CharsetUTF8, LogLevel: api.LogLevelSilent, Platform: api.PlatformNeutral,
	})
	for _, m := range result.Errors {
		d := diag.Diagnostic{Severity: diag.Error, Code: "sjs-syntax", File: c.path, Message: m.Text}
		if m.Location != nil {
			line := m.Location.LineText
			column := min(m.Location.Column, len(line))
			d.Line, d.Column, d.Length = m.Location.Line, utf8.RuneCountInString(line[:column])+1, max(m.Location.Length, 1)
			d.Hint = m.Location.Suggestion
		}
		c.bag.Add(d)
	}
	return string(result.Code), len(result.Errors) == 0
}

// Enter rewrites x.constructor and the paths of require; it makes compiler a
// visitor of the syntax tree.
func (c *compiler) Enter(n js.INode) js.IVisitor {
	switch n := n.(type) {
	case *js.DotExpr:
		if string(nameOf(n.Y)) == "constructor" {
			n.X, n.Y = c.constructorOf(n.X), js.LiteralExpr{TokenType: js.IdentifierToken, Data: []byte("is")}
		}
	case *js.IndexExpr:
		if lit, ok := n.Y.(*js.LiteralExpr); ok && unquote(lit.Data) == "constructor" {
			n.X, n.Y = c.constructorOf(n.X), &js.LiteralExpr{TokenType: js.StringToken, Data: []byte(`"is"`)}
		}
	case *js.CallExpr:
		c.required(n)
	}
	return c
}

// Exit does nothing; a visitor has it.
func (c *compiler) Exit(js.INode) {}

func (c *compiler) constructorOf(x js.IExpr) js.IExpr {
	c.usesCtor = true
	callee := &js.Var{Data: []byte("$constructor")}
	return &js.CallExpr{X: callee, Args: js.Args{List: []js.Arg{{Value: x}}}}
}

func nameOf(n js.INode) []byte {
	switch n := n.(type) {
	case *js.LiteralExpr:
		return n.Data
	case js.LiteralExpr:
		return n.Data
	case *js.Var:
		return n.Name()
	}
	return nil
}

func unquote(literal []byte) string {
	if len(literal) < 2 {
		return ""
	}
	return string(literal[1 : len(literal)-1])
}

// required resolves the path of a call of require.
func (c *compiler) required(n *js.CallExpr) {
	callee, ok := n.X.(*js.Var)
	if !ok || string(callee.Name()) != "require" || callee.Decl != js.NoDecl || len(n.Args.List) != 1 {
		return
	}
	lit, ok := n.Args.List[0].Value.(*js.LiteralExpr)
	if !ok || lit.TokenType != js.StringToken {
		return
	}
	ref := unquote(lit.Data)
	for _, candidate := range []string{ref, ref + ".sjs"} {
		p, found := c.resolve(c.path, candidate)
		if !found {
			continue
		}
		if !strings.HasSuffix(p, ".sjs") {
			c.reportText(diag.Error, "sjs-import", ref, "an .sjs module can import only .sjs modules, not "+strconv.Quote(ref), "move what you need into an .sjs file")
			return
		}
		if !slices.Contains(c.imports, p) {
			c.imports = append(c.imports, p)
		}
		lit.Data = []byte(strconv.Quote(p))
		return
	}
	c.reportText(diag.Error, "sjs-import", ref, "this module imports a file that does not exist: "+strconv.Quote(ref), "paths are relative to this file, or begin with / at the program's root")
}

// preludes define what a module may use beyond the language, when it does.
const (
	constructorPrelude = `var $constructor=x=>x==null?x:{is:Object.prototype.toString.call(x).slice(8,-1)};`
	datePrelude        = `var getDate=(...a)=>new Date(...a);`
	regExpPrelude      = `var getRegExp=(p,f)=>new RegExp(p,f);`
	// What a module assigns to module.exports becomes the exports it was given: an
	// ES module's are getters, set before its body runs, so that circles work.
	modulePrelude = `var exports=$e,require=$r,module={get exports(){return $e},set exports(v){` +
		`if(v&&typeof v=="object")Object.defineProperties($e,Object.getOwnPropertyDescriptors(v));else $e.default=v}};`
)

// wrap puts the module into its function, where every free name that SJS does
// not have is declared and so undefined.
func (c *compiler) wrap(ast *js.AST) string {
	var b strings.Builder
	b.WriteString(`function($e,$r){"use strict";`)
	b.WriteString(modulePrelude)
	if c.usesCtor {
		b.WriteString(constructorPrelude)
	}
	var hidden []string
	for _, v := range ast.BlockStmt.Scope.Undeclared {
		name := string(v.Name())
		switch {
		case name == "getDate":
			b.WriteString(datePrelude)
		case name == "getRegExp":
			b.WriteString(regExpPrelude)
		case documented[name], plumbing[name]:
		case name == "this", name == "eval":
			c.reportText(diag.Error, "sjs-global", name, name+" cannot be used in an .sjs module", "")
		case allowed[name]:
			if c.mentions(name) {
				c.reportText(diag.Hint, "sjs-global", name, name+" is not among the globals that Alipay documents for .sjs", allowedHint(name))
			}
		default:
			hidden = append(hidden, name)
			c.reportText(diag.Warning, "sjs-global", name, name+" does not exist in an .sjs module: it is undefined there", "pass what you need as an argument")
		}
	}
	if len(hidden) > 0 {
		b.WriteString("var " + strings.Join(hidden, ",") + ";")
	}
	b.WriteString("{")
	ast.JS(&b)
	b.WriteString("}}")
	return b.String()
}

func allowedHint(name string) string {
	switch name {
	case "Date":
		return "write getDate()"
	case "RegExp":
		return "write getRegExp()"
	}
	return ""
}

// mentions says whether the source has the name: esbuild's own code does not count.
func (c *compiler) mentions(name string) bool { return c.find(name) != nil }

func (c *compiler) find(text string) []int {
	return regexp.MustCompile(`(^|[^\w$.])` + regexp.QuoteMeta(text) + `($|[^\w$])`).FindStringIndex(c.src)
}

// reportText adds a diagnostic where text first occurs in the source.
func (c *compiler) reportText(s diag.Severity, code, text, message, hint string) {
	at := 0
	if found := c.find(text); found != nil {
		at = found[0] + strings.Index(c.src[found[0]:found[1]], text)
	}
	c.report(s, code, at, utf8.RuneCountInString(text), message, hint)
}

func (c *compiler) report(s diag.Severity, code string, at, length int, message, hint string) {
	before := c.src[:at]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	c.bag.Add(diag.Diagnostic{
		Severity: s, Code: code, File: c.path, Line: line, Column: column, Length: length,
		Message: message, Hint: hint,
	})
}
