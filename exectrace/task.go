package exectrace

import "iter"

// TaskID is the runtime's number of a task. Zero is the background task, which regions
// and logs without a task belong to.
type TaskID uint64

// Task is a task of runtime/trace.NewTask.
type Task struct {
	ID     TaskID
	Parent TaskID // zero: none
	Name   string // its type in runtime/trace; empty if the trace has neither its begin nor its end
	// Begun and Ended report whether the trace has its begin and its end. Without
	// these, Start and End are those of the trace.
	Begun, Ended bool
	Start, End   Time
	BegunBy      GoID // the goroutine that began it; zero: not known
	EndedBy      GoID // the goroutine that ended it; zero: not known

	stack stackID
}

// task is a Task in the index.
type task struct {
	id, parent       TaskID
	start, end       Time // zero: not in the trace
	name             uint32
	stack            stackID
	begunBy, endedBy int32
}

// Tasks returns an iterator over the tasks, in the order of their first events. Tasks of
// which the trace has neither begin nor end are among them if regions, logs or other
// tasks refer to them.
func (t *Trace) Tasks() iter.Seq[Task] {
	return func(yield func(Task) bool) {
		for _, k := range t.tasks.All() {
			if !yield(t.task(k)) {
				return
			}
		}
	}
}

// Task returns the task with the given id. It reports false if the trace has none.
func (t *Trace) Task(id TaskID) (Task, bool) {
	i, ok := t.taskIDs.Lookup(uint64(id))
	if !ok {
		return Task{}, false
	}
	return t.task(t.tasks.At(int(i))), true
}

func (t *Trace) task(k *task) Task {
	d := Task{
		ID: k.id, Parent: k.parent, Name: t.text.text(k.name), Begun: k.start != 0, Ended: k.end != 0, Start: k.start, End: k.end,
		BegunBy: t.idOf(k.begunBy), EndedBy: t.idOf(k.endedBy), stack: k.stack,
	}
	if !d.Begun {
		d.Start = t.Start
	}
	if !d.Ended {
		d.End = t.End
	}
	return d
}

// TaskStack returns the stack at which the task began, the innermost frame first, or nil
// if the trace does not have it.
func (t *Trace) TaskStack(k Task) []Frame { return t.stacks.stack(k.stack) }

func (t *Trace) idOf(goroutine int32) GoID {
	if goroutine == none {
		return 0
	}
	return t.goroutine(goroutine).id()
}

// Region is a region of runtime/trace.StartRegion or WithRegion.
type Region struct {
	Type      string
	Task      TaskID // zero: the background task
	Goroutine GoID   // the goroutine that it is a part of
	// Begun and Ended report whether the trace has its begin and its end. Without
	// these, Start and End are those of the trace, or of the goroutine.
	Begun, Ended bool
	Start, End   Time

	stack stackID
	on    int32 // the goroutine's index
}

// region is a Region in the index.
type region struct {
	start, end   Time
	name         uint32
	task         int32
	goroutine    int32
	stack        stackID
	begun, ended bool
}

// Regions returns an iterator over the regions, in the order of their ends.
func (t *Trace) Regions() iter.Seq[Region] {
	return func(yield func(Region) bool) {
		for r := range t.regions.all() {
			d := Region{
				Type: t.text.text(r.name), Task: t.tasks.At(int(r.task)).id, Goroutine: t.goroutine(r.goroutine).id(),
				Begun: r.begun, Ended: r.ended, Start: r.start, End: r.end, stack: r.stack, on: r.goroutine,
			}
			if !yield(d) {
				return
			}
		}
	}
}

// RegionStack returns the stack at which the region began, the innermost frame first, or
// nil if the trace does not have it.
func (t *Trace) RegionStack(r Region) []Frame { return t.stacks.stack(r.stack) }

// StackID identifies what RegionStack returns: of regions with the same one that is the same.
func (r Region) StackID() uint32 { return uint32(r.stack) }

// RegionGoroutine returns the goroutine that the region is a part of. It reports false if
// the trace has no event of it.
func (t *Trace) RegionGoroutine(r Region) (Goroutine, bool) {
	if t.goroutine(r.on).first == 0 {
		return Goroutine{}, false
	}
	return t.described(r.on), true
}

// Log is a message of runtime/trace.Log or Logf.
type Log struct {
	At        Time
	Task      TaskID // zero: the background task
	Goroutine GoID   // the goroutine that logged it
	Category  string
	Message   string
}

// log is a Log in the index.
type log struct {
	at        Time
	message   []byte // not to be kept
	task      int32
	goroutine int32
	category  uint32
}

// Logs returns an iterator over the messages, in the order of their times.
func (t *Trace) Logs() iter.Seq[Log] {
	return func(yield func(Log) bool) {
		for l := range t.logs.all() {
			if !yield(Log{l.at, t.tasks.At(int(l.task)).id, t.idOf(l.goroutine), t.text.text(l.category), string(l.message)}) {
				return
			}
		}
	}
}
