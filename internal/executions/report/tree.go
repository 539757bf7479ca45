package report

import (
	"math"

	"example.com/tracelab/exectrace"
)

// Bounds are how much of a task's tree is of interest. Zero means all.
type Bounds struct {
	Tasks int // subtasks
	Lines int // regions and messages, of all tasks together
}

// Beyond are how many there are beyond the bounds.
type Beyond struct{ Tasks, Lines int }

// NewTaskTree returns what belongs to root and to the tasks below it, within bounds. Of
// subtasks beyond the bound those are counted that belong to a task within it.
func NewTaskTree(t *exectrace.Trace, root exectrace.Task, o Bounds) (*TaskTree, Beyond) {
	g := growing{t: t, bounds: o, children: map[exectrace.TaskID][]exectrace.TaskID{}, all: map[exectrace.TaskID]*TaskTree{}}
	if o.Tasks == 0 {
		g.bounds.Tasks = math.MaxInt
	}
	if o.Lines == 0 {
		g.bounds.Lines = math.MaxInt
	}
	for k := range t.Tasks() {
		if k.ID != k.Parent && k.Parent != 0 {
			g.children[k.Parent] = append(g.children[k.Parent], k.ID)
		}
	}
	tree := g.add(root)
	g.regions()
	g.logs()
	return tree, g.beyond
}

// growing is a tree that is being made.
type growing struct {
	t        *exectrace.Trace
	bounds   Bounds // what there is still room for
	beyond   Beyond
	children map[exectrace.TaskID][]exectrace.TaskID
	all      map[exectrace.TaskID]*TaskTree
}

func (g *growing) add(k exectrace.Task) *TaskTree {
	n := &TaskTree{Task: NewTask(g.t, k), Stack: Places(g.t.TaskStack(k)), States: newStates(g.t, k)}
	g.all[k.ID] = n
	for _, id := range g.children[k.ID] {
		child, _ := g.t.Task(id)
		switch {
		case g.all[id] != nil: // a damaged trace may go in circles
		case g.bounds.Tasks == 0:
			g.beyond.Tasks++
		default:
			g.bounds.Tasks--
			n.Children = append(n.Children, g.add(child))
		}
	}
	return n
}

// room reports whether there is room for a line of a task, which it takes.
func (g *growing) room(of exectrace.TaskID) *TaskTree {
	n := g.all[of]
	switch {
	case n == nil:
		return nil
	case g.bounds.Lines == 0:
		g.beyond.Lines++
		return nil
	}
	g.bounds.Lines--
	return n
}

func (g *growing) regions() {
	for r := range g.t.Regions() {
		if n := g.room(r.Task); n != nil {
			n.Regions = append(n.Regions, TaskRegion{r.Type, r.Goroutine, r.Start.Sub(g.t.Began), r.End.Sub(r.Start), r.Begun && r.Ended})
		}
	}
}

func (g *growing) logs() {
	for l := range g.t.Logs() {
		if n := g.room(l.Task); n != nil {
			n.Logs = append(n.Logs, TaskLog{l.Goroutine, l.At.Sub(g.t.Began), l.Category, l.Message})
		}
	}
}
