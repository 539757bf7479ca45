package exectrace

import (
	"fmt"
	"iter"
	"time"
)

// Trace is an execution trace, indexed: what every goroutine did, the tasks and
// regions of the program, and what the garbage collector took. It does not
// change, and may be read by several goroutines at the same time.
type Trace struct {
	Format     string // as File.Format
	Start, End Time   // of its first and its last event
	Lost       []Loss // what could not be read

	clocks     clocks
	stacks     *stackTable
	reasons    *names
	text       *names
	steps      steps
	goroutines []Goroutine
	byID       map[GoID]int32
	threads    []ThreadID
	tasks      []Task
	taskByID   map[TaskID]int32
	regions    []Region
	logs       []Log
	ranges     []Range
	samples    []Sample
}

// maxIndexed bounds what Read takes: an index is about as large as its file.
const maxIndexed = 8 << 30

// Read indexes the trace in f. What could not be read is in Lost; it is an error
// only if nothing could.
func Read(f *File) (*Trace, error) {
	if f.Size() > maxIndexed {
		return nil, fmt.Errorf("the trace has %d bytes, and %d at most can be indexed: cut it", f.Size(), int64(maxIndexed))
	}
	x := newIndexer(f)
	var err error
	if x.t.Lost, err = f.each(x); err != nil {
		return nil, err
	}
	return x.finish(), nil
}

// Duration is the time from the first event to the last.
func (t *Trace) Duration() time.Duration { return t.End.Sub(t.Start) }

// Wall translates to the wall clock of the machine that made the trace. It is
// zero before Go 1.25, whose traces do not say.
func (t *Trace) Wall(at Time) time.Time { return t.clocks.wall(at) }

// At translates back. It reports false if the trace does not know.
func (t *Trace) At(wall time.Time) (Time, bool) { return t.clocks.trace(wall) }

// Goroutines yields all that the trace tells of, in the order in which it first
// does.
func (t *Trace) Goroutines() iter.Seq[*Goroutine] {
	return func(yield func(*Goroutine) bool) {
		for i := range t.goroutines {
			if !yield(&t.goroutines[i]) {
				return
			}
		}
	}
}

// Goroutine returns the goroutine of that id, or nil.
func (t *Trace) Goroutine(id GoID) *Goroutine {
	if i, ok := t.byID[id]; ok {
		return &t.goroutines[i]
	}
	return nil
}

// Tasks yields all tasks in the order of their beginnings; first those that had
// begun before the trace.
func (t *Trace) Tasks() iter.Seq[*Task] {
	return func(yield func(*Task) bool) {
		for i := range t.tasks {
			if !yield(&t.tasks[i]) {
				return
			}
		}
	}
}

// Task returns the task of that id, or nil.
func (t *Trace) Task(id TaskID) *Task {
	if i, ok := t.taskByID[id]; ok {
		return &t.tasks[i]
	}
	return nil
}

// Regions are all regions, in the order of their ends.
func (t *Trace) Regions() []Region { return t.regions }

// Logs are all messages of trace.Log and trace.Logf, in order.
func (t *Trace) Logs() []Log { return t.logs }

// Ranges are what the garbage collector did, in the order of their ends.
func (t *Trace) Ranges() []Range { return t.ranges }

// Samples are those of a CPU profile that was taken at the same time, in order.
func (t *Trace) Samples() []Sample { return t.samples }
