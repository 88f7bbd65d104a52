// Package stack reads the stack traces of programs: each frame of app.js gets the file, line and column of the source that
// its source map names, and frames of our own runtime are left out. Traces of QuickJS and of Chromium are understood.
//
// It never reads files. Start reading at New.
package stack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/go-sourcemap/sourcemap"
)

// Limits of one trace: whoever throws decides how long it is.
const (
	maxBytes  = 64 << 10
	maxFrames = 50
)

// Script is the name under which app.js shows up in Chromium's traces (its sourceURL); QuickJS calls it <input>.
const Script = "souk-app.js"

// Frame is one call: lines and columns count from 1.
type Frame struct {
	Function string `json:"function,omitempty"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

func (f Frame) String() string { return fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column) }

// Reader knows one script.
type Reader struct{ maps *sourcemap.Consumer }

// New reads a script's source map. An empty one gives a Reader that finds nothing.
func New(sourceMap []byte) (*Reader, error) {
	if len(sourceMap) == 0 {
		return &Reader{}, nil
	}
	sourceMap, err := withoutEmpty(sourceMap)
	if err != nil || sourceMap == nil {
		return &Reader{}, err
	}
	maps, err := sourcemap.Parse("", sourceMap)
	if err != nil {
		return nil, fmt.Errorf("reading the source map: %w", err)
	}
	return &Reader{maps}, nil
}

// withoutEmpty leaves out the maps of files without code, which the parser refuses; nil when none is left.
func withoutEmpty(sourceMap []byte) ([]byte, error) {
	var m struct {
		Version  int               `json:"version"`
		Mappings string            `json:"mappings"`
		Sections []json.RawMessage `json:"sections"`
	}
	if err := json.Unmarshal(sourceMap, &m); err != nil {
		return nil, fmt.Errorf("reading the source map: %w", err)
	}
	if len(m.Sections) == 0 {
		if strings.Trim(m.Mappings, ";,") == "" {
			return nil, nil
		}
		return sourceMap, nil
	}
	kept := slices.DeleteFunc(m.Sections, func(section json.RawMessage) bool {
		var s struct{ Map struct{ Mappings string } }
		return json.Unmarshal(section, &s) != nil || strings.Trim(s.Map.Mappings, ";,") == ""
	})
	if len(kept) == 0 {
		return nil, nil
	}
	return json.Marshal(map[string]any{"version": m.Version, "sections": kept})
}

// at finds "name (<input>:12:5)", "name (souk-app.js:12:5)" and both without a name.
var at = regexp.MustCompile(`(?m)^\s*at (?:(?:async )?(.*?) \()?(?:<input>|[^\s()]*` + regexp.QuoteMeta(Script) + `):(\d+):(\d+)\)?`)

// Frames lists the frames that lie in the program's own sources, the innermost first.
func (r *Reader) Frames(trace string) []Frame {
	if r == nil || r.maps == nil {
		return nil
	}
	if len(trace) > maxBytes {
		trace = trace[:maxBytes]
	}
	var frames []Frame
	for _, m := range at.FindAllStringSubmatch(trace, maxFrames) {
		line, _ := strconv.Atoi(m[2]) // digits only; one too large for an int finds nothing
		column, _ := strconv.Atoi(m[3])
		file, _, fromLine, fromColumn, ok := r.maps.Source(line, max(0, column-1))
		if !ok || file == "" {
			continue
		}
		if _, inside, found := strings.Cut(file, ":"); found { // esbuild writes its namespace before the path
			file = inside
		}
		frames = append(frames, Frame{Function: name(m[1]), File: file, Line: fromLine, Column: fromColumn + 1})
	}
	return frames
}

// name leaves out what engines say about a function that has none.
func name(function string) string {
	if strings.HasPrefix(function, "<") || function == "Object.<anonymous>" {
		return ""
	}
	return function
}
