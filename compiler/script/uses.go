package script

import (
	"strings"

	"souk/compiler/place"
)

// Use is a place where the program names a function of the platform.
type Use struct {
	Name   string // "request", "ap.nsf": what stands after "my."
	File   string
	Line   int
	Column int
}

// maxUses bounds what one file can add to the report.
const maxUses = 2000

// FindUses lists the my.* members that a source file names. Comments and strings do not count; canIUse("x") and
// an alias of my are not followed.
func FindUses(name string, src []byte) []Use {
	var uses []Use
	index := place.New(name, src)
	for i := 0; i < len(src) && len(uses) < maxUses; {
		switch c := src[i]; {
		case c == '"' || c == '\'':
			i = pastString(src, i)
		case c == '/' && i+1 < len(src) && src[i+1] == '/':
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case c == '/' && i+1 < len(src) && src[i+1] == '*':
			i = pastComment(src, i)
		case isName(c):
			end := pastName(src, i)
			if string(src[i:end]) == "my" && (i == 0 || src[i-1] != '.') {
				if member := member(src, end); member != "" && member != "ap" && member != "cloud" {
					line, column := index.At(i)
					uses = append(uses, Use{Name: member, File: name, Line: line, Column: column})
				}
			}
			i = end
		default:
			i++
		}
	}
	return uses
}

// member reads ".name" and, for the groups of my, ".name.name".
func member(src []byte, at int) string {
	var parts []string
	for len(parts) < 2 {
		at = pastSpace(src, at)
		if at < len(src) && src[at] == '?' && at+1 < len(src) && src[at+1] == '.' {
			at++
		}
		if at >= len(src) || src[at] != '.' {
			break
		}
		start := pastSpace(src, at+1)
		end := pastName(src, start)
		if end == start {
			break
		}
		parts = append(parts, string(src[start:end]))
		at = end
		if parts[0] != "ap" && parts[0] != "cloud" {
			break
		}
	}
	return strings.Join(parts, ".")
}

func isName(c byte) bool {
	return c == '_' || c == '$' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

func pastName(src []byte, i int) int {
	for i < len(src) && isName(src[i]) {
		i++
	}
	return i
}

func pastSpace(src []byte, i int) int {
	for i < len(src) && (src[i] == ' ' || src[i] == '\t' || src[i] == '\n' || src[i] == '\r') {
		i++
	}
	return i
}

// pastString ends at the line's end too, so that a quote inside a regular expression costs one line at most.
func pastString(src []byte, i int) int {
	quote := src[i]
	for i++; i < len(src) && src[i] != '\n'; i++ {
		switch src[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return i
}

func pastComment(src []byte, i int) int {
	end := strings.Index(string(src[i+2:]), "*/")
	if end < 0 {
		return len(src)
	}
	return i + end + 4
}
