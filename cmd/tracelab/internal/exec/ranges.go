package exec

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// printRanges is a table below that of the times, if there are any.
func printRanges(out io.Writer, rows []report.Goroutine, ends func(report.Goroutine) (string, string)) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	began := false
	for _, r := range rows {
		for _, name := range slices.Sorted(maps.Keys(r.Ranges)) {
			if !began {
				fmt.Fprintln(w, "\nof these times in\tfor\t")
				began = true
			}
			id, function := ends(r)
			if function == "" {
				function = "goroutine " + id
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", name, display.Whole(display.Duration(r.Ranges[name])), function)
		}
	}
	return w.Flush()
}
