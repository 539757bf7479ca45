package execution

import (
	"cmp"
	"slices"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/userlog"
	"example.com/tracelab/internal/display"
	"example.com/tracelab/internal/executions/report"
	"example.com/tracelab/internal/web/shell"
)

// taskPage is /exec/{id}/task?id=42: a task, its subtasks, their regions and messages.
type taskPage struct {
	page
	Tasks    []treeRow // the task, then those below it
	Beyond   report.Beyond
	Doubtful bool // one of the tasks is
}

// treeRow is a task of the tree.
type treeRow struct {
	taskRow
	Name   name
	Depth  int
	Stack  stack
	States []stateRow
	Lines  []lineRow
}

// stateRow is how long a task was in a state.
type stateRow struct {
	State string
	For   took
	Share string
	Bar   part
}

// lineRow is a region or a message of a task.
type lineRow struct {
	After     string // since the task began
	Region    bool
	Category  string
	Text      name
	For       took // of a region
	Goroutine goroutineLink
	Timeline  string
	Complete  bool
	at        time.Duration
}

// What a page shows of a task's tree.
var taskBounds = report.Bounds{Tasks: 200, Lines: 1000}

func (p *Pages) task(v *visit) {
	a := readAsked(v.r, "id")
	id := exectrace.TaskID(a.number("id", 1, 0))
	data := taskPage{page: v.page(a, func(w shell.Words) string { return w.T("Task %d", uint64(id)) })}
	k, ok := v.Trace.Task(id)
	switch {
	case id == 0 && a.Right():
		v.refuse(data.T("Which task?"), data.T("Give its number as id, or choose one on the page of tasks."))
		return
	case !ok && a.Right():
		v.missing(data.T("The execution trace has no task %d", uint64(id)), data.T("The page of tasks has those that there are."))
		return
	case ok:
		tree, beyond := report.NewTaskTree(v.Trace, k, taskBounds)
		data.Beyond = beyond
		data.add(v, tree, 0)
	}
	v.show("exec_task", a, data)
}

// add adds a task and those below it.
func (d *taskPage) add(v *visit, n *report.TaskTree, depth int) {
	k, _ := v.Trace.Task(n.ID)
	row := treeRow{taskRow: v.taskRow(k), Depth: depth, Name: newName(shownName(n.Name), v.To("/tasks", "name", shownName(n.Name))), Stack: newStack(n.Stack)}
	d.Doubtful = d.Doubtful || n.Doubtful
	at := 0.0
	for i, s := range n.States {
		share := 100 * float64(s.Duration) / float64(max(n.Duration, 1))
		row.States = append(row.States, stateRow{s.State, newTook(s.Duration), percent(share), newPart(i, at, share)})
		at += share
	}
	for _, r := range n.Regions {
		row.Lines = append(row.Lines, lineRow{Region: true, Text: newName(r.Type, v.To("/regions", "type", shownName(r.Type))), For: newTook(r.Duration),
			Goroutine: v.link(r.Goroutine), Timeline: v.TimelineOf(r.Goroutine, r.At, r.At+r.Duration), Complete: r.Complete, at: r.At})
	}
	for _, l := range n.Logs {
		if userlog.Known(l.Category) { // it says which span the task is, in bytes
			continue
		}
		row.Lines = append(row.Lines, lineRow{Category: display.Text(l.Category, 100), Text: newName(l.Message, ""), Goroutine: v.link(l.Goroutine),
			Timeline: v.TimelineOf(l.Goroutine, l.At, l.At), Complete: true, at: l.At})
	}
	slices.SortStableFunc(row.Lines, func(a, b lineRow) int { return cmp.Compare(a.at, b.at) })
	for i := range row.Lines {
		row.Lines[i].After = "+" + display.Duration(row.Lines[i].at-n.At)
	}
	d.Tasks = append(d.Tasks, row)
	for _, child := range n.Children {
		d.add(v, child, depth+1)
	}
}
