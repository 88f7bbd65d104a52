// Package compat holds the one table of what Souk supports of the platform: every function of my, every built-in component with its
// attributes and events, and the framework around them, each supported, partial or missing, with a note. souk check, souk compat, the documentation and
// the running program's my.canIUse all read it. It never looks at a program. Start reading at All; my.txt,
// components.txt and framework.txt are the table.
package compat

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Status says how much of a thing works.
type Status string

// The statuses. Partial always carries a note that says what is lacking.
const (
	Supported Status = "supported"
	Partial   Status = "partial"
	Missing   Status = "missing"
)

// Kind says what an entry is about.
type Kind string

// The kinds of entries.
const (
	API       Kind = "api"       // "request", "ap.nsf", "CanvasContext.drawImage"
	Component Kind = "component" // "button"
	Attribute Kind = "attribute" // "button.open-type"
	Event     Kind = "event"     // "button.getAuthorize"
	Framework Kind = "framework" // "componentGenerics and generic:x"; nothing that can be looked up
)

// Entry is one line of the table.
type Entry struct {
	Kind   Kind   `json:"kind"`
	Name   string `json:"name"`
	Group  string `json:"group"` // the heading it stands under
	Status Status `json:"status"`
	Note   string `json:"note,omitempty"`
}

//go:embed my.txt
var myText string

//go:embed components.txt
var componentText string

//go:embed framework.txt
var frameworkText string

// All lists the table in its written order.
var All = sync.OnceValue(func() []Entry {
	return slices.Concat(parse("my.txt", myText, apiLine), parse("components.txt", componentText, componentLine), parse("framework.txt", frameworkText, frameworkLine))
})

var index = sync.OnceValue(func() map[Kind]map[string]Entry {
	m := map[Kind]map[string]Entry{API: {}, Component: {}, Attribute: {}, Event: {}, Framework: {}}
	for _, e := range All() {
		if _, twice := m[e.Kind][e.Name]; twice {
			panic(fmt.Sprintf("compat: %s %s stands in the table twice", e.Kind, e.Name))
		}
		m[e.Kind][e.Name] = e
	}
	return m
})

// Find looks an entry up. Names are as the compiler's reports have them: "tradePay", "button", "button.open-type",
// "button.getAuthorize". Attributes and events that every component has are found under the component's name too.
func Find(kind Kind, name string) (Entry, bool) {
	e, ok := index()[kind][name]
	if ok || kind != Attribute && kind != Event {
		return e, ok
	}
	tag, member, _ := strings.Cut(name, ".")
	if _, known := index()[Component][tag]; !known {
		return Entry{}, false
	}
	return everywhere(kind, name, member)
}

// everywhere answers for what components have in common.
func everywhere(kind Kind, name, member string) (Entry, bool) {
	if kind == Attribute {
		for _, prefix := range []string{"data-", "aria-", "mark:", "change:"} {
			if strings.HasPrefix(member, prefix) {
				return Entry{Kind: kind, Name: name, Status: Supported}, true
			}
		}
	}
	e, ok := index()[kind]["*."+member]
	e.Name = name
	return e, ok
}

// CanIUse is the table as my.canIUse asks it: "tradePay", "button", "button.open-type", "button.onGetAuthorize", and "*.class" for
// what every component has. Partial counts as usable.
func CanIUse() map[string]bool {
	m := map[string]bool{}
	for _, e := range All() {
		name := e.Name
		if e.Kind == Framework {
			continue
		}
		if e.Kind == Event {
			tag, event, _ := strings.Cut(name, ".")
			name = tag + ".on" + strings.ToUpper(event[:1]) + event[1:]
		}
		m[name] = e.Status != Missing
	}
	return m
}

// ElementsJSON is CanIUse of components, attributes and events, for the runtime's boot message; of its functions the runtime
// knows itself.
func ElementsJSON() []byte {
	m := CanIUse()
	for _, e := range All() {
		if e.Kind == API {
			delete(m, e.Name)
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("compat: a map of booleans must marshal: %v", err))
	}
	return data
}

// lineOf turns a line's names, all of one status, into entries.
type lineOf func(group string, status Status, note, names string) []Entry

// parse reads the table. A heading is "## group"; a line is a sign (+ supported, ~ partial, - missing), names, and after
// a colon a note. A table that cannot be read is our own mistake.
func parse(file, text string, entries lineOf) []Entry {
	var all []Entry
	group := ""
	lines := bufio.NewScanner(strings.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			group = heading
			continue
		}
		status, ok := map[byte]Status{'+': Supported, '~': Partial, '-': Missing}[line[0]]
		names, note, _ := strings.Cut(line[1:], ": ")
		if !ok || group == "" || status == Partial && note == "" {
			panic(fmt.Sprintf("compat: %s:%d cannot be read", file, number))
		}
		all = append(all, entries(group, status, strings.TrimSpace(note), strings.TrimSpace(names))...)
	}
	return all
}

// frameworkLine separates by commas: its names are phrases.
func frameworkLine(group string, status Status, note, names string) []Entry {
	var list []Entry
	for name := range strings.SplitSeq(names, ", ") {
		list = append(list, Entry{Framework, name, group, status, note})
	}
	return list
}

func apiLine(group string, status Status, note, names string) []Entry {
	var list []Entry
	for _, name := range strings.Fields(names) {
		list = append(list, Entry{API, name, group, status, note})
	}
	return list
}

// componentLine reads a line below "## tag": the word "component" is the tag itself, onX an event, all else attributes.
func componentLine(group string, status Status, note, names string) []Entry {
	var list []Entry
	for _, name := range strings.Fields(names) {
		e := Entry{Attribute, group + "." + name, group, status, note}
		if name == "component" {
			e.Kind, e.Name = Component, group
		}
		if event, ok := strings.CutPrefix(name, "on"); ok && event != "" && event[0] >= 'A' && event[0] <= 'Z' {
			e.Kind, e.Name = Event, group+"."+strings.ToLower(event[:1])+event[1:]
		}
		list = append(list, e)
	}
	return list
}

// Count is how many entries have a status.
type Count struct{ Supported, Partial, Missing int }

// Tally counts the entries of a kind.
func Tally(kind Kind) Count {
	var c Count
	for _, e := range All() {
		if e.Kind != kind || e.Name == "*" {
			continue
		}
		c.add(e.Status)
	}
	return c
}

// Groups lists the headings of a kind in their order.
func Groups(kind Kind) []string {
	var list []string
	for _, e := range All() {
		if e.Kind == kind && !slices.Contains(list, e.Group) {
			list = append(list, e.Group)
		}
	}
	return list
}
