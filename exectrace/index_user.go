package exectrace

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/exp/trace"
)

func (x *indexer) task(at Time, ev *trace.Event) {
	e := ev.Task()
	id := taskID(e.ID)
	i, ok := x.t.taskByID[id]
	if !ok {
		i = int32(len(x.t.tasks))
		x.t.tasks = append(x.t.tasks, Task{ID: id, Start: x.t.Start})
		x.t.taskByID[id] = i
	}
	task := &x.t.tasks[i]
	task.Name, task.Parent = x.intern(e.Type), taskID(e.Parent)
	switch {
	case ev.Kind() == trace.EventTaskBegin:
		task.Begun, task.Start, task.BeganOn = true, at, goID(ev.Goroutine())
		task.startedAt = x.t.stacks.id(ev.Stack())
	case !task.Ended: // some end a task twice: the first time counts
		task.Ended, task.End, task.EndedOn = true, at, goID(ev.Goroutine())
	}
}

func (x *indexer) beginRegion(at Time, ev *trace.Event) {
	r := ev.Region()
	i := x.find(ev.Goroutine())
	x.open[i] = append(x.open[i], Region{
		Type: x.intern(r.Type), Task: taskID(r.Task), Goroutine: x.t.goroutines[i].ID, Begun: true, Start: at,
		startedAt: x.t.stacks.id(ev.Stack()), from: x.t.goroutines[i].last,
	})
}

// endRegion ends the innermost region of the goroutine, or one that had begun
// before the trace.
func (x *indexer) endRegion(at Time, ev *trace.Event) {
	e := ev.Region()
	i := x.find(ev.Goroutine())
	open := x.open[i]
	if n := len(open); n > 0 {
		x.open[i] = open[:n-1]
		x.close(i, open[n-1], at, true)
		return
	}
	g := &x.t.goroutines[i]
	x.close(i, Region{Type: x.intern(e.Type), Task: taskID(e.Task), Goroutine: g.ID, Start: g.Created, from: g.first}, at, true)
}

func (x *indexer) close(g int32, r Region, at Time, ended bool) {
	r.End, r.Ended = max(at, r.Start), ended
	x.t.regions = append(x.t.regions, r)
}

// rangeEvent begins or ends what the runtime does. A range that is active when a
// generation begins has been so since then, if not before.
func (x *indexer) rangeEvent(at Time, ev *trace.Event) {
	e := ev.Range()
	key := rangeKey{e.Name, e.Scope}
	r, open := x.ranges[key]
	switch {
	case ev.Kind() == trace.EventRangeEnd:
		if open {
			delete(x.ranges, key)
			r.End = at
			x.t.ranges = append(x.t.ranges, r)
		}
		return
	case open:
		return
	case ev.Kind() == trace.EventRangeActive:
		at = x.sync
	}
	r = Range{Name: x.intern(e.Name), Start: at, Proc: -1}
	key.name = r.Name
	switch e.Scope.Kind {
	case trace.ResourceGoroutine:
		r.Goroutine = goID(e.Scope.Goroutine())
	case trace.ResourceProc:
		r.Proc, r.Goroutine = int64(e.Scope.Proc()), goID(ev.Goroutine())
	}
	x.ranges[key] = r
}

// sort orders by time what has been found in another order.
func (x *indexer) sort() {
	slices.SortStableFunc(x.t.regions, func(a, b Region) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Start, b.Start), cmp.Compare(a.Goroutine, b.Goroutine))
	})
	slices.SortStableFunc(x.t.ranges, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.End, b.End), cmp.Compare(a.Start, b.Start), strings.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(x.t.tasks, func(a, b Task) int { return cmp.Compare(a.Start, b.Start) })
	for i := range x.t.tasks {
		x.t.taskByID[x.t.tasks[i].ID] = int32(i)
	}
}
