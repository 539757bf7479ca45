package execution

import (
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/executions/report"
)

// lastedPage is /exec/{id}/tasks, or /exec/{id}/regions: how long those of a name lasted.
type lastedPage struct {
	page
	Regions  bool
	Columns  []column
	Query    string // a part of the names
	Picked   picked[report.Lasted]
	Rows     []lastedRow
	Doubtful bool
}

// lastedRow are the tasks of a name, or the regions of a type that begin in one function.
type lastedRow struct {
	Name, Func      name
	Count, Complete int
	Quantiles       []took // p50, p90, p99 and the longest
	Histogram       histogram
	Slowest         []slowRow
}

// slowRow is one of the slowest.
type slowRow struct {
	For      took
	At       string
	Link     string // of the task, or of the region's goroutine
	Doubtful bool
}

// lastedColumns are those of both pages.
func lastedColumns() []column {
	return []column{{Name: "name", Label: "Name", Text: true, Up: true}, {Name: "count", Label: "Number"}, {Name: "p50", Label: "p50"}, {Name: "p90", Label: "p90"},
		{Name: "p99", Label: "p99"}, {Name: "max", Label: "Longest"}}
}

// noName is how the address of a page says the empty name.
const noName = "(no name)"

func shownName(text string) string {
	if text == "" {
		return noName
	}
	return text
}

// fill shows the rows that the page is asked for.
func (d *lastedPage) fill(rows []report.Lasted, link func(report.Lasted) string, slow func(report.Slow) string) {
	a := d.Asked
	d.Columns, d.Query = lastedColumns(), a.Get("q")
	by := a.sorted(d.Columns, "name")
	query := strings.ToLower(d.Query)
	wanted := func(r report.Lasted) bool {
		return strings.Contains(strings.ToLower(shownName(r.Name)+" "+r.Func), query)
	}
	if by == "name" {
		d.Picked = pick(a, slices.Values(rows), false, func(r report.Lasted) (string, time.Duration, bool) { return r.Name, r.Max, wanted(r) })
	} else {
		d.Picked = pick(a, slices.Values(rows), true, func(r report.Lasted) (int64, time.Duration, bool) { return lastedKey(r, by), r.Max, wanted(r) })
	}
	for _, r := range d.Picked.Rows {
		row := lastedRow{Name: newName(shownName(r.Name), link(r)), Count: r.Count, Complete: r.Complete, Histogram: small(d.Words, r.Buckets)}
		if d.Regions {
			row.Func = newName(report.Named(r.Func), "")
		}
		for _, q := range []time.Duration{r.P50, r.P90, r.P99, r.Max} {
			row.Quantiles = append(row.Quantiles, newTook(q))
		}
		for _, s := range r.Slowest {
			row.Slowest = append(row.Slowest, slowRow{newTook(s.Duration), report.Since(s.At), slow(s), s.Doubtful})
			d.Doubtful = d.Doubtful || s.Doubtful
		}
		d.Rows = append(d.Rows, row)
	}
}

// lastedKey is what a row is sorted by.
func lastedKey(r report.Lasted, by string) int64 {
	switch by {
	case "count":
		return int64(r.Count)
	case "p50":
		return int64(r.P50)
	case "p90":
		return int64(r.P90)
	case "p99":
		return int64(r.P99)
	}
	return int64(r.Max)
}
