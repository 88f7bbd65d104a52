package template

import (
	"slices"
	"strings"

	"souk/compiler/axml"
)

// outside turns the names of external classes in a class attribute into what the component's user gave under that name:
// "my-class own" is compiled as "{{myClass}} own". Names inside an expression stay as they are.
func (w *where) outside(a *axml.Attr) *axml.Attr {
	if a == nil || a.Bare || len(w.c.in.External) == 0 {
		return a
	}
	out := *a
	out.Value = ""
	for rest := a.Value; rest != ""; {
		words, after, found := strings.Cut(rest, "{{")
		out.Value += w.given(words)
		if !found {
			break
		}
		inside, tail, _ := strings.Cut(after, "}}")
		out.Value += "{{" + inside + "}}"
		rest = tail
	}
	return &out
}

func (w *where) given(words string) string {
	names := strings.Split(words, " ")
	for i, name := range names {
		if slices.Contains(w.c.in.External, name) {
			names[i] = "{{" + camel(name) + "}}"
		}
	}
	return strings.Join(names, " ")
}
