package counters

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/container"
	"example.com/tracelab/exectrace/internal/decode"
)

// At returns the values at a time after the first event. It returns an error if that is
// not within the trace. It reads the generation of that time, and the ones before as far as
// is needed to know the heap.
func At(f *exectrace.File, after time.Duration) (Values, []exectrace.Loss, error) {
	began := f.Began()
	at := began.Add(after)
	part := f.Between(at, at)
	generation := *container.Of(part)
	m := moment{counting: countingOf(part), late: newCounting(), at: int64(at), first: len(generation.Span.Earlier) == 0}
	goesOn := generation.Span.GoesOn
	generation.Span = nil
	lost, err := analysis.EachOf(&generation, &m)
	if lasted := exectrace.Time(m.end).Sub(began); err == nil && (after < 0 || after > lasted && !goesOn) {
		err = fmt.Errorf("the trace has no moment %v after its beginning: it lasts %v", after, lasted)
	}
	return m.values(), lost, err
}

// moment counts up to a moment.
type moment struct {
	*counting
	at, end int64
	found   Values
	// What does nothing until the moment and something after it, in the generation, has its
	// state told then. It was in that state at the moment.
	late  *counting
	syncs int  // generations begun
	first bool // it is the first generation: what has no event yet does not count
}

func (m *moment) Event(t *decode.Tables, ev *decode.Event) {
	m.end = max(m.end, ev.Time)
	if ev.Type == decode.Sync {
		m.syncs++
	}
	if ev.Time <= m.at {
		m.counting.Event(t, ev)
		m.found = m.now
		return
	}
	if m.syncs == 1 && (ev.Kind() == decode.TransitionKind && ev.From == decode.Undetermined || ev.Type == decode.GCMarkAssistActive) {
		m.late.Event(t, ev)
	}
}

// values are those at the moment.
func (m *moment) values() Values {
	m.lookBack()
	v := m.found
	v.Heap = m.now.Heap
	if m.first {
		return v
	}
	late := m.late.now
	v.Goroutines.GCWaiting += late.Goroutines.GCWaiting
	v.Goroutines.Runnable += late.Goroutines.Runnable
	v.Goroutines.Running += late.Goroutines.Running
	v.Threads.InSyscall += late.Threads.InSyscall
	v.Threads.Running += late.Threads.Running
	return v
}
