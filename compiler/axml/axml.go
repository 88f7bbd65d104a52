// Package axml parses Alipay's template markup into a tree with positions.
//
// It recovers the way an HTML parser does, because more than a third of real
// programs contain unclosed or crossed tags: whatever the input, Parse gives a
// tree and says in warnings how it understood the file. It knows nothing of
// expressions, directives or components; attribute values and text are kept as
// written, entities included. Start reading at Parse, then recover.go.
package axml

import (
	"sort"
	"strings"
	"unicode/utf8"

	"souk/compiler/diag"
)

// Limits of one file. What lies beyond is not read, and an error says so.
const (
	MaxBytes = 1 << 20
	MaxNodes = 50_000
	MaxDepth = 200
)

// File is a parsed template.
type File struct {
	Path   string
	Source string
	Roots  []*Node
	lines  []int                              // offsets of line starts
	last   struct{ offset, line, column int } // the place asked for last
}

// Node is an element, or text when Tag is empty. Offsets are bytes in Source.
type Node struct {
	Tag      string
	Attrs    []Attr
	Children []*Node
	Text     string // as written, when Tag is empty
	Pos, End int    // of the start tag, or of the text
}

// Attr is an attribute as written; Value is without its quotes.
type Attr struct {
	Name     string
	Value    string
	Pos      int  // of the name
	ValuePos int  // of the value's first byte
	Bare     bool // there was no value at all: <input disabled/>
}

// Attr gives the attribute of that name, or nil.
func (n *Node) Attr(name string) *Attr {
	for i := range n.Attrs {
		if n.Attrs[i].Name == name {
			return &n.Attrs[i]
		}
	}
	return nil
}

// Line gives the line of a byte offset, from 1.
func (f *File) Line(offset int) int { return sort.SearchInts(f.lines, offset+1) }

// Position turns a byte offset into a line and a column, both from 1, the
// column in characters. Going through a file in order is quick even when it is
// one long line; the File is not for several goroutines at once.
func (f *File) Position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(f.Source))
	line = f.Line(offset)
	from, column := f.lines[line-1], 1
	if f.last.line == line && f.last.offset <= offset {
		from, column = f.last.offset, f.last.column
	}
	column += utf8.RuneCountInString(f.Source[from:offset])
	f.last.offset, f.last.line, f.last.column = offset, line, column
	return line, column
}

// maxMarked is the longest stretch that a diagnostic underlines, in bytes.
const maxMarked = 200

// Report adds a diagnostic about the bytes from pos to end.
func (f *File) Report(bag *diag.Bag, s diag.Severity, code string, pos, end int, message, hint string) {
	line, column := f.Position(pos)
	length := 1
	if end = min(end, len(f.Source), pos+maxMarked); pos < end {
		text, _, _ := strings.Cut(f.Source[pos:end], "\n")
		length = max(utf8.RuneCountInString(text), 1)
	}
	bag.Add(diag.Diagnostic{
		Severity: s, Code: code, File: f.Path, Line: line, Column: column, Length: length,
		Message: message, Hint: hint,
	})
}

// Parse reads a template. It never fails: what is wrong is in bag, as warnings
// where the meaning is clear enough and as errors where a limit cut the file.
func Parse(path string, src []byte, bag *diag.Bag) *File {
	f := &File{Path: path, lines: []int{0}}
	tooLong := len(src) > MaxBytes
	if tooLong {
		src = src[:MaxBytes]
	}
	f.Source = string(src)
	for i := 0; i < len(f.Source); i++ {
		if f.Source[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	if tooLong {
		f.Report(bag, diag.Error, "axml-too-long", 0, 1, "this template is longer than 1 MiB", "split it with <include> or components")
	}
	p := &parser{f: f, src: f.Source, bag: bag}
	p.run()
	f.Roots = p.root.Children
	return f
}
