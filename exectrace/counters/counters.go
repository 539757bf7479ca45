// Package counters counts the goroutines, threads and bytes of heap in a Go
// execution trace: at one moment, over time, and in a summary of the trace.
//
// Its functions read a whole File, in bounded memory. With their results they return
// the parts of it that could not be read. The error is not nil if no event can be read.
package counters

import (
	"fmt"
	"time"

	"example.com/tracelab/exectrace"
	"example.com/tracelab/exectrace/internal/analysis"
	"example.com/tracelab/exectrace/internal/decode"
	"example.com/tracelab/exectrace/internal/events"
)

// Values are the three counters that go tool trace draws above its timeline, at one
// moment. They are counted as in cmd/trace and internal/trace/traceviewer/emitter.go of
// Go 1.26: a goroutine counts from its first event.
type Values struct {
	Goroutines Goroutines `json:"goroutines"`
	Heap       Heap       `json:"heap"`
	Threads    Threads    `json:"threads"`
}

// Goroutines are numbers of goroutines by their state. Those that wait for anything but
// the garbage collector are not counted.
type Goroutines struct {
	GCWaiting int `json:"gc_waiting"` // waiting in a mark assist
	Runnable  int `json:"runnable"`   // ready to run, waiting for a processor
	Running   int `json:"running"`    // running, or in a system call
}

// Heap is the size of the heap, in bytes.
type Heap struct {
	Allocated uint64 `json:"allocated_bytes"` // live objects, and dead ones that are not yet swept
	Goal      uint64 `json:"goal_bytes"`      // the size at which the next collection is to end; 0: there is none
}

// Threads are numbers of threads of the operating system by their state. A thread in a
// system call keeps its processor for a moment, and then counts as both.
type Threads struct {
	// InSyscall is the number of threads in system calls and C code. It is that of the
	// goroutines there, each of which has a thread. The viewer of Go 1.22 and later
	// always shows 0.
	InSyscall int `json:"in_syscall"`
	Running   int `json:"running"` // threads that have a processor
}

// Follow calls changed for each change of the values, in the order of time, with the
// time since the first event and the values from then on.
func Follow(f *exectrace.File, changed func(after time.Duration, now Values)) ([]exectrace.Loss, error) {
	var before Values
	var start int64
	c := newCounting()
	return analysis.Each(f, c, events.AfterEach(func(ev *decode.Event) {
		if start == 0 {
			start = ev.Time
		}
		if c.now != before {
			before = c.now
			changed(time.Duration(ev.Time-start), c.now)
		}
	}))
}

// At returns the values at a time after the first event. It returns an error if that is
// not within the trace.
func At(f *exectrace.File, after time.Duration) (Values, []exectrace.Loss, error) {
	var found Values
	var start, end int64
	c := newCounting()
	lost, err := analysis.Each(f, c, events.AfterEach(func(ev *decode.Event) {
		end = max(end, ev.Time)
		if start == 0 {
			start = end
		}
		if time.Duration(end-start) <= after {
			found = c.now
		}
	}))
	if lasted := time.Duration(end - start); err == nil && (after < 0 || after > lasted) {
		err = fmt.Errorf("the trace has no moment %v after its beginning: it lasts %v", after, lasted)
	}
	return found, lost, err
}
