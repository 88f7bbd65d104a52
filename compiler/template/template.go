// Package template turns an AXML file into a template program: blocks of
// static nodes for the frame (View) and the functions that fill their holes
// for the worker (Output.Code), as docs/runtime.md §2 defines them.
//
// It is pure: files come through Input.Read, remarks go to the diag.Bag, and
// nothing here knows how bundles are written or how the page is drawn.
// Start reading at Compile.
package template

import "souk/compiler/diag"

// Input is one AXML file and what its surroundings mean.
type Input struct {
	// Path is the file's place in the program, with forward slashes and no
	// leading one: "pages/index/index.axml".
	Path   string
	Source []byte
	// Read gives the bytes of a file by its project-relative path: import,
	// include and import-sjs targets.
	Read func(path string) ([]byte, bool)
	// Resolve turns a reference as written (relative, root-absolute or npm) in
	// the file `from` into a project-relative path of a file that exists.
	Resolve func(from, ref string) (path string, ok bool)
	// Components maps a tag to a component's path. These tags become comp
	// regions, also where they shadow a built-in.
	Components map[string]string
	// Scope is the class put on every element for isolated styles, or "".
	Scope string
	// External are a component's externalClasses: names that stand for classes its user gives as attributes.
	External []string
	// KeepData says that a stylesheet selects by [data-…]: data-* are then
	// attributes of the element too, not only part of its dataset.
	KeepData bool
}

// Output is the compiled file.
type Output struct {
	View  View
	Code  string   // a JavaScript function expression, the second argument of souk.template
	Sjs   []string // .sjs files used directly, project-relative, in order of first use
	Files []string // every file read beside Path: a change of one means compiling again
	Uses  Uses
}

// View is the static half. It marshals to the JSON of docs/runtime.md §2.
type View struct {
	Path   string  `json:"path"`
	Blocks []Block `json:"blocks"`
}

// Place is where something was used. Line and Column count from 1.
type Place struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Uses lists what a template needs of the platform. Components are keyed by
// built-in tag ("button"), attributes by "button.open-type", events by
// "button.getPhoneNumber"; Unknown holds tags that are neither built-in nor
// components of the program.
type Uses struct {
	Components map[string][]Place
	Attributes map[string][]Place
	Events     map[string][]Place
	Unknown    map[string][]Place
}

// Compile translates one file. It always gives an Output that can be run;
// what could not be understood is said in bag and left out.
func Compile(in Input, bag *diag.Bag) Output {
	return compile(in, bag)
}
