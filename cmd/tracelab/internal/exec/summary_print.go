package exec

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/counters"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// printSummary is for people.
func printSummary(out io.Writer, s *counters.Summary) error {
	out = term.Text(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, fact := range report.Facts(s) {
		fmt.Fprintf(w, "%s\t%s\n", fact.Name, fact.Text)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return printCounts(out, s)
}

// printCounts lists stops of the world, events and transitions.
func printCounts(out io.Writer, s *counters.Summary) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(s.Stops) > 0 {
		fmt.Fprintln(w, "\nstop the world\tcount\ttotal\tlongest\tat")
	}
	for _, r := range s.Stops {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", r.Name, r.Count, display.Duration(r.Total), display.Duration(r.Longest), report.Since(r.At))
	}
	fmt.Fprintln(w, "\nevent\tcount")
	for _, kind := range exectrace.EventKinds() {
		if n := s.Events[kind]; n > 0 {
			fmt.Fprintf(w, "%s\t%d\n", kind, n)
		}
	}
	fmt.Fprintln(w, "\ntransition\tcount")
	most := slices.SortedFunc(maps.Keys(s.Transitions), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Transitions[b], s.Transitions[a]), cmp.Compare(a, b))
	})
	for _, name := range most {
		fmt.Fprintf(w, "%s\t%d\n", name, s.Transitions[name])
	}
	return w.Flush()
}
