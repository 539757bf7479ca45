package execution

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/groups"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// regionsPage is /exec/{id}/regions?type=TYPE: the regions of one type, and of one function
// that begins them if &func= is there.
type regionsPage struct {
	page
	Of        name
	Func      name // empty: of any
	Columns   []column
	Picked    picked[exectrace.Region]
	Histogram histogram
	Rows      []regionRow
	Doubtful  bool
}

// regionRow is a region, with what its goroutine did in it.
type regionRow struct {
	goroutineLink
	Func         name // that begins it
	At, Timeline string
	For          took
	Task         string // the address of the task's page; empty: the background task
	TaskID       exectrace.TaskID
	Cells        []cell
	Bar          bar
	Complete     bool
	Doubtful     bool
}

func (p *Pages) regions(v *visit) {
	a := readAsked(v.r, append([]string{"type", "func", "q", "sort"}, questions...)...)
	if a.Has("type") {
		v.regionsOf(a)
		return
	}
	rows, _ := executions.Keep(v.Execution, "regions", func() ([]report.Lasted, error) { return report.Regions(v.Trace, groups.RegionOptions{}), nil })
	data := lastedPage{page: v.page(a, func(w shell.Words) string { return w.T("Regions") }), Regions: true}
	data.fill(rows, func(r report.Lasted) string {
		return v.To("/regions", "type", shownName(r.Name), "func", report.Named(r.Func))
	},
		func(s report.Slow) string { return v.link(s.Goroutine).Link })
	v.show("exec_lasted", a, data)
}

func (v *visit) regionsOf(a *asked) {
	called := newName(a.Get("type"), "")
	data := regionsPage{page: v.page(a, func(w shell.Words) string { return w.T("Regions %s", called.Text) }), Of: called, Func: newName(a.Get("func"), "")}
	data.Columns = []column{{Name: "goroutine", Label: "Goroutine", Up: true}, {Name: "begun", Label: "From", Up: true}, {Name: "duration", Label: "Duration"}}
	by := a.sorted(data.Columns, "duration")
	wanted := v.regionsWanted(a)
	data.Picked = pick(a, v.Trace.Regions(), by == "duration", func(r exectrace.Region) (int64, time.Duration, bool) {
		took := r.End.Sub(r.Start)
		return keyOf(by, int64(r.Goroutine), r.Start, took), took, wanted(r)
	})
	if a.Right() && len(data.Picked.All) == 0 {
		v.missing(data.T("The execution trace has no region of this type"), display.Text(a.Get("type"), longestText))
		return
	}
	data.Histogram = data.Picked.histogram(data.Words)
	for _, r := range data.Picked.Rows {
		row := v.regionRow(data.Words, r)
		data.Rows, data.Doubtful = append(data.Rows, row), data.Doubtful || row.Doubtful
	}
	v.show("exec_regions", a, data)
}

// regionsWanted says which regions are of the type and the function.
func (v *visit) regionsWanted(a *asked) func(exectrace.Region) bool {
	kind, function := a.Get("type"), a.Get("func")
	of := map[uint32]bool{} // by stack
	return func(r exectrace.Region) bool {
		if shownName(r.Type) != kind {
			return false
		}
		if function == "" {
			return true
		}
		is, known := of[r.StackID()]
		if !known {
			is = report.Named(groups.RegionFunc(v.Trace, r, groups.RegionOptions{})) == function
			of[r.StackID()] = is
		}
		return is
	}
}

func (v *visit) regionRow(w shell.Words, r exectrace.Region) regionRow {
	row := report.NewRegion(v.Trace, r, groups.RegionOptions{})
	took := r.End.Sub(r.Start)
	one := regionRow{goroutineLink: v.link(row.Goroutine), Func: newName(report.Named(row.Func), ""), At: report.Since(row.At), For: newTook(took),
		Timeline: v.TimelineOf(row.Goroutine, row.At, row.At+took), TaskID: row.Task, Cells: cells(row.Columns()), Bar: newBar(w, row.Columns()),
		Complete: row.Complete, Doubtful: row.Doubtful}
	if row.Task != 0 {
		one.Task = v.To("/task", "id", number(row.Task))
	}
	return one
}
