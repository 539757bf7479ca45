package exectrace

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/table"
)

// Trace is an execution trace, indexed: what every goroutine did, the tasks and
// regions of the program, and what the garbage collector took. It does not
// change, and may be read by several goroutines at the same time.
type Trace struct {
	Format     string // as File.Format
	Start, End Time   // of its first and its last event
	Lost       []Loss // what could not be read

	clocks       container.Clocks
	stacks       *stackTable
	reasons      *names
	text         *names
	steps        steps
	goroutines   table.List[goroutine]
	goroutineIDs *table.Numbering
	threads      []ThreadID
	tasks        table.List[task]
	taskIDs      *table.Numbering
	regions      table.List[region]
	logs         table.List[log]
	ranges       table.List[timeRange]
	samples      table.List[Sample]

	// What not everybody asks for is computed when it is asked for first.
	spans   func() spans
	lookups func() *lookups
	wakeups func() wakeups
}

// maxIndexed bounds what Read takes: an index is about as large as its file.
const maxIndexed = 8 << 30

// Read indexes the trace in f. What could not be read is in Lost; it is an error
// only if nothing could.
func Read(f *File) (*Trace, error) {
	if f.Size() > maxIndexed {
		return nil, fmt.Errorf("the trace has %d bytes, and %d at most can be indexed: cut it", f.Size(), int64(maxIndexed))
	}
	x := newIndexer(f.Format())
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
func (t *Trace) Wall(at Time) time.Time { return t.clocks.Wall(int64(at)) }

// At translates back. It reports false if the trace does not know.
func (t *Trace) At(wall time.Time) (Time, bool) {
	at, ok := t.clocks.Trace(wall)
	return Time(at), ok
}
