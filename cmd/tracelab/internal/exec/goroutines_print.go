package exec

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"example.com/tracelab/cmd/tracelab/internal/term"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
)

// printTimes prints where the time of each row went: as a table or, where that is
// wider than the terminal, as a list.
func printTimes[T any](out io.Writer, rows []T, first string, times func(T) []time.Duration, ends func(T) (string, string)) error {
	text := timeTable(rows, first, times, ends)
	for line := range strings.Lines(text) {
		if utf8.RuneCountInString(strings.TrimRight(line, " \n")) > display.Width(out) {
			text = timeList(rows, first, times, ends)
			break
		}
	}
	_, err := io.WriteString(term.Text(out), text)
	return err
}

// timeTable has the columns that are not empty.
func timeTable[T any](rows []T, first string, times func(T) []time.Duration, ends func(T) (string, string)) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	names := report.ColumnNames()
	filled := make([]bool, len(names))
	for _, r := range rows {
		for i, d := range times(r) {
			filled[i] = filled[i] || d != 0
		}
	}
	row := func(first string, cell func(column int) string, last string) {
		fmt.Fprint(w, first)
		for i := range names {
			if filled[i] {
				fmt.Fprint(w, "\t", cell(i))
			}
		}
		fmt.Fprint(w, "\t", last, "\n")
	}
	row(first, func(i int) string { return names[i] }, "")
	for _, r := range rows {
		id, last := ends(r)
		columns := times(r)
		row(id, func(i int) string { return dash(columns[i]) }, "  "+last)
	}
	w.Flush()
	return b.String()
}

// timeList has the times that are not zero, below what they are of.
func timeList[T any](rows []T, first string, times func(T) []time.Duration, ends func(T) (string, string)) string {
	var b strings.Builder
	names := report.ColumnNames()
	for _, r := range rows {
		id, last := ends(r)
		title := first + " " + id
		if of, several := strings.CutSuffix(first, "s"); several {
			title = id + " " + first
			if id == "1" {
				title = id + " " + of
			}
		}
		var parts []string
		for i, d := range times(r) {
			if d != 0 {
				parts = append(parts, display.Whole(names[i]+" "+display.Duration(d)))
			}
		}
		fmt.Fprintf(&b, "%s  %s\n    %s\n", title, last, strings.Join(parts, ", "))
	}
	return b.String()
}
