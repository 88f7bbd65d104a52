package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"souk/compiler/compat"
	"souk/compiler/diag"
	"souk/compiler/pack"
)

// checkCmd is souk check DIR: what is wrong with a program, and what it needs of the platform.
type checkCmd struct {
	Dir  string `arg:"" help:"Folder of the mini-program."`
	JSON bool   `name:"json" help:"Print one JSON object for machines."`
	All  bool   `help:"Also list what is supported, with every place."`
}

// checkReport is what --json prints.
type checkReport struct {
	Diagnostics []diag.Diagnostic `json:"diagnostics"`
	Needs       []pack.Need       `json:"needs"`
}

func (c checkCmd) Run(ctx context.Context) error {
	program, bag := pack.CompileDir(ctx, c.Dir, pack.Options{})
	report := checkReport{Diagnostics: bag.Sorted(), Needs: []pack.Need{}}
	if program != nil {
		report.Needs = program.Needs()
	}
	switch {
	case c.JSON:
		if err := printJSON(os.Stdout, report); err != nil {
			return err
		}
	default:
		printRemarks(os.Stdout, c.Dir, bag, diag.Hint)
		if program != nil {
			printNeeds(os.Stdout, report.Needs, c.All)
		}
		fmt.Println(summary(report))
	}
	if program == nil || bag.Errors() > 0 {
		return errSilent
	}
	return nil
}

func printJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// printRemarks draws what the compiler has to say, from a severity upwards.
func printRemarks(w io.Writer, dir string, bag *diag.Bag, from diag.Severity) {
	fsys := pack.Dir(dir)
	for _, d := range bag.Sorted() {
		if d.Severity >= from {
			fmt.Fprintln(w, diag.Render(d, pack.Source(fsys, d.File)))
		}
	}
	if n := bag.Dropped(); n > 0 {
		fmt.Fprintf(w, "and %d more\n\n", n)
	}
}

// maxPlaces is how many places of one need are listed.
const maxPlaces = 3

// printNeeds lists what the program uses of the platform that is missing or partial, or with all everything.
func printNeeds(w io.Writer, needs []pack.Need, all bool) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	shown := 0
	for _, n := range needs {
		if (n.Status == compat.Supported || n.Status == pack.Unknown) && !all {
			continue
		}
		shown++
		var places []string
		for i, p := range n.Places {
			if i == maxPlaces && !all {
				places = append(places, fmt.Sprintf("… %d more", len(n.Places)-i))
				break
			}
			places = append(places, fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", n.Status, called(n), n.Note, strings.Join(places, " "))
	}
	table.Flush()
	if shown > 0 {
		fmt.Fprintln(w)
	}
}

// called names a need as its developer writes it.
func called(n pack.Need) string {
	tag, member, _ := strings.Cut(n.Name, ".")
	switch n.Kind {
	case compat.API:
		return "my." + n.Name
	case compat.Attribute:
		return fmt.Sprintf("<%s %s>", tag, member)
	case compat.Event:
		return fmt.Sprintf("<%s on%s%s>", tag, strings.ToUpper(member[:1]), member[1:])
	}
	return "<" + n.Name + ">"
}

func summary(r checkReport) string {
	remarks, needs := map[diag.Severity]int{}, map[compat.Status]int{}
	for _, d := range r.Diagnostics {
		remarks[d.Severity]++
	}
	for _, n := range r.Needs {
		needs[n.Status]++
	}
	text := fmt.Sprintf("%s, %s", count(remarks[diag.Error], "error"), count(remarks[diag.Warning], "warning"))
	if len(r.Needs) > 0 {
		text += fmt.Sprintf("; of %d things used of the platform %d are supported, %d partial, %d missing",
			len(r.Needs)-needs[pack.Unknown], needs[compat.Supported], needs[compat.Partial], needs[compat.Missing])
	}
	return text
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
