package execution

import (
	"slices"
	"strings"
	"time"

	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// groupsPage is /exec/{id}/goroutines: goroutines by the function that they were started with.
type groupsPage struct {
	page
	Columns []column
	Query   string // a part of the names of functions
	Picked  picked[report.Goroutine]
	Rows    []groupRow
}

// groupRow are the goroutines of a function.
type groupRow struct {
	Func  name
	Count int
	Cells []cell
	Bar   bar
}

func (p *Pages) goroutines(v *visit) {
	a := readAsked(v.r, append([]string{"func", "q", "sort"}, questions...)...)
	if a.Has("func") {
		v.members(a)
		return
	}
	data := groupsPage{page: v.page(a, func(w shell.Words) string { return w.T("Goroutines") }), Query: a.Get("q")}
	data.Columns = append([]column{{Name: "func", Label: "Started with", Text: true, Up: true}, {Name: "count", Label: "Number"}}, stateColumns()...)
	by := a.sorted(data.Columns, "execution")
	rows := v.groups()
	query := strings.ToLower(data.Query)
	wanted := func(g report.Goroutine) bool { return strings.Contains(strings.ToLower(report.Named(g.Func)), query) }
	if by == "func" {
		data.Picked = pick(a, slices.Values(rows), false, func(g report.Goroutine) (string, time.Duration, bool) {
			return report.Named(g.Func), g.Total, wanted(g)
		})
	} else {
		data.Picked = pick(a, slices.Values(rows), true, func(g report.Goroutine) (int64, time.Duration, bool) { return groupKey(g, by), g.Total, wanted(g) })
	}
	for _, g := range data.Picked.Rows {
		called := report.Named(g.Func)
		data.Rows = append(data.Rows, groupRow{newName(called, v.To("/goroutines", "func", called)), g.Count, cells(g.Columns()), newBar(data.Words, g.Columns())})
	}
	v.show("exec_goroutines", a, data)
}

// groups are kept without what they do not show.
func (v *visit) groups() []report.Goroutine {
	rows, _ := executions.Keep(v.Execution, "goroutines", func() ([]report.Goroutine, error) {
		rows := report.Goroutines(v.Trace)
		for i := range rows {
			rows[i].Waiting = nil
		}
		return rows, nil
	})
	return rows
}

// groupKey is what a group is sorted by.
func groupKey(g report.Goroutine, by string) int64 {
	if by == "count" {
		return int64(g.Count)
	}
	return int64(g.Columns()[stateOf(by)])
}
