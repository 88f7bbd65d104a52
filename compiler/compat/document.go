package compat

import (
	"fmt"
	"strings"
)

// Document writes docs/compatibility.md. typed are the names of the official typings, to count against; programs is the
// table of real programs that conformance/programs wrote.
func Document(typed []string, programs string) string {
	var out strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	p("# What Souk supports of the platform\n")
	p("This page is generated from the table in `compiler/compat` (`go test ./compiler/compat -update`); `souk compat` prints the same")
	p("table, `souk check DIR` compares a program with it, and `my.canIUse` answers from it. **Partial** says what is lacking;")
	p("what is **missing** fails with a clear error, never silently.\n")
	p("| | supported | partial | missing |\n|---|---|---|---|")
	for _, kind := range []Kind{API, Component, Attribute, Event, Framework} {
		c := Tally(kind)
		p("| %s | %d | %d | %d |", titles[kind], c.Supported, c.Partial, c.Missing)
	}
	c := Count{}
	for _, name := range typed {
		e, _ := Find(API, name)
		c.add(e.Status)
	}
	p("| of the %d names in the official typings (`@mini-types/my`) | %d | %d | %d |\n", len(typed), c.Supported, c.Partial, c.Missing)
	p("## Real programs\n")
	p("Programs that others wrote for Alipay, unmodified, in Chromium at 390×844: every page of app.json is opened, and what a person")
	p("would look at and tap is looked at and tapped. Servers that are gone answer from `conformance/programs/testdata/mocks`. How to")
	p("fetch the programs and run this again: `conformance/programs/README.md`.\n")
	p("%s", programs)
	p("Two component libraries from npm are compiled and opened in every run of the tests, each component on a page of its own: `mini-ali-ui`")
	p("1.4.1 and `antd-mini` 2.36.9 with its 75. Pages that use 53 of Ant Design's components as a program would are tapped, and what")
	p("they show and tell is compared (`conformance/programs/testdata/antd-mini.txtar`).\n")
	p("## Functions of `my`\n")
	for _, group := range Groups(API) {
		p("### %s\n", group)
		writeEntries(p, API, group)
	}
	p("## Components\n")
	p("Attributes are accepted in kebab-case and in camelCase. The first entry holds what every component has.\n")
	for _, group := range Groups(Component) {
		writeComponent(p, group)
	}
	p("## The framework\n")
	for _, group := range Groups(Framework) {
		p("### %s\n", group)
		writeEntries(p, Framework, group)
	}
	return out.String()
}

var titles = map[Kind]string{API: "functions of `my`", Component: "components", Attribute: "attributes", Event: "events", Framework: "parts of the framework"}

func (c *Count) add(s Status) {
	switch s {
	case Supported:
		c.Supported++
	case Partial:
		c.Partial++
	default:
		c.Missing++
	}
}

type printer func(format string, args ...any)

// writeEntries lists a group: names of one status and note together.
func writeEntries(p printer, kind Kind, group string) {
	for _, l := range linesOf(kind, group) {
		note := ""
		if l.note != "" {
			note = " – " + l.note
		}
		p("* **%s**: %s%s", l.status, strings.Join(l.names, ", "), note)
	}
	p("")
}

type line struct {
	status Status
	note   string
	names  []string
}

func linesOf(kind Kind, group string) []line {
	var lines []line
	for _, e := range All() {
		if e.Kind != kind || e.Group != group {
			continue
		}
		name := "`" + strings.TrimPrefix(e.Name, group+".") + "`"
		if n := len(lines); n > 0 && lines[n-1].status == e.Status && lines[n-1].note == e.Note {
			lines[n-1].names = append(lines[n-1].names, name)
			continue
		}
		lines = append(lines, line{e.Status, e.Note, []string{name}})
	}
	return lines
}

func writeComponent(p printer, tag string) {
	e, _ := Find(Component, tag)
	note := ""
	if e.Note != "" {
		note = " – " + e.Note
	}
	if tag == "*" {
		p("### every component\n")
	} else {
		p("### `%s`: %s%s\n", tag, e.Status, note)
	}
	wrote := false
	for _, kind := range []Kind{Attribute, Event} {
		for _, l := range linesOf(kind, tag) {
			wrote = true
			note := ""
			if l.note != "" {
				note = " – " + l.note
			}
			p("* %s **%s**: %s%s", titles[kind], l.status, strings.Join(l.names, ", "), note)
		}
	}
	if wrote {
		p("")
	}
}
