package suite

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// Print writes a report for people: a line for each result, and under a failure what went wrong and where.
func (r Report) Print(w io.Writer) {
	for _, x := range r.Results {
		switch {
		case x.Skipped != "":
			fmt.Fprintf(w, "skip  %s: %s\n", x.Title(), x.Skipped)
		case len(x.Faults) == 0:
			fmt.Fprintf(w, "ok    %s (%d ms)\n", x.Title(), x.Millis)
		default:
			fmt.Fprintf(w, "FAIL  %s (%d ms)\n%s", x.Title(), x.Millis, indented(x.Words()))
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed", r.Passed, r.Failed)
	if r.Skipped > 0 {
		fmt.Fprintf(w, ", %d skipped", r.Skipped)
	}
	if r.Updated > 0 {
		fmt.Fprintf(w, ", %d snapshots written", r.Updated)
	}
	fmt.Fprintln(w)
}

// Title names a result.
func (x Result) Title() string {
	if x.Kind == "page" {
		return x.Name
	}
	return x.File + ": " + x.Name
}

// Words say what is wrong with a result, a fault a paragraph.
func (x Result) Words() string {
	var b strings.Builder
	for _, f := range x.Faults {
		b.WriteString(f.Message + "\n")
		if len(f.Frames) == 0 && f.Page != "" {
			fmt.Fprintf(&b, "  on %s\n", f.Page)
		}
		for _, frame := range f.Frames {
			fmt.Fprintf(&b, "  at %s %s\n", frame, frame.Function)
		}
	}
	if len(x.Console) > 0 {
		b.WriteString("console:\n")
		for _, line := range x.Console {
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}

func indented(text string) string {
	return "      " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n      ") + "\n"
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Seconds string   `xml:"time,attr"`
	Failure *failure `xml:"failure"`
	Skipped *skipped `xml:"skipped"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

type skipped struct {
	Message string `xml:"message,attr"`
}

// JUnit writes the report as the XML that most CI services read.
func (r Report) JUnit(w io.Writer, name string) error {
	s := junitSuite{Name: name, Tests: len(r.Results), Failures: r.Failed, Skipped: r.Skipped}
	for _, x := range r.Results {
		c := junitCase{Class: x.File, Name: x.Name, Seconds: fmt.Sprintf("%.3f", float64(x.Millis)/1000)}
		if x.Skipped != "" {
			c.Skipped = &skipped{x.Skipped}
		}
		if len(x.Faults) > 0 {
			c.Failure = &failure{x.Faults[0].Message, x.Words()}
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
