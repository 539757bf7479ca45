package exectrace

import (
	"errors"
	"fmt"
	"time"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/events"
	"example.com/tracelab/exectrace/internal/table"
)

// Trace is the index of an execution trace: the states of every goroutine, the tasks,
// regions and logs of the program, and what the runtime did for the garbage
// collector. It does not change, and is safe for concurrent use. The File may be
// closed once Read has returned.
type Trace struct {
	Format     string // that of the File: see File.Format
	Start, End Time   // the times of the first and the last event
	Began      Time   // File.Began: Start, unless the File is of a part of the time
	Lost       []Loss // the parts of the File that could not be read

	clocks       container.Clocks
	stacks       *stackTable
	reasons      *names
	text         *names
	steps        steps
	goroutines   table.List[goroutine]
	goroutineIDs *table.Numbering // of several with the same id, the last
	sameID       map[GoID][]int32 // where there are several, in the order of their beginnings
	threads      []ThreadID
	tasks        table.List[task]
	taskIDs      *table.Numbering
	regions      regions
	logs         logs
	ranges       table.List[timeRange]
	samples      table.List[Sample]

	// These are computed when they are first needed.
	seeks   func() map[int32][]seekPoint
	spans   func() spans
	lookups func() *lookups
	wakeups func() *table.Groups[wakeup]
	created func() *table.Groups[creation]
	lived   func() []lifetime
}

// maxIndexed bounds the files that Read indexes: an index is about as large as its file.
const maxIndexed = 8 << 30

// Read reads all of f and returns its index, which takes about as much memory as f has
// bytes. Damaged parts of f are in Trace.Lost. The error is not nil if no event can be
// read, or if f has more than 8 GiB: such a file must be cut first.
func Read(f *File) (*Trace, error) { return read(f, nil) }

// read is Read with others that take the events in the same pass.
func read(f *File, others []events.Consumer) (*Trace, error) {
	if f.Size() > maxIndexed {
		return nil, fmt.Errorf("the trace has %d bytes, and %d at most can be indexed: cut it", f.Size(), int64(maxIndexed))
	}
	x := newIndexer(f.Format())
	return x.read(f, append([]events.Consumer{x}, others...)...)
}

// read reads f for x, which is among the consumers or passed on to by one.
func (x *indexer) read(f *File, consumers ...events.Consumer) (t *Trace, err error) {
	if x.t.Lost, err = f.each(consumers...); err != nil {
		return nil, err
	}
	if x.t.steps.full {
		return nil, errors.New("the trace has more changes of states than can be indexed: cut it")
	}
	t = x.finish()
	t.Began = t.Start
	if f.c.Span != nil {
		t.Began = f.Began()
	}
	return t, nil
}

// Duration returns the time from the first event to the last.
func (t *Trace) Duration() time.Duration { return t.End.Sub(t.Start) }

// Wall returns the time of the wall clock at a moment of the trace, on the machine that
// recorded it. It returns the zero Time for a trace of before Go 1.25, which has no
// wall clock.
func (t *Trace) Wall(at Time) time.Time { return t.clocks.Wall(int64(at)) }

// At returns the moment of the trace at which the wall clock had the given time: the
// inverse of Wall. The moment may be outside of the trace. It reports false for a trace
// of before Go 1.25, which has no wall clock.
func (t *Trace) At(wall time.Time) (Time, bool) {
	at, ok := t.clocks.Trace(wall)
	return Time(at), ok
}
