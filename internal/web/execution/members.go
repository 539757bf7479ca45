package execution

import (
	"maps"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/stats"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// membersPage is /exec/{id}/goroutines?func=NAME: the goroutines that were started with one
// function.
type membersPage struct {
	page
	Func      name
	Flame     string // the flame graph of these goroutines
	Columns   []column
	State     string // the column whose times the histogram has
	Picked    picked[exectrace.Goroutine]
	Histogram histogram
	Rows      []memberRow
	Doubtful  bool // one of the rows is
}

// memberRow is a goroutine.
type memberRow struct {
	goroutineLink
	At       string // when it was created, since the trace began
	Timeline string
	Cells    []cell
	Bar      bar
	Doubtful bool
}

func (v *visit) members(a *asked) {
	function := a.Get("func")
	called := newName(function, "")
	data := membersPage{page: v.page(a, func(w shell.Words) string { return w.T("Goroutines of %s", called.Text) }), Func: called}
	data.Columns = append([]column{{Name: "goroutine", Label: "Goroutine", Up: true}, {Name: "created", Label: "From", Up: true}}, stateColumns()...)
	by := a.sorted(data.Columns, "total")
	state := max(stateOf(by), 0)
	data.State = report.ColumnNames()[state]
	data.Picked = pick(a, v.Trace.Goroutines(), stateOf(by) >= 0, func(g exectrace.Goroutine) (int64, time.Duration, bool) {
		if report.Named(g.Name) != function {
			return 0, 0, false
		}
		took := report.NewTimes(stats.Of(v.Trace, g)).Columns()[state]
		return keyOf(by, int64(g.ID), g.Created, took), took, true
	})
	if a.Right() && len(data.Picked.All) == 0 {
		v.missing(data.T("No goroutine was started with this function"), display.Text(function, longestText))
		return
	}
	if function != report.Named("") {
		data.Flame = v.Flame("func", function)
	}
	data.Histogram = data.Picked.histogram(data.Words)
	for _, g := range data.Picked.Rows {
		row := v.member(data.Words, g)
		data.Rows, data.Doubtful = append(data.Rows, row), data.Doubtful || row.Doubtful
	}
	v.show("exec_members", a, data)
}

func (v *visit) member(w shell.Words, g exectrace.Goroutine) memberRow {
	row := report.NewGoroutine(v.Trace, g)
	at := g.Created.Sub(v.Trace.Began)
	return memberRow{goroutineLink: v.link(g.ID), At: report.Since(at), Timeline: v.TimelineOf(g.ID, at, at+max(row.Total, 1)),
		Cells: cells(row.Columns()), Bar: newBar(w, row.Columns()), Doubtful: row.Doubtful}
}

// inRange is how long goroutines were in a range of the runtime.
type inRange struct {
	Name string
	took
}

// inRanges are in the order of their names.
func inRanges(of report.Ranges) (list []inRange) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		list = append(list, inRange{display.Text(name, longestText), newTook(of[name])})
	}
	return list
}
