package exectrace

import (
	"golang.org/x/exp/trace"

	"example.com/tracelab/exectrace/internal/events"
)

func (x *indexer) task(at Time, ev *trace.Event) {
	e := ev.Task()
	k := x.t.tasks.At(int(x.findTask(e.ID)))
	if k.name == 0 { // the second end of a task that is ended twice has no name
		k.name = x.t.text.id(e.Type)
	}
	if e.Parent != trace.NoTask {
		k.parent = TaskID(e.Parent)
	}
	switch {
	case ev.Kind() == trace.EventTaskBegin:
		k.start, k.begunBy, k.stack = at, x.by(ev.Goroutine()), x.t.stacks.ID(ev.Stack())
	case k.end == 0: // some end a task twice: the first time counts
		k.end, k.endedBy = at, x.by(ev.Goroutine())
	}
}

// findTask returns the index of a task, which may be new.
func (x *indexer) findTask(id trace.TaskID) int32 {
	if id == trace.NoTask {
		id = trace.BackgroundTask
	}
	i, ok := x.t.taskIDs.Find(uint64(id))
	if !ok {
		i = x.t.taskIDs.Add(uint64(id))
		x.t.tasks.Add(task{id: TaskID(id), begunBy: none, endedBy: none})
	}
	return i
}

func (x *indexer) beginRegion(at Time, ev *trace.Event) {
	e := ev.Region()
	i := x.find(ev.Goroutine())
	x.open[i] = append(x.open[i], region{
		name: x.t.text.id(e.Type), task: x.findTask(e.Task), goroutine: i, begun: true, start: at,
		stack: x.t.stacks.ID(ev.Stack()),
	})
}

// endRegion ends the innermost region of the goroutine, or one that had begun
// before the trace.
func (x *indexer) endRegion(at Time, ev *trace.Event) {
	e := ev.Region()
	i := x.find(ev.Goroutine())
	var r region
	if open := x.open[i]; len(open) > 0 {
		r, x.open[i] = open[len(open)-1], open[:len(open)-1]
	} else {
		r = region{name: x.t.text.id(e.Type), task: x.findTask(e.Task), goroutine: i, start: x.t.Start}
		if x.t.goroutine(i).first != 0 {
			r.start = x.t.described(i).Created
		}
	}
	r.end, r.ended = at, true
	x.t.regions.Add(r)
}

func (x *indexer) log(at Time, ev *trace.Event) {
	e := ev.Log()
	x.t.logs.Add(log{at: at, message: e.Message, task: x.findTask(e.Task), goroutine: x.by(ev.Goroutine()), category: x.t.text.id(e.Category)})
}

// rangeEvent keeps a range when it ends.
func (x *indexer) rangeEvent(at Time, ev *trace.Event) {
	r, began, ended := x.ranges.Next(ev)
	switch {
	case began:
		x.t.text.id(r.Name) // numbered in the order of the beginnings
	case ended:
		x.addRange(r, at)
	}
}

func (x *indexer) addRange(r events.Range, end Time) {
	kept := timeRange{start: Time(r.Start), end: end, name: x.t.text.id(r.Name), goroutine: none, proc: -1}
	switch r.Scope.Kind {
	case trace.ResourceGoroutine:
		kept.goroutine = x.by(r.Scope.Goroutine())
	case trace.ResourceProc:
		kept.proc, kept.goroutine = int32(r.Scope.Proc()), x.by(r.Goroutine)
	}
	x.t.ranges.Add(kept)
}
