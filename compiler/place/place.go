// Package place turns byte offsets of a source file into lines and columns as people count them. It never reads
// files. Start reading at Index.
package place

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"souk/compiler/diag"
)

// Index answers places in one source file. Make it with New.
type Index struct {
	file   string
	src    []byte
	starts []int // offset of each line's first byte
}

// New reads the line ends of src; file is the name that diagnostics will carry.
func New(file string, src []byte) Index {
	starts := []int{0}
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return Index{file: file, src: src, starts: starts}
}

// At gives the line and the column of an offset, both from 1, the column in characters.
func (x Index) At(offset int) (line, column int) {
	offset = min(max(offset, 0), len(x.src))
	line, found := slices.BinarySearch(x.starts, offset)
	if !found {
		line--
	}
	return line + 1, utf8.RuneCount(x.src[x.starts[line]:offset]) + 1
}

// Diagnostic makes a remark about the bytes from..to; it stays on the first line.
func (x Index) Diagnostic(severity diag.Severity, code string, from, to int, message, hint string) diag.Diagnostic {
	from, to = min(max(from, 0), len(x.src)), min(max(to, 0), len(x.src))
	line, column := x.At(from)
	if line < len(x.starts) {
		to = min(to, x.starts[line]-1)
	}
	length := 1
	if to > from {
		length = utf8.RuneCount(x.src[from:to])
	}
	return diag.Diagnostic{Severity: severity, Code: code, File: x.file, Line: line, Column: column, Length: length,
		Message: message, Hint: hint}
}

// Offset is where a line (from 1) begins, in bytes; a line that is not there begins at the end.
func (x Index) Offset(line int) int {
	if line > len(x.starts) {
		return len(x.src)
	}
	return x.starts[max(line, 1)-1]
}

// LastText is the offset of the last character that is no blank.
func (x Index) LastText() int {
	trimmed := bytes.TrimRight(x.src, " \t\r\n")
	_, size := utf8.DecodeLastRune(trimmed)
	return len(trimmed) - size
}
