package exec

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
)

// ranges are the times of goroutines in ranges of the runtime, by their names. go tool
// trace calls them special ranges.
type ranges map[string]time.Duration

// rangesBy sums up the ranges of goroutines by a key, such as their function.
func rangesBy[K comparable](t *exectrace.Trace, key func(exectrace.GoID) K) map[K]ranges {
	sums := map[K]ranges{}
	for r := range t.Ranges() {
		if r.Goroutine == 0 {
			continue
		}
		k := key(r.Goroutine)
		if sums[k] == nil {
			sums[k] = ranges{}
		}
		sums[k][r.Name] += r.End.Sub(r.Start)
	}
	return sums
}

// printRanges is a table below that of the times, if there are any.
func printRanges(out io.Writer, rows []goroutineRow, ends func(goroutineRow) (string, string)) error {
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
