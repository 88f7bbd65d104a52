package payments

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// String is the report as one table for people.
func (r Report) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s; %d clients, %d turns of a second each; %s\n\n", r.Machine, r.Clients, r.Seconds, r.Load)
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "a second\tp50 ms\tp99 ms\tCPU µs\tothers\t  what\t")
	for _, f := range r.Figures {
		fmt.Fprintf(t, "%.0f\t%.2f\t%.2f\t%.0f\t%.0f %%\t  %s\t\n", f.Rate, f.P50, f.P99, f.CPU, 100*f.Others, f.Name)
	}
	t.Flush()
	fmt.Fprintln(&out, "\nCPU: of this process for one, its clients included. others: the part of the machine that other processes took meanwhile.")
	fmt.Fprintln(&out)
	t = tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "median\tlowest\thighest\ttarget\t\t  ratio of one round\t")
	for _, x := range r.Ratios {
		fmt.Fprintf(t, "%.2f\t%.2f\t%.2f\t%s\t%s\t  %s\t\n", x.Value, x.Low, x.High, x.wanted(), x.verdict(), x.Name)
	}
	t.Flush()
	fmt.Fprintln(&out)
	for _, line := range r.Books {
		fmt.Fprintln(&out, line)
	}
	return out.String()
}

func (x Ratio) wanted() string {
	if x.Target == 0 {
		return ""
	}
	sign := "≥"
	if x.AtMost {
		sign = "≤"
	}
	return fmt.Sprintf("%s %g", sign, x.Target)
}

func (x Ratio) verdict() string {
	if x.Target == 0 {
		return ""
	}
	if x.Reached {
		return "reached"
	}
	return "missed"
}
