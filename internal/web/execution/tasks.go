package execution

import (
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

func (p *Pages) tasks(v *visit) {
	a := readAsked(v.r, append([]string{"name", "q", "sort"}, questions...)...)
	if a.Has("name") {
		v.namedTasks(a)
		return
	}
	rows, _ := executions.Keep(v.Execution, "tasks", func() ([]report.Lasted, error) { return report.Tasks(v.Trace), nil })
	data := lastedPage{page: v.page(a, func(w shell.Words) string { return w.T("Tasks") })}
	data.fill(rows, func(r report.Lasted) string { return v.To("/tasks", "name", shownName(r.Name)) },
		func(s report.Slow) string { return v.To("/task", "id", number(s.Task)) })
	v.show("exec_lasted", a, data)
}

// tasksPage is /exec/{id}/tasks?name=NAME: the tasks of one name.
type tasksPage struct {
	page
	Of        name
	Columns   []column
	Picked    picked[exectrace.Task]
	Histogram histogram
	Rows      []taskRow
	Doubtful  bool
}

// taskRow is a task.
type taskRow struct {
	report.Task
	Link, Parent     string // addresses of pages; empty: it has none
	At, Timeline     string
	For              took
	BegunBy, EndedBy goroutineLink
}

func (v *visit) namedTasks(a *asked) {
	called := newName(a.Get("name"), "")
	data := tasksPage{page: v.page(a, func(w shell.Words) string { return w.T("Tasks %s", called.Text) }), Of: called}
	data.Columns = []column{{Name: "task", Label: "Task", Up: true}, {Name: "begun", Label: "From", Up: true}, {Name: "duration", Label: "Duration"}}
	by := a.sorted(data.Columns, "duration")
	data.Picked = pick(a, v.Trace.Tasks(), by == "duration", func(k exectrace.Task) (int64, time.Duration, bool) {
		took := k.End.Sub(k.Start)
		return keyOf(by, int64(k.ID), k.Start, took), took, (k.Begun || k.Ended) && shownName(k.Name) == a.Get("name")
	})
	if a.Right() && len(data.Picked.All) == 0 {
		v.missing(data.T("The execution trace has no task of this name"), display.Text(a.Get("name"), longestText))
		return
	}
	data.Histogram = data.Picked.histogram(data.Words)
	for _, k := range data.Picked.Rows {
		data.Rows, data.Doubtful = append(data.Rows, v.taskRow(k)), data.Doubtful || v.Trace.Doubtful(k.Start, k.End)
	}
	v.show("exec_tasks", a, data)
}

func (v *visit) taskRow(k exectrace.Task) taskRow {
	row := taskRow{Task: report.NewTask(v.Trace, k), Link: v.To("/task", "id", number(k.ID)), BegunBy: v.link(k.BegunBy), EndedBy: v.link(k.EndedBy)}
	row.At, row.For, row.Timeline = report.Since(row.Task.At), newTook(row.Duration), v.Timeline(row.Task.At, row.Task.At+row.Duration, "lane", "k"+number(k.ID), "by", "task")
	if k.Parent != 0 {
		row.Parent = v.To("/task", "id", number(k.Parent))
	}
	return row
}
