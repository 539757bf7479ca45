package exectrace

import (
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

func (x *indexer) task(at Time, ev *decode.Event) {
	id, parent, name := ev.Task()
	k := x.t.tasks.At(int(x.findTask(id)))
	if k.name == 0 { // the second end of a task that is ended twice has no name
		k.name = x.text(name)
	}
	if parent != decode.NoTask {
		k.parent = TaskID(parent)
	}
	switch {
	case ev.Kind() == decode.TaskBeginKind:
		k.start, k.begunBy, k.stack = at, x.by(ev), x.stack(ev.Stack())
	case k.end == 0: // some end a task twice: the first time counts
		k.end, k.endedBy = at, x.by(ev)
	}
}

// findTask returns the index of a task, which may be new.
func (x *indexer) findTask(id uint64) int32 {
	if id == decode.NoTask {
		id = 0
	}
	i, ok := x.t.taskIDs.Find(id)
	if !ok {
		i = x.t.taskIDs.Add(id)
		x.t.tasks.Add(task{id: TaskID(id), begunBy: none, endedBy: none})
	}
	return i
}

func (x *indexer) beginRegion(at Time, ev *decode.Event) {
	task, name := ev.Region()
	i := x.by(ev)
	if i == none {
		return
	}
	open := x.regions(i)
	*open = append(*open, region{
		name: x.text(name), task: x.findTask(task), goroutine: i, begun: true, start: at, stack: x.stack(ev.Stack()),
	})
}

// regions are those of a goroutine that go on.
func (x *indexer) regions(g int32) *[]region {
	for int(g) >= len(x.openOf) {
		x.openOf = append(x.openOf, 0)
	}
	switch n := len(x.notOpen); {
	case x.openOf[g] != 0:
	case n > 0:
		x.openOf[g] = x.notOpen[n-1]
		x.notOpen = x.notOpen[:n-1]
	default:
		x.open = append(x.open, nil)
		x.openOf[g] = int32(len(x.open))
	}
	return &x.open[x.openOf[g]-1]
}

// innermost takes the region of a goroutine away that began last of those that go on.
func (x *indexer) innermost(g int32) (r region, ok bool) {
	if int(g) >= len(x.openOf) || x.openOf[g] == 0 {
		return r, false
	}
	open := &x.open[x.openOf[g]-1]
	last := len(*open) - 1
	r, *open = (*open)[last], (*open)[:last]
	if last == 0 { // there are as many as goroutines are in a region at once
		x.notOpen = append(x.notOpen, x.openOf[g])
		x.openOf[g] = 0
	}
	return r, true
}

// endRegion ends the innermost region of the goroutine, or one that had begun
// before the trace.
func (x *indexer) endRegion(at Time, ev *decode.Event) {
	i := x.by(ev)
	if i == none {
		return
	}
	r, ok := x.innermost(i)
	if !ok {
		task, name := ev.Region()
		r = region{name: x.text(name), task: x.findTask(task), goroutine: i, start: x.t.Start}
		if at, ok := x.created(i); ok {
			r.start = at
		}
	}
	r.end, r.ended = at, true
	x.t.regions.add(&r)
}

func (x *indexer) log(at Time, ev *decode.Event) {
	task, category, message := ev.Log()
	x.message = x.tables.AppendText(x.message[:0], message)
	x.t.logs.add(&log{at: at, message: x.message, task: x.findTask(task), goroutine: x.by(ev), category: x.text(category)})
}

// rangeEvent keeps a range when it ends.
func (x *indexer) rangeEvent(at Time, ev *decode.Event) {
	r, began, ended := x.ranges.Next(x.tables, ev)
	switch {
	case began:
		x.t.text.id(r.Name) // numbered in the order of the beginnings
	case ended:
		x.addRange(r, at)
	}
}

func (x *indexer) addRange(r events.Range, end Time) {
	kept := timeRange{start: Time(r.Start), end: end, name: x.t.text.id(r.Name), goroutine: none, proc: -1}
	switch r.Scope {
	case decode.OfGoroutine:
		kept.goroutine = x.find(r.ID)
	case decode.OfProc:
		kept.proc, kept.goroutine = int32(r.ID), x.find(r.Goroutine)
	}
	x.t.ranges.Add(kept)
}
